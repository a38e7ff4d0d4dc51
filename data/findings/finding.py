"""A statement that a report makes about an ECG."""

from dataclasses import dataclass
from typing import Literal

Certainty = Literal["certain", "probable", "possible"]


@dataclass(frozen=True)
class Finding:
    """One statement of the vocabulary as a report makes it: "no ST elevation" is not ST elevation."""

    code: str  # of `data.findings.STATEMENTS`: an SCP-ECG statement such as "AFIB", or a further finding such as "LAD"
    negated: bool = False
    certainty: Certainty = "certain"
    span: tuple[int, int] = (0, 0)  # characters in the report, [start, stop)
    leads: tuple[str, ...] = ()  # leads the report names for it
    age: str = ""  # of an infarction: "OLD", "RECENT", "ACUTE", "UNDATED"; "" where the report does not say


@dataclass(frozen=True)
class ReportReading:
    """What was understood of a report."""

    language: str  # "en", "de", "sv", or "" where it cannot be told
    english: str
    findings: tuple[Finding, ...]
