"""What a tool makes of arguments that a language model made up."""

from typing import Any

import pytest

from agent import CaseLibrary
from agent.casebook import Casebook
from agent.library.conditions import ConditionError
from agent.tools import CaseTools
from data import EcgRecord


@pytest.fixture
def tools(simulated_library: CaseLibrary, simulated_ecg: EcgRecord) -> CaseTools:
    book = Casebook(simulated_library)
    book.begin(simulated_ecg)
    return CaseTools(book)


@pytest.mark.parametrize("person", [{"sex": "female"}, {"age": {"$over": 60}}, {"age": {"$gt": "sixty"}}, {"age": "old"}])
@pytest.mark.parametrize("tool", ["count_findings", "search_by_ecg"])
def test_a_condition_that_is_none_is_refused_with_what_is_allowed(tools: CaseTools, tool: str, person: dict[str, Any]) -> None:
    with pytest.raises(ConditionError, match="wanted"):
        getattr(tools, tool)(**person)


def test_an_age_alone_means_just_that_age(tools: CaseTools) -> None:
    age = tools.book.case(1).patient.age
    assert age is not None

    counted = tools.count_findings(age=age)  # type: ignore[arg-type]  # as a language model may call it

    assert counted["with"] == [n for n in tools.book.shown if tools.book.case(n).patient.age == age]
    assert counted["who"] == f"aged just {age:g}"
