"""What `ecg-cases query` found, for a person and for a program."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from data import EcgRecord
from ui.cards import MEASURED, RESEARCH_USE, person, stated, statement_name, why
from ui.measured import further_lines

if TYPE_CHECKING:
    from agent import CaseHit, Draft, Measurements


@dataclass(frozen=True)
class Found:
    """One ECG, what was measured, the closest cases, and the draft."""

    name: str
    record: EcgRecord
    measured: "Measurements"
    hits: Sequence["CaseHit"]
    draft: "Draft"

    def as_text(self) -> str:
        """For a person, in plain lines."""
        leads = f"{len(self.record.leads)} leads" if len(self.record.leads) > 1 else f"lead {self.record.leads[0]}"
        lines = [f"{self.name}: {leads}, {self.record.duration:.3g} s at {self.record.fs:g} Hz"]
        lines += [f"  note: {warning}" for warning in self.record.warnings]
        lines += ["  " + "   ".join(_measured(self.measured)), *(f"  {line}" for line in further_lines(self.measured))]
        lines += ["", "Closest cases"]
        for number, hit in enumerate(self.hits, 1):
            findings = ", ".join(stated(hit.case).values()) or "no finding read"
            lines.append(f"  [{number}] {hit.score:.2f}  {hit.case.case_id}  {person(hit.case)}  {findings}  ({why(hit)})")
        lines += ["", str(self.draft)]
        return "\n".join(lines if RESEARCH_USE in str(self.draft).lower() else [*lines, "", RESEARCH_USE])

    def as_data(self) -> dict[str, Any]:
        """For a program: plain JSON types, None where something is not known."""
        return {
            "ecg": {
                "name": self.name,
                "leads": list(self.record.leads),
                "seconds": self.record.duration,
                "fs": self.record.fs,
                "warnings": list(self.record.warnings),
            },
            "measurements": asdict(self.measured),
            "cases": [_case(number, hit) for number, hit in enumerate(self.hits, 1)],
            "draft": {
                "text": str(self.draft),
                "abstained": self.draft.abstained,
                "sentences": [
                    {"text": sentence.text, "citations": list(sentence.citations), "kind": sentence.kind}
                    for sentence in self.draft.sentences
                ],
                "withheld": [sentence.text for sentence in self.draft.withheld],
                "cases": [hit.case.case_id for hit in self.draft.cases],
            },
            "use": RESEARCH_USE,
        }


def conditions(
    *,
    sex: str | None = None,
    min_age: float | None = None,
    max_age: float | None = None,
    having: Sequence[str] | None = None,
    lacking: Sequence[str] | None = None,
    source: str | None = None,
) -> dict[str, Any] | None:
    """What the library's search calls `where`; None where nothing is asked."""
    age = {name: value for name, value in (("$gte", min_age), ("$lte", max_age)) if value is not None}
    asked = {"sex": sex, "age": age, "statement": list(having or ()), "not_statement": list(lacking or ()), "source": source}
    return {name: value for name, value in asked.items() if value} or None


def _case(number: int, hit: "CaseHit") -> dict[str, Any]:
    case = hit.case
    return {
        "number": number,
        "case_id": case.case_id,
        "score": hit.score,
        "matches": [{"modality": match.modality, "rank": match.rank, "similarity": match.similarity} for match in hit.matches],
        "source": case.source,
        "date": case.date,
        "sex": case.patient.sex,
        "age": case.patient.age,
        "report": case.report,
        "english": case.english,
        "findings": [
            {"code": finding.code, "name": statement_name(finding.code), "negated": finding.negated, "certainty": finding.certainty}
            for finding in case.findings
        ],
    }


def _measured(measured: "Measurements") -> list[str]:
    values = [(label, getattr(measured, name), unit if unit[0] in "/°" else f" {unit}") for label, name, unit in MEASURED]
    return [f"{label} {'not measurable' if value is None else f'{value:.0f}{unit}'}" for label, value, unit in values]
