"""Extraction scored against coded reports, and what the same words coded differently leave possible."""

from itertools import product
from pathlib import Path

import pytest

from data.findings import ceiling
from data.findings.agreement import Agreement
from data.findings.ceiling import CodedReport
from data.findings.evaluation import coverage, evaluate_reports

AF, LB = frozenset({"AFIB"}), frozenset({"CLBBB"})
REPORTS = [
    CodedReport("Sinus rhythm.", frozenset({"SR"}), 1),
    CodedReport("sinus rhythm", frozenset({"SR", "NORM"}), 1),
    CodedReport("Vorhofflimmern, donaudampfschiff", AF, 1),
    CodedReport("Sinus rhythm.", frozenset({"SR"}), 9),
    CodedReport("Kein Vorhofflimmern.", AF, 9),
]


class TestAgreement:
    def test_frequent_statements_come_worst_first(self) -> None:
        counts = Agreement()
        for found in [AF] * 20 + [frozenset[str]()] * 20:
            counts.count(found | LB, AF | LB)

        assert counts.frequent == ["AFIB", "CLBBB"]

    def test_a_rare_statement_is_not_in_the_macro_average(self) -> None:
        counts = Agreement()
        for _ in range(19):
            counts.count(AF, AF)

        assert (counts.micro_f1, counts.macro_f1) == (1.0, 0.0)


class TestCeiling:
    def test_is_one_where_each_text_is_coded_in_one_way(self) -> None:
        assert ceiling.best([CodedReport("a", AF, 1), CodedReport("b", LB, 1)]) == 1.0

    def test_is_the_best_of_every_function_of_the_text(self) -> None:
        reports = [CodedReport(text, codes, 1) for text, codes in [("a", AF), ("a", AF), ("a", LB), ("b", LB), ("b", AF | LB), ("c", AF)]]
        answers = [frozenset[str](), AF, LB, AF | LB]

        def f1(function: dict[str, frozenset[str]]) -> float:
            counts = Agreement()
            for report in reports:
                counts.count(function[report.text], report.statements)
            return counts.micro_f1

        naive = max(f1(dict(zip("abc", chosen, strict=True))) for chosen in product(answers, repeat=3))

        assert ceiling.best(reports) == pytest.approx(naive)

    def test_only_texts_written_twice_are_repeated_whatever_their_case_and_marks(self) -> None:
        assert ceiling.repeated(REPORTS[:3]) == REPORTS[:2]

    def test_a_vote_needs_half_of_the_same_texts(self) -> None:
        assert ceiling.votes(REPORTS[:2])["sinus rhythm"] == {"SR", "NORM"}

    def test_a_text_without_a_vote_is_not_scored(self) -> None:
        assert ceiling.voted(REPORTS[3:], ceiling.votes(REPORTS[:3])).n_reports == 1

    def test_the_regression_learns_a_word(self) -> None:
        known = [CodedReport(text, codes, 1) for text, codes in [("flimmer", AF), ("block", LB)] * 20]

        assert ceiling.learned(known, [CodedReport("flimmer", AF, 9)]).micro_f1 == 1.0


class TestEvaluation:
    def test_folds_are_scored_apart(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(ceiling, "learned", lambda known, asked: Agreement())

        result = evaluate_reports(REPORTS, developed=[1], asked=[9])

        assert {fold: counts.n_reports for fold, counts in result.by_fold.items()} == {1: 3, 9: 2}
        assert (result.overall.right["SR"], result.overall.missed["AFIB"]) == (1, 1)

    def test_misses_are_shown_only_from_the_developed_folds(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(ceiling, "learned", lambda known, asked: Agreement())

        result = evaluate_reports(REPORTS, developed=[1], asked=[9])

        assert {miss.text for miss in result.misses} <= {report.text for report in REPORTS[:3]}

    def test_coverage_counts_the_words_that_are_marked(self) -> None:
        assert coverage(["Vorhofflimmern, donaudampfschiff", "Linkstyp"], "de").share == pytest.approx(2 / 3)


@pytest.mark.slow
def test_fold_9_is_understood_as_well_as_by_a_model_learned_from_words(ptbxl_root: Path) -> None:
    from data import ptbxl

    reports = [CodedReport(row.report, frozenset(row.statements), row.fold) for row in ptbxl.rows(ptbxl_root)]

    result = evaluate_reports(reports, developed=range(1, 9), asked=[9])

    assert result.overall.micro_f1 >= result.references[-1].value
