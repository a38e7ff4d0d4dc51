"""The page over a fake agent: what is said, shown, kept and refused."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

STAND_IN = Path(__file__).with_name("stand_in_page.py")


@pytest.fixture
def page() -> AppTest:
    return AppTest.from_file(str(STAND_IN), default_timeout=60).run()


def press(page: AppTest, label: str) -> AppTest:
    return next(button for button in page.button if button.label == label).click().run()


def say(page: AppTest, text: str = "", *files: tuple[str, bytes]) -> AppTest:
    box = page.chat_input[0].set_value(text)
    for name, content in files:
        box.upload(name, content)
    return page.run()


def shown(page: AppTest) -> str:
    return "\n".join(element.proto.body for element in page.get("html"))


def test_the_bar_names_library_model_and_use(page: AppTest) -> None:
    assert "library: demo, 400 simulated cases" in shown(page)
    assert "language model: offline" in shown(page)
    assert "research use, not a diagnosis" in shown(page)


def test_an_example_is_drawn_measured_and_drafted(page: AppTest) -> None:
    press(page, "Atrial fibrillation")

    assert 'alt="Your ECG: ECG of 10 seconds, 12 leads' in shown(page)
    assert "<dt>PR</dt><dd>212<small>ms</small></dd>" in shown(page)
    assert "8 of the 10 closest cases report first-degree AV block" in shown(page)


def test_each_citation_has_its_card(page: AppTest) -> None:
    press(page, "Normal")

    assert 'href="#case-4"' in shown(page)
    assert 'id="case-4"' in shown(page)


def test_what_cannot_be_measured_is_said(page: AppTest) -> None:
    press(page, "Normal")

    assert '<dt>QTcF</dt><dd><abbr title="not measurable: no T wave">' in shown(page)


def test_withheld_sentences_are_counted_and_can_be_opened(page: AppTest) -> None:
    press(page, "Normal")

    assert "1 sentence withheld" in shown(page)
    assert "Case 9 reports &lt;b&gt;torsade&lt;/b&gt; [9].<br><small>case 9 does not state it" in shown(page)


def test_a_report_cannot_become_markup(page: AppTest) -> None:
    press(page, "Normal")

    assert "<script>" not in shown(page)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; [x](javascript:alert(2))" in shown(page)


def test_a_question_follows_in_the_same_conversation(page: AppTest) -> None:
    press(page, "Normal")

    say(page, "Which have LBBB?")

    assert "You asked: Which have LBBB?" in shown(page)
    assert "8 of the 10 closest cases report" in shown(page)


def test_a_case_met_earlier_keeps_its_card(page: AppTest) -> None:
    press(page, "Normal")

    say(page, "Which have LBBB?")

    assert shown(page).index("Met earlier in this conversation") < shown(page).index('id="case-3"')


def test_words_alone_search_the_library(page: AppTest) -> None:
    press(page, "LBBB")

    assert "You asked: Find cases with left bundle branch block" in shown(page)
    assert 'id="case-2"' in shown(page)


def test_history_survives_a_rerun(page: AppTest) -> None:
    press(page, "Normal")
    before = shown(page)

    page.run()

    assert shown(page) == before


def test_a_new_ecg_begins_a_new_conversation_and_the_old_one_stays_readable(page: AppTest) -> None:
    press(page, "Normal")
    say(page, "Which have LBBB?")

    say(page, "", ("a.hea", b"x"), ("a.dat", b"y"))
    assert "You asked" not in shown(page)
    page.selectbox[0].select("Example: Normal").run()

    assert "You asked: Which have LBBB?" in shown(page)


def test_a_bad_upload_is_one_line_in_the_talk(page: AppTest) -> None:
    say(page, "", ("empty.hea", b""))

    assert '<p class="problem" role="alert">empty.hea is empty, wanted an ECG: upload the file again</p>' in shown(page)
    assert not page.exception


def test_a_refused_question_is_one_line_in_the_talk(page: AppTest) -> None:
    say(page, "refuse")

    assert "the question is &#x27;refuse&#x27;, wanted another: ask again" in shown(page)


def test_a_question_may_come_with_the_ecg(page: AppTest) -> None:
    say(page, "Which have LBBB?", ("a.hea", b"x"))

    assert shown(page).index("8 of the 10") < shown(page).index("You asked")


def test_a_filter_searches_again(page: AppTest) -> None:
    press(page, "Normal")

    page.selectbox(key="sex").select("women").run()

    assert page.selectbox(key="sex").value == "women"
    assert "<small>5, best first</small>" in shown(page) or 'class="who">M' not in shown(page).split("Met earlier")[0]


def test_the_draft_can_be_saved_with_the_research_use_line(page: AppTest) -> None:
    press(page, "Normal")

    assert [button.proto.label for button in page.get("download_button")] == ["Save the draft"]
