"""One ECG with its report: what a library is made of."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from data.findings import Finding, ReportReading, read_report
from data.record import EcgRecord, Patient


@dataclass(frozen=True, eq=False)
class Case:
    """One ECG with its report.

    Parameters
    ----------
    case_id : unique in its source, e.g. "ptb-xl/123"
    load : reads the waveform; called once, when `record` is first asked for; may raise `UnreadableEcgError`
    report : as written, in its own language
    source : the data set it comes from, e.g. "ptb-xl"
    reading : what was understood of the report; read from it on first use where not given
    statements : the source's own coding, SCP-ECG code to likelihood in percent; for training and evaluation
    """

    case_id: str
    load: Callable[[], EcgRecord] = field(repr=False)
    report: str = ""
    source: str = ""
    date: str | None = None  # ISO 8601 day of the recording
    patient: Patient = field(default_factory=Patient)
    statements: Mapping[str, float] = field(default_factory=dict)
    reading: ReportReading | None = field(default=None, repr=False)

    @cached_property
    def record(self) -> EcgRecord:
        """The waveform, read on first use."""
        return self.load()

    @cached_property
    def _reading(self) -> ReportReading:
        return self.reading or read_report(self.report)

    @property
    def language(self) -> str:
        """Language of the report: "en", "de", "sv", or "" where it cannot be told."""
        return self._reading.language

    @property
    def english(self) -> str:
        """The report in English."""
        return self._reading.english

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the report states, negations included."""
        return self._reading.findings

    @property
    def codes(self) -> frozenset[str]:
        """SCP-ECG codes that the report affirms, probable and possible ones included."""
        return frozenset(finding.code for finding in self.findings if not finding.negated)


class CaseStream(Iterator[Case]):
    """The cases of a data set one by one, each waveform read when asked for, and what had to be left out.

    Attributes
    ----------
    skipped : name of each ECG without a case, to the reason; filled as the iteration goes
    """

    def __init__(self, cases: Iterator[Case], skipped: dict[str, str]) -> None:
        self._cases = cases
        self.skipped = skipped

    def __next__(self) -> Case:
        return next(self._cases)
