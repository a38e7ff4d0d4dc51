"""Which way up a sheet lies: what its words tell, and along which way its traces run evenly."""

import numpy as np

from data.paper.flat import FlatSheet, flattened
from data.paper.ink import Ink, written
from data.paper.layouts import layout_named
from data.paper.names import Seen
from data.paper.orientation import CLEARLY, View, evenness
from data.paper.rendering import Print, photographed, printed
from data.paper.rendering.sheet import PIXELS_PER_MM
from data.simulated import simulate


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


def test_the_edges_of_a_sheet_on_a_dark_table_are_no_rows() -> None:
    sheet = printed(simulate("normal", seed=3).record, Print(layout_named("3x4"), grid="pink", row_mm=36))
    photo = photographed(sheet, "good photo", np.random.default_rng(2), pixels_per_mm=PIXELS_PER_MM)

    mask = written(flattened(photo)).mask

    assert evenness(mask) > CLEARLY * evenness(mask.T)


def test_tall_spikes_below_each_other_make_no_rows_of_their_own() -> None:
    record = simulate("left ventricular hypertrophy", seed=3).record
    sheet = printed(record, Print(layout_named("6x2"), mm_per_mv=20.0, grid="red", row_mm=24, names=False))
    scan = photographed(sheet, "clean scan", np.random.default_rng(2), pixels_per_mm=PIXELS_PER_MM)

    mask = written(flattened(scan)).mask

    assert evenness(mask) > CLEARLY * evenness(mask.T)
