"""A case as the rows that Chroma keeps, and back.

A vector row's id carries what grouping and leaving out a patient need, `modality|patient|case_id`, so that a search reads no
metadata but that of the cases it returns. The patient is a digest there, as a separator may be in an identifier.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from hashlib import blake2b
from typing import Any, NamedTuple

from agent.hits import Modality
from agent.library.conditions import day_number
from agent.library.recording import pack, unpack
from data import Case, Patient
from data.findings import Finding, ReportReading

Metadata = dict[str, Any]


class RowId(NamedTuple):
    """What a vector row is of."""

    modality: Modality
    patient: str  # digest, "" where not known
    case_id: str

    def __str__(self) -> str:
        return f"{self.modality}|{self.patient}|{self.case_id}"

    @classmethod
    def parse(cls, written: str) -> "RowId":
        modality, patient, case_id = written.split("|", 2)
        return cls("ecg" if modality == "ecg" else "report", patient, case_id)


def patient_digest(patient_id: str | None) -> str:
    """A patient's identifier, short and of hexadecimal digits; "" for None."""
    return blake2b(patient_id.encode(), digest_size=8).hexdigest() if patient_id else ""


def row_id(case: Case, modality: Modality) -> str:
    """The id of a case's row of this modality."""
    return str(RowId(modality, patient_digest(case.patient.id), case.case_id))


def conditions_of(case: Case) -> Metadata:
    """What `agent.library.conditions` can ask for; unknown values are left out, as Chroma takes no None.

    The codes are those the report affirms; a case without a report has the codes its source gave it.
    """
    codes = sorted(case.codes if case.report else case.statements)
    known = {
        "sex": case.patient.sex,
        "age": float(case.patient.age) if case.patient.age is not None else None,
        "day": day_number(case.date) if case.date else None,
        "codes": codes or None,
    }
    return {"source": case.source} | {name: value for name, value in known.items() if value is not None}


def stored(case: Case) -> Metadata:
    """All of a case, its waveform included. Raises what reading the waveform raises."""
    about = {
        "report": case.report,
        "source": case.source,
        "date": case.date,
        "patient": asdict(case.patient),
        "statements": dict(case.statements),
        "reading": {"language": case.language, "english": case.english, "findings": [asdict(finding) for finding in case.findings]},
    }
    return {"case": json.dumps(about, ensure_ascii=False), "recording": pack(case.record)}


def restored(case_id: str, row: Mapping[str, Any]) -> Case:
    """The case of a stored row; its waveform is unpacked when asked for."""
    about = json.loads(row["case"])
    patient = Patient(**about["patient"])
    reading = about["reading"]
    findings = tuple(Finding(**(f | {"span": tuple(f["span"]), "leads": tuple(f["leads"])})) for f in reading["findings"])
    return Case(
        case_id=case_id,
        load=partial(unpack, row["recording"], patient),
        report=about["report"],
        source=about["source"],
        date=about["date"],
        patient=patient,
        statements=about["statements"],
        reading=ReportReading(reading["language"], reading["english"], findings),
    )
