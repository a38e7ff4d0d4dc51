"""Keeping an ECG in another format: what is written, and what is never overwritten."""

from pathlib import Path

import numpy as np
import pytest

from data import EcgRecord, read_ecg
from data.convert import WRITERS, CannotWriteError, save


@pytest.mark.parametrize(("kind", "names"), [("wfdb", ["a.hea", "a.dat"]), ("csv", ["a.csv"]), ("dicom", ["a.dcm"])])
def test_the_files_have_the_name_and_the_suffix_of_the_format(
    simulated_record: EcgRecord, tmp_path: Path, kind: str, names: list[str]
) -> None:
    assert save(simulated_record, tmp_path / "new" / "a.xml", kind) == [tmp_path / "new" / name for name in names]
    np.testing.assert_allclose(read_ecg(tmp_path / "new" / names[0]).signal, simulated_record.signal, atol=0.00011)


@pytest.mark.parametrize("kind", WRITERS)
def test_nothing_is_overwritten(simulated_record: EcgRecord, tmp_path: Path, kind: str) -> None:
    first, *_ = save(simulated_record, tmp_path / "a", kind)
    before = first.read_bytes()
    with pytest.raises(CannotWriteError, match=f"{first.name} is there already"):
        save(simulated_record.changed(signal=-simulated_record.signal), tmp_path / "a", kind)
    assert first.read_bytes() == before


def test_another_format_is_refused_by_name(simulated_record: EcgRecord, tmp_path: Path) -> None:
    with pytest.raises(CannotWriteError, match="'mp3' is no format that is written, wanted wfdb, csv, dicom"):
        save(simulated_record, tmp_path / "a", "mp3")


@pytest.mark.parametrize("kind", ["wfdb", "dicom"])
def test_thirty_minutes_are_kept_whole(shared: Path, tmp_path: Path, kind: str) -> None:
    record = read_ecg(shared / "formats/wfdb/100.hea", seconds=None)
    path, *_ = save(record, tmp_path / "100", kind)
    again = read_ecg(path, seconds=None)

    assert again.n_samples == 650_000
    np.testing.assert_allclose(again.signal, record.signal, atol=0.5 / 200)
