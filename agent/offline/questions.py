"""What a question asks for, read without a language model."""

import re
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from agent.offline.findings import named
from agent.offline.measures import AGE, HIGHEST, LOWEST, fields, limits
from agent.offline.people import conditions
from agent.offline.refused import refused
from agent.offline.spelling import in_english
from agent.offline.steering import ignored_kinds, same_kinds
from agent.offline.words import words
from agent.places import leads_in

_BRIEF = 5  # words; a longer question stands for itself
_LONGEST = 1000  # characters that are read
Intent = Literal[
    "restrict", "search_text", "open", "compare", "measure", "rank", "summarise", "count", "tally", "explain", "define", "ecg", "library",
    "refuse", "greet", "help",
]  # fmt: skip


_MORE = r"(?:\s*(?:,|and|&|with|to|vs\.?|versus|or)\s*(?:and\s+)?(?:case\s*)?(?:#\s*)?\d+\b)*"
_NUMBERED = re.compile(rf"\bcases?\s*(?:no\.?\s*|number\s*|#)?(\d+)({_MORE})", re.IGNORECASE)
_BARE = re.compile(r"(?:\[|#|\bno\.?\s|\bnumber\s)(\d+)\b", re.IGNORECASE)
_ORDINAL = re.compile(r"\b(first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last)\b(?!\s*-?\s*degree)", re.IGNORECASE)
_TOP = words(r"(?:closest|nearest|most similar|best|top) (?:case|match|one|hit)")
_THIS = words(
    r"(?:my|this|our|the (?:new|uploaded)|query) (?:ecg|ekg|tracing|recording|patient|record)",
    r"mine",
    r"my (?=qrs|pr|qt|heart|rate|axis)\w+",
)
_IT = words(r"its?", r"(?:that|this) (?:one|case)")
_ABOUT_ECG = words(
    r"(?:how good|quality|missing|wrong with|limit\w*|noise|noisy|art[ei]facts?)\b.{0,30}\b(?:ecg|ekg|recording|tracing|leads?)",
    r"(?:ecg|ekg|recording|tracing)\b.{0,20}\b(?:quality|noisy|usable|good enough|complete)", r"how (?:sure|confident|certain|reliable)",
    r"(?:which|what|how many) leads", r"can (?:i|we) trust",
)  # fmt: skip
_ABOUT_LIBRARY = words(
    r"(?:how (?:many|big|large)|size of|what is in|what.s in)\b.{0,30}\b(?:library|collection|database)",
    "how many cases (?:are there|do you have)",
)  # fmt: skip
_PERSON = words("how old", r"(?:what|which) (?:sex|age|gender)", "male or female", "age of", "sex of")
_GREETS = re.compile(
    r"^\W*(?:hi|hello|hey|good (?:morning|afternoon|evening)|hallo|guten \w+|thanks?(?: you)?|danke|thx|ok(?:ay)?|great|help|hilfe)\b"
    r"[a-z ]{0,12}\W*$",
    re.IGNORECASE,
)
_MEASURE = words(r"measure\w*", r"intervals?", "duration", r"how (?:long|wide|fast)")
_ABSENT = words(
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
_RESTRICT = words(
    "only", "show", "find", "search", "look for", "limit", "restrict", "filter", "just", "narrow", "exclude", "keep", "give me", "list"
)
_RESET = words(
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
_COUNT = words(
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
_AGAINST = words("against", r"contradict\w*", r"disagree\w*", r"dissent\w*")
_THESE = words("cases", "they", "these", "those", "them")
_DIAGNOSE = words(
    r"(?:do|have) i (?:have|got)", "am i", r"(?:is|does|has) (?:my|this|the) (?:ecg|ekg|tracing)", r"(?:my|the|your) diagnosis",
    r"(?:does|has) (?:my|the|this) patient", r"ist (?:das|es)", r"what (?:do i have|is wrong with me)", r"diagnose",
    r"(?:likely|probable|possible|best|final|differential|the) diagnos[ie]s",
)  # fmt: skip
_JUDGE = re.compile(  # "is my QTc prolonged?", "is it AF?"
    r"^\W*(?:so |and |but )?is (?:(?:my|this|the|its) (?:qtc?|qrs|pr|pq|heart rate|rate|axis|st|rhythm)\b"
    r"|(?:it|this|that) (?!similar|close|the same|case)(?:an? )?[\w -]+\?)",
    re.IGNORECASE,
)
_SELECTS = re.compile(r"^\W*(?:please\s+)?(?:exclude|leave out|omit|drop|only|just|restrict|limit|without)\b", re.IGNORECASE)
_INTENTS: tuple[tuple[Intent, re.Pattern[str]], ...] = (
    ("explain", words(
        "why", r"(?:is|are) (?:it|that one|this one|they|the \w+ one) .*similar", r"how (?:close|near) is",
        r"(?:is|how) (?:\w+ )?case #?\d+ (?:so )?similar", r"how similar", r"how (?:was|did) .*(?:found|retrieved|match\w*)",
        r"explain .*case",
    )),
    ("compare", words(r"compar\w+", r"differ\w*", "versus", "vs", r"in common .*case", "side by side")),
    ("summarise", words(r"summar\w+", "overview", "draft", r"conclu\w+", "sum up")),
    ("tally", words(
        "contradict", "dissent", "disagree", r"speaks? against", r"most (?:common|frequent)", "findings are", "in common",
        r"(?:what|which) (?:findings|rhythm|diagnos\w+)", "agree on", r"what do (?:they|these|the cases)", r"what did (?:they|the reports)",
    )),
)  # fmt: skip
_OPEN = words(
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
_DEFINE = words(r"what(?:.s| is| are)", "define", "definition", r"mean(?:ing|s)?", "stand for", "explain")
_SEARCH = words("find", "search", "look for", "similar")


@dataclass(frozen=True)
class Request:
    """A question, understood. `cases` are references as `Casebook.resolve` reads them; empty means the current selection."""

    intent: Intent
    cases: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    any_code: bool = False  # one of the codes is enough, as for "infarction" or "AF or flutter"
    absent: bool = False
    one_of: tuple[str, ...] = ()  # codes of which one must be there, beside `codes`
    lacking: tuple[str, ...] = ()  # codes that must not be there, beside `codes`
    conditions: dict[str, Any] = field(default_factory=dict)
    reset: bool = False
    fields: tuple[str, ...] = ()
    limits: dict[str, float] = field(default_factory=dict)  # "above", "below": of a measurement
    leads: tuple[str, ...] = ()  # that a measurement by lead is asked of
    lowest: bool = False  # a rank begins with the lowest value
    same: tuple[str, ...] = ()  # kinds of findings that the cases must share with those shown
    ignore: tuple[str, ...] = ()  # kinds of findings on which conditions are dropped
    category: str = ""  # "rhythm", "form", "diagnostic": what a tally is limited to
    text: str = ""


def understand(question: str, before: tuple[str, ...] = ()) -> Request:
    """Read a question; `before` are the earlier questions of the conversation, oldest first, for "and the second one?"."""
    request = _read(question)
    if request.intent in ("refuse", "greet", "rank", "ecg", "library"):
        return request
    brief = len(question.split()) <= _BRIEF
    follows = bool(_FOLLOW.search(request.text)) or (request.intent in ("help", "open") and brief and not _OPEN.search(request.text))
    if before and follows:
        request = _continued(request, understand(before[-1], before[:-1]))
    if request.intent == "help" and _IT.search(question) and _OPEN.search(question):
        request = replace(request, intent="open")
    if (
        not (request.cases if request.intent != "explain" else _past(request.cases))
        and _IT.search(question)
        and request.intent in ("open", "measure", "explain", "compare")
        and (focus := _focus(before))
    ):
        request = replace(request, cases=(focus,))
    return request


def asks_for_a_diagnosis(question: str) -> bool:
    """Whether a question wants to know what the person's own ECG shows, which no past case can say."""
    english = in_english(question)
    return bool(_DIAGNOSE.search(english) or _JUDGE.search(english))


def _continued(request: Request, last: Request) -> Request:
    """A follow-up takes over what it does not say itself."""
    if request.intent == last.intent == "count" and request.conditions and not request.codes:
        return replace(last, conditions=last.conditions | request.conditions, text=request.text)
    if request.conditions or request.reset:
        return request
    if request.intent == "open" and last.intent == "compare" and len(request.cases) == 1:
        return replace(last, cases=(next(iter(last.cases), "this"), *request.cases), text=request.text)
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


def _past(references: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(reference for reference in references if reference not in ("this", "all"))


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
    found = named(asked, text)
    text = found.text
    people, within = conditions(text), limits(text)
    request = Request(
        "help",
        cases=_references(text) or (("all",) if _THESE.search(text) else ()),
        codes=found.codes,
        one_of=found.one_of,
        lacking=found.lacking,
        any_code=found.any_code,
        absent=not found.lacking and bool(_ABSENT.search(text) or (found.codes and _AGAINST.search(text))),
        conditions={name: value for name, value in people.items() if not (within and name == "age")},
        limits=within,
        reset=bool(_RESET.search(text)),
        fields=fields(text),
        lowest=bool(LOWEST.search(text)),
        leads=tuple(sorted(leads_in(text))),
        same=same_kinds(text),
        ignore=ignored_kinds(text),
        category="" if asks_for_a_diagnosis(text) else next((kind for kind, word in _CATEGORIES.items() if word.search(text)), ""),
        text=text,
    )
    return replace(request, intent=_intent(text, request))


_CATEGORIES = {"rhythm": words(r"rhythms?"), "diagnostic": words(r"diagnos\w+"), "form": words("form", r"morpholog\w+")}


def _intent(text: str, r: Request) -> Intent:
    if _GREETS.search(text):
        return "greet"
    if _ABOUT_LIBRARY.search(text):
        return "library"
    if r.limits and "this" not in r.cases:
        return "rank"
    ranked = bool(HIGHEST.search(text) or LOWEST.search(text)) and not _TOP.search(text)
    if ranked and (r.fields or AGE.search(text)):
        return "rank"
    if _ABOUT_ECG.search(text) and not (r.fields or r.codes):
        return "ecg"
    if r.fields and not r.conditions and ("lvh_mv" in r.fields or (r.cases == ("this",))):
        return "measure"
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
    if (r.fields or (_MEASURE.search(text) and not r.codes)) and not r.conditions and not (r.codes and counts):
        return "measure"
    if counts and (r.codes or r.conditions):
        return "count"
    if numbered and not r.codes and (r.conditions or _PERSON.search(text)):
        return "count"
    if r.reset or (r.conditions and not numbered):
        return "restrict"
    if r.codes and not numbered:
        return _about_findings(text, r)
    if r.codes:
        return "count"
    if numbered:
        return "open"
    if r.category or words("findings", r"report\w*", r"cases? (?:show|say)").search(text):
        return "tally"
    if _SEARCH.search(text):
        return "search_text" if words("with", "about", "for", r"mention\w*").search(text) else "restrict"
    return "help"


def _about_findings(text: str, r: Request) -> Intent:
    """What a question asks that names findings and no case."""
    if _DEFINE.search(text) and not r.absent and "case" not in text.lower():
        return "define"
    if words(r"(?:find|search|look for) .*(?:ecgs?|reports?|cases?|patients?)").search(text):
        return "search_text"
    return "restrict" if _RESTRICT.search(text) or re.match(r"\s*(?:with|without|no)\b", text, re.IGNORECASE) else "count"


def _references(text: str) -> tuple[str, ...]:
    found = [(match.start(), n) for match in _NUMBERED.finditer(text) for n in re.findall(r"\d+", match.group(1) + match.group(2))]
    found += [(match.start(), match.group(1)) for match in _BARE.finditer(text)]
    found += [(match.start(), match.group(1).lower()) for match in _ORDINAL.finditer(text)]
    found += [(match.start(), "first") for match in _TOP.finditer(text)]
    found += [(match.start(), "this") for match in _THIS.finditer(text)]
    return tuple(dict.fromkeys(reference for _, reference in sorted(found, key=lambda pair: pair[0])))
