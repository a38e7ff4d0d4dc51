"""The library in a folder: what it adds, finds, refuses and gives back."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from agent.hits import Modality
from agent.library import CaseLibrary, LibraryBusyError, NotALibraryError, UnknownCaseError, WrongEncoderError
from agent.library.conditions import ConditionError
from agent.library.recording import STEP
from data import Case, EcgRecord, UnreadableEcgError
from tests.agent.cases import made_up, wave
from tests.agent.stand_in import StandInEncoder

N = 60


@pytest.fixture(scope="module")
def encoder() -> StandInEncoder:
    return StandInEncoder()


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, encoder: StandInEncoder) -> CaseLibrary:
    library = CaseLibrary.create(tmp_path_factory.mktemp("lib") / "clinic", encoder=encoder)
    library.add(made_up(N))
    return library


@pytest.fixture
def empty(tmp_path: Path, encoder: StandInEncoder) -> CaseLibrary:
    return CaseLibrary.create(tmp_path / "empty", encoder=encoder)


class TestSearch:
    def test_an_ecg_finds_itself_first(self, library: CaseLibrary) -> None:
        hit = library.search(wave(7), k=1, among=["ecg"])[0]
        assert (hit.case.case_id, hit.similarity("ecg")) == ("made up/7", pytest.approx(1.0, abs=1e-5))

    def test_a_text_finds_its_report_first(self, library: CaseLibrary) -> None:
        assert library.search(text=made_up(N)[11].report, k=1, among=["report"])[0].case.case_id == "made up/11"

    @pytest.mark.parametrize("modality", ["ecg", "report"])
    def test_similarity_is_the_cosine_of_the_vectors(self, library: CaseLibrary, encoder: StandInEncoder, modality: Modality) -> None:
        cases = [case for case in made_up(N) if modality == "ecg" or case.report]
        stored = encoder.encode_ecgs([c.record for c in cases]) if modality == "ecg" else encoder.encode_reports([c.report for c in cases])
        cosine = dict(zip([case.case_id for case in cases], stored @ encoder.encode_ecgs([wave(99)])[0], strict=True))
        hits = library.search(wave(99), k=N, among=[modality])
        assert {hit.case.case_id: hit.similarity(modality) for hit in hits} == pytest.approx(cosine, abs=1e-5)

    def test_one_modality_ranks_as_brute_force_does(self, library: CaseLibrary, encoder: StandInEncoder) -> None:
        stored = encoder.encode_ecgs([case.record for case in made_up(N)])
        best = np.argsort(-(stored @ encoder.encode_ecgs([wave(98)])[0]))[:10]
        assert [hit.case.case_id for hit in library.search(wave(98), among=["ecg"])] == [f"made up/{i}" for i in best]

    def test_an_ecg_is_compared_with_ecgs_and_with_reports(self, library: CaseLibrary) -> None:
        found = {match.modality for hit in library.search(wave(3)) for match in hit.matches}
        assert found == {"ecg", "report"}

    def test_an_ecg_and_a_text_go_four_ways(self, library: CaseLibrary) -> None:
        found = {(match.asked, match.modality) for hit in library.search(wave(3), "atrial fibrillation") for match in hit.matches}
        assert found == {("ecg", "ecg"), ("ecg", "report"), ("text", "report"), ("text", "ecg")}

    def test_no_case_comes_twice(self, library: CaseLibrary) -> None:
        ids = [hit.case.case_id for hit in library.search(wave(3), "sinus rhythm", k=N)]
        assert sorted(ids) == sorted(case.case_id for case in made_up(N))

    def test_scores_fall_and_lie_between_nought_and_one(self, library: CaseLibrary) -> None:
        scores = [hit.score for hit in library.search(wave(3), "sinus rhythm", k=N)]
        assert scores == sorted(scores, reverse=True)
        assert 0 < scores[-1] <= scores[0] <= 1

    def test_the_same_question_has_the_same_answer(self, library: CaseLibrary) -> None:
        first, second = ([(hit.case.case_id, hit.score) for hit in library.search(text="normal ecg")] for _ in range(2))
        assert first == second

    def test_asking_nothing_is_refused(self, library: CaseLibrary) -> None:
        with pytest.raises(ValueError, match="neither ECG nor text"):
            library.search(text="  ")

    def test_an_empty_library_finds_nothing(self, empty: CaseLibrary) -> None:
        assert empty.search(wave(1), "sinus rhythm", where={"sex": "F"}) == []


class TestPatients:
    def test_the_patients_own_cases_are_left_out(self, library: CaseLibrary) -> None:
        record = wave(6).changed(patient=made_up(N)[6].patient)
        assert not {"made up/6", "made up/7"} & {hit.case.case_id for hit in library.search(record, k=N)}

    def test_all_others_are_still_found(self, library: CaseLibrary) -> None:
        assert len(library.search(wave(6), k=N, exclude_patient="p3")) == N - 2

    def test_a_case_without_known_patient_is_never_left_out(self, empty: CaseLibrary) -> None:
        empty.add([Case("a", lambda: wave(1)), Case("b", lambda: wave(2))])
        assert len(empty.search(wave(1))) == 2


class TestConditions:
    def found(self, library: CaseLibrary, **where: object) -> list[Case]:
        return [hit.case for hit in library.search(wave(3), k=N, where=where)]

    def test_sex_and_age(self, library: CaseLibrary) -> None:
        expected = {c.case_id for c in made_up(N) if c.patient.sex == "F" and (c.patient.age or 0) >= 60}
        assert {c.case_id for c in self.found(library, sex="F", age={"$gte": 60})} == expected

    def test_a_statement_that_the_report_affirms(self, library: CaseLibrary) -> None:
        expected = {c.case_id for c in made_up(N) if "AFIB" in c.codes}
        assert {c.case_id for c in self.found(library, statement="AFIB")} == expected

    def test_a_negated_statement_is_not_there(self, library: CaseLibrary) -> None:
        assert self.found(library, statement="PACE") == []

    def test_not_a_statement(self, library: CaseLibrary) -> None:
        found = self.found(library, not_statement="AFIB")
        assert {c.case_id for c in found} == {c.case_id for c in made_up(N) if "AFIB" not in c.codes}

    def test_without_a_report_the_sources_own_coding_counts(self, library: CaseLibrary) -> None:
        assert "made up/4" in {c.case_id for c in self.found(library, statement="NORM")}

    def test_dates(self, library: CaseLibrary) -> None:
        found = self.found(library, date={"$gte": "1990-01-01", "$lt": "1992-01-01"})
        assert {c.date[:4] for c in found if c.date} == {"1990", "1991"}

    def test_source(self, library: CaseLibrary) -> None:
        assert self.found(library, source="elsewhere") == []

    def test_k_hits_come_where_few_fulfil_it(self, library: CaseLibrary) -> None:
        assert len(library.search(text="normal ecg", k=3, where={"age": {"$gte": 20, "$lt": 23}})) == 3

    def test_a_wrong_condition_is_refused(self, library: CaseLibrary) -> None:
        with pytest.raises(ConditionError, match="no condition is named 'colour'"):
            self.found(library, colour="red")


class TestAdding:
    def test_what_is_there_is_neither_read_nor_encoded_again(self, empty: CaseLibrary, encoder: StandInEncoder) -> None:
        empty.add(made_up(20))
        encoded = encoder.n_ecgs
        report = empty.add(made_up(20, load=lambda i: pytest.fail("read again")))
        assert (report.added, report.present, encoder.n_ecgs) == (0, 20, encoded)

    def test_a_case_given_twice_is_one_case(self, empty: CaseLibrary) -> None:
        assert (empty.add(made_up(3) + made_up(3)).added, len(empty)) == (3, 3)

    def test_a_waveform_that_cannot_be_read_is_counted_with_its_reason(self, empty: CaseLibrary) -> None:
        def load(i: int) -> EcgRecord:
            if i == 1:
                raise UnreadableEcgError("the file is empty")
            return wave(i, leads=("resp",)) if i == 2 else wave(i)

        report = empty.add(made_up(4, load=load))
        assert (report.added, sorted(report.failed)) == (2, ["made up/1", "made up/2"])
        assert report.failed["made up/1"] == "the file is empty"

    def test_a_date_that_is_none_fails_its_own_case_alone(self, empty: CaseLibrary) -> None:
        cases = made_up(4)
        cases[2] = replace(cases[2], date="the other day")
        report = empty.add(cases)
        assert (report.added, sorted(report.failed)) == (3, ["made up/2"])

    def test_what_failed_can_be_added_later(self, empty: CaseLibrary) -> None:
        empty.add(made_up(2, load=lambda i: wave(i, leads=("resp",))))
        assert empty.add(made_up(2)).added == 2

    def test_progress_counts_every_case_once(self, empty: CaseLibrary) -> None:
        steps: list[int] = []
        empty.add(made_up(20), progress=steps.append)
        assert sum(steps) == 20

    def test_cases_are_taken_as_a_stream(self, empty: CaseLibrary) -> None:
        def stream() -> Iterator[Case]:
            yield from made_up(40)

        assert empty.add(stream()).added == 40

    def test_an_error_of_the_source_itself_is_not_swallowed(self, empty: CaseLibrary) -> None:
        def stream() -> Iterator[Case]:
            yield from made_up(2)
            raise RuntimeError("the disk is gone")

        with pytest.raises(RuntimeError, match="the disk is gone"):
            empty.add(stream())

    def test_a_case_without_report_has_no_report_to_find(self, empty: CaseLibrary) -> None:
        empty.add([Case("a", lambda: wave(1), report="  ")])
        assert empty.search(text="normal", among=["report"]) == []


class TestCases:
    def test_all_but_the_waveforms_last_bits_comes_back(self, library: CaseLibrary) -> None:
        case, again = made_up(N)[9], library.get("made up/9")
        for name in ("case_id", "report", "source", "date", "patient", "statements", "language", "english", "findings"):
            assert getattr(again, name) == getattr(case, name), name

    def test_its_waveform_needs_no_file(self, library: CaseLibrary) -> None:
        record = library.get("made up/9").record
        assert np.abs(record.signal - wave(9).signal).max() <= STEP / 2 + 1e-6

    def test_a_hit_has_the_whole_case(self, library: CaseLibrary) -> None:
        case = library.search(wave(9), k=1)[0].case
        assert (case.findings, case.record.leads) == (library.get(case.case_id).findings, ("I", "II", "V1"))

    def test_no_such_case(self, library: CaseLibrary) -> None:
        with pytest.raises(UnknownCaseError, match="has no case 'made up/999'"):
            library.get("made up/999")

    def test_counts(self, library: CaseLibrary) -> None:
        assert (len(library), library.source_counts(), library.name) == (N, {"made up": N}, "clinic")

    def test_counts_of_several_sources(self, empty: CaseLibrary) -> None:
        empty.add(made_up(3))
        empty.add(made_up(5, source="ward"))
        assert empty.source_counts() == {"made up": 3, "ward": 5}


class TestOpening:
    def test_another_encoder_is_refused_and_both_are_named(self, library: CaseLibrary, tmp_path: Path) -> None:
        CaseLibrary.create(tmp_path / "lib", encoder=StandInEncoder(id="first"))
        with pytest.raises(WrongEncoderError, match=r"first.*second"):
            CaseLibrary.open(tmp_path / "lib", encoder=StandInEncoder(id="second"))

    def test_creating_over_another_encoders_library_is_refused(self, tmp_path: Path) -> None:
        CaseLibrary.create(tmp_path / "lib", encoder=StandInEncoder(id="first"))
        with pytest.raises(WrongEncoderError, match=r"first.*second"):
            CaseLibrary.create(tmp_path / "lib", encoder=StandInEncoder(id="second"))

    def test_creating_again_goes_on_with_what_is_there(self, tmp_path: Path, encoder: StandInEncoder) -> None:
        CaseLibrary.create(tmp_path / "lib", encoder=encoder).add(made_up(3))
        assert len(CaseLibrary.create(tmp_path / "lib", encoder=encoder)) == 3

    def test_a_path_that_is_not_there_is_refused_and_not_made(self, tmp_path: Path, encoder: StandInEncoder) -> None:
        with pytest.raises(NotALibraryError, match="nowhere is not there"):
            CaseLibrary.open(tmp_path / "nowhere", encoder=encoder)
        assert not (tmp_path / "nowhere").exists()

    def test_a_folder_of_other_things_is_refused_and_left_alone(self, tmp_path: Path, encoder: StandInEncoder) -> None:
        (tmp_path / "letter.txt").write_text("hello")
        for way in (CaseLibrary.open, CaseLibrary.create):
            with pytest.raises(NotALibraryError, match=r"is not a library|has other files"):
                way(tmp_path, encoder=encoder)
        assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]

    def test_a_library_that_another_process_does_not_let_go_is_busy(
        self, tmp_path: Path, encoder: StandInEncoder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        CaseLibrary.create(tmp_path / "lib", encoder=encoder)
        monkeypatch.setattr("agent.library.place._PATIENCE", 0.1)
        with FileLock(tmp_path / "lib" / "files.lock"), pytest.raises(LibraryBusyError, match="kept lib to itself"):
            CaseLibrary.open(tmp_path / "lib", encoder=encoder)

    def test_a_place_where_nothing_can_be_made_is_refused(self, tmp_path: Path, encoder: StandInEncoder) -> None:
        (tmp_path / "letter.txt").write_text("hello")
        with pytest.raises(NotALibraryError, match=r"lib cannot be made .*: give a folder where you may write"):
            CaseLibrary.create(tmp_path / "letter.txt" / "lib", encoder=encoder)

    def test_a_database_of_something_else_is_refused(self, tmp_path: Path, encoder: StandInEncoder) -> None:
        (tmp_path / "chroma.sqlite3").write_bytes(b"no database at all" * 100)
        with pytest.raises(NotALibraryError, match="not a library"):
            CaseLibrary.open(tmp_path, encoder=encoder)

    def test_another_programs_chroma_folder_is_refused(self, tmp_path: Path, encoder: StandInEncoder) -> None:
        import chromadb

        client = chromadb.PersistentClient(str(tmp_path), settings=chromadb.Settings(anonymized_telemetry=False))
        client.create_collection("letters", embedding_function=None)
        with pytest.raises(NotALibraryError, match="holds no library"):
            CaseLibrary.open(tmp_path, encoder=encoder)

    def test_an_address_where_no_server_answers(self, encoder: StandInEncoder) -> None:
        with pytest.raises(NotALibraryError, match="no Chroma server answers at localhost:1"):
            CaseLibrary.open("http://localhost:1", encoder=encoder)
