"""Questions over several turns, with the right answers worked out from the library's cases, and how many a conversation gets right.

The same questions go to the offline rules and to any language model: what is judged is which cases are cited or shown, and which
numbers and words an answer cannot do without, not its wording.
"""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.conversation import Conversation, Reply
from agent.evaluation.asked import ADVICE, NAMES, OFF_TOPIC, RULES, TEMPLATES
from agent.measure import measure
from data import Case
from data.findings import VOCABULARY

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

    from agent.library import CaseLibrary

_FIELD_NAMES = {"heart_rate_bpm": "heart rate", "pr_ms": "PR interval", "qrs_ms": "QRS duration", "qt_ms": "QT", "axis_deg": "axis"}
_NONE = re.compile(r"\b(?:no|none|not|neither|nobody|zero|0)\b|n't\b")
_REFUSES = re.compile(r"\b(?:no advice|only speak|cannot|can't|can not|won't|will not|unable|not able|don't|do not|sorry)\b", re.I)


@dataclass(frozen=True)
class Expected:
    """What a right answer has."""

    cites: frozenset[int] | None = None  # exactly these; None: it does not matter
    says: tuple[str, ...] = ()  # each of them, letter case aside
    shown: Callable[[Sequence[Case]], bool] | None = None  # holds for the selection after it
    refuses: bool = False

    @property
    def none(self) -> bool:
        """Whether no case answers the question, which an answer must say."""
        return self.cites == frozenset() and not self.says and not self.refuses


@dataclass(frozen=True)
class Asked:
    """A question, and what came of it."""

    kind: str
    question: str
    answer: str
    right: bool
    invented: int  # citations of cases that are not there
    notice: str = ""


@dataclass(frozen=True)
class QuestionScores:
    """All that was asked."""

    asked: tuple[Asked, ...]

    @property
    def right(self) -> float:
        return sum(one.right for one in self.asked) / len(self.asked)

    def as_lines(self) -> list[list[str]]:
        """Right answers by kind, as rows of cells."""
        total, right = Counter(one.kind for one in self.asked), Counter(one.kind for one in self.asked if one.right)
        rows = [[kind, str(total[kind]), str(right[kind]), f"{right[kind] / total[kind]:.0%}"] for kind in sorted(total)]
        every = ["all", str(len(self.asked)), str(right.total()), f"{self.right:.1%}"]
        invented = ["invented citations", str(sum(one.invented for one in self.asked)), "", ""]
        return [["kind of question", "asked", "right", ""], *rows, every, invented]

    def wrong(self) -> list[list[str]]:
        """What was not right, for reading."""
        return [[one.kind, one.question, " ".join(one.answer.split())[:160]] for one in self.asked if not one.right]


def evaluate(
    library: "CaseLibrary", queries: Sequence[Case], *, llm: "LLM | None" = None, k: int = 10, seed: int = 0, timeout_s: float = 120.0
) -> QuestionScores:
    """Hold one conversation over each query's ECG, every kind of question once, and judge the answers.

    Parameters
    ----------
    llm : any LlamaIndex LLM; an answer that the offline rules gave in its stead is judged as it stands, its notice is kept
    """
    everybody = [library.get(name) for name in sorted(library.ids())]
    asked: list[Asked] = []
    for number, case in enumerate(queries):
        talk = Conversation(library, llm, k=k, timeout_s=timeout_s)
        talk.open(case.record)
        interview = Interview(talk, case, everybody, random.Random(f"{seed} {number}"), k)
        for kind, question, expected in interview.turns():
            reply = talk.ask(question)
            invented = sum(n > len(talk.cases) for sentence in reply.sentences if sentence.supported for n in sentence.citations)
            asked.append(Asked(kind, question, reply.text, judged(reply, expected, talk), invented, reply.notice))
    return QuestionScores(tuple(asked))


def judged(reply: Reply, expected: Expected, talk: Conversation) -> bool:
    """Whether an answer is right."""
    text = reply.text.casefold()
    return (
        (expected.cites is None or set(reply.citations) == expected.cites)
        and all(words.casefold() in text for words in expected.says)
        and (expected.shown is None or expected.shown([talk.cases[n - 1].case for n in talk.shown]))
        and (not expected.none or bool(_NONE.search(text)))
        and (not expected.refuses or (bool(_REFUSES.search(reply.text)) and not reply.citations))
    )


Turn = tuple[str, str, Expected]


class Interview:
    """The questions of one conversation; each is made when its turn comes, as what is right depends on the cases then shown."""

    def __init__(self, talk: Conversation, case: Case, everybody: Sequence[Case], chance: random.Random, k: int) -> None:
        self._talk, self._case, self._everybody, self._chance, self._k = talk, case, everybody, chance, k

    def turns(self) -> Iterator[Turn]:
        """Question after question, in an order of its own for each conversation; a question that refines another follows it."""
        blocks = [
            self._findings, self._people, self._own_values, self._case_values, self._opening, self._comparing, self._why, self._meaning,
            self._tally, self._against, self._extreme, self._beyond, self._voltage, self._with_and_without, self._those,
            self._narrowing, self._with, self._without, self._same, self._words, self._refusals,
        ]  # fmt: skip
        self._chance.shuffle(blocks)
        for block in blocks:
            yield from block()

    # ------------------------------------------------------------------ what is known

    def _shown(self) -> dict[int, Case]:
        return {n: self._talk.cases[n - 1].case for n in self._talk.shown}

    def _code(self, *, told: bool = True) -> str:
        """A code with a name people use, that some but not all cases shown report if there is one."""
        counts = Counter(code for case in self._shown().values() for code in case.codes)
        codes = [code for code in NAMES if (0 < counts[code] < len(self._shown())) == told]
        return self._chance.choice(codes or list(NAMES))

    def _name(self, code: str) -> str:
        return self._chance.choice(NAMES[code])

    def _ask(self, kind: str, **given: object) -> str:
        return self._chance.choice(TEMPLATES[kind]).format(**given)

    def _having(self, code: str, there: bool = True) -> frozenset[int]:
        return frozenset(n for n, case in self._shown().items() if (code in case.codes) == there)

    def _any(self) -> int:
        return self._chance.choice(sorted(self._shown()))

    # ------------------------------------------------------------------ turns

    def _findings(self) -> Iterator[Turn]:
        code = self._code()
        yield "which report", self._ask("which report", f=self._name(code)), Expected(self._having(code))
        other = self._code(told=False)
        yield "which report, continued", self._ask("which report, continued", f=self._name(other)), Expected(self._having(other))
        code = self._code()
        lacking = self._having(code, there=False)
        if lacking and self._having(code):
            yield "which do not", self._ask("which do not", f=self._name(code)), Expected(lacking)
        code = self._code()
        counted = Expected(self._having(code), says=(str(len(self._having(code))) if self._having(code) else "none",))
        yield "how many", self._ask("how many", f=self._name(code)), counted

    def _people(self) -> Iterator[Turn]:
        sex, age = self._chance.choice("FM"), self._chance.choice((40, 50, 60, 70))
        fits = frozenset(n for n, c in self._shown().items() if c.patient.sex == sex and c.patient.age is not None and c.patient.age > age)
        yield "how many people", self._ask("how many people", who={"F": "women", "M": "men"}[sex], age=age), Expected(fits)

    def _own_values(self) -> Iterator[Turn]:
        mine = measure(self._case.record)
        field = self._chance.choice(list(_FIELD_NAMES))
        yield "own value", self._ask("own value", field=_FIELD_NAMES[field]), Expected(frozenset(), _said(getattr(mine, field)))

    def _case_values(self) -> Iterator[Turn]:
        n, field = self._any(), self._chance.choice(list(_FIELD_NAMES))
        value = getattr(measure(self._talk.cases[n - 1].case.record), field)
        yield "a case's value", self._ask("a case's value", field=_FIELD_NAMES[field], n=n), Expected(frozenset({n}), _said(value))
        if len(self._talk.shown) > 2:
            third = self._talk.shown[2]
            value = getattr(measure(self._talk.cases[third - 1].case.record), field)
            yield "a case's value, continued", self._ask("a case's value, continued"), Expected(frozenset({third}), _said(value))

    def _opening(self) -> Iterator[Turn]:
        n = self._any()
        yield "open", self._ask("open", n=n), Expected(frozenset({n}), (_start_of_report(self._talk.cases[n - 1].case),))
        if len(self._talk.shown) > 1:
            second = self._talk.shown[1]
            words = (_start_of_report(self._talk.cases[second - 1].case),)
            yield "open, continued", self._ask("open, continued"), Expected(frozenset({second}), words)

    def _comparing(self) -> Iterator[Turn]:
        if len(self._talk.shown) > 1:
            a, b = self._chance.sample(self._talk.shown, 2)
            rates = [measure(self._talk.cases[n - 1].case.record).heart_rate_bpm for n in (a, b)]
            both = frozenset({a, b})
            yield "compare", self._ask("compare", a=a, b=b), Expected(both, tuple(words for rate in rates for words in _said(rate)))

    def _why(self) -> Iterator[Turn]:
        n = self._any()
        ways = self._talk.cases[n - 1].matches
        yield "why found", self._ask("why found", n=n), Expected(None, (f"[{n}]", *(f"{way.similarity:.2f}" for way in ways)))

    def _meaning(self) -> Iterator[Turn]:
        code = self._chance.choice([code for code in NAMES if len(NAMES[code]) > 1])
        yield "define", self._ask("define", f=NAMES[code][0]), Expected(frozenset(), (VOCABULARY[code].name,))

    def _tally(self) -> Iterator[Turn]:
        rhythms = Counter(code for case in self._shown().values() for code in case.codes if _rhythm(code))
        if rhythms:
            code, count = rhythms.most_common(1)[0]
            words = (str(count), VOCABULARY[code].name) if count > 1 else ()
            yield "rhythms", self._ask("rhythms"), Expected(None, words)

    def _against(self) -> Iterator[Turn]:
        counts = Counter(code for case in self._shown().values() for code in case.codes if code in VOCABULARY)
        fewer = {code for code, count in counts.items() if 2 * count < len(self._shown())}
        dissent = frozenset(n for n, case in self._shown().items() if fewer & case.codes)
        by_report = Counter(
            code for case in self._shown().values() for code in dict.fromkeys(f.code for f in case.findings if not f.negated)
        )
        main = next((c for c, n in by_report.most_common() if c in VOCABULARY and c != "SR" and 2 * n > len(self._shown())), "")
        dissent |= self._having(main, there=False) if main else frozenset()  # who does not report what most do
        if fewer and len(fewer) <= 6:
            yield "contradict", self._ask("contradict"), Expected(dissent)

    def _narrowing(self) -> Iterator[Turn]:
        sex, age = self._chance.choice("FM"), self._chance.choice((40, 50, 60))
        who = {"F": "women", "M": "men"}[sex]
        yield "only some people", self._ask("only some people", who=who), self._selects(lambda c: c.patient.sex == sex)
        yield (
            "only some people, refined", self._ask("only some people, refined", age=age),
            self._selects(lambda c: c.patient.sex == sex and c.patient.age is not None and c.patient.age < age),
        )  # fmt: skip
        yield self._reset()

    def _with(self) -> Iterator[Turn]:
        code = self._chance.choice([c for c in NAMES if sum(c in case.codes for case in self._everybody) >= 3] or list(NAMES))
        yield "only with", self._ask("only with", f=self._name(code)), self._selects(lambda c: code in c.codes)
        yield self._reset()

    def _without(self) -> Iterator[Turn]:
        code = self._code()
        yield "only without", self._ask("only without", f=self._name(code)), self._selects(lambda c: code not in c.codes)
        yield self._reset()

    def _same(self) -> Iterator[Turn]:
        kind, holds = self._chance.choice(list(SAME.items()))
        counts = Counter(code for case in self._shown().values() for code in case.codes if code in VOCABULARY and holds(code))
        shared = {code for code, count in counts.items() if count >= 2}
        if shared:
            yield "same again", self._ask("same again", what=kind), self._selects(lambda c: bool(shared & c.codes))
            yield self._reset()

    def _words(self) -> Iterator[Turn]:
        code = self._chance.choice([c for c in NAMES if sum(c in case.codes for case in self._everybody) >= 3] or list(NAMES))
        yield "search by words", self._ask("search by words", f=self._name(code)), self._selects(lambda c: code in c.codes)
        yield self._reset()

    def _values(self, field: str) -> dict[int, float]:
        found = {n: getattr(measure(case.record), field) for n, case in self._shown().items()}
        return {n: value for n, value in found.items() if value is not None}

    def _extreme(self) -> Iterator[Turn]:
        field, lowest = self._chance.choice(("heart_rate_bpm", "qrs_ms", "qt_ms")), self._chance.random() < 0.5
        if values := self._values(field):
            end = (min if lowest else max)(values.values())
            question = self._ask("extreme", most="lowest" if lowest else "highest", field=_FIELD_NAMES[field])
            yield "extreme", question, Expected(None, (f"{end:.0f}", "lowest" if lowest else "highest"))

    def _beyond(self) -> Iterator[Turn]:
        field, limit = self._chance.choice((("heart_rate_bpm", 80), ("heart_rate_bpm", 100), ("qrs_ms", 110)))
        beyond = frozenset(n for n, value in self._values(field).items() if value > limit)
        yield "beyond", self._ask("beyond", field=_FIELD_NAMES[field], limit=limit), Expected(beyond)

    def _voltage(self) -> Iterator[Turn]:
        level = measure(self._case.record).st_mv
        if level:
            lead = self._chance.choice(sorted(level))
            yield "voltage", self._ask("voltage", lead=lead), Expected(frozenset(), (lead, f"{abs(level[lead]):.2f} mV"))

    def _with_and_without(self) -> Iterator[Turn]:
        with_, without = self._chance.choice((("AFIB", "CLBBB"), ("SR", "LVH"), ("LVH", "1AVB"), ("PVC", "AFIB"), ("IMI", "LAFB")))
        question = self._ask("and without", f=NAMES[with_][0], g=NAMES[without][0])
        yield "and without", question, self._selects(lambda c: with_ in c.codes and without not in c.codes)
        yield self._reset()

    def _those(self) -> Iterator[Turn]:
        code, sex = self._code(), self._chance.choice("FM")
        yield "which report", f"Which of these cases have {NAMES[code][0]}?", Expected(self._having(code))
        fits = frozenset(n for n in self._having(code) if self._shown()[n].patient.sex == sex)
        yield "those people", self._ask("those people", who={"F": "women", "M": "men"}[sex]), Expected(fits)

    def _refusals(self) -> Iterator[Turn]:
        for kind, questions in (("treatment", ADVICE), ("off topic", OFF_TOPIC), ("ignore the rules", RULES)):
            yield kind, self._chance.choice(questions), Expected(frozenset(), refuses=True)

    def _reset(self) -> Turn:
        return "all again", self._ask("all again"), self._selects(lambda _: True)

    def _selects(self, fits: Callable[[Case], bool]) -> Expected:
        """The selection holds only cases that fit, and as many as there are, up to ten; never the patient's own."""
        patient = self._case.patient.id
        there = sum(fits(case) for case in self._everybody if not patient or case.patient.id != patient)
        wanted = min(self._k, there)
        return Expected(shown=lambda cases: len(cases) == wanted and all(map(fits, cases)))


def _rhythm(code: str) -> bool:
    return code in VOCABULARY and "rhythm" in VOCABULARY[code].category


SAME: Mapping[str, Callable[[str], bool]] = {
    "rhythm": _rhythm,
    "conduction": lambda code: VOCABULARY[code].superclass == "CD",
    "ST changes": lambda code: VOCABULARY[code].superclass == "STTC" or code in ("STD_", "STE_", "INVT", "LOWT", "NT_", "TAB_"),
}


def _said(value: float | None) -> tuple[str, ...]:
    return ("not measurable",) if value is None else (f"{value:.0f}",)


def _start_of_report(case: Case) -> str:
    return " ".join(case.report.split())[:40]
