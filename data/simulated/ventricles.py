"""How ventricles are activated and recover: QRS loops, ST vectors and T vectors, as data.

QRS rows are (centre ms, standard deviation ms, x, y, z mV); x to the left, y to the feet, z to the back. Each loop is stretched to the QRS
duration drawn, and turned in the frontal plane to the axis drawn.
"""

from dataclasses import dataclass, replace

from data.simulated.heart import Wave

Range = tuple[float, float]
Vector = tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class Ventricles:
    """One way of activation with its recovery.

    Parameters
    ----------
    loops : QRS variants, one of them is drawn
    qrs_ms, axis : ranges of duration and frontal axis in degrees; an axis of None leaves the loop as it is written
    t, st : mV; `st` holds from the J point into the T wave
    follows : share of the QRS loop's turn that ST and T make too
    gain : range of the amplitude factor, where neither of the next two sets the amplitude
    limb_mv : peak-to-peak QRS voltage of the largest limb lead; the chest leads then stay below 0.85
    sokolow_mv : S in V1 plus the larger R of V5 and V6, Sokolow & Lyon (1949), Am Heart J 37:161; hypertrophy from 3.5 on
    """

    loops: tuple[Wave, ...]
    qrs_ms: Range
    axis: Range | None
    t: Vector = (0.26, 0.23, -0.12)
    st: Vector = (0.01, 0.01, -0.02)
    follows: float = 0.3
    gain: Range = (0.8, 1.15)
    limb_mv: Range | None = None
    sokolow_mv: Range | None = None


_SEPTAL = (17, 7.0, -0.14, -0.02, -0.22)
_POSTERIOR = (53, 8.5, 0.30, 0.30, 0.72)
_BASAL = (68, 7.0, -0.13, -0.12, 0.28)

NORMAL = Ventricles((Wave.of(_SEPTAL, (38, 8.5, 0.88, 0.82, 0.18), _POSTERIOR, _BASAL),), (80, 104), (5, 78), sokolow_mv=(1.4, 3.1))

RIGHT_BUNDLE = Ventricles(
    (
        Wave.of(_SEPTAL, (37, 8.5, 0.88, 0.60, 0.12), (54, 9, 0.2, 0.2, 0.40), (80, 14, -0.22, 0.0, -0.38), (103, 16, -0.26, -0.05, -0.62)),
        Wave.of(_SEPTAL, (37, 8.5, 0.88, 0.55, 0.15), (54, 9, 0.2, 0.2, 0.55), (86, 15, -0.26, 0.1, -0.55), (110, 16, -0.26, -0.1, -0.40)),
    ),
    (124, 154),
    (58, 104),
    t=(0.28, 0.22, 0.15),
    st=(0.0, 0.0, 0.03),
)
INCOMPLETE_RIGHT_BUNDLE = Ventricles(
    (Wave.of(_SEPTAL, (37, 8.5, 0.92, 0.80, 0.0), (54, 8, 0.2, 0.2, 0.55), (80, 9, -0.38, -0.05, -0.42)),),
    (102, 117),
    (40, 92),
    t=(0.30, 0.25, 0.02),
)
_LEFT_BUNDLE_LOOPS = (
    Wave.of((20, 11, 0.25, 0.20, 0.12), (53, 15.5, 0.82, 0.45, 0.92), (94, 16, 0.90, 0.15, 0.85), (120, 12, 0.2, 0.0, 0.3)),
    Wave.of((18, 9, 0.16, 0.15, -0.08), (50, 15.5, 0.76, 0.40, 1.00), (92, 16.5, 0.98, 0.10, 0.95), (119, 12, 0.2, 0.0, 0.35)),
)
LEFT_BUNDLE = Ventricles(
    _LEFT_BUNDLE_LOOPS, (126, 164), (-25, 50), t=(-0.30, -0.12, -0.46), st=(-0.10, -0.04, -0.17), follows=0.8, gain=(0.75, 1.1)
)
LEFT_ANTERIOR_FASCICLE = Ventricles(
    (Wave.of((14, 6.5, -0.16, 0.30, -0.16), (38, 9, 0.85, -0.25, 0.0), (56, 10, 0.45, -0.75, 0.50), (74, 9, -0.1, -0.45, 0.25)),),
    (92, 114),
    (-68, -48),
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
    (-90, -62),
    t=(0.28, 0.20, 0.14),
    follows=0.0,
)
PRE_EXCITED = Ventricles(
    (
        Wave.of(
            (18, 11, 0.08, 0.10, -0.10), (40, 13, 0.26, 0.26, -0.30), (66, 12, 0.80, 0.65, -0.52), (86, 9, 0.15, 0.10, 0.20)
        ),  # left-sided
        Wave.of(
            (18, 11, 0.13, 0.08, 0.05), (40, 13, 0.42, 0.22, 0.15), (66, 12, 1.05, 0.55, 0.45), (84, 9, 0.30, 0.10, 0.50)
        ),  # right-sided
    ),
    (118, 142),
    (0, 65),
    t=(0.12, 0.08, -0.05),
    st=(-0.04, -0.04, 0.03),
)
_LEFT_HYPERTROPHY_LOOP = Wave.of(
    (16, 7, -0.18, -0.02, -0.22), (42, 10, 1.65, 0.95, 0.25), (60, 10, 0.80, 0.35, 1.55), (76, 8, -0.12, -0.12, 0.45)
)
LEFT_HYPERTROPHY_STRAIN = Ventricles(
    (_LEFT_HYPERTROPHY_LOOP,), (94, 114), (-15, 45), t=(-0.24, -0.10, -0.32), st=(-0.11, -0.05, -0.11), sokolow_mv=(3.8, 4.9)
)
LEFT_HYPERTROPHY = Ventricles((_LEFT_HYPERTROPHY_LOOP,), (92, 110), (-10, 55), t=(0.26, 0.22, -0.20), sokolow_mv=(3.7, 4.6))
RIGHT_HYPERTROPHY = Ventricles(
    (Wave.of((14, 7, 0.05, -0.12, -0.20), (38, 10, 0.30, 0.75, -0.55), (56, 10, -0.75, 0.45, -0.55), (72, 8, -0.40, -0.1, 0.10)),),
    (88, 110),
    (100, 138),
    t=(0.28, -0.04, 0.34),
    st=(0.03, -0.03, 0.07),
    follows=0.0,
)
OLD_INFERIOR = Ventricles(
    (Wave.of((19, 9.0, -0.04, -0.60, -0.36), (44, 9.0, 0.92, 0.36, 0.12), _POSTERIOR, _BASAL),),
    (88, 108),
    (-30, 6),
    t=(0.28, -0.20, -0.16),
    st=(-0.01, 0.02, -0.01),
    follows=0.0,
)
OLD_ANTEROSEPTAL = Ventricles(
    (Wave.of((18, 9, 0.06, 0.04, 0.30), (38, 10, 0.85, 0.78, 0.86), (55, 9.5, 0.25, 0.25, 0.85), (70, 7, -0.05, -0.05, 0.25)),),
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
NONSPECIFIC_ST_T = Ventricles(NORMAL.loops, (78, 104), (0, 75), t=(0.055, 0.045, -0.06), st=(-0.035, -0.04, 0.01), sokolow_mv=(1.4, 3.1))
INVERTED_T = Ventricles(NORMAL.loops, (80, 104), (5, 70), t=(-0.25, -0.03, 0.10), st=(0.0, 0.0, 0.0), sokolow_mv=(1.4, 3.1))
LOW_VOLTAGE = Ventricles(NORMAL.loops, (78, 100), (5, 75), t=(0.24, 0.2, -0.1), limb_mv=(0.28, 0.46))
RIGHT_APEX = Ventricles(
    (
        Wave.of((24, 12, 0.30, -0.25, 0.20), (60, 18, 0.42, -0.80, 0.65), (98, 19, 0.25, -0.80, 0.70), (126, 13, 0.0, -0.2, 0.3)),
        Wave.of((24, 12, 0.15, -0.25, 0.10), (60, 18, 0.00, -0.80, 0.65), (98, 19, -0.15, -0.80, 0.60), (126, 13, 0.0, -0.2, 0.2)),
    ),
    (145, 180),
    (-86, -58),
    t=(-0.08, 0.40, -0.30),
    st=(-0.02, 0.07, -0.07),
    follows=0.5,
    gain=(0.75, 1.1),
)
FLUTTERING = replace(NORMAL, t=(0.14, 0.12, -0.07))
VENTRICULAR_FOCI = Ventricles(
    (
        Wave.of((28, 13, 0.20, 0.50, 0.25), (66, 16, 0.20, 1.45, 0.85), (102, 16, 0.15, 0.90, 0.60)),  # outflow tract: LBBB-like, inferior
        Wave.of((28, 13, -0.25, -0.35, -0.50), (66, 16, -0.55, -1.10, -0.95), (102, 16, -0.20, -0.80, -0.40)),  # left ventricle: RBBB-like
        Wave.of((28, 13, 0.45, -0.10, 0.30), (66, 16, 0.90, -0.60, 1.05), (102, 16, 0.60, -0.55, 0.70)),  # right ventricle: LBBB-like
    ),
    (138, 172),
    None,
    gain=(0.85, 1.2),
)
