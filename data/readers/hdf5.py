"""The data sets of an HDF5 file, by pyfive: it is Python throughout, so that a damaged file can fail but not crash."""

import io
from collections.abc import Iterator
from typing import Any

import numpy as np

from data.errors import UnreadableEcgError
from data.readers.channels import MAX_SAMPLES

_MAGIC = b"\x89HDF\r\n\x1a\n"
_MAX_SETS = 200


def sniff(content: bytes) -> bool:
    """The magic number."""
    return content.startswith(_MAGIC)


def datasets(content: bytes, *, matlab: bool = False) -> dict[str, Any]:
    """Own name to value, of data sets and attributes in the root and in one group below it.

    Parameters
    ----------
    matlab : numbers that stand for letters are texts

    Raises
    ------
    UnreadableEcgError : a data set larger than any ECG
    """
    import pyfive

    found: dict[str, Any] = {}
    with pyfive.File(io.BytesIO(content)) as file:
        for name, node in _nodes(file):
            for key, value in list(node.attrs.items())[:50]:
                found.setdefault(key.lower(), _decoded(value))
            if isinstance(node, pyfive.Dataset):
                count = int(np.prod(node.shape, dtype=object)) if node.shape else 1
                if count > min(MAX_SAMPLES, 40 * len(content) + 1_000_000):
                    raise UnreadableEcgError(f"claims a data set of {count:,} values, wanted one ECG: save it alone")
                if node.attrs.get("MATLAB_class") in (b"cell", "cell"):  # references, which pyfive does not follow in two dimensions
                    continue
                value = node[()]
                if matlab and node.attrs.get("MATLAB_class") in (b"char", "char"):
                    value = "".join(map(chr, np.ravel(value)[:1000].tolist()))
                found[name.lower()] = _decoded(value)
    return found


def _nodes(file: Any) -> Iterator[tuple[str, Any]]:
    yield "", file
    for number, name in enumerate(file):
        node = file[name]
        if number >= _MAX_SETS or name.startswith("#"):
            continue
        yield name, node
        if hasattr(node, "keys"):
            for inner in list(node.keys())[:_MAX_SETS]:
                yield inner, node[inner]


def _decoded(value: Any) -> Any:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
