"""Automata, machines and networks as JSON files; nothing is lost."""

from __future__ import annotations

import json
from typing import Any

from fsm.dfa import DFA
from fsm.machine import Machine, Network
from fsm.nfa import NFA
from transition_systems.errors import InputError
from transition_systems.readwrite.files import PathOrFile, read_text, write_text
from transition_systems.source_span import SourceSpan

__all__ = ["Model", "format_json", "parse_json", "read_json", "write_json"]

Model = DFA | NFA | Machine | Network

_KINDS: dict[str, type[DFA] | type[NFA] | type[Machine] | type[Network]] = {
    "netproof/dfa/1": DFA,
    "netproof/nfa/1": NFA,
    "netproof/machine/1": Machine,
    "netproof/machine-network/1": Network,
}


def parse_json(text: str, *, file: str | None = None) -> Model:
    """Read an automaton, a machine or a network from JSON text; its schema tells which.

    Parameters
    ----------
    text
        What :func:`format_json` wrote.
    file
        The name to show in errors.

    Returns
    -------
    DFA, NFA, Machine or Network
        Equal to what was written.

    Raises
    ------
    InputError
        With line and column where the text is no JSON; with the reason where it is no machine.

    Examples
    --------
    >>> dfa = DFA(states=["p"], initial="p")
    >>> parse_json(format_json(dfa)) == dfa
    True
    """
    try:
        data: Any = json.loads(text)
    except json.JSONDecodeError as error:
        span = SourceSpan(file=file, line=error.lineno, column=error.colno)
        raise InputError(f"not JSON: {error.msg}", span=span) from error
    except (RecursionError, ValueError) as error:
        raise InputError(f"not usable JSON: {error}", span=SourceSpan(file=file)) from error
    span = SourceSpan(file=file)
    schema = data.get("schema") if isinstance(data, dict) else None
    kind = _KINDS.get(schema) if isinstance(schema, str) else None
    if kind is None:
        raise InputError(
            "not a machine", span=span, found=f"schema {schema!r}", expected=" or ".join(_KINDS)
        )
    try:
        return kind.from_dict(data)
    except InputError as error:
        raise InputError(
            error.message, span=span, found=error.found, expected=error.expected
        ) from error


def format_json(model: Model) -> str:
    """Return a model as JSON text, one field a line; equal models give equal texts.

    Examples
    --------
    >>> format_json(DFA(states=["p"], initial="p")).count("schema")
    1
    """
    fields = [
        f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False, separators=(',', ':'))}"
        for key, value in model.to_dict().items()
    ]
    return "{\n" + ",\n".join(fields) + "\n}\n"


def read_json(path_or_file: PathOrFile) -> Model:
    """Read a model from a JSON file; raises what :func:`parse_json` raises."""
    text, name = read_text(path_or_file)
    return parse_json(text, file=name)


def write_json(model: Model, path_or_file: PathOrFile) -> None:
    """Write a model to a JSON file."""
    write_text(path_or_file, format_json(model))
