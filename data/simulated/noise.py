"""What an electrode picks up besides the heart.

Noise is made at the nine electrodes and carried to the leads like any potential, so that it obeys Einthoven's law as the heart does.
"""

from dataclasses import dataclass

import numpy as np

from data.simulated.heart import Array

_ELECTRODES = ("RA", "LA", "LL", "C1", "C2", "C3", "C4", "C5", "C6")
_TERMINAL = np.array([1, 1, 1, 0, 0, 0, 0, 0, 0]) / 3  # Wilson's central terminal
_LEADS = np.stack(
    [np.array([-1, 1, 0, 0, 0, 0, 0, 0, 0]), np.array([-1, 0, 1, 0, 0, 0, 0, 0, 0])] + [np.eye(9)[3 + k] - _TERMINAL for k in range(6)]
)  # (8 independent leads, 9 electrodes)


@dataclass(frozen=True)
class NoiseLevels:
    """Standard deviations at one electrode in mV; the mains' frequency in Hz."""

    baseline: float = 0.04
    muscle: float = 0.006
    mains: float = 0.002
    mains_hz: float = 50.0

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> "NoiseLevels":
        """Mostly clean recordings, some poor ones."""
        worse = rng.lognormal(0.0, 0.6, 3).clip(0.2, 4.0)
        return cls(0.03 * worse[0], 0.005 * worse[1], 0.0015 * worse[2], float(rng.choice([50.0, 60.0])))


def electrode_noise(rng: np.random.Generator, n_samples: int, fs: float, levels: NoiseLevels) -> Array:
    """(8, n_samples) mV in the independent leads: wander below 0.5 Hz, muscle from 20 to 150 Hz, mains."""
    f = np.fft.rfftfreq(n_samples, 1 / fs)
    wander = np.where((f > 0) & (f < 0.5), 1 / np.maximum(f, 0.1), 0.0)
    muscle = np.clip((f - 10) / 20, 0, 1) * np.clip((160 - f) / 20, 0, 1)
    power = levels.baseline**2 * _unit(wander**2) + levels.muscle**2 * _unit(muscle**2)
    n = len(_ELECTRODES)
    heard = int(np.searchsorted(f, 160))  # nothing above
    spectrum = np.sqrt(power[:heard]) * rng.standard_normal((n, heard, 2)).view(complex)[..., 0]
    noise = np.fft.irfft(spectrum, n_samples, axis=1) * n_samples / 2
    gain, phase = levels.mains * rng.rayleigh(1.0, n), rng.uniform(0, 2 * np.pi) + rng.normal(0, 0.5, n)
    t = np.arange(n_samples) / fs
    if levels.mains_hz < fs / 2:
        noise += gain[:, None] * np.sin(2 * np.pi * levels.mains_hz * t + phase[:, None])
    return _LEADS @ noise


def _unit(power: Array) -> Array:
    """A power spectrum scaled to a variance of 1."""
    return power / max(power.sum(), 1e-12)
