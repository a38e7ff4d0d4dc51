"""How close the ECGs of a library lie to each other, learned after adding and kept with it: what "nothing similar" is measured by."""

import numpy as np

from agent.hits import CLOSEST, Usual
from agent.library.connection import Connection
from agent.library.marks import EXTRA, marked, similarities
from agent.library.rows import RowId

FEWEST = 30  # ECGs that tell what is usual
SAMPLE = 200  # ECGs that are looked at
_SPREAD = 0.005  # at least, where a library holds the same ECG again and again
_MEAN, _STANDARD_DEVIATION = "usual_mean", "usual_spread"  # in the metadata of the collection


def known(connection: Connection) -> Usual | None:
    """What was learned and kept; None where nothing was."""
    about = connection.vectors.metadata or {}
    return Usual(float(about[_MEAN]), float(about[_STANDARD_DEVIATION])) if _MEAN in about else None


def keep(connection: Connection) -> None:
    """Learn from some of the library's ECGs, spread evenly over their ids, and write it beside the encoder's id."""
    if usual := learn(connection):
        about = dict(connection.vectors.metadata or {})
        connection.vectors.modify(metadata=about | {_MEAN: usual.mean, _STANDARD_DEVIATION: usual.spread})


def learn(connection: Connection) -> Usual | None:
    """None where too few ECGs of different patients are there."""
    ids = sorted(written for written in connection.vectors.get(include=[])["ids"] if RowId.parse(written).modality == "ecg")
    if len(ids) < FEWEST:
        return None
    chosen = [ids[i] for i in np.unique(np.linspace(0, len(ids) - 1, SAMPLE).astype(int))]
    got = connection.vectors.get(ids=chosen, include=["embeddings"])
    vectors = np.asarray(got["embeddings"], np.float32)[:, :-EXTRA]
    found = connection.vectors.query(query_embeddings=marked(vectors, "ecg"), n_results=min(4 * CLOSEST, len(ids)), include=["distances"])
    means = []
    for own, others, distances in zip(got["ids"], found["ids"], found["distances"] or [], strict=True):
        me = RowId.parse(own)
        strangers = [
            cosine
            for row, cosine in zip(map(RowId.parse, others), similarities(distances), strict=True)
            if row.case_id != me.case_id and row.modality == "ecg" and (not me.patient or row.patient != me.patient)
        ]
        if strangers:
            means.append(float(np.mean(strangers[:CLOSEST])))
    return Usual(float(np.mean(means)), max(_SPREAD, float(np.std(means)))) if len(means) >= FEWEST else None
