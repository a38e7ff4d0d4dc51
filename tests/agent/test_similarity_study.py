"""Learning when to be silent, and the table of who was refused, on a small simulated library."""

from pathlib import Path

import pytest

from agent import CaseLibrary
from agent.similarity import study
from agent.similarity.decision import Score, learned
from agent.similarity.signs import Signs
from data import Case, simulated
from tests.agent.stand_in import StandInEncoder

USUAL = Signs(closeness=0.0, likeness=0.95, dipole=0.99, alone=0.0, reversed=-0.5)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> CaseLibrary:
    library = CaseLibrary.create(tmp_path_factory.mktemp("silence") / "library", encoder=StandInEncoder())
    library.add(simulated.cases(40, seed=1))
    return library


@pytest.fixture(scope="module")
def asked() -> list[Case]:
    return list(simulated.cases(8, seed=2))


def test_what_is_learned_trusts_an_ecg_and_not_what_is_none(library: CaseLibrary, asked: list[Case]) -> None:
    score = study.learn(library, asked, each=3)
    noise = Signs(closeness=-4.0, likeness=0.6, dipole=0.5, alone=0.0, reversed=0.0)
    assert score.confidence(USUAL) > score.least > score.confidence(noise)


def test_every_kind_of_stranger_has_a_row(library: CaseLibrary, asked: list[Case]) -> None:
    rows = study.study(library, asked[:3], each=2)
    assert {"ECGs", "flat line", "EEG", "photograph", "one lead", "arms reversed", "all of these"} <= {row.asked for row in rows}


@pytest.mark.parametrize(
    ("sign", "value"), [("closeness", -8.0), ("likeness", 0.6), ("dipole", 0.4), ("alone", 1.0), ("reversed", 1.5)]
)  # fmt: skip
def test_each_sign_that_is_bad_makes_what_ships_less_sure(sign: str, value: float) -> None:
    bad = Signs(**{**vars(USUAL), sign: value})
    assert learned().confidence(bad) < learned().confidence(USUAL)


def test_what_ships_names_the_signs_that_there_are() -> None:
    assert learned().names == tuple(Signs.__dataclass_fields__)


def test_a_score_is_kept_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from agent.similarity import decision

    score = Score(("closeness",), (1.0,), (0.0,), 0.5, 0.2, -4.0)
    monkeypatch.setattr(decision, "files", lambda _: tmp_path)
    decision.keep(score)
    kept = learned()
    learned.cache_clear()
    assert kept == score
