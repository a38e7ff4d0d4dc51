"""The page in a real Chromium over a real library: upload, look, ask, and check the citations and the scale."""

import io
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from agent import CaseLibrary
from data import simulated
from encoders import load_encoder

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")]

ROOT = Path(__file__).resolve().parents[2]
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
PATIENCE = 90_000  # ms; the first answer loads the encoder
QUESTIONS = (
    "Which of these cases have atrial fibrillation?",
    "What is the QRS duration of my ECG and of case 2?",
    "Show me only women over 60",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The chat, served by the command line, over a library of simulated cases."""
    folder = tmp_path_factory.mktemp("browser") / "library"
    CaseLibrary.create(folder, encoder=load_encoder()).add(simulated.cases(80, seed=11))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", "from ui.cli import main; main()", "chat", "--library", str(folder), "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield _answering(f"http://127.0.0.1:{port}", server)
    finally:
        server.terminate()
        server.wait(20)


def _answering(url: str, server: "subprocess.Popen[bytes]") -> str:
    for _ in range(240):
        assert server.poll() is None, "the chat ended by itself"
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return url
        except OSError:
            time.sleep(0.5)
    raise AssertionError("the chat did not answer in two minutes")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with playwright.sync_playwright() as api:
        browser = api.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium: Any, site: str) -> Iterator[Any]:
    page = chromium.new_page(viewport={"width": 1440, "height": 900}, device_scale_factor=2)
    page.set_default_timeout(PATIENCE)
    playwright.expect.set_options(timeout=PATIENCE)
    page.goto(site)
    page.wait_for_selector("[data-testid=stChatInput]")
    yield page
    page.close()


@pytest.fixture
def record_files(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    """A PTB-XL record of two files, or a simulated one where PTB-XL is not there."""
    import wfdb

    from tests.conftest import SHARED

    known = SHARED / "ptbxl" / "records500" / "00000" / "00001_hr"
    if known.with_suffix(".hea").is_file():
        return [str(known.with_suffix(".hea")), str(known.with_suffix(".dat"))]
    ecg = simulated.simulate("atrial fibrillation", seed=5).record
    wfdb.wrsamp(
        "ecg", fs=ecg.fs, units=["mV"] * 12, sig_name=list(ecg.leads), p_signal=ecg.signal.T.astype(float), fmt=["16"] * 12,
        write_dir=str(tmp_path),
    )  # fmt: skip
    return [str(tmp_path / "ecg.hea"), str(tmp_path / "ecg.dat")]


def upload(tab: Any, files: list[str]) -> None:
    tab.set_input_files("[data-testid=stChatInput] input[type=file]", files)
    for file in files:
        tab.get_by_text(Path(file).name, exact=False).first.wait_for()
    tab.wait_for_timeout(500)  # the browser sends the files after it shows them
    tab.locator("[data-testid=stChatInputTextArea]").press("Enter")


def answered(tab: Any, n_turns: int) -> str:
    """Wait until so many things were said and the last one is complete; its text."""
    messages = tab.get_by_test_id("stChatMessage")
    playwright.expect(messages).to_have_count(n_turns)
    playwright.expect(messages.last).to_contain_text(re.compile(r"\w{3}"))
    playwright.expect(tab.get_by_test_id("stSpinner")).to_have_count(0)
    tab.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    return str(messages.last.inner_text())


def citations_without_card(tab: Any) -> list[str]:
    return list(tab.evaluate("[...document.querySelectorAll('a.cite')].map(a => a.hash).filter(hash => !document.querySelector(hash))"))


def test_an_uploaded_record_is_drawn_drafted_and_discussed(tab: Any, record_files: list[str]) -> None:
    upload(tab, record_files)

    draft = answered(tab, 2)
    assert "heart rate" in draft
    assert re.search(r"\[\d+\]", draft)
    assert tab.get_by_alt_text(re.compile("^Your ECG: ECG of 10 seconds, 12 leads")).first.is_visible()
    assert tab.locator("details.card").count() == 10
    for n, question in enumerate(QUESTIONS):
        tab.locator("[data-testid=stChatInputTextArea]").fill(question)
        tab.keyboard.press("Enter")
        answered(tab, 4 + 2 * n)
        assert citations_without_card(tab) == []
    n_shown = int(re.findall(r"\d+", tab.locator("h3 small").inner_text())[0])
    people = tab.locator("details.card .who").all_inner_texts()[:n_shown]
    assert people
    assert all(person.startswith("F") and int(person.split()[1]) > 60 for person in people)


def test_a_dicom_waveform_is_drawn_and_drafted(tab: Any) -> None:
    from pydicom.data import get_testdata_file

    upload(tab, [str(get_testdata_file("waveform_ecg.dcm", download=False))])

    assert re.search(r"\[\d+\]|No close case", answered(tab, 2))
    assert tab.get_by_alt_text(re.compile("^Your ECG: ")).first.is_visible()
    assert tab.locator("details.card").count() == 10


def test_a_citation_opens_its_card(tab: Any) -> None:
    tab.get_by_role("button", name="Atrial fibrillation").click()
    answered(tab, 2)
    link = tab.locator("a.cite:not([href='#case-1'])").first
    card = tab.locator(f"details.card:has({link.get_attribute('href')})")
    assert card.get_attribute("open") is None

    link.click()

    playwright.expect(card).to_have_attribute("open", "")
    playwright.expect(card.locator("img.wide")).to_be_in_viewport()


def test_a_millivolt_is_as_many_pixels_as_ten_millimetres_of_the_grid(tab: Any) -> None:
    tab.get_by_role("button", name="Normal", exact=True).click()
    answered(tab, 2)
    shot = tab.get_by_alt_text(re.compile("^Your ECG: ")).first.screenshot()
    pixels = np.asarray(Image.open(io.BytesIO(shot)).convert("RGB")).astype(int)

    bold = _bold_lines(pixels[-12, pixels.shape[1] // 2 :, :])  # the lowest millimetres hold no trace, and words only on the left
    mm = np.median(np.diff(bold)) / 5
    pulse = pixels[: int(30 * mm), int(4 * mm) : int(14.5 * mm)].max(axis=2) < 110  # the first row's calibration pulse
    rows, columns = np.flatnonzero(pulse.sum(axis=1) > 2 * mm), np.flatnonzero(pulse.sum(axis=0) > 7 * mm)

    assert (rows[-1] - rows[0]) / mm == pytest.approx(10, abs=0.6)  # 1 mV high
    assert 5 * (columns[-1] - columns[0]) / mm == pytest.approx(25, abs=2.0)  # the pulse lasts a fifth of a second


def _bold_lines(row: np.ndarray) -> np.ndarray:
    """Where the bold upright lines cross a row of pixels: they are the least green."""
    green = row[:, 1]
    dark = green < (green.min() + np.median(green)) / 2
    return np.flatnonzero(np.diff(np.concatenate([[0], dark.astype(int)])) == 1)


def test_a_phone_shows_the_narrow_sheet_and_does_not_scroll_sideways(tab: Any) -> None:
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.get_by_role("button", name="Left bundle branch block").click()
    answered(tab, 2)

    assert tab.locator("img.narrow").first.is_visible()
    assert not tab.locator("img.wide").first.is_visible()
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_bad_file_is_refused_in_one_line(tab: Any, tmp_path: Path) -> None:
    letter = tmp_path / "letter.dcm"
    letter.write_text("Dear colleague, the ECG was normal.")

    upload(tab, [str(letter)])

    answered(tab, 2)
    (refusal,) = tab.get_by_role("alert").all_inner_texts()
    assert re.fullmatch("letter.dcm: .+ wanted an ECG .+", refusal)
    assert tab.get_by_test_id("stException").count() == 0


def test_an_upload_of_200_megabytes_is_refused_in_words(tab: Any, tmp_path: Path) -> None:
    big = tmp_path / "big.dat"
    with big.open("wb") as file:
        file.truncate(200_000_000)

    tab.set_input_files("[data-testid=stChatInput] input[type=file]", [str(big)])
    playwright.expect(tab.get_by_test_id("stChatInputSubmitButton")).to_be_enabled()
    tab.wait_for_timeout(4000)
    tab.locator("[data-testid=stChatInputTextArea]").press("Enter")

    assert "has 200 MB, wanted at most" in answered(tab, 2)


def test_nothing_is_asked_of_another_machine(chromium: Any, site: str) -> None:
    asked: list[str] = []
    page = chromium.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site)
    page.wait_for_selector("[data-testid=stChatInput]", timeout=PATIENCE)
    page.close()

    assert [url for url in asked if not url.startswith((site, "data:", "blob:"))] == []
