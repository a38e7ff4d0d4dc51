"""Sentences as cardiologists write them: what is stated, what is denied, what is doubted.

`findings_sentences.csv` holds them, with the statements that each affirms, "~" before those it denies, "?" behind what is
probable and "??" behind what is only possible.
"""

import csv
from itertools import product
from pathlib import Path

import pytest

from data.findings import STATEMENTS, extract, to_english
from data.findings.context import cue_phrases

with Path(__file__).with_name("findings_sentences.csv").open(newline="", encoding="utf-8") as file:
    ROWS = [row | {"sentence": row["sentence"].replace("\\n", "\n")} for row in csv.DictReader(file)]
SENTENCES = [(row["sentence"], frozenset(row["expected"].split())) for row in ROWS]
IDS = [row["sentence"][:50] for row in ROWS]
NOT_YET = {  # read wrongly, though nothing denied is shown
    "Incomplete rather than complete right bundle branch block.",
}
NOT_YET_IN_ENGLISH = NOT_YET | {
    "Inte förmaksflimmer utan förmaksfladder.",  # "utan" is "without" and "but"
    "Chronischer inferiorer, anteriorer Infarkt.",  # in English nothing tells the list from "T inverted inferior, anterior infarct"
}


def told(text: str) -> set[str]:
    """The findings of a text in the notation of the table."""
    mark = {"certain": "", "probable": "?", "possible": "??"}
    return {f"~{finding.code}" if finding.negated else finding.code + mark[finding.certainty] for finding in extract(text)}


class TestTable:
    def test_has_more_than_300_sentences(self) -> None:
        assert len({sentence for sentence, _ in SENTENCES}) >= 300

    @pytest.mark.parametrize(("language", "kind"), product(["en", "de", "sv"], ["affirmed", "negated", "uncertain", "mixed"]))
    def test_has_every_kind_in_every_language(self, language: str, kind: str) -> None:
        assert sum(row["language"] == language and row["kind"] == kind for row in ROWS) >= 15

    def test_expects_only_known_statements(self) -> None:
        assert {code.strip("~?") for _, codes in SENTENCES for code in codes} <= set(STATEMENTS)


class TestAccuracy:
    def test_at_least_97_in_100_sentences_are_understood_wholly(self) -> None:
        assert sum(told(sentence) == expected for sentence, expected in SENTENCES) >= 0.97 * len(SENTENCES)

    def test_at_least_97_in_100_say_the_same_in_english(self) -> None:
        assert sum(told(to_english(sentence)) == expected for sentence, expected in SENTENCES) >= 0.97 * len(SENTENCES)

    @pytest.mark.parametrize(("sentence", "expected"), SENTENCES, ids=IDS)
    def test_nothing_denied_is_shown_as_present(self, sentence: str, expected: frozenset[str]) -> None:
        denied = {code.removeprefix("~") for code in expected if code.startswith("~")}

        assert denied & {code.rstrip("?") for code in told(sentence)} == set()


@pytest.mark.parametrize(("sentence", "expected"), SENTENCES, ids=IDS)
def test_sentence_is_understood(sentence: str, expected: frozenset[str], request: pytest.FixtureRequest) -> None:
    if sentence in NOT_YET:
        request.applymarker(pytest.mark.xfail(strict=True))

    assert told(sentence) == expected


@pytest.mark.parametrize(("sentence", "expected"), SENTENCES, ids=IDS)
def test_writing_in_capitals_changes_nothing(sentence: str, expected: frozenset[str]) -> None:
    assert told(sentence.upper()) == told(sentence)


@pytest.mark.parametrize(("sentence", "expected"), SENTENCES, ids=IDS)
def test_the_english_says_the_same(sentence: str, expected: frozenset[str], request: pytest.FixtureRequest) -> None:
    if sentence in NOT_YET_IN_ENGLISH:
        request.applymarker(pytest.mark.xfail(strict=True))

    assert told(to_english(sentence)) == expected


@pytest.mark.parametrize(("language", "finding"), [("de", "Linksschenkelblock"), ("sv", "Vänstergrenblock")])
def test_no_denial_or_doubt_is_lost_in_translation(language: str, finding: str) -> None:
    cues = [(cue, kind.side) for cue, kind in cue_phrases() if kind.language == language and kind.meaning not in ("none", "end")]
    spelt = [(" ".join(spelling), side) for cue, side in cues for spelling in product(*(word.split("|") for word in cue.split()))]
    sentences = [f"{finding} {cue}" if side == "after" else f"{cue} {finding}" for cue, side in spelt]

    assert [text for text in sentences if told(to_english(text, language=language)) != told(text)] == []
