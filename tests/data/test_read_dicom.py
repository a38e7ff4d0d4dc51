"""DICOM waveforms: pydicom's own sample against pydicom's `waveform_array`, and what vendors do to such files."""

import copy
import io
from collections.abc import Callable
from datetime import datetime

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.data import get_testdata_file

from data import STANDARD_LEADS, EcgRecord, UnreadableEcgError, read_ecg
from data.paper.layouts import layout_named
from data.paper.rendering import Print, printed
from data.paper.rendering.sheet import PIXELS_PER_MM


@pytest.fixture(scope="module")
def sample() -> bytes:
    path = get_testdata_file("waveform_ecg.dcm", download=False)
    if path is None:
        pytest.skip("this pydicom comes without its 12-lead sample")
    with open(path, "rb") as file:
        return file.read()


def _changed(content: bytes, change: Callable[[pydicom.Dataset], None]) -> bytes:
    dataset = pydicom.dcmread(io.BytesIO(content))
    change(dataset)
    out = io.BytesIO()
    dataset.save_as(out)
    return out.getvalue()


def test_the_rhythm_and_not_the_median_beat_has_the_values_of_pydicom(sample: bytes) -> None:
    expected = pydicom.dcmread(io.BytesIO(sample)).waveform_array(0)  # (n_samples, 12), microvolts
    record = read_ecg(sample)

    assert record.leads == ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
    assert (record.fs, record.n_samples) == (1000, 10_000)
    np.testing.assert_allclose(record.signal, expected.T / 1000, atol=0.5 * 1.25 / 1000)


def test_age_sex_and_time_are_kept_and_the_person_is_not(sample: bytes) -> None:
    record = read_ecg(sample)

    assert (record.patient.age, record.patient.sex, record.patient.id) == (42, "F", None)
    assert record.time == datetime(2013, 1, 25, 10, 59, 19)
    assert "Anonymous" not in repr(record)
    assert read_ecg(sample, keep_id=True).patient.id == "642341"


def test_the_rhythm_is_found_behind_the_median_beat(sample: bytes) -> None:
    def reverse(dataset: pydicom.Dataset) -> None:
        dataset.WaveformSequence = pydicom.Sequence(reversed(dataset.WaveformSequence))

    np.testing.assert_array_equal(read_ecg(_changed(sample, reverse)).signal, read_ecg(sample).signal)


def test_correction_baseline_and_millivolts_are_applied(sample: bytes) -> None:
    def change(dataset: pydicom.Dataset) -> None:
        channel = dataset.WaveformSequence[0].ChannelDefinitionSequence[1]
        channel.ChannelSensitivity = "0.00125"
        channel.ChannelSensitivityUnitsSequence[0].CodeValue = "mV"
        channel.ChannelSensitivityCorrectionFactor = "2"
        channel.ChannelBaseline = "0.5"

    plain, changed = read_ecg(sample), read_ecg(_changed(sample, change))
    np.testing.assert_allclose(changed["II"], 2 * plain["II"] + 0.5, atol=1e-5)
    assert any("II looks 2 times as large" in warning for warning in changed.warnings)


def test_padding_is_a_gap(sample: bytes) -> None:
    def change(dataset: pydicom.Dataset) -> None:
        group = dataset.WaveformSequence[0]
        samples = np.frombuffer(group.WaveformData, "<i2").reshape(-1, 12).copy()
        samples[:500, 6] = -32768
        group.WaveformData = samples.tobytes()
        group.add_new("WaveformPaddingValue", "OW", np.array([-32768], "<i2").tobytes())

    record = read_ecg(_changed(sample, change))
    assert np.isnan(record["V1"][:500]).all()
    assert np.isfinite(record["V1"][500:]).all()


def test_leads_are_known_by_label_where_the_code_is_a_vendors_own(sample: bytes) -> None:
    def change(dataset: pydicom.Dataset) -> None:
        for channel in dataset.WaveformSequence[0].ChannelDefinitionSequence:
            source = channel.ChannelSourceSequence[0]
            channel.ChannelLabel = source.CodeMeaning.replace("Lead ", "").replace(" (Einthoven)", "")
            source.CodeValue, source.CodingSchemeDesignator, source.CodeMeaning = "X99", "99VENDOR", "channel"

    np.testing.assert_array_equal(read_ecg(_changed(sample, change)).signal, read_ecg(sample).signal)


def test_groups_that_begin_one_after_the_other_are_put_on_one_timeline(sample: bytes) -> None:
    def change(dataset: pydicom.Dataset) -> None:
        whole = dataset.WaveformSequence[0]
        samples = np.frombuffer(whole.WaveformData, "<i2").reshape(-1, 12)
        sheet = []
        for column in range(4):
            group, leads = copy.deepcopy(whole), range(3 * column, 3 * column + 3)
            group.ChannelDefinitionSequence = pydicom.Sequence([whole.ChannelDefinitionSequence[i] for i in leads])
            group.NumberOfWaveformChannels, group.NumberOfWaveformSamples = 3, 2500
            group.MultiplexGroupTimeOffset = str(2500 * column)
            group.WaveformData = samples[2500 * column : 2500 * (column + 1), list(leads)].tobytes()
            sheet.append(group)
        dataset.WaveformSequence = pydicom.Sequence(sheet)

    whole, sheet = read_ecg(sample), read_ecg(_changed(sample, change))
    np.testing.assert_array_equal(sheet["V2"][5000:7500], whole["V2"][5000:7500])
    assert np.isnan(sheet["V2"][:5000]).all()
    assert np.isnan(sheet["V2"][7500:]).all()
    assert sheet.n_samples == 10_000


def _swap_codes(dataset: pydicom.Dataset) -> None:
    dataset.WaveformSequence[0].ChannelDefinitionSequence[0].ChannelSourceSequence[0].CodeValue = "5.6.3-9-2"


def _drop_rhythm(dataset: pydicom.Dataset) -> None:
    del dataset.WaveformSequence[0]


@pytest.mark.parametrize("offset_ms", ["-5", "120000"])
def test_when_the_only_group_began_does_not_matter(sample: bytes, offset_ms: str) -> None:
    def change(dataset: pydicom.Dataset) -> None:
        dataset.WaveformSequence = pydicom.Sequence(dataset.WaveformSequence[:1])
        dataset.WaveformSequence[0].MultiplexGroupTimeOffset = offset_ms

    np.testing.assert_array_equal(read_ecg(_changed(sample, change)).signal, read_ecg(sample).signal)


def test_samples_of_eight_bits_are_read(sample: bytes) -> None:
    def change(dataset: pydicom.Dataset) -> None:
        group = dataset.WaveformSequence[0]
        coarse = np.frombuffer(group.WaveformData, "<i2") // 16  # within -128 and 127 in this ECG
        group.WaveformBitsAllocated, group.WaveformSampleInterpretation = 8, "SB"
        group["WaveformData"].VR = "OB"
        group.WaveformData = coarse.clip(-128, 127).astype(np.int8).tobytes()
        for channel in group.ChannelDefinitionSequence:
            channel.ChannelSensitivity = float(channel.ChannelSensitivity) * 16

    np.testing.assert_allclose(read_ecg(_changed(sample, change)).signal, read_ecg(sample).signal, atol=16 * 1.25 / 1000)


def test_a_file_without_preamble_is_read(sample: bytes) -> None:
    np.testing.assert_array_equal(read_ecg(sample[132:], name="a.dcm").signal, read_ecg(sample).signal)


@pytest.mark.parametrize("kind", ["1.2.840.10008.5.1.4.1.1.9.1.2", "1.2.840.10008.5.1.4.1.1.9.1.3"])
def test_general_and_ambulatory_ecgs_are_read(sample: bytes, kind: str) -> None:
    def change(dataset: pydicom.Dataset) -> None:
        dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = kind

    np.testing.assert_array_equal(read_ecg(_changed(sample, change)).signal, read_ecg(sample).signal)


def test_twelve_bits_without_their_sign_extended_keep_their_sign(sample: bytes) -> None:
    def change(dataset: pydicom.Dataset) -> None:
        group = dataset.WaveformSequence[0]
        group.WaveformData = (np.frombuffer(group.WaveformData, "<i2") & 0x0FFF).tobytes()
        group.ChannelDefinitionSequence[0].WaveformBitsStored = 12

    np.testing.assert_array_equal(read_ecg(_changed(sample, change)).signal, read_ecg(sample).signal)


def test_what_the_device_printed_travels_along(sample: bytes) -> None:
    printed = read_ecg(sample).printed

    assert printed.interpretation == ("RITMO SINUSALE", "ECG NORMALE")
    assert printed.measurements == {"PR": 161, "QRS": 75, "QT": 368, "QTc": 370, "axis": 52}
    assert (printed.device, printed.filters) == ("Mortara Instrument, Inc. el250", "0.05-300 Hz")


def test_a_document_in_dicom_that_is_no_pdf_is_called_by_its_kind(sample: bytes) -> None:
    def change(dataset: pydicom.Dataset) -> None:
        del dataset.WaveformSequence
        dataset.EncapsulatedDocument = b"<ClinicalDocument/>"

    with pytest.raises(UnreadableEcgError, match="a DICOM file of a document that is no PDF"):
        read_ecg(_changed(sample, change))


def test_the_pdf_of_a_sheet_in_dicom_is_read_as_paper(sample: bytes, simulated_record: EcgRecord) -> None:
    page = io.BytesIO()
    Image.fromarray(printed(simulated_record, Print(layout_named("3x4+II")))).save(page, "PDF", resolution=25.4 * PIXELS_PER_MM)

    def change(dataset: pydicom.Dataset) -> None:
        del dataset.WaveformSequence
        dataset.EncapsulatedDocument = page.getvalue() + b"\0" * (len(page.getvalue()) % 2)

    record = read_ecg(_changed(sample, change))

    assert (record.source, record.leads) == ("paper", STANDARD_LEADS)


def _drop_unit(dataset: pydicom.Dataset) -> None:
    del dataset.WaveformSequence[0].ChannelDefinitionSequence[3].ChannelSensitivityUnitsSequence


def _claim_more(dataset: pydicom.Dataset) -> None:
    dataset.WaveformSequence[0].NumberOfWaveformSamples = 2**32 - 1


def _negative_rate(dataset: pydicom.Dataset) -> None:
    dataset.WaveformSequence[0].SamplingFrequency = "-500"


def _no_rate(dataset: pydicom.Dataset) -> None:
    del dataset.WaveformSequence[0].SamplingFrequency


def _claim_gigabytes(dataset: pydicom.Dataset) -> None:
    """A few hundred samples that a rate and offsets of a minute would spread over some 100 million."""
    groups = []
    for offset in (0, 30_000, 59_000):
        group = copy.deepcopy(dataset.WaveformSequence[0])
        group.SamplingFrequency, group.MultiplexGroupTimeOffset = "50000", str(offset)
        group.NumberOfWaveformSamples, group.WaveformData = 100, group.WaveformData[: 12 * 100 * 2]
        for number, channel in enumerate(group.ChannelDefinitionSequence if offset else ()):
            channel.ChannelSourceSequence, channel.ChannelLabel = pydicom.Sequence(), f"X{offset} {number}"
        groups.append(group)
    dataset.WaveformSequence = pydicom.Sequence(groups)


def _drop_waveform(dataset: pydicom.Dataset) -> None:
    del dataset.WaveformSequence


def _compress(dataset: pydicom.Dataset) -> None:
    dataset.WaveformSequence[0].WaveformSampleInterpretation = "MB"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_swap_codes, "calls one channel both I and II"),
        (_drop_rhythm, "only an averaged beat"),
        (_drop_unit, "without sensitivity or unit"),
        (_claim_more, "cut off"),
        (_claim_gigabytes, "2,950,100 samples in 36 channels, wanted one ECG"),
        (_negative_rate, "sampling rate is -500 Hz, wanted 40 to 50000 Hz"),
        (_no_rate, "sampling rate is 0 Hz, wanted 40 to 50000 Hz"),
        (_drop_waveform, "without a waveform"),
        (_compress, "compressed samples"),
    ],
)
def test_what_is_not_sure_is_refused(sample: bytes, change: Callable[[pydicom.Dataset], None], said: str) -> None:
    with pytest.raises(UnreadableEcgError, match=said):
        read_ecg(_changed(sample, change))


def test_a_deflated_file_is_refused_before_it_unpacks(sample: bytes) -> None:
    with pytest.raises(UnreadableEcgError, match="deflated"):
        read_ecg(sample.replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.1.99"), name="a.dcm")


@pytest.mark.parametrize("content", [b"not an ECG at all\n" * 20, b"<?xml version='1.0'?><ecg/>"])
def test_text_called_dcm_is_no_dicom(content: bytes) -> None:
    with pytest.raises(UnreadableEcgError, match=r"^ecg\.dcm: is (text|XML)"):
        read_ecg(content, name="ecg.dcm")
