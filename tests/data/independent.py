"""ECG files as other programs understand them."""

import shutil
import subprocess
import warnings
from pathlib import Path

import numpy as np
import pytest

from data import EcgRecord, read_ecg
from data.readers.format import Given
from data.readers.registry import format_of

_PER_MILLIVOLT = {"mV": 1.0, "uV": 1e-3, "nV": 1e-6, "V": 1e3}


def by_ecgdatakit(path: Path) -> dict[str, np.ndarray]:
    """Lead to samples in mV."""
    ecgdatakit = pytest.importorskip("ecgdatakit", reason="ecgdatakit, the independent reader, is not installed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        record = ecgdatakit.FileParser().parse(str(path))
    return {lead.label: np.asarray(lead.samples) * _PER_MILLIVOLT[lead.units] for lead in record.leads}


def by_biosig(path: Path) -> np.ndarray:
    """(n_leads, n_samples) mV, by way of the EDF that biosig's `save2gdf` makes of the file."""
    if shutil.which("save2gdf") is None:
        pytest.skip("biosig's save2gdf is not installed")
    import edfio

    made = path.with_suffix(".by-biosig.edf")
    subprocess.run(["save2gdf", "-f=EDF", str(path), str(made)], check=True, capture_output=True)
    return np.stack([signal.data for signal in edfio.read_edf(made).signals]) / 1000


def whole(path: Path) -> EcgRecord:
    """All of a recording that is one file, where `read_ecg` keeps ten seconds."""
    content = path.read_bytes()
    reader = format_of(content)
    assert reader is not None
    return reader.read(path.name, {path.name: content}, Given())


def assert_same(path: Path, expected: dict[str, np.ndarray], *, step: float) -> None:
    """Every lead of the file to half a quantisation step of `step` mV, and the first ten seconds by `read_ecg`."""
    record, first = whole(path), read_ecg(path)
    assert set(record.leads) == set(expected)
    for lead, samples in expected.items():
        np.testing.assert_allclose(record[lead], samples, atol=step / 2)
        np.testing.assert_array_equal(first[lead], record[lead][: first.n_samples])
