"""The picture of an ECG."""

import numpy as np
import pytest
import torch

from data import EcgRecord, simulated
from encoders.canvas import Canvas

CANVAS = Canvas()
ECG = simulated.simulate("normal", seed=3).record


def test_a_trace_has_a_row_a_lead_and_a_column_a_hundredth_of_a_second() -> None:
    assert CANVAS.trace(ECG).shape == (12, 1000)


def test_what_was_not_recorded_stays_open() -> None:
    short = ECG.seconds(0, 4)

    trace = CANVAS.trace(short.changed(leads=short.leads[:6], signal=short.signal[:6]))

    recorded = np.zeros((12, 1000), bool)
    recorded[:6, :400] = True
    np.testing.assert_array_equal(~np.isnan(trace), recorded)


def test_open_spans_are_zero_in_every_channel_of_the_picture() -> None:
    traces = torch.from_numpy(CANVAS.trace(ECG))[None].clone()
    traces[:, 3, 200:500] = torch.nan

    picture = CANVAS.paint(traces)

    assert picture[:, :, 3, 200:500].abs().max() == 0


def test_the_third_channel_says_what_was_recorded() -> None:
    traces = torch.zeros(1, 12, 1000)
    traces[:, 5] = torch.nan

    recorded = CANVAS.paint(traces)[0, 2]

    assert recorded.sum(dim=1).tolist() == [1000.0] * 5 + [0.0] + [1000.0] * 6


def test_voltage_is_kept_in_millivolts() -> None:
    t = np.arange(1000) / 100
    wave = EcgRecord(("II",), np.sin(2 * np.pi * 8 * t)[None], 100)

    trace = CANVAS.trace(wave)[1]

    assert np.abs(trace[200:800]).max() == pytest.approx(1.0, abs=0.03)


def test_baseline_wander_and_offset_are_taken_out() -> None:
    t = np.arange(1000) / 100
    wander = EcgRecord(("II",), (3.0 + 0.5 * np.sin(2 * np.pi * 0.1 * t)[None]).astype(np.float32), 100)

    trace = CANVAS.trace(wander)[1]

    assert np.abs(trace[100:900]).max() < 0.03


def test_the_shape_channel_is_the_same_at_twice_the_gain() -> None:
    loud, louder = (torch.from_numpy(gain * CANVAS.trace(ECG))[None] for gain in (10.0, 20.0))

    torch.testing.assert_close(CANVAS.paint(loud)[:, 1], CANVAS.paint(louder)[:, 1], rtol=0.05, atol=0.01)


def test_leads_in_any_order_give_the_same_trace() -> None:
    turned = ECG.changed(leads=ECG.leads[::-1], signal=ECG.signal[::-1])

    np.testing.assert_array_equal(CANVAS.trace(turned), CANVAS.trace(ECG))
