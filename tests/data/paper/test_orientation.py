"""Which way up a sheet lies: what its words tell, on sheets whose words are given."""

import numpy as np

from data.paper.flat import FlatSheet
from data.paper.ink import Ink
from data.paper.names import Seen
from data.paper.orientation import View


def view(*words: tuple[str, float]) -> View:
    blank = np.zeros((10, 10))
    sheet = FlatSheet(np.zeros((10, 10, 3), np.uint8), blank, blank, 5, blank > 0, blank == 0)
    made = View(sheet, Ink(blank, blank > 0, 100.0))
    made.__dict__["seen"] = [Seen(name, 0.0, 0.0, certainty) for name, certainty in words]
    return made


def test_a_hundred_specks_that_might_be_words_tell_less_than_two_words() -> None:
    specks = view(*[("5 mm/mV", 0.6)] * 100)
    words = view(("V4", 0.98), ("aVL", 0.95))

    assert specks.legible < words.legible


def test_words_that_read_alike_from_both_sides_tell_nothing() -> None:
    assert view(("I", 1.0), ("II", 0.99), ("III", 0.98)).legible == 0
