"""What is known of a simulated ECG."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Truth:
    """The ECG as it was generated, before noise.

    P and T begin and end where the dipole of that wave alone has `heart.SHARE` of its largest magnitude, QRS where it has
    `heart.QRS_SHARE`: over all leads together, as a reader with calipers on a simultaneous recording looks for the earliest onset
    and the latest end.

    Parameters
    ----------
    statements : SCP-ECG codes as PTB-XL uses them
    heart_rate_bpm : 60 over the mean RR interval of all ventricular beats shown
    pr_ms : median over the conducted beats shown; None where P waves are absent or not conducted
    qrs_ms, axis_deg : of the conducted beat, not of premature ventricular ones; the axis from the net areas in I and aVF
    qt_ms : at the mean RR interval
    """

    kind: str
    statements: tuple[str, ...]
    heart_rate_bpm: float
    pr_ms: float | None
    qrs_ms: float
    qt_ms: float
    axis_deg: float

    @property
    def qtc_ms(self) -> float:
        """QT corrected by Fridericia's formula (1920)."""
        return self.qt_ms * (self.heart_rate_bpm / 60) ** (1 / 3)
