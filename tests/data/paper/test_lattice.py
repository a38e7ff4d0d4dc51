"""The lines of a grid: which of them are told from echoes, and their phase, followed from square to square."""

import numpy as np
import pytest

from data.paper.lattice import _fundamental, _without_slips, find_lattice


def bent(squares: int = 50, height: int = 30) -> np.ndarray:
    """Phase of paper that bends by a fifth of a square over its width, (row, column)."""
    return np.tile(0.4 * np.pi * np.sin(np.linspace(0, np.pi, squares)), (height, 1))


def test_a_bend_is_no_slip() -> None:
    np.testing.assert_array_equal(_without_slips(bent()), bent())


def test_a_crease_is_no_slip() -> None:
    creased = bent()
    creased[:, 20:30] += 2 * np.pi * np.linspace(0, 0.8, 10)
    creased[:, 30:] += 2 * np.pi * 0.8

    np.testing.assert_array_equal(_without_slips(creased), creased)


@pytest.mark.parametrize("turns", [1, -1])
@pytest.mark.parametrize("axis", [0, 1])
def test_a_turn_lost_across_the_sheet_is_given_back(turns: int, axis: int) -> None:
    slipped = bent()
    slipped[:, 24:] += 2 * np.pi * turns
    slipped[:, 22:26] += 2 * np.pi * turns * np.linspace(0, 1, 4)  # a fold: nothing is known there

    mended = _without_slips(slipped.T if axis == 0 else slipped)

    mended = mended.T if axis == 0 else mended
    known = ~np.isnan(mended)
    assert known.mean() > 0.8
    np.testing.assert_allclose(mended[known], bent()[known], atol=1e-9)


@pytest.mark.parametrize("place", [18, 31, 40])
def test_a_turn_lost_between_two_squares_is_given_back_once(place: int) -> None:
    slipped = bent()
    slipped[:, place:] += 2 * np.pi

    mended = _without_slips(slipped)

    known = ~np.isnan(mended)
    assert known.mean() > 0.8
    np.testing.assert_allclose(mended[known], bent()[known], atol=1e-9)


@pytest.mark.parametrize(
    ("lines", "period"),
    [
        ({6.3: 1.0, 12.6: 0.4}, 6.3),  # thin lines and an echo of them
        ({6.3: 1.0, 31.5: 0.4}, 31.5),  # thin lines, and bold ones five apart
        ({10.5: 0.8, 15.7: 0.9, 31.5: 1.0}, 31.5),  # bold lines with two harmonics
    ],
)
def test_the_longest_period_with_harmonics_is_that_of_bold_lines(lines: dict[float, float], period: float) -> None:
    periods = np.geomspace(4.5, 130.0, 400)
    votes = sum(height * np.exp(-((np.log(periods / at) / 0.02) ** 2)) for at, height in lines.items())

    assert _fundamental(np.asarray(votes), periods) == pytest.approx(period, rel=0.01)


def ruled(places: list[tuple[slice, slice]], noise: float = 0.1) -> np.ndarray:
    """Darkness of a picture with a grid of 25 pixels in some places, (row, column)."""
    shape = (1300, 1800)
    row, column = np.ogrid[: shape[0], : shape[1]]
    lines = np.maximum(row % 25 < 2, column % 25 < 2)
    there = np.zeros(shape, bool)
    for place in places:
        there[place] = True
    return lines * there + np.random.default_rng(0).normal(0, noise, shape)


def test_lines_all_over_are_a_grid() -> None:
    assert find_lattice(ruled([(slice(None), slice(None))])) is not None


def test_what_looks_like_lines_in_a_few_places_is_no_grid() -> None:
    assert find_lattice(ruled([(slice(100, 300), slice(100, 300)), (slice(800, 1000), slice(1200, 1400))])) is None
