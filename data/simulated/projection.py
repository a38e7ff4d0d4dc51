"""From the dipole to the twelve leads."""

import numpy as np
import numpy.typing as npt

from data.leads import INDEPENDENT_LEADS, with_derived_limb_leads
from data.simulated.heart import Array

DOWER: Array = np.array(
    [  # x, y, z
        [0.632, -0.235, 0.059],  # I
        [0.235, 1.066, -0.132],  # II
        [-0.515, 0.157, -0.917],  # V1
        [0.044, 0.164, -1.387],  # V2
        [0.882, 0.098, -1.277],  # V3
        [1.213, 0.127, -0.601],  # V4
        [1.125, 0.127, -0.086],  # V5
        [0.831, 0.076, 0.230],  # V6
    ]
)
"""(8 independent leads, 3 Frank axes): Dower, Machado & Osborne (1980), Clin Cardiol 3:87; its inverse is Edenbrandt & Pahlm (1988)."""

_LEAD_I = DOWER[0]
_AVF = DOWER[1] - DOWER[0] / 2


def frontal_axis(net: Array) -> Array:
    """Electrical axis in degrees of net dipoles (..., 3), from leads I and aVF in Einthoven's triangle."""
    return np.degrees(np.arctan2(2 / np.sqrt(3) * net @ _AVF, net @ _LEAD_I))


def twelve_leads(independent: Array) -> tuple[tuple[str, ...], npt.NDArray[np.float32]]:
    """The standard twelve from the independent eight, (8, n_samples) mV, with the limb leads derived in single precision."""
    return with_derived_limb_leads(INDEPENDENT_LEADS, independent.astype(np.float32))
