"""Text from files made fit for reports: no control characters, no long lines, no local paths."""

from __future__ import annotations

import hashlib
import os
import re
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

__all__ = [
    "plain",
    "relative_path",
    "relative_uri",
    "repository_root",
    "unique_path",
    "without_local_paths",
]

_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SPACES = re.compile(r"\s+")


def plain(text: str, limit: int | None = None, *, line: bool = False, marks: bool = False) -> str:
    r"""Return a text without characters that XML, JSON or a terminal cannot carry.

    Marks that turn the direction of writing are left out: one that is not closed would turn what
    comes after it.

    Parameters
    ----------
    text
        Any text.
    limit
        The largest number of characters; a longer text ends in an ellipsis.
    line
        Make it one line.
    marks
        Keep the marks that turn the direction of writing: for ids that are compared.

    Examples
    --------
    >>> plain("a\x00b\nc", line=True), plain("abcdef", 4)
    ('a\ufffdb c', 'abc…')
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _UNFIT.sub("\ufffd", text if marks else _BIDI.sub("", text))
    if line:
        text = _SPACES.sub(" ", text).strip()
    if limit is not None and len(text) > limit:
        text = text[: limit - 1] + "…"
    return text


def repository_root(start: Path | None = None) -> Path:
    """Return the nearest folder upwards that holds ``.git``, or the folder itself."""
    folder = (start or Path.cwd()).resolve()
    return next((place for place in (folder, *folder.parents) if (place / ".git").exists()), folder)


@lru_cache(maxsize=8)
def _bases(root: Path) -> tuple[Path, ...]:
    return tuple(dict.fromkeys((root, root.resolve())))


def relative_path(source: str, root: Path) -> str:
    """Return a path relative to the root, with slashes; outside of it the bare file name.

    Examples
    --------
    >>> relative_path("-", Path.cwd())
    'stdin'
    """
    if source == "-":
        return "stdin"
    if source.startswith("<"):
        return source
    try:
        found = Path(os.path.abspath(source))
        for base in _bases(root):
            if found.is_relative_to(base):
                return found.relative_to(base).as_posix()
        real, base = found.resolve(), _bases(root)[-1]
        if real.is_relative_to(base):
            return real.relative_to(base).as_posix()
    except (OSError, ValueError, RuntimeError):
        pass
    return source.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1] or "file"


def unique_path(source: str, root: Path) -> str:
    """Return a path relative to the root; outside of it, one that no other file has.

    A digest stands for the folder, which is not told.

    Examples
    --------
    >>> import os
    >>> one, other = (unique_path(f"/{n}/x.bpmn", Path("/home")) for n in "ab")
    >>> one != other, one.rsplit("/")[-1]
    (True, 'x.bpmn')
    """
    path = relative_path(source, root)
    if "/" in path or source == "-" or source.startswith("<"):
        return path
    folder = os.path.dirname(os.path.abspath(source))
    if any(folder == str(base) for base in _bases(root)):
        return path
    digest = hashlib.sha256(folder.encode("utf-8", "surrogateescape")).hexdigest()
    return f"outside-{digest[:8]}/{path}"


def relative_uri(source: str, root: Path) -> str:
    """Return the path as a relative URI reference, percent-encoded.

    Examples
    --------
    >>> import os
    >>> relative_uri("a b/ü.bpmn", Path(os.path.abspath(".")))
    'a%20b/%C3%BC.bpmn'
    """
    path = unique_path(source, root)
    return quote(path.encode("utf-8", "replace"), safe="/!$&'()*+,;=@~-._")


def without_local_paths(text: str, source: str, root: Path) -> str:
    """Return a text in which the machine's own folders do not occur."""
    if source not in ("-", ""):
        text = text.replace(source, relative_path(source, root))
        text = text.replace(os.path.abspath(source), relative_path(source, root))
    for folder in map(str, _bases(root)):
        if len(folder) > 1:
            text = text.replace(folder + os.sep, "")
    home = str(Path.home())
    return text.replace(home + os.sep, "~/") if len(home) > 1 else text
