"""Patterns of words."""

import re


def words(*patterns: str) -> re.Pattern[str]:
    """Any of these as whole words, in any case."""
    return re.compile(r"\b(?:" + "|".join(patterns) + r")\b", re.IGNORECASE)
