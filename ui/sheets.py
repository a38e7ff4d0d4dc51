"""A sheet as it was photographed, with what was recognised drawn over it: so that a person sees at once what was misread."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from data.paper.reading import LEAST_TRUST, SheetReading

Picture = npt.NDArray[np.uint8]

_GRID, _OUTLINE, _UNSURE = (0, 160, 90), (0, 120, 255), (160, 160, 160)
_ROWS = ((220, 30, 60), (30, 60, 220), (150, 40, 190), (200, 110, 0), (0, 130, 150), (90, 90, 0))
_EVERY_MM = 25  # between the lines of the grid that are drawn: more would hide the sheet
_WIDEST = 1800  # pixels of the drawing


def overlay(picture: Picture, reading: SheetReading) -> Picture:
    """The photograph, upright, with the sheet's outline, its grid every 25 mm, each row's trace, and the lead names at their places.

    A lead that is masked is drawn in grey; a name in brackets is inferred or stated, not read from the sheet.
    """
    import cv2

    from data.paper.flat import PIXELS_PER_MM

    drawn = np.ascontiguousarray(picture.copy())
    said: list[tuple[str, tuple[float, float], tuple[int, ...]]] = []
    thick = max(1, round(max(picture.shape) / 1100))
    height, width = reading.sheet.picture.shape[:2]
    for column in range(0, width, _EVERY_MM * PIXELS_PER_MM):
        _line(drawn, reading, np.full(60, column), np.linspace(0, height, 60), _GRID, 1)
    for row in range(0, height, _EVERY_MM * PIXELS_PER_MM):
        _line(drawn, reading, np.linspace(0, width, 60), np.full(60, row), _GRID, 1)
    edge = np.linspace(0, 1, 60)
    around_x = np.concatenate([edge * width, np.full(60, width), (1 - edge) * width, np.zeros(60)])
    around_y = np.concatenate([np.zeros(60), edge * height, np.full(60, height), (1 - edge) * height])
    _line(drawn, reading, around_x, around_y, _OUTLINE, 2 * thick)
    for number, (line, names) in enumerate(zip(reading.lines, reading.layout.rows, strict=False)):
        bounds = np.linspace(reading.span.start, reading.span.stop, len(names) + 1)
        for cell, (name, start, stop) in enumerate(zip(names, bounds[:-1], bounds[1:], strict=True)):
            columns = np.arange(max(0, round(start)), min(line.y.size, round(stop)))
            columns = columns[~np.isnan(line.y[columns])]
            trusted = reading.trust.get(name.removeprefix("-"), 0) >= LEAST_TRUST
            colour = _ROWS[number % len(_ROWS)]
            _line(drawn, reading, columns, line.y[columns], colour if trusted else _UNSURE, thick)
            x, y = reading.sheet.seen_at(np.array([max(start, 0) + 8]), np.array([line.baseline + 50]))
            said.append((name if (number, cell) in reading.read else f"({name})", (float(x[0]), float(y[0])), colour))
    drawn = np.ascontiguousarray(np.rot90(drawn, reading.turned))
    for name, place, tint in said:
        high, wide = picture.shape[:2]
        for _ in range(reading.turned):  # as the picture: counterclockwise, a quarter at a time
            place, wide, high = (place[1], wide - place[0]), high, wide
        cv2.putText(drawn, name, (int(place[0]), int(place[1])), cv2.FONT_HERSHEY_SIMPLEX, max(picture.shape) / 1800, tint, 2 * thick)
    shrink = min(1.0, _WIDEST / max(drawn.shape[:2]))
    return np.asarray(cv2.resize(drawn, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.uint8)


def _line(drawn: Picture, reading: SheetReading, x: npt.NDArray[Any], y: npt.NDArray[Any], colour: tuple[int, ...], thick: int) -> None:
    import cv2

    if len(x) < 2:
        return
    points = np.stack(reading.sheet.seen_at(x, y), axis=1)
    cv2.polylines(drawn, [(points * 8).round().astype(np.int32)], False, colour, thick, cv2.LINE_AA, 3)


def page_html(picture: Picture, reading: SheetReading) -> str:
    """The overlay beside the ECG redrawn to scale, with what is doubtful in words, as a page of its own."""
    import base64
    from html import escape

    from PIL import Image

    from ui.paper import ecg_svg

    stream = io.BytesIO()
    Image.fromarray(overlay(picture, reading)).save(stream, "JPEG", quality=80)
    said = "".join(f"<li>{escape(sentence)}</li>" for sentence in (*reading.doubts, *reading.record.warnings))
    photo = base64.b64encode(stream.getvalue()).decode()
    verdict = "read without doubt" if reading.sure else "read with doubts: confirm before use"
    return (
        "<!doctype html><meta charset='utf-8'><style>body{font:14px sans-serif}main{display:grid;grid-template-columns:1fr 1fr;gap:1em}"
        "img,svg{width:100%;height:auto}</style>"
        f"<h1>{escape(reading.layout.name)}: {verdict}</h1><ul>{said}</ul><p>Lead names in brackets were not read from the sheet.</p>"
        f"<main><img alt='the sheet with what was recognised' src='data:image/jpeg;base64,{photo}'>{ecg_svg(reading.record)}</main>"
    )


def read_folder(folder: Path, out: Path) -> list[tuple[str, str]]:
    """Read every picture and PDF of a folder, write for each what was recognised, and say in a line how it went."""
    from data.errors import EcgCasesError
    from data.paper.documents import read_document
    from data.paper.pictures import is_picture

    out.mkdir(parents=True, exist_ok=True)
    found = []
    for path in sorted(folder.iterdir()):
        if not path.is_file() or not is_picture(content := path.read_bytes()):
            continue
        try:
            picture, reading = read_document(content)
        except EcgCasesError as refusal:
            found.append((path.name, f"refused: {refusal}"))
            continue
        (out / f"{path.stem}.html").write_text(page_html(picture, reading), encoding="utf-8")
        masked = sum(value < LEAST_TRUST for value in reading.trust.values())
        scale = (
            f"{reading.scale.mm_per_second:g} mm/s, {reading.scale.mm_per_mv:g} mm/mV{'' if reading.scale.proven else ' taken for granted'}"
        )
        verdict = "sure" if reading.sure else "not sure"
        names = f"{len(reading.read)} of {sum(map(len, reading.layout.rows))} names read"
        lies = f", lies turned by {90 * reading.turned} degrees" if reading.turned else ""
        leads = f"{len(reading.trust) - masked} leads, {masked} masked"
        found.append((path.name, f"{verdict}: {reading.layout.name}, {scale}, {names}, {leads}{lies}"))
    return found
