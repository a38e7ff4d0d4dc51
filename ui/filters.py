"""The filters over the cards: they show the conversation's conditions, whoever set them, and set them."""

from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

from data import EcgCasesError
from data.findings import STATEMENTS

if TYPE_CHECKING:
    from agent import Conversation

SEXES: dict[str, Literal["F", "M"] | None] = {"any sex": None, "women": "F", "men": "M"}
AGES: dict[str, dict[str, float]] = {
    "any age": {},
    "under 40": {"$lt": 40},
    "40 to 60": {"$gte": 40, "$lte": 60},
    "over 60": {"$gt": 60},
    "over 75": {"$gt": 75},
}


def filters(conversation: "Conversation") -> None:
    """Four filters in a row. A change searches the library again; it does not only hide cards."""
    conditions = conversation.conditions
    ages = AGES if conditions.get("age", {}) in AGES.values() else AGES | {age_in_words(conditions["age"]): conditions["age"]}
    st.session_state["sex"] = next(label for label, sex in SEXES.items() if sex == conditions.get("sex"))
    st.session_state["age"] = next(label for label, age in ages.items() if age == conditions.get("age", {}))
    st.session_state["with"] = list(conditions.get("statement", ()))
    st.session_state["without"] = list(conditions.get("not_statement", ()))
    narrow: dict[str, Any] = {"on_change": _narrow, "args": (conversation, ages), "label_visibility": "collapsed"}
    sex, age, having, lacking = st.columns([2, 2, 3, 3], gap="small")
    sex.selectbox("Sex", SEXES, key="sex", **narrow)
    age.selectbox("Age", ages, key="age", **narrow)
    names: dict[str, Any] = {"options": sorted(STATEMENTS, key=_name), "format_func": _name, **narrow}
    having.multiselect("With finding", key="with", placeholder="with finding", **names)
    lacking.multiselect("Without finding", key="without", placeholder="without finding", **names)
    if refusal := st.session_state.pop("refused", None):
        st.warning(refusal)


def age_in_words(bounds: dict[str, float]) -> str:
    """Bounds of age as the conversation has them: "over 65, under 80"."""
    words = {"$eq": "just", "$gt": "over", "$gte": "from", "$lt": "under", "$lte": "to"}
    return ", ".join(f"{words[bound]} {years:g}" for bound, years in bounds.items())


def _narrow(conversation: "Conversation", ages: dict[str, dict[str, float]]) -> None:
    chosen = st.session_state
    try:
        conversation.narrow(
            sex=SEXES[chosen["sex"]], age=ages[chosen["age"]] or None, with_findings=chosen["with"], without_findings=chosen["without"]
        )
    except EcgCasesError as refusal:
        chosen["refused"] = str(refusal)


def _name(code: str) -> str:
    return STATEMENTS[code].name
