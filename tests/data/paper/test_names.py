"""Printed names: read where they stand, checked against the laws, and telling which way is up. The truth is what was printed."""

from dataclasses import replace

import numpy as np
import pytest

from data import EcgRecord, UnreadableEcgError
from data.paper.arrange import arranged
from data.paper.captions import captions_at, scale_with_print
from data.paper.layouts import layout_named
from data.paper.names import Seen
from data.paper.reading import SheetReading, read_sheet
from data.paper.rendering import Print, photographed, printed
from data.paper.rendering.sheet import PIXELS_PER_MM
from data.paper.scale import Scale
from data.paper.stated import Stated
from data.paper.timing import Span
from data.paper.trace import Line
from data.simulated import simulate

FS = 200.0  # of a flat sheet at 25 mm/s


@pytest.fixture(scope="module")
def record() -> EcgRecord:
    return simulate("normal", seed=3).record


def scanned(record: EcgRecord, how: Print, *, quarters: int = 0, stated: Stated | None = None) -> SheetReading:
    picture = photographed(printed(record, how), "clean scan", np.random.default_rng(5), pixels_per_mm=PIXELS_PER_MM)
    return read_sheet(np.ascontiguousarray(np.rot90(picture, quarters)), stated)


def rows_of(record: EcgRecord, name: str) -> np.ndarray:
    """The rows of a layout, (row, sample) mV, as if traced without fault."""
    record = record.resampled(FS).standard()
    rows = []
    for leads in layout_named(name).rows:
        edges = np.linspace(0, record.n_samples, len(leads) + 1).astype(int)
        parts = zip(leads, edges[:-1], edges[1:], strict=True)
        rows.append(np.concatenate([(-1 if lead[0] == "-" else 1) * record[lead.removeprefix("-")][a:b] for lead, a, b in parts]))
    return np.stack(rows)


def printed_names(name: str, certainty: float = 0.95) -> dict[tuple[int, int], Seen]:
    rows = layout_named(name).rows
    return {(row, cell): Seen(lead, 0, 0, certainty) for row, leads in enumerate(rows) for cell, lead in enumerate(leads)}


def with_a_strange_strip(record: EcgRecord) -> np.ndarray:
    """3x4 and a strip that shows another heart."""
    return np.stack([*rows_of(record, "3x4"), rows_of(simulate("atrial fibrillation", seed=8).record, "3x4+II")[3]])


class TestOnSheets:
    def test_names_are_read_where_they_are_printed(self, record: EcgRecord) -> None:
        reading = scanned(record, Print(layout_named("3x4+II")))

        assert len(reading.read) >= 11
        assert reading.sure

    @pytest.mark.parametrize("quarters", [1, 2, 3])
    def test_a_sheet_that_lies_on_its_side_or_upside_down_is_read_upright(self, record: EcgRecord, quarters: int) -> None:
        reading = scanned(record, Print(layout_named("3x4+II")), quarters=quarters)

        assert (reading.turned + quarters) % 4 == 0
        assert reading.layout.name == "3x4+II"

    def test_upside_down_without_names_is_doubted(self, record: EcgRecord) -> None:
        reading = scanned(record, Print(layout_named("3x4+II"), names=False, header=False, scale_at="none"), quarters=2)

        assert not reading.sure

    def test_a_strip_is_the_lead_that_a_person_states(self, record: EcgRecord) -> None:
        strip = Print(layout_named("II"), names=False, row_mm=40)

        read = scanned(record.seconds(0, 6), strip, stated=Stated(layout="V1")).record

        assert read.leads == ("V1",)
        assert read.duration == pytest.approx(6, abs=0.2)

    def test_a_strip_that_only_its_printed_name_names_is_doubted(self, record: EcgRecord) -> None:
        reading = scanned(record, Print(layout_named("aVF"), row_mm=40))

        assert reading.layout.name == "aVF"
        assert not reading.sure

    def test_a_strip_of_less_than_two_seconds_is_refused(self, record: EcgRecord) -> None:
        with pytest.raises(UnreadableEcgError, match=r"s of an ECG, wanted at least 2"):
            scanned(record.seconds(0, 1.5), Print(layout_named("II"), row_mm=40), stated=Stated(layout="II"))


class TestLayoutFromNamesAndLaws:
    def test_names_settle_what_the_laws_leave_open(self, record: EcgRecord) -> None:
        rows = rows_of(record, "3x4")
        rows[:, : rows.shape[1] // 2] = np.nan  # the limb leads cannot be seen

        found = arranged(rows, FS, 4, printed_names("3x4"))

        assert found is not None
        assert found.layout.name == "3x4"
        assert found.named

    def test_names_against_the_laws_are_doubted(self, record: EcgRecord) -> None:
        found = arranged(rows_of(record, "3x4 cabrera"), FS, 4, printed_names("3x4"))

        assert found is not None
        assert found.doubts

    def test_a_strip_that_repeats_no_lead_is_left_out_where_names_settle_the_layout(self, record: EcgRecord) -> None:
        names = printed_names("3x4+II")
        del names[3, 0]

        found = arranged(with_a_strange_strip(record), FS, 4, names)

        assert found is not None
        assert (found.layout.name, found.doubts) == ("3x4+?", ())

    def test_a_strip_that_repeats_no_lead_is_doubted_where_few_names_were_read(self, record: EcgRecord) -> None:
        found = arranged(with_a_strange_strip(record), FS, 4, {(0, 0): Seen("I", 0, 0, 0.95)})

        assert found is not None
        assert len(found.doubts) == 1

    def test_a_strip_that_is_like_a_lead_which_strips_seldom_show_is_believed_where_its_name_is_printed(self, record: EcgRecord) -> None:
        rows = rows_of(record, "3x4+V4")

        found = [arranged(rows, FS, 4, names) for names in (printed_names("3x4+V4"), printed_names("3x4"))]

        assert [one and one.layout.name for one in found] == ["3x4+V4", "3x4+?"]

    @pytest.mark.parametrize(("certainty", "doubted"), [(0.95, True), (1.0, False)])
    def test_its_name_is_doubted_where_it_was_recognised(self, record: EcgRecord, certainty: float, doubted: bool) -> None:
        names = printed_names("3x4+V4") | {(3, 0): Seen("V4", 0, 0, certainty)}

        found = arranged(rows_of(record, "3x4+V4"), FS, 4, names)

        assert found is not None
        assert any("read as V4" in doubt for doubt in found.doubts) == doubted

    def test_a_strip_of_v5_of_which_the_name_is_read_as_v6_is_v5(self, record: EcgRecord) -> None:
        names = printed_names("3x4+V5") | {(3, 0): Seen("V6", 0, 0, 0.95)}

        found = arranged(rows_of(record, "3x4+V5"), FS, 4, names)

        assert found is not None
        assert found.layout.name == "3x4+V5"

    def test_one_name_that_is_another_is_doubted(self, record: EcgRecord) -> None:
        names = printed_names("3x4") | {(2, 2): Seen("V3R", 0, 0, 0.95)}

        found = arranged(rows_of(record, "3x4"), FS, 4, names)

        assert found is not None
        assert found.doubts == ("The sheet prints V3R for V3. Confirm or correct the layout.",)

    def test_a_name_misread_as_one_that_stands_elsewhere_is_none(self, record: EcgRecord) -> None:
        names = printed_names("3x4") | {(1, 3): Seen("V6", 0, 0, 0.95)}

        found = arranged(rows_of(record, "3x4"), FS, 4, names)

        assert found is not None
        assert found.doubts == ()
        assert (1, 3) not in found.read

    def test_a_name_misread_as_one_whose_own_was_not_read_is_none(self, record: EcgRecord) -> None:
        names = printed_names("3x4") | {(1, 3): Seen("V6", 0, 0, 0.95)}
        del names[2, 3]

        found = arranged(rows_of(record, "3x4"), FS, 4, names)

        assert found is not None
        assert found.doubts == ()

    def test_two_names_exchanged_are_doubted(self, record: EcgRecord) -> None:
        names = printed_names("3x4") | {(1, 3): Seen("V6", 0, 0, 0.95), (2, 3): Seen("V5", 0, 0, 0.95)}

        found = arranged(rows_of(record, "3x4"), FS, 4, names)

        assert found is not None
        assert found.doubts == ("The sheet prints V6 for V5, V5 for V6. Confirm or correct the layout.",)


def line(baseline: float) -> Line:
    nothing = np.zeros(2000, bool)
    return Line(baseline, np.full(2000, baseline), ~nothing, shared=nothing, leapt=nothing, cut=nothing)


def test_a_word_that_stands_as_no_other_does_is_no_caption() -> None:
    lines, span = [line(200), line(440), line(680)], Span(0, 2000, (0, 2000))
    names = [Seen(name, 20, row.baseline - 60, 0.9) for name, row in zip(("I", "II", "III"), lines, strict=True)]

    found = captions_at([*names, Seen("V5", 80, 250, 0.9)], lines, span, 4)

    assert {place: word.name for place, word in found.items()} == {(0, 0): "I", (1, 0): "II", (2, 0): "III"}


class TestPrintedScale:
    pulse = Scale(25.0, 10.0, True, ())
    words = (Seen("25 mm/s", 0, 0, 0.95), Seen("20 mm/mV", 0, 0, 0.95))

    def test_it_is_taken_where_there_is_no_pulse_and_doubted_where_it_is_unusual(self) -> None:
        scale, doubts = scale_with_print(replace(self.pulse, proven=False), self.words)

        assert (scale.mm_per_second, scale.mm_per_mv) == (25.0, 20.0)
        assert doubts == ["Only the printed 25 mm/s and 20 mm/mV say the scale: confirm or correct it."]

    def test_two_halves_in_a_line_bear_each_other_out(self) -> None:
        line = (Seen("25 mm/s", 300, 1110, 0.78), Seen("5 mm/mV", 448, 1108, 0.84))

        scale, doubts = scale_with_print(replace(self.pulse, proven=False), line)

        assert scale.mm_per_mv == 5.0
        assert len(doubts) == 1

    def test_a_sure_word_is_not_lost_to_less_sure_ones_in_a_line(self) -> None:
        line = (Seen("25 mm/s", 300, 1110, 0.78), Seen("5 mm/mV", 448, 1108, 0.84))

        scale, _ = scale_with_print(replace(self.pulse, proven=False), (*self.words, *line))

        assert scale.mm_per_mv == 20.0

    def test_a_pulse_is_not_doubted_for_words_of_which_neither_is_sure(self) -> None:
        line = (Seen("25 mm/s", 300, 1110, 0.78), Seen("5 mm/mV", 448, 1108, 0.84))

        scale, doubts = scale_with_print(self.pulse, line)

        assert (scale.mm_per_mv, doubts) == (10.0, [])

    @pytest.mark.parametrize("printed", [10.0, 20.0])
    def test_the_end_of_a_longer_number_is_no_number(self, printed: float) -> None:
        tens = f"{printed:g} mm/mV"
        line = (Seen("25 mm/s", 300, 1110, 0.78), Seen("5 mm/mV", 448, 1108, 0.84), Seen(tens, 448 - 2.2 * 8, 1106, 0.6))

        assert scale_with_print(replace(self.pulse, proven=False), line)[0].mm_per_mv == printed

    def test_a_longer_number_elsewhere_is_another_word(self) -> None:
        line = (Seen("25 mm/s", 300, 1110, 0.78), Seen("5 mm/mV", 448, 1108, 0.84), Seen("10 mm/mV", 448 - 30 * 8, 1106, 0.6))

        assert scale_with_print(replace(self.pulse, proven=False), line)[0].mm_per_mv == 5.0

    def test_half_a_scale_that_stands_alone_is_not_believed(self) -> None:
        specks = (Seen("25 mm/s", 300, 650, 0.78), Seen("5 mm/mV", 448, 1108, 0.84))

        scale, doubts = scale_with_print(replace(self.pulse, proven=False), specks)

        assert (scale.mm_per_mv, doubts) == (10.0, [])

    def test_it_is_doubted_where_the_pulse_says_otherwise(self) -> None:
        scale, doubts = scale_with_print(self.pulse, self.words)

        assert scale.mm_per_mv == 10.0
        assert doubts == ["The sheet prints 20 mm/mV, its calibration pulse says 10 mm/mV. Confirm or correct the scale."]
