"""One simulated ECG: a kind and a seed make a person, the beats of a heart, and what the electrodes see of it."""

import zlib
from dataclasses import dataclass

import numpy as np

from data.errors import EcgCasesError
from data.record import EcgRecord, Patient
from data.simulated import atria
from data.simulated.heart import Wave, sampled
from data.simulated.kinds import KINDS
from data.simulated.noise import NoiseLevels, electrode_noise
from data.simulated.person import Activation, activations
from data.simulated.projection import DOWER, twelve_leads
from data.simulated.reports import written_report
from data.simulated.rhythms import Events, Pace
from data.simulated.truth import Truth

SECONDS = 10.0

_SPIKE = Wave.of((-4, 1.2, 0.5, -1.0, 0.5))
_SEX_QTC = {"F": 0.006, "M": -0.006}  # s; women's QTc is some 12 ms longer


class UnknownKindError(EcgCasesError, KeyError):
    """A kind of ECG was asked for that is not simulated."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, eq=False)
class SimulatedEcg:
    """An ECG with everything known about it; `events` count seconds from the first sample."""

    record: EcgRecord
    truth: Truth
    report: str
    events: Events


@dataclass(frozen=True, eq=False)
class Heart:
    """One person's ten seconds before anything is recorded: cheap, so that a case can be described without its waveform."""

    seed: tuple[int, int]
    patient: Patient
    events: Events
    conducted: Activation
    ventricular: Activation
    truth: Truth
    report: str

    def waves(self, rng: np.random.Generator) -> list[tuple[Wave, float, float]]:
        """Every wave with its time in s and its gain, which swings a little with the breath."""
        breath, phase = rng.uniform(0.18, 0.3), rng.uniform(0, 2 * np.pi)
        waves = []
        mean_rr = 60 / self.truth.heart_rate_bpm
        previous = self.events.beats[0].time - mean_rr
        for beat in self.events.beats:
            early = beat.origin == "ventricular"
            activation = self.ventricular if early else self.conducted
            gain = 1 + 0.04 * np.sin(2 * np.pi * breath * beat.time + phase) + 0.01 * rng.standard_normal()
            qt = (
                self.truth.qt_ms / 1000 * (0.8 + 0.2 * (beat.time - previous) / mean_rr) ** (1 / 3)
            )  # recovery follows a change of rate slowly
            waves += [
                (activation.qrs, beat.time, gain),
                (activation.recovery(1.05 * qt if early else qt), beat.time + activation.qrs_s, gain),
            ]
            if beat.origin == "paced":
                waves.append((_SPIKE, beat.time, 1.0))
            previous = beat.time
        gain, lasts = rng.uniform(0.75, 1.2), min(rng.uniform(0.095, 0.115), 0.9e-3 * (self.truth.pr_ms or 1000.0))
        shapes = {
            focus: wave.varied(rng, 0.08).lasting(lasts).scaled(gain)
            for focus, wave in (("sinus", atria.SINUS_P), ("ectopic", atria.ECTOPIC_P))
        }
        waves += [(shapes.get(wave.focus) or atria.flutter_wave(wave.cycle).scaled(gain), wave.time, 1.0) for wave in self.events.atria]
        return waves

    def record(self, fs: float) -> EcgRecord:
        """What twelve leads see of it, noise included."""
        rng = np.random.default_rng([*self.seed, 1])
        t = np.arange(round(SECONDS * fs)) / fs
        dipole = sampled(self.waves(rng), t)
        if self.events.fibrillating:
            dipole += atria.fibrillation(rng, t, rng.uniform(0.02, 0.06))
        near = np.concatenate([[1.0, 1.0], rng.normal(1.0, 0.06, 6).clip(0.85, 1.15)])  # how near the heart each chest electrode lies
        independent = near[:, None] * (DOWER @ dipole) + electrode_noise(rng, len(t), fs, NoiseLevels.drawn(rng))
        leads, signal = twelve_leads(independent)
        return EcgRecord(leads, signal, fs, patient=self.patient, source="simulated")


def heart(kind: str, *, seed: int) -> Heart:
    """Draw one person with this kind of ECG.

    Raises
    ------
    UnknownKindError : not one of `KINDS`
    """
    if kind not in KINDS:
        raise UnknownKindError(f"{kind!r} is not a simulated kind of ECG: wanted one of {', '.join(KINDS)}")
    drawn_from = KINDS[kind]
    seeds = (seed, zlib.crc32(kind.encode()))
    rng = np.random.default_rng(seeds)
    patient = Patient(age=float(round(rng.uniform(*drawn_from.age))), sex=str(rng.choice(["F", "M"])))
    events = drawn_from.rhythm(rng, Pace(rng.uniform(*drawn_from.rate), rng.uniform(*drawn_from.pr_ms) / 1000, patient.age or 50.0))
    conducted, ventricular = activations(rng, drawn_from.ventricles, patient)
    truth = _truth(kind, events, conducted, ventricular, rng.uniform(*drawn_from.qtc_ms) / 1000 + _SEX_QTC[patient.sex or "F"])
    report = written_report(rng, truth, drawn_from.wording or drawn_from.statements)
    return Heart(seeds, patient, events, conducted, ventricular, truth, report)


def _truth(kind: str, events: Events, conducted: Activation, ventricular: Activation, qtc: float) -> Truth:
    beats = events.within(0.0, SECONDS)
    rate = 60 * (len(beats) - 1) / (beats[-1].time - beats[0].time)
    prs = [beat.pr for beat in beats if beat.pr is not None]
    usual = ventricular if all(beat.origin == "ventricular" for beat in beats) else conducted
    return Truth(
        kind=kind,
        statements=KINDS[kind].statements,
        heart_rate_bpm=float(rate),
        pr_ms=1000 * float(np.median(prs)) if prs else None,
        qrs_ms=float(1000 * usual.qrs_s),
        qt_ms=float(1000 * qtc * (60 / rate) ** (1 / 3)),
        axis_deg=float(usual.axis_deg),
    )


def simulate(kind: str, *, seed: int, fs: float = 500.0) -> SimulatedEcg:
    """Ten seconds of twelve leads of one person; the same seed gives the same ECG.

    Parameters
    ----------
    kind : one of `KINDS`
    fs : samples per second

    Raises
    ------
    UnknownKindError : not one of `KINDS`
    """
    drawn = heart(kind, seed=seed)
    return SimulatedEcg(drawn.record(fs), drawn.truth, drawn.report, drawn.events)
