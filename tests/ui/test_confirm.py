"""A sheet of paper on the page: seen, corrected, confirmed, and nothing concluded before."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from data.paper.stated import Stated
from data.simulated import simulate
from ui.chat import Session
from ui.examples import SHEET, example_sheet
from ui.unconfirmed import Unconfirmed

STAND_IN = Path(__file__).with_name("stand_in_page.py")
DRAFTED = "8 of the 10 closest cases report"


def picture_of_something_else() -> bytes:
    blobs = np.random.default_rng(0).integers(0, 255, (12, 16, 3), dtype=np.uint8)
    stream = io.BytesIO()
    Image.fromarray(blobs).resize((800, 600), Image.Resampling.BICUBIC).save(stream, "PNG")
    return stream.getvalue()


def two_page_pdf() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (300, 300), "white").save(stream, "PDF", save_all=True, append_images=[Image.new("RGB", (300, 300), "white")])
    return stream.getvalue()


@pytest.fixture
def page() -> AppTest:
    return AppTest.from_file(str(STAND_IN), default_timeout=120).run()


def press(page: AppTest, label: str) -> AppTest:
    return next(button for button in page.button if button.label == label).click().run()


def upload(page: AppTest, name: str, content: bytes) -> AppTest:
    page.chat_input[0].set_value("").upload(name, content)
    return page.run()


def shown(page: AppTest) -> str:
    return "\n".join(element.proto.body for element in page.get("html"))


def test_a_photo_is_shown_as_it_was_read_and_nothing_is_concluded(page: AppTest) -> None:
    upload(page, "photo.jpg", example_sheet())

    assert "Read from paper: 3x4+II, 25 mm/s, 10 mm/mV." in shown(page)
    assert DRAFTED not in shown(page)


def test_what_was_confirmed_is_drafted(page: AppTest) -> None:
    press(page, SHEET)

    press(page, "This is right")

    assert "A person has confirmed the layout, the lead names and the scale." in shown(page)
    assert "The lead names are inferred" not in shown(page)
    assert DRAFTED in shown(page)


def test_a_layout_that_the_sheet_cannot_have_is_refused_and_can_be_corrected(page: AppTest) -> None:
    press(page, SHEET)
    page.selectbox[0].select("6x2")

    press(page, "Read again with these")

    assert "shows 4 rows of traces, 6x2 has 6" in shown(page)


def test_a_sheet_can_be_left(page: AppTest) -> None:
    press(page, SHEET)

    press(page, "Leave it")

    assert "Your sheet" not in shown(page)


def test_a_picture_of_something_else_is_one_line(page: AppTest) -> None:
    upload(page, "cat.png", picture_of_something_else())

    assert "cat.png: shows no grid of ECG paper" in shown(page)
    assert next(button for button in page.button if button.label == "This is right").disabled


def test_of_a_pdf_of_several_pages_one_can_be_chosen(page: AppTest) -> None:
    upload(page, "scan.pdf", two_page_pdf())

    assert "PDF of 2 pages, wanted one page" in shown(page)
    assert (page.number_input[0].min, page.number_input[0].max) == (1, 2)


def test_a_question_is_answered_while_a_sheet_waits(page: AppTest) -> None:
    press(page, SHEET)

    page.chat_input[0].set_value("Which have LBBB?").run()

    assert "You asked: Which have LBBB?" in shown(page)


def test_files_of_a_device_are_no_sheet() -> None:
    assert Unconfirmed.among({"a.hea": b"a 1 500", "a.dat": b"\0"}) is None


def test_what_is_stated_is_read_anew() -> None:
    sheet = Unconfirmed("cat.png", picture_of_something_else())
    sheet.read()

    sheet.state(Stated(layout="3x4"))

    assert sheet.waits


def test_a_new_ecg_takes_the_place_of_a_sheet_that_waits() -> None:
    record = simulate("normal", seed=1).record
    session = Session(start=lambda: None, read=lambda _: record)  # type: ignore[arg-type,return-value]
    session.lay("photo.jpg", b"")

    session.open(record, "a.hea")

    assert session.sheet is None
