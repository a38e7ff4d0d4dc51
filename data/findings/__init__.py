"""What a report says: findings with negation and certainty, and its text in English."""

from data.findings.english import detect_language, english_of, language_of, to_english
from data.findings.extract import extract, findings_in, read_words
from data.findings.finding import Certainty, Finding, ReportReading
from data.findings.vocabulary import FURTHER, STATEMENTS, VOCABULARY, Statement


def read_report(text: str, *, language: str | None = None) -> ReportReading:
    """Language, English text and findings of a report.

    Parameters
    ----------
    text : as written; any text is taken
    language : "en", "de" or "sv" where it is known
    """
    read = read_words(text)
    language = language or language_of(read)
    return ReportReading(language=language, english=english_of(text, read, language), findings=tuple(findings_in(text, read)))


__all__ = [
    "FURTHER",
    "STATEMENTS",
    "VOCABULARY",
    "Certainty",
    "Finding",
    "ReportReading",
    "Statement",
    "detect_language",
    "extract",
    "read_report",
    "to_english",
]
