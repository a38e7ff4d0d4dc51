"""NumPy, MATLAB and HDF5: written by numpy, scipy and h5py, independent of the readers."""

import io
import zipfile
from typing import Any

import numpy as np
import pytest
import scipy.io

from data import EcgRecord, UnreadableEcgError, read_ecg

h5py = pytest.importorskip("h5py", reason="h5py, the independent writer, is not installed")


def _npz(**arrays: Any) -> bytes:
    out = io.BytesIO()
    np.savez(out, **arrays)
    return out.getvalue()


def _packed_npz(**arrays: Any) -> bytes:
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)
    return out.getvalue()


def _mat(*, packed: bool = False, **variables: Any) -> bytes:
    out = io.BytesIO()
    cells = {name: np.array(value, object) if isinstance(value, list) else value for name, value in variables.items()}
    scipy.io.savemat(out, cells, do_compression=packed)
    return out.getvalue()


def _packed_mat(**variables: Any) -> bytes:
    return _mat(packed=True, **variables)


def _hdf5(**sets: Any) -> bytes:
    out = io.BytesIO()
    with h5py.File(out, "w") as file:
        for name, value in sets.items():
            packing = {"compression": "gzip"} if np.ndim(value) == 2 else {}
            file.create_dataset(name, data=value, **packing)
    return out.getvalue()


def _matlab73(rows: dict[str, np.ndarray], fs: float, unit: str) -> bytes:
    """As MATLAB writes it: behind 512 bytes of text, arrays of two dimensions, letters as numbers."""
    out = io.BytesIO()
    with h5py.File(out, "w", userblock_size=512) as file:
        for name, value in {**rows, "fs": fs}.items():
            file.create_dataset(name, data=np.atleast_2d(value).T)
        letters = file.create_dataset("unit", data=np.array([[ord(letter)] for letter in unit], np.uint16))
        letters.attrs["MATLAB_class"] = np.bytes_("char")
    return b"MATLAB 7.3 MAT-file".ljust(512, b"\0") + out.getvalue()[512:]


def test_matlab_of_the_new_kind_with_one_variable_a_lead(simulated_record: EcgRecord) -> None:
    rows = {lead: row * 1000 for lead, row in zip(simulated_record.leads, simulated_record.signal, strict=True)}
    np.testing.assert_allclose(read_ecg(_matlab73(rows, 500, "uV")).signal, simulated_record.signal, atol=1e-6)


WRITERS = {"npz": _npz, "packed npz": _packed_npz, "mat": _mat, "packed mat": _packed_mat, "HDF5": _hdf5}


@pytest.mark.parametrize("kind", WRITERS)
def test_samples_names_rate_and_unit_are_read(simulated_record: EcgRecord, kind: str) -> None:
    leads = list(simulated_record.leads)
    record = read_ecg(WRITERS[kind](signal=simulated_record.signal * 1000, leads=leads, fs=500, unit="uV"))

    assert (record.leads, record.fs) == (simulated_record.leads, 500)
    np.testing.assert_allclose(record.signal, simulated_record.signal, atol=1e-6)


@pytest.mark.parametrize("kind", ["npz", "mat", "HDF5"])
def test_samples_may_run_down_and_the_columns_be_in_any_order(simulated_record: EcgRecord, kind: str) -> None:
    leads = list(simulated_record.leads)[::-1]
    record = read_ecg(WRITERS[kind](ecg=simulated_record.signal[::-1].T, leads=leads, fs=500, unit="mV"))
    np.testing.assert_allclose(record.signal, simulated_record.signal, atol=1e-6)


@pytest.mark.parametrize("kind", ["npz", "mat", "HDF5"])
def test_one_array_a_lead(simulated_record: EcgRecord, kind: str) -> None:
    rows = dict(zip(simulated_record.leads, simulated_record.signal, strict=True))
    record = read_ecg(WRITERS[kind](**rows, fs=500, unit="mV"))
    np.testing.assert_allclose(record.signal, simulated_record.signal, atol=1e-6)


def test_attributes_of_a_data_set_in_a_group(simulated_record: EcgRecord) -> None:
    out = io.BytesIO()
    with h5py.File(out, "w") as file:
        held = file.create_dataset("recording/signal", data=simulated_record.signal)
        held.attrs.update({"fs": 500.0, "leads": list(simulated_record.leads), "unit": "mV"})
    np.testing.assert_allclose(read_ecg(out.getvalue()).signal, simulated_record.signal, atol=1e-6)


def test_the_caller_may_say_what_the_file_does_not(simulated_record: EcgRecord) -> None:
    content = _npz(signal=simulated_record.signal * 1000, leads=list(simulated_record.leads))
    np.testing.assert_allclose(read_ecg(content, fs=500, unit="uV").signal, simulated_record.signal, atol=1e-6)


SIGNAL, LEADS = np.random.default_rng(0).normal(size=(3, 900)), ["I", "II", "V1"]


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"signal": SIGNAL, "leads": LEADS}, "no sampling rate"),
        ({"signal": SIGNAL, "leads": LEADS[:2], "fs": 500}, "3 x 900 and 2 lead names"),
        ({"signal": SIGNAL, "fs": 500}, "no lead names"),
        ({"signal": SIGNAL[:, :3], "leads": LEADS, "fs": 500}, "3 x 3 and 3 lead names"),
        ({"a": SIGNAL, "b": SIGNAL, "leads": LEADS, "fs": 500}, "holds 2 arrays that could be the ECG"),
        ({"signal": np.zeros((2, 3, 900)), "leads": LEADS, "fs": 500}, "holds no arrays"),
        ({"signal": (SIGNAL * 9).round(), "leads": LEADS, "fs": 500}, "states no unit"),
        ({"signal": SIGNAL, "leads": LEADS, "fs": 500, "unit": "mmHg"}, "in the unit 'mmHg'"),
        ({"signal": SIGNAL, "leads": LEADS, "fs": 500, "units": ["mV", "uV", "mV"]}, "several units"),
        ({"I": SIGNAL[0], "II": SIGNAL[1, :-1], "fs": 500, "unit": "mV"}, "unequal length"),
    ],
)
def test_what_is_left_open_is_refused(arrays: dict[str, Any], said: str) -> None:
    with pytest.raises(UnreadableEcgError, match=said):
        read_ecg(_npz(**arrays))


def test_an_array_alone_is_refused(simulated_record: EcgRecord) -> None:
    out = io.BytesIO()
    np.save(out, simulated_record.signal)
    with pytest.raises(UnreadableEcgError, match="a NumPy array without rate, unit and leads"):
        read_ecg(out.getvalue())


def test_a_pickle_within_is_never_opened() -> None:
    out = io.BytesIO()
    np.savez(out, signal=np.array([{"a": 1}], object), fs=500)
    with pytest.raises(UnreadableEcgError, match="Python objects, which are never opened"):
        read_ecg(out.getvalue())


def test_an_array_that_claims_more_than_is_there_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        header = "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000, 12), }".ljust(117) + "\n"
        archive.writestr("signal.npy", b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + bytes(100))
    with pytest.raises(UnreadableEcgError, match="cut off"):
        read_ecg(out.getvalue())
