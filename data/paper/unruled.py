"""A sheet without a grid, flat: the outline of the paper makes it a rectangle, the calibration pulses give it millimetres."""

from typing import Any

import numpy as np
import numpy.typing as npt

from data.paper.flat import BOLD_MM, PIXELS_PER_MM, FlatSheet, Picture, resampled
from data.paper.ink import written
from data.paper.orientation import CLEARLY, evenness
from data.paper.scale import GAINS, PULSE_SECONDS, SPEEDS, Pulse, Scale, pulses_of
from data.paper.timing import SHEET_SECONDS, drawn_part
from data.paper.trace import find_rows, followed, vertical_runs

Array = npt.NDArray[Any]

_USUAL_MM = 285.0  # of a sheet of ten seconds with its margins; pulses are found where it is up to twice as wide
_LONGEST = 5.0  # times as long as wide is no sheet, and laid out it would fill the memory
_LEAST_PIXELS = 200.0  # of the shorter side: less shows no trace
_SIDE = 1600  # pixels of the longer side of the picture in which the paper's outline is looked for
_OUTLINED = 0.9  # of the bright part that its four corners hold, and of theirs that is bright
_SKEWS = np.arange(-5.0, 5.01, 0.25)  # degrees by which print may lie aslant on its paper
_SMOOTH_MM = 0.75  # of the ink of rows, where its gathering is measured
_EDGE_MM = 2.0  # of the sheet that are left out
_ROWS = 3, 13  # of a sheet of twelve leads; most begin or end with a pulse
_WHOLE = 0.1  # rows are of ten seconds where pulses say so to this: half a millimetre of a pulse is as much


def unruled(picture: Picture, *, mm_per_second: float, mm_per_mv: float) -> FlatSheet | None:
    """The sheet of a picture without a grid; None where no two rows show a calibration pulse below each other.

    Its millimetres are such that the pulses are right at this scale: whatever was printed, millivolts and seconds come out so.
    The paper is taken to be flat.
    """
    corners = _outline(picture)
    across, down = (float(np.linalg.norm(corners[i] - corners[0])) for i in (1, 3))
    if min(across, down) < max(_LEAST_PIXELS, max(across, down) / _LONGEST):
        return None
    for quarters in _turns(written(_laid_out(picture, corners)).mask):
        turned = np.roll(corners, -quarters, axis=0)
        skew = _skew(written(_laid_out(picture, turned)).mask)
        if (found := _measured(_laid_out(picture, turned, skew))) is not None:
            pulse_mm, high_mm, seconds_mm = found
            wide = PULSE_SECONDS * mm_per_second / pulse_mm
            if abs(seconds_mm / pulse_mm * PULSE_SECONDS / SHEET_SECONDS - 1) < _WHOLE:
                wide = SHEET_SECONDS * mm_per_second / seconds_mm  # the longer measure is the finer one
            return _laid_out(picture, turned, skew, (wide, mm_per_mv / high_mm))
    return None


def _turns(mask: Array) -> tuple[int, ...]:
    """By how many quarters the sheet may be turned: traces run evenly along rows."""
    if not mask.any():
        return ()
    along = evenness(mask) / evenness(mask.T)
    return (0, 2) if along > CLEARLY else (1, 3) if along < 1 / CLEARLY else (0, 2, 1, 3)


def _outline(picture: Picture) -> Array:
    """The corners of the paper, (corner, x y) in pixels, clockwise; those of the picture where the paper does not stand out."""
    import cv2

    height, width = picture.shape[:2]
    whole = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    shrink = _SIDE / max(height, width)
    small = cv2.medianBlur(cv2.resize(picture, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA).max(axis=2), 15)  # without ink
    _, bright = cv2.threshold(small, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    outlines, _ = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not outlines:
        return whole
    hull = cv2.convexHull(max(outlines, key=cv2.contourArea))
    four = cv2.approxPolyDP(hull, 0.03 * cv2.arcLength(hull, True), True)
    inside = np.zeros_like(bright)
    cv2.fillConvexPoly(inside, four, 1)
    shared, of_all = float((inside & bright).sum()), (float(inside.sum()), float(bright.sum()))
    if len(four) != 4 or shared < _OUTLINED * max(of_all):
        return whole
    found = four[:, 0].astype(np.float32)
    middle = found.mean(axis=0)
    clockwise = found[np.argsort(np.arctan2(*(found - middle).T[::-1]))]
    first = int(clockwise.sum(axis=1).argmin())
    return np.asarray((np.roll(clockwise, -first, axis=0) + 0.5) / shrink, np.float32)


def _laid_out(picture: Picture, corners: Array, skew: float = 0.0, stretch: tuple[float, float] = (1.0, 1.0)) -> FlatSheet:
    """The paper between four corners as a rectangle.

    Parameters
    ----------
    corners : (corner, x y), from its upper left clockwise
    skew : degrees by which to turn what is on it
    stretch : across and down, of a paper `_USUAL_MM` wide
    """
    import cv2

    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    high = _USUAL_MM * (sides[1] + sides[3]) / (sides[0] + sides[2])
    paper = np.array([[0, 0], [_USUAL_MM, 0], [_USUAL_MM, high], [0, high]], np.float32)
    to_picture = cv2.getPerspectiveTransform(paper, corners.astype(np.float32))
    turned = np.vstack([cv2.getRotationMatrix2D((_USUAL_MM / 2, high / 2), skew, 1.0), [0, 0, 1]])
    to_picture = to_picture @ turned @ np.diag([1 / stretch[0], 1 / stretch[1], 1.0])
    columns, rows = (int(np.ceil(side * by / BOLD_MM)) for side, by in zip((_USUAL_MM, high), stretch, strict=True))
    at = np.stack([*np.meshgrid(np.arange(columns + 1) * BOLD_MM, np.arange(rows + 1) * BOLD_MM), np.ones((rows + 1, columns + 1))])
    x, y, depth = np.tensordot(to_picture, at, axes=1)
    nodes = [x / depth - 0.5, y / depth - 0.5]
    flat, held = resampled(picture, nodes, BOLD_MM)
    edge = round(_EDGE_MM * PIXELS_PER_MM)
    inside = cv2.erode(held.astype(np.uint8), np.ones((3, 3), np.uint8), iterations=edge, borderType=cv2.BORDER_CONSTANT, borderValue=0) > 0
    return FlatSheet(flat, nodes[0], nodes[1], BOLD_MM, np.ones((rows, columns), bool), inside, ruled=False)


def _skew(mask: Array) -> float:
    """Degrees by which to turn a sheet so that its ink gathers most along rows."""
    import cv2

    small = cv2.resize(mask.astype(np.float32), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    height, width = small.shape

    def in_rows(degrees: float) -> float:
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
        return _gathered(cv2.warpAffine(small, turn, (width, height)))

    return float(max(_SKEWS, key=in_rows))


def _gathered(mask: Array) -> float:
    """How far ink (row, column) gathers in rows: mean square of the ink of each row over the squared mean."""
    from scipy.ndimage import gaussian_filter1d

    profile = gaussian_filter1d(mask.mean(axis=1), _SMOOTH_MM * PIXELS_PER_MM)
    return float((profile**2).mean() / (profile.mean() ** 2 + 1e-12))


def _measured(sheet: FlatSheet) -> tuple[float, float, float] | None:
    """Width and height of the calibration pulses and length of the rows, mm; None where there is no pulse."""
    ink = written(sheet)
    runs = vertical_runs(ink)
    lines = followed(runs, find_rows(runs, ink.mask.shape), ink)
    pulses = pulses_of(lines)
    found: list[Pulse] = [pulse for pulse in pulses if pulse]
    if not _ROWS[0] <= len(lines) <= _ROWS[1] or len(found) < max(2, len(lines) / 2):
        return None
    first, last = drawn_part(lines, Scale(SPEEDS[0], GAINS[1], True, tuple(pulses)))
    wide, high = (float(np.median([getattr(pulse, side) for pulse in found])) for side in ("width", "height"))
    return wide, high, (last - first) / PIXELS_PER_MM
