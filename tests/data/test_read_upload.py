"""What may be uploaded as a whole: several files, zips, sizes, and everything that is no ECG."""

import io
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from data import UnreadableEcgError, read_ecg, read_upload
from data.readers import bundle

Files = Callable[..., dict[str, bytes]]


def _zipped(files: dict[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def _refusal(content: bytes | dict[str, bytes], name: str = "upload.bin") -> str:
    with pytest.raises(UnreadableEcgError) as refused:
        read_upload(content if isinstance(content, dict) else {name: content})
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_a_zipped_record_is_read(wfdb_files: Files, ecg_mv: np.ndarray) -> None:
    content = _zipped({f"folder/{name}": part for name, part in wfdb_files().items()} | {"__MACOSX/._rec.hea": b"clutter"})
    np.testing.assert_allclose(read_ecg(content).signal, ecg_mv, atol=0.0005)


def test_two_ecgs_at_once_are_named(wfdb_files: Files) -> None:
    assert "holds 2 ECGs (a.hea, b.hea), wanted one" in _refusal(_zipped(wfdb_files(name="a") | wfdb_files(name="b")))


def test_a_zip_in_a_zip_is_refused(wfdb_files: Files) -> None:
    assert "a zip within a zip" in _refusal(_zipped({"inner.zip": _zipped(wfdb_files())}))


@pytest.mark.parametrize("name", ["../rec.hea", "/etc/rec.hea", "a/../../rec.hea", "..\\rec.hea", "C:\\rec.hea"])
def test_a_zip_that_climbs_out_is_refused(name: str) -> None:
    assert "path outside its own folder" in _refusal(_zipped({name: b"x"}))


def test_a_zip_bomb_is_refused_by_its_declared_size() -> None:
    assert "has 150 MB, wanted at most 100 MB" in _refusal(_zipped({"a.dat": bytes(150_000_000)}))


def test_a_zip_bomb_that_lies_about_its_size_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = bytearray(_zipped({"a.dat": bytes(20_000)}))
    declared = (20_000).to_bytes(4, "little")
    for at in [i for i in range(len(content)) if content[i : i + 4] == declared]:
        content[at : at + 4] = (10).to_bytes(4, "little")
    monkeypatch.setattr(bundle, "MAX_BYTES", 5000)
    assert "zip" in _refusal(bytes(content))


def test_a_zip_of_very_many_files_is_refused() -> None:
    assert "a zip of 1,001 files" in _refusal(_zipped({f"{n}.txt": b"x" for n in range(1001)}))


def test_a_damaged_zip_is_refused(wfdb_files: Files) -> None:
    assert "a zip that cannot be unpacked" in _refusal(_zipped(wfdb_files())[:-40])


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "huge.dat"
    with path.open("wb") as file:
        file.truncate(200_000_000)  # a hole: takes no room
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("read"))

    with pytest.raises(UnreadableEcgError, match=r"^huge\.dat: has 200 MB, wanted at most 100 MB"):
        read_ecg(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"   \n", "text without"),
        (b"<?xml version='1.0'?><svg/>", "XML"),
        (b"\xff\xfe\xfa\xfb" * 50, "text without"),
        (bytes(range(256)) * 20, "binary data of an unknown kind"),
        (pickle.dumps(np.zeros((12, 5000))), "a Python pickle, which is never opened"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "a picture"),
    ],
)
def test_what_is_no_ecg_is_called_by_its_kind(content: bytes, said: str) -> None:
    message = _refusal(content, "ecg.dcm")
    assert message.startswith("ecg.dcm: ")
    assert said in message


def test_a_numpy_file_is_refused() -> None:
    out = io.BytesIO()
    np.save(out, np.zeros((12, 5000)))
    assert "a NumPy array without rate, unit and leads" in _refusal(out.getvalue())


def test_a_folder_and_a_missing_path_are_said(tmp_path: Path) -> None:
    with pytest.raises(UnreadableEcgError, match="is a folder"):
        read_ecg(tmp_path)
    with pytest.raises(UnreadableEcgError, match=r"^gone\.hea: no such file"):
        read_ecg(tmp_path / "gone.hea")


def test_a_record_beside_a_folder_of_its_name_is_read(tmp_path: Path, wfdb_files: Files) -> None:
    (tmp_path / "rec").mkdir()
    for name, content in wfdb_files().items():
        (tmp_path / name).write_bytes(content)

    assert read_ecg(tmp_path / "rec").n_samples == 5000


@pytest.mark.parametrize("path", ["", ".", "/"])
def test_a_path_without_a_name_is_a_folder(path: str) -> None:
    with pytest.raises(UnreadableEcgError, match="is a folder"):
        read_ecg(path)


@pytest.mark.parametrize("start", [-1, 9.5, float("nan")])
def test_a_start_outside_the_recording_is_refused(wfdb_files: Files, start: float) -> None:
    with pytest.raises(UnreadableEcgError, match=r"cannot begin at .* s, the recording lasts 10\.0 s"):
        read_upload(wfdb_files(), start=start)


def test_a_message_names_the_file_and_not_its_folders(tmp_path: Path) -> None:
    folder = tmp_path / "Roe_Jane_1950"
    folder.mkdir()
    (folder / "ecg.csv").write_bytes(b"nothing")

    with pytest.raises(UnreadableEcgError) as refused:
        read_ecg(folder / "ecg.csv")
    assert str(refused.value).startswith("ecg.csv: ")
    assert "Roe" not in str(refused.value)
    assert "Roe" not in _refusal({"C:\\Roe_Jane\\ecg.csv": b"nothing"})


def test_one_lead_of_three_seconds_is_taken_and_said(wfdb_files: Files, ecg_mv: np.ndarray) -> None:
    record = read_upload(wfdb_files(ecg_mv[1:2, :1500], leads=("II",)))

    assert record.signal.shape == (1, 1500)
    assert record.warnings == ("Only one lead was recorded: II.", "Only 3.0 s were recorded, less than the usual 10 s.")


def test_less_than_a_second_is_refused(wfdb_files: Files, ecg_mv: np.ndarray) -> None:
    assert "lasts 0.80 s, wanted at least 1 s" in _refusal(wfdb_files(ecg_mv[:, :400]))
