"""Where cases come from, as a word on the command line."""

import re
from pathlib import Path

from data import DataSetError, ptbxl
from data.case import CaseStream

DEMO_CASES = 400


def cases(source: str, *, folds: str = "1-8", rate: int = 100) -> CaseStream:
    """The cases that `source` names: demo, simulated:N, the folder of PTB-XL, or any folder of readable ECGs.

    Raises
    ------
    DataSetError : none of these
    """
    from data import folder, simulated

    if found := re.fullmatch(r"demo|simulated:(\d{1,9})", source):
        return CaseStream(simulated.cases(int(found[1] or DEMO_CASES)), {})
    root = Path(source)
    if not root.is_dir():
        raise DataSetError(
            f"source is {root.name!r}, which is no folder: wanted demo, simulated:N, the folder of PTB-XL, or a folder of ECGs"
        )
    if (root / ptbxl.TABLE).is_file():
        return ptbxl.cases(root, folds=fold_numbers(folds), rate=rate)
    return folder.cases(root)


def fold_numbers(written: str) -> list[int]:
    """Folds as written, "1-8" or "1,2,9".

    >>> fold_numbers("1-3,9")
    [1, 2, 3, 9]
    """
    if not re.fullmatch(r"\d{1,4}(-\d{1,4})?(,\d{1,4}(-\d{1,4})?)*", written):
        raise DataSetError(f"folds are {written!r}, wanted numbers as 1-8 or 1,2,9")
    spans = [[int(end) for end in part.split("-")] for part in written.split(",")]
    if any(not ptbxl.FOLDS[0] <= span[0] <= span[-1] <= ptbxl.FOLDS[-1] for span in spans):
        raise DataSetError(f"folds are {written!r}, wanted some of 1 to 10, the lower first as in 1-8")
    return [fold for span in spans for fold in range(span[0], span[-1] + 1)]


def download(data_set: str, folder: Path, *, rate: int | None = None) -> Path:
    """Fetch a data set by its name, with a progress bar on stderr."""
    from tqdm import tqdm

    from data.download import download_ptbxl

    if data_set != "ptb-xl":
        raise DataSetError(f"data set is {data_set!r}, wanted ptb-xl: no other can be fetched")
    with tqdm(desc=data_set, unit="file", dynamic_ncols=True) as bar:

        def show(done: int, files: int, fetched: int) -> None:
            bar.total = files
            bar.set_postfix_str(f"{fetched / 1e6:,.0f} MB", refresh=False)
            bar.update(done - bar.n)

        return download_ptbxl(folder, rate=rate, progress=show)
