"""Which peaks are beats: drawn ones whose times are known."""

import numpy as np
import pytest

from agent import measure
from agent.measurement.peaks import r_peaks
from data import simulated

FS = 500
AT = np.arange(10 * FS) / FS  # s
REGULAR = np.arange(0.6, 9.5, 60 / 70)
IRREGULAR = np.array([0.3, 1.5, 2.2, 3.3, 4.0, 4.75, 5.6, 6.5, 7.7, 8.3, 9.2])
WIDTH = 0.04  # s, half of a beat


def drawn(times: np.ndarray, heights: float | np.ndarray = 1.0, width: float | np.ndarray = WIDTH) -> np.ndarray:
    """(n_samples,) mV, a triangle at each time."""
    return np.asarray((heights * np.maximum(0, 1 - np.abs(AT[:, None] - times) / width)).sum(axis=1))


def letters(at: float) -> np.ndarray:
    """(n_samples,) mV, two strokes beside each other, as a printed II leaves them in a trace."""
    return drawn(np.array([at, at + 0.09]), 0.8, 0.02)


def printed(*leads: np.ndarray) -> np.ndarray:
    """Where beats are found on paper, s."""
    return r_peaks(np.stack(leads), printed=True) / FS


@pytest.mark.parametrize("leads", [("V4", "V5", "V6"), ("V2", "V3", "V4")])
def test_a_leap_of_three_leads_in_twelve_is_no_beat(leads: tuple[str, ...]) -> None:
    record = simulated.simulate("normal", seed=4).record
    signal = record.signal.copy()
    r = int(np.abs(record["II"][2000:3000]).argmax()) + 2000  # near the middle, at 500 Hz
    for lead in leads:
        signal[record.leads.index(lead)] += 3 * np.maximum(0, 1 - np.abs(np.arange(record.n_samples) - r - 200) / 15)

    assert measure(record.changed(signal=signal)).heart_rate_bpm == pytest.approx(measure(record).heart_rate_bpm, abs=0.5)


def test_three_giant_beats_do_not_hide_the_others() -> None:
    heights = np.ones(len(REGULAR))
    heights[[1, 5, 9]] = 4.5

    np.testing.assert_allclose(r_peaks(drawn(REGULAR, heights)[None]) / FS, REGULAR, atol=0.02)


def test_a_beat_that_a_strip_shows_low_and_narrow_is_counted_where_one_is_due() -> None:
    heights, widths = np.ones(len(REGULAR)), np.full(len(REGULAR), 0.05)
    heights[5], widths[5] = 0.25, 0.02
    strip = drawn(REGULAR, heights, widths)
    other = np.where(AT < 2.5, strip, np.nan)  # as in the first column of a sheet

    np.testing.assert_allclose(r_peaks(np.stack([strip, other])) / FS, REGULAR, atol=0.02)


class TestWhatLooksLikeABeat:
    """A lower triangle at some time from each beat."""

    def peaks_with(self, after_s: float, height: float) -> np.ndarray:
        """Where beats are found, s."""
        return r_peaks((drawn(REGULAR, width=0.03) + drawn(REGULAR + after_s, height, 0.03))[None]) / FS

    @pytest.mark.parametrize(("after_s", "height"), [(-0.26, 0.6), (0.22, 0.9), (0.28, 0.6)])
    def test_soon_before_or_behind_a_beat_is_none(self, after_s: float, height: float) -> None:
        np.testing.assert_allclose(self.peaks_with(after_s, height), REGULAR, atol=0.02)

    def test_as_high_and_not_so_soon_is_one(self) -> None:
        assert len(self.peaks_with(0.28, 0.9)) == 2 * len(REGULAR)


class TestOnPaper:
    """One lead, where letters and marks may be drawn in its way."""

    def test_what_has_the_shape_of_the_beats_is_one_at_the_beginning_even_if_the_rest_is_regular(self) -> None:
        times = np.array([0.3, 1.67, 2.73, 3.64, 4.4, 5.39, 6.42, 7.22, 7.93, 8.83, 9.76])

        np.testing.assert_allclose(printed(drawn(times)), times, atol=0.02)

    def test_a_name_at_the_beginning_is_none(self) -> None:
        np.testing.assert_allclose(printed(drawn(REGULAR) + letters(0.2)), REGULAR, atol=0.02)

    def test_a_mark_that_splits_a_usual_interval_is_none(self) -> None:
        np.testing.assert_allclose(printed(drawn(IRREGULAR) + letters(5.12)), IRREGULAR, atol=0.02)

    def test_in_a_file_the_same_is_a_beat(self) -> None:
        assert len(r_peaks((drawn(IRREGULAR) + letters(5.12))[None])) == len(IRREGULAR) + 1

    def test_a_beat_that_the_strip_hides_is_seen_beside_it(self) -> None:
        early, others, at = 3.7, np.delete(REGULAR, 4), AT
        strip, beside = drawn(others), drawn(np.sort([*others, early]))
        column = np.where((at > 2.5) & (at < 5), beside, np.nan)

        found = printed(strip, column, column)

        assert np.abs(found - early).min() < 0.02
