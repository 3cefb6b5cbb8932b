"""Transition systems as JSON files; nothing is lost but ``state_of``."""

from __future__ import annotations

import json
from typing import Any

from transition_systems.errors import InputError
from transition_systems.lts import LTS
from transition_systems.readwrite.files import PathOrFile, read_text, write_text
from transition_systems.source_span import SourceSpan

__all__ = ["format_lts_json", "parse_lts_json", "read_lts_json", "write_lts_json"]


def parse_lts_json(text: str, *, file: str | None = None) -> LTS:
    """Read a system from JSON text.

    Parameters
    ----------
    text
        What :func:`format_lts_json` wrote.
    file
        The name to show in errors.

    Returns
    -------
    LTS
        Equal to the system that was written.

    Raises
    ------
    InputError
        With line and column where the text is no JSON; with the reason where it is no system.

    Examples
    --------
    >>> lts = LTS.from_arcs(2, [(0, "a", 1)], final=[1])
    >>> parse_lts_json(format_lts_json(lts)) == lts
    True
    """
    try:
        data: Any = json.loads(text)
    except json.JSONDecodeError as error:
        span = SourceSpan(file=file, line=error.lineno, column=error.colno)
        raise InputError(f"not JSON: {error.msg}", span=span) from error
    except (RecursionError, ValueError) as error:
        raise InputError(f"not usable JSON: {error}", span=SourceSpan(file=file)) from error
    if not isinstance(data, dict):
        raise InputError(
            "not a transition system", span=SourceSpan(file=file), expected="an object"
        )
    try:
        return LTS.from_dict(data)
    except InputError as error:
        raise InputError(
            error.message, span=SourceSpan(file=file), found=error.found, expected=error.expected
        ) from error


def format_lts_json(lts: LTS) -> str:
    """Return a system as JSON text, one field a line; equal systems give equal texts.

    Parameters
    ----------
    lts
        The system.

    Returns
    -------
    str

    Examples
    --------
    >>> from transition_systems.lts import LTS
    >>> format_lts_json(LTS.from_arcs(1)).splitlines()[0]
    '{'
    """
    fields = [
        f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False, separators=(',', ':'))}"
        for key, value in lts.to_dict().items()
    ]
    return "{\n" + ",\n".join(fields) + "\n}\n"


def read_lts_json(path_or_file: PathOrFile) -> LTS:
    """Read a system from a JSON file; raises what :func:`parse_lts_json` raises.

    Parameters
    ----------
    path_or_file
        A path or an open file.

    Returns
    -------
    LTS

    Examples
    --------
    >>> import io
    >>> from transition_systems.lts import LTS
    >>> read_lts_json(io.StringIO(format_lts_json(LTS.from_arcs(1)))).n_states
    1
    """
    text, name = read_text(path_or_file)
    return parse_lts_json(text, file=name)


def write_lts_json(lts: LTS, path_or_file: PathOrFile) -> None:
    """Write a system to a JSON file.

    Parameters
    ----------
    lts
        The system.
    path_or_file
        A path, or a file that is open for writing.

    Examples
    --------
    >>> import io
    >>> from transition_systems.lts import LTS
    >>> out = io.StringIO()
    >>> write_lts_json(LTS.from_arcs(1), out)
    >>> out.getvalue()[0]
    '{'
    """
    write_text(path_or_file, format_lts_json(lts))
