"""What `ecg-cases evaluate --reports` prints."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from data.findings import ceiling
from data.findings.agreement import Agreement
from data.findings.ceiling import CodedReport
from data.findings.evaluation import evaluate_reports
from data.findings.evidence import evidence
from ui import cli, report_tables

REPORTS = [
    CodedReport("Sinusrhythmus, kein Linksschenkelblock", frozenset({"SR", "CLBBB"}), 1),
    *[CodedReport("Vorhofflimmern donaudampfschiff", frozenset({"AFIB"}), 9)] * 20,
]


@pytest.fixture(autouse=True)
def _without_learning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ceiling, "learned", lambda known, asked: Agreement())


@pytest.mark.parametrize(
    "line",
    [
        "fold 1 (developed on)",
        "any function of the text",
        "AFIB",
        "50.00%",
        "Sinusrhythmus, kein Linksschenkelblock",
        "missed CLBBB",
        "one cardiologist against the other",
        "diagnostic",
    ],
)
def test_what_is_asked_for_is_printed(line: str) -> None:
    assert line in report_tables.evaluation(evaluate_reports(REPORTS, developed=[1], asked=[9]))


def test_a_convention_is_printed_with_the_reports_that_it_rests_on() -> None:
    lines = evidence([CodedReport("anteriorer Infarkt", frozenset({"ASMI"}), 1)] * 3, developed=[1], asked=[9])

    printed = report_tables.conventions(lines, [1], [9]).splitlines()

    assert next(line.split() for line in printed if "anterior*" in line and "ASMI" in line) == [
        *("AMI", "worded", '"anterior*"', "ASMI", "3", "100%", "0"),
    ]


def test_as_data_for_programs() -> None:
    data = json.loads(json.dumps(evaluate_reports(REPORTS, developed=[1], asked=[9]).as_data()))

    assert data["overall"] == {"reports": 20, "micro_f1": 1.0, "macro_f1": 1.0, "f1": {"AFIB": 1.0}}


def test_the_command_needs_no_encoder(ptbxl_root: Path) -> None:
    result = CliRunner().invoke(
        cli.app, ["evaluate", str(ptbxl_root), "--reports", "--gallery", "1", "--queries", "2", "--encoder", "nowhere"]
    )

    assert result.exit_code == 0
    assert "fold 2" in result.stdout
