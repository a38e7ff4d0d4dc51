"""How ventricles are activated and recover: QRS loops, ST vectors and T vectors, as data.

QRS rows are (centre ms, standard deviation ms, x, y, z mV); x to the left, y to the feet, z to the back. Each loop is stretched to the QRS
duration drawn, and turned in the frontal plane to the axis drawn.
"""

from dataclasses import dataclass

from data.simulated.heart import Wave

Range = tuple[float, float]
Vector = tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class Ventricles:
    """One way of activation with its recovery.

    Parameters
    ----------
    loops : QRS variants, one of them is drawn
    qrs_ms, axis : ranges of duration and frontal axis in degrees
    t, st : mV; `st` holds from the J point into the T wave
    follows : share of the QRS loop's turn that ST and T make too
    gain : range of the amplitude factor
    """

    loops: tuple[Wave, ...]
    qrs_ms: Range
    axis: Range
    t: Vector = (0.26, 0.23, -0.12)
    st: Vector = (0.01, 0.01, -0.02)
    follows: float = 0.3
    gain: Range = (0.8, 1.2)
    limb_voltage: Range | None = None  # mV peak to peak, the largest limb lead; where given, sets the gain


_SEPTAL = (17, 7.0, -0.14, -0.02, -0.22)
_POSTERIOR = (53, 8.5, 0.30, 0.30, 0.72)
_BASAL = (68, 7.0, -0.13, -0.12, 0.28)

NORMAL = Ventricles((Wave.of(_SEPTAL, (38, 8.5, 0.88, 0.82, 0.12), _POSTERIOR, _BASAL),), (78, 102), (5, 78))

RIGHT_BUNDLE = Ventricles(
    (
        Wave.of(_SEPTAL, (36, 8.5, 0.85, 0.72, 0.05), (54, 9, 0.2, 0.2, 0.45), (82, 13, -0.42, 0.0, -0.40), (104, 15, -0.50, 0.0, -0.58)),
        Wave.of(_SEPTAL, (36, 8.5, 0.85, 0.65, 0.10), (54, 9, 0.2, 0.2, 0.60), (86, 14, -0.45, 0.1, -0.50), (108, 15, -0.45, -0.1, -0.42)),
    ),
    (124, 154),
    (20, 85),
    t=(0.30, 0.22, 0.16),
    st=(0.0, 0.0, 0.03),
)
INCOMPLETE_RIGHT_BUNDLE = Ventricles(
    (Wave.of(_SEPTAL, (37, 8.5, 0.92, 0.80, 0.0), (54, 8, 0.2, 0.2, 0.55), (80, 9, -0.38, -0.05, -0.42)),),
    (102, 117),
    (30, 90),
    t=(0.30, 0.25, 0.02),
)
_LEFT_BUNDLE_LOOPS = (
    Wave.of((22, 11, 0.30, 0.22, 0.16), (55, 15, 0.85, 0.45, 0.85), (98, 15, 0.90, 0.15, 0.75), (120, 12, 0.2, 0.0, 0.3)),
    Wave.of((20, 9, 0.18, 0.15, -0.06), (52, 15, 0.80, 0.40, 1.00), (96, 15, 0.95, 0.05, 0.85), (120, 11, 0.2, 0.0, 0.4)),
)
LEFT_BUNDLE = Ventricles(
    _LEFT_BUNDLE_LOOPS, (126, 164), (-25, 50), t=(-0.30, -0.12, -0.46), st=(-0.10, -0.04, -0.17), follows=0.8, gain=(0.75, 1.1)
)
LEFT_ANTERIOR_FASCICLE = Ventricles(
    (Wave.of((14, 6.5, -0.16, 0.30, -0.16), (38, 9, 0.85, -0.25, 0.0), (56, 10, 0.45, -0.75, 0.50), (74, 9, -0.1, -0.45, 0.25)),),
    (92, 114),
    (-72, -50),
    t=(0.26, 0.22, -0.14),
    follows=0.0,
)
RIGHT_BUNDLE_AND_LEFT_ANTERIOR_FASCICLE = Ventricles(
    (
        Wave.of(
            (14, 6.5, -0.14, 0.28, -0.16),
            (38, 9, 0.85, -0.30, 0.05),
            (57, 10, 0.40, -0.75, 0.35),
            (82, 13, -0.35, -0.35, -0.40),
            (105, 15, -0.45, -0.10, -0.58),
        ),
    ),
    (126, 156),
    (-80, -52),
    t=(0.28, 0.20, 0.14),
    follows=0.0,
)
PRE_EXCITED = Ventricles(
    (
        Wave.of((16, 11, 0.05, 0.16, -0.18), (36, 11, 0.22, 0.30, -0.35), (66, 10, 0.75, 0.60, -0.45), (84, 9, 0.2, 0.15, 0.25)),
        Wave.of((16, 11, 0.20, 0.00, 0.06), (36, 11, 0.40, 0.05, 0.15), (66, 10, 1.00, 0.40, 0.40), (84, 9, 0.30, 0.10, 0.55)),
    ),
    (118, 142),
    (0, 65),
    t=(0.12, 0.08, -0.05),
    st=(-0.04, -0.04, 0.03),
)
_LEFT_HYPERTROPHY_LOOP = Wave.of(
    (15, 7, -0.25, -0.02, -0.30), (42, 10, 1.95, 1.05, 0.15), (60, 10, 0.90, 0.35, 1.75), (76, 8, -0.15, -0.15, 0.5)
)
LEFT_HYPERTROPHY_STRAIN = Ventricles(
    (_LEFT_HYPERTROPHY_LOOP,), (94, 114), (-15, 45), t=(-0.26, -0.10, -0.36), st=(-0.13, -0.06, -0.14), gain=(0.95, 1.25)
)
LEFT_HYPERTROPHY = Ventricles((_LEFT_HYPERTROPHY_LOOP,), (92, 110), (-10, 55), t=(0.30, 0.24, -0.25), gain=(0.95, 1.2))
RIGHT_HYPERTROPHY = Ventricles(
    (Wave.of((14, 7, 0.05, -0.12, -0.20), (38, 10, 0.30, 0.75, -0.55), (56, 10, -0.75, 0.45, -0.55), (72, 8, -0.40, -0.1, 0.10)),),
    (88, 110),
    (100, 138),
    t=(0.28, -0.04, 0.34),
    st=(0.03, -0.03, 0.07),
    follows=0.0,
)
OLD_INFERIOR = Ventricles(
    (Wave.of((19, 9.0, -0.02, -0.60, -0.22), (44, 9.0, 0.95, 0.42, 0.0), _POSTERIOR, _BASAL),),
    (88, 108),
    (-30, 12),
    t=(0.28, -0.20, -0.16),
    st=(-0.01, 0.02, -0.01),
    follows=0.0,
)
OLD_ANTEROSEPTAL = Ventricles(
    (Wave.of((16, 7, 0.05, 0.04, 0.42), (38, 9, 0.88, 0.80, 0.75), (55, 9, 0.25, 0.25, 0.95), (70, 7, -0.05, -0.05, 0.25)),),
    (86, 108),
    (0, 70),
    t=(0.24, 0.18, 0.26),
    st=(0.02, 0.0, -0.05),
    gain=(0.8, 1.05),
)
ACUTE_INFERIOR = Ventricles(
    (Wave.of((16, 7, -0.08, -0.10, -0.22), (38, 9, 0.85, 0.80, -0.05), (54, 9, 0.2, 0.25, 0.6), _BASAL),),
    (84, 106),
    (40, 88),
    t=(0.02, 0.42, 0.02),
    st=(-0.09, 0.26, 0.05),
    follows=0.0,
)
ACUTE_ANTERIOR = Ventricles(
    (Wave.of((15, 7, 0.0, 0.0, 0.10), (38, 9, 0.72, 0.70, 0.25), (54, 9, 0.15, 0.2, 0.65), _BASAL),),
    (84, 106),
    (10, 75),
    t=(0.34, 0.02, -0.42),
    st=(0.10, -0.09, -0.28),
    follows=0.0,
)
NONSPECIFIC_ST_T = Ventricles(NORMAL.loops, (78, 104), (0, 75), t=(0.055, 0.045, -0.06), st=(-0.035, -0.04, 0.01))
INVERTED_T = Ventricles(NORMAL.loops, (80, 104), (5, 70), t=(-0.24, -0.14, 0.10), st=(0.0, 0.0, 0.0))
LOW_VOLTAGE = Ventricles(NORMAL.loops, (78, 100), (5, 75), t=(0.24, 0.2, -0.1), limb_voltage=(0.28, 0.46))
RIGHT_APEX = Ventricles(
    (Wave.of((24, 11, 0.35, -0.35, 0.20), (60, 16, 0.45, -0.95, 0.70), (100, 17, 0.25, -0.95, 0.75), (126, 12, 0.0, -0.25, 0.3)),),
    (145, 180),
    (-88, -58),
    t=(-0.10, 0.55, -0.42),
    st=(-0.04, 0.14, -0.14),
    follows=0.5,
)
VENTRICULAR_FOCI = Ventricles(
    (
        Wave.of((28, 13, 0.20, 0.50, 0.25), (66, 16, 0.20, 1.45, 0.85), (102, 16, 0.15, 0.90, 0.60)),  # outflow tract: LBBB-like, inferior
        Wave.of((28, 13, -0.25, -0.35, -0.50), (66, 16, -0.55, -1.10, -0.95), (102, 16, -0.20, -0.80, -0.40)),  # left ventricle: RBBB-like
        Wave.of((28, 13, 0.45, -0.10, 0.30), (66, 16, 0.90, -0.60, 1.05), (102, 16, 0.60, -0.55, 0.70)),  # right ventricle: LBBB-like
    ),
    (138, 172),
    (-180, 180),  # as the loop has it
    gain=(0.85, 1.2),
)
