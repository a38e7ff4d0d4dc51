"""Readers for the files that ECG devices and data sets write."""

from data.readers.read import read_ecg, read_upload

__all__ = ["read_ecg", "read_upload"]
