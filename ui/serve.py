"""Starting the page."""

import sys
from pathlib import Path

import typer

from ui import opened

ADDRESS = "127.0.0.1"
FLAGS = (
    f"--server.address={ADDRESS}",  # without it Streamlit listens on every interface and asks an outside host for its own address
    "--server.headless=true",
    "--server.maxUploadSize=500",
    "--server.fileWatcherType=none",
    "--browser.gatherUsageStats=false",
    "--client.toolbarMode=minimal",
    "--client.showErrorDetails=none",
    "--theme.base=light",
    "--theme.primaryColor=#9b1c31",
    "--logger.level=warning",
)


def chat(library: str, *, port: int, llm: str | None = None, encoder: Path | None = None) -> None:
    """Serve the chat until interrupted.

    Raises
    ------
    EcgCasesError : the library, its encoder or the language model cannot be opened; nothing is served then
    """
    from streamlit.web import cli

    opened.library(library, encoder)
    opened.language_model(llm)
    options = ["--library", library]
    options += ["--llm", llm] if llm else []
    options += ["--encoder", str(encoder)] if encoder else []
    typer.echo(f"chat at http://{ADDRESS}:{port}  (Ctrl-C ends it)", err=True)
    app = str(Path(__file__).with_name("app.py"))
    sys.exit(cli.main(["run", app, f"--server.port={port}", *FLAGS, "--", *options], standalone_mode=False))
