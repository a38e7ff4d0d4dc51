"""What knows less than the encoder: its network before training, and a spectrum."""

from collections.abc import Sequence

import numpy as np
import torch
from sklearn.decomposition import PCA

from data import EcgRecord
from encoders.encoder import Encoder
from encoders.metrics import Floats
from encoders.towers import TwoTowers

_FS, _SECONDS, _BAND_HZ = 100, 10, (0.5, 40.0)


def untrained(encoder: Encoder) -> Encoder:
    """The same network with random weights."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return Encoder(TwoTowers(encoder.config.shape), encoder.config, "untrained", encoder.sentences)


def spectrum_scores(asked: Sequence[EcgRecord], gallery: Sequence[EcgRecord], *, n_components: int = 64) -> Floats:
    """Cosines (query, case) of the gallery's first principal components of every lead's log amplitude spectrum."""
    known, new = _log_spectra(gallery), _log_spectra(asked)
    pca = PCA(min(n_components, *known.shape), svd_solver="randomized", random_state=0).fit(known)
    a, b = pca.transform(new), pca.transform(known)
    return (a / np.linalg.norm(a, axis=1, keepdims=True)) @ (b / np.linalg.norm(b, axis=1, keepdims=True)).T


def _log_spectra(records: Sequence[EcgRecord]) -> Floats:
    """(ecg, lead * frequency) from 0.5 to 40 Hz."""
    traces = np.zeros((len(records), 12, _FS * _SECONDS), np.float32)
    for trace, record in zip(traces, records, strict=True):
        signal = record.resampled(_FS).standard().signal[:, : _FS * _SECONDS]
        trace[:, : signal.shape[1]] = np.nan_to_num(signal)
    kept = slice(*(round(hz * _SECONDS) for hz in _BAND_HZ))
    return np.log(np.abs(np.fft.rfft(traces, axis=-1))[..., kept] + 1e-3).reshape(len(records), -1).astype(np.float32)
