"""The script that Streamlit runs: what goes wrong is one line on the page, and nothing private in the log."""

import logging

import pytest
from streamlit.testing.v1 import AppTest

from ui import app, opened


def test_a_failure_is_one_line_and_logs_where_it_was_but_not_what_it_quotes(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    private = " ".join(("report", "of", "Roe"))  # in no line of code, as a traceback shows those

    def fail(*_: object) -> None:
        raise RuntimeError(private)

    monkeypatch.setattr(opened, "library", fail)
    monkeypatch.setattr("sys.argv", ["app.py", "--library", "lib"])

    with caplog.at_level(logging.ERROR):
        page = AppTest.from_file(app.__file__).run()

    (said,) = page.get("html")
    assert "Something went wrong on this side" in said.proto.body
    assert not page.exception
    assert "RuntimeError" in caplog.text
    assert "in fail" in caplog.text
    assert private not in caplog.text
