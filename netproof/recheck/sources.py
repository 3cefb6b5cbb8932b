"""The sources of reports, read again: the last one is kept, as evidence files come one by one."""

from __future__ import annotations

import hashlib
from io import BytesIO
from typing import Any

from translators.formats import detect_format, format_named

__all__ = ["Sources", "source_digest"]


def source_digest(data: bytes) -> str:
    """Return the digest by which evidence names its source: ``sha256:`` and 64 hex digits.

    Parameters
    ----------
    data
        The bytes of the file.

    Returns
    -------
    str

    Examples
    --------
    >>> source_digest(b"")[:15]
    'sha256:e3b0c442'
    """
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


class Sources:
    """Reads sources; what has the same name, format and bytes as the last one is not read again."""

    def __init__(self) -> None:
        self._key: tuple[str, object, str] | None = None
        self._found: Any = None

    def read(self, data: bytes, source: str, format: object) -> tuple[Any, str]:
        """Return what a reader makes of a source, and the source's digest.

        Parameters
        ----------
        data, source
            The bytes of the file, and its name.
        format
            The name of the format; recognised by content where it is none.
        """
        digest = source_digest(data)
        key = (source, format, digest)
        if key != self._key:
            self._key = None
            chosen = format_named(format) if isinstance(format, str) else detect_format(data)
            file = BytesIO(data)
            file.name = source
            self._found, self._key = chosen.read(file), key
        return self._found, digest
