"""The character encodings of XML texts: what expat reads itself, and what is decoded first."""

from __future__ import annotations

import codecs
import re

from transition_systems.errors import InputError
from transition_systems.source_span import SourceSpan

__all__ = ["declared_encoding", "invalid_utf8", "to_parse"]

_DECLARATION = re.compile(
    rb"""\A(?:\xef\xbb\xbf)?<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]{0,40})["']"""
)
_UTF8 = frozenset({"utf-8", "ascii"})
_BYTE_ORDER = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MULTIBYTE = frozenset(
    {"gb2312", "gbk", "gb18030", "big5", "big5hkscs", "cp932", "cp936", "cp949", "cp950", "johab"}
    | {"shift_jis", "shift_jis_2004", "euc_jp", "euc_jis_2004", "euc_kr"}
)
_SINGLE_BYTE = re.compile(r"(iso8859-\d+|latin|cp\d+|koi8-[rtu]|mac-[a-z0-9]+|tis-620|hp-roman8)")


def declared_encoding(data: bytes) -> str | None:
    """Return the codec named by the XML declaration where it is not UTF-8, else ``None``.

    Examples
    --------
    >>> declared_encoding(b'<?xml version="1.0" encoding="ISO-8859-1"?><a/>')
    'iso8859-1'
    """
    match = _DECLARATION.match(data)
    if match is None:
        return None
    name = match.group(1).decode("ascii")
    try:
        codec = codecs.lookup(name).name
    except LookupError:
        return name
    return None if codec in _UTF8 else codec


def to_parse(data: bytes | str, *, file: str | None = None) -> tuple[bytes, str | None]:
    """Return the bytes for expat and the encoding to force on it, ``None`` for its own choice.

    A declaration of UTF-16 over bytes that are plainly not UTF-16 (a known slip of some exporters)
    is read as UTF-8. Asian multi-byte encodings, which expat does not know, are decoded here.

    Raises
    ------
    InputError
        When the encoding is not known, or the text does not fit it.
    """
    if isinstance(data, str):
        try:
            return data.encode("utf-8"), "utf-8"
        except UnicodeEncodeError as error:
            line, column = _place(data[: error.start])
            raise InputError(
                "the text holds half of a surrogate pair, which is no character",
                span=SourceSpan(file=file, line=line, column=column),
                found=f"U+{ord(data[error.start]):04X}",
            ) from None
    encoding = declared_encoding(data)
    if encoding is None or data[:2] in _BYTE_ORDER:
        return data, None
    if encoding.startswith("utf-16"):
        return data, "utf-8"
    if encoding == "iso8859-1":
        return data, "iso-8859-1"
    if encoding in _MULTIBYTE or _SINGLE_BYTE.fullmatch(encoding):
        try:
            return data.decode(encoding).encode("utf-8"), "utf-8"
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise InputError(
                f"the text is not valid {encoding}, which its XML declaration names",
                span=SourceSpan(file=file, line=line),
                found=f"byte 0x{data[error.start]:02x}",
            ) from None
    raise InputError(
        "the encoding that the XML declaration names is not known",
        span=SourceSpan(file=file, line=1, column=1),
        found=encoding,
        mend="Save the file as UTF-8.",
    )


def invalid_utf8(data: bytes) -> tuple[int, int, int] | None:
    """Return offset, line and column of the first byte that is not UTF-8, or ``None``.

    Examples
    --------
    >>> invalid_utf8(b"ab\\n\\xff")
    (3, 2, 1)
    """
    if data[:2] in _BYTE_ORDER or b"\x00" in data[:4]:
        return None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = _place(data[: error.start].decode("utf-8"))
        return error.start, line, column
    return None


def _place(before: str) -> tuple[int, int]:
    return before.count("\n") + 1, len(before) - before.rfind("\n")
