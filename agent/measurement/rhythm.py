"""How regular the beats are, which are ectopic, and whether the atria flutter."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.signal import butter, sosfiltfilt

from agent.measurement.beats import Beats
from agent.measurement.leads import FS, Array
from agent.measurement.shapes import R

Regularity = Literal["regular", "regular with early beats", "irregular"]

EARLY = 0.85  # share of the usual RR interval before which a beat is early
IRREGULAR = 0.10  # of the usual RR interval: usual difference between neighbours, early beats and their pauses left out
FLUTTER_HZ = (3.7, 6.2)
FLUTTER_SHARE, FLUTTER_SLOWER, FLUTTER_MV = 0.35, 0.30, 0.022  # of the power between QRS complexes; root mean square times share


@dataclass(frozen=True)
class Rhythm:
    """What the RR intervals tell."""

    regularity: Regularity
    variation: float  # usual difference of neighbouring RR intervals over the usual RR interval
    wide_ectopic: int  # beats of another shape than the dominant, so most often ventricular
    early: int  # beats of the dominant shape that come early, so most often atrial


def rhythm(beats: Beats) -> Rhythm:
    """Regularity and ectopic beats. Early beats are counted only where the others are regular."""
    rr = beats.rr
    other = np.setdiff1d(np.arange(beats.peaks.size), beats.same)
    early = _early(beats)
    undisturbed = beats.unbroken.copy()
    for beat in {*other.tolist(), *early}:
        undisturbed[max(0, beat - 1) : beat + 1] = False  # the interval before it and the pause behind
    usual = float(np.median(rr[undisturbed] if undisturbed.any() else rr))
    neighbours = undisturbed[1:] & undisturbed[:-1]
    steps = np.abs(np.diff(rr))
    variation = float(np.median(steps[neighbours])) / usual if neighbours.any() else float(np.median(steps)) / usual if steps.size else 0.0
    irregular = variation > IRREGULAR or (len(early) > 0.3 * beats.peaks.size)
    regularity: Regularity = "irregular" if irregular else "regular with early beats" if early or other.size else "regular"
    return Rhythm(regularity, variation, int(other.size), 0 if irregular else len(early))


def _early(beats: Beats) -> list[int]:
    """Numbers of beats of the dominant shape whose interval is short against those around, and is not followed by one as short."""
    rr, found = beats.rr, []
    for beat in beats.same[(beats.same > 0)]:
        around = np.delete(rr[max(0, beat - 4) : beat + 4], min(beat - 1, 3))
        if beat - 1 in beats.same and around.size and rr[beat - 1] < EARLY * np.median(around):
            found.append(int(beat))
    return found


def flutters(smooth: Array, beats: Beats, onset: int, offset: int) -> bool:
    """Whether a steady oscillation at 220 to 370 a minute goes on between the QRS complexes.

    It is strong, at one frequency, and more than what is slower. The limits were set on simulated flutter, folds 1-8 of PTB-XL and LUDB's
    odd records, for few false alarms: low flutter waves, and those of one in two under the T waves, are missed.

    Parameters
    ----------
    smooth : (n_leads, n_samples) mV at FS
    onset, offset : of the QRS in the beat window
    """
    signal = np.nan_to_num(smooth)
    at = np.arange(signal.shape[1])
    covered = np.zeros(at.size, dtype=bool)
    for peak in beats.peaks:
        covered[max(0, peak - (R - onset) - 5) : peak + (offset - R) + 10] = True
    if (~covered).sum() < FS:
        return False
    bridged = np.stack([np.interp(at, at[~covered], row[~covered]) for row in signal])
    between = sosfiltfilt(butter(2, [2.5, 13], "band", fs=FS, output="sos"), bridged, axis=1) * ~covered
    power = (np.abs(np.fft.rfft(between, axis=1)) ** 2).sum(axis=0)
    hz = np.fft.rfftfreq(at.size, 1 / FS)
    candidates = np.arange(*FLUTTER_HZ, 0.05)
    at_one = [power[np.abs(hz - one) < 0.2].sum() for one in candidates]
    share = max(at_one) / (power[(hz > 2) & (hz < 13)].sum() + 1e-12)
    slower = power[(hz > 1) & (hz < candidates[int(np.argmax(at_one))] - 0.3)].sum() / (power[hz > 1].sum() + 1e-12)
    return bool(share > FLUTTER_SHARE and slower < FLUTTER_SLOWER and np.sqrt(np.mean(between**2)) * share > FLUTTER_MV)
