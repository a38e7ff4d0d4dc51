"""What a question asks for, read without a language model."""

import re
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from agent.offline.refused import refused
from agent.offline.spelling import in_english, respelled
from agent.offline.steering import ignored_kinds, same_kinds
from data.findings import STATEMENTS, VOCABULARY
from data.findings.extract import extract

_BRIEF = 5  # words; a longer question stands for itself
_LONGEST = 1000  # characters that are read
Intent = Literal[
    "restrict", "search_text", "open", "compare", "measure", "summarise", "count", "tally", "explain", "define", "refuse", "help"
]


def _words(*patterns: str) -> re.Pattern[str]:
    """Any of these as whole words, in any case."""
    return re.compile(r"\b(?:" + "|".join(patterns) + r")\b", re.IGNORECASE)


_MORE = r"(?:\s*(?:,|and|&|with|to|vs\.?|versus|or)\s*(?:and\s+)?(?:case\s*)?(?:#\s*)?\d+\b)*"
_NUMBERED = re.compile(rf"\bcases?\s*(?:no\.?\s*|number\s*|#)?(\d+)({_MORE})", re.IGNORECASE)
_BARE = re.compile(r"(?:\[|#|\bno\.?\s|\bnumber\s)(\d+)\b", re.IGNORECASE)
_ORDINAL = re.compile(r"\b(first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last)\b(?!\s*-?\s*degree)", re.IGNORECASE)
_TOP = _words(r"(?:closest|nearest|most similar|best|top) (?:case|match|one|hit)")
_THIS = _words(
    r"(?:my|this|our|the (?:new|uploaded)|query) (?:ecg|ekg|tracing|recording|patient|record)",
    r"mine",
    r"my (?=qrs|pr|qt|heart|rate|axis)\w+",
)
_IT = _words(r"its?", r"(?:that|this) (?:one|case)")
_FIELDS = {
    "heart_rate_bpm": _words(r"heart[- ]?rate", "rate", "bpm", "pulse", "how fast"),
    "pr_ms": _words("pr", "pq"),
    "qrs_ms": _words(r"qrs(?! axis)"),
    "qtc_ms": _words(r"qtc\w?", "corrected qt"),
    "qt_ms": _words(r"(?<!long )(?<!corrected )qt"),
    "axis_deg": _words(r"(?<!left )(?<!right )(?<!normal )axis(?! deviation)"),
}
_MEASURE = _words(r"measure\w*", r"intervals?", "duration", r"how (?:long|wide|fast)")
_BOUNDS = {
    "$gt": r"over|older than|above|more than",
    "$gte": r"at least|from age|not under|not younger than",
    "$lt": r"under|younger than|below|less than",
    "$lte": r"at most|up to|not over|not older than",
}
_AGES = {
    bound: re.compile(
        rf"\b(?<!not )(?:{words})\s+(?:the age of\s+|age\s+)?(\d{{1,3}})\b(?!\s*(?:ms|bpm|/min|milliseconds|beats))", re.IGNORECASE
    )
    for bound, words in _BOUNDS.items()
}
_OR_OLDER = re.compile(r"\b(\d{1,3})(?:\s*years?)?(?:\s*(?:and|or)\s+(older|over|above|younger|under|below)\b|\s?\+)", re.IGNORECASE)
_BETWEEN = re.compile(r"\b(?:between|aged?)\s+(\d{1,3})\s*(?:and|to|-|\u2013)\s*(\d{1,3})\b", re.IGNORECASE)
_WOMEN = _words(r"wom[ae]n", r"females?", r"lad(?:y|ies)", r"girls?")
_MEN = _words(r"m[ae]n", r"males?", r"gentlem[ae]n", r"boys?")
_ABSENT = _words(
    "not",
    "without",
    r"lack\w*",
    "no",
    "free of",
    "except",
    "neither",
    "never",
    r"exclud\w+",
    "leave out",
    "omit",
    "drop",
    r"(?:do|does|is|are|did)n.t",
)
_RESTRICT = _words(
    "only", "show", "find", "search", "look for", "limit", "restrict", "filter", "just", "narrow", "exclude", "keep", "give me", "list"
)
_RESET = _words(
    r"all (?:the )?cases(?: again)?",
    "start over",
    "reset",
    "clear",
    r"remove (?:the |all )?(?:conditions?|filters?)",
    r"no (?:conditions?|filters?)",
    r"back to (?:all|everything|the (?:start|beginning))",
    r"(?:show|see|list) (?:me )?(?:all|everything)(?: again)?(?=\W*$)",
    "any age",
)
_COUNT = _words(
    "how many",
    "which (?:of|case|one)",
    "which do",
    "which have",
    "who",
    "number of",
    "count",
    "any of",
    r"(?:do|does) any",
    "(?:are|is) there",
)
_FOLLOW = re.compile(r"^\s*(?:and|also|what about|how about|same for|or|now)\b", re.IGNORECASE)
_AGAINST = _words("against", r"contradict\w*", r"disagree\w*", r"dissent\w*")
_THESE = _words("cases", "they", "these", "those", "them")
_DIAGNOSE = _words(
    r"(?:do|have) i (?:have|got)", "am i", r"(?:is|does|has) (?:my|this|the) (?:ecg|ekg|tracing)", r"(?:my|the|your) diagnosis",
    r"what (?:do i have|is wrong with me)", r"diagnose",
)  # fmt: skip
_SELECTS = re.compile(r"^\W*(?:please\s+)?(?:exclude|leave out|omit|drop|only|just|restrict|limit|without)\b", re.IGNORECASE)
_INTENTS: tuple[tuple[Intent, re.Pattern[str]], ...] = (
    ("explain", _words(
        "why", r"(?:is|how) (?:\w+ )?case #?\d+ (?:so )?similar", r"how similar", r"how (?:was|did) .*(?:found|retrieved|match\w*)",
        r"explain .*case",
    )),
    ("compare", _words(r"compar\w+", r"differ\w*", "versus", "vs", r"in common .*case", "side by side")),
    ("summarise", _words(r"summar\w+", "overview", "draft", r"conclu\w+", "sum up")),
    ("tally", _words(
        "contradict", "dissent", "disagree", r"speaks? against", r"most (?:common|frequent)", "findings are", "in common",
        r"(?:what|which) (?:findings|rhythm|diagnos\w+)", "agree on", r"what do (?:they|these|the cases)", r"what did (?:they|the reports)",
    )),
)  # fmt: skip
_OPEN = _words(
    "open",
    "read",
    r"details?",
    r"tell me (?:more )?about",
    "what does",
    "what did",
    "display",
    "view",
    "full report",
    "report of",
    r"show(?: me)?(?: the)? case",
)
_DEFINE = _words(r"what(?:.s| is| are)", "define", "definition", r"mean(?:ing|s)?", "stand for", "explain")
_SEARCH = _words("find", "search", "look for", "similar")
_GROUPS: tuple[tuple[re.Pattern[str], str | tuple[str, ...]], ...] = (
    (_words(r"bundle[- ]branch blocks?", "bbb"), ("CLBBB", "CRBBB", "ILBBB", "IRBBB")),
    (_words(r"(?:myocardial )?infarct\w*", r"heart attacks?", "mi", r"n?stemi"), "MI"),
    (_words(r"hypertroph\w+"), "HYP"),
    (_words(r"conduction (?:disturbance|disorder|disease|abnormalit)\w*"), "CD"),
    (_words(r"st[-/ ]?t? ?(?:changes?|abnormalit\w+)", r"repolari[sz]ation"), "STTC"),
    (_words(r"(?:av|atrioventricular|heart)[- ]?blocks?", "avb"), ("1AVB", "2AVB", "3AVB")),
    (_words(r"hemi-?blocks?", r"(?:bi)?fascicular blocks?"), ("LAFB", "LPFB")),
    (_words(r"blocks?"), ("1AVB", "2AVB", "3AVB", "CLBBB", "CRBBB", "ILBBB", "IRBBB", "LAFB", "LPFB", "IVCD")),
    (_words(r"bradycardi\w*"), ("SBRAD",)),
    (_words(r"tachycardi\w*"), ("STACH", "SVTAC", "PSVT")),
    (_words(r"t[- ]?wave (?:changes?|abnormalit\w+)"), ("TAB_", "NT_", "INVT", "LOWT", "NDT")),
    (_words(r"normal (?:ones?|cases?|ecgs?|ekgs?)", r"(?:ecg|ekg)s? (?:is |are |look |looks )?normal"), ("NORM",)),
)
_FAMILIES = {  # in a question the statement without a place or an origin means those with one, too
    "PRC(S)": ("PRC(S)", "PVC", "PAC"),
    "ISC_": ("ISC_", "ISCAL", "ISCAN", "ISCAS", "ISCIN", "ISCIL", "ISCLA"),
}


@dataclass(frozen=True)
class Request:
    """A question, understood. `cases` are references as `Casebook.resolve` reads them; empty means the current selection."""

    intent: Intent
    cases: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    any_code: bool = False  # one of the codes is enough, as for "infarction" or "AF or flutter"
    absent: bool = False
    lacking: tuple[str, ...] = ()  # codes that must not be there, beside `codes`
    conditions: dict[str, Any] = field(default_factory=dict)
    reset: bool = False
    fields: tuple[str, ...] = ()
    same: tuple[str, ...] = ()  # kinds of findings that the cases must share with those shown
    ignore: tuple[str, ...] = ()  # kinds of findings on which conditions are dropped
    category: str = ""  # "rhythm", "form", "diagnostic": what a tally is limited to
    text: str = ""


def understand(question: str, before: tuple[str, ...] = ()) -> Request:
    """Read a question; `before` are the earlier questions of the conversation, oldest first, for "and the second one?"."""
    request = _read(question)
    if request.intent == "refuse":
        return request
    brief = len(question.split()) <= _BRIEF
    follows = bool(_FOLLOW.search(question)) or (request.intent in ("help", "open") and brief and not _OPEN.search(question))
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


def asks_for_a_diagnosis(question: str) -> bool:
    """Whether a question wants to know what the person's own ECG shows, which no past case can say."""
    return bool(_DIAGNOSE.search(in_english(question)))


def _continued(request: Request, last: Request) -> Request:
    """A follow-up takes over what it does not say itself."""
    if request.conditions or request.reset:
        return request
    if request.intent == "help" and not (request.cases or request.codes or request.fields):
        return request
    if request.cases and last.intent not in ("open", "measure", "explain", "count"):
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
    for question in reversed(before):
        if named := [reference for reference in _references(in_english(question)) if reference != "this"]:
            return named[-1]
    return None


def _read(question: str) -> Request:
    asked = " ".join(question.split())[:_LONGEST]
    text = in_english(asked)
    if refused(text):
        return Request("refuse", text=text)
    named, lacking = _named(asked)
    if not (named or _grouped(text)):
        text = respelled(text)
        named, lacking = _named(text)
    codes = tuple(dict.fromkeys(code for name in named or _grouped(text) for code in _FAMILIES.get(name, (name,))))
    request = Request(
        "help",
        cases=_references(text) or (("all",) if _THESE.search(text) else ()),
        codes=codes,
        lacking=lacking,
        any_code=len(codes) > 1 and (len(named) < 2 or bool(_words("or").search(text))),
        absent=not lacking and bool(_ABSENT.search(text) or (codes and _AGAINST.search(text))),
        conditions=_conditions(text),
        reset=bool(_RESET.search(text)),
        fields=tuple(name for name, pattern in _FIELDS.items() if pattern.search(text)),
        same=same_kinds(text),
        ignore=ignored_kinds(text),
        category=next((kind for kind, word in _CATEGORIES.items() if word.search(text)), ""),
        text=text,
    )
    return replace(request, intent=_intent(text, request))


_CATEGORIES = {"rhythm": _words(r"rhythms?"), "diagnostic": _words(r"diagnos\w+"), "form": _words("form", r"morpholog\w+")}


def _intent(text: str, r: Request) -> Intent:
    if r.codes and _AGAINST.search(text):
        return "count"
    if r.same or r.ignore:
        return "restrict"
    for intent, pattern in _INTENTS:
        if pattern.search(text) and not (intent == "explain" and r.codes and not r.cases):
            return intent
    numbered = any(reference not in ("this", "all") for reference in r.cases)
    if r.codes and not numbered and _SELECTS.match(text):
        return "restrict"
    counts = bool(_COUNT.search(text))
    if (r.fields or _MEASURE.search(text)) and not r.conditions and not (r.codes and counts):
        return "measure"
    if counts and (r.codes or r.conditions):
        return "count"
    if r.reset or (r.conditions and not numbered):
        return "restrict"
    if r.codes and not numbered:
        return _about_findings(text, r)
    if r.codes:
        return "count"
    if numbered:
        return "open"
    if r.category or _words("findings", r"report\w*", r"cases? (?:show|say)").search(text):
        return "tally"
    if _SEARCH.search(text):
        return "search_text" if _words("with", "about", "for", r"mention\w*").search(text) else "restrict"
    return "help"


def _about_findings(text: str, r: Request) -> Intent:
    """What a question asks that names findings and no case."""
    if _DEFINE.search(text) and not r.absent and "case" not in text.lower():
        return "define"
    if _words(r"(?:find|search|look for) .*(?:ecgs?|reports?|cases?|patients?)").search(text):
        return "search_text"
    return "restrict" if _RESTRICT.search(text) or re.match(r"\s*(?:with|without|no)\b", text, re.IGNORECASE) else "count"


def _references(text: str) -> tuple[str, ...]:
    found = [(match.start(), n) for match in _NUMBERED.finditer(text) for n in re.findall(r"\d+", match.group(1) + match.group(2))]
    found += [(match.start(), match.group(1)) for match in _BARE.finditer(text)]
    found += [(match.start(), match.group(1).lower()) for match in _ORDINAL.finditer(text)]
    found += [(match.start(), "first") for match in _TOP.finditer(text)]
    found += [(match.start(), "this") for match in _THIS.finditer(text)]
    return tuple(dict.fromkeys(reference for _, reference in sorted(found, key=lambda pair: pair[0])))


def _named(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Statements of the vocabulary that the question names; and, where only some are negated, those, as in "AF but no LBBB"."""
    known = VOCABULARY if _grouped(text) else STATEMENTS  # a group is meant as a whole, and not as the finding that is called like it
    found = [finding for finding in extract(_words(r"(?:ecg|ekg)s?").sub(" ", text)) if finding.code in known]
    wanted, denied = (tuple(dict.fromkeys(f.code for f in found if f.negated == negated)) for negated in (False, True))
    return (wanted, denied) if wanted and denied else (wanted or denied, ())


def _grouped(text: str) -> list[str]:
    """All statements of the groups that the question names; words that named one group name no wider one."""
    found: list[str] = []
    for pattern, group in _GROUPS:
        text, times = pattern.subn(" ", text)
        if times:
            found += (
                group if isinstance(group, tuple) else [code for code, statement in VOCABULARY.items() if statement.superclass == group]
            )
    return found


def _conditions(text: str) -> dict[str, Any]:
    conditions: dict[str, Any] = {}
    women, men = _WOMEN.search(text), _MEN.search(text)
    if bool(women) != bool(men):
        conditions["sex"] = "F" if women else "M"
    age: dict[str, float] = {}
    for match in _BETWEEN.finditer(text):
        age |= {"$gte": float(match.group(1)), "$lte": float(match.group(2))}
    for bound, pattern in _AGES.items():
        for match in pattern.finditer(text):
            age[bound] = float(match.group(1))
    for match in _OR_OLDER.finditer(text):
        age["$lte" if (match.group(2) or "").lower() in ("younger", "under", "below") else "$gte"] = float(match.group(1))
    return conditions | ({"age": age} if age else {})
