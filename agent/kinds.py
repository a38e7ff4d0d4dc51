"""Kinds of findings by which a search can be steered: "same rhythm", "ignore the ST changes"."""

from collections.abc import Callable, Iterable, Mapping

from data.findings import VOCABULARY, Statement

_ST_FORMS = frozenset({"STD_", "STE_", "NT_", "INVT", "LOWT", "TAB_"})
KINDS: Mapping[str, Callable[[Statement], bool]] = {
    "rhythm": lambda s: "rhythm" in s.category,
    "conduction": lambda s: s.superclass == "CD",
    "infarction": lambda s: s.superclass == "MI",
    "hypertrophy": lambda s: s.superclass == "HYP" or s.code in ("VCLVH", "HVOLT"),
    "ST changes": lambda s: s.superclass == "STTC" or s.code in _ST_FORMS,
}


def of_kinds(codes: Iterable[str], kinds: Iterable[str]) -> list[str]:
    """The codes that are of any of the kinds, in their order, each once; kinds as in `KINDS`."""
    tests = [KINDS[kind] for kind in kinds]
    return [code for code in dict.fromkeys(codes) if code in VOCABULARY and any(test(VOCABULARY[code]) for test in tests)]
