"""What an ECG, a report and a case are, and how to read them from files and data sets."""

from data.case import Case
from data.errors import DataSetError, DownloadError, EcgCasesError, InvalidEcgError, UnreadableEcgError
from data.findings import Finding
from data.leads import INDEPENDENT_LEADS, STANDARD_LEADS
from data.readers import read_ecg, read_upload
from data.record import EcgRecord, Patient

__all__ = [
    "INDEPENDENT_LEADS",
    "STANDARD_LEADS",
    "Case",
    "DataSetError",
    "DownloadError",
    "EcgCasesError",
    "EcgRecord",
    "Finding",
    "InvalidEcgError",
    "Patient",
    "UnreadableEcgError",
    "read_ecg",
    "read_upload",
]
