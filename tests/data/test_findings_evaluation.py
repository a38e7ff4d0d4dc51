"""Extraction scored against coded reports, and what the same words coded differently leave possible."""

from itertools import product
from pathlib import Path

import pytest

from data.findings import ceiling
from data.findings.agreement import Agreement
from data.findings.ceiling import CodedReport
from data.findings.conventions import Context, Wording
from data.findings.evaluation import coverage, evaluate_reports
from data.findings.evidence import Evidence, Held, evidence

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

    def test_pairs_of_the_same_text_are_counted_one_by_one(self) -> None:
        coded = [AF, AF, LB, AF | LB]
        pairs = [(one, other) for i, one in enumerate(coded) for j, other in enumerate(coded) if i != j]
        naive = 2 * sum(len(one & other) for one, other in pairs) / sum(len(one) + len(other) for one, other in pairs)

        assert ceiling.paired([*(CodedReport("a", codes, 1) for codes in coded), CodedReport("b", LB, 1)]) == pytest.approx(naive)

    def test_two_cardiologists_are_held_against_each_other(self) -> None:
        edited = "Sinus rhythm. Edit: CLBBB, LAFB (LAFB 50)"

        counts = ceiling.second_opinions([CodedReport(text, AF, 1) for text in (edited, "LAFB. Edit: CLBBB", "CLBBB (LAFB)")])

        assert (counts.n_reports, dict(counts.right), dict(counts.extra)) == (1, {"LAFB": 1}, {"CLBBB": 1})

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

    def test_kinds_of_statements_are_scored_apart(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(ceiling, "learned", lambda known, asked: Agreement())

        result = evaluate_reports([*REPORTS[-1:], CodedReport("LBBB with ST depression", AF | {"STD_"}, 9)], developed=[1], asked=[9])

        assert {kind: (counts.right.total(), counts.extra.total(), counts.missed.total()) for kind, counts in result.by_kind.items()} == {
            "rhythm": (0, 0, 2),
            "form": (1, 0, 0),
            "diagnostic": (0, 1, 0),
        }

    def test_coverage_counts_the_words_that_are_marked(self) -> None:
        assert coverage(["Vorhofflimmern, donaudampfschiff", "Linkstyp"], "de").share == pytest.approx(2 / 3)


class TestEvidence:
    @pytest.fixture
    def lines(self) -> list[Evidence]:
        reports = [
            CodedReport("Sinusrhythmus anteriorer Infarkt", frozenset({"SR", "ASMI"}), 1),
            CodedReport("anteriorer Infarkt", frozenset({"ASMI", "AMI"}), 1),
            CodedReport("anteriorer Infarkt. Edit: ASMI 100", frozenset({"ASMI"}), 1),
            CodedReport("überdrehter Linkstyp", frozenset({"LAFB"}), 9),
            CodedReport("überdrehter Linkstyp, Linksschenkelblock", frozenset({"CLBBB"}), 9),
        ]
        return evidence(reports, developed=[1], asked=[9])

    def test_a_wording_is_right_where_it_is_coded_so_and_not_as_itself(self, lines: list[Evidence]) -> None:
        line = next(each for each in lines if each.convention == Wording("AMI", "anterior*", ("ASMI",)))

        assert (line.developed, line.asked) == (Held(2, 1), Held(0, 0))

    def test_a_context_counts_only_where_nothing_excludes_it(self, lines: list[Evidence]) -> None:
        lafb = Context("LAFB", frozenset({"LAD"}), frozenset({"IMI", "CLBBB"}), True)

        assert next(each for each in lines if each.convention == lafb).asked == Held(1, 1)

    def test_every_line_holds_where_it_was_made(self, ptbxl_root: Path) -> None:
        from data import ptbxl

        reports = [CodedReport(row.report, frozenset(row.statements), row.fold) for row in ptbxl.rows(ptbxl_root, folds=range(1, 9))]

        lines = evidence(reports, developed=range(1, 9), asked=[9])

        assert [each.convention for each in lines if each.developed.n < 2 or each.developed.share < 0.4] == []


@pytest.mark.slow
def test_fold_9_is_understood_as_well_as_by_a_model_learned_from_words(ptbxl_root: Path) -> None:
    from data import ptbxl

    reports = [CodedReport(row.report, frozenset(row.statements), row.fold) for row in ptbxl.rows(ptbxl_root)]

    result = evaluate_reports(reports, developed=range(1, 9), asked=[9])

    learned = next(each for each in result.references if each.name.startswith("logistic regression"))
    assert result.overall.micro_f1 >= learned.value
