"""Simulated ECGs with known truth: `simulate` one of `KINDS`, or draw `cases` of all of them."""

from data.simulated.cases import cases
from data.simulated.ecg import SimulatedEcg, UnknownKindError, simulate
from data.simulated.kinds import KINDS
from data.simulated.truth import Truth

__all__ = ["KINDS", "SimulatedEcg", "Truth", "UnknownKindError", "cases", "simulate"]
