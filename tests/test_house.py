"""The shape of the house: arrows run downward only, and vendors stay in their rooms."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MAY_IMPORT = {"data": set(), "encoders": {"data"}, "agent": {"data", "encoders"}, "ui": {"data", "encoders", "agent"}}
NOT_IN = {
    "data": {"torch", "timm", "transformers", "sentence_transformers", "chromadb", "llama_index", "streamlit"},
    "encoders": {"chromadb", "llama_index", "streamlit"},
    "agent": {"streamlit", "timm"},
    "ui": {"chromadb", "timm"},
}
FILES = sorted(path for package in MAY_IMPORT for path in (ROOT / package).rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Top-level names that a file imports, inside functions too."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_downward(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]

    upward = imported(path) & (set(MAY_IMPORT) - MAY_IMPORT[package] - {package})

    assert upward == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_vendors_stay_in_their_rooms(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]

    assert imported(path) & NOT_IN[package] == set()


@pytest.mark.parametrize(("vendor", "room"), [("chromadb", "agent/library"), ("timm", "encoders/towers"), ("neurokit2", "agent/measure")])
def test_a_vendor_has_one_room(vendor: str, room: str) -> None:
    users = [path for path in FILES if vendor in imported(path)]

    assert [str(path.relative_to(ROOT)) for path in users if not str(path.relative_to(ROOT)).startswith(room)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_one_idea(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 400
