"""What any reader of the text alone could reach at most: the same words were coded differently for different ECGs.

PTB-XL's statements were set with the ECG in view. Where one text stands under several ECGs, no function of the text can be
right for all of them. Five references:

- `best`: the highest micro F1 that any function of the text could have, had it seen the answers;
- `paired`: what the ECGs with the same text were coded with, each held against the others;
- `voted`: what the majority of the ECGs with the same text was coded with in other folds, so nothing was seen;
- `learned`: a logistic regression on sequences of words and findings, learned in other folds, which needs no repeated text;
- `second_opinions`: where two cardiologists' codings stand behind a report, the one held against the other.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data.findings.agreement import Agreement
from data.findings.conventions import opinions
from data.findings.extract import extract
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


def paired(reports: Sequence[CodedReport]) -> float:
    """Micro F1 of each report's statements against those of another report with the same text, over all such pairs.

    Every report weighs the same, however many share its text. Of n reports of which k are coded with a statement, k (k - 1) of
    n (n - 1) pairs agree that it is there.
    """
    alike = Counter(report.wording for report in reports)
    coded = Counter((report.wording, code) for report in reports for code in report.statements if alike[report.wording] > 1)
    agreed = sum(k * (k - 1) / (alike[wording] - 1) for (wording, _), k in coded.items())
    return agreed / coded.total() if coded else 0.0


def second_opinions(reports: Sequence[CodedReport]) -> Agreement:
    """How the last cardiologist's coding agrees with the first's, where both stand behind a report; diagnostic statements."""
    counts = Agreement()
    for report in reports:
        if len(codings := opinions(report.text, extract(report.text))) > 1:
            counts.count(codings[0], codings[-1])
    return counts


def learned(known: Sequence[CodedReport], asked: Sequence[CodedReport]) -> Agreement:
    """A logistic regression for each statement, on sequences of one to four words or findings; takes about a minute for PTB-XL."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    sequences = CountVectorizer(ngram_range=(1, 4), min_df=3, binary=True, token_pattern=r"\S+", lowercase=False)
    x_known = sequences.fit_transform([_words_and_findings(report) for report in known])
    x_asked = sequences.transform([_words_and_findings(report) for report in asked])
    found: list[set[str]] = [set() for _ in asked]
    occurrences = Counter(code for report in known for code in report.statements)
    for code, n in occurrences.items():
        if _RARE <= n < len(known):
            model = LogisticRegression(solver="liblinear", C=0.3).fit(x_known, [code in report.statements for report in known])
            for codes, said in zip(found, model.predict(x_asked), strict=True):
                if said:
                    codes.add(code)
    counts = Agreement()
    for report, codes in zip(asked, found, strict=True):
        counts.count(codes, report.statements)
    return counts


def _words_and_findings(report: CodedReport) -> str:
    """The words in lower case, and behind them the findings by their codes: "~LVH" denied, "LVH??" only possible."""
    doubt = {"certain": "", "probable": "?", "possible": "??"}
    found = [f"{'~' * finding.negated}{finding.code}{doubt[finding.certainty]}" for finding in extract(report.text)]
    return " ".join([report.wording, *found])


def _majority(statements: Sequence[frozenset[str]]) -> frozenset[str]:
    counted = Counter(code for codes in statements for code in codes)
    return frozenset(code for code, n in counted.items() if 2 * n >= len(statements))
