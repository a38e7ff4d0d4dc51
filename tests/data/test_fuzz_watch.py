"""That the fuzzing sees what it looks for: a reader that does each forbidden thing is caught."""

import random
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from data import EcgRecord
from data.readers import registry
from data.readers.format import Format
from tests.fuzz.mutations import damaged
from tests.fuzz.seeds import seeds

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits of memory and signals are those of Linux")


@pytest.fixture
def fault(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], str | None]:
    """What is seen of a reader that does something before it answers."""
    from tests.fuzz import watch

    monkeypatch.setattr(watch, "SECONDS", 1)
    seen = watch.Watch()

    def of(act: Callable[[], object]) -> str | None:
        def read(*_: object) -> EcgRecord:
            act()
            return EcgRecord(("I", "II"), np.random.default_rng(0).normal(size=(2, 900)), 500)

        monkeypatch.setattr(registry, "formats", lambda: (Format("mine", lambda _: True, read),))
        return seen.fault({"a": b"content"})

    return of


ACTS: dict[str, tuple[Callable[[], object], str | None]] = {
    "nothing": (lambda: None, None),
    "hangs": (lambda: time.sleep(5), "took over 1 s"),
    "takes memory": (lambda: np.ones(100_000_000), "took too much memory"),
    "reads elsewhere": (lambda: Path("/etc/hostname").read_bytes(), "opened /etc/hostname"),
    "connects": (lambda: socket.socket().connect_ex(("127.0.0.1", 9)), "socket.connect"),
}


@pytest.mark.parametrize("act", ACTS)
def test_what_a_reader_must_not_do_is_seen(fault: Callable[[Callable[[], object]], str | None], act: str) -> None:
    does, expected = ACTS[act]
    found = fault(does)
    assert (found is None) if expected is None else (found or "").startswith(expected)


def test_the_damage_is_the_same_for_the_same_number() -> None:
    sound = seeds()
    first, again = (damaged(sound["csv"], list(sound.values()), random.Random(7)) for _ in range(2))
    assert first == again != sound["csv"]
