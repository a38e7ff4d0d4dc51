"""An ECG printed as a PDF of vectors, as devices export it: grid and traces are paths, names and scale are text."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from data.paper.layouts import cell_seconds
from data.paper.rendering.sheet import GRIDS, Print, size_mm, top_mm
from data.record import EcgRecord

_POINT = 72 / 25.4  # a mm
_LEFT_MM = 20.0


def printed_pdf(record: EcgRecord, how: Print, *, rotate: int = 0, shrink: float = 1.0) -> bytes:
    """The sheet as a PDF page, sample for sample.

    Parameters
    ----------
    record : (n_leads, n_samples) mV; its first ten seconds are drawn, each lead in its own part of them
    rotate : degrees by which the page says that it is to be turned clockwise when shown
    shrink : of the drawing, as of a sheet that was fitted to other paper
    """
    width, height = size_mm(how)
    scale = _POINT * shrink
    content = [f"q {scale:.6f} 0 0 {-scale:.6f} 0 {height * scale:.6f} cm", *_grid(how, width, height)]  # mm from the upper left corner
    content += ["{:.3f} {:.3f} {:.3f} RG".format(*(value / 255 for value in how.pen)), f"{how.pen_mm:.3f} w 1 j", *_traces(record, how)]
    content += ["Q BT", *_texts(how, height, scale), "ET"]
    return _file("\n".join(content).encode("latin-1"), width * scale, height * scale, rotate)


def _grid(how: Print, width: float, height: float) -> Iterator[str]:
    _, thin, bold = GRIDS[how.grid]
    if thin is None or bold is None:
        return
    top = top_mm(how) - 4
    for step, colour, wide in ((1, thin, 0.1), (5, bold, 0.2)):
        if step == 1 and how.bold_only:
            continue
        yield "{:.3f} {:.3f} {:.3f} RG".format(*(value / 255 for value in colour)) + f" {wide} w"
        for x in np.arange(0, width, step):
            yield f"{x:.3f} {top:.3f} m {x:.3f} {height:.3f} l S"
        for y in np.arange(top, height, step):
            yield f"0 {y:.3f} m {width:.3f} {y:.3f} l S"


def _traces(record: EcgRecord, how: Print) -> Iterator[str]:
    record = record.standard()
    for row, leads in enumerate(how.layout.rows):
        baseline, seconds = _baseline(how, row), cell_seconds(how.layout, row)
        if how.pulse != "none":
            wide, high = 0.2 * how.mm_per_second, how.mm_per_mv
            x = 8 if how.pulse == "left" else _LEFT_MM + 10 * how.mm_per_second + 3
            yield _path(x + np.array([0, 1, 1, 1 + wide, 1 + wide, 2 + wide]), baseline - np.array([0, 0, high, high, 0, 0]))
        for cell, lead in enumerate(leads):
            sign = -1 if lead.startswith("-") else 1
            first, last = round(cell * seconds * record.fs), round((cell + 1) * seconds * record.fs)
            mv = sign * record[lead.removeprefix("-")][first:last]
            yield _path(_LEFT_MM + np.arange(first, first + mv.size) / record.fs * how.mm_per_second, baseline - mv * how.mm_per_mv)


def _path(x: npt.NDArray[np.floating], y: npt.NDArray[np.floating]) -> str:
    drawn = ~np.isnan(y)
    points = [f"{a:.4f} {b:.4f}" for a, b in zip(x[drawn], y[drawn], strict=True)]
    return f"{' l '.join([f'{points[0]} m {points[1]}', *points[2:]])} l S" if len(points) > 1 else ""


def _texts(how: Print, height: float, scale: float) -> Iterator[str]:
    for row, leads in enumerate(how.layout.rows):
        for cell, lead in enumerate(leads):
            x = _LEFT_MM + cell * cell_seconds(how.layout, row) * how.mm_per_second + 1
            if how.names:
                yield _text(x, _baseline(how, row) - min(10, 0.38 * how.row_mm), lead, height, scale)
    if how.scale_at != "none":
        yield _text(20, height - 5, f"{how.mm_per_second:g} mm/s   {how.mm_per_mv:g} mm/mV   0.05-150 Hz", height, scale)


def _text(x: float, y: float, said: str, height: float, scale: float) -> str:
    return f"/F {3.2 * scale:.3f} Tf 1 0 0 1 {x * scale:.3f} {(height - y) * scale:.3f} Tm ({said}) Tj"


def _baseline(how: Print, row: int) -> float:
    return top_mm(how) + (row + 0.5) * how.row_mm


def _file(content: bytes, width: float, height: float, rotate: int) -> bytes:
    """A PDF of one page (ISO 32000-1, 7.5)."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width:.3f} {height:.3f}] /Rotate {rotate} /Contents 4 0 R".encode()
        + b" /Resources << /Font << /F 5 0 R >> >> >>",
        f"<< /Length {len(content)} >>\nstream\n".encode() + content + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    file, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(file))
        file += f"{number} 0 obj\n".encode() + one + b"\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    trailer = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\n"
    return file + trailer.encode() + f"startxref\n{len(file)}\n%%EOF\n".encode()
