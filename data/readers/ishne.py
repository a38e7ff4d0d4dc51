"""ISHNE Holter files. Layout: Badilini, "The ISHNE Holter standard output file format", A.N.E. 3 (1998) 263-266."""

import struct
from datetime import datetime

import numpy as np

from data.errors import UnreadableEcgError
from data.readers.bundle import Bundle
from data.readers.channels import Channel, ecg_record
from data.readers.format import Format, Given
from data.readers.header_text import sex_code
from data.readers.moments import whole_years
from data.record import EcgRecord, Patient, Printed

_MAGIC = b"ISHNE1.0"
_HEADER = 522  # bytes, with magic and checksum
_MAX_LEADS = 12
_LEADS = dict(enumerate(("X", "Y", "Z", "I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6", "ES", "AS", "AI"), 2))
_SEX = {1: "M", 2: "F"}


def sniff(content: bytes) -> bool:
    """The magic number."""
    return content.startswith(_MAGIC)


def read(name: str, files: Bundle, _: Given) -> EcgRecord:
    """All leads of the standard in mV.

    Raises
    ------
    UnreadableEcgError : cut off, or a count, rate or resolution that cannot be
    """
    content = files[name]
    if len(content) < _HEADER:
        raise UnreadableEcgError("is an ISHNE file whose header is cut off, wanted it whole: send it as the device wrote it")
    n_stated, _, at = struct.unpack_from("<iii", content, 14)
    n_leads, fs = struct.unpack_from("<H", content, 156)[0], struct.unpack_from("<H", content, 272)[0]
    if not 0 < n_leads <= _MAX_LEADS:
        raise UnreadableEcgError(f"is an ISHNE file of {n_leads} leads, wanted 1 to {_MAX_LEADS}: send it as the device wrote it")
    if not _HEADER <= at < len(content):
        raise UnreadableEcgError("is an ISHNE file whose samples lie nowhere in it, wanted it whole: send it as the device wrote it")
    held = (len(content) - at) // (2 * n_leads)
    fitting = [n for n in (n_stated, n_stated // n_leads) if held - fs < n <= held]  # devices count samples of a lead, or of all; and pad
    if not fitting or fitting[0] <= 0:
        raise UnreadableEcgError(
            f"is an ISHNE file of {held:,} samples a lead that states {n_stated:,}, wanted it whole: send it as the device wrote it"
        )
    n_samples = fitting[0]
    codes, nanovolts = struct.unpack_from(f"<{n_leads}h", content, 158), struct.unpack_from(f"<{n_leads}h", content, 206)
    if min(nanovolts) <= 0:
        raise UnreadableEcgError("is an ISHNE file with a lead without resolution, wanted nV a unit: export it again")
    samples = np.frombuffer(content, "<i2", count=n_samples * n_leads, offset=at).reshape(n_samples, n_leads).T
    time, born = _moment(content, 138, 150), _moment(content, 132, None)
    return ecg_record(
        [
            Channel(_LEADS.get(code, f"channel {i}"), row.astype(np.float64) * step, "nV")
            for i, (code, row, step) in enumerate(zip(codes, samples, nanovolts, strict=True), 1)
        ],
        fs=fs,
        patient=Patient(
            id=_text(content[108:128]) or None,
            age=whole_years(born.date() if born else None, time),
            sex=sex_code(_SEX.get(struct.unpack_from("<H", content, 128)[0], "")),
        ),
        time=time,
        source="ISHNE",
        printed=Printed(device=_text(content[232:272])),
        warnings=() if _crc(content[10:at]) == struct.unpack_from("<H", content, 8)[0] else ("The header's checksum is wrong.",),
    )


FORMAT = Format("ISHNE Holter", sniff, read)


def _text(field: bytes) -> str:
    return "".join(c for c in field.split(b"\0")[0].decode("latin-1") if c.isprintable()).strip()


def _moment(content: bytes, day_at: int, clock_at: int | None) -> datetime | None:
    day, month, year = struct.unpack_from("<3H", content, day_at)
    clock = struct.unpack_from("<3H", content, clock_at) if clock_at else ()
    try:
        return datetime(year, month, day, *clock)
    except ValueError:
        return None


def _crc(header: bytes) -> int:
    """CRC-CCITT (polynomial 0x1021, from 0xFFFF) of fixed and variable header."""
    from binascii import crc_hqx

    return crc_hqx(header, 0xFFFF)
