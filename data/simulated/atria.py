"""What the atria add to the dipole: P waves, flutter waves, fibrillation."""

import numpy as np

from data.simulated.heart import Array, Wave

SINUS_P = Wave.of((30, 16, 0.035, 0.075, -0.050), (62, 18, 0.075, 0.075, 0.045))  # right atrium, then left
ECTOPIC_P = Wave.of((24, 14, 0.060, -0.050, -0.030), (52, 15, 0.050, -0.045, -0.050))


def flutter_wave(cycle: float) -> Wave:
    """One turn of the circuit, `cycle` in s: a slow fall and a quick rise in the inferior leads, a small upright wave in V1."""
    return Wave(
        cycle * np.array([0.25, 0.45, 0.62, 0.85]),
        cycle * np.array([0.13, 0.12, 0.09, 0.09]),
        np.array([[0.0, -0.07, -0.03], [0.01, -0.14, -0.06], [0.01, -0.13, -0.02], [0.0, 0.09, -0.06]]),
    )


def fibrillation(rng: np.random.Generator, t: Array, amplitude: float) -> Array:
    """f-waves: oscillators of wandering frequency around 4 to 9 Hz, strongest towards V1.

    Returns
    -------
    (3, n_samples) mV
    """
    knots = np.arange(t[0], t[-1] + 0.5, 0.25)
    rate = rng.uniform(4.5, 8.0)
    total = np.zeros((3, len(t)))
    for share in (1.0, 0.6, 0.4):
        speed = np.interp(t, knots, rate * rng.uniform(0.85, 1.15) * (1 + 0.12 * rng.standard_normal(len(knots))))
        phase = rng.uniform(0, 2 * np.pi) + 2 * np.pi * np.cumsum(speed) * (t[1] - t[0])
        swell = np.interp(t, knots, (1 + 0.4 * rng.standard_normal(len(knots))).clip(0.2))
        wave = np.sin(phase) + 0.25 * np.sin(2 * phase + 1.0)
        total += share * amplitude * swell * wave * np.array([[-0.15], [0.35], [-0.75]]) * rng.uniform(0.6, 1.3, (3, 1))
    return total
