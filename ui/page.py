"""The chat as a page. Wiring only: what is shown is made in `ui.cards`, what is remembered in `ui.chat`."""

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from agent.llms import whereabouts
from ui import cards
from ui.chat import Consultation, Session
from ui.confirm import confirm
from ui.examples import EXAMPLES, SHEET, WORDS, example, example_sheet
from ui.filters import filters
from ui.measured import all_html

if TYPE_CHECKING:
    from agent import CaseLibrary

UPLOAD_MB = 500  # what the browser lets through; the reader refuses far smaller files, in words
YOU, DRAFT = ":material/person:", ":material/ecg_heart:"


def page(library: "CaseLibrary", session: Session, llm_name: str) -> None:
    """The whole page, once. The drawing comes first, then the answer as it is written, then the cases it cites."""
    st.html(Path(__file__).with_name("style.css"))
    st.html(cards.bar_html(library.name, library.source_counts(), llm_name, whereabouts(llm_name)))
    left, right = st.columns([2, 3], gap="medium")
    talk, evidence = left.container(key="talk", height=600, border=False, autoscroll=True), right.container(key="evidence")
    with left:
        _words(session)
        said = st.chat_input(
            "Ask about the ECG or the cases, or drop an ECG", accept_file="multiple", max_upload_size=UPLOAD_MB, key="said"
        )
    if said:
        session.receive(said.text.strip(), {file.name: file.getvalue() for file in said.files})
    if session.sheet:
        with talk:
            _history(session)
            st.html(cards.WAITING_SHEET)
            _answers(session.here)
        with evidence:
            confirm(session.sheet, right=session.confirmed, leave=session.leave_sheet)
        return
    with evidence:
        _drawing(session.here)
    with talk:
        _history(session)
        _answers(session.here)
    with evidence:
        _cases(session.here)


def _history(session: Session) -> None:
    if len(session.consultations) > 1:
        titles = [one.title for one in session.consultations]
        session.chosen = st.selectbox("Conversation", range(len(titles)), session.chosen, format_func=titles.__getitem__)
    if not session.here.turns:
        st.html(cards.WELCOME)
        with st.container(horizontal=True, key="examples"):
            for label in EXAMPLES:
                st.button(label, on_click=lambda label=label: session.open(example(label), f"Example: {label}"))
            st.button(SHEET, on_click=lambda: session.lay(f"Example: {SHEET}", example_sheet()))
    for number, turn in enumerate(session.here.turns):
        with st.chat_message("user" if turn.who == "you" else "assistant", avatar=YOU if turn.who == "you" else DRAFT):
            st.html(cards.turn_html(turn, len(session.here.conversation.cases)))
            _save(session.here, number)


def _words(session: Session) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="words"):
        st.html("Find cases with", width="content")
        for label, question in WORDS.items():
            st.button(label, help=question, on_click=session.receive, args=(question,))


def _answers(here: Consultation) -> None:
    """Answer what waits, sentence by sentence; at its end each answer becomes the turn it will stay."""
    while here.waiting:
        with st.chat_message("assistant", avatar=DRAFT):
            written = st.empty()
            with st.spinner("Searching the library"):
                for sentences in here.answer():
                    written.html(cards.sentences_html(sentences, len(here.conversation.cases)))
            written.html(cards.turn_html(here.turns[-1], len(here.conversation.cases)))
            _save(here, len(here.turns) - 1)


def _save(here: Consultation, number: int) -> None:
    if draft := here.turns[number].draft:
        key = f"save-{id(here)}-{number}"
        st.download_button("Save the draft", cards.exported(draft), "draft.md", "text/markdown", key=key, on_click="ignore")


def _drawing(here: Consultation) -> None:
    if here.record is None:
        if not here.turns:
            st.html(cards.NO_ECG)
        return
    st.html('<h3 class="part">Your ECG</h3>')
    st.html(cards.sheet_html(here.record, name="Your ECG") + cards.warnings_html(here.record))


def _cases(here: Consultation) -> None:
    conversation = here.conversation
    if here.record is not None and conversation.measurements is not None:
        st.html(cards.measurements_html(conversation.measurements) + all_html(conversation.measurements))
    shown = [conversation.cases[n - 1] for n in conversation.shown]
    if shown or conversation.conditions:
        st.html(f'<h3 class="part">Closest cases<small>{len(shown)}, best first</small></h3>')
        with st.container(key="filters"):
            filters(conversation)
    for n, hit in zip(conversation.shown, shown, strict=True):
        st.html(cards.card_html(n, hit, shown, opened=n == conversation.shown[0]))
    earlier = [n for n in range(1, len(conversation.cases) + 1) if n not in conversation.shown]
    if earlier:
        st.html('<h3 class="part">Met earlier in this conversation</h3>')
    for n in earlier:
        st.html(cards.card_html(n, conversation.cases[n - 1], shown))
