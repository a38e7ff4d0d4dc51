"""The heart as a moving dipole: every wave is a sum of Gaussians in time, each with its own direction.

McSharry et al. (2003), IEEE Trans Biomed Eng 50:289, for one lead; Sameni et al. (2007), EURASIP J Adv Signal Process 2007:43407, for the
dipole. Axes are Frank's: x to the left, y to the feet, z to the back.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

SHARE, QRS_SHARE = 0.05, 0.01
"""A wave begins and ends where its dipole, taken alone and without noise, has this share of its largest magnitude: some 0.02 mV, what a
reader sees on paper; the QRS complex is so much larger than P and T that its share is less."""

_REACH = 4.5  # standard deviations; beyond them a Gaussian is below 5e-5 of its height


@dataclass(frozen=True, eq=False)
class Wave:
    """One deflection of the dipole.

    Parameters
    ----------
    at : (n_gaussians,) s from the wave's own origin
    width : (n_gaussians,) standard deviations in s
    dipole : (n_gaussians, 3) mV along x, y, z
    """

    at: Array
    width: Array
    dipole: Array

    @classmethod
    def of(cls, *gaussians: tuple[float, float, float, float, float]) -> "Wave":
        """From rows of (centre ms, standard deviation ms, x mV, y mV, z mV)."""
        table = np.array(gaussians)
        return cls(table[:, 0] / 1000, table[:, 1] / 1000, table[:, 2:])

    def edges(self, share: float = SHARE) -> tuple[float, float]:
        """Onset and end in s, where the magnitude passes this share of its maximum."""
        t = np.linspace((self.at - 4 * self.width).min(), (self.at + 4 * self.width).max(), 400)
        magnitude = np.linalg.norm(self.sampled(t), axis=0)
        above = t[magnitude >= share * magnitude.max()]
        return float(above[0]), float(above[-1])

    def lasting(self, seconds: float, share: float = SHARE) -> "Wave":
        """Stretched to this duration, with its onset at 0."""
        onset, end = self.edges(share)
        stretch = seconds / (end - onset)
        return Wave((self.at - onset) * stretch, self.width * stretch, self.dipole)

    def ending(self, seconds: float) -> "Wave":
        """Stretched about its origin so that it ends at this time."""
        stretch = seconds / self.edges()[1]
        return Wave(self.at * stretch, self.width * stretch, self.dipole)

    def turned(self, rotation: Array) -> "Wave":
        """With every direction turned by a (3, 3) matrix."""
        return Wave(self.at, self.width, self.dipole @ rotation.T)

    def scaled(self, gain: float) -> "Wave":
        return Wave(self.at, self.width, self.dipole * gain)

    def varied(self, rng: np.random.Generator, spread: float) -> "Wave":
        """The same wave in another person: each Gaussian a little wider and stronger or weaker."""
        n = len(self.at)
        gain = 1 + spread * rng.standard_normal((n, 1)).clip(-2, 2)
        return Wave(self.at, self.width * (1 + spread * rng.standard_normal(n).clip(-2, 2) / 2), self.dipole * gain)

    @property
    def area(self) -> Array:
        """(3,) integral over time, mV s."""
        return np.sqrt(2 * np.pi) * self.width @ self.dipole

    def sampled(self, t: Array) -> Array:
        """(3, n_samples) dipole at the times `t` in s."""
        return self.dipole.T @ np.exp(-0.5 * ((t - self.at[:, None]) / self.width[:, None]) ** 2)


def sampled(events: Sequence[tuple[Wave, float, float]], t: Array) -> Array:
    """The dipole of many waves, each at its own time.

    Parameters
    ----------
    events : (wave, time of its origin in s, gain)
    t : (n_samples,) s, ascending

    Returns
    -------
    (3, n_samples) mV
    """
    total = np.zeros((3, len(t)))
    for wave, time, gain in events:
        reach = _REACH * wave.width
        first, last = np.searchsorted(t, [time + (wave.at - reach).min(), time + (wave.at + reach).max()])
        away = (t[first:last] - time - wave.at[:, None]) / wave.width[:, None]  # (n_gaussians, n_samples near it)
        total[:, first:last] += gain * wave.dipole.T @ np.exp(-0.5 * away**2)
    return total


def rotation(*, frontal: float = 0.0, horizontal: float = 0.0, sagittal: float = 0.0) -> Array:
    """(3, 3) matrix. Degrees; frontal turns x to y (the axis moves to the right), horizontal x to z (to the back), sagittal y to z."""
    f, h, s = np.radians([frontal, horizontal, sagittal])
    about_z = np.array([[np.cos(f), -np.sin(f), 0], [np.sin(f), np.cos(f), 0], [0, 0, 1]])
    about_y = np.array([[np.cos(h), 0, -np.sin(h)], [0, 1, 0], [np.sin(h), 0, np.cos(h)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(s), -np.sin(s)], [0, np.sin(s), np.cos(s)]])
    return about_z @ about_y @ about_x
