"""The library as a LlamaIndex query engine."""

import asyncio

from llama_index.core.base.base_query_engine import BaseQueryEngine

from agent import CaseLibrary, EcgQueryEngine
from data import EcgRecord


def test_it_is_a_llama_index_query_engine(simulated_library: CaseLibrary) -> None:
    assert isinstance(EcgQueryEngine(library=simulated_library), BaseQueryEngine)


def test_source_nodes_are_the_cited_cases(simulated_library: CaseLibrary, simulated_ecg: EcgRecord) -> None:
    response = EcgQueryEngine(library=simulated_library).query("Which of these cases have sinus rhythm?", ecg=simulated_ecg)
    hits = simulated_library.search(ecg=simulated_ecg, k=10)
    assert {node.node_id for node in response.source_nodes} == {hit.case.case_id for hit in hits if "SR" in hit.case.codes}


def test_every_citation_in_the_text_has_a_source_node(simulated_library: CaseLibrary, simulated_ecg: EcgRecord) -> None:
    response = EcgQueryEngine(library=simulated_library).query("Which rhythm do the closest cases show?", ecg=simulated_ecg)
    assert all(f"[{node.metadata['citation']}]" in str(response) for node in response.source_nodes)


def test_a_text_alone_finds_the_cases_that_report_it(simulated_library: CaseLibrary) -> None:
    response = EcgQueryEngine(library=simulated_library).query("cases with left bundle branch block")
    assert response.source_nodes
    assert all("CLBBB" in node.metadata["statements"] for node in response.source_nodes)


def test_aquery_is_the_same(simulated_library: CaseLibrary, simulated_ecg: EcgRecord) -> None:
    engine = EcgQueryEngine(library=simulated_library)
    answer = asyncio.run(engine.aquery("What is the QRS duration of my ECG?", ecg=simulated_ecg))
    assert str(answer) == str(engine.query("What is the QRS duration of my ECG?", ecg=simulated_ecg))


def test_says_that_it_is_for_research(simulated_library: CaseLibrary) -> None:
    assert "Research use, a draft, not a diagnosis." in str(
        EcgQueryEngine(library=simulated_library).query("cases with atrial fibrillation")
    )
