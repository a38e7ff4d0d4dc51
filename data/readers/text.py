"""Text of files as desktops and devices write it."""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE


def decoded(content: bytes) -> str:
    """UTF-8; UTF-16 where its mark says so; else the code page of Western Windows, which has all letters of Latin-1. Never raises."""
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
