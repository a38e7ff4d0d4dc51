"""Tables that the test writes by hand, and their values back."""

from datetime import datetime
from time import perf_counter

import numpy as np
import pytest

from data import UnreadableEcgError, read_ecg

STATED = "# fs: 500\n# unit: mV\n"


def _table(
    header: str, signal: np.ndarray, *, top: str = "", delimiter: str = ",", step: float | None = None, form: str = "{:.4f}"
) -> bytes:
    """One row a sample; with `step`, a first column of times."""
    rows = [delimiter.join(form.format(value) for value in row) for row in signal.T]
    if step is not None:
        rows = [f"{n * step:.6g}{delimiter}{row}" for n, row in enumerate(rows)]
    return (top + header + "\n" + "\n".join(rows) + "\n").encode()


def test_rate_and_unit_of_comment_lines(ecg_mv: np.ndarray) -> None:
    content = _table(
        "I,II,V1", ecg_mv[[0, 1, 6]] * 1000, top="# fs: 500\n# unit: uV\n# age: 63\n# sex: female\n# date: 2024-05-06T07:08:09\n"
    )
    record = read_ecg(content)

    np.testing.assert_allclose(record.signal, ecg_mv[[0, 1, 6]], atol=1e-6)
    assert (record.leads, record.fs) == (("I", "II", "V1"), 500)
    assert (record.patient.age, record.patient.sex, record.time) == (63, "F", datetime(2024, 5, 6, 7, 8, 9))
    assert record.warnings == ()


@pytest.mark.parametrize("header", ["time [s];I [mV];II [uV]", "t (s);I (mV);II (µV)", "time_s;I_mV;II_uV"])
def test_time_column_and_units_of_the_header(ecg_mv: np.ndarray, header: str) -> None:
    record = read_ecg(_table(header, ecg_mv[:2] * [[1], [1000]], delimiter=";", step=0.002))

    assert record.fs == 500
    np.testing.assert_allclose(record.signal, ecg_mv[:2], atol=1e-4)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", " "])
def test_every_delimiter(ecg_mv: np.ndarray, delimiter: str) -> None:
    content = _table(delimiter.join(("II", "V1")), ecg_mv[[1, 6]], delimiter=delimiter, top="# fs = 500 Hz\n# unit = mV\n")
    np.testing.assert_allclose(read_ecg(content).signal, ecg_mv[[1, 6]], atol=1e-4)


def test_decimal_commas(ecg_mv: np.ndarray) -> None:
    content = _table("II;V1", ecg_mv[[1, 6]], delimiter=";", top="# fs: 500\n# unit: mV\n").replace(b".", b",")
    np.testing.assert_allclose(read_ecg(content).signal, ecg_mv[[1, 6]], atol=1e-4)


@pytest.mark.parametrize("delimiter", [" ", "\t", "|"])
def test_decimal_commas_are_known_by_a_header_without_commas(ecg_mv: np.ndarray, delimiter: str) -> None:
    content = _table(delimiter.join(("II", "V1")), ecg_mv[[1, 6]], delimiter=delimiter, top=STATED).replace(b".", b",")
    np.testing.assert_allclose(read_ecg(content).signal, ecg_mv[[1, 6]], atol=1e-4)


def test_a_table_in_the_utf_16_of_spreadsheets_is_read(ecg_mv: np.ndarray) -> None:
    content = _table("II\tV1", ecg_mv[[1, 6]], delimiter="\t", top=STATED).decode().encode("utf-16")
    np.testing.assert_allclose(read_ecg(content).signal, ecg_mv[[1, 6]], atol=1e-4)


def test_cells_may_stand_in_quotation_marks(ecg_mv: np.ndarray) -> None:
    content = _table('"II","V1"', ecg_mv[[1, 6]], top=STATED, form='"{:.4f}"')
    np.testing.assert_allclose(read_ecg(content).signal, ecg_mv[[1, 6]], atol=1e-4)


def test_what_the_caller_gives_stands_in_for_what_the_table_leaves_open(ecg_mv: np.ndarray) -> None:
    record = read_ecg(_table("II,V1", np.round(ecg_mv[[1, 6]] * 1000), form="{:.0f}"), fs=500, unit="uV")
    np.testing.assert_allclose(record.signal, ecg_mv[[1, 6]], atol=0.0005)


def test_a_sample_number_is_no_lead(ecg_mv: np.ndarray) -> None:
    record = read_ecg(_table("sample,II,V1", ecg_mv[[1, 6]], step=1, top="# fs: 500\n# unit: mV\n"))
    assert record.leads == ("II", "V1")


def test_empty_cells_are_gaps(ecg_mv: np.ndarray) -> None:
    lines = _table("II,V1", ecg_mv[[1, 6]], top="# fs: 500\n# unit: mV\n").decode().splitlines()
    lines[10] = ",0.1"
    record = read_ecg("\n".join(lines).encode())

    assert np.flatnonzero(np.isnan(record["II"])).tolist() == [7]  # three lines stand above the first sample
    assert not np.isnan(record["V1"]).any()


@pytest.mark.parametrize(("factor", "unit"), [(1, "mV"), (1000, "uV")])
def test_a_unit_that_only_the_amplitude_tells_is_taken_with_a_warning(ecg_mv: np.ndarray, factor: float, unit: str) -> None:
    record = read_ecg(_table("I,II,III", ecg_mv[:3] * factor, top="# fs: 500\n"))

    np.testing.assert_allclose(record.signal, ecg_mv[:3], atol=1e-3)
    assert any(f"states no unit; its amplitude is that of an ECG in {unit}" in warning for warning in record.warnings)


def test_a_minus_before_avr_is_turned_round(ecg_mv: np.ndarray) -> None:
    record = read_ecg(_table("I,-aVR,II", np.stack([ecg_mv[0], -ecg_mv[3], ecg_mv[1]]), top="# fs: 500\n# unit: mV\n"))
    np.testing.assert_allclose(record["aVR"], ecg_mv[3], atol=1e-4)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("# unit: mV\nI,II\n" + "0.1,0.2\n" * 600, "no sampling rate"),
        ("# fs: 500\nI,II\n" + "1,2\n30,400\n" * 300, "states no unit"),
        ("# fs: 500\nI,II\n" + "0.5,1.0\n-1.0,-0.25\n" * 300, "states no unit"),  # each lead scaled to 1
        ("# fs: 500\n# unit: mmHg\nI,II\n" + "0.1,0.2\n" * 600, "in the unit 'mmHg'"),
        ("# fs: fast\n# unit: mV\nI,II\n" + "0.1,0.2\n" * 600, "states the rate 'fast'"),
        ("0.1,0.2\n" * 600, "without a header of lead names"),
        (STATED + "I,II\n" + "0.1,0.2\n" * 600 + "0.1\n", "1 cells in line 604, wanted 2"),
        (STATED + "I,II\n" + "0.1,0.2\n" * 600 + "0.1,high\n", "'high' in line 604, wanted a number"),
        (STATED + "I,II\n" + "0,1,0,2\n" * 600, "4 cells in line 4, wanted 2; these may be decimal commas"),
        (STATED + "I,II\n" + '"0,1","0,2"\n' * 600, "'0,1' in line 4, wanted a number such as 0.25"),
        (STATED + ",".join(["I"] * 1001) + "\n" + ",".join(["1"] * 1001), "1,001 columns, wanted one a lead"),
        (STATED + "I,II\n" + "0.1,inf\n" * 600, "beyond any voltage"),
        (STATED + "I,II\n" + "nan,nan\n" * 600, "no recorded value"),
        (STATED + "I,II\n" + "0.1,0.2\n" * 499, "lasts 1.00 s, wanted at least 1 s"),
        ("# fs: 250\n# unit: mV\ntime [s],I\n" + "".join(f"{n / 500},0.1\n" for n in range(600)), "contradicting sampling rates"),
        ("# unit: mV\ntime,I\n" + "".join(f"{n},0.1\n" for n in range(600)), "unit cannot be told"),
        ("# unit: mV\ntime [s],I\n" + "".join(f"{n / 500 + (n > 300)},0.1\n" for n in range(600)), "gaps or jumps"),
    ],
)
def test_a_table_that_leaves_something_open_is_refused_in_words(table: str, said: str) -> None:
    with pytest.raises(UnreadableEcgError) as refused:
        read_ecg(table.encode(), name="table.csv")
    assert said in str(refused.value)
    assert str(refused.value).startswith("table.csv: ")


@pytest.mark.parametrize("rate", [0.0, -500.0, float("nan"), 1e9])
def test_a_rate_that_no_ecg_has_is_refused_from_the_caller_too(rate: float) -> None:
    with pytest.raises(UnreadableEcgError, match="wanted 40 to 50000 Hz"):
        read_ecg(b"# unit: mV\nI,II\n" + b"0.1,0.2\n" * 600, fs=rate)


@pytest.mark.parametrize("label", ["II (" + " " * 15_000 + "x", "II" + " " * 15_000 + "x", "(" * 15_000])
def test_a_label_made_to_take_forever_does_not(label: str) -> None:
    start = perf_counter()
    with pytest.raises(UnreadableEcgError):
        read_ecg(f"{label},V1\n0.1,0.2\n0.1,0.2\n".encode())

    assert perf_counter() - start < 2


def test_text_in_another_encoding_is_read(ecg_mv: np.ndarray) -> None:
    content = "# Gerät: Müller\n".encode("latin-1") + _table("II,V1", ecg_mv[[1, 6]], top=STATED)
    assert read_ecg(content).leads == ("II", "V1")
