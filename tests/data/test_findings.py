"""Reports understood: the vocabulary, findings with their place and leads, language, English."""

import csv
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import DataSetError
from data.findings import FURTHER, STATEMENTS, VOCABULARY, detect_language, extract, read_report, to_english
from data.findings.agreement import agreement
from data.findings.context import cue_phrases
from data.findings.conventions import as_ptbxl
from data.findings.phrases import PhraseTable, words
from data.findings.spelling import spelt
from data.findings.vocabulary import parse_statement

CLINICAL = ["no", "kein", "or", "and", ",", ".", "LVH", "infarct", "inferior", "möglich", "?", "   ", "in", "V4-6"]
LONG = ["no ", "LVH, ", "a", "\x00\xff", "LVH or ", "verdacht auf ", "(", "1.", "in V4-6, ", "ä\u0308"]
ROW = {
    "code": "XYZ", "name": "some finding", "category": "diagnostic", "superclass": "MI", "subclass": "AMI",
    "english": "some finding", "german": "", "swedish": "",
}  # fmt: skip


def steps(act: Callable[[], object]) -> int:
    """Calls that an act makes, of Python and of C: work counted instead of time."""
    count = 0

    def seen(*_: object) -> None:
        nonlocal count
        count += 1

    sys.setprofile(seen)
    try:
        act()
    finally:
        sys.setprofile(None)
    return count


class TestVocabulary:
    def test_holds_the_71_statements_of_ptbxl(self) -> None:
        assert len(VOCABULARY) == 71

    def test_classes_are_those_of_ptbxl(self, ptbxl_root: Path) -> None:
        with (ptbxl_root / "scp_statements.csv").open(newline="") as file:
            official = {row[""]: (row["diagnostic_class"], row["diagnostic_subclass"]) for row in csv.DictReader(file)}

        assert {code: (statement.superclass, statement.subclass) for code, statement in VOCABULARY.items()} == official

    def test_has_44_diagnostic_19_form_and_12_rhythm_statements(self) -> None:
        count = {kind: sum(kind in statement.category for statement in VOCABULARY.values()) for kind in ("diagnostic", "form", "rhythm")}

        assert count == {"diagnostic": 44, "form": 19, "rhythm": 12}

    @pytest.mark.parametrize("code", STATEMENTS)
    def test_every_statement_is_found_by_its_name(self, code: str) -> None:
        assert code in {finding.code for finding in extract(f"Rhythm: known. {STATEMENTS[code].name}.")}

    def test_further_findings_are_none_of_scp_ecg(self) -> None:
        assert set(STATEMENTS) == {*VOCABULARY, *FURTHER}
        assert not set(VOCABULARY) & set(FURTHER)

    def test_an_age_is_no_finding(self) -> None:
        assert "OLD" not in STATEMENTS

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"code": ""}, "needs a code and a name"),
            ({"category": "rythm"}, "category is 'rythm'"),
            ({"superclass": "HEART"}, "superclass is 'HEART'"),
            ({"superclass": ""}, "superclass is ''"),
            ({"german": "!!"}, "'!!' cannot be found"),
            ({"english": "t*"}, "only behind two letters"),
        ],
    )
    def test_a_line_that_cannot_be_meant_is_refused(self, change: dict[str, str], message: str) -> None:
        with pytest.raises(DataSetError, match=message):
            parse_statement(ROW | change, "vocabulary.csv line 5")

    def test_the_refusal_names_the_line(self) -> None:
        with pytest.raises(DataSetError, match=r"^vocabulary\.csv line 5: "):
            parse_statement(ROW | {"code": ""}, "vocabulary.csv line 5")

    def test_the_cues_are_in_order(self) -> None:
        assert {cue.language for _, cue in cue_phrases()} == {"en", "de", "sv"}


class TestSpelling:
    @pytest.mark.parametrize(
        ("written", "read"),
        [
            ("wahrscheinlcih", "wahrscheinlich"),
            ("sinusbrsadykardie", "sinusbradykardie"),
            ("vorhofflimern", "vorhofflimmern"),
            ("linksbelas", "linksbelastung"),
            ("myokardaffe", "myokardaffektion"),
        ],
    )
    def test_is_mended(self, written: str, read: str) -> None:
        assert [word.text for word in spelt(words(written))] == [read]

    @pytest.mark.parametrize("written", ["sannolikt", "osannolikt", "unwahrscheinlich", "linksventr", "placed", "literal", "derivation"])
    def test_what_may_mean_something_else_stays(self, written: str) -> None:
        assert [word.text for word in spelt(words(written))] == [written]


class TestPhrases:
    @pytest.mark.parametrize(
        ("phrase", "text"),
        [
            ("a v block", "A-V-Block"),
            ("ischaemie", "ISCHÄMIE"),
            ("foermaksflimmer", "förmaksflimmer"),
            ("infar*", "Infarkt"),
            ("old|alter infarkt", "alter Infarkt"),
            ("extrasystole n", "Extrasystole(n)"),
        ],
    )
    def test_spelling_does_not_matter(self, phrase: str, text: str) -> None:
        assert PhraseTable([(phrase, "found")]).longest(words(text), 0)[1] == ("found",)

    def test_the_longest_phrase_wins(self) -> None:
        table = PhraseTable([("bundle branch block", "any"), ("bundle branch", "part")])

        assert table.longest(words("bundle branch block"), 0) == (3, ("any",))

    def test_a_phrase_reaches_over_a_colon(self) -> None:
        assert PhraseTable([("stemi septal", "found")]).longest(words("STEMI: septal."), 0)[1] == ("found",)

    def test_a_phrase_does_not_reach_over_a_full_stop(self) -> None:
        assert PhraseTable([("sinus rhythm", "found")]).longest(words("sinus. Rhythm"), 0)[1] == ()


class TestExtract:
    def test_the_span_is_the_place_in_the_original_text(self) -> None:
        text = "Ünklar; VORHOFFLIMMERN."

        assert [text[slice(*finding.span)] for finding in extract(text)] == ["VORHOFFLIMMERN"]

    @pytest.mark.parametrize(
        ("text", "leads"),
        [
            ("T waves are inverted in I, aVL, V4-6.", ("I", "aVL", "V4", "V5", "V6")),
            ("ST depression in V1 to V3", ("V1", "V2", "V3")),
            ("ST-Senkung in II, III und aVF", ("II", "III", "aVF")),
            ("t abnorm in hochlateralen ableitungen", ("I", "aVL")),
            ("ST-sänkning i V5-V6", ("V5", "V6")),
            ("ST depression in V3,4", ("V3", "V4")),
            ("ST depression: V3, V4", ("V3", "V4")),
            ("Negative T-Wellen in I, aVL", ("I", "aVL")),
            ("Non-specific repolarization abnormalities: inferior wall.", ("II", "III", "aVF")),
            ("ST depression. I think so", ()),
            ("Linkshypertrophie inferiorer Infarkt", ()),
            ("t neg in ii, iii, f", ("II", "III", "aVF")),
            ("st-senkung ii,l,v3,r", ("II", "aVR", "aVL", "V3")),
            ("st-senkung in ii, iii, r-verlust in v2", ("II", "III")),
        ],
    )
    def test_leads_are_kept(self, text: str, leads: tuple[str, ...]) -> None:
        assert extract(text)[0].leads == leads

    @pytest.mark.parametrize(
        ("text", "ages"),
        [
            ("Old inferior infarct, recent anterior infarct.", ["OLD", "RECENT"]),
            ("inferiorer infarkt     wahrscheinlich alt anteriorer infarkt     alter unbest.", ["OLD", "UNDATED"]),
            ("Anterior infarct, probably old.", ["OLD"]),
            ("Akuter inferiorer STEMI.", ["ACUTE"]),
            ("anteroseptal infarkt     möjligen färsk", ["RECENT"]),
            ("Inferior infarct. Old report missing.", [""]),
            ("Old left bundle branch block.", [""]),
        ],
    )
    def test_the_age_of_an_infarction_is_kept(self, text: str, ages: list[str]) -> None:
        assert [finding.age for finding in extract(text)] == ages

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("Überdrehter Linkstyp", "LAD"),
            ("Steiltyp", "VAXIS"),
            ("vänster el-axel", "LAXIS"),
            ("mangelhafte R-Progression", "PRWP"),
            ("p-verbreiterung", "PWIDE"),
            ("AV sequential pacing", "PACED"),
            ("with rapid ventricular response", "RVR"),
            ("keine p-wellen erkannt", "NOP"),
            ("R-S Übergang in V-Ableitungen nach links verschoben", "TRANL"),
        ],
    )
    def test_findings_beyond_scp_ecg_are_found(self, text: str, code: str) -> None:
        assert code in {finding.code for finding in extract(text)}

    @pytest.mark.parametrize(("written", "certainty"), [("LVH 100", "certain"), ("LVH 80", "probable"), ("LVH 15", "possible")])
    def test_ptbxl_s_likelihoods_are_read(self, written: str, certainty: str) -> None:
        assert [finding.certainty for finding in extract(f"Edit: {written}, (m,19)")] == [certainty]

    def test_an_empty_report_states_nothing(self) -> None:
        assert extract("") == []

    @settings(max_examples=60, deadline=None)
    @given(st.text())
    def test_any_text_is_taken(self, text: str) -> None:
        assert all(0 <= finding.span[0] < finding.span[1] <= len(text) for finding in extract(text))

    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.sampled_from(CLINICAL)))
    def test_any_order_of_clinical_words_is_taken(self, parts: list[str]) -> None:
        reading = read_report(" ".join(parts))

        assert len(reading.findings) <= len(parts)

    @pytest.mark.parametrize("unit", LONG)
    def test_a_long_text_of_anything_is_taken(self, unit: str) -> None:
        assert read_report(unit * (10_000 // len(unit))).language in ("", "en", "de", "sv")


class TestCost:
    @pytest.mark.parametrize(
        "unit", [*LONG, "LVH or no ", "old inferior infarct, ", "kein Hinweis auf ", "inferior and ", ", ", "; ", ". ,", "   ,"]
    )
    def test_grows_no_faster_than_the_text(self, unit: str) -> None:
        read_report(unit * 2)  # the tables are read

        once, twice = (steps(partial(read_report, unit * (n // len(unit)))) for n in (4_000, 8_000))

        assert twice <= 2.1 * once + 100

    def test_a_megabyte_of_any_bytes_is_read(self) -> None:
        text = bytes(range(256)).decode("latin-1") * 4096

        assert len(text) == 1 << 20
        assert read_report(text).findings == ()


class TestLanguage:
    @pytest.mark.parametrize(
        ("text", "language"),
        [
            ("sinus rhythm. normal ecg.", "en"),
            ("sinusrhythmus lagetyp normal normales ekg", "de"),
            ("sinusrytm vänster el-axel", "sv"),
            ("Förmaksflimmer, inga tecken på ischemi", "sv"),
            ("", ""),
            ("4711", ""),
        ],
    )
    def test_is_told_from_the_words(self, text: str, language: str) -> None:
        assert detect_language(text) == language


class TestEnglish:
    @pytest.mark.parametrize(
        ("text", "english"),
        [
            ("sinusrhythmus lagetyp normal normales ekg", "sinus rhythm, normal axis, normal ECG"),
            ("sinusrytm vänster el-axel eljest normalt ekg", "sinus rhythm, leftward axis, otherwise normal ECG"),
            ("sinusrhythmus verdacht auf p-sinistrocardiale", "sinus rhythm, suspected left atrial P wave (P sinistrocardiale)"),
            ("linksschenkelblock linkshypertrophie möglich", "left bundle branch block, left ventricular hypertrophy possible"),
            ("ventrikuläre extrasystole(n) sinusrhythmus", "premature ventricular complex(es), sinus rhythm"),
            ("linkshypertrophie möglich st & t abnorm", "left ventricular hypertrophy possible, abnormal ST and T"),
            ("Kein Hinweis auf Ischämie.", "no evidence of ischaemia."),
            ("sinus rhythm. normal ecg.", "sinus rhythm. normal ecg."),
        ],
    )
    def test_reads_like_a_report(self, text: str, english: str) -> None:
        assert to_english(text) == english

    @pytest.mark.parametrize(
        "boilerplate",
        [
            "4.46                          unbestÄtigter bericht",
            "4.46          unbestätig",
            "4.46    UNBESTÄTIGTER BERICHT",
            "unbestätigter bericht",
        ],
    )
    def test_leaves_boilerplate_of_devices_out(self, boilerplate: str) -> None:
        assert to_english(f"schrittmacher ekg {boilerplate}", language="de") == "pacemaker ECG"

    def test_a_report_of_boilerplate_alone_is_empty(self) -> None:
        assert to_english("trace only requested.") == ""

    def test_marks_what_it_does_not_know(self) -> None:
        assert to_english("sinusrhythmus donaudampfschiff") == "sinus rhythm \u2039donaudampfschiff\u203a"

    def test_a_report_in_english_is_left_as_it_is(self) -> None:
        assert to_english("Sinus rhythm, qwertyuiop.") == "Sinus rhythm, qwertyuiop."

    @settings(max_examples=60, deadline=None)
    @given(st.text(), st.sampled_from(["en", "de", "sv", None]))
    def test_any_text_is_taken(self, text: str, language: str | None) -> None:
        assert isinstance(to_english(text, language=language), str)


class TestAgreement:
    def test_counts_right_extra_and_missed(self) -> None:
        counts = agreement([("sinus rhythm. RBBB.", {"SR", "AFIB"})])

        assert (dict(counts.right), dict(counts.extra), dict(counts.missed)) == ({"SR": 1}, {"CRBBB": 1}, {"AFIB": 1})
        assert counts.micro_f1 == 0.5

    @pytest.mark.parametrize(
        ("text", "codes"),
        [
            ("anteriorer infarkt", {"ASMI"}),
            ("p-sinistrocardiale", {"NORM"}),
            ("left atrial enlargement", {"LAO/LAE"}),
            ("linksschenkelblock linkshypertrophie möglich", {"CLBBB"}),
            ("anterolateraler infarkt inferiorer infarkt", {"ILMI"}),
            ("frequent premature atrial contraction(s)", {"PRC(S)"}),
            ("no LVH", set()),
            ("überdrehter Linkstyp", {"LAFB"}),
            ("sinusrhythmus lagetyp normal", {"SR", "NORM"}),
            ("sinusrhythmus lagetyp normal linksschenkelblock", {"SR", "CLBBB"}),
            ("förmaksflimmer/-fladder", {"AFIB"}),
            ("trace only requested.", set()),
            ("sinus rhythm. normal ecg. Edit: NDT, (ASMI 15)", {"SR", "ASMI"}),
            ("sinus rhythm. normal ecg. Edit: NDT, (f,19)", {"SR", "NDT"}),
            ("sinus rhythm. normal ecg. Edit: muscle tremor", {"SR", "NORM"}),
        ],
    )
    def test_knows_ptbxl_s_conventions(self, text: str, codes: set[str]) -> None:
        assert as_ptbxl(text, extract(text)) == codes


def test_a_reading_has_language_english_and_findings() -> None:
    reading = read_report("vorhofflimmern kein linksschenkelblock")

    assert (reading.language, reading.english) == ("de", "atrial fibrillation no left bundle branch block")
    assert [(finding.code, finding.negated) for finding in reading.findings] == [("AFIB", False), ("CLBBB", True)]


def test_every_statement_of_a_simulated_report_is_found() -> None:
    simulated = pytest.importorskip("data.simulated")

    for case in simulated.cases(60, seed=3):
        assert set(case.statements) <= case.codes, case.report
