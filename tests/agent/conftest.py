"""A small simulated library that conversations are tested on."""

import pytest

from agent import CaseLibrary
from data import EcgRecord, simulated
from tests.agent.stand_in import StandInEncoder


@pytest.fixture(scope="session")
def simulated_library(tmp_path_factory: pytest.TempPathFactory) -> CaseLibrary:
    library = CaseLibrary.create(tmp_path_factory.mktemp("talk") / "library", encoder=StandInEncoder())
    library.add(simulated.cases(60, seed=1))
    return library


@pytest.fixture(scope="session")
def simulated_ecg() -> EcgRecord:
    return simulated.simulate("atrial fibrillation", seed=99).record
