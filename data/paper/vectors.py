"""What is drawn on a page of a PDF: strokes and words as the file holds them, in millimetres of the page, text upright."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

MM = 25.4 / 72  # of a point
_MOST_POINTS, _MOST_OBJECTS = 300_000, 100_000  # a page of ECG has some ten thousand points; more would take long
_FARTHEST = 20_000.0  # points from the page's corner; what a damaged file draws further out is left out
_CURVE = np.linspace(0, 1, 9)[1:]  # of a Bezier curve, where points are taken
_JOINED_MM = 0.01
_WORD_GAP = 0.35  # of the height of its letters, between two words


@dataclass(frozen=True, eq=False)
class Stroke:
    """A line that is drawn without lifting the pen.

    Parameters
    ----------
    points : (point, x y) mm from the left and from above
    colour : red, green, blue, 0 to 255
    wide : mm
    """

    points: Array
    colour: tuple[int, int, int]
    wide: float


@dataclass(frozen=True)
class Text:
    """A piece of text without a wide gap; `x` and `y` are its middle, mm from the left and from above."""

    said: str
    x: float
    y: float


@dataclass(frozen=True, eq=False)
class Page:
    """A page of vectors.

    Parameters
    ----------
    words : single words; `text` is all of it, as it is read
    to_points : (2, 3) from mm, x and y, to points of the page as it is shown, from its upper left corner
    turned : by how many quarters counterclockwise the page as it is shown is to be turned to stand upright
    """

    strokes: tuple[Stroke, ...]
    words: tuple[Text, ...]
    text: str
    size_mm: tuple[float, float]
    to_points: Array
    turned: int = 0


def page_vectors(page: Any) -> Page | None:
    """The strokes and words of a page of pypdfium2, turned so that most of its text is upright; None for too many."""
    found = _strokes(page)
    if found is None:
        return None
    words, text, quarter = _words(page)
    show = _shown(page)
    width, height = page.get_size()
    turns = (quarter - page.get_rotation() // 90) % 4  # counterclockwise, that the page's own rotation does not undo
    turn, size = _turned(turns, width, height)
    place = MM * turn @ show  # (2, 3), from the file's coordinates to mm
    back = np.linalg.inv(np.vstack([MM * turn, [0, 0, 1]]))[:2]
    strokes = [Stroke(_moved(place, stroke.points), stroke.colour, stroke.wide * MM) for stroke in found]
    placed = [Text(word.said, *_moved(place, np.array([[word.x, word.y]]))[0]) for word in words]
    return Page(tuple(_joined(strokes)), tuple(placed), text, (size[0] * MM, size[1] * MM), back, -turns % 4)


def _moved(matrix: Array, points: Array) -> Array:
    return np.asarray(points @ matrix[:, :2].T + matrix[:, 2])


def _shown(page: Any) -> Array:
    """(3, 3) from a page's own coordinates to points from the upper left corner of the page as it is shown."""
    left, bottom, right, top = page.get_cropbox()
    turns = page.get_rotation() // 90
    width, height = right - left, top - bottom
    upright = np.array([[1, 0, -left], [0, -1, top], [0, 0, 1.0]])
    turn = {
        0: [[1, 0, 0], [0, 1, 0]],
        1: [[0, -1, height], [1, 0, 0]],
        2: [[-1, 0, width], [0, -1, height]],
        3: [[0, 1, 0], [-1, 0, width]],
    }[turns % 4]
    return np.vstack([turn, [0, 0, 1]]) @ upright


def _turned(turns: int, width: float, height: float) -> tuple[Array, tuple[float, float]]:
    """(2, 3) that turns the page as it is shown so that its text, by quarter turns counterclockwise, is upright; its size then."""
    if turns == 0:
        return np.array([[1, 0, 0], [0, 1, 0.0]]), (width, height)
    if turns == 1:  # to be turned clockwise
        return np.array([[0, -1, height], [1, 0, 0.0]]), (height, width)
    if turns == 2:
        return np.array([[-1, 0, width], [0, -1, height]], float), (width, height)
    return np.array([[0, 1, 0], [-1, 0, width]], float), (height, width)


def _strokes(page: Any) -> list[Stroke] | None:
    """Every stroked path in the page's own coordinates, points; None where there are too many."""
    from ctypes import c_float, c_int, c_uint

    import pypdfium2.raw as raw

    found: list[Stroke] = []
    points = 0
    red, green, blue, alpha = (c_uint() for _ in range(4))
    fill, stroked, width = c_int(), c_int(), c_float()
    for number, one in enumerate(page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_FORM])):
        if number > _MOST_OBJECTS:
            return None
        if one.type != raw.FPDF_PAGEOBJ_PATH or not raw.FPDFPath_GetDrawMode(one, fill, stroked) or not stroked.value:
            continue
        points += raw.FPDFPath_CountSegments(one)
        if points > _MOST_POINTS:
            return None
        raw.FPDFPageObj_GetStrokeColor(one, red, green, blue, alpha)
        raw.FPDFPageObj_GetStrokeWidth(one, width)
        matrix = _matrix(one)
        wide = width.value * float(np.sqrt(abs(np.linalg.det(matrix[:2, :2]))))
        colour = (red.value, green.value, blue.value)
        moved = (_moved(matrix[:2], line) for line in _lines(one))
        found += [Stroke(line, colour, wide) for line in moved if (np.abs(line) < _FARTHEST).all()]  # no NaN is
    return found


def _matrix(one: Any) -> Array:
    """(3, 3) from an object's coordinates to the page's, through the forms that hold it."""
    total = np.eye(3)
    while one is not None:
        m = one.get_matrix()
        total = np.array([[m.a, m.c, m.e], [m.b, m.d, m.f], [0, 0, 1]]) @ total
        one = one.container
    return total


def _lines(path: Any) -> Iterator[Array]:
    """The lines (point, x y) of a path, one for each time the pen is set down."""
    from ctypes import c_float

    import pypdfium2.raw as raw

    x, y = c_float(), c_float()
    line: list[tuple[float, float]] = []
    control: list[tuple[float, float]] = []
    for number in range(raw.FPDFPath_CountSegments(path)):
        segment = raw.FPDFPath_GetPathSegment(path, number)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        kind, point = raw.FPDFPathSegment_GetType(segment), (x.value, y.value)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            if len(line) > 1:
                yield np.array(line)
            line = [point]
        elif kind == raw.FPDF_SEGMENT_BEZIERTO:
            control.append(point)
            if len(control) == 3 and line:
                p0, p1, p2, p3 = (np.array(p) for p in (line[-1], *control))
                t = _CURVE[:, None]
                line += map(tuple, (1 - t) ** 3 * p0 + 3 * (1 - t) ** 2 * t * p1 + 3 * (1 - t) * t**2 * p2 + t**3 * p3)
                control = []
        else:
            line.append(point)
        if raw.FPDFPathSegment_GetClose(segment) and line:
            line.append(line[0])
    if len(line) > 1:
        yield np.array(line)


def _joined(strokes: list[Stroke]) -> Iterator[Stroke]:
    """The same strokes, those put together that go on where the one before ended: some programs draw a curve piece by piece."""
    pending: list[Stroke] = []
    for stroke in strokes:
        if pending:
            last = pending[-1]
            on = np.abs(stroke.points[0] - last.points[-1]).max() < _JOINED_MM and stroke.colour == last.colour
            if not on or abs(stroke.wide - last.wide) > 0.01:
                yield _as_one(pending)
                pending = []
        pending.append(stroke)
    if pending:
        yield _as_one(pending)


def _as_one(strokes: list[Stroke]) -> Stroke:
    if len(strokes) == 1:
        return strokes[0]
    points = np.concatenate([strokes[0].points, *(stroke.points[1:] for stroke in strokes[1:])])
    return Stroke(points, strokes[0].colour, strokes[0].wide)


def _words(page: Any) -> tuple[list[Text], str, int]:
    """The words with their middle in the page's own coordinates, all text, and by how many quarters most of it is turned."""
    from ctypes import c_double

    import pypdfium2.raw as raw

    textpage = page.get_textpage()
    left, right, bottom, top = (c_double() for _ in range(4))
    words: list[Text] = []
    quarters: Counter[int] = Counter()
    said, boxes = "", list[tuple[float, float, float, float]]()

    def end() -> None:
        nonlocal said, boxes
        if said:
            box = np.array(boxes)
            words.append(Text(said, float(box[:, 0].min() + box[:, 2].max()) / 2, float(box[:, 1].min() + box[:, 3].max()) / 2))
        said, boxes = "", []

    for number in range(min(raw.FPDFText_CountChars(textpage), _MOST_OBJECTS)):
        letter = chr(raw.FPDFText_GetUnicode(textpage, number))
        if letter.isspace() or not letter.isprintable():
            end()
            continue
        raw.FPDFText_GetCharBox(textpage, number, left, right, bottom, top)
        box = (left.value, bottom.value, right.value, top.value)
        quarters[round(raw.FPDFText_GetCharAngle(textpage, number) / (np.pi / 2)) % 4] += 1
        if boxes:
            high = max(box[3] - box[1], boxes[-1][3] - boxes[-1][1], raw.FPDFText_GetFontSize(textpage, number) * 0.7)
            apart = max(box[0] - boxes[-1][2], boxes[-1][0] - box[2], box[1] - boxes[-1][3], boxes[-1][1] - box[3])
            if apart > max(_WORD_GAP * high, 0.1):
                end()
        said, boxes = said + letter, [*boxes, box]
    end()
    text = textpage.get_text_range() if words else ""
    return words, text, quarters.most_common(1)[0][0] if quarters else 0
