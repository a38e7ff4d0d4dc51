"""One simulated ECG: a kind and a seed make a patient, a heart, its beats, and what the electrodes see of it."""

import zlib
from dataclasses import dataclass, replace

import numpy as np

from data.errors import EcgCasesError
from data.record import EcgRecord, Patient
from data.simulated import atria
from data.simulated.heart import Array, Wave, rotation, sampled
from data.simulated.kinds import KINDS, Kind
from data.simulated.noise import NoiseLevels, electrode_noise
from data.simulated.projection import DOWER, frontal_axis, twelve_leads
from data.simulated.reports import written_report
from data.simulated.rhythms import Beat, Events, Pace
from data.simulated.truth import Truth
from data.simulated.ventricles import VENTRICULAR_FOCI, Range, Ventricles

SECONDS = 10.0

_SPIKE = Wave.of((0, 1.2, 0.5, -1.1, 0.6))
_T_ASCENT, _T_PEAK = (0.66, 0.150, 0.55), (0.76, 0.085, 0.62)  # centre and width as shares of the JT interval, share of the amplitude
_ST_SHARES = ((0.06, 0.11), (0.24, 0.11), (0.42, 0.12), (0.60, 0.12))  # overlapping, so level
_ST_LEVEL = 0.62  # what one of them must be for their sum to be 1


class UnknownKindError(EcgCasesError, KeyError):
    """A kind of ECG was asked for that is not simulated."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, eq=False)
class SimulatedEcg:
    """An ECG with everything known about it."""

    record: EcgRecord
    truth: Truth
    report: str
    beats: tuple[Beat, ...]  # QRS onsets in s from the first sample
    events: Events


@dataclass(frozen=True, eq=False)
class _Activation:
    """One person's ventricles: QRS wave from its onset; ST-T as a wave over the JT interval of length 1."""

    qrs: Wave
    qrs_s: float
    st_t: Wave

    def axis(self) -> float:
        return frontal_axis(self.qrs.area)


def simulate(kind: str, *, seed: int, fs: float = 500.0) -> SimulatedEcg:
    """Ten seconds of twelve leads of one person.

    Parameters
    ----------
    kind : one of `KINDS`
    seed : the same seed gives the same ECG
    fs : samples per second

    Raises
    ------
    UnknownKindError : not one of `KINDS`
    """
    if kind not in KINDS:
        raise UnknownKindError(f"{kind!r} is not a simulated kind of ECG: wanted one of {', '.join(KINDS)}")
    what = KINDS[kind]
    rng = np.random.default_rng([seed, zlib.crc32(kind.encode())])
    person = Patient(age=float(rng.integers(what.age[0], what.age[1] + 1)), sex=str(rng.choice(["F", "M"])))
    pace = Pace(_drawn(rng, what.rate), _drawn(rng, what.pr_ms) / 1000, person.age or 50.0)
    events = what.rhythm(rng, pace)
    beats = events.within(0.0, SECONDS)
    main, ectopic = _activations(rng, what, person)
    qtc = _drawn(rng, what.qtc_ms) / 1000 + (0.006 if person.sex == "F" else -0.006)
    rate = 60 * (len(beats) - 1) / (beats[-1].time - beats[0].time)
    qt = qtc * (60 / rate) ** (1 / 3)  # Fridericia (1920)

    t = np.arange(round(SECONDS * fs)) / fs
    dipole = sampled(_waves(rng, events, main, ectopic, qt, rate), t)
    if events.fibrillating:
        dipole += atria.fibrillation(rng, t, rng.uniform(0.025, 0.07))
    chest = np.concatenate([[1.0, 1.0], rng.normal(1.0, 0.06, 6)])  # how near each electrode lies
    independent = chest[:, None] * (DOWER @ dipole) + electrode_noise(rng, len(t), fs, NoiseLevels.drawn(rng))
    leads, signal = twelve_leads(independent)

    conducted = [beat for beat in beats if beat.origin != "ventricular"] or list(beats)
    first = main if conducted[0].origin != "ventricular" else ectopic
    prs = [beat.pr for beat in conducted if beat.pr is not None]
    truth = Truth(
        kind=kind,
        statements=what.statements,
        heart_rate_bpm=rate,
        pr_ms=1000 * float(np.median(prs)) if prs else None,
        qrs_ms=1000 * first.qrs_s,
        qt_ms=1000 * qt,
        axis_deg=first.axis(),
        age=person.age,
        sex=person.sex,
    )
    record = EcgRecord(leads, signal, fs, patient=person, source="simulated")
    return SimulatedEcg(record, truth, written_report(rng, truth, what.wording or what.statements), beats, events)


def _drawn(rng: np.random.Generator, limits: Range) -> float:
    return float(rng.uniform(*limits))


def _activations(rng: np.random.Generator, kind: Kind, person: Patient) -> tuple[_Activation, _Activation]:
    """The conducted beat and the ventricular beat of one person."""
    habitus = rng.uniform(0.85, 1.15) * (1.06 if person.sex == "M" else 0.94) * (1.12 - 0.0025 * (person.age or 50.0))
    swing = rng.normal(0, 7, 2).clip(-14, 14)
    main = _activation(rng, kind.ventricles, habitus, swing, kind.ventricles.axis)
    focus = replace(VENTRICULAR_FOCI, loops=(VENTRICULAR_FOCI.loops[rng.integers(len(VENTRICULAR_FOCI.loops))],))
    against = -0.30 * _direction(focus.loops[0].area)
    focus = replace(focus, t=tuple(1.5 * against), st=tuple(0.4 * against), follows=1.0)
    natural = frontal_axis(focus.loops[0].area)
    return main, _activation(rng, focus, habitus, swing, (natural - 10, natural + 10))


def _direction(vector: Array) -> Array:
    return vector / np.linalg.norm(vector)


def _activation(rng: np.random.Generator, ventricles: Ventricles, habitus: float, swing: Array, axis: Range) -> _Activation:
    loop = ventricles.loops[rng.integers(len(ventricles.loops))].varied(rng, 0.10)
    qrs_s = _drawn(rng, ventricles.qrs_ms) / 1000
    loop = loop.turned(rotation(horizontal=swing[0], sagittal=swing[1]))
    turn = _turn_to_axis(loop.area, _drawn(rng, axis))
    loop = loop.turned(rotation(frontal=turn)).lasting(qrs_s)
    gain = habitus * _drawn(rng, ventricles.gain)
    if ventricles.limb_voltage:
        gain = _drawn(rng, ventricles.limb_voltage) / _limb_voltage(loop)
    follow = rotation(frontal=ventricles.follows * turn, horizontal=0.5 * swing[0], sagittal=0.5 * swing[1])
    t_gain = rng.uniform(0.85, 1.25)
    t_vector, st_vector = (follow @ np.array(vector) for vector in (ventricles.t, ventricles.st))
    return _Activation(loop.scaled(gain), qrs_s, _st_t(t_vector * t_gain * gain, st_vector * t_gain * gain))


def _turn_to_axis(net: Array, axis: float) -> float:
    """Degrees to turn a net dipole in the frontal plane so that its axis in the limb leads becomes `axis`."""
    turn = 0.0
    for _ in range(12):
        missing = (axis - frontal_axis(rotation(frontal=turn) @ net) + 180) % 360 - 180
        turn += 0.8 * missing
    return turn


def _limb_voltage(loop: Wave) -> float:
    """Largest peak-to-peak of I, II and III in mV."""
    seen = DOWER[:2] @ loop.sampled(np.linspace(-0.02, 0.2, 200))
    return float(np.ptp(np.stack([*seen, seen[1] - seen[0]]), axis=1).max())


def _st_t(t_vector: Array, st_vector: Array) -> Wave:
    """ST segment and T wave over a JT interval of length 1: the T wave alone, a slow rise and a quicker fall, ends at 1."""
    rows = np.array([_T_ASCENT, _T_PEAK])
    t_wave = Wave(rows[:, 0], rows[:, 1], rows[:, 2:] * t_vector).ending(1.0)
    st = np.array(_ST_SHARES)
    return Wave(
        np.concatenate([t_wave.at, st[:, 0]]),
        np.concatenate([t_wave.width, st[:, 1]]),
        np.concatenate([t_wave.dipole, np.tile(_ST_LEVEL * st_vector, (len(st), 1))]),
    )


def _waves(
    rng: np.random.Generator, events: Events, main: _Activation, ectopic: _Activation, qt: float, rate: float
) -> list[tuple[Wave, float, float]]:
    """Every wave of every event with its time and its gain, which swings a little with the breath."""
    breath, phase = rng.uniform(0.18, 0.3), rng.uniform(0, 2 * np.pi)
    waves = []
    previous = None
    for beat in events.beats:
        activation = ectopic if beat.origin == "ventricular" else main
        gain = 1 + 0.04 * np.sin(2 * np.pi * breath * beat.time + phase) + 0.01 * rng.standard_normal()
        rr = 60 / rate if previous is None else beat.time - previous
        lasts = qt * (0.8 + 0.2 * rr * rate / 60) ** (1 / 3)  # recovery follows a change of rate slowly
        jt = lasts - main.qrs_s if activation is main else 1.05 * lasts - ectopic.qrs_s
        st_t = Wave(activation.st_t.at * jt, activation.st_t.width * jt, activation.st_t.dipole)
        waves += [(activation.qrs, beat.time, gain), (st_t, beat.time + activation.qrs_s, gain)]
        if beat.origin == "paced":
            waves.append((_SPIKE, beat.time - 0.004, 1.0))
        previous = beat.time
    p_gain, p_lasts = rng.uniform(0.8, 1.25), rng.uniform(0.095, 0.115)
    sinus, early = (wave.varied(rng, 0.08).lasting(p_lasts).scaled(p_gain) for wave in (atria.SINUS_P, atria.ECTOPIC_P))
    for wave in events.atria:
        shape = {"sinus": sinus, "ectopic": early}.get(wave.focus) or atria.flutter_wave(wave.cycle).scaled(p_gain)
        waves.append((shape, wave.time, 1.0))
    return waves
