"""Small sound files of every format that is read, as bundles of name to content."""

import io
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from data import EcgRecord, simulated
from data.writers import csv, dicom, specimens_binary, specimens_xml, wfdb

Bundle = dict[str, bytes]
PICTURES = ("png", "jpeg", "bmp", "tiff", "webp", "gif", "pdf")


def seeds() -> dict[str, Bundle]:
    """By name of the format; a bundle's first file is the one that is damaged most."""
    record = next(iter(simulated.cases(1))).record
    twelve = record.resampled(125).seconds(0, 1.2)
    three = twelve.changed(leads=("I", "II", "V1"), signal=twelve.signal[[0, 1, 6]])
    xml, binary = specimens_xml, specimens_binary
    found: dict[str, Bundle] = {
        "csv": csv.written(three),
        "dicom": dicom.written(three),
        "aecg": {"a.xml": xml.aecg(three)},
        "muse": {"a.xml": xml.muse(three)},
        "mortara": {"a.xml": xml.mortara(three)},
        "philips": {"a.xml": xml.philips(twelve)},
        "philips plain": {"a.xml": xml.philips(twelve, version="1.03", packed=False)},
        "ishne": {"a.ecg": binary.ishne(three)},
        "scp": {"a.scp": binary.scp(three)},
        "scp beat": {"a.scp": binary.scp(three, subtract=True, differences=1)},
        "scp plain": {"a.scp": binary.scp(three, huffman=False)},
        "mfer": {"a.mwf": binary.mfer(three)},
        "wfdb 16": wfdb.written(three),
        "edf": {"a.edf": _edf(three, "write_edf")},
        "bdf": {"a.bdf": _edf(three, "write_bdf")},
    }
    held = {"signal": three.signal, "leads": list(three.leads), "fs": three.fs, "unit": "mV"}
    found |= {"npz": {"a.npz": _npz(held)}, "mat": {"a.mat": _mat(held, packed=False)}, "packed mat": {"a.mat": _mat(held, packed=True)}}
    found |= {"hdf5": {"a.h5": _hdf5(held)}}
    found |= {"wfdb segments": {"all.hea": b"all/3 3 125 350\necg 150\n~ 50\necg 150\n", **found["wfdb 16"]}}
    found |= {f"wfdb {fmt}": _by_wfdb(three, fmt) for fmt in ("80", "212", "24", "516")}
    return found | {"zip": {"a.zip": _zipped(found["wfdb 16"])}} | _pictures()


def _pictures() -> dict[str, Bundle]:
    """A strip of paper as each kind of picture, and as a PDF."""
    from PIL import Image

    from data.paper.layouts import layout_named
    from data.paper.rendering import Print, printed

    record = next(iter(simulated.cases(1))).record
    strip = printed(record, Print(layout_named("3x4"), header=False), pixels_per_mm=9)[63:343, :1300]  # the first row
    found = {}
    for kind in PICTURES:
        out = io.BytesIO()
        Image.fromarray(strip).save(out, kind)
        found[kind] = {f"a.{kind}": out.getvalue()}
    return found


def _edf(record: EcgRecord, write: str) -> bytes:
    import edfio

    signals = [
        (edfio.EdfSignal if write == "write_edf" else edfio.BdfSignal)(
            row.astype(np.float64) * 1000, record.fs, label=f"ECG {lead}", physical_dimension="uV", physical_range=(-8000, 8000)
        )
        for lead, row in zip(record.leads, record.signal, strict=True)
    ]
    out = io.BytesIO()
    (edfio.Edf if write == "write_edf" else edfio.Bdf)(signals, data_record_duration=0.2).write(out)
    return out.getvalue()


def _npz(held: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    np.savez_compressed(out, **held)
    return out.getvalue()


def _mat(held: dict[str, Any], *, packed: bool) -> bytes:
    import scipy.io

    out = io.BytesIO()
    scipy.io.savemat(out, held | {"leads": np.array(held["leads"], object)}, do_compression=packed)
    return out.getvalue()


def _hdf5(held: dict[str, Any]) -> bytes:
    import h5py

    out = io.BytesIO()
    with h5py.File(out, "w") as file:
        for name, value in held.items():
            file.create_dataset(name, data=value, **({"compression": "gzip"} if name == "signal" else {}))
    return out.getvalue()


def _by_wfdb(record: EcgRecord, fmt: str) -> Bundle:
    import wfdb as library

    with TemporaryDirectory(prefix="ecg-seeds-") as folder:
        library.wrsamp(
            "a", fs=record.fs, units=["mV"] * len(record.leads), sig_name=list(record.leads), p_signal=record.signal.T.astype(np.float64),
            fmt=[fmt] * len(record.leads), write_dir=folder,
        )  # fmt: skip
        return {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir(), key=lambda path: path.suffix != ".hea")}


def _zipped(files: Bundle) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()
