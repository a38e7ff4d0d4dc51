"""Tool results in sentences: what the offline language model says. Every sentence is worded so that the check can follow it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from agent.evidence import cite

Result = Mapping[str, Any]

CAN_ASK = (
    "You can ask which of these cases report a finding and how many lack it, for the measurements of your ECG or of a case "
    "and which is the highest, for cases of one sex or age only, to open, compare or summarise cases, why a case was found, "
    "and what a finding means."
)
NOT_UNDERSTOOD = "I work offline, by rules, and did not understand that; I only speak about this ECG and the past cases in the library."
NO_DIAGNOSIS = "I do not diagnose; what follows was measured, or is what reports of past cases say."
GREETING = f"I am glad to help. {CAN_ASK}"
NONE_SHOWN = "No case is shown: upload an ECG, search in words, or ask for all cases again."
LIFT = "You can lift the conditions by asking for all cases again."
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
        return [f"No past case fits{under}.", *([LIFT] if conditions else [])]
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
    person = _person(result)
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


def _person(row: Result) -> str:
    """ "a woman, 71 years", as far as known."""
    sex = [{"F": "a woman", "M": "a man"}[row["sex"]]] if row["sex"] else []
    return ", ".join([*sex, *([f"{row['age']} years"] if row["age"] is not None else [])])


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
    if result.get("stated"):
        n, said = a or b, ", ".join(f["name"] if f["certain"] else f"possible {f['name']}" for f in result["stated"])
        sentences.append(f"Case {n} reports {said} [{n}].")
        sentences.append(f"The ECG of case {n} has a similarity of {result['similarity']:.2f} to this ECG [{n}].")
    return (
        [_measured_row(row) for row in result["measured"]] + sentences
        if "similarity" in result
        else sentences + [_measured_row(row) for row in result["measured"]]
    )


def _measured(result: Result) -> list[str]:
    return [_measured_row(row) for row in result["measured"]]


def _measured_row(row: Result) -> str:
    who = f"Case {row['case']}" if row["case"] else "Your ECG"
    return f"{who}: {', '.join(row['words'])}{cite_all([row['case']] if row['case'] else [])}."


def _ranked(result: Result) -> list[str]:
    rows = result["ranked"]
    if not rows:
        return [NONE_SHOWN if not result["unknown"] else "None of the cases shown has such a value."]
    extreme = ("youngest" if result["lowest"] else "oldest") if result["by"] == "age" else "lowest" if result["lowest"] else "highest"
    if result["limited"]:
        each = [f"Case {row['case']}: {row['words']} [{row['case']}]." for row in rows]
        return [
            f"{len(rows)} of {_the(result['of'])} {'does' if len(rows) == 1 else 'do'}{cite_all([row['case'] for row in rows])}.",
            *each,
        ]
    first, *others = rows
    sentences = [f"Case {first['case']}: {first['words']}, the {extreme} of those shown [{first['case']}]."]
    return sentences + [f"Case {row['case']}: {row['words']} [{row['case']}]." for row in others[:2]]


def _described(result: Result) -> list[str]:
    seconds = f"{result['seconds']:g} second{'' if result['seconds'] == 1 else 's'}"
    leads = f"{result['n_leads']} lead{'' if result['n_leads'] == 1 else 's'} ({', '.join(result['leads'])})"
    sentences = [f"Your ECG: {leads} over {seconds}.", *result["limits"]]
    if not result["limits"]:
        sentences.append("Nothing on this ECG was doubted when it was read.")
    if result["doubt"]:
        return [*sentences, result["doubt"]]
    if result["usual_similarity"] is not None and result["mean_similarity"] is not None:
        near, usual = f"{result['mean_similarity']:.2f}", f"{result['usual_similarity']:.2f}"
        sentences.append(f"The closest ECGs have a mean similarity of {near}, where {usual} is usual in this library.")
    return sentences


def _library(result: Result) -> list[str]:
    return [f"I search a library of {result['cases']} cases; {result['shown']} of them are shown."]


def cite_all(numbers: Sequence[int]) -> str:
    """Citations behind a space; nothing where there are none."""
    return f" {cite(numbers)}" if numbers else ""


def _summary(result: Result) -> list[str]:
    return list(result["sentences"])


def _counted(result: Result) -> list[str]:
    having, without = result["with"], result["without"]
    if not result["of"]:
        return [NONE_SHOWN]
    of, names = _the(len(result["of"])), result["findings"]
    if not names and len(result["of"]) == 1:
        case, who = result["of"][0], _person(result["person"]) or "age and sex not known"
        return [f"{('Yes, case' if having else 'No, case') if result['who'] else 'Case'} {case} is of {who} [{case}]."]
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
        if result["who"]:  # in words that the check can follow without knowing whom they leave out
            fits = "fits all of that" if "with" in result["who"] else f"that report it are {result['who']}"
            return [f"None of the cases shown {fits}."]
        return [f"None of {of} reports {findings}.", SEARCH_ALL]
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


SEARCH_ALL = "You can search the whole library for it: ask for only the cases with it."


def _the(total: int) -> str:
    return "the one case" if total == 1 else f"the {total} cases"


def _listed(result: Result) -> list[str]:
    total = len(result["of"])
    if not total:
        return [NONE_SHOWN]
    kind = f"{result['category']} " if result["category"] else ""
    if not result["findings"]:
        return [
            f"The cases shown report no {kind}finding {'that half of them do not share' if result['minority'] else 'of the vocabulary'}."
        ]
    sentences = []
    if lacking := result["without_main"]:
        verb = "does" if len(lacking) == 1 else "do"
        sentences.append(f"{len(lacking)} of {_the(total)} {verb} not report {result['main']}, which most report{cite_all(lacking)}.")
    for row in result["findings"][:6]:
        verb = "reports" if len(row["cases"]) == 1 else "report"
        sentences.append(f"{_some(len(row['cases']), total)} {verb} {_surely(row['finding'], row['cases'], row['uncertain'])}.")
    return sentences


def _some(n: int, total: int) -> str:
    return f"All {total} cases" if n == total > 1 else f"{n} of {_the(total)}"


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
    "rank_cases": _ranked,
    "describe_ecg": _described,
    "describe_library": _library,
}
