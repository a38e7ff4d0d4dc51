"""Sheets that were printed from known ECGs, scanned or photographed, and read again: how many are read, how well, and what they find."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from agent.library.case_library import RECOGNISED_AMONG
from agent.measure import measure
from agent.recognition import SAME, agreement
from data import Case, EcgRecord, UnreadableEcgError
from data.paper.layouts import Layout
from data.paper.reading import SheetReading, read_sheet
from data.paper.rendering import LEVELS, Print, photographed, printed, random_print
from data.paper.rendering.sheet import PIXELS_PER_MM
from encoders import Encoder, metrics
from encoders.evaluation import estimate
from encoders.evaluation.encoded import KNN, Encoded, ecg_routes
from encoders.evaluation.estimate import Estimate
from encoders.metrics import Floats

ROUTE = "ECG, both fused"
LEAST_DB = 0.0  # a lead of which the error is as large as the signal shows something else
NEAR_BPM = 3.0
_SHIFTS_S = np.arange(-0.25, 0.2501, 0.005)  # no sheet says when its time began: a delay that all its leads share is no error
Say = Callable[[str], object]


@dataclass(frozen=True, eq=False)
class Sheet:
    """One sheet, printed from a case and read again.

    Parameters
    ----------
    reading : None where it was refused
    ratios_db : signal-to-noise ratio of each lead that is shown
    """

    case: Case
    how: Print
    refusal: str
    reading: SheetReading | None
    seconds: float
    ratios_db: dict[str, float] = field(default_factory=dict)

    @property
    def misread(self) -> bool:
        """Is anything shown that was not printed: another layout, another scale, or a lead whose error is as large as itself?"""
        if self.reading is None:
            return False
        scale = self.reading.scale
        other = (scale.mm_per_second, scale.mm_per_mv) != (self.how.mm_per_second, self.how.mm_per_mv)
        return other or not _same(self.reading.layout, self.how.layout) or min(self.ratios_db.values()) < LEAST_DB


@dataclass(frozen=True)
class LevelScores:
    """What became of the sheets of one level of distortion. Shares are of all sheets where nothing else is said.

    Parameters
    ----------
    sure : read without doubt, nothing for a person to confirm
    snr_db : median over all leads that are shown
    heart_rate : share of those read whose rate is within 3 bpm of the file's, where that has one
    misread : sure, and something is shown that was not printed
    auc, fall : kNN AUC of superclasses from the sheets that were read, and by how much less than from their files
    own_first : share of those read that find their own case first, among the gallery and all that ask, by ECG alone
    seconds : median time to read one
    """

    level: str
    sheets: int
    read: float
    sure: float
    snr_db: float
    heart_rate: float
    misread: float
    auc: Estimate | None
    fall: Estimate | None
    own_first: float | None
    seconds: float


def evaluate(
    cases: Sequence[Case],
    *,
    encoder: Encoder | None = None,
    gallery: Sequence[Case] = (),
    levels: Sequence[str] = tuple(LEVELS),
    seed: int = 0,
    progress: Say | None = None,
) -> list[LevelScores]:
    """Print every case once for each level, in a layout, on a grid and with a pen drawn by lot, and read the sheets again.

    Parameters
    ----------
    cases : that are printed
    encoder, gallery : to find cases from sheets; without them this is left out
    levels : names among `data.paper.rendering.LEVELS`
    seed : of the printing and the distortions
    progress : called with what is done next
    """
    say = progress or (lambda _: None)
    known = Encoded.of(gallery, encoder) if encoder and gallery else None
    asked = Encoded.of(cases, encoder) if encoder and known else None
    rows = []
    for level in levels:
        sheets = []
        for number, case in enumerate(cases):
            say(f"{level}: sheet {number + 1} of {len(cases)}")
            sheets.append(sheet(case, level, [seed, list(LEVELS).index(level), number]))
        rows.append(_scores(level, sheets, encoder, known, asked))
    return rows


def sheet(case: Case, level: str, seed: Sequence[int]) -> Sheet:
    """Print a case, distort the sheet, and read it."""
    rng = np.random.default_rng(seed)
    how = random_print(rng)
    picture = photographed(printed(case.record, how), level, rng, pixels_per_mm=PIXELS_PER_MM)
    start = time.perf_counter()
    try:
        reading = read_sheet(picture)
    except UnreadableEcgError as error:
        return Sheet(case, how, str(error), None, time.perf_counter() - start)
    seconds = time.perf_counter() - start
    truth = case.record.standard()
    return Sheet(case, how, "", reading, seconds, ratios_db(truth, reading.record))


def ratios_db(truth: EcgRecord, read: EcgRecord) -> dict[str, float]:
    """Signal-to-noise ratio of each lead over what is shown of it, dB; its offset and the delay common to all leads are left out."""
    leads = [lead for lead, row in zip(read.leads, read.signal, strict=True) if not np.isnan(row).all()]
    ratios = np.array([[_ratio_db(truth, read, lead, shift) for lead in leads] for shift in _SHIFTS_S])  # (shift, lead)
    best = ratios[np.median(ratios, axis=1).argmax()]
    return dict(zip(leads, best.tolist(), strict=True))


def _ratio_db(truth: EcgRecord, read: EcgRecord, lead: str, delay: float) -> float:
    there = np.flatnonzero(~np.isnan(read[lead]))
    got = read[lead][there].astype(float)
    signal = np.interp(there / read.fs + delay, np.arange(truth.n_samples) / truth.fs, truth[lead])
    signal -= signal.mean()
    error = signal - (got - got.mean())
    return float(10 * np.log10(((signal**2).sum() + 1e-12) / ((error**2).sum() + 1e-12)))


def as_lines(rows: Sequence[LevelScores]) -> list[list[str]]:
    """A table's cells, its head first."""
    head = [
        "sheets",
        "",
        "read",
        "sure",
        "SNR, dB",
        "rate right",
        "sure, misread",
        "kNN AUC",
        "fall from the file",
        "own case 1st",
        "s each",
    ]
    return [head] + [
        [
            row.level, str(row.sheets), _percent(row.read), _percent(row.sure), f"{row.snr_db:.1f}", _percent(row.heart_rate),
            _percent(row.misread), f"{row.auc.value:.3f}" if row.auc else "-",
            f"{row.fall.value:.3f} ({row.fall.low:.3f} to {row.fall.high:.3f})" if row.fall else "-", _percent(row.own_first),
            f"{row.seconds:.1f}",
        ]
        for row in rows
    ]  # fmt: skip


def _scores(level: str, sheets: Sequence[Sheet], encoder: Encoder | None, known: Encoded | None, asked: Encoded | None) -> LevelScores:
    read = [number for number, one in enumerate(sheets) if one.reading]
    records = [reading.record for one in sheets if (reading := one.reading)]
    rates = [
        (measure(sheets[number].case.record).heart_rate_bpm, measure(record).heart_rate_bpm)
        for number, record in zip(read, records, strict=True)
    ]
    right = [got is not None and abs(got - true) <= NEAR_BPM for true, got in rates if true is not None]
    ratios = [ratio for one in sheets for ratio in one.ratios_db.values()]
    auc, fall, first = _found(encoder, known, asked, read, records) if encoder and known and asked and read else (None, None, None)
    return LevelScores(
        level=level,
        sheets=len(sheets),
        read=len(read) / len(sheets),
        sure=float(np.mean([bool(one.reading and one.reading.sure) for one in sheets])),
        snr_db=float(np.median(ratios)) if ratios else float("nan"),
        heart_rate=float(np.mean(right)) if right else float("nan"),
        misread=float(np.mean([bool(one.reading and one.reading.sure and one.misread) for one in sheets])),
        auc=auc,
        fall=fall,
        own_first=first,
        seconds=float(np.median([one.seconds for one in sheets])),
    )


def _found(
    encoder: Encoder, known: Encoded, asked: Encoded, read: Sequence[int], records: Sequence[EcgRecord]
) -> tuple[Estimate, Estimate, float]:
    """AUC from the sheets, its fall from that of the files of the same cases, and how often a sheet finds its own case first."""
    vectors = encoder.encode_ecgs(records)
    wanted, labels = asked.labels("superclass")[list(read)], known.labels("superclass")
    counted = wanted.any(axis=1)
    votes = [
        metrics.knn_label_scores(KNN, metrics.ranking(ecg_routes(ecgs, known)[ROUTE]), labels)[counted]
        for ecgs in (asked.ecgs[list(read)], vectors)
    ]
    similarities, cases = vectors @ np.concatenate([asked.ecgs, known.ecgs]).T, [*asked.cases, *known.cases]
    found = [_first(record, row, cases) for record, row in zip(records, similarities, strict=True)]
    first = float(np.mean(np.array(found) == np.array(read)))
    return estimate.macro_auc(wanted[counted], votes[1]), estimate.macro_auc_fall(wanted[counted], *votes), first


def _first(record: EcgRecord, similarities: Floats, cases: Sequence[Case]) -> int:
    """The place among `cases` of the one that a search puts first: the recording that is recognised, or else the nearest."""
    closest = metrics.ranking(similarities[None])[0, :RECOGNISED_AMONG]
    agreements = agreement(record, [cases[place].record for place in closest])
    return int(closest[agreements.argmax() if agreements.max() >= SAME else 0])


def _same(read: Layout, how: Layout) -> bool:
    """The same lead in every place; a rhythm strip that was left without a name is none that is wrong."""
    return len(read.rows) == len(how.rows) and all(a in (b, ("?",)) for a, b in zip(read.rows, how.rows, strict=True))


def _percent(share: float | None) -> str:
    return "-" if share is None or np.isnan(share) else f"{share:.0%}"
