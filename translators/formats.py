"""The file formats that are known: found by entry points, chosen by name or by content.

A format is an object of class :class:`Format`, published under the entry point group
``netproof.formats``. In a plain checkout, where no distribution is installed, the formats of this
repository are found by a built-in table.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

from transition_systems.errors import InputError, UsageError
from transition_systems.readwrite.files import PathOrFile
from transition_systems.source_span import SourceSpan

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["HEAD", "Format", "detect_format", "format_named", "formats"]

_GROUP = "netproof.formats"
_BUILT_IN = {
    "bpmn": "translators.bpmn",
    "definition": "translators.definition",
    "pnml": "translators.pnml",
    "aut": "translators.systems:AUT",
    "fsm": "translators.systems:FSM",
    "lts": "translators.systems:LTS_JSON",
    "machine": "translators.systems:MACHINE",
}
HEAD = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One file format.

    Parameters
    ----------
    name, title
        The word for ``--from``, and what people call the format.
    extensions
        Usual file name endings, with the dot; a hint for listings, no part of recognition.
    detect
        Whether a file begins like one of this format; gets up to 64 KiB, never raises.
    read
        The reader; takes a path or an open file. A ``"workflow"`` reader returns a ``ReadResult``,
        a ``"net"`` reader a ``PetriNet``, a ``"system"`` reader a ``NamedSystem``.
    kind
        What is read: a workflow graph, a net or a transition system.
    """

    name: str
    title: str
    extensions: tuple[str, ...]
    detect: Callable[[bytes], bool]
    read: Callable[[PathOrFile], Any]
    kind: Literal["workflow", "net", "system"] = "workflow"


def formats() -> tuple[Format, ...]:
    """Return all known formats, those of this repository first, then by name.

    An entry point that cannot be imported is passed over: a broken plug-in does not stop the rest.

    Returns
    -------
    tuple of Format

    Examples
    --------
    >>> "bpmn" in [known.name for known in formats()]
    True
    """
    found: dict[str, Format] = {}
    for name, module in _BUILT_IN.items():
        try:
            home, _, attribute = module.partition(":")
            candidate = getattr(import_module(home), attribute or "FORMAT", None)
        except ModuleNotFoundError:
            continue
        if isinstance(candidate, Format):
            found[name] = candidate
    for point in _entry_points():
        if point.name in found:
            continue
        try:
            candidate = point.load()
        except (ImportError, AttributeError):
            continue
        if isinstance(candidate, Format):
            found.setdefault(candidate.name, candidate)
    return tuple(found.values())


@cache
def _entry_points() -> tuple[EntryPoint, ...]:
    """Return what installed packages register, looked up once."""
    from importlib.metadata import entry_points

    return tuple(sorted(entry_points(group=_GROUP), key=lambda point: point.name))


def format_named(name: str) -> Format:
    """Return the format of a name.

    Parameters
    ----------
    name
        As in ``--from``.

    Returns
    -------
    Format

    Raises
    ------
    UsageError
        If there is no such format; the message names the nearest one and all that are known.

    Examples
    --------
    >>> format_named("bpmn").title
    'BPMN 2.0'
    """
    known = {candidate.name: candidate for candidate in formats()}
    if name in known:
        return known[name]
    near = get_close_matches(name, known, 1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise UsageError(f"unknown format {name!r}{hint} (known: {', '.join(known)})")


def detect_format(data: bytes) -> Format:
    """Recognise the format of a file by its content.

    Parameters
    ----------
    data
        The file's bytes; the first 64 KiB are looked at.

    Returns
    -------
    Format

    Raises
    ------
    InputError
        If no known format fits; says which are known, and which other format it looks like.

    Examples
    --------
    >>> detect_format(b'{"activities": {}, "start_activity": "a"}').name
    'definition'
    """
    head = data[:HEAD]
    known = formats()
    for candidate in known:
        if candidate.detect(head):
            return candidate
    names = ", ".join(f"{candidate.name} ({candidate.title})" for candidate in known)
    if not data.strip():
        raise InputError("the file is empty", expected=f"one of the formats {names}")
    from translators.definition.dialects import foreign_dialect

    foreign = foreign_dialect(head)
    if foreign is not None:
        raise InputError(
            f"this looks like {foreign}, which is not supported yet",
            expected=f"one of the formats {names}",
        )
    _valid_json(data)
    raise InputError(
        "the format of the file is not recognised",
        expected=f"one of the formats {names}",
        mend="Name the format with --from if you know it",
    )


def _valid_json(data: bytes) -> None:
    """Refuse what begins like JSON and is none, with the place of the first fault."""
    if data.lstrip()[:1] not in (b"{", b"[") or len(data) > HEAD:
        return
    try:
        text = data.decode("utf-8")
        json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(
            f"the file begins like JSON, and is none: {error.msg}",
            span=SourceSpan(line=error.lineno, column=error.colno),
        ) from None
    except (UnicodeDecodeError, RecursionError):
        return
