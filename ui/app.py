"""The script that Streamlit runs: `streamlit run ui/app.py -- --library DIR [--llm SPEC]`."""

import argparse
import logging
from typing import TYPE_CHECKING

import streamlit as st

from data import EcgCasesError
from ui.cards import refusal_html

if TYPE_CHECKING:
    from agent import CaseLibrary


@st.cache_resource(show_spinner="Opening the library")
def _library(path: str, encoder: str | None) -> "CaseLibrary":
    from agent import CaseLibrary
    from encoders import load_encoder

    return CaseLibrary.open(path, encoder=load_encoder(encoder))


def main() -> None:
    """Open what the command line named, and show the page; what goes wrong is one line on it."""
    st.set_page_config("ecg-cases", layout="wide")
    options = argparse.ArgumentParser()
    options.add_argument("--library", required=True)
    options.add_argument("--llm")
    options.add_argument("--encoder")
    chosen = options.parse_args()
    try:
        from agent import Conversation, load_llm
        from data import read_upload
        from ui.chat import Session
        from ui.page import page

        library = _library(chosen.library, chosen.encoder)
        session = st.session_state.setdefault("session", Session(lambda: Conversation(library, load_llm(chosen.llm)), read_upload))
        page(library, session, chosen.llm or "offline")
    except EcgCasesError as refusal:
        st.html(refusal_html(str(refusal)))
    except Exception:
        logging.getLogger(__name__).exception("the page failed")
        st.html(refusal_html("Something went wrong on this side; the conversation is kept. Try again, or start anew with another ECG."))


if __name__ == "__main__":
    main()
