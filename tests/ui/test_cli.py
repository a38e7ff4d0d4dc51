"""The command line: what it prints, and how it refuses."""

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

import encoders
from agent import CaseLibrary
from data import EcgRecord, read_ecg, simulated
from encoders.settings import Training
from tests.agent.stand_in import StandInEncoder
from ui.cli import app

Write = Callable[..., Path]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(autouse=True)
def stand_in_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoders, "load_encoder", lambda path=None: StandInEncoder())


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "library"
    CaseLibrary.create(folder, encoder=StandInEncoder()).add(simulated.cases(40, seed=3))
    return folder


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes an ECG as CSV in mV."""

    def csv(record: EcgRecord, name: str = "ecg.csv") -> Path:
        rows = "\n".join(",".join(f"{value:.4f}" if np.isfinite(value) else "" for value in row) for row in record.signal.T)
        path = tmp_path / name
        path.write_text(f"# fs: {record.fs:g}\n# unit: mV\n{','.join(record.leads)}\n{rows}\n")
        return path

    return csv


@pytest.fixture
def ecg(write: Write) -> Path:
    return write(simulated.simulate("atrial fibrillation", seed=77).record)


@pytest.fixture
def wfdb_record(tmp_path: Path) -> Path:
    """A two-lead record of format 16, its header's path."""
    (tmp_path / "rec.hea").write_text("rec 2 500 5000\nrec.dat 16 200 16 0 0 0 0 I\nrec.dat 16 200 16 0 0 0 0 II\n")
    (tmp_path / "rec.dat").write_bytes(np.zeros(10000, "<i2").tobytes())
    return tmp_path / "rec.hea"


def test_help_names_every_command() -> None:
    result = run("--help")

    assert result.exit_code == 0
    assert all(command in result.stdout for command in ("demo", "chat", "download", "index", "query", "train", "evaluate", "bench"))


@pytest.mark.parametrize("arguments", [(), ("nonsense",), ("query",), ("index", "demo"), ("query", "a", "--library", "b", "--k", "0")])
def test_wrong_usage_is_one_line_and_code_2(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)

    assert result.exit_code == 2
    assert result.stderr.startswith("ecg-cases: ")
    assert result.stderr.count("\n") == 1


def test_index_says_what_became_of_the_cases(tmp_path: Path) -> None:
    assert run("index", "simulated:12", "--library", tmp_path / "new").stdout.startswith("12 added, 0 already there, 0 skipped; 12 cases")


def test_index_again_adds_nothing(tmp_path: Path) -> None:
    run("index", "simulated:12", "--library", tmp_path / "new")

    assert run("index", "simulated:12", "--library", tmp_path / "new").stdout.startswith("0 added, 12 already there")


def test_a_folder_of_ecgs_is_a_source(tmp_path: Path, ecg: Path) -> None:
    folder = tmp_path / "ecgs"
    folder.mkdir()
    shutil.copy(ecg, folder)

    assert run("index", folder, "--library", tmp_path / "new").stdout.startswith("1 added")


def test_ptbxl_is_known_by_its_table_and_counts_what_has_no_waveform(tmp_path: Path, ptbxl_root: Path) -> None:
    result = run("index", ptbxl_root, "--library", tmp_path / "new", "--folds", "9", "--rate", "500")

    assert "added, 0 already there" in result.stdout
    assert "no waveform at 500 Hz" in result.stdout


@pytest.mark.parametrize("source", ["nowhere", "simulated:", "simulated:x"])
def test_an_unknown_source_is_refused(source: str, tmp_path: Path) -> None:
    result = run("index", source, "--library", tmp_path / "new")

    assert result.exit_code == 2
    assert "wanted demo, simulated:N, the folder of PTB-XL, or a folder of ECGs" in result.stderr


@pytest.mark.parametrize("folds", ["one", "8-1", "0", "1-11", "1-999999999"])
def test_folds_are_checked(folds: str, tmp_path: Path, ptbxl_root: Path) -> None:
    result = run("index", ptbxl_root, "--library", tmp_path / "new", "--folds", folds)

    assert result.exit_code == 2
    assert f"folds are '{folds}', wanted" in result.stderr


def test_a_disk_that_refuses_is_one_line_without_a_path(tmp_path: Path, ecg: Path, library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(tmp_path / "secret" / "files.lock"))

    monkeypatch.setattr(CaseLibrary, "open", refuse)

    result = run("query", ecg, "--library", library)

    assert result.exit_code == 2
    assert result.stderr == "ecg-cases: files.lock cannot be used (Permission denied): check that it is there and that you may use it\n"


def test_a_port_that_cannot_be_is_refused(library: Path) -> None:
    assert run("chat", "--library", library, "--port", "70000").exit_code == 2


def test_query_prints_measurements_cases_and_a_cited_draft(ecg: Path, library: Path) -> None:
    result = run("query", ecg, "--library", library)

    assert result.exit_code == 0, result.stderr
    assert "HR " in result.stdout
    assert "\n  [10] " in result.stdout
    assert "not a diagnosis" in result.stdout


def test_query_as_json_is_data_for_programs(ecg: Path, library: Path) -> None:
    found = json.loads(run("query", ecg, "--library", library, "--k", "4", "--json").stdout)

    assert len(found["cases"]) == 4
    assert found["measurements"]["heart_rate_bpm"] > 0
    assert found["use"] == "research use, a draft, not a diagnosis"


def test_every_citation_of_the_draft_is_one_of_the_cases(ecg: Path, library: Path) -> None:
    found = json.loads(run("query", ecg, "--library", library, "--json").stdout)

    assert {n for sentence in found["draft"]["sentences"] for n in sentence["citations"]} <= {case["number"] for case in found["cases"]}


def test_conditions_hold_for_every_case(ecg: Path, library: Path) -> None:
    found = json.loads(run("query", ecg, "--library", library, "--sex", "F", "--min-age", "50", "--without", "AFIB", "--json").stdout)

    assert all(case["sex"] == "F" and case["age"] >= 50 for case in found["cases"])
    assert all(finding["code"] != "AFIB" or finding["negated"] for case in found["cases"] for finding in case["findings"])


def test_one_lead_is_accepted_and_said(write: Write, library: Path) -> None:
    record = simulated.simulate("normal", seed=5).record
    result = run("query", write(record.changed(leads=("II",), signal=record.signal[1:2])), "--library", library)

    assert result.exit_code == 0, result.stderr
    assert "Only one lead was recorded: II." in result.stdout


def test_three_seconds_are_accepted_and_said(write: Write, library: Path) -> None:
    result = run("query", write(simulated.simulate("normal", seed=5).record.seconds(0, 3)), "--library", library)

    assert result.exit_code == 0, result.stderr
    assert "only 3.0 s" in result.stdout


def test_thirty_minutes_become_ten_seconds_and_that_is_said(shared: Path, library: Path) -> None:
    result = run("query", shared / "formats" / "wfdb" / "100.hea", "--library", library)

    assert result.exit_code == 0, result.stderr
    assert "10 s" in result.stdout


def empty(folder: Path) -> Path:
    path = folder / "empty.hea"
    path.write_bytes(b"")
    return path


def text_named_dcm(folder: Path) -> Path:
    path = folder / "letter.dcm"
    path.write_text("Dear colleague, the ECG was normal.")
    return path


def header_without_signal(folder: Path) -> Path:
    (folder / "rec.dat").unlink()
    return folder / "rec.hea"


def header_that_leaves_its_folder(folder: Path) -> Path:
    path = folder / "rec.hea"
    path.write_text(path.read_text().replace("rec.dat", "../rec.dat"))
    return path


def wrong_checksum(folder: Path) -> Path:
    path = folder / "rec.hea"
    path.write_text(path.read_text().replace("0 0 I\n", "7 0 I\n"))
    return path


def nothing_but_nan(folder: Path) -> Path:
    path = folder / "nan.csv"
    path.write_text("# fs: 500\n# unit: mV\nI,II\n" + "nan,nan\n" * 5000)
    return path


def zip_bomb(folder: Path) -> Path:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.dat", bytes(150_000_000))
    path = folder / "bomb.zip"
    path.write_bytes(content.getvalue())
    return path


def a_folder(folder: Path) -> Path:
    return folder


BAD = (a_folder, empty, text_named_dcm, header_without_signal, header_that_leaves_its_folder, wrong_checksum, nothing_but_nan, zip_bomb)


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.__name__)
def test_bad_input_is_one_line_and_code_2(bad: Callable[[Path], Path], wfdb_record: Path, library: Path) -> None:
    path = bad(wfdb_record.parent)
    result = run("query", path, "--library", library)

    assert result.exit_code == 2, result.stdout
    assert result.stderr.startswith(f"ecg-cases: {path.name}")
    assert result.stderr.count("\n") == 1
    assert "wanted" in result.stderr
    assert str(path.parent) not in result.stderr


def test_the_folder_one_is_in_is_called_by_its_name(tmp_path: Path, library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ward").mkdir()
    monkeypatch.chdir(tmp_path / "ward")

    result = run("query", ".", "--library", library)

    assert result.exit_code == 2
    assert result.stderr == (
        "ecg-cases: ward: is a folder, wanted one ECG file: "
        "name a file in it, or add the whole folder to a library with `ecg-cases index`\n"
    )


@pytest.mark.parametrize("folder", ["missing", "."])
def test_what_is_no_library_is_refused(folder: str, tmp_path: Path, ecg: Path) -> None:
    result = run("query", ecg, "--library", tmp_path / folder)

    assert result.exit_code == 2
    assert "`ecg-cases index SOURCE --library DIR`" in result.stderr


def test_a_library_of_another_encoder_is_refused_by_both_names(ecg: Path, library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoders, "load_encoder", lambda path=None: StandInEncoder(id="another"))

    result = run("query", ecg, "--library", library)

    assert result.exit_code == 2
    assert "stand-in" in result.stderr
    assert "another" in result.stderr


def test_the_chat_is_not_served_without_a_library(tmp_path: Path) -> None:
    result = run("chat", "--library", tmp_path / "missing")

    assert result.exit_code == 2
    assert "missing is not there" in result.stderr


def test_an_unknown_language_model_is_refused(ecg: Path, library: Path) -> None:
    result = run("query", ecg, "--library", library, "--llm", "gpt")

    assert result.exit_code == 2
    assert "wanted" in result.stderr


def test_only_ptbxl_can_be_downloaded(tmp_path: Path) -> None:
    assert run("download", "mimic", tmp_path).exit_code == 2


def test_training_needs_the_data_set(tmp_path: Path) -> None:
    result = run("train", tmp_path, "--out", tmp_path / "out", "--epochs", "1")

    assert result.exit_code == 2
    assert "ptbxl_database.csv" in result.stderr


def test_training_is_told_its_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told: list[Training] = []
    monkeypatch.setattr("encoders.train.train", lambda root, out, how, **files: told.append(how) or out)

    run("train", tmp_path, "--out", tmp_path / "out", "--masked-epochs", "24", "--changes", "mixup,no teacher", "--epochs", "20")

    (how,) = told
    assert (how.masked_epochs, how.augmentation.p_mixed, how.weights.teacher, how.epochs) == (24, 0.5, 0.0, 20)


def test_inspect_shows_what_was_understood(ecg: Path) -> None:
    shown = json.loads(run("inspect", ecg, "--json").stdout)
    assert (shown["format"], shown["rate in Hz"], len(shown["leads"])) == ("CSV", 500, 12)


def test_convert_keeps_the_samples(ecg: Path, tmp_path: Path) -> None:
    run("convert", ecg, "--to", "wfdb", "--out", tmp_path / "kept")
    np.testing.assert_allclose(read_ecg(tmp_path / "kept" / "ecg.hea").signal, read_ecg(ecg).signal, atol=0.0002)


def test_convert_overwrites_nothing(ecg: Path) -> None:
    refused = run("convert", ecg, "--to", "csv", "--out", ecg.parent)
    assert refused.exit_code == 2
