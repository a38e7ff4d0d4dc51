"""Marks of LUDB, written here as the annotation files that its records have."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from data import DataSetError, ludb


@pytest.fixture
def root(tmp_path: Path, wfdb_files: Callable[..., dict[str, bytes]]) -> Path:
    """One record; in every lead two beats with P at 0.10-0.20 s, QRS at 0.26-0.36 s, T at 0.50-0.70 s, one second apart."""
    import wfdb

    folder = tmp_path / "data"
    folder.mkdir()
    for name, content in wfdb_files(name="7").items():
        (folder / name).write_bytes(content)
    one = [50, 75, 100, 130, 155, 180, 250, 300, 350]
    symbols = ["(", "p", ")", "(", "N", ")", "(", "t", ")"]
    for lead in ludb.LEADS:
        wfdb.wrann("7", "marks", sample=np.array([*one, *(at + 500 for at in one)]), symbol=symbols * 2, write_dir=str(folder))
        (folder / "7.marks").rename(folder / f"7.{lead}")  # wfdb writes no extension with a digit
    return tmp_path


def test_intervals_are_those_marked(root: Path) -> None:
    (ecg,) = ludb.ecgs(root)
    assert (ecg.pr_ms, ecg.qrs_ms, ecg.qt_ms) == pytest.approx((160, 100, 440))


def test_the_rate_is_of_the_marked_peaks(root: Path) -> None:
    (ecg,) = ludb.ecgs(root)
    assert ecg.heart_rate_bpm == pytest.approx(60)


def test_another_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match="give the folder of LUDB"):
        next(ludb.ecgs(tmp_path))


def test_a_lost_annotation_is_named(root: Path) -> None:
    (root / "data" / "7.v3").unlink()
    with pytest.raises(DataSetError, match=r"7\.v3"):
        list(ludb.ecgs(root))


def test_its_ecgs_are_in_millivolts(shared: Path) -> None:
    if not (shared / "ludb" / "data").is_dir():
        pytest.skip("no LUDB beside the checkout")
    ecg = next(ludb.ecgs(shared / "ludb"))
    assert 0.3 < np.ptp(ecg.record["V2"]) < 8
