"""The drawing is true to scale: 25 mm/s, 10 mm/mV, whatever the record."""

import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from data import STANDARD_LEADS, EcgRecord
from ui.paper import ecg_svg

SVG = "{http://www.w3.org/2000/svg}"


def flat(seconds: float = 10.0, fs: float = 100.0, leads: tuple[str, ...] = STANDARD_LEADS) -> np.ndarray:
    return np.zeros((len(leads), round(seconds * fs)), np.float32)


def record(signal: np.ndarray, fs: float = 100.0, leads: tuple[str, ...] = STANDARD_LEADS) -> EcgRecord:
    return EcgRecord(leads=leads, signal=signal, fs=fs)


def drawn(svg: str, lead: str) -> list[np.ndarray]:
    """The stretches of a lead, each (n_points, 2) in mm from the upper left corner."""
    lines = [line for line in ElementTree.fromstring(svg).iter(f"{SVG}polyline") if line.get("data-lead") == lead]
    return [np.array([point.split(",") for point in line.get("points", "").split()], float) for line in lines]


def test_one_millivolt_is_ten_millimetres_high() -> None:
    signal = flat()
    signal[STANDARD_LEADS.index("V5"), 850] = 1.0

    (trace,) = drawn(ecg_svg(record(signal)), "V5")

    assert np.ptp(trace[:, 1]) == pytest.approx(10.0, abs=0.011)


def test_a_short_record_of_few_leads_at_a_high_rate_leaves_the_others_empty() -> None:
    svg = ecg_svg(record(flat(3.0, 500.0, ("I", "II")), 500.0, ("I", "II")))

    assert drawn(svg, "II")
    assert drawn(svg, "V6") == []


def test_one_second_is_twenty_five_millimetres_wide() -> None:
    signal = flat()
    signal[STANDARD_LEADS.index("II"), [200, 300]] = 1.0

    rhythm = drawn(ecg_svg(record(signal)), "II")[-1]
    first, second = rhythm[rhythm[:, 1] < rhythm[:, 1].mean() - 5, 0]

    assert second - first == pytest.approx(25.0, abs=0.011)


def test_the_sheet_says_its_own_size_in_millimetres() -> None:
    root = ElementTree.fromstring(ecg_svg(record(flat())))

    assert root.get("viewBox") == f"0 0 {root.get('width', '').removesuffix('mm')} {root.get('height', '').removesuffix('mm')}"


def test_fine_lines_lie_a_millimetre_apart_and_bold_ones_five() -> None:
    fine, bold = [path.get("d", "") for path in ElementTree.fromstring(ecg_svg(record(flat()))).iter(f"{SVG}path") if path.get("stroke")]

    def upright(path: str) -> list[int]:
        return [int(x) for x in re.findall(r"M(\d+) 0V", path)]

    assert set(np.diff(upright(bold))) == {5}
    assert sorted(upright(fine) + upright(bold)) == list(range(max(upright(fine) + upright(bold)) + 1))


def test_each_row_begins_with_a_pulse_of_one_millivolt_for_200_ms() -> None:
    pulses = drawn(ecg_svg(record(flat())), "calibration")

    assert len(pulses) == 4
    assert all(np.ptp(pulse[:, 1]) == 10.0 and pulse[3, 0] - pulse[2, 0] == 5.0 for pulse in pulses)


@pytest.mark.parametrize(("layout", "columns", "rows"), [("3x4+II", 4, 4), ("6x2", 2, 6), ("12x1", 1, 12), ("6x2@2.5+II", 2, 7)])
def test_a_layout_has_its_rows_and_columns(layout: str, columns: int, rows: int) -> None:
    svg = ecg_svg(record(flat()), layout=layout)

    assert len(drawn(svg, "calibration")) == rows
    assert len({drawn(svg, lead)[0][0, 0] for lead in STANDARD_LEADS}) == columns


@pytest.mark.parametrize("layout", ["", "3x3", "4x3+X", "3x4+V9", "twelve"])
def test_an_unknown_layout_is_refused_with_an_example(layout: str) -> None:
    with pytest.raises(ValueError, match=r"3x4\+II"):
        ecg_svg(record(flat()), layout=layout)


def test_columns_go_on_in_time_where_the_one_before_ends() -> None:
    signal = flat()
    signal[STANDARD_LEADS.index("V1"), 600] = 1.0  # 6 s: one second into the third column

    (trace,) = drawn(ecg_svg(record(signal)), "V1")

    assert trace[trace[:, 1].argmin(), 0] - trace[0, 0] == pytest.approx(25.0, abs=0.011)


def test_what_was_not_recorded_stays_empty() -> None:
    signal = flat()
    signal[STANDARD_LEADS.index("II"), 400:600] = np.nan

    before, after = drawn(ecg_svg(record(signal)), "II")[-2:]

    assert after[0, 0] - before[-1, 0] == pytest.approx(2.01 * 25, abs=0.011)


def test_a_missing_lead_is_named_and_has_no_trace() -> None:
    svg = ecg_svg(record(flat(leads=("II",)), leads=("II",)))

    assert drawn(svg, "V3") == []
    assert "V3, not recorded" in "".join(ElementTree.fromstring(svg).itertext())


def test_a_record_of_three_seconds_shows_every_lead() -> None:
    svg = ecg_svg(record(flat(seconds=3)))

    assert all(np.ptp(drawn(svg, lead)[0][:, 0]) == pytest.approx(62.5, abs=0.3) for lead in STANDARD_LEADS)


def test_a_row_makes_room_for_tall_complexes() -> None:
    signal = flat()
    signal[STANDARD_LEADS.index("V2"), 600] = -3.0  # V2 lies above V3

    svg = ecg_svg(record(signal))

    assert drawn(svg, "V2")[0][:, 1].max() < drawn(svg, "V3")[0][:, 1].min()


def test_what_leaves_the_row_is_cut_and_said() -> None:
    signal = flat()
    signal[STANDARD_LEADS.index("V2"), 600] = -20.0

    svg = ecg_svg(record(signal))

    assert np.ptp(drawn(svg, "V2")[0][:, 1]) == 32.0
    assert "V2, cut at 3.2 mV" in "".join(ElementTree.fromstring(svg).itertext())


def test_thinning_loses_no_pacing_spike() -> None:
    signal = flat(fs=1000)
    signal[STANDARD_LEADS.index("I"), 777] = 1.0  # one sample of a millisecond

    (trace,) = drawn(ecg_svg(record(signal, fs=1000)), "I")

    assert np.ptp(trace[:, 1]) == pytest.approx(10.0, abs=0.011)


def test_drawing_twice_gives_the_same_text() -> None:
    noise = np.random.default_rng(3).normal(0, 0.2, (12, 5000)).astype(np.float32)

    assert ecg_svg(record(noise, fs=500)) == ecg_svg(record(noise, fs=500))


def test_a_lead_name_cannot_break_out_of_the_drawing() -> None:
    svg = ecg_svg(record(flat(leads=("II", "<script>")), leads=("II", "<script>")))

    assert "<script" not in svg


def test_an_empty_record_is_an_empty_sheet() -> None:
    svg = ecg_svg(record(np.full((12, 1000), np.nan)))

    assert drawn(svg, "calibration")
    assert all(drawn(svg, lead) == [] for lead in STANDARD_LEADS)
