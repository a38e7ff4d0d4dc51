"""A library as a LlamaIndex retriever."""

from dataclasses import dataclass

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from agent.hits import CaseHit
from agent.library import CaseLibrary
from agent.library.conditions import Conditions
from data import EcgRecord


@dataclass
class EcgQueryBundle(QueryBundle):
    """A question with an ECG. An empty `query_str` asks by the ECG alone."""

    ecg: EcgRecord | None = None


class EcgRetriever(BaseRetriever):
    """Cases of a library as nodes: the report as text, what is known of the case as metadata, the fused score.

    It searches the library itself, not through a LlamaIndex vector store, so that ECG and text are fused in one ranking.

    Parameters
    ----------
    where : conditions that all cases must fulfil, see `agent.library.conditions`
    """

    def __init__(self, library: CaseLibrary, *, k: int = 10, where: Conditions | None = None) -> None:
        super().__init__()
        self._library = library
        self._k = k
        self._where = where

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        ecg = query_bundle.ecg if isinstance(query_bundle, EcgQueryBundle) else None
        hits = self._library.search(ecg, query_bundle.query_str or None, k=self._k, where=self._where)
        return [node(hit) for hit in hits]


def node(hit: CaseHit) -> NodeWithScore:
    """A hit as LlamaIndex knows it; `node_id` is the case id, which may be the path of a file, and is not shown to a language model."""
    case = hit.case
    about = {
        "case_id": case.case_id,
        "source": case.source,
        "date": case.date,
        "age": case.patient.age,
        "sex": case.patient.sex,
        "language": case.language,
        "english": case.english,
        "statements": sorted(case.codes),
        "similarity_ecg": hit.similarity("ecg"),
        "similarity_report": hit.similarity("report"),
    }
    private = ["case_id", "date"]
    text = TextNode(
        id_=case.case_id,
        text=case.report,
        metadata=about,
        excluded_llm_metadata_keys=private,
        excluded_embed_metadata_keys=private,
    )
    return NodeWithScore(node=text, score=hit.score)
