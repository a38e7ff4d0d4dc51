"""A waveform as a short string: what is needed to draw a case again without the file it came from."""

import json
import zlib
from base64 import b64decode, b64encode
from datetime import datetime

import numpy as np
import numpy.typing as npt

from data import EcgRecord, Patient
from data.leads import with_derived_limb_leads

STEP = 0.005  # mV; the resolution that PTB-XL and most devices keep at least
MAX_FS = 250.0  # Hz; enough to draw and to measure an interval to 4 ms

_DERIVED = ("III", "aVR", "aVL", "aVF")
_LARGEST = np.iinfo(np.int16).max
Steps = npt.NDArray[np.int32]


def pack(record: EcgRecord) -> str:
    """An ECG as base64 text: whole steps of 5 uV, at most 250 Hz, what was not recorded kept open.

    Leads that follow from I and II are kept as their difference from Einthoven's and Goldberger's laws, and every lead as
    its differences from sample to sample: both are near zero, which is what makes the text short. Patient and header
    comments are not in it.
    """
    record = record.resampled(min(record.fs, MAX_FS))
    gaps = np.isnan(record.signal)
    steps = np.clip(np.rint(np.where(gaps, 0, record.signal) / STEP), -_LARGEST, _LARGEST).astype(np.int32)
    steps -= _expected(record.leads, steps)
    difference = np.diff(steps, axis=1, prepend=0)
    folded = ((difference << 1) ^ (difference >> 31)).astype("<u4")  # 0, -1, 1, -2, ... to 0, 1, 2, 3, ...: small numbers, empty high bytes
    planes = folded.reshape(-1, 1).view(np.uint8).T[:3]  # a difference of differences of int16 fits 19 bits
    head = {
        "leads": record.leads,
        "fs": record.fs,
        "samples": record.n_samples,
        "gaps": bool(gaps.any()),
        "time": record.time.isoformat() if record.time else None,
        "source": record.source,
        "warnings": record.warnings,
    }
    mask = np.packbits(gaps).tobytes() if gaps.any() else b""
    runs = zlib.compressobj(strategy=zlib.Z_RLE)  # searching for longer repeats finds less here, and takes longer
    return b64encode(runs.compress(json.dumps(head).encode() + b"\n" + mask + planes.tobytes()) + runs.flush()).decode()


def unpack(text: str, patient: Patient | None = None) -> EcgRecord:
    """The ECG of a packed text; every sample within half a step, 2.5 uV, of the one packed (at its rate)."""
    header, _, body = zlib.decompress(b64decode(text)).partition(b"\n")
    head = json.loads(header)
    shape = (len(head["leads"]), head["samples"])
    size = shape[0] * shape[1]
    mask_bytes = (size + 7) // 8 if head["gaps"] else 0
    planes = np.frombuffer(body, np.uint8, offset=mask_bytes).reshape(3, size)
    folded = np.zeros((size, 4), np.uint8)
    folded[:, :3] = planes.T
    values = folded.view("<u4").astype(np.int64).reshape(shape)
    steps = np.cumsum((values >> 1) ^ -(values & 1), axis=1).astype(np.int32)
    steps += _expected(tuple(head["leads"]), steps)
    signal = steps.astype(np.float32) * np.float32(STEP)
    if head["gaps"]:
        signal[np.unpackbits(np.frombuffer(body, np.uint8, mask_bytes), count=size).reshape(shape).astype(bool)] = np.nan
    return EcgRecord(
        leads=tuple(head["leads"]),
        signal=signal,
        fs=head["fs"],
        patient=patient or Patient(),
        time=datetime.fromisoformat(head["time"]) if head["time"] else None,
        source=head["source"],
        warnings=tuple(head["warnings"]),
    )


def _expected(leads: tuple[str, ...], steps: Steps) -> Steps:
    """What I and II say of the other limb leads, (lead, sample) in whole steps; zero for leads they say nothing of."""
    expected = np.zeros_like(steps)
    if "I" in leads and "II" in leads:
        independent = np.stack([steps[leads.index("I")], steps[leads.index("II")]]).astype(np.float32)
        names, derived = with_derived_limb_leads(("I", "II"), independent)
        for name in _DERIVED:
            if name in leads:
                expected[leads.index(name)] = np.rint(derived[names.index(name)]).astype(np.int32)
    return expected
