"""PTB-XL ECGs without their size."""

from pathlib import Path

import numpy as np
import pytest

from data import DataSetError, unscaled
from data.leads import STANDARD_LEADS

LIMB = STANDARD_LEADS[:6]


def written(root: Path, delta: np.ndarray) -> Path:
    np.savez_compressed(root / "signals.npz", delta=delta)
    heading = ",".join(["ecg_id", *(f"limb_scale_{lead}" for lead in LIMB)])
    (root / "index.csv").write_text(f"{heading}\n7,2,1,1,1,1,1\n")
    return root


def test_differences_are_summed_and_limb_leads_brought_to_proportion(tmp_path: Path) -> None:
    delta = np.zeros((1, 4, 12), np.int16)
    delta[0, 1, :] = 150

    number, signal = next(unscaled.ecgs(written(tmp_path, delta)))

    assert (number, signal[0].tolist(), signal[1].tolist()) == (7, [0, 3, 3, 3], [0, 1.5, 1.5, 1.5])


def test_another_number_of_leads_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match=r"wanted \(1 records, samples, 12 leads\)"):
        next(unscaled.ecgs(written(tmp_path, np.zeros((1, 4, 3), np.int16))))


def test_a_folder_without_the_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match=r"wanted index\.csv and signals\.npz"):
        next(unscaled.ecgs(tmp_path))


def test_limb_leads_obey_einthoven(shared: Path) -> None:
    _, signal = next(unscaled.ecgs(shared / "ptbxl_zscored"))
    one, two, three = signal[:3]

    assert np.abs(one + three - two).max() < 0.05 * two.std()
