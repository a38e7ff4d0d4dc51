"""Rhythms as sequences of events: when the atria and the ventricles are activated, and from where."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

Rng = np.random.Generator
Origin = Literal["supraventricular", "ventricular", "paced"]


@dataclass(frozen=True)
class Beat:
    """One activation of the ventricles."""

    time: float  # QRS onset, s
    pr: float | None = None  # s from the onset of the P wave that it follows; None where it follows none
    origin: Origin = "supraventricular"


@dataclass(frozen=True)
class AtrialWave:
    """One activation of the atria."""

    time: float  # onset, s
    focus: Literal["sinus", "ectopic", "flutter"] = "sinus"
    cycle: float = 0.0  # s, of a flutter wave


@dataclass(frozen=True)
class Events:
    """What the heart does from before the first to after the last sample."""

    beats: tuple[Beat, ...]
    atria: tuple[AtrialWave, ...] = ()
    fibrillating: bool = False

    def within(self, start: float, stop: float) -> tuple[Beat, ...]:
        """Beats whose QRS begins in this span."""
        return tuple(beat for beat in self.beats if start <= beat.time < stop)


@dataclass(frozen=True)
class Pace:
    """What a rhythm is drawn from: ventricular (in complete block, escape) rate per minute, PR in s, the span in s to fill."""

    rate: float
    pr: float
    age: float = 50.0
    start: float = -2.0
    stop: float = 12.0


Rhythm = Callable[[Rng, Pace], Events]


def _sinus_times(rng: Rng, pace: Pace, *, respiratory: float | None = None, rate: float | None = None) -> np.ndarray:
    """P wave onsets. Respiratory variation of the RR interval falls with age."""
    mean = 60 / (rate or pace.rate)
    depth = respiratory if respiratory is not None else 0.04 * max(0.2, 1.2 - pace.age / 80)
    breath, phase = rng.uniform(0.17, 0.28), rng.uniform(0, 2 * np.pi)
    times = [pace.start - rng.uniform(0, mean)]
    while times[-1] < pace.stop:
        times.append(times[-1] + mean * (1 + depth * np.sin(2 * np.pi * breath * times[-1] + phase) + 0.006 * rng.standard_normal()))
    return np.array(times)


def _conducted(times: np.ndarray, pr: float) -> Events:
    return Events(tuple(Beat(t + pr, pr) for t in times), tuple(AtrialWave(t) for t in times))


def sinus(rng: Rng, pace: Pace) -> Events:
    """Every P wave is conducted."""
    return _conducted(_sinus_times(rng, pace), pace.pr)


def sinus_arrhythmia(rng: Rng, pace: Pace) -> Events:
    """Sinus rhythm that quickens and slows with the breath."""
    return _conducted(_sinus_times(rng, pace, respiratory=rng.uniform(0.16, 0.26)), pace.pr)


def atrial_fibrillation(rng: Rng, pace: Pace) -> Events:
    """No P wave, irregularly irregular RR intervals."""
    mean, spread = 60 / pace.rate, rng.uniform(0.17, 0.26)
    times = pace.start + np.cumsum((mean * rng.lognormal(-(spread**2) / 2, spread, 60)).clip(0.3, 2.2))
    return Events(tuple(Beat(t) for t in times if t < pace.stop), fibrillating=True)


def atrial_flutter(rng: Rng, pace: Pace) -> Events:
    """A circuit of 250 to 350 a minute; each second, third or fourth wave is conducted, or by turns."""
    cycle = 60 / rng.uniform(255, 345)
    onsets = np.arange(pace.start, pace.stop, cycle)
    usual = int(np.clip(round(60 / pace.rate / cycle), 2, 4))
    ratios = rng.choice([usual, 2, 4], 100, p=[0.6, 0.2, 0.2]) if rng.random() < 0.35 else np.full(100, usual)
    conducted = np.cumsum(ratios)
    delay = rng.uniform(0.45, 0.85) * cycle
    beats = tuple(Beat(onsets[k] + delay) for k in conducted if k < len(onsets))
    return Events(beats, tuple(AtrialWave(t, "flutter", cycle) for t in onsets))


def wenckebach(rng: Rng, pace: Pace) -> Events:
    """PR lengthens, by less each time, until a P wave is not conducted."""
    ratio = int(rng.integers(3, 6))  # P waves in a group
    times = _sinus_times(rng, pace, rate=pace.rate * ratio / (ratio - 1))
    steps = np.concatenate([[0.0], rng.uniform(0.06, 0.11) * 0.6 ** np.arange(ratio - 2)]).cumsum()
    place = (np.arange(len(times)) + rng.integers(ratio)) % ratio
    beats = tuple(Beat(t + pace.pr + steps[k], pace.pr + steps[k]) for t, k in zip(times, place, strict=True) if k < ratio - 1)
    return Events(beats, tuple(AtrialWave(t) for t in times))


def complete_av_block(rng: Rng, pace: Pace) -> Events:
    """Atria and ventricles beat on their own."""
    escape = _sinus_times(rng, pace, respiratory=0.004)
    atria = _sinus_times(rng, pace, rate=rng.uniform(max(66.0, 1.4 * pace.rate), 104))
    return Events(tuple(Beat(t) for t in escape), tuple(AtrialWave(t) for t in atria))


def ventricular_escape(rng: Rng, pace: Pace) -> Events:
    """Complete block with an escape rhythm from below the bundle of His."""
    events = complete_av_block(rng, pace)
    return Events(tuple(Beat(beat.time, None, "ventricular") for beat in events.beats), events.atria)


def _premature(rng: Rng, times: np.ndarray, most: int) -> list[int]:
    """Which sinus beats come too early: at least one in the ten seconds shown, no two running."""
    shown = [k for k in range(1, len(times) - 1) if 1.0 < times[k] < 8.5]
    first = int(rng.choice(shown))
    others = [k for k in shown if abs(k - first) > 2 and (k - first) % 3 == 0]
    return sorted([first, *(int(k) for k in rng.permutation(others)[: rng.integers(0, most)])])


def premature_atrial_beats(rng: Rng, pace: Pace) -> Events:
    """Early P waves of another shape, narrow QRS, a pause that does not compensate: the sinus node is reset."""
    times = _sinus_times(rng, pace)
    atria, shift = [], 0.0
    early = set(_premature(rng, times, 3))
    for k, time in enumerate(times):
        if k in early:
            shift -= rng.uniform(0.26, 0.38) * (times[k] - times[k - 1])
        atria.append(AtrialWave(time + shift, "ectopic" if k in early else "sinus"))
        if k in early:
            shift += rng.uniform(0.04, 0.14) * (times[k] - times[k - 1])
    return Events(tuple(Beat(wave.time + pace.pr, pace.pr) for wave in atria), tuple(atria))


def _with_ventricular_beats(rng: Rng, times: np.ndarray, early: set[int], pr: float) -> Events:
    """The sinus node goes on undisturbed; the wave that falls on the early beat is not conducted, so the pause compensates."""
    coupling = rng.uniform(0.52, 0.66)
    beats = []
    for k, time in enumerate(times):
        if k in early:
            beats.append(Beat(times[k - 1] + pr + coupling * (time - times[k - 1]) * rng.normal(1, 0.015), None, "ventricular"))
        else:
            beats.append(Beat(time + pr, pr))
    return Events(tuple(beats), tuple(AtrialWave(t) for t in times))


def premature_ventricular_beats(rng: Rng, pace: Pace) -> Events:
    """Wide early beats without a P wave, and a compensatory pause."""
    times = _sinus_times(rng, pace)
    return _with_ventricular_beats(rng, times, set(_premature(rng, times, 3)), pace.pr)


def ventricular_bigeminy(rng: Rng, pace: Pace) -> Events:
    """Every second beat is ventricular."""
    times = _sinus_times(rng, pace)
    return _with_ventricular_beats(rng, times, set(range(1 + int(rng.integers(2)), len(times), 2)), pace.pr)


def fibrillation_with_ventricular_beats(rng: Rng, pace: Pace) -> Events:
    """Atrial fibrillation, and now and then a wide early beat with a pause behind it."""
    times = np.array([beat.time for beat in atrial_fibrillation(rng, pace).beats])
    early = _premature(rng, times, 3)
    coupling, pause = rng.uniform(0.42, 0.50), rng.uniform(0.3, 0.5)  # s
    beats: list[Beat] = []
    for k, time in enumerate(times):
        if k in early:
            beats.append(Beat(beats[-1].time + coupling, None, "ventricular"))
        else:
            beats.append(Beat(time + pause * sum(k > other for other in early)))
    return Events(tuple(beats), fibrillating=True)


def ventricular_pacing(rng: Rng, pace: Pace) -> Events:
    """A fixed rate from the right ventricle over fibrillating atria, or each P wave followed by a paced beat."""
    if rng.random() < 0.5:
        times = np.arange(pace.start - rng.uniform(0, 60 / pace.rate), pace.stop, 60 / pace.rate)
        return Events(tuple(Beat(t, None, "paced") for t in times), fibrillating=True)
    times = _sinus_times(rng, pace, respiratory=0.01)
    return Events(tuple(Beat(t + pace.pr, pace.pr, "paced") for t in times), tuple(AtrialWave(t) for t in times))
