"""What a filter is given where nothing was recorded."""

import numpy as np

from data.gaps import bridged

NAN = np.nan


def test_gaps_are_bridged_by_a_straight_line_and_ends_are_held() -> None:
    np.testing.assert_allclose(bridged(np.array([[NAN, 1.0, NAN, NAN, 4.0, NAN]])), [[1, 1, 2, 3, 4, 4]])


def test_a_lead_that_was_not_recorded_is_zero() -> None:
    np.testing.assert_array_equal(bridged(np.full((1, 3), NAN)), [[0, 0, 0]])


def test_a_whole_lead_stays_as_it_is() -> None:
    lead = np.array([[0.5, -1.0, 2.0]])

    np.testing.assert_array_equal(bridged(lead), lead)
