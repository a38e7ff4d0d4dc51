"""What tells who a patient is or where a file lies: taken out of every text before a language model or a quotation gets it."""

import re

REMOVED = "[removed]"
_LABELLED = re.compile(
    r"\b(?:(?:patient(?:'?s)?|pat\.?|family|last|first|given|sur|vor|nach|för|efter)[\s-]?name|name|namn|mrn|"
    r"patient[\s-]?(?:id|no|number|nr)\.?|"
    r"(?:case|record|accession|insurance)[\s-]?(?:id|number|nr)\.?|personnummer|ssn|dob|"
    r"date of birth|geb(?:oren|\.)?(?: am)?|geburtsdatum|född)"
    r"\s*[:=#]\s*(?:\d[\d./-]*|[^\s,;.]+(?:,?[ ](?-i:[A-ZÄÖÅ])[\w'-]+)*)",
    re.I,
)
_TITLED = re.compile(r"\b(?:Mr|Mrs|Ms|Herrn?|Frau|Fru)\.?[ ](?:Dr\.?[ ])?[A-ZÄÖÅ][\w'-]+(?:[ ][A-ZÄÖÅ][\w'-]+)?")
_PATH = re.compile(
    r"\b[A-Za-z]:\\\S+|(?<![\w.])(?:~|\.{1,2})?(?:/[\w.@-]+){2,}/?|\\\\[\w.-]+\\\S+|"
    r"\b[\w-]+\.(?:hea|dat|dcm|xml|csv|mat|pdf|png|jpe?g)\b",
    re.I,
)
_MAIL = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")
_NUMBER = re.compile(r"\b\d{6,8}-\d{4}\b|\b\d{7,}\b")


def without_identity(text: str) -> str:
    """The text with names behind labels or titles, identifiers, dates of birth, addresses of mail and paths of files taken out.

    >>> without_identity("Name: Doe, Jane. Sinus rhythm, see /data/doe/ecg.hea")
    '[removed]. Sinus rhythm, see [removed]'
    """
    for pattern in (_LABELLED, _TITLED, _MAIL, _PATH, _NUMBER):
        text = pattern.sub(REMOVED, text)
    return text
