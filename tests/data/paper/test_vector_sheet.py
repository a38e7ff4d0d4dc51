"""PDFs of vectors, read as they were drawn: the truth is the record that was drawn, sample by sample."""

import io

import numpy as np
import pytest

from data import EcgRecord, read_ecg
from data.paper.documents import read_document
from data.paper.layouts import layout_named
from data.paper.reading import SheetReading
from data.paper.rendering import Print, printed, printed_pdf
from data.paper.stated import Stated
from data.simulated import simulate

HUNDREDTH_MV = 0.01


@pytest.fixture(scope="module")
def record() -> EcgRecord:
    return simulate("atrial fibrillation", seed=5).record


def read(content: bytes, stated: Stated | None = None) -> SheetReading:
    return read_document(content, stated)[1]


def largest_error_mv(true: EcgRecord, got: EcgRecord) -> float:
    """Over all samples that were drawn, the offset of each lead left out; both begin at the same time."""
    worst = 0.0
    for lead in got.leads:
        there = np.flatnonzero(~np.isnan(got[lead]))
        apart = got[lead][there] - np.interp(there / got.fs, np.arange(true.n_samples) / true.fs, true[lead])
        worst = max(worst, float(np.abs(apart - np.median(apart)).max()))
    return worst


@pytest.mark.parametrize("name", ["3x4", "3x4+II", "3x4+V1+II+V5", "6x2", "12x1", "3x4 cabrera+II", "6x2 cabrera", "6x1", "I+II+III"])
def test_every_sample_is_the_one_that_was_drawn(record: EcgRecord, name: str) -> None:
    reading = read(printed_pdf(record, Print(layout_named(name))))

    assert (reading.layout.name, reading.record.fs, reading.sure) == (name, record.fs, True)
    assert largest_error_mv(record, reading.record) < HUNDREDTH_MV


@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_a_page_that_is_shown_turned_is_read_upright(record: EcgRecord, rotate: int) -> None:
    reading = read(printed_pdf(record, Print(layout_named("3x4+II")), rotate=rotate))

    assert largest_error_mv(record, reading.record) < HUNDREDTH_MV


@pytest.mark.parametrize(("speed", "gain"), [(25.0, 5.0), (50.0, 20.0)])
def test_the_scale_is_that_of_pulse_and_print(record: EcgRecord, speed: float, gain: float) -> None:
    reading = read(printed_pdf(record, Print(layout_named("6x2"), mm_per_second=speed, mm_per_mv=gain), shrink=0.8))

    assert (reading.scale.mm_per_second, reading.scale.mm_per_mv) == (speed, gain)
    assert largest_error_mv(record, reading.record) < HUNDREDTH_MV


def test_a_print_that_contradicts_its_pulse_is_doubted(record: EcgRecord) -> None:
    content = printed_pdf(record, Print(layout_named("3x4+II")))

    reading = read(content.replace(b"10 mm/mV", b"20 mm/mV"))

    assert reading.doubts == ("The sheet prints 20 mm/mV, its calibration pulse says 10 mm/mV. Confirm or correct the scale.",)


def test_names_that_contradict_the_laws_are_doubted(record: EcgRecord) -> None:
    content = printed_pdf(record, Print(layout_named("3x4+II")))

    reading = read(content.replace(b"(I) Tj", b"(#) Tj").replace(b"(V3) Tj", b"(V3R) Tj"))

    assert reading.doubts == ("The sheet prints V3R for V3. Confirm or correct the layout.",)


def test_without_names_they_are_inferred_and_said_to_be(record: EcgRecord) -> None:
    reading = read(printed_pdf(record, Print(layout_named("3x4+II"), names=False)))

    assert reading.read == frozenset()
    assert any("lead names are inferred" in warning for warning in reading.record.warnings)


def test_a_strip_of_one_lead_is_the_lead_that_its_text_names(record: EcgRecord) -> None:
    reading = read(printed_pdf(record.seconds(0, 4), Print(layout_named("V1"))))

    assert (reading.record.leads, reading.sure) == (("V1",), True)
    assert reading.record.duration == pytest.approx(4, abs=0.01)


def test_a_strip_without_a_name_is_the_lead_that_a_person_states(record: EcgRecord) -> None:
    content = printed_pdf(record.seconds(0, 4), Print(layout_named("II"), names=False))

    assert read_ecg(content, name="strip.pdf", sheet=Stated(layout="V5")).leads == ("V5",)


def test_what_another_program_draws_is_read_too(record: EcgRecord) -> None:
    pyplot = pytest.importorskip("matplotlib.pyplot")
    with pyplot.rc_context({"path.simplify": False}):
        figure = pyplot.figure(figsize=(280 / 25.4, 160 / 25.4))
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, 280), ylim=(0, 160))
        axes.set_axis_off()
        axes.vlines(np.arange(0, 281, 5), 0, 160, color="pink", linewidth=0.5)
        axes.hlines(np.arange(0, 161, 5), 0, 280, color="pink", linewidth=0.5)
        for number, row in enumerate(layout_named("3x4").rows):
            for cell, lead in enumerate(row):
                part = slice(cell * 1250, (cell + 1) * 1250)
                time_mm = 15 + np.arange(part.start, part.stop) / 500 * 25
                axes.plot(time_mm, 130 - 40 * number + 10 * record[lead][part], color="black", linewidth=0.7)
                axes.text(time_mm[0] + 1, 138 - 40 * number, lead)
        stream = io.BytesIO()
        figure.savefig(stream, format="pdf")
        pyplot.close(figure)

    reading = read(stream.getvalue())

    assert (reading.layout.name, reading.record.fs, len(reading.read)) == ("3x4", 500.0, 12)
    assert largest_error_mv(record, reading.record) < HUNDREDTH_MV


def test_rows_that_are_drawn_in_one_stroke_with_their_pulse_are_cut_where_leads_change(record: EcgRecord) -> None:
    content = printed_pdf(record, Print(layout_named("3x4+II")))
    first, last = content.index(b"0.350 w 1 j") + len("0.350 w 1 j"), content.index(b"\nQ BT")
    paths = content[first:last].split(b" l S\n")
    rows = [paths[start : start + 5] for start in (0, 5, 10)] + [paths[15:]]
    strokes = b" l S\n".join(
        b" l ".join(path.strip().replace(b" m ", b" l ", number > 0) for number, path in enumerate(row)) for row in rows
    )

    reading = read(content[:first] + b"\n" + strokes.ljust(last - first - 1) + content[last:])

    strip = reading.record["II"]
    strip = strip[~np.isnan(strip)][100:-100]
    apart = [np.ptp(record["II"][start : start + strip.size] - strip) for start in range(record.n_samples - strip.size + 1)]
    assert (reading.layout.name, reading.sure) == ("3x4+II", True)
    assert min(apart) < HUNDREDTH_MV


def test_a_page_without_curves_is_not_sure_of_what_its_words_look_like(record: EcgRecord) -> None:
    content = printed_pdf(record, Print(layout_named("3x4+II")))
    start, stop = content.index(b"0.350 w 1 j"), content.index(b"\nQ BT")

    assert not read(content[:start] + b" " * (stop - start) + content[stop:]).sure


def test_a_scan_in_a_pdf_is_read_as_the_picture_that_it_is(record: EcgRecord) -> None:
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(printed(record, Print(layout_named("3x4+II")))).save(stream, "PDF", resolution=9 * 25.4)

    reading = read(stream.getvalue())

    assert reading.record.source == "paper"
    assert reading.layout.name == "3x4+II"
