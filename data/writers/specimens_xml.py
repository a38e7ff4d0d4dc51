"""Specimens of the XML that devices write, made from the published layouts: for tests, the fuzzing and the benchmark."""

import base64
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from data.record import EcgRecord
from data.writers.counts import counted

GAIN = 200.0  # steps a millivolt: 5 uV a step


def aecg(record: EcgRecord) -> bytes:
    """HL7 aECG: one series, one set of sequences."""
    leads = "".join(
        f'<component><sequence><code code="MDC_ECG_LEAD_{lead.upper() if lead[0] != "a" else lead}"/><value xsi:type="SLIST_PQ">'
        f'<origin value="0" unit="uV"/><scale value="{1000 / GAIN:g}" unit="uV"/>'
        f"<digits>{' '.join(map(str, row.tolist()))}</digits></value></sequence></component>"
        for lead, row in zip(record.leads, counted(record.signal, GAIN), strict=True)
    )
    time = (
        '<component><sequence><code code="TIME_ABSOLUTE"/><value xsi:type="GLIST_TS"><head value="20240131120000.000"/>'
        f'<increment value="{1 / record.fs:g}" unit="s"/></value></sequence></component>'
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><AnnotatedECG xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        '<component><series><code code="RHYTHM"/><effectiveTime><low value="20240131120000"/></effectiveTime>'
        f"<component><sequenceSet>{time}{leads}</sequenceSet></component></series></component></AnnotatedECG>"
    ).encode()


def muse(record: EcgRecord) -> bytes:
    """GE MUSE: the eight leads that are no sums of others, as MUSE stores them, behind a median beat."""

    def waveform(kind: str, n_samples: int) -> str:
        leads = "".join(
            f"<LeadData><LeadByteCountTotal>{2 * n_samples}</LeadByteCountTotal><LeadSampleCountTotal>{n_samples}</LeadSampleCountTotal>"
            f"<LeadAmplitudeUnitsPerBit>{1000 / GAIN:g}</LeadAmplitudeUnitsPerBit><LeadAmplitudeUnits>MICROVOLTS</LeadAmplitudeUnits>"
            f"<LeadSampleSize>2</LeadSampleSize><LeadID>{lead}</LeadID>"
            f"<WaveFormData>{base64.b64encode(row[:n_samples].tobytes()).decode()}</WaveFormData></LeadData>"
            for lead, row in zip(record.leads, counted(record.signal, GAIN), strict=True)
            if lead not in ("III", "aVR", "aVL", "aVF")
        )
        return (
            f"<Waveform><WaveformType>{kind}</WaveformType><SampleBase>{record.fs:g}</SampleBase>"
            f"<SampleExponent>0</SampleExponent>{leads}</Waveform>"
        )

    return (
        '<?xml version="1.0" encoding="ISO-8859-1"?><!DOCTYPE RestingECG SYSTEM "restecg.dtd"><RestingECG><PatientDemographics>'
        "<PatientID>4711</PatientID><PatientAge>64</PatientAge><AgeUnits>YEARS</AgeUnits><Gender>FEMALE</Gender>"
        "<PatientLastName>Roe</PatientLastName></PatientDemographics><TestDemographics><AcquisitionDevice>MAC55</AcquisitionDevice>"
        "<AcquisitionTime>12:30:05</AcquisitionTime><AcquisitionDate>01-31-2024</AcquisitionDate></TestDemographics>"
        "<RestingECGMeasurements><VentricularRate>60</VentricularRate><QRSDuration>96</QRSDuration></RestingECGMeasurements><Diagnosis>"
        "<DiagnosisStatement><StmtText>Sinus rhythm</StmtText></DiagnosisStatement><DiagnosisStatement><StmtFlag>ENDSLINE</StmtFlag>"
        "<StmtText>with short PR</StmtText></DiagnosisStatement><DiagnosisStatement><StmtFlag>ENDSLINE</StmtFlag>"
        f"<StmtText>Otherwise normal ECG</StmtText></DiagnosisStatement></Diagnosis>{waveform('Median', 600)}"
        f"{waveform('Rhythm', record.n_samples)}</RestingECG>"
    ).encode("latin-1")


def mortara(record: EcgRecord) -> bytes:
    """Mortara ELI: the rhythm behind a median beat."""

    def channel(kind: str, lead: str, row: npt.NDArray[np.int16]) -> str:
        data = base64.b64encode(row.astype("<i2").tobytes()).decode()
        return (
            f'<{kind} NAME="{lead}" SAMPLE_FREQ="{record.fs:g}" UNITS_PER_MV="{GAIN:g}" DURATION="{row.size}" BITS="16" FORMAT="SIGNED" '
            f'ENCODING="BASE64" OFFSET="0" DATA="{data}"/>'
        )

    rows = dict(zip(record.leads, counted(record.signal, GAIN), strict=True))
    return (
        '<?xml version="1.0" encoding="UTF-8"?><ECG ACQUISITION_TIME="20240131123005" AGE="64" AGE_UNITS="YEARS" VENT_RATE="60">'
        '<SUBJECT LAST_NAME="Roe" FIRST_NAME="Jane" ID="4711" GENDER="FEMALE" DOB="19600101"/>'
        '<SOURCE MANUFACTURER="Mortara Instrument" MODEL="ELI 250" LOW_PASS_FILTER="150"/>'
        '<AUTOMATIC_INTERPRETATION><STATEMENT TEXT="Sinus rhythm" REASON=""/><STATEMENT TEXT="Otherwise normal ECG" REASON=""/>'
        f'</AUTOMATIC_INTERPRETATION><TYPICAL_CYCLE BITS="16" FORMAT="SIGNED" ENCODING="BASE64" UNITS_PER_MV="{GAIN:g}" '
        f'SAMPLE_FREQ="{record.fs:g}" QRS_DURATION="96" QT="400">'
        f"{''.join(channel('TYPICAL_CYCLE_CHANNEL', lead, row[:600]) for lead, row in rows.items())}</TYPICAL_CYCLE>"
        f"{''.join(channel('CHANNEL', lead, row) for lead, row in rows.items())}</ECG>"
    ).encode()


def philips(record: EcgRecord, *, version: str = "1.04.01", packed: bool = True) -> bytes:
    """Philips Sierra XML of twelve leads."""
    rows = counted(record.signal, GAIN).astype(np.int64)
    data = b"".join(_packed(row) for row in _residues(rows)) if packed else rows.astype("<i2").tobytes()
    stated = (
        f'leadlabels="{" ".join(record.leads)}" numberofleads="{len(record.leads)}" samplespersecond="{record.fs:g}" '
        f'resolution="{1000 / GAIN:g}" bitspersample="16" '
        if version != "1.03"
        else ""
    )
    packing = ("compressmethod" if version == "1.03" else "compression") + f'="{"XLI" if packed else "Uncompressed"}"'
    return (
        '<?xml version="1.0" encoding="UTF-8"?><restingecgdata xmlns="http://www3.medical.philips.com"><documentinfo>'
        f"<documenttype>SierraECG</documenttype><documentversion>{version}</documentversion></documentinfo>"
        '<dataacquisition date="2024-01-31" time="12:30:05"><machine>PageWriter</machine><signalcharacteristics>'
        f"<samplingrate>{record.fs:g}</samplingrate><resolution>{1000 / GAIN:g}</resolution><bitspersample>16</bitspersample>"
        "<signaloffset>0</signaloffset><acquisitiontype>STD-12</acquisitiontype><numberchannelsallocated>12</numberchannelsallocated>"
        "</signalcharacteristics></dataacquisition><patient><generalpatientdata><patientid>4711</patientid><sex>Female</sex>"
        "<age><years>64</years></age></generalpatientdata></patient><interpretations><interpretation><statement>"
        "<leftstatement>SINUS RHYTHM</leftstatement></statement></interpretation></interpretations><waveforms>"
        f'<parsedwaveforms dataencoding="Base64" {packing} {stated}durationperchannel="{round(record.duration * 1000)}">'
        f"{base64.b64encode(data).decode()}</parsedwaveforms></waveforms></restingecgdata>"
    ).encode()


def _residues(rows: npt.NDArray[np.int64]) -> list[npt.NDArray[np.int64]]:
    """Of III, aVR, aVL and aVF only what I and II leave unexplained."""
    i, ii, iii, avr, avl, avf = rows[:6]
    return [i, ii, ii - i - iii, -avr - (i + ii) // 2, (i - iii) // 2 - avl, (ii + iii) // 2 - avf, *rows[6:]]


def _packed(row: npt.NDArray[np.int64]) -> bytes:
    """One lead in XLI: second differences one sample late, 64 added, high bytes before low ones, LZW of ten bits."""
    seconds = -np.diff(row, n=2)
    stored = np.concatenate([row[:2], seconds[1:] + 64, [64]]).astype(np.int16).view(np.uint16)
    content = (stored >> 8).astype(np.uint8).tobytes() + (stored & 255).astype(np.uint8).tobytes()
    bits = "".join(f"{code:010b}" for code in _lzw_codes(content))
    data = int(bits.ljust(-(-len(bits) // 8) * 8, "1"), 2).to_bytes(-(-len(bits) // 8), "big")
    return len(data).to_bytes(4, "little") + (1).to_bytes(2, "little") + int(seconds[0]).to_bytes(2, "little", signed=True) + data


def _lzw_codes(content: bytes) -> Iterator[int]:
    table = {bytes([code]): code for code in range(256)}
    string = content[:1]
    for byte in content[1:]:
        longer = string + bytes([byte])
        if longer in table:
            string = longer
            continue
        yield table[string]
        if len(table) <= 1022:
            table[longer] = len(table)
        string = longer[-1:]
    yield table[string]
    yield 1023
