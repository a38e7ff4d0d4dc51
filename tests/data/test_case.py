"""A case reads its waveform and its report only when asked."""

import numpy as np

from data.case import Case, CaseStream
from data.findings import Finding, ReportReading
from data.record import EcgRecord


def record() -> EcgRecord:
    return EcgRecord(leads=("I",), signal=np.zeros((1, 500), np.float32), fs=500.0)


def test_the_waveform_is_read_once_and_only_when_asked() -> None:
    reads: list[int] = []
    case = Case("x/1", load=lambda: reads.append(1) or record())  # type: ignore[func-returns-value]

    assert reads == []
    assert case.record is case.record
    assert reads == [1]


def test_codes_are_what_the_report_affirms() -> None:
    case = Case("x/1", load=record, report="Vorhofflimmern, Linkshypertrophie möglich, kein Linksschenkelblock")

    assert case.codes == {"AFIB", "LVH"}


def test_language_and_english_come_from_the_report() -> None:
    case = Case("x/1", load=record, report="sinusrhythmus lagetyp normal")

    assert (case.language, case.english) == ("de", "sinus rhythm, normal axis")


def test_a_reading_that_is_given_is_kept() -> None:
    case = Case("x/1", load=record, report="LVH", reading=ReportReading("en", "as read before", (Finding("AFIB"),)))

    assert (case.english, case.codes) == ("as read before", {"AFIB"})


def test_a_stream_tells_what_it_skipped() -> None:
    skipped: dict[str, str] = {}
    stream = CaseStream(iter([Case("x/1", load=record)]), skipped)

    skipped["x/2"] = "no waveform"

    assert [case.case_id for case in stream] == ["x/1"]
    assert stream.skipped == {"x/2": "no waveform"}
