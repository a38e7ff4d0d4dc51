"""A small 12-lead ECG in millivolts, and the same as the files of a WFDB record, written here byte by byte."""

from collections.abc import Callable

import numpy as np
import pytest

from data import EcgRecord, simulated

TWELVE = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
FS = 500


@pytest.fixture(scope="session")
def simulated_record() -> EcgRecord:
    """Ten seconds of twelve leads at 500 Hz."""
    return next(iter(simulated.cases(1))).record


@pytest.fixture(scope="session")
def ecg_mv() -> np.ndarray:
    """(12, 5000) mV at 500 Hz: ten beats of narrow waves, the limb leads bound by Einthoven's and Goldberger's laws."""
    phase = (np.arange(10 * FS) / FS) % 1.0

    def wave(at: float, width: float, height: float) -> np.ndarray:
        return height * np.exp(-0.5 * ((phase - at) / width) ** 2)

    def beat(p: float, q: float, r: float, s: float, t: float) -> np.ndarray:
        return wave(0.2, 0.025, p) + wave(0.36, 0.008, q) + wave(0.38, 0.01, r) + wave(0.4, 0.01, s) + wave(0.65, 0.05, t)

    i, ii = beat(0.08, -0.06, 0.7, -0.1, 0.2), beat(0.15, -0.05, 1.1, -0.2, 0.3)
    limb = [i, ii, ii - i, -(i + ii) / 2, i - ii / 2, ii - i / 2]
    chest = [beat(0.05, 0, 0.2 + 0.25 * k, -1.2 + 0.22 * k, 0.1 + 0.06 * k) for k in range(6)]
    return np.stack([*limb, *chest])


@pytest.fixture(scope="session")
def wfdb_files(ecg_mv: np.ndarray) -> Callable[..., dict[str, bytes]]:
    """Writes a WFDB record of format 16 at 1,000 units a millivolt; `comments` go to the end of its header."""

    def write(signal: np.ndarray | None = None, leads: tuple[str, ...] = TWELVE, name: str = "rec", comments: str = "") -> dict[str, bytes]:
        units = np.round((ecg_mv if signal is None else signal) * 1000)
        units = np.where(np.isnan(units), -32768, units).astype("<i2")  # (n_leads, n_samples); -32768 is format 16's "not recorded"
        lines = [f"{name} {len(leads)} {FS} {units.shape[1]}"]
        for lead, row in zip(leads, units, strict=True):
            checksum = (int(row.astype(np.int64).sum()) + 32768) % 65536 - 32768
            lines.append(f"{name}.dat 16 1000(0)/mV 16 0 {row[0]} {checksum} 0 {lead}")
        return {f"{name}.hea": ("\n".join(lines) + f"\n{comments}").encode(), f"{name}.dat": units.T.tobytes()}

    return write
