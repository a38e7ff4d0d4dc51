"""Arrays as researchers keep them: NumPy `.npz`, MATLAB `.mat` and HDF5, where names, rate and unit stand beside the samples.

An array alone says neither which lead is which nor how fast or large it is; it is refused.
"""

import io
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from data.errors import UnreadableEcgError
from data.leads import standard_lead_name
from data.readers import hdf5, matlab
from data.readers.bundle import MAX_BYTES, Bundle, is_numpy_archive
from data.readers.channels import MAX_SAMPLES, Channel, ecg_record, millivolts
from data.readers.csv import RATE_KEYS, UNIT_KEYS
from data.readers.format import Format, Given
from data.readers.unstated import agreed_unit, said_of_unit, unmistakable_unit
from data.record import EcgRecord

_LEAD_KEYS = {"leads", "lead", "lead_names", "leadnames", "sig_name", "channels", "channel_names", "labels", "names"}
_SIGNAL_KEYS = {"signal", "signals", "ecg", "p_signal", "data", "samples", "x", "values", "waveform", "waveforms"}
Found = Mapping[str, Any]  # name in lower case to array, number, text, or list of texts


def _of_npz(content: bytes) -> Found:
    """The arrays of an archive that `numpy.savez` wrote, none of them pickled."""
    found: dict[str, Any] = {}
    left = MAX_BYTES
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for info in archive.infolist()[:200]:
            with archive.open(info) as member:
                part = member.read(min(left, 40 * len(content) + 1_000_000) + 1)
            left -= len(part)
            if left < 0:
                raise UnreadableEcgError("unpacks to over 100 MB, wanted one ECG: save a shorter recording")
            found[info.filename.removesuffix(".npy").lower()] = _array(part)
    return found


def _array(part: bytes) -> npt.NDArray[Any]:
    """One `.npy`; its header is held against its length before anything is allocated."""
    stream = io.BytesIO(part)
    version = np.lib.format.read_magic(stream)
    header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, fortran, dtype = header(stream)
    if dtype.hasobject:
        raise UnreadableEcgError("holds Python objects, which are never opened, wanted arrays of numbers and text: save it without them")
    count = int(np.prod(shape, dtype=object)) if shape else 1
    data = part[stream.tell() :]
    if count * dtype.itemsize > len(data) or dtype.itemsize == 0:
        raise UnreadableEcgError("holds an array that is cut off, wanted it whole: save it again")
    flat = np.frombuffer(data, dtype, count=count)
    return flat.reshape(shape, order="F" if fortran else "C")


def _reader(source: str, load: Callable[[bytes], Found]) -> Callable[[str, Bundle, Given], EcgRecord]:
    def read(name: str, files: Bundle, given: Given) -> EcgRecord:
        return _record({key.lower(): value for key, value in load(files[name]).items()}, source, given)

    return read


def _record(found: Found, source: str, given: Given) -> EcgRecord:
    rows = _rows(found)
    warnings: list[str] = []
    rate = next((float(np.ravel(value)[0]) for key, value in found.items() if key in RATE_KEYS and _is_numeric(value)), None)
    if rate is not None and given.fs is not None and abs(rate - given.fs) > 0.01 * rate:
        raise UnreadableEcgError(f"states the rate {rate:g} Hz and {given.fs:g} Hz was given: leave one of them out")
    fs = rate or given.fs
    if fs is None:
        raise UnreadableEcgError("states no sampling rate, wanted one: save it beside the samples as 'fs', or give fs=")
    stated = next((_texts(value) for key, value in found.items() if key in UNIT_KEYS), [])
    units = {unit.strip() for unit in stated if unit.strip()}
    if len({millivolts(unit) for unit in units}) > 1:
        raise UnreadableEcgError("states several units, wanted one for all leads: save it in mV")
    unit = agreed_unit(next(iter(units), None), given.unit)
    if unit is None:
        unit = unmistakable_unit(list(rows), np.stack(list(rows.values())).astype(np.float64))
        warnings.append(said_of_unit(unit))
    return ecg_record([Channel(lead, row, unit) for lead, row in rows.items()], fs=fs, source=source, warnings=warnings)


def _rows(found: Found) -> dict[str, npt.NDArray[Any]]:
    """Lead to samples: one array of each lead's name, or one array of two dimensions with a list of names of its length."""
    own = {key: np.ravel(value) for key, value in found.items() if standard_lead_name(key) and _is_numeric(value) and np.size(value) > 1}
    if own:
        if len({len(row) for row in own.values()}) > 1:
            raise UnreadableEcgError("holds leads of unequal length, wanted them alike: save them again")
        return own
    matrices = {
        key: np.asarray(value) for key, value in found.items() if _is_numeric(value) and np.ndim(value) == 2 and min(np.shape(value)) > 0
    }
    named = {key: value for key, value in matrices.items() if key in _SIGNAL_KEYS} or matrices
    if len(named) != 1:
        raise UnreadableEcgError(f"holds {len(named) or 'no'} arrays that could be the ECG, wanted one of two dimensions called 'signal'")
    signal = next(iter(named.values()))
    names = next((_texts(value) for key, value in found.items() if key in _LEAD_KEYS), [])
    if signal.size > MAX_SAMPLES or not names or names.count(names[0]) > 1 or signal.shape.count(len(names)) != 1:
        raise UnreadableEcgError(
            f"holds an array of {' x '.join(map(str, signal.shape))} and {len(names) or 'no'} lead names, wanted a name for each lead: "
            "save them beside it as 'leads'"
        )
    return dict(zip(names, signal if signal.shape[0] == len(names) else signal.T, strict=True))


def _is_numeric(value: object) -> bool:
    return np.asarray(value).dtype.kind in "iuf" and np.size(np.asarray(value)) > 0


def _texts(value: object) -> list[str]:
    """The texts of a text, of an array or a list of them."""
    flat = np.ravel(np.asarray(value)).tolist()[:1000]
    return [item.decode("utf-8", "replace").strip() if isinstance(item, bytes) else str(item).strip() for item in flat]


NPZ = Format("NumPy .npz", is_numpy_archive, _reader("NumPy", _of_npz))
MATLAB = Format("MATLAB .mat", matlab.sniff, _reader("MATLAB", matlab.variables))
HDF5 = Format("HDF5", hdf5.sniff, _reader("HDF5", hdf5.datasets))
