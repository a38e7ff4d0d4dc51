"""Damaged files of every format: whatever the bytes, an ECG or an `UnreadableEcgError` of one line."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom.data import get_testdata_file

from data import UnreadableEcgError, read_upload

Edits = list[tuple[float, int, bytes]]
# Where (as a share of the length), how many bytes go, what comes instead.
EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=12)), min_size=1, max_size=4)
MODEST = settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def _edited(content: bytes, edits: Edits) -> bytes:
    for where, n_bytes, instead in edits:
        at = int(where * len(content))
        content = content[:at] + instead + content[at + n_bytes :]
    return content


def _read_or_refuse(files: dict[str, bytes]) -> None:
    try:
        record = read_upload(files)
    except UnreadableEcgError as error:
        refusal = str(error)
    else:
        refusal = ""
        assert np.isfinite(record.signal).any()
    assert "\n" not in refusal


@MODEST
@given(edits=EDITS)
def test_a_damaged_wfdb_header(wfdb_files: Callable[..., dict[str, bytes]], edits: Edits) -> None:
    files = wfdb_files(comments="# Age: 64\n# Sex: F\n")
    _read_or_refuse(files | {"rec.hea": _edited(files["rec.hea"], edits)})


@MODEST
@given(edits=EDITS)
def test_a_damaged_table(ecg_mv: np.ndarray, edits: Edits) -> None:
    rows = "\n".join(f"{a:.3f},{b:.3f}" for a, b in ecg_mv[:2, :700].T)
    _read_or_refuse({"a.csv": _edited(f"# fs: 500\n# unit: mV\nI,II\n{rows}\n".encode(), edits)})


@MODEST
@given(edits=EDITS, header_only=st.booleans())
def test_a_damaged_dicom_file(edits: Edits, header_only: bool) -> None:
    path = get_testdata_file("waveform_ecg.dcm", download=False)
    if path is None:
        pytest.skip("this pydicom comes without its 12-lead sample")
    content = Path(path).read_bytes()
    at = content.index(b"\x00\x54\x00\x01") if header_only else 0  # the waveform sequence, where the structure is
    damaged = content[:at] + _edited(content[at : at + 6000], edits) + content[at + 6000 :]
    _read_or_refuse({"a.dcm": damaged})


@MODEST
@given(edits=EDITS)
def test_a_damaged_zip(wfdb_files: Callable[..., dict[str, bytes]], ecg_mv: np.ndarray, edits: Edits) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in wfdb_files(ecg_mv[1:2, :600], leads=("II",)).items():
            archive.writestr(name, content)
    _read_or_refuse({"a.zip": _edited(packed.getvalue(), edits)})


@MODEST
@given(content=st.binary(max_size=600), start=st.sampled_from([b"", b"PK\x03\x04", b"I,II\n0.1,", b"rec 1 500\n", bytes(128) + b"DICM"]))
def test_any_bytes(content: bytes, start: bytes) -> None:
    _read_or_refuse({"a.bin": start + content})
