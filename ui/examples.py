"""What the page offers to somebody who has no ECG at hand, and no question yet."""

from data import EcgRecord
from data.simulated import simulate

EXAMPLES = {  # label: kind of simulated ECG
    "Normal": "normal",
    "Atrial fibrillation": "atrial fibrillation",
    "First-degree AV block": "first-degree AV block",
    "Left bundle branch block": "left bundle branch block",
    "Old inferior infarction": "old inferior infarction",
    "Acute anterior ST elevation": "acute anterior ST elevation",
    "Ventricular pacing": "ventricular pacing",
}
SHEET = "Photo of a paper ECG"
WORDS = {  # label: question
    "AF": "Find cases with atrial fibrillation",
    "LBBB": "Find cases with left bundle branch block",
    "old MI": "Find cases with an old myocardial infarction",
    "normal": "Find normal ECGs",
}
SEED = 1_000_003  # far from the seeds of the demo library, so that no example is one of its cases


def example(label: str) -> EcgRecord:
    """The simulated ECG behind a label of `EXAMPLES`."""
    return simulate(EXAMPLES[label], seed=SEED).record


def example_sheet() -> bytes:
    """A simulated ECG as if it had been printed and photographed, JPEG."""
    import io

    import numpy as np
    from PIL import Image

    from data.paper.layouts import layout_named
    from data.paper.rendering import Print, photographed, printed
    from data.paper.rendering.sheet import PIXELS_PER_MM

    sheet = printed(simulate("left bundle branch block", seed=SEED).record, Print(layout_named("3x4+II")))
    photo = io.BytesIO()
    picture = photographed(sheet, "good photo", np.random.default_rng(SEED), pixels_per_mm=PIXELS_PER_MM)
    Image.fromarray(picture).save(photo, "JPEG", quality=88)
    return photo.getvalue()
