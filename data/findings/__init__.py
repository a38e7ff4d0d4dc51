"""What a report says: findings with negation and certainty, and its text in English."""

from data.findings.finding import Certainty, Finding, ReportReading


def read_report(text: str, *, language: str | None = None) -> ReportReading:
    return ReportReading(language="", english=text, findings=())


__all__ = ["Certainty", "Finding", "ReportReading", "read_report"]
