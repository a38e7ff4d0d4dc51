"""What a question asks for, read without a language model."""

import re
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from data.findings import VOCABULARY
from data.findings.extract import extract

Intent = Literal[
    "restrict", "search_text", "open", "compare", "measure", "summarise", "count", "tally", "explain", "define", "refuse", "help"
]

_FLAGS = re.IGNORECASE
_NUMBERED = re.compile(
    r"\bcases?\s*(?:no\.?\s*|number\s*|#)?(\d+)((?:\s*(?:,|and|&|with|to|vs\.?|versus|or)\s*(?:and\s+)?(?:case\s*)?(?:#\s*)?\d+\b)*)",
    _FLAGS,
)
_BARE = re.compile(r"(?:\[|#|\bno\.?\s|\bnumber\s)(\d+)\b", _FLAGS)
_ORDINAL = re.compile(r"\b(first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last)\b(?!\s*-?\s*degree)", _FLAGS)
_TOP = re.compile(r"\b(?:the )?(?:closest|nearest|most similar|best|top)\s+(?:case|match|one|hit)\b(?!s)", _FLAGS)
_THIS = re.compile(
    r"\b(?:my|this|our|the (?:new|uploaded)|query)\s+(?:ecg|ekg|tracing|recording|patient|record)\b|\bmine\b|\bmy (?=(?:qrs|pr|qt|heart|rate|axis))",
    _FLAGS,
)
_IT = re.compile(r"\b(?:its?|that (?:one|case)|this (?:one|case))\b", _FLAGS)
_FIELDS = (
    ("heart_rate_bpm", r"\b(?:heart[- ]?rate|rate|bpm|pulse|how fast)\b"),
    ("pr_ms", r"\bpr\b(?!\w)|\bpq\b"),
    ("qrs_ms", r"\bqrs\b(?!\s+axis)"),
    ("qtc_ms", r"\bqtc\w?\b|corrected qt"),
    ("qt_ms", r"\bqt\b"),
    ("axis_deg", r"\baxis\b"),
)
_MEASURE = re.compile(r"\b(?:measure\w*|intervals?|duration|how (?:long|wide|fast))\b", _FLAGS)
_AGE = re.compile(
    r"\b(?:(?P<gt>over|older than|above|more than)|(?P<gte>at least|from|not under|not younger than)|(?P<lt>under|younger than|below|less than)|(?P<lte>at most|up to|not over|not older than))"
    r"\s+(?:the age of\s+|age\s+)?(?P<age>\d{1,3})(?!\s*(?:ms|bpm|/min|milliseconds|beats))\b",
    _FLAGS,
)
_OR_OLDER = re.compile(r"\b(\d{1,3})(?:\s*years?)?\s*(?:(?:and|or)\s+(older|over|above|younger|under|below)|\+)", _FLAGS)
_BETWEEN = re.compile(r"\b(?:between|aged?)\s+(\d{1,3})\s*(?:and|to|-|\u2013)\s*(\d{1,3})\b", _FLAGS)
_WOMEN = re.compile(r"\b(?:wom[ae]n|females?|lad(?:y|ies)|girls?)\b", _FLAGS)
_MEN = re.compile(r"\b(?:m[ae]n|males?|gentlem[ae]n|boys?)\b", _FLAGS)
_ABSENT = re.compile(r"\b(?:not|without|lack\w*|no|free of|except|neither|never|exclud\w+)\b|n['’]t\b", _FLAGS)
_RESTRICT = re.compile(r"\b(?:only|show|find|search|look for|limit|restrict|filter|just|narrow|exclude|keep|give me|list)\b", _FLAGS)
_RESET = re.compile(
    r"\b(?:all (?:the )?cases(?: again)?|start over|reset|clear|remove (?:the |all )?(?:conditions?|filters?)|no (?:conditions?|filters?)|everyone|any age)\b",
    _FLAGS,
)
_COUNT = re.compile(
    r"\b(?:how many|which (?:of|case|one)|which do|who|number of|count|any of|do any|does any|are there|is there|what share|percentage)\b",
    _FLAGS,
)
_FOLLOW = re.compile(r"^\s*(?:and|also|what about|how about|same for|or|now)\b", _FLAGS)
_REFUSED = re.compile(
    r"\b(?:treat\w*|therap\w+|medicat\w+|drugs?|dos(?:e|age|ing)|prescri\w+|should (?:i|he|she|we|the patient) (?:take|give|get|have|stop|start)|surgery|ablat\w+|anticoagula\w+|"
    r"prognos\w+|life expectancy|will (?:i|he|she) die|ignore (?:all|any|the|your|my|previous|prior)\b.{0,30}\b(?:instruction|rule|prompt)s?|disregard|system prompt|"
    r"jailbreak|pretend|weather|jokes?|poem|recipe|football|politic\w*|stock|bitcoin|write (?:me )?(?:a|some) (?:code|script|poem|story)|capital of|translate)\b",
    _FLAGS,
)
_INTENTS: tuple[tuple[Intent, str], ...] = (
    ("explain", r"\bwhy\b|\bhow (?:was|did) .*\b(?:found|retrieved|match\w*)\b|\bexplain\b.*\bcase\b"),
    ("compare", r"\bcompar\w+|\bdiffer\w*|\bversus\b|\bvs\b|\bin common\b.*\bcase|\bside by side\b"),
    ("summarise", r"\bsummar\w+|\boverview\b|\bdraft\b|\bconclu\w+|\bsum up\b|\btl;?dr\b"),
    (
        "tally",
        r"\b(?:contradict|dissent|disagree|speaks? against|most (?:common|frequent)|what findings|which findings|findings are|in common|agree on|which rhythm|what rhythm|what diagnos\w+|which diagnos\w+|what do (?:they|these|the cases)|what did (?:they|the reports))\b",
    ),
)
_OPEN = re.compile(
    r"\b(?:open|read|details?|tell me (?:more )?about|what does|what did|display|view|full report|report of|show(?: me)?(?: the)?(?: report of)? case)\b",
    _FLAGS,
)
_DEFINE = re.compile(r"\b(?:what(?:'s| is| are)|define|definition|meaning|mean|means|stand for|explain)\b", _FLAGS)
_GROUPS = (
    (r"\b(?:bundle[- ]branch blocks?|bbb)\b", ("CLBBB", "CRBBB", "ILBBB", "IRBBB")),
    (r"\b(?:myocardial infarct\w*|infarct\w*|heart attacks?|mi)\b", "MI"),
    (r"\b(?:hypertroph\w+)\b", "HYP"),
    (r"\b(?:conduction (?:disturbance|disorder|disease|abnormalit)\w*)\b", "CD"),
    (r"\b(?:st[-/ ]?t? ?(?:changes?|abnormalit\w+)|repolari[sz]ation)\b", "STTC"),
    (r"\bav[- ]?blocks?\b", ("1AVB", "2AVB", "3AVB")),
)


@dataclass(frozen=True)
class Request:
    """A question, understood. `cases` are references as `Casebook.resolve` reads them; empty means the current selection."""

    intent: Intent
    cases: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    any_code: bool = False  # one of the codes is enough, as for "infarction" or "AF or flutter"
    absent: bool = False
    conditions: dict[str, Any] = field(default_factory=dict)
    reset: bool = False
    fields: tuple[str, ...] = ()
    category: str = ""  # "rhythm", "form", "diagnostic": what a tally is limited to
    text: str = ""


def understand(question: str, before: tuple[str, ...] = ()) -> Request:
    """Read a question; `before` are the earlier questions of the conversation, oldest first, for "and the second one?"."""
    request = _read(question)
    if request.intent == "refuse":
        return request
    follows = bool(_FOLLOW.search(question)) or (request.intent in ("help", "open") and not _OPEN.search(question))
    if before and follows:
        request = _continued(request, understand(before[-1], before[:-1]))
    if request.intent == "help" and _IT.search(question) and _OPEN.search(question):
        request = replace(request, intent="open")
    if (
        not request.cases
        and _IT.search(question)
        and request.intent in ("open", "measure", "explain", "compare")
        and (focus := _focus(before))
    ):
        request = replace(request, cases=(focus,))
    return request


def _continued(request: Request, last: Request) -> Request:
    """A follow-up takes over what it does not say itself."""
    if request.conditions or request.reset:
        return request
    if request.intent == "help" and not (request.cases or request.codes or request.fields):
        return request
    if request.intent in ("help", "open", "count", "measure", "define") and last.intent not in ("help", "refuse"):
        return replace(
            last,
            cases=request.cases or last.cases,
            codes=request.codes or last.codes,
            absent=request.absent if request.codes else last.absent,
            fields=request.fields or last.fields,
            intent="measure" if request.fields else last.intent,
            text=request.text,
        )
    return request


def _focus(before: tuple[str, ...]) -> str | None:
    """The case last spoken of."""
    return next((named[-1] for question in reversed(before) if (named := [ref for ref in _references(question) if ref != "this"])), None)


def _read(question: str) -> Request:
    text = " ".join(question.split())
    if _REFUSED.search(text):
        return Request("refuse", text=text)
    cases, codes, conditions = _references(text), _codes(text), _conditions(text)
    fields = tuple(
        name
        for name, pattern in _FIELDS
        if re.search(pattern, text, _FLAGS) and not (name == "qt_ms" and re.search(r"long qt", text, _FLAGS))
    )
    absent = bool(_ABSENT.search(text))
    category = next(
        (
            c
            for c, p in (("rhythm", r"\brhythms?\b"), ("diagnostic", r"\bdiagnos"), ("form", r"\bform\b|\bmorpholog"))
            if re.search(p, text, _FLAGS)
        ),
        "",
    )
    any_code = len(codes) > 1 and (not extract(text) or bool(re.search(r"\bor\b", text, _FLAGS)))
    made = Request("help", cases, codes, any_code, absent, conditions, bool(_RESET.search(text)), fields, category, text)
    return replace(made, intent=_intent(text, made))


def _intent(text: str, r: Request) -> Intent:
    for intent, pattern in _INTENTS:
        if re.search(pattern, text, _FLAGS) and not (intent == "explain" and not r.cases and r.codes):
            return intent
    numbered = any(ref != "this" for ref in r.cases)
    counts = bool(_COUNT.search(text))
    if (r.fields or _MEASURE.search(text)) and not r.conditions and not (r.codes and counts):
        return "measure"
    if counts and (r.codes or r.conditions):
        return "count"
    if r.reset or (r.conditions and not numbered):
        return "restrict"
    if r.codes and not numbered and _DEFINE.search(text) and not r.absent and "case" not in text.lower():
        return "define"
    if r.codes and not numbered and re.search(r"\b(?:find|search|look for)\b.*\b(?:ecgs?|reports?|cases?|patients?)\b", text, _FLAGS):
        return "search_text"
    if r.codes and not numbered and (_RESTRICT.search(text) or re.match(r"\s*(?:with|without|no)\b", text, _FLAGS)):
        return "restrict"
    if r.codes:
        return "count"
    if numbered and (_OPEN.search(text) or not r.fields):
        return "open"
    if re.search(r"\b(?:findings|report\w*|cases? (?:show|say))\b", text, _FLAGS) or r.category:
        return "tally"
    if re.search(r"\b(?:find|search|look for|similar)\b", text, _FLAGS):
        return "search_text" if re.search(r"\b(?:with|about|for|mention\w*|report\w*)\b", text, _FLAGS) else "restrict"
    return "help"


def _references(text: str) -> tuple[str, ...]:
    found = [(match.start(), n) for match in _NUMBERED.finditer(text) for n in re.findall(r"\d+", match.group(1) + match.group(2))]
    found += [(match.start(), match.group(1)) for match in _BARE.finditer(text)]
    found += [(match.start(), match.group(1).lower()) for match in _ORDINAL.finditer(text)]
    found += [(match.start(), "first") for match in _TOP.finditer(text)]
    found += [(match.start(), "this") for match in _THIS.finditer(text)]
    return tuple(dict.fromkeys(ref for _, ref in sorted(found, key=lambda pair: pair[0])))


def _codes(text: str) -> tuple[str, ...]:
    """Statements of the vocabulary that the question names, or all of a group it names."""
    found = [finding.code for finding in extract(re.sub(r"\b(?:ecg|ekg)s?\b", " ", text, flags=_FLAGS)) if finding.code in VOCABULARY]
    if not found:
        for pattern, group in _GROUPS:
            if re.search(pattern, text, _FLAGS):
                found += group if isinstance(group, tuple) else [code for code, s in VOCABULARY.items() if s.superclass == group]
    return tuple(dict.fromkeys(found))


def _conditions(text: str) -> dict[str, Any]:
    conditions: dict[str, Any] = {}
    women, men = _WOMEN.search(text), _MEN.search(text)
    if bool(women) != bool(men):
        conditions["sex"] = "F" if women else "M"
    age: dict[str, float] = {}
    for match in _BETWEEN.finditer(text):
        age |= {"$gte": float(match.group(1)), "$lte": float(match.group(2))}
    for match in _AGE.finditer(text):
        operator = next(name for name in ("gt", "gte", "lt", "lte") if match.group(name))
        if operator != "gte" or match.group("gte").lower() != "from" or re.search(r"years|age", text, _FLAGS):
            age[f"${operator}"] = float(match.group("age"))
    for match in _OR_OLDER.finditer(text):
        age["$lte" if (match.group(2) or "").lower() in ("younger", "under", "below") else "$gte"] = float(match.group(1))
    return conditions | ({"age": age} if age else {})
