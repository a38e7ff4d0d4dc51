"""A library of ECG cases that can be searched by ECG and by text."""

from agent.hits import CaseHit, Match
from agent.library.case_library import CaseLibrary, EcgEncoder
from agent.library.errors import LibraryBusyError, NotALibraryError, UnknownCaseError, WrongEncoderError
from agent.library.indexing import AddReport

__all__ = [
    "AddReport",
    "CaseHit",
    "CaseLibrary",
    "EcgEncoder",
    "LibraryBusyError",
    "Match",
    "NotALibraryError",
    "UnknownCaseError",
    "WrongEncoderError",
]
