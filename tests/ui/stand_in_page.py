"""The page over a small fake agent: what the page is tested with, and what `streamlit run` shows without a trained encoder."""

from collections.abc import Iterator, Mapping
from types import SimpleNamespace as Some
from typing import Any

import streamlit as st

from agent import Measurements
from data import Case, EcgRecord, UnreadableEcgError
from data.findings import Finding, ReportReading
from data.simulated import KINDS, simulate
from ui.chat import Session
from ui.page import page

HOSTILE = "AV-Block I. Grades <script>alert(1)</script> [x](javascript:alert(2)) $\\frac{1}{2}$ :red[rot]"


def case(seed: int) -> Case:
    kind = list(KINDS)[seed % len(KINDS)]
    ecg = simulate(kind, seed=seed)
    findings = (*map(Finding, ecg.truth.statements), Finding("STE_", negated=True))
    reading = ReportReading("de" if seed == 1 else "en", ecg.report, findings)
    report = HOSTILE if seed == 1 else ecg.report
    return Case(f"fake/{seed}", lambda: ecg.record.resampled(100), report, "fake", "2020-02-02", ecg.record.patient, reading=reading)


def hit(seed: int) -> Some:
    by_ecg = Some(modality="ecg", rank=seed, similarity=0.99 - seed / 50)
    by_report = Some(modality="report", rank=seed + 2, similarity=0.5 - seed / 50)
    return Some(case=case(seed), score=0.97 - seed / 40, matches=(by_ecg, by_report), same_recording=False)


def sentence(text: str, *citations: int, kind: str = "past_cases") -> Some:
    return Some(text=text, citations=citations, kind=kind, supported=True, reason="case 9 does not state it")


class Conversation:
    """Knows ten cases, and answers every question with two sentences."""

    def __init__(self) -> None:
        self.cases: list[Some] = []
        self.shown: list[int] = []
        self.record: EcgRecord | None = None
        self.measurements: Measurements | None = None
        self.reply: Some | None = None
        self.draft: Some | None = None
        self.conditions: dict[str, object] = {}

    def narrow(self, *, sex: str | None, age: object, with_findings: list[str], without_findings: list[str]) -> None:
        asked = {"sex": sex, "age": age, "statement": with_findings, "not_statement": without_findings}
        self.conditions = {name: value for name, value in asked.items() if value}
        self.shown = [n for n in range(1, 11) if sex in (None, self.cases[n - 1].case.patient.sex)]

    def drafting(self, record: EcgRecord) -> Iterator[Some]:
        self.record = record
        self.measurements = Measurements(
            heart_rate_bpm=62.0, pr_ms=212.0, qrs_ms=96.0, qt_ms=410.0, qtc_ms=None, axis_deg=-20.0, missing={"qtc_ms": "no T wave"}
        )
        self._search()
        spoken = (
            sentence("Heart rate 62/min, PR 212 ms, QRS 96 ms.", kind="this_ecg"),
            sentence("8 of the 10 closest cases report first-degree AV block [1][2][4].", 1, 2, 4, kind="this_ecg"),
            sentence("Case 3 was described as sinus rhythm [3].", 3),
        )
        withheld = (sentence("Case 9 reports <b>torsade</b> [9].", 9),)

        class Draft(Some):
            def __str__(self) -> str:
                return "Heart rate 62/min [1]\n\nresearch use, a draft, not a diagnosis"

        self.draft = Draft(supported=spoken, withheld=withheld, cases=tuple(self.cases), abstained=False, notice="")
        yield from spoken

    def _search(self) -> None:
        self.cases = self.cases or [hit(seed) for seed in range(1, 11)]
        self.shown = list(range(1, 11))

    def stream(self, question: str) -> Iterator[Some]:
        if "refuse" in question:
            raise UnreadableEcgError("the question is 'refuse', wanted another: ask again")
        if "fail" in question:
            raise RuntimeError("a bug")
        self._search()
        self.shown = [2, 5]
        said = (sentence(f"You asked: {question}"), sentence("Cases 2 and 5 do [2, 5].", 2, 5))
        yield from said
        self.reply = Some(text="", sentences=said, cases=(2, 5), withheld=(), notice="")


def read(files: Mapping[str, bytes]) -> EcgRecord:
    if not all(files.values()):
        raise UnreadableEcgError("empty.hea is empty, wanted an ECG: upload the file again")
    return simulate("atrial fibrillation", seed=5).record


start: Any = Conversation
st.set_page_config("ecg-cases", layout="wide")
library: Any = Some(name="demo", source_counts=lambda: {"simulated": 400})
page(library, st.session_state.setdefault("session", Session(start, read)), "offline")
