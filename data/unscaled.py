"""PTB-XL ECGs of which the shape is known and the size is not: each lead band-passed and scaled to unit variance.

Some mirrors of PTB-XL hold its ECGs only so. Rhythm, conduction and the shape of waves can be learned from them, voltages not.
`signals.npz` holds differences from sample to sample in hundredths, (record, sample, lead) at 100 Hz; `index.csv` tells line by
line which ECG it is and the relative size of its six limb leads, which Einthoven's and Goldberger's laws give back.
"""

import csv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from data.errors import DataSetError
from data.leads import STANDARD_LEADS

FS = 100.0  # Hz
_STEP = 0.01
_LIMB = STANDARD_LEADS[:6]


def ecgs(root: str | Path) -> Iterator[tuple[int, npt.NDArray[np.float32]]]:
    """PTB-XL's number of each ECG and its signal (12 leads, sample), limb leads in proportion to each other, without unit.

    Raises
    ------
    DataSetError : a file is missing, damaged, or not of this layout
    """
    root = Path(root)
    try:
        with (root / "index.csv").open(newline="", encoding="utf-8") as file:
            lines = list(csv.DictReader(file))
        with np.load(root / "signals.npz", allow_pickle=False) as arrays:
            differences = arrays["delta"]
        numbers = [int(line["ecg_id"]) for line in lines]
        sizes = np.ones((len(lines), len(STANDARD_LEADS)), np.float32)
        sizes[:, : len(_LIMB)] = [[float(line[f"limb_scale_{lead}"]) for lead in _LIMB] for line in lines]
    except (OSError, KeyError, ValueError, TypeError, EOFError, csv.Error, zipfile.BadZipFile) as error:
        raise DataSetError(f"{root.name} cannot be read ({error}): wanted index.csv and signals.npz of unscaled PTB-XL ECGs") from error
    if differences.ndim != 3 or differences.shape[0] != len(numbers) or differences.shape[2] != len(STANDARD_LEADS):
        raise DataSetError(f"signals.npz holds {differences.shape}, wanted ({len(numbers)} records, samples, {len(STANDARD_LEADS)} leads)")
    for number, size, difference in zip(numbers, sizes, differences, strict=True):
        yield number, (np.cumsum(difference, axis=0, dtype=np.int32).astype(np.float32) * _STEP * size).T
