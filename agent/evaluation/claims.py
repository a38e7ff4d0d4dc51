"""True and false sentences about cases, made from what is known of them and not by the rules that will judge them.

A finding counts as stated by a case where its report was read so *and* the source's own coding has it, as absent where neither has it
nor anything of its subclass. Wordings are the vocabulary's; the sentences around them are a person's, many for each kind.
"""

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Literal, get_args

from agent.evaluation.phrases import (
    AS_THIS_ECG,
    NEGATED,
    NUMBERS,
    OF_THIS_ECG,
    RAISED,
    STRANGE,
    TRUE_DENIALS,
    TRUE_HEDGES,
    TRUE_OF_ONE,
    TRUE_OF_SOME,
    UNCITED,
)
from agent.hits import CaseHit
from agent.measure import FIELDS, Measurements
from data import Case
from data.findings import VOCABULARY
from data.findings.extract import extract

Kind = Literal[
    "unknown citation", "uncited claim", "finding not in the report", "negation flipped", "certainty raised", "number nobody gave",
    "lead or side changed", "told as this ECG's",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)

_OPPOSITES = (
    ("CLBBB", "CRBBB"), ("ILBBB", "IRBBB"), ("IMI", "AMI"), ("IMI", "ASMI"), ("IMI", "ALMI"), ("ILMI", "AMI"), ("ASMI", "ILMI"),
    ("LAFB", "LPFB"), ("LAO/LAE", "RAO/RAE"), ("LVH", "RVH"), ("ISCAL", "ISCIN"), ("ISCAN", "ISCIN"), ("ISCLA", "ISCIN"),
    ("INJAS", "INJIN"), ("INJAL", "INJIN"),
)  # fmt: skip
_AREAS: Mapping[str, re.Pattern[str]] = {  # as reports of three languages word them
    "inferior": re.compile(r"inf|hinterwand|\bII\b|III|avf", re.I), "anterior": re.compile(r"ant|vorderwand|V\d", re.I),
    "lateral": re.compile(r"lat|seiten|V\d|\bI\b|avl", re.I), "septal": re.compile(r"sept|V\d", re.I),
}  # fmt: skip
_AXES: Mapping[str, re.Pattern[str]] = {
    "left axis deviation": re.compile(r"link|left|vänster|överdreh|ueberdreh|axe?i?s|lage|electrical", re.I),
    "right axis deviation": re.compile(r"recht|right|höger|axe?i?s|lage|steil|electrical", re.I),
}  # fmt: skip
_LEADS = ("V1 to V3", "II, III and aVF", "V4-V6", "aVL", "V2")
_BY_PLACE = ("STD_", "STE_", "INVT", "LOWT", "NT_", "NST_", "QWAVE", "NDT", "TAB_")  # findings that have a place of their own
_AWKWARD = {
    "is",
    "are",
    "ecg",
    "ekg",
    "in",
    "and",
    "or",
    "non",
    "with",
    "limits",
    "no",
    "electrocardiogram",
    "tracing",
    "normal",
    "sequential",
}


@cache
def wordings() -> Mapping[str, tuple[str, ...]]:
    """Codes to their wordings in running English."""
    return {
        code: (
            s.name,
            *(w for w in s.synonyms.get("en", ()) if _plain(w) and not _narrower(w, code)),
        )
        for code, s in VOCABULARY.items()
    }


def _narrower(wording: str, code: str) -> bool:
    """Whether a wording is that of a statement beyond the 71, such as a pacing mode: a report of the wider one does not say as much."""
    return any(finding.code != code and finding.code not in VOCABULARY for finding in extract(wording))


def _plain(wording: str) -> bool:
    return len(wording.split()) > 1 and not set(wording) & set("*|?") and not set(wording.split()) & _AWKWARD


@dataclass
class Teller:
    """Tells true and false sentences about the hits of one query, cited by their place."""

    hits: Sequence[CaseHit]
    measured: Measurements
    chance: random.Random

    def truths(self, n: int) -> list[str]:
        """Up to n true sentences, each once."""
        makers = (
            self._of_one,
            self._of_one,
            self._of_some,
            self._of_some,
            self._denial,
            self._hedge,
            self._value,
            self._quote,
            self._person,
        )
        return self._several(n, [maker for maker in makers for _ in range(2)])

    def lies(self, kind: Kind, n: int) -> list[str]:
        """Up to n false sentences of a kind; fewer where these cases give no occasion."""
        makers: Mapping[Kind, Sequence[Callable[[], str | None]]] = {
            "unknown citation": (self._unknown,),
            "uncited claim": (self._uncited,),
            "finding not in the report": (self._absent, self._absent, self._strange),
            "negation flipped": (self._flipped,),
            "certainty raised": (self._raised,),
            "number nobody gave": (self._wrong_value, self._wrong_number),
            "lead or side changed": (self._other_side, self._other_leads, self._other_area, self._other_axis),
            "told as this ECG's": (self._transferred,),
        }
        return self._several(n, makers[kind])

    def _several(self, n: int, makers: Sequence[Callable[[], str | None]]) -> list[str]:
        def tries() -> Iterator[str]:
            for _ in range(12 * n):
                if text := self.chance.choice(makers)():
                    yield text[:1].upper() + text[1:]

        return list(islice(dict.fromkeys(tries()), n))

    # ------------------------------------------------------------------ what is known

    def _case(self, n: int) -> Case:
        return self.hits[n - 1].case

    def _best(self, n: int, code: str) -> str:
        """How certain the report is of a code, "" where it does not affirm it."""
        said = {f.certainty for f in self._case(n).findings if f.code == code and not f.negated}
        return next((degree for degree in ("certain", "probable", "possible") if degree in said), "")

    def _stated(self, *degrees: str) -> list[tuple[int, str]]:
        """Cases and the codes that they state, in their reports and in the coding, so certainly."""
        return [
            (n, code) for n in self._numbers for code in VOCABULARY if self._best(n, code) in degrees and code in self._case(n).statements
        ]

    def _lacking(self) -> list[tuple[int, str]]:
        return [(n, code) for n in self._numbers for code in self._absent_codes(n)]

    def _absent_codes(self, n: int) -> list[str]:
        case = self._case(n)
        known = {f.code for f in case.findings} | set(case.statements)
        near = {VOCABULARY[code].subclass for code in known if code in VOCABULARY} - {""}
        return [code for code, s in VOCABULARY.items() if code not in known and s.subclass not in near and not _akin(code, known)]

    @property
    def _numbers(self) -> range:
        return range(1, len(self.hits) + 1)

    def _word(self, code: str) -> str:
        return self.chance.choice(wordings()[code])

    def _pick(self, pairs: Sequence[tuple[int, str]]) -> tuple[int, str] | None:
        return self.chance.choice(pairs) if pairs else None

    def _fill(self, templates: Sequence[str], n: int, code: str, **more: object) -> str:
        word = self._word(code)
        case = self._case(n)
        holders = [m for m in self._numbers if code in case_codes(self._case(m))]
        given = {
            "n": n, "f": word, "F": word[:1].upper() + word[1:], "k": len(self.hits), "cites": "".join(f"[{m}]" for m in holders),
            "report": " ".join(case.english.split())[:80].replace("“", "").replace("”", ""),
            "age": round(case.patient.age or 60), "sex": {"F": "woman", "M": "man"}.get(case.patient.sex or "", "patient"),
        }  # fmt: skip
        return self.chance.choice(templates).format(**given | more)

    # ------------------------------------------------------------------ true

    def _of_one(self) -> str | None:
        found = self._pick(self._stated("certain"))
        return found and self._fill(TRUE_OF_ONE, *found)

    def _of_some(self) -> str | None:
        found = self._pick(self._stated("certain"))
        holders = [m for m in self._numbers if found and found[1] in case_codes(self._case(m))]
        if not found or len(holders) < 2 or any(self._best(m, found[1]) != "certain" for m in holders):
            return None
        listed = f"cases {', '.join(map(str, holders[:-1]))} and {holders[-1]}"
        count = self.chance.choice((str(len(holders)), _WORDS[len(holders)]))
        return self._fill(TRUE_OF_SOME, *found, cases=listed, Cases=listed.capitalize(), count=count, Count=count.capitalize())

    def _denial(self) -> str | None:
        found = self._pick(self._lacking())
        return found and self._fill(TRUE_DENIALS, *found)

    def _hedge(self) -> str | None:
        found = self._pick(self._stated("possible"))
        return found and self._fill(TRUE_HEDGES, *found)

    def _value(self, change: int = 0) -> str | None:
        there = [field for field in FIELDS if isinstance(getattr(self.measured, field, None), float)]
        if not there:
            return None
        field = self.chance.choice(there)
        name, unit = FIELDS[field]
        return self.chance.choice(OF_THIS_ECG).format(name=name, value=f"{getattr(self.measured, field) + change:.0f}{unit}")

    def _quote(self) -> str | None:
        n = self.chance.choice(self._numbers)
        words = " ".join(self._case(n).english.split())
        return f"The report of case {n} reads “{words}” [{n}]." if words and not set(words) & set("“”") else None

    def _person(self) -> str | None:
        found = self._pick(self._stated("certain"))
        if not found or not (patient := self._case(found[0]).patient).sex or patient.age is None:
            return None
        return self._fill(("Case {n} is a {age}-year-old {sex} whose report states {f} [{n}].",), *found)

    # ------------------------------------------------------------------ false

    def _unknown(self) -> str | None:
        found = self._pick(self._stated("certain"))
        if not found:
            return None
        text, strange = self._fill(TRUE_OF_ONE, *found), len(self.hits) + self.chance.randint(1, 90)
        instead = text.replace(f"[{found[0]}]", f"[{strange}]")
        return self.chance.choice((instead, instead.replace(f"case {found[0]}", f"case {strange}"), text.replace("].", f"][{strange}].")))

    def _uncited(self) -> str | None:
        found = self._pick(self._stated("certain"))
        return found and self._fill(UNCITED, *found)

    def _absent(self) -> str | None:
        found = self._pick(self._lacking())
        return found and self._fill(TRUE_OF_ONE, *found)

    def _strange(self) -> str | None:
        n, term = self.chance.choice(self._numbers), self.chance.choice(STRANGE)
        stem = re.sub(r"^(?:an?|the) ", "", term).split()[0].lower()[:6]
        text = f"{self._case(n).report} {self._case(n).english}".lower()
        return None if stem in text else self.chance.choice(TRUE_OF_ONE).format(n=n, f=term, F=term[:1].upper() + term[1:])

    def _flipped(self) -> str | None:
        denied = [
            (n, f.code) for n in self._numbers for f in self._case(n).findings
            if f.negated and not self._best(n, f.code) and f.code in VOCABULARY and f.code not in self._case(n).statements
        ]  # fmt: skip
        if denied and self.chance.random() < 0.5:
            return self._fill(TRUE_OF_ONE, *self.chance.choice(denied))
        found = self._pick(self._stated("certain"))
        return found and self._fill(NEGATED, *found)

    def _raised(self) -> str | None:
        unsure = [(n, code) for n in self._numbers for code in VOCABULARY if self._best(n, code) in ("possible", "probable")]
        found = self._pick(unsure)
        if found and self._best(*found) == "possible" and self.chance.random() < 0.3:
            return self._fill(
                ("Case {n} probably has {f}, says its report [{n}].", "{F} is likely in the report of case {n} [{n}]."), *found
            )
        return found and self._fill(RAISED, *found)

    def _wrong_value(self) -> str | None:
        return self._value(change=self.chance.choice((-40, -23, -11, 13, 27, 60)))

    def _wrong_number(self) -> str | None:
        found = self._pick(self._stated("certain"))
        if not found:
            return None
        n, code = found
        case, holders = self._case(n), [m for m in self._numbers if code in case_codes(self._case(m))]
        reported = set(map(int, re.findall(r"\d+", f"{case.report} {case.english}")))
        free = [value for value in range(41, 190) if value not in reported and value != round(case.patient.age or 0)]
        shares = [share for share in range(10, 100, 10) if abs(share - 100 * len(holders) / len(self.hits)) > 5]
        return self._fill(
            NUMBERS, n, code, rate=self.chance.choice(free), wrong_age=self.chance.choice([v for v in free if v < 95]),
            similarity=f"{self.hits[n - 1].cosine + self.chance.choice((-0.31, -0.17)):.2f}", percent=self.chance.choice(shares),
            wrong_count=self.chance.choice([m for m in range(1, len(self.hits) + 1) if m != len(holders)]),
            mm=self.chance.choice((1, 2, 3, 4)), qrs=self.chance.choice(free), mv=self.chance.choice(("1.8", "2.6", "3.1")),
        )  # fmt: skip

    def _other_side(self) -> str | None:
        stated = self._stated("certain", "probable", "possible")
        pairs = [(n, theirs) for n, code in stated for a, b in (*_OPPOSITES, *((b, a) for a, b in _OPPOSITES)) for mine, theirs in ((a, b),)
                 if mine == code and not self._best(n, theirs) and theirs not in self._case(n).statements]  # fmt: skip
        found = self._pick(pairs)
        return found and self._fill(TRUE_OF_ONE, *found)

    def _other_leads(self) -> str | None:
        placed = [(n, code) for n, code in self._affirmed() if code in _BY_PLACE]
        if not placed:
            return None
        n, code = self.chance.choice(placed)
        report = f"{self._case(n).report} {self._case(n).english}"
        free = [leads for leads in _LEADS if not _touches(leads, report, {lead for f in self._case(n).findings for lead in f.leads})]
        template = ("Case {n} reports {f} in {leads} [{n}].", "The report of case {n} describes {f} in leads {leads} [{n}].")
        return self._fill(template, n, code, leads=self.chance.choice(free)) if free else None

    def _other_area(self) -> str | None:
        placed = [(n, code) for n, code in self._affirmed() if code in ("STD_", "STE_", "INVT", "QWAVE")]
        if not placed:
            return None
        n, code = self.chance.choice(placed)
        report = f"{self._case(n).report} {self._case(n).english}"
        free = [area for area, named in _AREAS.items() if not named.search(report)]
        template = ("Case {n} reports {area} {f} [{n}].", "The report of case {n} describes {f} in the {area} leads [{n}].")
        return self._fill(template, n, code, area=self.chance.choice(free)) if free else None

    def _other_axis(self) -> str | None:
        n = self.chance.choice(self._numbers)
        report = f"{self._case(n).report} {self._case(n).english}"
        free = [axis for axis, named in _AXES.items() if not named.search(report)]
        return f"Case {n} reports {self.chance.choice(free)} [{n}]." if free else None

    def _affirmed(self) -> list[tuple[int, str]]:
        return [(n, f.code) for n in self._numbers for f in self._case(n).findings if not f.negated and f.certainty == "certain"]

    def _transferred(self) -> str | None:
        found = self._pick(self._stated("certain"))
        if not found or not (patient := self._case(found[0]).patient).sex or patient.age is None:
            return None
        return self._fill(AS_THIS_ECG, *found)


_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_FAMILIES = (  # what a report that states one of them may be said to state or deny of the others is open to argument
    {"NORM", "ABQRS", "SR", "SARRH"}, {"LVH", "VCLVH", "HVOLT", "SEHYP"}, {"PVC", "PAC", "PRC(S)", "BIGU", "TRIGU", "SVARR"},
    {"NST_", "NDT", "NT_", "TAB_", "INVT", "LOWT", "STD_", "STE_", "DIG", "EL", "ANEUR", "ISC_"},
    {"AFIB", "AFLT", "SVTAC", "PSVT", "SVARR"},
    {"QWAVE", "IMI", "AMI", "ASMI", "ALMI", "ILMI", "LMI", "IPMI", "IPLMI", "PMI"}, {"LPR", "1AVB"}, {"LVOLT", "LOWT"},
    {"CLBBB", "ILBBB", "CRBBB", "IRBBB", "IVCD", "LAFB", "LPFB"}, {"PACE", "SR"},
)  # fmt: skip


def _akin(code: str, known: set[str]) -> bool:
    return any(code in family and family & known for family in _FAMILIES)


def _touches(leads: str, report: str, known: set[str]) -> bool:
    """Whether a report names any of these leads, however it writes them."""
    if re.search(r"all|throughout|generali|diffus|global", report, re.I):
        return True
    chest = re.search(r"V\s?-?\d|brust|chest|precord|präkord|ant|lat|sept|vorder|seiten", report, re.I)
    limb = re.search(r"\bI{1,3}\b|av[rlf]|limb|extrem|inf|lat|hinterwand", report, re.I)
    return (
        bool(chest or known & {f"V{i}" for i in range(1, 7)})
        if "V" in leads and "aV" not in leads
        else bool(limb or known & {"I", "II", "III", "aVL", "aVF", "aVR"})
    )


def case_codes(case: Case) -> frozenset[str]:
    """Codes that a report affirms, however certainly."""
    return frozenset(f.code for f in case.findings if not f.negated)
