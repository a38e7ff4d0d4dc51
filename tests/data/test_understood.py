"""What the command inspect shows of a file."""

import json
from pathlib import Path

import numpy as np
import pytest

from data import EcgRecord, read_ecg
from data.understood import as_text, understood


def test_what_a_device_wrote_is_shown_with_its_values(shared: Path) -> None:
    record = read_ecg(shared / "formats/philips/129DYPRG.XML")
    facts = understood(record)

    assert (facts["format"], facts["rate in Hz"], facts["length in s"]) == ("Philips Sierra XML", 500, 10)
    assert facts["printed interpretation"][0] == "Sinus bradycardia"
    assert facts["error of the limb leads' laws"] < 0.02
    assert facts["peak to peak in mV"]["II"] == pytest.approx(np.ptp(record["II"]), abs=1e-4)


def test_what_was_assumed_is_shown(simulated_record: EcgRecord) -> None:
    rows = "\n".join(f"{a:.4f},{b:.4f}" for a, b in simulated_record.signal[:2].T)
    facts = understood(read_ecg(f"# fs: 500\nI,II\n{rows}\n".encode()))
    assert facts["assumed or doubtful"] == ["The table states no unit; its amplitude is that of an ECG in mV, and it was read so."]


def test_gaps_are_shown_as_a_share(simulated_record: EcgRecord) -> None:
    signal = simulated_record.signal.copy()
    signal[6, :2500] = np.nan
    assert understood(simulated_record.changed(signal=signal))["not recorded"] == {"V1": 0.5}


def test_it_is_data_and_text(simulated_record: EcgRecord) -> None:
    facts = understood(simulated_record)
    assert json.loads(json.dumps(facts)) == facts
    assert "rate in Hz: 500" in as_text(facts)
