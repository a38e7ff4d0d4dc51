"""All measurements, on the page and in a terminal."""

from agent import Measurements
from agent.measure import Basis
from ui.measured import all_html, further_lines

MEASURED = Measurements(
    heart_rate_bpm=62,
    ectopic_beats=2,
    st_mv={"V2": 0.12},
    lvh_mv={"Sokolow-Lyon": 2.31},
    missing={"pr_ms": "flutter <waves>", "qt_ms": "no T wave", "qtc_ms": "no T wave"},
    rests_on={"ectopic_beats": Basis(10, 12), "lvh_mv": Basis(8, 12), "st_mv": Basis(8, 12)},
)


def test_the_page_shows_each_with_what_it_rests_on() -> None:
    assert "<tr><th>beats of another shape</th><td>2</td><td>10 beats, 12 leads</td></tr>" in all_html(MEASURED)


def test_the_page_says_why_one_is_missing() -> None:
    assert "<th>PR</th><td>not measurable: flutter &lt;waves&gt;</td>" in all_html(MEASURED)


def test_the_page_shows_the_voltages_of_each_lead() -> None:
    assert "<tr><th>V2</th><td>0.12</td><td></td><td></td></tr>" in all_html(MEASURED)


def test_a_terminal_shows_together_what_rests_on_the_same() -> None:
    assert "Sokolow-Lyon 2.31 mV (limit 3.5 mV) (8 beats, 12 leads)" in further_lines(MEASURED)


def test_a_terminal_shows_voltages_lead_by_lead() -> None:
    assert "ST at J+60 ms, mV: V2 0.12" in further_lines(MEASURED)


def test_a_terminal_says_a_reason_once() -> None:
    assert "QT, QTc (Fridericia) not measurable: no T wave" in further_lines(MEASURED)
