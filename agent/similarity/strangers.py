"""What must find nothing similar: signals that are no ECG, and ECGs that are broken. Made here, to learn and to test silence with."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from data import STANDARD_LEADS, EcgRecord
from data.leads import INDEPENDENT_LEADS, with_derived_limb_leads

Array = npt.NDArray[np.float64]
Stranger = Callable[[np.random.Generator, EcgRecord], EcgRecord]

_PHOTOGRAPHS = ("flower.jpg", "china.jpg")  # of scikit-learn


def flat_line(rng: np.random.Generator, ecg: EcgRecord) -> EcgRecord:
    """Electrodes that are off: an offset, and at most the last bit of the converter."""
    return _recording(rng, ecg, rng.normal(0, 0.3, (12, 1)) + 0.001 * rng.integers(0, 1 + rng.integers(2), (12, ecg.n_samples)))


def white_noise(rng: np.random.Generator, ecg: EcgRecord) -> EcgRecord:
    """As of an open amplifier."""
    return _recording(rng, ecg, _coloured(rng, ecg, 0.0))


def pink_noise(rng: np.random.Generator, ecg: EcgRecord) -> EcgRecord:
    """As of many electronic and biological sources."""
    return _recording(rng, ecg, _coloured(rng, ecg, 1.0))


def brown_noise(rng: np.random.Generator, ecg: EcgRecord) -> EcgRecord:
    """As of electrodes that drift."""
    return _recording(rng, ecg, _coloured(rng, ecg, 2.0))


def brain_waves(rng: np.random.Generator, ecg: EcgRecord) -> EcgRecord:
    """An EEG: pink noise that neighbouring electrodes share, and spindles of 8 to 12 Hz that wax and wane."""
    t = np.arange(ecg.n_samples) / ecg.fs
    shared = rng.uniform(0.3, 0.9)
    swell = np.abs(np.interp(t, np.arange(0, t[-1] + 2, 0.7), rng.normal(0, 1, len(np.arange(0, t[-1] + 2, 0.7)))))
    alpha = swell * np.sin(2 * np.pi * rng.uniform(8, 12) * t + rng.uniform(0, 2 * np.pi))
    noise = _coloured(rng, ecg, 1.0)
    background = shared * noise[:1] + (1 - shared) * noise
    return _recording(rng, ecg, background + rng.uniform(0.5, 2.0) * noise.std() * rng.uniform(0.3, 1.0, (12, 1)) * alpha)


def photograph(rng: np.random.Generator, ecg: EcgRecord) -> EcgRecord:
    """Twelve neighbouring rows of a photograph of something else, read as curves."""
    from sklearn.datasets import load_sample_image

    grey = load_sample_image(str(rng.choice(_PHOTOGRAPHS))).mean(axis=2)
    first, apart = int(rng.integers(0, grey.shape[0] - 12 * 30)), int(rng.integers(4, 30))
    rows = grey[first : first + 12 * apart : apart]
    at = np.linspace(0, rows.shape[1] - 1, ecg.n_samples)
    curves = np.stack([np.interp(at, np.arange(rows.shape[1]), row) for row in rows])
    return _recording(rng, ecg, _sized(rng, curves - curves.mean(axis=1, keepdims=True)))


def one_lead(rng: np.random.Generator, ecg: EcgRecord) -> EcgRecord:
    """One of an ECG's independent leads, alone."""
    lead = str(rng.choice([lead for lead in INDEPENDENT_LEADS if lead in ecg.leads]))
    return EcgRecord((lead,), ecg[lead][None], ecg.fs)


def arms_reversed(_: np.random.Generator, ecg: EcgRecord) -> EcgRecord:
    """The same ECG with the electrodes of the right and the left arm taken for each other."""
    rows = dict(zip(ecg.leads, ecg.signal, strict=True))
    swapped = rows | {"I": -rows["I"], "II": rows["III"], "III": rows["II"], "aVR": rows["aVL"], "aVL": rows["aVR"]}
    return EcgRecord(ecg.leads, np.stack([swapped[lead] for lead in ecg.leads]), ecg.fs)


NO_ECG: Mapping[str, Stranger] = MappingProxyType(
    {
        "flat line": flat_line,
        "white noise": white_noise,
        "pink noise": pink_noise,
        "brown noise": brown_noise,
        "EEG": brain_waves,
        "photograph": photograph,
    }
)
BROKEN: Mapping[str, Stranger] = MappingProxyType({"one lead": one_lead, "arms reversed": arms_reversed})


def _coloured(rng: np.random.Generator, ecg: EcgRecord, exponent: float) -> Array:
    """(12, n_samples) noise whose power falls with frequency to this exponent, from 0.3 Hz on."""
    hz = np.fft.rfftfreq(ecg.n_samples, 1 / ecg.fs)
    spectrum = np.fft.rfft(rng.normal(size=(12, ecg.n_samples)), axis=1) / np.maximum(hz, 0.3) ** (exponent / 2)
    return _sized(rng, np.fft.irfft(spectrum, ecg.n_samples, axis=1))


def _sized(rng: np.random.Generator, rows: Array) -> Array:
    """As large as ECGs are, 0.05 to 0.5 mV."""
    return rows / (rows.std() + 1e-12) * 10 ** rng.uniform(np.log10(0.05), np.log10(0.5))


def _recording(rng: np.random.Generator, ecg: EcgRecord, rows: Array) -> EcgRecord:
    """Twelve leads like those of `ecg`; every other time with the limb leads computed from two, as many devices do."""
    if rng.random() < 0.5:
        leads, signal = with_derived_limb_leads(INDEPENDENT_LEADS, rows[: len(INDEPENDENT_LEADS)].astype(np.float32))
        return EcgRecord(leads, signal, ecg.fs)
    return EcgRecord(STANDARD_LEADS, rows.astype(np.float32), ecg.fs)
