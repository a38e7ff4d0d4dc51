"""What the page shows of an ECG, a case and an answer, as HTML. Every text from outside is escaped here and nowhere else."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from data import Case, EcgRecord
from data.findings.vocabulary import VOCABULARY
from ui.chat import Turn
from ui.paper import NARROW, STANDARD, describe, ecg_svg

if TYPE_CHECKING:  # agent brings Chroma and LlamaIndex, seconds of import that a drawing does not need
    from agent import CaseHit, Draft, Measurements, Sentence

RESEARCH_USE = "research use, a draft, not a diagnosis"
LANGUAGES = {"de": "German", "en": "English", "sv": "Swedish"}
WELCOME = (
    "<p>Drop an ECG into the box below: WFDB (.hea with .dat), DICOM, CSV, or a zip of them. It is drawn on paper, measured, and compared "
    "with the cases of the library; the draft that follows says for every sentence where it comes from.</p><p>Or try an example:</p>"
)
NO_ECG = '<div class="empty">Your ECG is drawn here.</div>'
_CITATION = re.compile(r"\s*\[(\d+)\]")


def bar_html(library: str, counts: Mapping[str, int], llm: str) -> str:
    """The line on top: what is searched, who words the answers, and what this is not."""
    cases = ", ".join(f"{count:,} {source}" for source, count in counts.items()) or "no"
    return (
        f'<header class="bar"><h1>ecg-cases</h1><span>library: {escape(library)}, {escape(cases)} cases</span>'
        f'<span>language model: {escape(llm)}</span><span class="use">research use, not a diagnosis</span></header>'
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
    return f"# Draft from similar ECG cases\n\n{text}\n" + ("" if RESEARCH_USE in text else f"\n{RESEARCH_USE}\n")


def _withheld_html(withheld: Sequence["Sentence"]) -> str:
    if not withheld:
        return ""
    count = f"{len(withheld)} sentence{'s' if len(withheld) > 1 else ''} withheld"
    lines = "".join(f"<li>{escape(sentence.text)}</li>" for sentence in withheld)
    return f'<details class="withheld"><summary>{count}: not supported by what it cites</summary><ul>{lines}</ul></details>'


def sheet_html(record: EcgRecord, *, name: str, layout: str = STANDARD, narrow: str | None = NARROW) -> str:
    """The drawing with its alternative text; `narrow` is the layout that a narrow window shows instead."""
    wide = f'<img class="{"wide" if narrow else "always"}" alt="{escape(name)}: {escape(describe(record))}" src="{_data_uri(ecg_svg(record, layout=layout))}">'
    small = f'<img class="narrow" alt="{escape(name)}: {escape(describe(record))}" src="{_data_uri(ecg_svg(record, layout=narrow))}">' if narrow else ""
    return f'<div class="sheet">{wide}{small}</div>'


def _data_uri(svg: str) -> str:
    return "data:image/svg+xml," + quote(svg, safe=" =:/;,.'()+-@")


def measurements_html(measured: "Measurements") -> str:
    """The row under the drawing: HR, PR, QRS, QT, QTc, axis; what could not be measured is a dash."""
    cells = (
        ("HR", measured.heart_rate_bpm, "/min"),
        ("PR", measured.pr_ms, "ms"),
        ("QRS", measured.qrs_ms, "ms"),
        ("QT", measured.qt_ms, "ms"),
        ("QTcF" if "rid" in (measured.qtc_formula or "") else "QTc", measured.qtc_ms, "ms"),
        ("axis", measured.axis_deg, "°"),
    )
    row = "".join(f"<div><dt>{label}</dt><dd>{_measured(value, unit)}</dd></div>" for label, value, unit in cells)
    return f'<dl class="measured">{row}</dl>'


def _measured(value: float | None, unit: str) -> str:
    return '<abbr title="not measurable">–</abbr>' if value is None else f"{value:.0f}<small>{unit}</small>"


def sentences_html(sentences: Sequence["Sentence"], known: int) -> str:
    """Sentences under a heading for whom they speak of; `[n]` leads to the card of case n, for n up to `known`."""
    parts, kind = [], None
    for sentence in sentences:
        if sentence.kind != kind:
            kind = sentence.kind
            parts.append(f'<h4>{"This ECG" if kind == "this_ecg" else "Past cases"}</h4>')
        parts.append(f"<p>{cited(sentence.text, sentence.citations, known)}</p>")
    return f'<div class="answer">{"".join(parts)}</div>'


def cited(text: str, citations: Iterable[int], known: int) -> str:
    """A sentence, escaped, its citations as links to the cards."""

    def link(number: int) -> str:
        return f' <a class="cite" href="#case-{number}" aria-label="open case {number}">[{number}]</a>' if 1 <= number <= known else f" [{number}]"

    linked = _CITATION.sub(lambda found: link(int(found[1])), escape(text))
    inline = {int(number) for number in _CITATION.findall(text)}
    return linked + "".join(link(number) for number in citations if number not in inline)


def card_html(number: int, hit: "CaseHit", shown: Sequence["CaseHit"], *, opened: bool = False) -> str:
    """A case that opens when clicked, or when a link to `#case-number` is followed.

    Parameters
    ----------
    number : its citation
    shown : the cases of the same selection, to say how many of them agree
    """
    case = hit.case
    return (
        f'<details class="card"{" open" if opened else ""}><summary>'
        f'<b class="cite">[{number}]</b><span class="score" title="similarity of the two ECGs and of ECG and report, fused">{_short(hit.score)}</span>'
        f'<span class="who">{escape(person(case))}</span><span class="what">{escape(_headline(case))}</span><span class="why">{escape(why(hit))}</span>'
        f'</summary><div class="opened" id="case-{number}" tabindex="-1">'
        f"{sheet_html(case.record, name=f'Case {number}')}"
        f'<div class="texts">{_report_html(case)}{_findings_html(case, shown)}</div>'
        f'<p class="fine">{escape(" · ".join(part for part in (case.case_id, case.date or "", _similarities(hit)) if part))}</p>'
        "</div></details>"
    )


def person(case: Case) -> str:
    """Sex and age, as far as known: "F 71"."""
    age = "" if case.patient.age is None else f"{case.patient.age:.0f}"
    return " ".join(part for part in (case.patient.sex or "", age) if part) or "age and sex unknown"


def why(hit: "CaseHit") -> str:
    """Why a case was found: "by ECG 1st, by report 3rd"."""
    named = {"ecg": "ECG", "report": "report"}
    return ", ".join(f"by {named[match.modality]} {_ordinal(match.rank)}" for match in hit.matches)


def statement_name(code: str) -> str:
    """The words for an SCP-ECG code; the code itself where the vocabulary has none."""
    return VOCABULARY[code].name if code in VOCABULARY else code


def _similarities(hit: "CaseHit") -> str:
    named = {"ecg": "ECG", "report": "report"}
    return ", ".join(f"similarity by {named[match.modality]} {_short(match.similarity)}" for match in hit.matches)


def _headline(case: Case) -> str:
    affirmed = list(dict.fromkeys(statement_name(finding.code) for finding in case.findings if not finding.negated))
    return ", ".join(affirmed[:3]) + (" …" if len(affirmed) > 3 else "") if affirmed else "no finding read from the report"


def _report_html(case: Case) -> str:
    written = case.report.strip() or "no report"
    language = LANGUAGES.get(case.language, "")
    html = f'<div><h5>Report as written{f" ({language})" if language else ""}</h5><blockquote lang="{escape(case.language)}">{escape(written)}</blockquote></div>'
    if case.language not in ("", "en") and case.english.strip() != case.report.strip():
        html += f'<div><h5>In English</h5><blockquote lang="en">{escape(case.english.strip())}</blockquote></div>'
    return html


def _findings_html(case: Case, shown: Sequence["CaseHit"]) -> str:
    agreeing = Counter(code for hit in shown for code in hit.case.codes)
    codes = list(dict.fromkeys(finding.code for finding in case.findings if not finding.negated))
    chips = "".join(
        f"<li>{escape(statement_name(code))} <small>{agreeing[code]} of {len(shown)}</small></li>" for code in sorted(codes, key=lambda c: -agreeing[c])
    )
    denied = ", ".join(dict.fromkeys(statement_name(finding.code) for finding in case.findings if finding.negated))
    html = f'<div><h5>Findings, in how many of these cases</h5><ul class="chips">{chips or "<li>none read</li>"}</ul>'
    return html + (f'<p class="fine">Denied: {escape(denied)}</p></div>' if denied else "</div>")


def _short(value: float) -> str:
    """A similarity as radiologists and statisticians write it: ".93"."""
    return f"{value:.2f}".removeprefix("0") if value >= 0 else f"{value:.2f}".replace("-0", "−")


def _ordinal(n: int) -> str:
    suffix = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{suffix}"
