import pytest
from llama_index.core.schema import MetadataMode, QueryBundle

from agent.library import CaseLibrary
from agent.retriever import EcgQueryBundle, EcgRetriever
from tests.agent.cases import made_up, wave
from tests.agent.stand_in import StandInEncoder


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> CaseLibrary:
    library = CaseLibrary.create(tmp_path_factory.mktemp("lib") / "clinic", encoder=StandInEncoder())
    library.add(made_up(30))
    return library


def test_nodes_are_the_hits_of_the_library(library: CaseLibrary) -> None:
    nodes = EcgRetriever(library, k=5).retrieve(EcgQueryBundle("atrial fibrillation", ecg=wave(3)))
    hits = library.search(wave(3), "atrial fibrillation", k=5)
    assert [(node.node_id, node.score) for node in nodes] == [(hit.case.case_id, hit.score) for hit in hits]


def test_an_ecg_alone(library: CaseLibrary) -> None:
    nodes = EcgRetriever(library, k=5).retrieve(EcgQueryBundle("", ecg=wave(3)))
    assert [node.node_id for node in nodes] == [hit.case.case_id for hit in library.search(wave(3), k=5)]


@pytest.mark.parametrize("question", ["normal ecg", QueryBundle("normal ecg")])
def test_a_text_alone(library: CaseLibrary, question: str | QueryBundle) -> None:
    nodes = EcgRetriever(library, k=5).retrieve(question)
    assert [node.node_id for node in nodes] == [hit.case.case_id for hit in library.search(text="normal ecg", k=5)]


def test_a_node_holds_the_report_and_what_is_known_of_the_case(library: CaseLibrary) -> None:
    node = EcgRetriever(library, k=1).retrieve(EcgQueryBundle("", ecg=wave(3)))[0]
    case = library.get(node.node_id)
    assert node.text == case.report
    assert (node.metadata["case_id"], node.metadata["age"], node.metadata["statements"]) == (
        case.case_id,
        case.patient.age,
        sorted(case.codes),
    )


def test_a_language_model_sees_neither_id_nor_date(library: CaseLibrary) -> None:
    node = EcgRetriever(library, k=1).retrieve(EcgQueryBundle("", ecg=wave(3)))[0]
    shown = node.node.get_content(metadata_mode=MetadataMode.LLM)
    assert "statements" in shown
    assert node.node_id not in shown
    assert "date" not in shown


def test_conditions_hold_for_every_node(library: CaseLibrary) -> None:
    nodes = EcgRetriever(library, where={"sex": "F"}).retrieve("normal ecg")
    assert {node.metadata["sex"] for node in nodes} == {"F"}
