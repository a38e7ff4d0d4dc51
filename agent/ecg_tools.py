"""The agent's tools about the person's ECG and about numbers: what was measured, which case has most of it, how good the recording is."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from agent.casebook import Casebook, NoSuchCaseError
from agent.draft import limit_sentences, nothing_similar
from agent.measure import FIELDS, Measurements
from agent.measured import NAMES, in_words
from agent.similarity.signs import ecg_similarities, mean_similarity

Result = dict[str, Any]
RANKED = (*FIELDS, "qtc_bazett_ms", "qtc_framingham_ms", "ectopic_beats", "early_beats")


class EcgTools:
    """The tools over one `Casebook`. Every method is a tool; its docstring is what a language model reads."""

    def __init__(self, book: Casebook) -> None:
        self.book = book

    def measure_ecg(self, cases: list[str] | None = None, fields: list[str] | None = None, leads: list[str] | None = None) -> Result:
        """Measure the person's ECG ("this", the default) or past cases.

        fields: any of heart_rate_bpm, pr_ms, qrs_ms, qt_ms, qtc_ms (Fridericia), axis_deg, which are given where none is named, and of
        qtc_bazett_ms, qtc_framingham_ms, regularity, rr_variation, ectopic_beats, early_beats, st_mv, r_mv, s_mv, lvh_mv (voltage indices
        of Sokolow-Lyon, Cornell and others). leads: of which st_mv, r_mv and s_mv are wanted.
        """
        wanted = [name for name in fields or () if name in NAMES] or list(FIELDS)
        return {"measured": [self.measured(n, wanted, leads or ()) for n in self.book.resolve_all(cases or ["this"])]}

    def rank_cases(self, by: str, lowest: bool = False, above: float | None = None, below: float | None = None) -> Result:
        """Rank the current selection by a measurement, by age or by similarity, the highest first, or the lowest.

        by: "age", "similarity", or one of heart_rate_bpm, pr_ms, qrs_ms, qt_ms, qtc_ms, axis_deg, ectopic_beats, early_beats.
        above, below: only cases whose value lies there.
        """
        if by not in (*RANKED, "age", "similarity"):
            raise NoSuchCaseError(f"cases cannot be ranked by {by[:40]!r}: wanted age, similarity or one of {', '.join(RANKED)}")
        values = {n: self._value(n, by) for n in self.book.shown}
        known = sorted((n for n in values if values[n] is not None), key=lambda n: values[n] or 0.0, reverse=not lowest)
        asked = above is not None or below is not None
        inside = [n for n in known if (above is None or (values[n] or 0) > above) and (below is None or (values[n] or 0) < below)]
        rows = [{"case": n, "value": values[n], "words": self._worded(n, by)} for n in inside]
        return {
            "limited": asked,
            "of": len(self.book.shown),
            "by": by,
            "lowest": lowest,
            "ranked": rows,
            "unknown": [n for n in values if n not in known],
        }

    def describe_ecg(self) -> Result:
        """Say what was recorded of the person's ECG, what is doubtful of it, and how near its closest cases are."""
        record = self.book.record
        if record is None:
            raise NoSuchCaseError("there is no ECG yet: upload one, then ask again")
        hits = list(self.book.selection.values())
        found = ecg_similarities(hits)
        return {
            "leads": list(record.leads),
            "n_leads": len(record.leads),
            "seconds": round(record.duration, 1),
            "limits": limit_sentences(record),
            "mean_similarity": round(mean_similarity(found), 2) if found else None,
            "usual_similarity": round(hits[0].usual.mean, 2) if hits and hits[0].usual else None,
            "doubt": nothing_similar(record, hits),
        }

    def describe_library(self) -> Result:
        """How many cases the library holds, and how many are in the current selection."""
        return {"cases": len(self.book.library), "shown": len(self.book.shown)}

    def measured(self, number: int, fields: Iterable[str], leads: Sequence[str] = ()) -> Result:
        """Measurements of one case, or of the ECG (0), as values and in words; why one is missing is said once."""
        m: Measurements = self.book.measured(number)
        values = {name: getattr(m, name) for name in fields}
        there = [name for name, value in values.items() if value is not None and value != {}]
        lacking: dict[str, list[str]] = defaultdict(list)
        for name in values:
            if name not in there:
                lacking[m.missing.get(name, "not measured")].append(NAMES[name])
        words = [in_words(m, name, leads) for name in there]
        words += [f"{', '.join(names)} not measurable ({reason})" for reason, names in lacking.items()]
        return {"case": number, **values, "words": words}

    def _value(self, number: int, by: str) -> float | None:
        if by == "age":
            return self.book.case(number).patient.age
        if by == "similarity":
            return round(self.book.cases[number - 1].cosine, 2)
        return getattr(self.book.measured(number), by)

    def _worded(self, number: int, by: str) -> str:
        value = self._value(number, by)
        if by == "age":
            return f"{value:.0f} years"
        return f"similarity {value:.2f}" if by == "similarity" else in_words(self.book.measured(number), by)
