"""Any folder of ECGs: which files are cases, and where their reports come from."""

from pathlib import Path

import numpy as np
import pytest
import wfdb

from data import folder
from data.errors import DataSetError
from data.readers import read_ecg
from data.record import EcgRecord, Patient
from data.writers.specimens_xml import muse


def write_ecg(path: Path, comments: tuple[str, ...] = (), phase: float = 0.0) -> Path:
    """A WFDB record of leads I and II; `path` without extension."""
    path.parent.mkdir(parents=True, exist_ok=True)
    time = np.arange(5000) / 500
    signal = np.stack([np.sin(2 * np.pi * time + phase), np.cos(2 * np.pi * time)], axis=1)
    wfdb.wrsamp(
        path.name,
        fs=500,
        units=["mV"] * 2,
        sig_name=["I", "II"],
        p_signal=signal,
        fmt=["16"] * 2,
        write_dir=str(path.parent),
        comments=list(comments),
    )
    return path


def test_files_are_found_in_every_subfolder(tmp_path: Path) -> None:
    write_ecg(tmp_path / "a")
    write_ecg(tmp_path / "ward" / "b")

    assert [case.case_id.partition("#")[0] for case in folder.cases(tmp_path)] == ["folder/a.hea", "folder/ward/b.hea"]


def test_a_case_keeps_its_name_while_path_and_content_stay(tmp_path: Path) -> None:
    write_ecg(tmp_path / "a")
    first = [case.case_id for case in folder.cases(tmp_path)]
    again = [case.case_id for case in folder.cases(tmp_path)]
    write_ecg(tmp_path / "a", phase=1.0)
    changed = [case.case_id for case in folder.cases(tmp_path)]

    assert first == again
    assert first != changed


def test_the_waveform_is_read_when_asked(tmp_path: Path) -> None:
    write_ecg(tmp_path / "a")

    (case,) = folder.cases(tmp_path)

    assert (case.record.leads, case.record.n_samples) == (("I", "II"), 5000)


def test_cases_taken_one_by_one_are_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_ecg(tmp_path / "a")
    write_ecg(tmp_path / "b")
    read: list[str] = []
    monkeypatch.setattr(folder, "read_ecg", lambda path: read.append(path.name) or read_ecg(path))

    for case in folder.cases(tmp_path):
        assert case.record.n_samples == 5000

    assert read == ["a.hea", "b.hea"]


def test_a_case_that_was_passed_by_holds_no_waveform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_ecg(tmp_path / "a")
    read: list[str] = []
    monkeypatch.setattr(folder, "read_ecg", lambda path: read.append(path.name) or read_ecg(path))

    (case,) = list(folder.cases(tmp_path))

    assert case.record.leads == ("I", "II")
    assert read == ["a.hea", "a.hea"]


def test_the_report_is_in_the_header(tmp_path: Path) -> None:
    write_ecg(tmp_path / "a", comments=("Age: 64", "Sex: F", "Rhythm: Sinus bradycardia.", "No LVH."))

    (case,) = folder.cases(tmp_path)

    assert case.report == "Rhythm: Sinus bradycardia.\nNo LVH."
    assert (case.patient.age, case.patient.sex, case.codes) == (64.0, "F", {"SBRAD"})


def test_a_text_of_the_same_name_goes_before_the_header(tmp_path: Path) -> None:
    write_ecg(tmp_path / "a", comments=("Sinus rhythm.",))
    (tmp_path / "a.txt").write_bytes("Vorhofflimmern, Lagetyp überdreht".encode("cp1252"))

    (case,) = folder.cases(tmp_path)

    assert case.report == "Vorhofflimmern, Lagetyp überdreht"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_a_text_is_read_in_the_encodings_of_desktops(tmp_path: Path, encoding: str) -> None:
    write_ecg(tmp_path / "a")
    (tmp_path / "a.txt").write_bytes("Lagetyp überdreht".encode(encoding))

    (case,) = folder.cases(tmp_path)

    assert case.report == "Lagetyp überdreht"


def test_no_report_holds_a_line_that_names_a_person(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        write_ecg(tmp_path / name, comments=("Name: Jane Roe", "Sinus rhythm.", "Patient ID: 4711"))
    (tmp_path / "a.txt").write_text("Patientin Jane Roe\ngeb. 01.02.1950\n\nSinus rhythm.\nDr. Roe\n")
    (tmp_path / "cases.csv").write_text('file,report\nb,"Name: Jane Roe\nSinus rhythm."\n')

    assert [case.report for case in folder.cases(tmp_path)] == ["Sinus rhythm."] * 3


def test_a_table_goes_before_both(tmp_path: Path) -> None:
    write_ecg(tmp_path / "ward" / "a", comments=("Sinus rhythm.",))
    (tmp_path / "ward" / "a.txt").write_text("LVH")
    (tmp_path / "cases.csv").write_text(
        "file,report,patient,age,sex,date,statements,ignored\nward/a.hea,Atrial flutter,P7,71,f,2024-01-31,AFLT;LVH,x\n"
    )

    (case,) = folder.cases(tmp_path)

    assert (case.report, case.date, case.statements) == ("Atrial flutter", "2024-01-31", {"AFLT": 100.0, "LVH": 100.0})
    assert case.patient == case.record.patient == Patient(id="P7", age=71.0, sex="F")


@pytest.mark.parametrize("name", ["a", "a.hea", "a.dat", "./a.hea"])
def test_a_table_may_leave_the_extension_out(tmp_path: Path, name: str) -> None:
    write_ecg(tmp_path / "a")
    (tmp_path / "cases.csv").write_text(f"File;Report\n{name};Atrial flutter\n")

    cases = folder.cases(tmp_path)

    assert [case.report for case in cases] == ["Atrial flutter"]
    assert cases.skipped == {}


def test_what_a_table_lists_and_nobody_finds_is_counted(tmp_path: Path) -> None:
    (tmp_path / "cases.csv").write_text("file,report\nlost.dcm,Atrial flutter\n")

    cases = folder.cases(tmp_path)

    assert list(cases) == []
    assert cases.skipped == {"lost.dcm": "is in the folder's table, but no such ECG was read"}


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ("a,old,F,,", "line 2: age is 'old'"),
        ("a,nan,F,,", "line 2: age is 'nan', wanted years from 0 to 120"),
        ("a,-3,F,,", "line 2: age is '-3', wanted years from 0 to 120"),
        ("a,300,F,,", "line 2: age is '300', wanted years from 0 to 120"),
        ("a,70,X,,", "line 2: sex is 'X'"),
        ("a,70,F,31.1.2024,", "date '31.1.2024'"),
        ("a,70,F,,HEART", "statement 'HEART' is not of the vocabulary"),
    ],
)
def test_a_cell_that_cannot_be_meant_is_refused(tmp_path: Path, cells: str, message: str) -> None:
    (tmp_path / "cases.csv").write_text(f"file,age,sex,date,statements\n{cells}\n")

    with pytest.raises(DataSetError, match=message):
        folder.cases(tmp_path)


def test_an_unreadable_file_is_counted_and_the_rest_goes_on(tmp_path: Path) -> None:
    write_ecg(tmp_path / "b")
    (tmp_path / "a.dcm").write_bytes(b"no ECG at all")

    cases = folder.cases(tmp_path)

    assert [case.case_id.partition("#")[0] for case in cases] == ["folder/b.hea"]
    assert list(cases.skipped) == ["a.dcm"]


def test_files_that_fail_alike_have_one_reason(tmp_path: Path) -> None:
    for name in ("a.dcm", "b.dcm"):
        (tmp_path / name).write_bytes(b"no ECG at all")

    cases = folder.cases(tmp_path)

    assert list(cases) == []
    assert len(set(cases.skipped.values())) == 1


def test_a_header_without_its_signal_is_counted(tmp_path: Path) -> None:
    write_ecg(tmp_path / "a")
    (tmp_path / "a.dat").unlink()

    cases = folder.cases(tmp_path)

    assert list(cases) == []
    assert list(cases.skipped) == ["a.hea"]


def test_notes_and_licences_are_passed_over(tmp_path: Path) -> None:
    write_ecg(tmp_path / "a")
    (tmp_path / "LICENSE.txt").write_text("as you like")
    (tmp_path / "README").write_text("read me")
    (tmp_path / ".hidden").write_bytes(b"\x00")

    cases = folder.cases(tmp_path)

    assert len(list(cases)) == 1
    assert cases.skipped == {}


@pytest.mark.parametrize("linked", ["a.dat", "a.hea"])
def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path, linked: str) -> None:
    write_ecg(tmp_path / "outside" / "a")
    write_ecg(tmp_path / "inside" / "a")
    (tmp_path / "inside" / linked).unlink()
    (tmp_path / "inside" / linked).symlink_to(tmp_path / "outside" / linked)

    cases = folder.cases(tmp_path / "inside")

    assert list(cases) == []
    assert list(cases.skipped) == ["a.hea"]


def test_a_linked_folder_is_not_entered(tmp_path: Path) -> None:
    write_ecg(tmp_path / "outside" / "a")
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "link").symlink_to(tmp_path / "outside")

    assert list(folder.cases(tmp_path / "inside")) == []


def test_a_file_in_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.dcm").write_bytes(b"")

    with pytest.raises(DataSetError, match=r"a\.dcm is not a folder"):
        folder.cases(tmp_path / "a.dcm")


def test_ludb_is_a_folder_with_diagnoses_in_its_headers(shared: Path) -> None:
    first = next(folder.cases(shared / "ludb"))

    assert first.case_id.startswith("folder/data/1.hea#")
    assert {"SBRAD", "LVH"} <= first.codes
    assert (first.patient.age, first.patient.sex) == (51.0, "F")


def test_what_the_device_printed_is_the_report(simulated_record: EcgRecord, tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(muse(simulated_record))
    (case,) = folder.cases(tmp_path)
    assert case.report == "Sinus rhythm with short PR\nOtherwise normal ECG"
    assert case.patient == Patient(age=64, sex="F")


def test_a_record_in_segments_is_one_case(tmp_path: Path) -> None:
    write_ecg(tmp_path / "s1")
    write_ecg(tmp_path / "s2", phase=1.0)
    (tmp_path / "all.hea").write_text("all/2 2 500 10000\ns1 5000\ns2 5000\n")
    assert [case.case_id.partition("#")[0] for case in folder.cases(tmp_path)] == ["folder/all.hea"]
