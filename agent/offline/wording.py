"""Tool results in sentences: what the offline language model says. Every sentence is worded so that the check can follow it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from agent.evidence import cite
from agent.measure import FIELDS

Result = Mapping[str, Any]

CAN_ASK = (
    "You can ask which of these cases report a finding and how many lack it, for the measurements of your ECG or of a case, "
    "for cases of one sex or age only, to open, compare or summarise cases, why a case was found, and what a finding means."
)
NOT_UNDERSTOOD = "I work offline, by rules, and did not understand that; I only speak about this ECG and the past cases in the library."
NO_DIAGNOSIS = "I do not diagnose; what follows was measured, or is what reports of past cases say."
NOTHING_YET = "No case has been looked up yet: upload an ECG or search first."
REFUSAL = (
    "I only speak about this ECG and the past cases in the library; I give no advice on treatment and follow no other request. " + CAN_ASK
)


def worded(result: Result) -> str:
    """One tool result in English."""
    if "error" in result:
        return f"That did not work: {result['error']}."
    return " ".join(_WORDING[result["tool"]](result))


def _found(result: Result) -> list[str]:
    rows, conditions = result["found"], result["conditions"]
    under = f" ({conditions})" if conditions else ""
    if not rows:
        return [f"No past case fits{under}."]
    many = "1 case" if len(rows) == 1 else f"{len(rows)} cases"
    sentences = [f"{many} found{under}, most similar first: {cite(row['case'] for row in rows)}."]
    for row in rows[:5]:
        said = [finding["name"] if finding["certain"] else f"possible {finding['name']}" for finding in row["findings"]]
        person = ", ".join(str(part) for part in (row["sex"], row["age"]) if part is not None)
        reports = ", ".join(said) or "no finding of the vocabulary"
        sentences.append(f"Case {row['case']}{f' ({person})' if person else ''} reports {reports} [{row['case']}].")
    return sentences


def _opened(result: Result) -> list[str]:
    n = result["case"]
    person = ", ".join(
        [
            *([{"F": "a woman", "M": "a man"}[result["sex"]]] if result["sex"] else []),
            *([f"{result['age']} years"] if result["age"] is not None else []),
        ]
    )
    source = f" (source: {result['source']})" if result["source"] else ""
    sentences = [f"Case {n}{source}: {person or 'age and sex not known'} [{n}]."] if source or person else []
    sentences.append(f"Its report reads {result['report']} [{n}].")
    if result["in_english"]:
        sentences.append(f"In English it reads {result['in_english']} [{n}].")
    stated = [f["name"] if f["certainty"] == "certain" else f"{f['certainty']} {f['name']}" for f in result["findings"] if not f["negated"]]
    denied = [f["name"] for f in result["findings"] if f["negated"]]
    if stated:
        sentences.append(f"It states {', '.join(dict.fromkeys(stated))} [{n}].")
    if denied:
        sentences.append(f"It says {' and '.join('no ' + name for name in dict.fromkeys(denied))} [{n}].")
    return sentences


def _compared(result: Result) -> list[str]:
    a, b = result["cases"]
    sentences = []
    if "both" in result:
        same = (
            f"Cases {a} and {b} both report {', '.join(result['both'])}"
            if result["both"]
            else f"Cases {a} and {b} report nothing in common"
        )
        sentences.append(f"{same}, possible or certain {cite((a, b))}.")
        for n, stated in ((a, result["only_first"]), (b, result["only_second"])):
            if stated:
                said = ", ".join(f["name"] if f["certain"] else f"possible {f['name']}" for f in stated)
                sentences.append(f"Of the two, only case {n} reports {said} [{n}].")
    return sentences + [_measured_row(row) for row in result["measured"]]


def _measured(result: Result) -> list[str]:
    return [_measured_row(row) for row in result["measured"]]


def _measured_row(row: Result) -> str:
    given = [f"{name} {row[field]:.0f}{unit}" for field, (name, unit) in FIELDS.items() if row.get(field) is not None]
    lacking = [f"{FIELDS[field][0]} not measurable ({reason})" for field, reason in row["missing"].items()]
    who = f"Case {row['case']}" if row["case"] else "Your ECG"
    return f"{who}: {', '.join(given + lacking)}{cite_all([row['case']] if row['case'] else [])}."


def cite_all(numbers: Sequence[int]) -> str:
    """Citations behind a space; nothing where there are none."""
    return f" {cite(numbers)}" if numbers else ""


def _summary(result: Result) -> list[str]:
    return list(result["sentences"])


def _counted(result: Result) -> list[str]:
    having, without = result["with"], result["without"]
    if not result["of"]:
        return [NOTHING_YET]
    of, names = _the(len(result["of"])), result["findings"]
    if not names:
        chosen, verb = (without, "not ") if result["absent"] else (having, "")
        return [f"{len(chosen)} of {of} {'is' if len(chosen) == 1 else 'are'} {verb}{result['who']}{cite_all(chosen)}."]
    among = f" ({result['who']})" if result["who"] else ""
    findings = " or ".join(names) if len(names) < 4 else f"any of the {result['asked']} statements of that kind"
    if len(result["of"]) == 1:
        return _counted_in_one(result["of"][0], having, findings, result["uncertain"])
    if result["absent"] and without and having:
        return [f"{len(without)} of {of}{among} {'does' if len(without) == 1 else 'do'} not report {findings}{cite_all(without)}."]
    if not having:
        return [f"None of {of}{among} reports {findings}."]
    start = f"{len(having)} of {of}{among} {'reports' if len(having) == 1 else 'report'}"
    if len(names) == 1:
        return [f"{start} {_surely(findings, having, result['uncertain'])}."]
    each = [
        f"{len(who)} of {of}{among} {'reports' if len(who) == 1 else 'report'} {name}, possible or certain{cite_all(who)}."
        for name, who in result["per_finding"].items()
    ]
    return [f"{start} one of these{cite_all(having)}.", *each]


def _counted_in_one(case: int, having: Sequence[int], findings: str, uncertain: Sequence[int]) -> list[str]:
    if not having:
        return [f"Case {case} does not report {findings} [{case}]."]
    return [f"Case {case} reports {'possible ' if uncertain else ''}{findings} [{case}]."]


def _surely(finding: str, who: Sequence[int], uncertain: Sequence[int]) -> str:
    """ "atrial fibrillation [1][4], as possible or probable [7]"."""
    sure = [n for n in who if n not in uncertain]
    hedged = f"as possible or probable{cite_all(uncertain)}" if uncertain else ""
    return ", ".join(part for part in (f"{finding}{cite_all(sure)}" if sure else "", hedged) if part) if sure else f"{finding} {hedged}"


def _the(total: int) -> str:
    return "the one case" if total == 1 else f"the {total} cases"


def _listed(result: Result) -> list[str]:
    total = len(result["of"])
    if not total:
        return [NOTHING_YET]
    kind = f"{result['category']} " if result["category"] else ""
    if not result["findings"]:
        return [
            f"The cases shown report no {kind}finding {'that half of them do not share' if result['minority'] else 'of the vocabulary'}."
        ]
    sentences = []
    for row in result["findings"][:6]:
        verb = "reports" if len(row["cases"]) == 1 else "report"
        sentences.append(f"{len(row['cases'])} of {_the(total)} {verb} {_surely(row['finding'], row['cases'], row['uncertain'])}.")
    return sentences


def _explained(result: Result) -> list[str]:
    n = result["case"]
    ways = [
        f"by its {'ECG' if f['by'] == 'ecg' else 'report'} (rank {f['rank']}, similarity {f['similarity']:.2f})" for f in result["found"]
    ]
    sentences = [f"Case {n} was found {' and '.join(ways)} [{n}]."]
    for shared in result["shared"]:
        sentences.append(
            f"Like {'case' if len(shared['cases']) == 1 else 'cases'} {cite(shared['cases'])} it reports {shared['finding']} [{n}]."
        )
    return sentences


def _defined(result: Result) -> list[str]:
    sentences = []
    for d in result["definitions"]:
        within = f" of the class {d['superclass']}" if d["superclass"] else ""
        sentences.append(f"{d['code']} is {d['name']}, a {' and '.join(d['category'])} statement{within} in SCP-ECG.")
    return sentences


_WORDING: Mapping[str, Callable[[Result], list[str]]] = {
    "search_by_ecg": _found,
    "search_by_text": _found,
    "open_case": _opened,
    "compare_cases": _compared,
    "measure_ecg": _measured,
    "summarise": _summary,
    "count_findings": _counted,
    "list_findings": _listed,
    "explain_match": _explained,
    "define": _defined,
}
