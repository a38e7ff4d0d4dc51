"""Superclass, diagnostic statement, any statement."""

import numpy as np

from encoders.levels import labelled, labels_of, likelihoods, projection


def test_five_superclasses() -> None:
    assert labels_of("superclass") == ["CD", "HYP", "MI", "NORM", "STTC"]


def test_a_rhythm_has_no_diagnostic_label() -> None:
    assert labelled(["AFIB", "IMI"], "diagnostic") == {"IMI"}


def test_a_statement_that_the_vocabulary_lacks_has_no_label() -> None:
    assert labelled(["XYZ"], "all") == set()


def test_a_projection_turns_statements_into_labels() -> None:
    superclasses = np.array([1.0, 1.0]) @ projection(["IMI", "AFIB"], "superclass")

    assert [name for name, stated in zip(labels_of("superclass"), superclasses, strict=True) if stated] == ["MI"]


def test_a_likelihood_that_is_not_known_counts_as_certain() -> None:
    assert likelihoods({"IMI": 35.0, "AFIB": 0.0}, ["AFIB", "IMI", "NORM"]).tolist() == [1.0, np.float32(0.35), 0.0]
