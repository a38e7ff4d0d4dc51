"""Conditions on cases in the words a user has, and in the words Chroma has."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from typing import Any

from data.errors import EcgCasesError
from data.findings import STATEMENTS

Conditions = Mapping[str, Any]
Where = dict[str, Any]

_RANGE = ("$gt", "$gte", "$lt", "$lte")
_EXAMPLES = {
    "sex": '"F" or "M"',
    "age": 'years, as 60 or {"$gte": 60, "$lt": 80}',
    "statement": 'a code, as "AFIB", or a list of codes that must all be there',
    "not_statement": "a code, or a list of codes none of which may be there",
    "source": 'a name, as "ptb-xl", or {"$in": [names]}',
    "date": 'an ISO day, as "1990-01-31" or {"$gte": "1990-01-01"}',
}


class ConditionError(EcgCasesError, ValueError):
    """A condition on cases that the library does not know, or with a value that it cannot have."""


def chroma_where(conditions: Conditions | None) -> Where | None:
    """Conditions as Chroma's `where` over the metadata that `rows.conditions_of` makes; None where there are none.

    Parameters
    ----------
    conditions : any of sex, age, statement, not_statement, source, date; all of them must hold. A case whose age, sex or
        date is not known fulfils no condition on it.

    Raises
    ------
    ConditionError : names what is allowed
    """
    if conditions is not None and not isinstance(conditions, Mapping):
        raise ConditionError(f"conditions came as {type(conditions).__name__}, wanted a mapping such as {{'sex': 'F'}}: {_allowed()}")
    clauses: list[Where] = []
    for name, value in (conditions or {}).items():
        if name not in _TRANSLATE:
            raise ConditionError(f"no condition is named {name!r}: {_allowed()}")
        clauses += _TRANSLATE[name](value)
    if len(clauses) > 1:
        return {"$and": clauses}
    return clauses[0] if clauses else None


def day_number(written: str) -> int:
    """An ISO 8601 day as a number that can be compared: days since 0001-01-01."""
    return date.fromisoformat(written[:10]).toordinal()


def _allowed() -> str:
    return "; ".join(f"{name} ({example})" for name, example in _EXAMPLES.items())


def _wrong(name: str, value: object) -> ConditionError:
    return ConditionError(f"{name} cannot be {value!r}: wanted {_EXAMPLES[name]}")


def _sex(value: object) -> list[Where]:
    if value not in ("F", "M"):
        raise _wrong("sex", value)
    return [{"sex": value}]


def _age(value: object) -> list[Where]:
    return _compared("age", value, "age", _years)


def _date(value: object) -> list[Where]:
    return _compared("date", value, "day", _day)


def _years(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 200:
        raise ValueError
    return float(value)


def _day(value: object) -> int:
    return day_number(value.isoformat() if isinstance(value, date) else str(value))


def _compared(name: str, value: object, key: str, number: Callable[[object], float]) -> list[Where]:
    bounds = value if isinstance(value, Mapping) else {"$eq": value}
    if not bounds or not set(bounds) <= {"$eq", *_RANGE}:
        raise _wrong(name, value)
    try:
        return [{key: {operator: number(bound)}} for operator, bound in bounds.items()]
    except ValueError:
        raise _wrong(name, value) from None


def _source(value: object) -> list[Where]:
    names = value.get("$in") if isinstance(value, Mapping) and set(value) == {"$in"} else [value]
    if not isinstance(names, Sequence) or isinstance(names, str) or not names or not all(isinstance(name, str) for name in names):
        raise _wrong("source", value)
    return [{"source": {"$in": list(names)}}]


def _statement(value: object) -> list[Where]:
    return [{"codes": {"$contains": code}} for code in _codes("statement", value)]


def _not_statement(value: object) -> list[Where]:
    return [{"codes": {"$not_contains": code}} for code in _codes("not_statement", value)]


def _codes(name: str, value: object) -> list[str]:
    codes = [value] if isinstance(value, str) else value
    if not isinstance(codes, Sequence) or not codes or not all(isinstance(code, str) for code in codes):
        raise _wrong(name, value)
    for code in codes:
        if code not in STATEMENTS:
            near = ", ".join(get_close_matches(code.upper(), STATEMENTS)) or "for example " + ", ".join(list(STATEMENTS)[:5])
            raise ConditionError(f"{name} {code!r} is not a code of the vocabulary of {len(STATEMENTS)} statements: did you mean {near}?")
    return list(codes)


_TRANSLATE: Mapping[str, Callable[[object], list[Where]]] = {
    "sex": _sex,
    "age": _age,
    "statement": _statement,
    "not_statement": _not_statement,
    "source": _source,
    "date": _date,
}
