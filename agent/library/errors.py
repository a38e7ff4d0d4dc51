"""What a library refuses."""

from data.errors import EcgCasesError


class NotALibraryError(EcgCasesError, ValueError):
    """A path or an address where there is no library of this project's format."""


class WrongEncoderError(EcgCasesError, ValueError):
    """A library whose vectors another encoder made."""


class LibraryBusyError(EcgCasesError, RuntimeError):
    """Another process is adding to the library."""


class UnknownCaseError(EcgCasesError, KeyError):
    """A case id that the library does not have."""

    def __str__(self) -> str:  # KeyError would quote it
        return str(self.args[0])
