"""What any reader of the text alone could reach at most: the same words were coded differently for different ECGs.

PTB-XL's statements were set with the ECG in view. Where one text stands under several ECGs, no function of the text can be
right for all of them. Three references, none of them reachable by rules that were not made for these very reports:

- `best`: the highest micro F1 that any function of the text could have, had it seen the answers;
- `voted`: what the majority of the ECGs with the same text was coded with in other folds, so nothing was seen;
- `learned`: a logistic regression on sequences of words, learned in other folds, which needs no repeated text.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data.findings.agreement import Agreement
from data.findings.phrases import words

_RARE = 10  # occurrences below which nothing is learned of a statement


@dataclass(frozen=True)
class CodedReport:
    """A report, the statements that its ECG was coded with, and the fold that it is in."""

    text: str
    statements: frozenset[str]
    fold: int

    @property
    def wording(self) -> str:
        """The text without case, marks and spacing."""
        return " ".join(word.text for word in words(self.text))


def best(reports: Sequence[CodedReport]) -> float:
    """The highest micro F1 of any function of the text, over `reports`.

    A function says a statement of all reports with one text or of none. With the share of them that were coded so in falling
    order, the best function says the first few: F1 = 2 TP / (said + coded) is a ratio of sums.
    """
    coded = Counter((report.wording, code) for report in reports for code in report.statements)
    alike = Counter(report.wording for report in reports)
    right = said = 0
    highest = 0.0
    for wording, code in sorted(coded, key=lambda key: -coded[key] / alike[key[0]]):
        right += coded[wording, code]
        said += alike[wording]
        highest = max(highest, 2 * right / (said + coded.total()))
    return highest


def repeated(reports: Sequence[CodedReport]) -> list[CodedReport]:
    """The reports that share their text with another of `reports`."""
    alike = Counter(report.wording for report in reports)
    return [report for report in reports if alike[report.wording] > 1]


def votes(known: Sequence[CodedReport]) -> Mapping[str, frozenset[str]]:
    """Wording to the statements that at least half of the `known` reports with this wording were coded with."""
    grouped: dict[str, list[frozenset[str]]] = defaultdict(list)
    for report in known:
        grouped[report.wording].append(report.statements)
    return {wording: _majority(statements) for wording, statements in grouped.items()}


def voted(asked: Sequence[CodedReport], by_wording: Mapping[str, frozenset[str]]) -> Agreement:
    """How the votes agree with the `asked` reports that have one."""
    counts = Agreement()
    for report in asked:
        if (found := by_wording.get(report.wording)) is not None:
            counts.count(found, report.statements)
    return counts


def learned(known: Sequence[CodedReport], asked: Sequence[CodedReport]) -> Agreement:
    """A logistic regression for each statement, on sequences of one to four words; takes about a minute for PTB-XL."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    sequences = CountVectorizer(ngram_range=(1, 4), min_df=3, binary=True, token_pattern=r"\S+")
    x_known = sequences.fit_transform([report.wording for report in known])
    x_asked = sequences.transform([report.wording for report in asked])
    found: list[set[str]] = [set() for _ in asked]
    occurrences = Counter(code for report in known for code in report.statements)
    for code, n in occurrences.items():
        if _RARE <= n < len(known):
            model = LogisticRegression(solver="liblinear").fit(x_known, [code in report.statements for report in known])
            for codes, said in zip(found, model.predict(x_asked), strict=True):
                if said:
                    codes.add(code)
    counts = Agreement()
    for report, codes in zip(asked, found, strict=True):
        counts.count(codes, report.statements)
    return counts


def _majority(statements: Sequence[frozenset[str]]) -> frozenset[str]:
    counted = Counter(code for codes in statements for code in codes)
    return frozenset(code for code, n in counted.items() if 2 * n >= len(statements))
