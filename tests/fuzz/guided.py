"""Damage guided by the lines that it reaches, with atheris where it is installed: `python -m tests.fuzz.guided CORPUS -max_total_time=60`.

The folder CORPUS gets a small sound file of every format that is one file, and keeps what reached new lines. Arguments are libFuzzer's.
"""

import sys
from pathlib import Path


def main() -> None:
    """The command; ends with the first fault, or as libFuzzer is told to."""
    import atheris

    with atheris.instrument_imports(include=["data.readers", "edfio", "pyfive"]):  # before anything else imports them
        from data import UnreadableEcgError, read_upload
    from tests.fuzz.seeds import seeds

    corpus = Path(sys.argv[1])
    corpus.mkdir(parents=True, exist_ok=True)
    for name, files in seeds().items():
        if len(files) == 1:
            (corpus / f"sound {name}").write_bytes(next(iter(files.values())))

    def one(content: bytes) -> None:
        try:
            read_upload({"a": content})
        except UnreadableEcgError as refusal:
            if isinstance(refusal.__cause__, MemoryError) or "\n" in str(refusal):
                raise RuntimeError(f"must not: {refusal!r}") from refusal

    atheris.Setup([*sys.argv[:1], str(corpus), *sys.argv[2:]], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
