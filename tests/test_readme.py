"""The README keeps its word."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text()


def test_the_python_snippet_runs(tmp_path: Path) -> None:
    (snippet,) = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    (tmp_path / "snippet.py").write_text(snippet)

    done = subprocess.run([sys.executable, "snippet.py"], cwd=tmp_path, capture_output=True, text=True, env=_environment(), check=False)

    assert done.returncode == 0, done.stderr
    assert "not a diagnosis" in done.stdout


@pytest.mark.parametrize("name", sorted(set(re.findall(r"\]\(([\w/.]+)\)|`(?=[\w/]+\.)([\w/]+\.md)`", README))))
def test_what_it_links_is_there(name: tuple[str, str]) -> None:
    assert (ROOT / (name[0] or name[1])).is_file()


def test_every_command_it_shows_exists() -> None:
    from typer.main import get_command

    from ui.cli import app

    blocks = "".join(re.findall(r"^```\n(.*?)^```", README, flags=re.DOTALL | re.MULTILINE))
    shown = set(re.findall(r"^ecg-cases (\w+)", blocks, flags=re.MULTILINE))

    assert shown - set(get_command(app).commands) == set()  # type: ignore[attr-defined]


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT)}
