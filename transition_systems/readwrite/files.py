"""Reading and writing whole files: a size limit before the first byte, one kind of error.

Every reader of the toolkit takes a path or an open file and goes through :func:`read_bytes`, so a
file that is too large, missing or a folder is the same clear error everywhere.
"""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Callable
from typing import IO, TypeAlias, cast

from transition_systems.errors import InputError
from transition_systems.source_span import SourceSpan

__all__ = ["MAX_BYTES", "PathOrFile", "file_name", "read_bytes", "read_text", "write_text"]

MAX_BYTES = 32 << 20

PathOrFile: TypeAlias = "str | os.PathLike[str] | IO[bytes] | IO[str]"


def file_name(path_or_file: PathOrFile) -> str | None:
    """Return the name to show for a path or an open file, ``None`` where it has none.

    Examples
    --------
    >>> file_name("nets/order.pnml")
    'nets/order.pnml'
    """
    if isinstance(path_or_file, str):
        return path_or_file
    if isinstance(path_or_file, os.PathLike):
        return os.fspath(path_or_file)
    name: object = getattr(path_or_file, "name", None)
    return name if isinstance(name, str) else None


def read_bytes(path_or_file: PathOrFile, *, max_bytes: int = MAX_BYTES) -> bytes:
    """Return the content of a file as bytes, refusing one that is too large before reading it.

    Parameters
    ----------
    path_or_file
        A path, or a file that is open for reading (text is encoded as UTF-8).
    max_bytes
        The largest size that is accepted.

    Returns
    -------
    bytes
        The whole content.

    Raises
    ------
    InputError
        When the file is missing, cannot be read, is a folder, or is larger than ``max_bytes``.

    Examples
    --------
    >>> import io
    >>> read_bytes(io.StringIO("ab"))
    b'ab'
    """
    name = file_name(path_or_file)
    if isinstance(path_or_file, (str, os.PathLike)):
        try:
            with open(path_or_file, "rb") as file:
                status = os.fstat(file.fileno())
                if stat.S_ISREG(status.st_mode) and status.st_size > max_bytes:
                    raise _too_large(name, max_bytes, f"{status.st_size} bytes")
                data = file.read(max_bytes + 1)
        except (OSError, ValueError) as error:
            if isinstance(error, InputError):
                raise
            why = error.strerror if isinstance(error, OSError) else str(error)
            raise InputError(
                f"the file cannot be read: {why}", span=SourceSpan(file=name)
            ) from error
    else:
        try:
            content = path_or_file.read(max_bytes + 1)
            data = content.encode("utf-8") if isinstance(content, str) else content
        except UnicodeError as error:
            raise InputError(
                f"the text cannot be decoded: {error}",
                span=SourceSpan(file=name),
                mend="Open the file in binary mode ('rb').",
            ) from error
    if len(data) > max_bytes:
        raise _too_large(name, max_bytes, f"more than {max_bytes} bytes")
    return data


def read_text(path_or_file: PathOrFile) -> tuple[str, str | None]:
    """Return the content of a file in UTF-8, and the name to show for it.

    Parameters
    ----------
    path_or_file
        A path, or a file that is open for reading.

    Returns
    -------
    tuple of str, and str or None
        The text, without a byte order mark, and the name.

    Raises
    ------
    InputError
        As :func:`read_bytes`, and when the content is not UTF-8.

    Examples
    --------
    >>> import io
    >>> read_text(io.BytesIO("\ufeffgrün".encode()))
    ('grün', None)
    """
    name = file_name(path_or_file)
    try:
        return read_bytes(path_or_file).decode("utf-8-sig"), name
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8: {error}", span=SourceSpan(file=name)) from error


def _too_large(name: str | None, max_bytes: int, found: str) -> InputError:
    return InputError(
        "the file is too large",
        span=SourceSpan(file=name),
        found=found,
        expected=f"at most {max_bytes} bytes",
    )


def write_text(path_or_file: PathOrFile, text: str) -> None:
    """Write text as UTF-8 with ``\\n`` line ends to a path, or into an open file.

    Parameters
    ----------
    path_or_file
        A path, or a file that is open for writing, in text or in binary mode.
    text
        The whole content.

    Examples
    --------
    >>> import io
    >>> out = io.BytesIO()
    >>> write_text(out, "ü")
    >>> out.getvalue()
    b'\\xc3\\xbc'
    """
    if isinstance(path_or_file, (str, os.PathLike)):
        with open(path_or_file, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        return
    write = cast("Callable[[object], object]", path_or_file.write)
    if isinstance(path_or_file, io.TextIOBase):
        write(text)
        return
    try:
        write(text.encode("utf-8"))
    except TypeError:
        write(text)
