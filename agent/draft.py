"""The cited draft: what was measured on this ECG, what the closest cases report, what speaks against it, and what is missing."""

from collections import defaultdict
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from agent.background import plain, streamed
from agent.check import checked
from agent.evidence import RESEARCH_USE, Evidence, Kind, Sentence, cite, measured_values, quote, spoken
from agent.hits import CaseHit
from agent.measure import FIELDS, Measurements, measure
from agent.measured import notable, phrases
from agent.prompts import DRAFT_PROMPT
from agent.recognition import same_recording
from agent.similarity import nothing_similar
from agent.writing import written
from data import STANDARD_LEADS, Case, EcgRecord
from data.findings import VOCABULARY
from data.quality import doubts, unusable_reason

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

TIMEOUT_S = 120.0  # for a language model to write a draft
_ITSELF = 0.99  # least cosine of a whole ECG to itself at another rate or with more noise; below it nothing is compared beat by beat
AGREEMENT = 0.5  # share of the closest cases, weighted by their similarity, from which a finding counts as agreed on


@dataclass(frozen=True)
class Draft:
    """A draft in which citation n is `cases[n - 1]`."""

    cases: tuple[CaseHit, ...]
    sentences: tuple[Sentence, ...]  # all that were written, the unsupported ones marked
    measurements: Measurements
    abstained: bool = False
    reason: str = ""  # why it abstained
    notice: str = ""  # a plain word on what went otherwise than asked

    @property
    def supported(self) -> tuple[Sentence, ...]:
        return tuple(sentence for sentence in self.sentences if sentence.supported)

    @property
    def withheld(self) -> tuple[Sentence, ...]:
        return tuple(sentence for sentence in self.sentences if not sentence.supported)

    @property
    def cited(self) -> tuple[int, ...]:
        """Numbers of the cases that what is shown cites, ascending."""
        return tuple(sorted({n for sentence in self.supported for n in sentence.citations}))

    def __str__(self) -> str:
        lines = [self.notice] if self.notice else []
        lines += [
            " ".join(sentence.text for sentence in self.supported if sentence.kind == kind) for kind in ("this_ecg", "past_cases", "note")
        ]
        if self.cited:
            lines.append("\n".join(["Cited cases", *(f"[{n}] {describe(self.cases[n - 1].case)}" for n in self.cited)]))
        if self.withheld:
            lines.append(f"{len(self.withheld)} sentence{'s' if len(self.withheld) > 1 else ''} withheld: not supported by the sources.")
        return "\n\n".join(line for line in [*lines, RESEARCH_USE] if line)


def draft_summary(record: EcgRecord, hits: Sequence[CaseHit], llm: "LLM | None" = None, *, timeout_s: float = TIMEOUT_S) -> Draft:
    """Draft a summary of an ECG from its measurements and its closest cases.

    Parameters
    ----------
    record : the ECG
    hits : the cases that may be cited, best first
    llm : writes the prose; without one, or where it fails, sentences are put together from the evidence
    timeout_s : how long the language model may take

    Returns
    -------
    Draft : every sentence checked; what its sources do not say is marked, and left out of `str(draft)`
    """
    writing = stream_draft(record, hits, llm, timeout_s=timeout_s)
    while True:
        try:
            next(writing)
        except StopIteration as end:
            draft: Draft = end.value
            return draft


def stream_draft(
    record: EcgRecord, hits: Sequence[CaseHit], llm: "LLM | None" = None, *, timeout_s: float = TIMEOUT_S
) -> Generator[Sentence, None, Draft]:
    """`draft_summary` as it is written: yields each sentence once it has passed the check, and returns the draft.

    Where the language model fails on the way, the sentences of the offline draft follow, and they alone are in the draft.
    """
    measurements = measure(record)
    numbered = dict(enumerate(hits, start=1))
    reason = nothing_similar(record, hits)
    notice = ""
    if llm is not None and not reason and not getattr(llm, "offline", False):
        theirs: list[Sentence] = []
        try:
            prompt = DRAFT_PROMPT.format(evidence=evidence_text(measurements, record, numbered))
            evidence = draft_evidence(measurements, record, numbered)
            for sentence in written(streamed(timeout_s, partial(_pieces, llm, prompt)), partial(checked, evidence=evidence)):
                theirs.append(sentence)
                if sentence.supported:
                    yield sentence
            if any(sentence.supported and sentence.kind != "note" for sentence in theirs):
                return Draft(tuple(hits), tuple(theirs), measurements)
            notice = "The language model's draft was not supported by the sources; this one was written offline."
        except Exception as error:  # whatever a foreign client raises, the person gets a draft
            notice = f"The language model did not answer ({plain(error)}); this draft was written offline."
    sentences = offline_sentences(record, numbered, measurements, reason)
    yield from (sentence for sentence in sentences if sentence.supported)
    return Draft(tuple(hits), sentences, measurements, abstained=bool(reason), reason=reason, notice=notice)


def _pieces(llm: "LLM", prompt: str) -> Iterator[str]:
    """What a language model writes, piece by piece; in one piece where it does not stream."""
    try:
        yield from (piece.delta or "" for piece in llm.stream_complete(prompt))
    except NotImplementedError:
        yield str(llm.complete(prompt))


def offline_sentences(
    record: EcgRecord, numbered: Mapping[int, CaseHit], measurements: Measurements, reason: str = ""
) -> tuple[Sentence, ...]:
    """The draft in sentences put together from the evidence, each checked; where there is a reason to abstain, without past cases."""
    evidence = draft_evidence(measurements, record, numbered)
    measured: list[tuple[str, Kind]] = [(text, "this_ecg") for text in measurement_sentences(measurements, record.patient.sex)]
    limits: list[tuple[str, Kind]] = [] if unusable_reason(record) else [(text, "this_ecg") for text in limit_sentences(record)]
    if reason:
        return (Sentence(reason, "this_ecg"), *(checked(text, evidence, kind) for text, kind in measured + limits))
    recognised: list[tuple[str, Kind]] = [(text, "past_cases") for text in recognition_sentences(record, numbered)]
    return tuple(checked(text, evidence, kind) for text, kind in measured + recognised + _agreement(numbered) + limits)


def describe(case: Case) -> str:
    """A case in a few words: sex, age, source, what its report affirms."""
    patient = " ".join(part for part in (case.patient.sex or "", f"{case.patient.age:.0f}" if case.patient.age is not None else "") if part)
    said = ", ".join(spoken(code) for code in reported(case)) or quote(case.english, 100)
    return ", ".join(part for part in (patient, case.source, said) if part)


def reported(case: Case) -> list[str]:
    """Codes that the report affirms, in its order, each once."""
    return [code for code in dict.fromkeys(finding.code for finding in case.findings if not finding.negated) if code in VOCABULARY]


def certain(case: Case, code: str) -> bool:
    """Whether the report affirms the code without "possible" or "probable"."""
    return any(f.code == code and not f.negated and f.certainty == "certain" for f in case.findings)


def measurement_sentences(m: Measurements, sex: str | None = None) -> list[str]:
    """What was measured on this ECG, what of the rest is notable in a person of this sex, and what could not be measured."""
    values = [(name, getattr(m, field), unit) for field, (name, unit) in FIELDS.items()]
    parts = [
        f"{name} {value:.0f}{unit}{f' ({m.qtc_formula})' if name == 'QTc' else ''}" for name, value, unit in values if value is not None
    ]
    sentences = [f"This ECG: {', '.join(parts)}."] if parts else []
    if further := notable(m, sex):
        sentences.append(f"Also measured on this ECG: {', '.join(further)}.")
    by_reason: dict[str, list[str]] = defaultdict(list)
    for field, reason in m.missing.items():
        if field in FIELDS and field != "qtc_ms":  # QTc is missing where QT is
            by_reason[reason].append(FIELDS[field][0])
    return sentences + [f"Not measured on this ECG: {', '.join(what)} ({reason})." for reason, what in by_reason.items()]


def limit_sentences(record: EcgRecord) -> list[str]:
    """What this ECG lacks: leads, length, and what its reader doubted."""
    derived = record.standard()
    absent = [
        lead for lead in STANDARD_LEADS if lead not in record.leads and not np.isfinite(derived[lead]).any()
    ]  # what was recorded for a part of the time is among the doubts
    if len(absent) == len(STANDARD_LEADS) - 1:
        absent = []  # that only one lead was recorded is among them, too
    missing = [f"Not recorded on this ECG: lead{'s' if len(absent) > 1 else ''} {', '.join(absent)}."] if absent else []
    notes = dict.fromkeys((*record.warnings, *doubts(record)))  # a reader has put the doubts among the warnings
    return missing + [f"Note on this ECG: {note[:1].lower()}{note[1:].rstrip('.')}." for note in notes]


def recognition_sentences(record: EcgRecord, numbered: Mapping[int, CaseHit]) -> list[str]:
    """Which case holds this very recording, so that nobody takes its report for that of another heart."""

    def same(hit: CaseHit) -> bool:
        return hit.same_recording or (hit.cosine >= _ITSELF and same_recording(record, hit.case.record))

    return [f"Case {n} holds this very recording {cite([n])}." for n, hit in numbered.items() if same(hit)]


def draft_evidence(measurements: Measurements, record: EcgRecord, numbered: Mapping[int, CaseHit]) -> Evidence:
    """What a draft may rest on: its cases, and the numbers that were measured or counted."""
    similar = {n: hit.similarities for n, hit in numbered.items()}
    notes = (*limit_sentences(record), *recognition_sentences(record, numbered), *measurements.missing.values(), *phrases(measurements))
    counts = range(len(numbered) + 1)
    return Evidence(
        {n: hit.case for n, hit in numbered.items()},
        tuple(numbered),
        frozenset([*measured_values(measurements), *(round(hit.cosine, 2) for hit in numbered.values()), *map(float, counts)]),
        {0: measurements},
        similarities=similar,
        notes=notes,
    )


def evidence_text(measurements: Measurements, record: EcgRecord, numbered: Mapping[int, CaseHit]) -> str:
    """The evidence for a language model: no name, no id, no path; reports quoted."""
    lines = [*measurement_sentences(measurements, record.patient.sex), *limit_sentences(record), *recognition_sentences(record, numbered)]
    for n, hit in numbered.items():
        stated = "; ".join(
            f"{'no ' if f.negated else ''}{'' if f.certainty == 'certain' else f.certainty + ' '}{spoken(f.code)}"
            for f in hit.case.findings
            if f.code in VOCABULARY
        )
        lines.append(f"Case [{n}]: similarity {hit.cosine:.2f}; report {quote(hit.case.english)}; findings: {stated or 'none known'}")
    return "\n".join(lines)


def _agreement(numbered: Mapping[int, CaseHit]) -> list[tuple[str, Kind]]:
    """What the closest cases report: what they agree on, who dissents, what fewer report, and the closest report in its own words."""
    holders: dict[str, list[int]] = defaultdict(list)
    for n, hit in numbered.items():
        for code in reported(hit.case):
            holders[code].append(n)
    near = {n: max(hit.cosine, 0.0) for n, hit in numbered.items()}
    total = sum(near.values()) or 1.0
    weight = {code: sum(near[n] for n in who) / total for code, who in holders.items()}
    ranked = sorted(holders, key=lambda code: -weight[code])
    agreed = [code for code in ranked if weight[code] >= AGREEMENT][:5]
    fewer = [code for code in ranked if code not in agreed and len(holders[code]) >= 2][:3]
    main = next((code for code in agreed if VOCABULARY[code].superclass or len(agreed) == 1), None)  # sinus rhythm is seldom the point
    lacking = [n for n in numbered if n not in holders[main]] if main else []
    sentences: list[tuple[str, Kind]] = [(count_sentence(numbered, code, holders[code], "closest cases"), "this_ecg") for code in agreed]
    if not agreed:
        sentences.append(("The closest cases do not agree on any finding.", "this_ecg"))
    first = next(iter(numbered))
    sentences.append((f"The ECG of case {first} has a similarity of {numbered[first].cosine:.2f} to this ECG {cite([first])}.", "this_ecg"))
    if main and lacking:
        verb = "does" if len(lacking) == 1 else "do"
        said = f"{len(lacking)} of the {len(numbered)} closest cases {verb} not report {spoken(main)} {cite(lacking)}."
        sentences.append((f"In dissent, {said}", "past_cases"))
    sentences += [("Less often, " + count_sentence(numbered, code, holders[code], "closest cases"), "past_cases") for code in fewer]
    sentences.append((f"The report of the closest case reads {quote(numbered[first].case.english, 300)} {cite([first])}.", "past_cases"))
    return sentences


def count_sentence(numbered: Mapping[int, CaseHit], code: str, who: Sequence[int], cases: str = "cases") -> str:
    """ "3 of the 10 cases report atrial fibrillation [1][4], as possible or probable [7]." """
    sure = [n for n in who if certain(numbered[n].case, code)]
    unsure = [n for n in who if n not in sure]
    verb = "reports" if len(who) == 1 else "report"
    hedge = f"as possible or probable {cite(unsure)}" if unsure else ""
    shown = f"{spoken(code)} {cite(sure)}{', ' + hedge if hedge else ''}" if sure else f"{spoken(code)} {hedge}"
    return f"{how_many(len(who), len(numbered), cases)} {verb} {shown}."


def how_many(some: int, of: int, cases: str = "cases") -> str:
    """ "3 of the 10 cases"; "All 10 cases" where it is all of them, and there are more than one."""
    return f"All {of} {cases}" if some == of > 1 else f"{some} of the {of} {cases}"
