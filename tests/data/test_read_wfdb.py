"""WFDB records: real ones against wfdb-python's own physical values, written ones against the bytes that the test wrote."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import wfdb

from data import EcgRecord, UnreadableEcgError, read_ecg, read_upload
from data.leads import standard_lead_name

Files = Callable[..., dict[str, bytes]]


def _assert_equals_wfdb(record: EcgRecord, path: Path, n_leads: int) -> None:
    """Every lead equals the first samples of wfdb's physical signal to half a quantisation step."""
    reference = wfdb.rdrecord(str(path))
    names = [standard_lead_name(name) or name.upper() for name in reference.sig_name]
    assert len(record.leads) == n_leads
    for lead in record.leads:
        column = names.index("MLII" if lead == "II" and "MLII" in names else lead)
        expected = reference.p_signal[: record.n_samples, column]
        np.testing.assert_allclose(record[lead], expected, atol=0.5 / reference.adc_gain[column])


@pytest.mark.parametrize("path", ["records100/00000/00001_lr", "records500/00000/00022_hr"])
def test_a_ptbxl_record_has_the_values_of_wfdb(ptbxl_root: Path, path: str) -> None:
    if not (ptbxl_root / f"{path}.hea").is_file():
        pytest.skip("this record is not here")
    _assert_equals_wfdb(read_ecg(ptbxl_root / f"{path}.hea"), ptbxl_root / path, 12)


@pytest.mark.parametrize(("name", "n_leads"), [("s0010_re", 15), ("100", 2), ("a103l", 2)])
def test_a_record_of_physionet_has_the_values_of_wfdb(shared: Path, name: str, n_leads: int) -> None:
    _assert_equals_wfdb(read_ecg(shared / "formats/wfdb" / f"{name}.hea"), shared / "formats/wfdb" / name, n_leads)


def test_ptb_keeps_the_frank_leads_behind_the_twelve_and_says_so(shared: Path) -> None:
    record = read_ecg(shared / "formats/wfdb/s0010_re.hea")

    assert record.leads[12:] == ("VX", "VY", "VZ")
    assert "Not one of the standard twelve leads, kept under its own name: VX, VY, VZ." in record.warnings
    assert (record.patient.age, record.patient.sex) == (81, "F")


def test_thirty_minutes_become_the_first_ten_seconds_and_that_is_said(shared: Path) -> None:
    record = read_ecg(shared / "formats/wfdb/100.hea")

    assert record.duration == 10
    assert any("lasts 30 min 6 s; only the 10 s from 0 s on" in warning for warning in record.warnings)
    assert any("MLII is a modified lead II" in warning for warning in record.warnings)
    assert (record.patient.age, record.patient.sex) == (69, "M")


def test_another_ten_seconds_of_a_long_recording_can_be_asked_for(shared: Path) -> None:
    reference = wfdb.rdrecord(str(shared / "formats/wfdb/100"), sampfrom=600 * 360, sampto=610 * 360)
    record = read_ecg(shared / "formats/wfdb/100.hea", start=600)
    np.testing.assert_allclose(record["II"], reference.p_signal[:, 0], atol=0.5 / 200)


def test_a_pulse_wave_is_left_out_by_name(shared: Path) -> None:
    record = read_ecg(shared / "formats/wfdb/a103l.hea")

    assert record.leads == ("II", "V")
    assert "Left out, not an ECG lead in a unit of voltage: PLETH." in record.warnings


def test_leads_scaled_one_by_one_are_read_in_microvolts(shared: Path) -> None:
    digital = wfdb.rdrecord(str(shared / "ludb/data/1"), physical=False)
    record = read_ecg(shared / "ludb/data/1.hea")

    np.testing.assert_allclose(record.signal, digital.d_signal.T / 1000, atol=0.0005)
    assert any("read as microvolts" in warning for warning in record.warnings)
    assert (record.patient.age, record.patient.sex) == (51, "F")


@pytest.mark.parametrize("fmt", ["16", "24", "32", "80", "212", "508", "516", "524"])
def test_every_format_that_wfdb_writes_has_the_values_of_wfdb(tmp_path: Path, ecg_mv: np.ndarray, fmt: str) -> None:
    wfdb.wrsamp(
        "r", fs=500, units=["mV"] * 3, sig_name=["I", "II", "V2"], p_signal=ecg_mv[[0, 1, 7]].T, fmt=[fmt] * 3, write_dir=str(tmp_path)
    )
    _assert_equals_wfdb(read_ecg(tmp_path / "r.hea"), tmp_path / "r", 3)


def test_several_samples_a_frame_raise_the_rate(wfdb_files: Files, ecg_mv: np.ndarray) -> None:
    files = wfdb_files(ecg_mv[1:2], leads=("II",))
    header = files["rec.hea"].replace(b"rec 1 500 5000", b"rec 1 125 1250").replace(b"rec.dat 16 ", b"rec.dat 16x4 ")
    record = read_upload(files | {"rec.hea": header})

    assert record.fs == 500
    np.testing.assert_allclose(record["II"], ecg_mv[1], atol=0.0005)


def test_a_skewed_signal_is_put_in_time(wfdb_files: Files, ecg_mv: np.ndarray) -> None:
    files = wfdb_files(ecg_mv[1:2], leads=("II",))
    record = read_upload(files | {"rec.hea": files["rec.hea"].replace(b"rec.dat 16 ", b"rec.dat 16:25 ")})

    np.testing.assert_allclose(record["II"][:-25], ecg_mv[1, 25:], atol=0.0005)
    assert np.isnan(record["II"][-25:]).all()


def test_a_header_that_leaves_gain_and_rate_open_is_read_by_the_formats_defaults(ecg_mv: np.ndarray) -> None:
    units = np.round(ecg_mv[1, ::2] * 200).astype("<i2")
    checksum = int(units.astype(int).sum())
    record = read_upload({"r.hea": f"r 1\nr.dat 16 0 12 0 0 {checksum} 0 II\n".encode(), "r.dat": units.tobytes()})

    np.testing.assert_allclose(record["II"], ecg_mv[1, ::2], atol=0.0025)
    assert record.fs == 250
    assert "The header states no sampling rate; 250 Hz, the default of the format, was used." in record.warnings
    assert "No gain is stated for II; 200 units a mV, the default of the format, was used." in record.warnings


def test_upload_path_and_signal_file_give_the_same_record(tmp_path: Path, wfdb_files: Files, ecg_mv: np.ndarray) -> None:
    files = wfdb_files()
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)

    for record in (read_upload(files), read_ecg(tmp_path / "rec.hea"), read_ecg(tmp_path / "rec.dat"), read_ecg(tmp_path / "rec")):
        np.testing.assert_allclose(record.signal, ecg_mv, atol=0.0005)
        assert record.warnings == ()


def test_an_invalid_sample_is_a_gap(wfdb_files: Files, ecg_mv: np.ndarray) -> None:
    signal = ecg_mv.copy()
    signal[7, 100:600] = np.nan
    record = read_upload(wfdb_files(signal))

    assert np.isnan(record["V2"][100:600]).all()
    assert not np.isnan(record["V3"]).any()
    assert "Lead V2: not recorded for 10% of the time." in record.warnings


def test_a_signal_file_may_have_dots_in_its_name(wfdb_files: Files, ecg_mv: np.ndarray) -> None:
    files = wfdb_files()
    dotted = {"rec.hea": files["rec.hea"].replace(b"rec.dat", b"rec.2024-01.dat"), "rec.2024-01.dat": files["rec.dat"]}

    np.testing.assert_allclose(read_upload(dotted).signal, ecg_mv, atol=0.0005)


@pytest.mark.parametrize("end", [b"\r\n", b"\r"])
def test_lines_end_as_any_desktop_ends_them(wfdb_files: Files, ecg_mv: np.ndarray, end: bytes) -> None:
    files = wfdb_files(comments="# Age: 64\n")
    files["rec.hea"] = files["rec.hea"].replace(b"\n", end)

    record = read_upload(files)
    np.testing.assert_allclose(record.signal, ecg_mv, atol=0.0005)
    assert record.patient.age == 64


def test_names_and_ids_stay_outside(wfdb_files: Files) -> None:
    files = wfdb_files(comments="# Name: Jane Roe\n# Patient name: Roe\n# Patient ID: 4711\n# Age: 64\n# Sex: F\n# Dx: 426783006\n")

    record = read_upload(files)
    assert record.comments == ("Age: 64", "Sex: F", "Dx: 426783006")
    assert (record.patient.id, record.patient.age, record.patient.sex) == (None, 64, "F")
    assert read_upload(files, keep_id=True).patient.id == "4711"


def test_microvolts_written_with_a_greek_letter_are_not_volts(wfdb_files: Files, ecg_mv: np.ndarray) -> None:
    files = wfdb_files()
    files["rec.hea"] = files["rec.hea"].replace(b"1000(0)/mV", "1(0)/µV".encode())
    np.testing.assert_allclose(read_upload(files).signal, ecg_mv, atol=0.0005)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"rec.dat 16", b"../../etc/passwd 16", "outside its folder (passwd)"),
        (b"rec.dat 16", b"https://host/rec.dat 16", "outside its folder"),
        (b"rec.dat 16", b"s3://bucket/rec.dat 16", "outside its folder"),
        (b"rec.dat 16", b"other.dat 16", "without its signal file other.dat, wanted both"),
        (b"rec 12 500 5000", b"rec 12 500 1000000000000", "claims 1,000,000,000,000 samples"),
        (b"rec 12 500 5000", b"rec 12 500 6000", "cut off"),
        (b"rec 12 500 5000", b"rec 1000000 500 5000", "claims 1,000,000 signals"),
        (b"rec 12 500 5000", b"rec 13 500 5000", "claims 13 signals and describes 12"),
        (b"rec 12 500 5000", b"rec 12 0.001 5000", "sampling rate is 0.001 Hz"),
        (b"rec 12 500 5000", b"rec 12 0 5000", "sampling rate is 0 Hz"),
        (b"rec 12 500 5000", b"rec 12 -500 5000", "sampling rate is -500 Hz"),
        (b"rec 12 500 5000", b"rec/12 12 500 5000", "WFDB header with the line"),
        (b"rec.dat 16 1000", b"rec.dat 99 1000", "format 99"),
        (b"/mV", b"/mmHg", "no standard ECG lead in a unit of voltage"),
    ],
)
def test_a_header_that_lies_is_refused_in_words(wfdb_files: Files, old: bytes, new: bytes, said: str) -> None:
    files = wfdb_files()
    files["rec.hea"] = files["rec.hea"].replace(old, new)
    with pytest.raises(UnreadableEcgError) as refused:
        read_upload(files)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_wrong_checksum_names_the_lead(wfdb_files: Files) -> None:
    files = wfdb_files()
    flipped = bytearray(files["rec.dat"])
    flipped[2] ^= 1  # the first sample of lead II
    with pytest.raises(UnreadableEcgError, match="wrong checksum of lead II, wanted"):
        read_upload(files | {"rec.dat": bytes(flipped)})


def test_nothing_recorded_is_refused(wfdb_files: Files) -> None:
    with pytest.raises(UnreadableEcgError, match="no recorded value"):
        read_upload(wfdb_files(np.full((12, 5000), np.nan)))


def test_a_header_alone_asks_for_its_signal_file(tmp_path: Path, wfdb_files: Files) -> None:
    (tmp_path / "rec.hea").write_bytes(wfdb_files()["rec.hea"])
    with pytest.raises(UnreadableEcgError, match=r"^rec\.hea: header without its signal file rec\.dat, wanted both: send both together$"):
        read_ecg(tmp_path / "rec.hea")


def test_no_network_is_ever_tried(monkeypatch: pytest.MonkeyPatch, wfdb_files: Files) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a reader opened a socket")

    monkeypatch.setattr("socket.socket.connect", refuse)
    read_upload(wfdb_files())


def _packed(fmt: str, units: np.ndarray) -> bytes:
    """(n_samples, n_signals) in a format that wfdb reads and does not write, by the layout of PhysioNet's signal(5)."""
    flat = units.reshape(-1)
    if fmt == "61":
        return flat.astype(">i2").tobytes()
    if fmt == "160":
        return (flat + 32768).astype("<u2").tobytes()
    flat = np.concatenate([flat, np.zeros(-len(flat) % 3, int)]).reshape(-1, 3) & 1023
    if fmt == "310":  # the third sample in the spare high bits of the two before
        first, second = flat[:, 0] << 1 | (flat[:, 2] & 31) << 11, flat[:, 1] << 1 | flat[:, 2] >> 5 << 11
        return np.stack([first, second], axis=1).astype("<u2").tobytes()
    return (flat[:, 0] | flat[:, 1] << 10 | flat[:, 2] << 20).astype("<u4").tobytes()  # 311


@pytest.mark.parametrize("fmt", ["61", "160", "310", "311"])
def test_the_formats_that_wfdb_only_reads_have_the_values_that_were_packed(fmt: str, ecg_mv: np.ndarray) -> None:
    units = np.round(ecg_mv[[0, 1, 7]] * 200).astype(int)  # within 10 bits
    sums = [(int(row.sum()) + 32768) % 65536 - 32768 for row in units]
    rows = zip(("I", "II", "V2"), units, sums, strict=True)
    lines = "".join(f"r.dat {fmt} 200 16 0 {row[0]} {checksum} 0 {lead}\n" for lead, row, checksum in rows)
    header = f"r 3 500 5000\n{lines}"
    record = read_upload({"r.hea": header.encode(), "r.dat": _packed(fmt, units.T)})
    np.testing.assert_allclose(record.signal, units / 200, atol=1e-6)


@pytest.fixture
def in_segments(tmp_path: Path, ecg_mv: np.ndarray) -> Path:
    """Three seconds of I, II and V1, a gap of one, four of I and II, under a header of the three."""
    for name, leads, part in (("s1", [0, 1, 6], slice(0, 1500)), ("s2", [0, 1], slice(2000, 4000))):
        names = [("I", "II", "III", "aVR", "aVL", "aVF", "V1")[lead] for lead in leads]
        wfdb.wrsamp(name, fs=500, units=["mV"] * len(leads), sig_name=names, p_signal=ecg_mv[leads, part].T, write_dir=str(tmp_path))
    (tmp_path / "all.hea").write_text("all/3 3 500 4000\ns1 1500\n~ 500\ns2 2000\n# Age: 64\n")
    return tmp_path / "all.hea"


def test_segments_are_joined_with_their_gaps(in_segments: Path, ecg_mv: np.ndarray) -> None:
    record = read_ecg(in_segments)

    assert (record.leads, record.n_samples, record.patient.age) == (("I", "II", "V1"), 4000, 64)
    np.testing.assert_allclose(record["II"][:1500], ecg_mv[1, :1500], atol=0.001)
    np.testing.assert_allclose(record["II"][2000:], ecg_mv[1, 2000:4000], atol=0.001)
    assert np.isnan(record.signal[:, 1500:2000]).all()
    assert np.isnan(record["V1"][2000:]).all()


def test_zipped_segments_are_one_ecg(in_segments: Path) -> None:
    record = read_upload({path.name: path.read_bytes() for path in in_segments.parent.iterdir()})
    np.testing.assert_array_equal(record.signal, read_ecg(in_segments).signal)


def test_segments_have_the_values_of_wfdb(in_segments: Path) -> None:
    (in_segments.parent / "two.hea").write_text("two/2 2 500 4000\ns2 2000\ns2 2000\n")
    reference = wfdb.rdrecord(str(in_segments.parent / "two"))
    np.testing.assert_allclose(read_ecg(in_segments.parent / "two.hea").signal, reference.p_signal.T, atol=1e-6)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("s2 2000", "s2 1999", "segments of 3,999 samples"),
        ("4000\ns1 1500", "4001\ns1 1501", "another rate or length"),
        ("all/3", "all/4", "describes 3 segments"),
        ("s2", "s3", "without its segment s3.hea"),
        ("s2", "../s2", "WFDB header with the line"),
        ("s2", "all", "segments itself"),
        ("3 500 4000", "3 250 4000", "another rate or length"),
    ],
)
def test_segments_that_do_not_fit_are_refused(in_segments: Path, old: str, new: str, said: str) -> None:
    in_segments.write_text(in_segments.read_text().replace(old, new))
    with pytest.raises(UnreadableEcgError, match=said):
        read_ecg(in_segments)
