"""How far measurements are from cardiologists' marks in LUDB and from the truth of simulated ECGs."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from agent.measure import FIELDS, Measurements, measure
from data import ludb, simulated

COMPARED = ("heart_rate_bpm", "pr_ms", "qrs_ms", "qt_ms")
NEAR_BPM = 2.0
SEEDS = range(20_000, 20_004)  # no seed that a library, a training or a test begins with

Truth = Mapping[str, float | None]


@dataclass(frozen=True)
class Row:
    """One measurement against its truth over many ECGs."""

    ecgs: str
    measurement: str
    unit: str
    n: int  # ECGs in which the truth is known
    coverage: float  # share of them in which it was measured
    false: int  # ECGs in which it was measured and has no truth, such as a PR without P waves
    n_without: int  # ECGs without truth
    median_error: float  # of the absolute difference
    bias: float  # mean difference
    ninetieth: float  # percentile of the absolute difference
    near: float | None  # share within 2 bpm, of the rate


def study(ludb_root: Path, *, progress: Callable[[str], object] | None = None) -> list[Row]:
    """Measure LUDB and simulated ECGs of every kind.

    The boundaries' thresholds were chosen on LUDB's odd records, with the even ones printed beside them; beats and pacing spikes were
    worked out on both halves. So the even records are not wholly new either. The simulated ECGs are others than those looked at, of the
    same kinds.

    Raises
    ------
    DataSetError : `ludb_root` is not LUDB
    """
    say = progress or (lambda _: None)
    say("measuring LUDB")
    marked = [(ecg.number, measure(ecg.record), {name: getattr(ecg, name) for name in COMPARED}) for ecg in ludb.ecgs(ludb_root)]
    say("measuring simulated ECGs")
    made = [simulated.simulate(kind, seed=seed) for kind in simulated.KINDS for seed in SEEDS]
    known = [(measure(ecg.record), {name: getattr(ecg.truth, name) for name in COMPARED}) for ecg in made]
    rows = []
    for name, half in (("LUDB odd", 1), ("LUDB even", 0)):
        rows += compare(name, [(found, truth) for number, found, truth in marked if number % 2 == half])
    return rows + compare("simulated", known)


def compare(name: str, pairs: Iterable[tuple[Measurements, Truth]]) -> list[Row]:
    """A row for each measurement that is compared."""
    pairs = list(pairs)
    return [_row(name, what, [(getattr(found, what), truth[what]) for found, truth in pairs]) for what in COMPARED]


def _row(ecgs: str, what: str, pairs: list[tuple[float | None, float | None]]) -> Row:
    errors = np.array([found - true for found, true in pairs if found is not None and true is not None])
    with_truth = [found for found, true in pairs if true is not None]
    without = [found for found, true in pairs if true is None]
    label, unit = FIELDS[what]
    return Row(
        ecgs=ecgs,
        measurement=label,
        unit=unit.strip(),
        n=len(with_truth),
        coverage=len(errors) / len(with_truth) if with_truth else float("nan"),
        false=sum(found is not None for found in without),
        n_without=len(without),
        median_error=float(np.median(np.abs(errors))) if errors.size else float("nan"),
        bias=float(errors.mean()) if errors.size else float("nan"),
        ninetieth=float(np.quantile(np.abs(errors), 0.9)) if errors.size else float("nan"),
        near=float((np.abs(errors) <= NEAR_BPM).mean()) if what == "heart_rate_bpm" and errors.size else None,
    )


def as_lines(rows: Iterable[Row]) -> list[list[str]]:
    """The rows as a table's cells, head first."""
    head = ["ECGs", "", "known in", "measured", "without truth", "median error", "bias", "90 % within", f"within {NEAR_BPM:.0f}/min"]
    return [
        head,
        *(
            [
                row.ecgs,
                row.measurement,
                str(row.n),
                f"{row.coverage:.0%}",
                f"{row.false} of {row.n_without}",
                f"{row.median_error:.1f} {row.unit}",
                f"{row.bias:+.1f} {row.unit}",
                f"{row.ninetieth:.0f} {row.unit}",
                "" if row.near is None else f"{row.near:.0%}",
            ]
            for row in rows
        ),
    ]
