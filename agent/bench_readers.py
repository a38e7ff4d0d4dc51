"""What reading files costs: one ECG of every format, and a folder of them over the same files read one by one."""

import io
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import numpy as np

from data import EcgRecord, folder, read_ecg, simulated
from data.writers import csv, dicom, specimens_binary, specimens_xml, wfdb

N_FOLDER = 1000
REPEATS = 20


def files(record: EcgRecord) -> Mapping[str, Mapping[str, bytes]]:
    """The record as the files of every format, by the format's name; the first of a format's files is read."""
    return {
        "WFDB": wfdb.written(record),
        "CSV": csv.written(record),
        "DICOM": dicom.written(record),
        "HL7 aECG": {"a.xml": specimens_xml.aecg(record)},
        "GE MUSE XML": {"m.xml": specimens_xml.muse(record)},
        "Mortara XML": {"o.xml": specimens_xml.mortara(record)},
        "Philips XML, packed": {"p.xml": specimens_xml.philips(record)},
        "SCP-ECG, Huffman and reference beat": {"s.scp": specimens_binary.scp(record, subtract=True)},
        "MFER": {"m.mwf": specimens_binary.mfer(record)},
        "ISHNE": {"i.ecg": specimens_binary.ishne(record)},
        "EDF": {"e.edf": _edf(record)},
        "NumPy": {"n.npz": _npz(record)},
        "MATLAB": {"m.mat": _mat(record)},
    }


def milliseconds(place: Path) -> dict[str, float]:
    """Median time to read one 10 s ECG of 12 leads at 500 Hz, by format.

    Parameters
    ----------
    place : an empty folder to write to
    """
    record = next(iter(simulated.cases(1))).record
    found = {}
    for number, (name, written) in enumerate(files(record).items()):
        home = place / str(number)
        home.mkdir(parents=True)
        for own, content in written.items():
            (home / own).write_bytes(content)
        first = home / next(iter(written))
        read_ecg(first)
        found[name] = float(np.median([_seconds(partial(read_ecg, first)) for _ in range(REPEATS)])) * 1e3
    return found


def photo_seconds() -> float:
    """Median time to read a photo of a printed sheet, of 12 million pixels, from its JPEG."""
    from PIL import Image

    from data.paper.layouts import layout_named
    from data.paper.pictures import picture_of
    from data.paper.reading import read_sheet
    from data.paper.rendering import Print, photographed, printed
    from data.paper.rendering.sheet import PIXELS_PER_MM

    sheet = printed(next(iter(simulated.cases(1))).record, Print(layout_named("3x4+II")))
    photo = Image.fromarray(photographed(sheet, "good photo", np.random.default_rng(0), pixels_per_mm=PIXELS_PER_MM))
    stream = io.BytesIO()
    photo.resize((4000, round(12_000_000 / 4000))).save(stream, "JPEG", quality=90)
    return float(np.median([_seconds(lambda: read_sheet(picture_of(stream.getvalue()))) for _ in range(3)]))


def folder_over_single(place: Path, n: int | None = None) -> float:
    """Speed of the folder data set over that of reading its WFDB files one by one."""
    place.mkdir(parents=True)
    paths = []
    for i, case in enumerate(simulated.cases(20)):
        for copy in range(-(-(n or N_FOLDER) // 20)):
            for name, content in wfdb.written(case.record, f"e{i}_{copy}").items():
                (place / name).write_bytes(content)
            paths.append(place / f"e{i}_{copy}.hea")

    def one_by_one() -> None:
        for path in paths:
            read_ecg(path)

    def together() -> None:
        for case in folder.cases(place):
            case.record  # noqa: B018  the waveform is read when asked for

    one_by_one()
    return _seconds(one_by_one) / _seconds(together)


def _edf(record: EcgRecord) -> bytes:
    from edfio import Edf, EdfSignal

    out = io.BytesIO()
    signals = [
        EdfSignal(row.astype(np.float64) * 1000, record.fs, label=lead, physical_dimension="uV", physical_range=(-10_000, 10_000))
        for lead, row in zip(record.leads, record.signal, strict=True)
    ]
    Edf(signals).write(out)
    return out.getvalue()


def _npz(record: EcgRecord) -> bytes:
    out = io.BytesIO()
    np.savez(out, signal=record.signal, leads=np.array(record.leads), fs=record.fs, unit="mV")
    return out.getvalue()


def _mat(record: EcgRecord) -> bytes:
    from scipy.io import savemat

    out = io.BytesIO()
    savemat(out, {"signal": record.signal, "leads": np.array(record.leads, object), "fs": record.fs, "unit": "mV"})
    return out.getvalue()


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start
