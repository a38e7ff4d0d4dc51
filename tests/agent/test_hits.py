"""How similar a case that was found is said to be."""

from agent.hits import CaseHit, Match
from tests.agent.cases import made_up


def hit(*matches: Match) -> CaseHit:
    return CaseHit(made_up(1)[0], score=0.9, matches=matches)


def test_a_case_found_by_both_tells_its_ecgs_cosine() -> None:
    assert hit(Match("report", 1, 0.7), Match("ecg", 3, 0.4)).cosine == 0.4


def test_a_case_found_by_its_report_alone_tells_its_reports_cosine() -> None:
    assert hit(Match("report", 1, 0.7)).cosine == 0.7
