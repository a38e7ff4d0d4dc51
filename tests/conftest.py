"""What many tests need: the real data where it is there, a small simulated library, the shipped encoder."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from encoders import Encoder

SHARED = Path(os.environ.get("ECG_CASES_SHARED", Path(__file__).resolve().parents[2] / "shared"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the checkout; a test that needs it is skipped where it is absent."""
    if not (SHARED / "ptbxl").is_dir():
        pytest.skip(f"no real data at {SHARED}: set ECG_CASES_SHARED to a folder that holds ptbxl/")
    return SHARED


@pytest.fixture(scope="session")
def ptbxl_root(shared: Path) -> Path:
    return shared / "ptbxl"


@pytest.fixture(scope="session")
def encoder() -> "Encoder":
    """The encoder that ships with the project."""
    from encoders import load_encoder

    return load_encoder()
