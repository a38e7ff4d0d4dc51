"""PTB-XL in its original layout: a small copy made here, and the real one where it is there."""

import csv
from pathlib import Path

import numpy as np
import pytest
import wfdb

from data import ptbxl
from data.errors import DataSetError
from data.record import Patient

COLUMNS = ["ecg_id", "patient_id", "age", "sex", "recording_date", "report", "scp_codes", "strat_fold", "filename_lr", "filename_hr"]
LEADS = ["I", "II", "III", "AVR", "AVL", "AVF", "V1", "V2", "V3", "V4", "V5", "V6"]


def row(ecg_id: int, **changes: object) -> dict[str, object]:
    name = f"00000/{ecg_id:05}"
    return {
        "ecg_id": ecg_id, "patient_id": "15709.0", "age": "56.0", "sex": "1", "recording_date": "1984-11-09 09:17:34",
        "report": "sinusrhythmus", "scp_codes": "{'NORM': 100.0, 'SR': 0.0}", "strat_fold": "3",
        "filename_lr": f"records100/{name}_lr", "filename_hr": f"records500/{name}_hr",
    } | changes  # fmt: skip


def write(root: Path, *rows: dict[str, object]) -> Path:
    with (root / "ptbxl_database.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]) if rows else COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return root


def write_waveform(root: Path, name: str, fs: int) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    time = np.arange(10 * fs) / fs
    i, ii = 0.5 * np.sin(2 * np.pi * time), np.sin(2 * np.pi * time)
    limbs = [i, ii, ii - i, -(i + ii) / 2, i - ii / 2, ii - i / 2]
    signal = np.stack(limbs + [np.cos(2 * np.pi * time)] * 6, axis=1)
    wfdb.wrsamp(path.name, fs=fs, units=["mV"] * 12, sig_name=LEADS, p_signal=signal, fmt=["16"] * 12, write_dir=str(path.parent))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_waveform(tmp_path, "records100/00000/00001_lr", 100)
    write_waveform(tmp_path, "records500/00000/00002_hr", 500)
    return write(tmp_path, row(1), row(2, strat_fold="9", age="300.0", sex="0"), row(3, age="", sex="", recording_date=""))


def test_a_case_carries_what_the_table_says(root: Path) -> None:
    (case,) = ptbxl.cases(root)

    assert (case.case_id, case.source, case.report, case.date) == ("ptb-xl/1", "ptb-xl", "sinusrhythmus", "1984-11-09")
    assert case.patient == Patient(id="ptb-xl/15709", age=56.0, sex="F")
    assert case.statements == {"NORM": 100.0, "SR": 0.0}


def test_the_waveform_comes_with_patient_and_time(root: Path) -> None:
    (case,) = ptbxl.cases(root)

    assert (case.record.signal.shape, case.record.fs) == ((12, 1000), 100.0)
    assert case.record.patient == case.patient
    assert str(case.record.time) == "1984-11-09 09:17:34"


def test_rows_without_waveform_are_counted(root: Path) -> None:
    cases = ptbxl.cases(root)

    assert len(list(cases)) == 1
    assert cases.skipped == {"ptb-xl/2": "no waveform at 100 Hz", "ptb-xl/3": "no waveform at 100 Hz"}


def test_a_header_without_its_signal_is_no_waveform(root: Path) -> None:
    (root / "records100/00000/00001_lr.dat").unlink()

    assert list(ptbxl.cases(root)) == []


def test_the_other_rate_is_other_files(root: Path) -> None:
    (case,) = ptbxl.cases(root, rate=500)

    assert (case.case_id, case.record.fs) == ("ptb-xl/2", 500.0)


def test_folds_choose_rows(root: Path) -> None:
    assert [row.ecg_id for row in ptbxl.rows(root, folds=[9, 10])] == [2]


def test_rows_are_there_without_waveform(root: Path) -> None:
    assert [(row.ecg_id, row.fold, row.path is None) for row in ptbxl.rows(root)] == [(1, 3, False), (2, 9, True), (3, 3, True)]


def test_300_years_means_older_than_89(root: Path) -> None:
    assert ptbxl.rows(root)[1].patient == Patient(id="ptb-xl/15709", age=90.0, sex="M")


def test_what_the_table_leaves_open_stays_open(root: Path) -> None:
    third = ptbxl.rows(root)[2]

    assert (third.patient.age, third.patient.sex, third.time) == (None, None, None)


def test_a_path_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    write_waveform(tmp_path, "outside", 100)
    (tmp_path / "inside").mkdir()
    write(tmp_path / "inside", row(1, filename_lr="../outside"), row(2, filename_lr=str(tmp_path / "outside")))

    assert [row.path for row in ptbxl.rows(tmp_path / "inside")] == [None, None]


def test_another_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match=r"has no ptbxl_database\.csv: give the folder of PTB-XL"):
        ptbxl.cases(tmp_path)


def test_a_table_without_a_column_names_it(tmp_path: Path) -> None:
    rows = row(1)
    del rows["scp_codes"]

    with pytest.raises(DataSetError, match="no column scp_codes"):
        ptbxl.cases(write(tmp_path, rows))


@pytest.mark.parametrize("change", [{"scp_codes": "NORM"}, {"scp_codes": "[1]"}, {"strat_fold": "x"}, {"scp_codes": "(" * 5000}])
def test_a_row_that_cannot_be_read_is_named(tmp_path: Path, change: dict[str, object]) -> None:
    with pytest.raises(DataSetError, match="ecg_id '7' cannot be read"):
        ptbxl.rows(write(tmp_path, row(7, **change)))


@pytest.mark.parametrize(("kwargs", "message"), [({"rate": 250}, "no recordings at 250 Hz"), ({"folds": [0, 11]}, "no fold 0, 11")])
def test_what_it_does_not_have_is_refused(root: Path, kwargs: dict[str, object], message: str) -> None:
    with pytest.raises(DataSetError, match=message):
        ptbxl.cases(root, **kwargs)  # type: ignore[arg-type]


def test_the_real_table_and_a_real_ecg(ptbxl_root: Path) -> None:
    first = next(ptbxl.cases(ptbxl_root))

    assert first.case_id == "ptb-xl/1"
    assert first.record.leads == ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
    assert first.record["I"][0] == pytest.approx(-0.119, abs=1e-6)  # the header's own initial value, -119 at 1,000 per mV


def test_no_patient_is_in_two_folds(ptbxl_root: Path) -> None:
    folds: dict[str | None, set[int]] = {}
    for real in ptbxl.rows(ptbxl_root):
        folds.setdefault(real.patient.id, set()).add(real.fold)

    assert all(len(of_one) == 1 for of_one in folds.values())
