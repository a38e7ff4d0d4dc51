from typing import Any

import pytest

from agent.library.conditions import ConditionError, chroma_where


def test_no_condition_is_no_filter() -> None:
    assert chroma_where({}) is None


def test_several_conditions_must_all_hold() -> None:
    assert chroma_where({"sex": "F", "age": {"$gte": 60}}) == {"$and": [{"sex": "F"}, {"age": {"$gte": 60.0}}]}


def test_a_range_has_two_bounds() -> None:
    assert chroma_where({"age": {"$gte": 60, "$lt": 70}}) == {"$and": [{"age": {"$gte": 60.0}}, {"age": {"$lt": 70.0}}]}


def test_days_are_compared_as_numbers() -> None:
    assert chroma_where({"date": {"$gte": "1990-01-02"}}) == {"day": {"$gte": 726469}}  # days since 0001-01-01


@pytest.mark.parametrize(
    "wrong",
    [
        {"colour": "red"},
        {"sex": "female"},
        {"sex": ["F"]},
        {"age": "old"},
        {"age": True},
        {"age": {"$near": 3}},
        {"age": {}},
        {"age": -1},
        {"age": float("nan")},
        {"date": "last spring"},
        {"date": {"$gte": 1990}},
        {"source": 3},
        {"source": {"$in": []}},
        {"statement": []},
        {"statement": 7},
        ["sex", "F"],
    ],
)  # fmt: skip
def test_a_wrong_condition_is_refused_in_words(wrong: Any) -> None:
    with pytest.raises(ConditionError, match=r"wanted|no condition is named"):
        chroma_where(wrong)


def test_an_unknown_condition_names_those_there_are() -> None:
    with pytest.raises(ConditionError, match=r"sex .*age .*statement .*not_statement .*source .*date"):
        chroma_where({"colour": "red"})


def test_an_unknown_statement_suggests_its_neighbour() -> None:
    with pytest.raises(ConditionError, match="AFIB"):
        chroma_where({"statement": "AFIBB"})
