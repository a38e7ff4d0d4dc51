"""The table of errors: what is counted, and how."""

import pytest

from agent import Measurements
from agent.measurement.study import Row, as_lines, compare

UNKNOWN = {"heart_rate_bpm": None, "qrs_ms": None, "qt_ms": None}


@pytest.fixture
def row() -> Row:
    """PR of four ECGs: 10 ms too long, 20 ms too short, not measured, and measured where there is none."""
    found = [Measurements(pr_ms=170.0), Measurements(pr_ms=140.0), Measurements(), Measurements(pr_ms=150.0)]
    return next(
        row
        for row in compare("some", zip(found, [{"pr_ms": pr, **UNKNOWN} for pr in (160.0, 160.0, 160.0, None)], strict=True))
        if row.measurement == "PR"
    )


def test_coverage_is_of_those_with_truth(row: Row) -> None:
    assert row.coverage == pytest.approx(2 / 3)


def test_the_error_is_absolute_and_the_bias_is_not(row: Row) -> None:
    assert (row.median_error, row.bias) == (15, -5)


def test_what_has_no_truth_is_counted_as_false(row: Row) -> None:
    assert (row.false, row.n_without) == (1, 1)


def test_every_row_has_as_many_cells_as_the_head(row: Row) -> None:
    head, line = as_lines([row])
    assert len(head) == len(line)
