"""The one exception family. Every message says what came, what was wanted and what to do."""


class EcgCasesError(Exception):
    """Anything this project refuses on purpose; a face shows its message and no traceback."""


class InvalidEcgError(EcgCasesError, ValueError):
    """An `EcgRecord` was asked for that no ECG can be: wrong shape, unknown lead, no rate."""


class UnreadableEcgError(EcgCasesError, ValueError):
    """A file that is not an ECG we can be sure of."""


class DataSetError(EcgCasesError, ValueError):
    """A folder or table that is not the data set it was taken for."""


class DownloadError(EcgCasesError, OSError):
    """A data set could not be fetched, or what came is not what its checksum promises."""
