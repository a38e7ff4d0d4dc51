"""The names of layouts, as people write them."""

import pytest

from data import UnreadableEcgError
from data.paper.layouts import layout_named


def test_a_lead_alone_is_a_strip_as_long_as_it_is_drawn() -> None:
    layout = layout_named("v1+II")

    assert (layout.rows, layout.whole) == ((("V1",), ("II",)), False)


def test_a_piece_names_its_leads_down_each_column() -> None:
    layout = layout_named("3x2 V1 V2 V3 V4 V5 V6")

    assert (layout.rows, layout.whole) == ((("V1", "V4"), ("V2", "V5"), ("V3", "V6")), False)


@pytest.mark.parametrize("name", ["", "II+II", "3x2", "3x2 V1 V2", "0x4", "pleth", "3x4+VX", "99999999x9"])
def test_what_is_no_layout_is_refused_in_words(name: str) -> None:
    with pytest.raises(UnreadableEcgError, match="wanted rows x columns"):
        layout_named(name)
