"""The script that Streamlit runs: `streamlit run ui/app.py -- --library DIR [--llm SPEC] [--encoder FILE]`."""

import argparse
import logging
from pathlib import Path

import streamlit as st

from agent import Conversation
from data import EcgCasesError, read_upload
from ui import opened
from ui.cards import refusal_html
from ui.chat import Session
from ui.page import page


def main() -> None:
    """Open what the command line named, and show the page; what goes wrong is one line on it."""
    st.set_page_config("ecg-cases", layout="wide")
    options = argparse.ArgumentParser()
    options.add_argument("--library", required=True)
    options.add_argument("--llm")
    options.add_argument("--encoder", type=Path)
    chosen = options.parse_args()
    try:
        with st.spinner("Opening the library"):
            library, llm = opened.library(chosen.library, chosen.encoder), opened.language_model(chosen.llm)
        session = st.session_state.setdefault("session", Session(lambda: Conversation(library, llm), read_upload))
        page(library, session, chosen.llm or "offline")
    except EcgCasesError as refusal:
        st.html(refusal_html(str(refusal)))
    except Exception:
        logging.getLogger(__name__).exception("the page failed")
        st.html(refusal_html("Something went wrong on this side; what was said is kept. Ask again, or begin anew with another ECG."))


if __name__ == "__main__":
    main()
