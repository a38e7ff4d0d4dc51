"""What a report says: findings with negation and certainty, and its text in English."""

from data.findings.english import detect_language, to_english
from data.findings.extract import extract
from data.findings.finding import Certainty, Finding, ReportReading
from data.findings.vocabulary import VOCABULARY, Statement


def read_report(text: str, *, language: str | None = None) -> ReportReading:
    """Language, English text and findings of a report.

    Parameters
    ----------
    text : as written; any text is taken
    language : "en", "de" or "sv" where it is known
    """
    language = language or detect_language(text)
    return ReportReading(language=language, english=to_english(text, language=language), findings=tuple(extract(text)))


__all__ = ["VOCABULARY", "Certainty", "Finding", "ReportReading", "Statement", "detect_language", "extract", "read_report", "to_english"]
