"""What the page shows of an ECG, a case and an answer, as HTML. Every text from outside is escaped here and nowhere else."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from data import Case, EcgRecord
from data.findings import STATEMENTS, Certainty
from ui.chat import Turn
from ui.paper import NARROW, STANDARD, describe, ecg_svg

if TYPE_CHECKING:  # agent brings Chroma and LlamaIndex, seconds of import that a drawing does not need
    from agent import CaseHit, Draft, Measurements, Sentence

RESEARCH_USE = "research use, a draft, not a diagnosis"
LANGUAGES = {"de": "German", "en": "English", "sv": "Swedish"}
MEASURED = (  # label, field of `Measurements`, unit
    ("HR", "heart_rate_bpm", "/min"),
    ("PR", "pr_ms", "ms"),
    ("QRS", "qrs_ms", "ms"),
    ("QT", "qt_ms", "ms"),
    ("QTcF", "qtc_ms", "ms"),  # Fridericia's
    ("axis", "axis_deg", "°"),
)
WELCOME = (
    "<p>Drop an ECG into the box below: a file from a device (WFDB, DICOM, XML, SCP-ECG, EDF, CSV and more), or a photo, scan or PDF of a "
    "printed sheet. It is drawn on paper, measured, and compared with the cases of the library; the draft that follows says for every "
    "sentence where it comes from.</p><p>Or try an example:</p>"
)
WAITING_SHEET = (
    "<p>See what was recognised on your sheet, correct it where it is wrong, and say that it is right. "
    "Nothing is measured, compared or drafted before.</p>"
)
NO_ECG = '<div class="empty">Your ECG is drawn here.</div>'
_SUREST_FIRST: tuple[Certainty, ...] = ("certain", "probable", "possible")
_ABOUT = {"this_ecg": "Your ECG", "past_cases": "Past cases", "note": "Note"}
_CITATION = re.compile(r"\[\d+(?:\s*[,;]\s*\d+)*\]")


def bar_html(library: str, counts: Mapping[str, int], llm: str, goes: str = "") -> str:
    """The line on top: what is searched, who words the answers, where text `goes` for that, and what this is not."""
    cases = ", ".join(f"{count:,} {source}" for source, count in counts.items()) or "no"
    model = f"{llm}, {goes}" if goes else llm
    return (
        f'<header class="bar"><h1>ecg-cases</h1><span>library: {escape(library)}, {escape(cases)} cases</span>'
        f'<span>language model: {escape(model)}</span><span class="use">research use, not a diagnosis</span></header>'
    )


def turn_html(turn: Turn, known: int) -> str:
    """One thing said, as it stays in the history."""
    if turn.who == "problem":
        return refusal_html(turn.text)
    said = f"<p>{escape(turn.text)}</p>" if turn.text else ""
    if turn.who == "you":
        return f'<div class="answer">{said}</div>'
    return said + sentences_html(turn.sentences, known) + _withheld_html(turn.withheld)


def refusal_html(message: str) -> str:
    """One line that says what is wrong and what to do."""
    return f'<p class="problem" role="alert">{escape(message)}</p>'


def exported(draft: "Draft") -> str:
    """The draft as a Markdown file, always with the line that says what it is not."""
    text = str(draft)
    return f"# Draft from similar ECG cases\n\n{text}\n" + ("" if RESEARCH_USE in text.lower() else f"\n{RESEARCH_USE}\n")


def _withheld_html(withheld: Sequence["Sentence"]) -> str:
    if not withheld:
        return ""
    count = f"{len(withheld)} sentence{'s' if len(withheld) > 1 else ''} withheld"
    lines = "".join(f"<li>{escape(sentence.text)}<br><small>{escape(sentence.reason)}</small></li>" for sentence in withheld)
    return f'<details class="withheld"><summary>{count}: not supported by what it cites</summary><ul>{lines}</ul></details>'


@lru_cache(maxsize=256)  # a rerun of the page shows the same drawings
def sheet_html(record: EcgRecord, *, name: str) -> str:
    """The drawing, with words for those who do not see it; a narrow window shows the layout that is half as wide."""
    images = (
        f'<img class="{width}" alt="{escape(f"{name}: {describe(record)}")}" src="{_data_uri(ecg_svg(record, layout=layout))}">'
        for width, layout in (("wide", STANDARD), ("narrow", NARROW))
    )
    return f'<div class="sheet">{"".join(images)}</div>'


def _data_uri(svg: str) -> str:
    return "data:image/svg+xml," + quote(svg, safe=" =:/;,.'()+-@")


def measurements_html(measured: "Measurements") -> str:
    """The row under the drawing: HR, PR, QRS, QT, QTc, axis; what could not be measured is a question mark with the reason."""
    row = "".join(
        f"<div><dt>{label}</dt><dd>{_measured(getattr(measured, name), unit, measured.missing.get(name, ''))}</dd></div>"
        for label, name, unit in MEASURED
    )
    return f'<dl class="measured">{row}</dl>'


def warnings_html(record: EcgRecord) -> str:
    """What the reader doubts or assumed, in words."""
    lines = "".join(f"<li>{escape(warning)}</li>" for warning in record.warnings)
    return f'<ul class="warnings">{lines}</ul>' if lines else ""


def doubts_html(doubts: Sequence[str]) -> str:
    """Why a sheet may be misread, in words."""
    return "".join(f'<p class="problem" role="alert">{escape(doubt)}</p>' for doubt in doubts)


def _measured(value: float | None, unit: str, reason: str) -> str:
    if value is None:
        return f'<abbr title="not measurable{escape(f": {reason}" if reason else "")}">?</abbr>'
    return f"{value:.0f}<small>{unit}</small>"


def sentences_html(sentences: Sequence["Sentence"], known: int) -> str:
    """Sentences, under headings where they speak of this ECG and of past cases; `[n]` leads to the card of case n, up to `known`."""
    mixed = len({sentence.kind for sentence in sentences}) > 1
    parts: list[str] = []
    kind = None
    for sentence in sentences:
        if mixed and sentence.kind != kind:
            kind = sentence.kind
            parts.append(f"<h4>{_ABOUT[kind]}</h4>")
        parts.append(f"<p>{cited(sentence.text, known)}</p>")
    return f'<div class="answer">{"".join(parts)}</div>'


def cited(text: str, known: int) -> str:
    """A sentence, escaped, with its citations outside quotations as links to the cards."""

    def link(number: str) -> str:
        if not 1 <= int(number) <= known:
            return f"[{number}]"
        return f'<a class="cite" href="#case-{number}" aria-label="open case {number}">[{number}]</a>'

    def links(found: re.Match[str]) -> str:
        return "".join(map(link, re.findall(r"\d+", found[0])))

    parts = re.split("(“[^”]*”)", text)
    return "".join(escape(part) if part.startswith("“") else _CITATION.sub(links, escape(part)) for part in parts)


def card_html(number: int, hit: "CaseHit", shown: Sequence["CaseHit"], *, opened: bool = False) -> str:
    """A case that opens when clicked, or when a link to `#case-number` is followed.

    Parameters
    ----------
    number : its citation
    shown : the cases of the same selection, to say how many of them agree
    """
    case = hit.case
    summary = (
        f'<b class="cite">[{number}]</b><span class="score" title="closeness, from 0 to 1">{_short(hit.score)}</span>'
        f'<span class="who">{escape(person(case))}</span><span class="what">{escape(_headline(case))}</span>'
        f'<span class="why">{escape(why(hit))}</span>'
    )
    facts = " · ".join(part for part in (case.case_id, case.date or "", _similarities(hit)) if part)
    return (
        f'<details class="card"{" open" if opened else ""}><summary>{summary}</summary>'
        f'<div class="opened" id="case-{number}" tabindex="-1">{sheet_html(case.record, name=f"Case {number}")}'
        f'<div class="texts">{_report_html(case)}{_findings_html(case, shown)}</div><p class="fine">{escape(facts)}</p></div></details>'
    )


def person(case: Case) -> str:
    """Sex and age, as far as known: "F 71"."""
    age = "" if case.patient.age is None else f"{case.patient.age:.0f}"
    return " ".join(part for part in (case.patient.sex or "", age) if part) or "age and sex unknown"


def why(hit: "CaseHit") -> str:
    """Why a case was found: "by ECG 1st, by report 3rd"."""
    named = {"ecg": "ECG", "report": "report"}
    ways = [f"by {named[match.modality]} {_ordinal(match.rank)}" for match in hit.matches]
    return ", ".join(["the same recording", *ways] if hit.same_recording else ways)


def statement_name(code: str) -> str:
    """The words for the code of a finding; the code itself where the vocabulary has none."""
    return STATEMENTS[code].name if code in STATEMENTS else code


def _similarities(hit: "CaseHit") -> str:
    named = {"ecg": "ECG", "report": "report"}
    return ", ".join(f"similarity by {named[match.modality]} {_short(match.similarity)}" for match in hit.matches)


def stated(case: Case) -> dict[str, str]:
    """Codes that the report affirms, in its order, to their words: "possible atrial fibrillation" where every mention doubts it."""
    surest: dict[str, Certainty] = {}
    for finding in case.findings:
        if not finding.negated:
            surest[finding.code] = min(surest.get(finding.code, finding.certainty), finding.certainty, key=_SUREST_FIRST.index)
    return {code: statement_name(code) if sure == "certain" else f"{sure} {statement_name(code)}" for code, sure in surest.items()}


def _headline(case: Case) -> str:
    affirmed = list(stated(case).values())
    return ", ".join(affirmed[:3]) + (" …" if len(affirmed) > 3 else "") if affirmed else "no finding read from the report"


def _report_html(case: Case) -> str:
    written, language = case.report.strip() or "no report", LANGUAGES.get(case.language, "")
    html = _quoted(f"Report as written{f' ({language})' if language else ''}", written, case.language)
    translated = case.language not in ("", "en") and case.english.strip() != case.report.strip()
    return html + (_quoted("In English", case.english.strip(), "en") if translated else "")


def _quoted(title: str, text: str, language: str) -> str:
    return f'<div><h5>{title}</h5><blockquote lang="{escape(language)}">{escape(text)}</blockquote></div>'


def _findings_html(case: Case, shown: Sequence["CaseHit"]) -> str:
    agreeing = Counter(code for hit in shown for code in hit.case.codes)
    affirmed = sorted(stated(case).items(), key=lambda each: -agreeing[each[0]])
    chips = "".join(f"<li>{escape(name)} <small>{agreeing[code]} of {len(shown)}</small></li>" for code, name in affirmed)
    denied = ", ".join(dict.fromkeys(statement_name(finding.code) for finding in case.findings if finding.negated))
    html = f'<div><h5>Findings, in how many of these cases</h5><ul class="chips">{chips or "<li>none read</li>"}</ul>'
    return html + (f'<p class="fine">Denied: {escape(denied)}</p></div>' if denied else "</div>")


def _short(value: float) -> str:
    """A similarity as radiologists and statisticians write it: ".93"."""
    return f"{value:.2f}".replace("0.", ".", 1)


def _ordinal(n: int) -> str:
    suffix = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{suffix}"
