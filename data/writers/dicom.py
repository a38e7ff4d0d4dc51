"""An ECG as a DICOM waveform, by pydicom: 12-lead where all leads are standard, else general ECG (PS3.3 A.34.3 and A.34.4)."""

import io
from typing import TYPE_CHECKING

from data.leads import STANDARD_LEADS
from data.readers.lead_codes import LEAD_OF_NUMBER
from data.record import EcgRecord
from data.writers.counts import GAP, counted, steps_per_millivolt

if TYPE_CHECKING:
    from pydicom import Dataset

_NUMBER_OF_LEAD = {lead: number for number, lead in LEAD_OF_NUMBER.items()}


def written(record: EcgRecord, name: str = "ecg") -> dict[str, bytes]:
    """The one file, by name. Its identifiers are new ones; it names nobody."""
    from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
    from pydicom.sequence import Sequence
    from pydicom.uid import ExplicitVRLittleEndian, GeneralECGWaveformStorage, TwelveLeadECGWaveformStorage, generate_uid

    standard = set(record.leads) <= set(STANDARD_LEADS)
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = TwelveLeadECGWaveformStorage if standard else GeneralECGWaveformStorage
    meta.MediaStorageSOPInstanceUID, meta.TransferSyntaxUID = generate_uid(), ExplicitVRLittleEndian
    dataset = FileDataset("", Dataset(), file_meta=meta, preamble=bytes(128))
    dataset.SOPClassUID, dataset.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = generate_uid(), generate_uid()
    dataset.Modality, dataset.PatientName, dataset.PatientID = "ECG", "", record.patient.id or ""
    dataset.PatientSex = record.patient.sex or ""
    if record.patient.age is not None:
        dataset.PatientAge = f"{int(record.patient.age):03d}Y" if record.patient.age >= 2 else f"{round(record.patient.age * 12):03d}M"
    if record.time:
        dataset.AcquisitionDateTime = f"{record.time:%Y%m%d%H%M%S}"
    dataset.WaveformSequence = Sequence([_rhythm(record)])
    dataset.WaveformAnnotationSequence = Sequence([_note(line) for line in (*record.printed.interpretation, *record.comments)])
    out = io.BytesIO()
    dataset.save_as(out, enforce_file_format=True)
    return {f"{name}.dcm": out.getvalue()}


def _rhythm(record: EcgRecord) -> "Dataset":
    from pydicom.dataset import Dataset
    from pydicom.sequence import Sequence

    gain = steps_per_millivolt(record.signal)
    group = Dataset()
    group.MultiplexGroupLabel, group.WaveformOriginality = "RHYTHM", "ORIGINAL"
    group.NumberOfWaveformChannels, group.NumberOfWaveformSamples = len(record.leads), record.n_samples
    group.SamplingFrequency = f"{record.fs:.10g}"
    group.WaveformBitsAllocated, group.WaveformSampleInterpretation = 16, "SS"
    group.ChannelDefinitionSequence = Sequence([_channel(lead, 1000 / gain) for lead in record.leads])
    group.add_new("WaveformPaddingValue", "OW", GAP.to_bytes(2, "little", signed=True))
    group.add_new("WaveformData", "OW", counted(record.signal, gain).T.tobytes())
    return group


def _channel(lead: str, microvolts: float) -> "Dataset":
    from pydicom.dataset import Dataset
    from pydicom.sequence import Sequence

    channel = Dataset()
    number = _NUMBER_OF_LEAD.get(lead)
    source = _coded(f"2:{number}", "MDC", f"Lead {lead}") if number else _coded(lead[:16], "99ECGCASES", lead)
    channel.ChannelLabel = lead[:16]
    channel.ChannelSourceSequence = Sequence([source])
    channel.ChannelSensitivity, channel.ChannelSensitivityCorrectionFactor = f"{microvolts:.10g}", "1"
    channel.ChannelBaseline, channel.ChannelSampleSkew, channel.WaveformBitsStored = "0", "0", 16
    channel.ChannelSensitivityUnitsSequence = Sequence([_coded("uV", "UCUM", "microvolt")])
    return channel


def _coded(value: str, scheme: str, meaning: str) -> "Dataset":
    from pydicom.dataset import Dataset

    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, scheme, meaning
    return code


def _note(text: str) -> "Dataset":
    from pydicom.dataset import Dataset

    note = Dataset()
    note.UnformattedTextValue, note.AnnotationGroupNumber = text[:1024], 0
    return note
