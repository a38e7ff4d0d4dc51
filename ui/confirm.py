"""The form in which a person sees what was read of a sheet, corrects it, and says that it is right. Streamlit wiring only."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from data import UnreadableEcgError
from data.paper.layouts import layout_named
from data.paper.scale import GAINS, SPEEDS
from data.paper.stated import Stated
from ui import cards
from ui.unconfirmed import LAYOUTS, Unconfirmed

if TYPE_CHECKING:
    from data import EcgRecord

_FOUND = "as found"
_SEEN = "The picture, with the grid, the rows and the leads as they were recognised; a name in brackets is inferred, not read"


def confirm(sheet: Unconfirmed, *, right: Callable[["EcgRecord"], None], leave: Callable[[], None]) -> None:
    """Show a sheet with what was recognised, and ask.

    Parameters
    ----------
    right : called with the record where the person says that it is right
    leave : called where they give the sheet up
    """
    st.html('<h3 class="part">Your sheet<small>is this what is printed?</small></h3>')
    if sheet.waits:
        with st.spinner("Reading the sheet"):
            sheet.read()
    if sheet.refusal:
        st.html(cards.refusal_html(sheet.refusal))
    if sheet.reading:
        st.image(sheet.overlay, caption=_SEEN)
        record = sheet.reading.record
        drawn = cards.sheet_html(record, name="As it was read")
        st.html(cards.doubts_html(sheet.reading.doubts) + drawn + cards.warnings_html(record))
    _form(sheet, right, leave)


def _form(sheet: Unconfirmed, right: Callable[["EcgRecord"], None], leave: Callable[[], None]) -> None:
    reading, stated = sheet.reading, sheet.stated
    with st.form("sheet", border=True):
        first, second, third = st.columns([2, 1, 1])
        layout = first.selectbox(
            "Layout" + (f" (found: {reading.layout.name})" if reading else ""), [_FOUND, *LAYOUTS],
            index=LAYOUTS.index(stated.layout) + 1 if stated.layout in LAYOUTS else 0, accept_new_options=True,
            help="rows x columns and the leads of the rhythm strips, as 3x4+II or 3x4 cabrera+V1; of strips the leads alone, as V1+II",
        )  # fmt: skip
        speed = second.selectbox(
            "mm/s" + (f" (found: {reading.scale.mm_per_second:g})" if reading else ""), [_FOUND, *(f"{value:g}" for value in SPEEDS)]
        )
        gain = third.selectbox(
            "mm/mV" + (f" (found: {reading.scale.mm_per_mv:g})" if reading else ""), [_FOUND, *(f"{value:g}" for value in GAINS)]
        )
        pages = sheet.pages
        page = st.number_input(f"Page, of {pages}", 1, pages, stated.page or 1) if pages > 1 else None
        with st.container(horizontal=True):
            said_right = st.form_submit_button("This is right", type="primary", disabled=reading is None)
            again = st.form_submit_button("Read again with these")
            given_up = st.form_submit_button("Leave it")
    if said_right and reading:
        right(reading.confirmed())
        st.rerun()
    if given_up:
        leave()
        st.rerun()
    if again:
        try:
            sheet.state(_stated(layout, speed, gain, page))
        except UnreadableEcgError as refusal:
            st.html(cards.refusal_html(str(refusal)))
        else:
            st.rerun()


def _stated(layout: str, speed: str, gain: str, page: int | None) -> Stated:
    """What was chosen; raises `UnreadableEcgError` for a layout that is none."""
    if layout != _FOUND:
        layout_named(layout)
    return Stated(
        layout=None if layout == _FOUND else layout,
        speed=None if speed == _FOUND else float(speed),
        gain=None if gain == _FOUND else float(gain),
        page=page,
    )
