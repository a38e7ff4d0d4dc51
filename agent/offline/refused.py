"""What is none of its business: treatment, other rules than its own, other matters."""

import re

_TREATMENT = (
    r"treat\w*", r"therap\w+", r"medicat\w+", r"drugs?", r"dos(?:e|age|ing)", r"prescri\w+", r"surgery", r"operat(?:e|ion)", r"ablat\w+",
    r"anti-?coagula\w+", r"thrombolys\w+", r"cardiover\w+", r"defibrillat\w+", r"beta[- ]?blockers?", r"aspirin", r"heparin",
    r"needs? (?:an? )?(?:\w+ )?(?:pacemaker|icd|stent|bypass)", r"should (?:i|he|she|we|they|you|the patient)", r"(?:contra)?indicated",
    r"discharged?", r"go home", r"manage\w*", r"next steps?", r"prognos\w+", r"life expectancy", r"surviv\w+",
    r"will (?:i|he|she|the patient) die",
)  # fmt: skip
_RULES = (
    r"(?:ignore|forget|disregard|override|bypass|skip|repeat|reveal|print|show|tell me|what are)\b.{0,40}\b"
    r"(?:instructions?|rules?|prompts?|text above)",
    r"(?:disregard|ignore|stop|without|no more) (?:the )?(?:citations?|citing)", r"disregard", r"system prompt", r"jailbreak",
    r"developer mode", r"pretend", r"you are now", r"act as", r"role-?play", r"obey",
    r"(?:delete|erase|wipe|overwrite)", r"patient.?s (?:name|identity|address)", r"(?:name|identity|address) of (?:the|this|my) patient",
)  # fmt: skip
_OTHER = (
    r"weather", r"jokes?", r"poems?", r"songs?", r"recipes?", r"bake", r"cook", r"football", r"world cup", r"politic\w*", r"elections?",
    r"bitcoin", r"capital of", r"translate", r"in love", r"write (?:me )?(?:a|some) (?:code|script|story)",
)  # fmt: skip
_REFUSED = re.compile(r"\b(?:" + "|".join((*_TREATMENT, *_RULES, *_OTHER)) + r")\b", re.IGNORECASE)
_STEERS = re.compile(r"\b(?:ignore|disregard) the \w+(?: \w+)?[,;] (?:the )?same\b", re.IGNORECASE)


def refused(question: str) -> bool:
    """Whether a question asks for what is not given here."""
    return bool(_REFUSED.search(_STEERS.sub("same", question)))
