"""The script that Streamlit runs: `streamlit run ui/app.py -- --library DIR [--llm SPEC] [--encoder FILE]`."""

import argparse
import logging
import traceback
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
    except Exception as error:  # where it failed, not its message, which may quote a report or a path
        where = "".join(traceback.format_tb(error.__traceback__))
        logging.getLogger(__name__).error("the page failed: %s\n%s", type(error).__name__, where)
        st.html(refusal_html("Something went wrong on this side; what was said is kept. Ask again, or begin anew with another ECG."))


if __name__ == "__main__":
    main()
