"""Is this the very recording that a case holds? Waveforms tell it where vectors, made to bring alike hearts together, cannot."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy.fft import irfft, rfft

from agent.hits import CaseHit
from data import EcgRecord
from encoders.traces import Tracing

SAME = 0.8  # 30 noisy ECGs hidden as on a 3x4 sheet: .93 or more with their own, .66 or less with 404 others of PTB-XL
_DELAY_S = 0.5  # a sheet does not say when its time began
_LEAST_S = 5.0  # seconds of all leads together that both must have recorded; less says little
_TRACING = Tracing(columns_per_second=50, band_hz=(0.5, 20.0))  # coarse, and enough to tell beats apart
Traces = npt.NDArray[np.float32]


def same_recording(asked: EcgRecord, known: EcgRecord) -> bool:
    """Whether both are the same heart beats, in whatever parts and layout each shows them."""
    return bool(agreement(asked, [known])[0] >= SAME)


def agreement(asked: EcgRecord, known: Sequence[EcgRecord]) -> npt.NDArray[np.float64]:
    """How well each known ECG has the waveforms of the one that is asked with.

    Beats of another ECG fall out of step within seconds, so that likeness of shape alone gives no high value.

    Returns
    -------
    (known,): the correlation over all that both have recorded, all leads as one signal, at the best delay of up to half a second
    either way; 0 where they share less than five seconds of leads
    """
    one, many = _TRACING.trace(asked), np.stack([_TRACING.trace(record) for record in known])
    n_spectrum = 2 * _TRACING.width
    delays = round(_DELAY_S * _TRACING.columns_per_second)

    def spectrum(traces: Traces) -> npt.NDArray[np.complex64]:
        return rfft(traces, n_spectrum, axis=-1)  # zeros behind, so that the correlation does not run in a circle

    def correlation(a: Traces, b: Traces) -> Traces:
        """Sum over leads and time of a(t) b(t + delay): (known, delay)."""
        sums = irfft((spectrum(a).conj() * spectrum(b)).sum(axis=-2), n_spectrum, axis=-1)
        return np.concatenate([sums[..., -delays:], sums[..., : delays + 1]], axis=-1)

    there, theirs = np.isfinite(one).astype(np.float32), np.isfinite(many).astype(np.float32)
    one, many = np.nan_to_num(one), np.nan_to_num(many)
    shared_s = correlation(there, theirs) / _TRACING.columns_per_second
    energy = correlation(one**2, theirs) * correlation(there, many**2)
    likeness = correlation(one, many) / np.sqrt(np.maximum(energy, 1e-6))
    return np.where(shared_s >= _LEAST_S, likeness, 0.0).max(axis=-1).astype(float)


def recognised_first(asked: EcgRecord, hits: Sequence[CaseHit], closest: Sequence[CaseHit]) -> list[CaseHit]:
    """The hits, and before them the case among them and the closest that holds the very recording, if there is one."""
    candidates = list({hit.case.case_id: hit for hit in [*closest, *hits]}.values())
    if not candidates:
        return list(hits)
    values = agreement(asked, [hit.case.record for hit in candidates])
    if values.max() < SAME:
        return list(hits)
    own = replace(candidates[int(values.argmax())], score=1.0, same_recording=True)
    return [own, *(hit for hit in hits if hit.case.case_id != own.case.case_id)]
