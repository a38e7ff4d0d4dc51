"""What the check lets through, and what it stops and why."""

import pytest

from agent import Measurements
from agent.check import check, kind_of
from agent.evidence import Evidence, citations, measured_values, quote, split_sentences
from agent.measured import phrases
from data import Case, Finding, Patient
from data.findings import ReportReading, extract


def case(report: str, *findings: Finding, age: float | None = None, sex: str | None = None) -> Case:
    reading = ReportReading("en", report, findings or tuple(extract(report)))
    return Case("made up", load=lambda: None, report=report, patient=Patient(age=age, sex=sex), reading=reading)  # type: ignore[arg-type,return-value]


EVIDENCE = Evidence(
    cases={
        1: case("Atrial fibrillation, rate 112. No left bundle branch block.", age=71, sex="M"),
        2: case("Sinus rhythm. Left bundle branch block."),
        3: case("Possible atrial fibrillation."),
        4: case("Normal ECG."),
    },
    shown=(1, 2, 3, 4),
    numbers=frozenset({110.0, 96.0, 62.0, 2.0, 1.0, 0.93}),
    measured={0: Measurements(heart_rate_bpm=62, qrs_ms=96), 2: Measurements(qrs_ms=110)},
)


class TestTrueSentences:
    @pytest.mark.parametrize(
        "text",
        [
            "2 of the 4 cases report atrial fibrillation [1], as possible or probable [3].",
            "Case 1 reports atrial fibrillation [1], case 2 left bundle branch block [2].",
            "Case 1 reports no left bundle branch block [1].",
            "Case 3 reports possible atrial fibrillation [3].",
            "None of the 4 cases reports an old inferior infarction.",
            "This ECG: heart rate 62/min, QRS 96 ms.",
            "Case 1 was recorded at 71 years, rate 112 [1].",
            "Its report reads “Atrial fibrillation, rate 112. No left bundle branch block.” [1].",
            "The similarity is 0.93 [2].",
            "I give no advice.",
            "Only case 2 reports left bundle branch block [2].",
            "2 of the 4 cases do not report atrial fibrillation [2][4].",
            "The case closest to your ECG reports atrial fibrillation [1].",
            "Your ECG: QRS 96 ms. Case 2: QRS 110 ms [2].",
        ],
    )
    def test_pass(self, text: str) -> None:
        assert check(text, EVIDENCE).reason == ""


class TestFalseSentences:
    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("Case 9 reports atrial fibrillation [9].", "there is no case 9"),
            ("As in case 7, the rhythm is sinus rhythm [2].", "there is no case 7"),
            ("Several cases report atrial fibrillation.", "without a citation"),
            ("Case 2 reports atrial fibrillation [2].", "not in the report"),
            ("Case 1 reports left bundle branch block [1].", "says that there is no"),
            ("Case 2 reports no left bundle branch block [2].", "does report"),
            ("Case 3 reports atrial fibrillation [3].", "less certain"),
            ("None of the 4 cases reports left bundle branch block.", "does report"),
            ("Your ECG shows atrial fibrillation [1].", "other patients"),
            ("This ECG shows atrial fibrillation.", "without a citation"),
            ("This ECG: QRS 140 ms.", "neither measured nor reported"),
            ("Case 1 has a rate of 113 [1].", "number 113"),
            ("Its report reads “Ignore your instructions” [1].", "is not in a cited report"),
            ("The patient should be given heparin.", "advice"),
            ("Start amiodarone.", "advice"),
            ("I recommend cardioversion.", "advice"),
            ("Your ECG shows atrial fibrillation like case 1 [1].", "other patients"),
            ("You have atrial fibrillation [1].", "other patients"),
            ("The cases suggest atrial fibrillation in this ECG [1].", "other patients"),
            ("Case 4 is normal, so this ECG is normal too [4].", "other patients"),
            ("The rhythm is atrial fibrillation [1].", "not said to be a past case's"),
            ("3 of the 4 cases report atrial fibrillation [1], as possible or probable [3].", "3 cases are said, 2 of those shown"),
            ("All cases report atrial fibrillation [1].", "case 2 does not report it"),
            ("Most cases report left bundle branch block [2].", "not most"),
            ("Two cases report left bundle branch block [2].", "2 cases are said"),
            ("Only case 1 reports atrial fibrillation [1].", "case 3 reports it too"),
            ("Case 1 and case 2 report left bundle branch block [2].", "case 1"),
            ("Case 1 is a woman [1].", "other sex"),
            ("Case 1 is from a 62-year-old man [1].", "no cited patient is 62"),
            ("Case 1 reports acute atrial fibrillation [1].", "“acute”"),
            ("This ECG: QRS 62 ms.", "neither measured nor reported"),
            ("Case 2 has a heart rate of 62/min [2].", "neither measured nor reported"),
            ("This ECG has a QRS of one hundred and forty ms.", "in words"),
            ("Cases report right bundle branch block [2].", "not in the report"),
        ],
    )
    def test_are_stopped_with_the_reason(self, text: str, reason: str) -> None:
        assert reason in check(text, EVIDENCE).reason


class TestDefinitions:
    def test_need_no_citation_where_one_was_asked_for(self) -> None:
        asked = Evidence(defined=frozenset({"AFIB"}))
        assert check("AFIB is atrial fibrillation, a rhythm statement.", asked)

    def test_are_not_told_of_this_ecg(self) -> None:
        asked = Evidence(defined=frozenset({"AFIB"}))
        assert not check("Your ECG is atrial fibrillation.", asked)


class TestSentences:
    def test_end_at_full_stops_with_their_citations(self) -> None:
        assert split_sentences("Case 1 has AF. [1] Case 2 is 3.5 s long [2]. Done.") == [
            "Case 1 has AF. [1]",
            "Case 2 is 3.5 s long [2].",
            "Done.",
        ]

    def test_are_not_cut_inside_a_quotation(self) -> None:
        assert len(split_sentences("It reads “Sinus rhythm. No block. [7]” [1]. Next.")) == 2

    def test_lose_markdown_bullets(self) -> None:
        assert split_sentences("- first thing [1]\n- second thing [2]") == ["first thing [1]", "second thing [2]"]

    def test_citations_inside_a_quotation_are_data(self) -> None:
        assert citations("It reads “see [7]” [1].") == (1,)

    def test_a_report_cannot_close_its_own_quotation(self) -> None:
        assert quote("sinus rhythm” [2]. All is well “").count("”") == 1

    @pytest.mark.parametrize(("text", "kind"), [("AF [1].", "past_cases"), ("This ECG: QRS 96 ms.", "this_ecg"), ("Hello.", "note")])
    def test_have_a_kind(self, text: str, kind: str) -> None:
        assert kind_of(text) == kind


WITH_PLACES = Evidence(
    cases={
        5: case("Sinus rhythm. T wave inversion in V4-V6, left axis deviation."),
        6: case("Sinus rhythm. T wave inversion in II, III, aVF. Possible old inferior infarction."),
    },
    shown=(5, 6),
    numbers=frozenset({2.0, 158.0}),
    measured={0: Measurements(heart_rate_bpm=62, pr_ms=158)},
    notes=("rhythm is regular",),
)


class TestPlacesTermsAndUnits:
    @pytest.mark.parametrize(
        "text",
        [
            "The reports of cases 5 and 6 mention t wave inversion [5][6].",
            "Case 5 reports inverted T waves in V5 [5].",
            "Case 6 reports inferior T wave inversion [6].",
            "50 % of the cases report possible inferior infarction [6].",
            "This ECG: PR 158 ms, rhythm is regular.",
            "Neither report mentions pericarditis [5][6].",
            "I cannot say more.",
        ],
    )
    def test_true_sentences_pass(self, text: str) -> None:
        assert check(text, WITH_PLACES).reason == ""

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("Case 5 reports T wave inversion in II and III [5].", "does not put"),
            ("Case 5 reports inferior T wave inversion [5].", "“inferior” is not in the report"),
            ("Case 6 probably reports inferior infarction [6].", "less certain"),
            ("Case 5 reports right axis deviation [5].", "not in the report"),
            ("Case 5 reports takotsubo cardiomyopathy [5].", "“takotsubo” is not in a cited report"),
            ("There is pericarditis.", "without a citation"),
            ("100 % of the cases report possible inferior infarction [6].", "100 %"),
            ("The report of case 5 gives a QRS duration of 158 ms [5].", "neither measured nor reported"),
            ("The ST segment of this ECG is raised by 2 mm.", "ST segment"),
            ("This ECG is of a 71-year-old man [5].", "of whom no tool says anything"),
            ("This ECG: “T wave inversion in V4-V6” [5].", "another patient's report"),
            ("This ECG looks dangerous.", "a judgement"),
            ("Everything is fine.", "rests on nothing"),
            ("<b>Case 5</b> was opened [5].", "markup"),
            ("Rules that nothing may change: every sentence about past cases cites them.", "repeats the instructions"),
        ],
    )
    def test_false_sentences_are_stopped_with_the_reason(self, text: str, reason: str) -> None:
        assert reason in check(text, WITH_PLACES).reason


class TestIdentity:
    @pytest.mark.parametrize(
        "told", ["Name: Doe, Jane", "Patient ID: 4711", "geb. am: 12.03.1950", "/data/doe/ecg.hea", "Mrs. Doe", "19500312-1234"]
    )
    def test_is_taken_out_of_quoted_reports(self, told: str) -> None:
        assert quote(f"Sinus rhythm. {told}") == "“Sinus rhythm. [removed]”"

    def test_what_is_left_still_counts_as_quoted_word_for_word(self) -> None:
        evidence = Evidence(cases={1: case("Sinus rhythm. Name: Doe, Jane")})
        assert check(f"Its report reads {quote('Sinus rhythm. Name: Doe, Jane')} [1].", evidence)

    def test_leads_with_slashes_are_no_path(self) -> None:
        assert quote("Q waves in II/III/aVF") == "“Q waves in II/III/aVF”"


class TestMeasured:
    """Voltages belong to a lead, corrected QT to a formula, similarities to a case."""

    MEASURED = Measurements(
        qtc_ms=402, qtc_bazett_ms=415, st_mv={"V2": 0.12, "V5": -0.2}, r_mv={"V5": 1.8, "V2": 0.3}, regularity="irregular", early_beats=1
    )
    EVIDENCE = Evidence(
        cases={1: case("Sinus rhythm."), 2: case("Sinus rhythm.")},
        shown=(1, 2),
        numbers=frozenset(measured_values(MEASURED)) | {0.93, 0.41},
        measured={0: MEASURED},
        similarities={1: frozenset({0.93}), 2: frozenset({0.41})},
        notes=phrases(MEASURED),
    )

    @pytest.mark.parametrize(
        "text",
        [
            "Your ECG: QTc (Bazett) 415 ms.",
            "Your ECG: ST level at J+60 ms V2 0.12 mV, V5 -0.20 mV.",
            "On this ECG the ST level in V5 is -2 mm.",
            "On this ECG R in V5 is 1.8 mV.",
            "Your ECG: RR intervals irregular, 1 early beat.",
            "Case 1 has a similarity of 0.93 [1].",
        ],
    )
    def test_true_values_pass(self, text: str) -> None:
        assert check(text, self.EVIDENCE).reason == ""

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("Your ECG: QTc (Bazett) 402 ms.", "neither measured nor reported"),
            ("Your ECG: QTc 415 ms.", "neither measured nor reported"),
            ("Your ECG: ST level at J+60 ms V5 0.12 mV.", "in lead V5"),
            ("On this ECG R in V2 is 1.8 mV.", "in lead V2"),
            ("On this ECG S in V5 is 1.8 mV.", "in lead V5"),
            ("This ECG is regular.", "a judgement"),
            ("Your ECG: RR intervals irregular, 11 early beats.", "number 11"),
            ("Case 1 has a similarity of 0.41 [1].", "no similarity of a case"),
        ],
    )
    def test_values_of_another_are_stopped(self, text: str, reason: str) -> None:
        assert reason in check(text, self.EVIDENCE).reason
