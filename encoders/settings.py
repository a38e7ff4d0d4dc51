"""What a training can be told."""

from dataclasses import dataclass, field

from encoders.augment import Augmentation
from encoders.levels import LEVELS
from encoders.text import PACKAGED


@dataclass(frozen=True)
class Weights:
    """Of the parts of the loss, and how sharp the contrasts are."""

    temperature: float = 0.1
    statement: float = 15.0  # of the mean binary cross entropy
    near: float = 10.0  # of each disagreement with the nearness that shared labels give
    contrast: float = 1.5  # of each contrast of ECG and report, which tells an ECG's own report from others that state the same
    teacher: float = 2.0  # of the mean cross entropy with the teacher, if there is one
    features: float = 0.0  # of the mean squared distance from the teacher's features, in their standard deviations
    levels: tuple[str, ...] = tuple(LEVELS)  # at which shared labels count
    likely: bool = False  # an ECG's statements count by the likelihood that was given with them


@dataclass(frozen=True)
class Training:
    """One run's settings. The same settings and seed on the same machine give the same weights."""

    folds: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7, 8)
    n_simulated: int = 600
    epochs: int = 60
    batch_size: int = 64
    n_reports: int = 512  # reports without ECG that each step sees
    learning_rate: float = 6e-4
    weight_decay: float = 0.05
    warmup_epochs: float = 3.0
    weights: Weights = field(default_factory=Weights)
    augmentation: Augmentation = field(default_factory=Augmentation)
    ema: float = 0.995
    masked_epochs: int = 0  # in which the ECG tower first learns to draw what is hidden of an ECG
    seed: int = 0
    text_model: str = PACKAGED  # or a folder, which the checkpoint then carries
    text_epochs: int = 3  # of the sentence encoder on reports, before the towers; 0 leaves it as it comes
