"""Readers that others add by an entry point."""

from collections.abc import Iterator
from importlib.metadata import EntryPoint, EntryPoints

import numpy as np
import pytest

from data import EcgRecord, read_ecg
from data.readers import registry
from data.readers.bundle import Bundle
from data.readers.format import Format, Given


def _read(name: str, files: Bundle, given: Given) -> EcgRecord:
    return EcgRecord(("I",), np.frombuffer(files[name][4:], "<f4")[None], 500, source="mine")


MINE = Format("my device", lambda content: content.startswith(b"MINE"), _read)
NO_FORMAT = "text"


@pytest.fixture
def added(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[EntryPoint]]:
    points: list[EntryPoint] = []
    monkeypatch.setattr(registry, "entry_points", lambda group: EntryPoints(points).select(group=group))
    registry.formats.cache_clear()
    yield points
    registry.formats.cache_clear()


def _point(value: str) -> EntryPoint:
    return EntryPoint("mine", value, registry.ENTRY_POINTS)


def test_a_reader_of_ones_own_is_asked(added: list[EntryPoint], ecg_mv: np.ndarray) -> None:
    added.append(_point(f"{__name__}:MINE"))
    record = read_ecg(b"MINE" + ecg_mv[0].astype("<f4").tobytes())
    assert record.source == "mine"
    np.testing.assert_allclose(record["I"], ecg_mv[0], atol=1e-6)


@pytest.mark.parametrize("value", ["no_such_module:FORMAT", f"{__name__}:NO_FORMAT", f"{__name__}:missing"])
def test_one_that_cannot_be_used_is_left_out_and_named(added: list[EntryPoint], value: str) -> None:
    added.append(_point(value))
    with pytest.warns(UserWarning, match="reader mine .* left out"):
        assert registry.formats() == registry.FORMATS
