"""One person's ventricles: a kind's loops made that person's own."""

from dataclasses import dataclass, replace

import numpy as np

from data.leads import INDEPENDENT_LEADS
from data.record import Patient
from data.simulated.heart import QRS_SHARE, Array, Wave, rotation
from data.simulated.projection import DOWER, frontal_axis
from data.simulated.ventricles import VENTRICULAR_FOCI, Ventricles

Rng = np.random.Generator

# T wave: centre and width as shares of the JT interval, share of the amplitude; a slow rise and a quicker fall
_T_SHAPE = np.array([(0.66, 0.150, 0.55), (0.76, 0.085, 0.62)])
_ST_SHAPE = np.array([(0.06, 0.11, 0.62), (0.24, 0.11, 0.62), (0.42, 0.12, 0.62), (0.60, 0.12, 0.62)])  # overlapping, so level, at 1


@dataclass(frozen=True, eq=False)
class Activation:
    """How the ventricles of one person are activated and recover."""

    qrs: Wave  # from its onset
    qrs_s: float
    axis_deg: float
    st_t: Wave  # over a JT interval of length 1

    def recovery(self, qt: float) -> Wave:
        """ST segment and T wave from the J point, for a QT interval in s."""
        jt = qt - self.qrs_s
        return Wave(self.st_t.at * jt, self.st_t.width * jt, self.st_t.dipole)


def activations(rng: Rng, ventricles: Ventricles, person: Patient) -> tuple[Activation, Activation]:
    """The conducted beat and the ventricular beat of one person. Voltages are lower in women and fall with age."""
    habitus = rng.uniform(0.85, 1.15) * (1.06 if person.sex == "M" else 0.94) * (1.12 - 0.0025 * (person.age or 50.0))
    swing = rng.normal(0, 6, 2).clip(-11, 11)
    loop = VENTRICULAR_FOCI.loops[rng.integers(len(VENTRICULAR_FOCI.loops))]
    against = -loop.area / np.linalg.norm(loop.area)  # recovery after a ventricular beat is opposite to it
    focus = replace(VENTRICULAR_FOCI, loops=(loop,), t=tuple(0.42 * against), st=tuple(0.08 * against))
    return _activation(rng, ventricles, habitus, swing), _activation(rng, focus, habitus, swing)


def _activation(rng: Rng, ventricles: Ventricles, habitus: float, swing: Array) -> Activation:
    loop = ventricles.loops[rng.integers(len(ventricles.loops))].varied(rng, 0.10)
    loop = loop.turned(rotation(horizontal=swing[0], sagittal=swing[1]))
    turn = _turn_to_axis(loop, rng.uniform(*ventricles.axis)) if ventricles.axis else 0.0
    qrs_s = rng.uniform(*ventricles.qrs_ms) / 1000
    loop = loop.turned(rotation(frontal=turn)).lasting(qrs_s, QRS_SHARE)
    gain = _gain(rng, ventricles, habitus, loop)
    loop, recovery = loop.scaled(gain), gain * rng.uniform(0.8, 1.2)
    follow = rotation(frontal=ventricles.follows * turn, horizontal=0.5 * swing[0], sagittal=0.5 * swing[1])
    st_t = _st_t(recovery * follow @ np.array(ventricles.t), recovery * follow @ np.array(ventricles.st))
    return Activation(loop, qrs_s, float(frontal_axis(loop.area)), st_t)


def _gain(rng: Rng, ventricles: Ventricles, habitus: float, loop: Wave) -> float:
    """The amplitude factor that gives the voltage wanted."""
    seen = dict(zip(INDEPENDENT_LEADS, DOWER @ _drawn(loop), strict=True))
    if ventricles.limb_mv:
        limbs = max(np.ptp(lead) for lead in (seen["I"], seen["II"], seen["II"] - seen["I"]))
        chest = max(np.ptp(seen[f"V{n}"]) for n in range(1, 7))
        return float(min(rng.uniform(*ventricles.limb_mv) / limbs, 0.85 / chest))
    if ventricles.sokolow_mv:
        index = max(seen["V5"].max(), seen["V6"].max()) - seen["V1"].min()
        return float(np.clip(habitus * rng.uniform(*ventricles.sokolow_mv), *ventricles.sokolow_mv) / index)
    return habitus * rng.uniform(*ventricles.gain)


def _drawn(loop: Wave) -> Array:
    """(3, n_samples) the loop, sampled finely enough to read its peaks."""
    onset, end = loop.edges()
    return loop.sampled(np.linspace(onset, end, 80))


def _turn_to_axis(loop: Wave, axis: float) -> float:
    """The smallest turn in the frontal plane, in whole degrees, that gives the loop this axis in the limb leads."""
    turns = np.arange(-180.0, 180.0)
    cos, sin = np.cos(np.radians(turns)), np.sin(np.radians(turns))
    x, y, z = loop.area
    turned = np.stack([cos * x - sin * y, sin * x + cos * y, np.full_like(turns, z)], axis=1)  # (turns, 3)
    missing = np.abs((frontal_axis(turned) - axis + 180) % 360 - 180)
    return float(turns[np.argmin(missing + 0.02 * np.abs(turns))])


def _st_t(t_vector: Array, st_vector: Array) -> Wave:
    """ST segment and T wave over a JT interval of length 1, at the end of which the T wave, taken alone, ends."""
    t_wave = Wave(_T_SHAPE[:, 0], _T_SHAPE[:, 1], _T_SHAPE[:, 2:] * t_vector).ending(1.0)
    return Wave(
        np.concatenate([t_wave.at, _ST_SHAPE[:, 0]]),
        np.concatenate([t_wave.width, _ST_SHAPE[:, 1]]),
        np.concatenate([t_wave.dipole, _ST_SHAPE[:, 2:] * st_vector]),
    )
