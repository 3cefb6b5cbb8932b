"""Runs in the Informal Trace Format (ITF) of Apalache: states as JSON, with the index of the loop.

https://apalache-mc.org/docs/adr/015adr-trace.html. Each state has a variable for each counter, and
``action`` for the step that led to it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from transition_systems.errors import InputError
from transition_systems.readwrite.files import PathOrFile, file_name, read_bytes, write_text
from transition_systems.run import Lasso, Run, Step
from transition_systems.source_span import SourceSpan

__all__ = ["format_itf", "parse_itf", "read_itf", "write_itf"]

ABOUT = "https://apalache-mc.org/docs/adr/015adr-trace.html"
LARGEST = 2**53 - 1
STATE, ACTION = "state", "action"


def format_itf(run: Run | Lasso, *, description: str | None = None) -> str:
    """Return a run as an ITF trace.

    Parameters
    ----------
    run
        A run or lasso. A state that is a mapping of names to numbers becomes a variable for each
        name; any other is the variable ``state``.
    description
        What the trace shows.

    Returns
    -------
    str
        JSON. For a lasso ``loop`` is the index of the state that comes after the last one: the
        first state of the cycle after its beginning.

    Examples
    --------
    >>> run = Run(initial={"p": 1}, steps=(Step(action="t", label="t", state={"q": 1}),))
    >>> json.loads(format_itf(run))["states"][1]
    {'#meta': {'index': 1}, 'action': 't', 'p': 0, 'q': 1}
    """
    states = [run.initial, *(step.state for step in run.steps)]
    counters = all(isinstance(state, Mapping) for state in states)
    names = sorted({str(name) for state in states for name in state}) if counters else [STATE]
    action = ACTION
    while action in names:
        action += "'"

    def shown(index: int, state: Any) -> dict[str, Any]:
        done = run.steps[index - 1].action if index else ""
        values = {name: state.get(name, 0) for name in names} if counters else {STATE: state}
        return {
            "#meta": {"index": index},
            action: done,
            **{name: _value(value) for name, value in values.items()},
        }

    meta: dict[str, Any] = {"format": "ITF", "format-description": ABOUT}
    if description is not None:
        meta["description"] = description
    if action != ACTION:
        meta["action"] = action
    data: dict[str, Any] = {
        "#meta": meta,
        "vars": [action, *names],
        "states": [shown(index, state) for index, state in enumerate(states)],
    }
    if isinstance(run, Lasso):
        data["loop"] = run.loop_start + 1
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _value(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int):
        return value
    return value if abs(value) <= LARGEST else {"#bigint": str(value)}


def parse_itf(text: str, *, file: str | None = None) -> Run | Lasso:
    """Return the run of an ITF trace, as :func:`format_itf` writes it.

    Parameters
    ----------
    text
        The trace.
    file
        The name to show in errors.

    Returns
    -------
    Run or Lasso

    Raises
    ------
    InputError
        When it is no such trace.

    Examples
    --------
    >>> lasso = Lasso(initial={"p": 1}, loop_start=0,
    ...               steps=(Step(action="t", label="t", state={"p": 1}),))
    >>> parse_itf(format_itf(lasso)) == lasso
    True
    """
    span = SourceSpan(file=file)
    try:
        data = json.loads(text)
        names = list(data["vars"])
        action = data.get("#meta", {}).get("action", ACTION)
        rows = data["states"]
        states = [_state(row, [name for name in names if name != action]) for row in rows]
        steps = tuple(
            Step(action=str(row.get(action, "")), label=str(row.get(action, "")), state=state)
            for row, state in zip(rows[1:], states[1:], strict=True)
        )
        if data.get("loop") is None:
            return Run(initial=states[0], steps=steps)
        loop = int(data["loop"]) - 1
        if not 0 <= loop < len(steps):
            raise InputError("the loop of the trace is no state that a step leads to", span=span)
        return Lasso(initial=states[0], steps=steps, loop_start=loop)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise InputError(f"this is no ITF trace: {error}", span=span) from error


def _state(row: Mapping[str, Any], names: list[str]) -> Any:
    values = {name: _number(row[name]) for name in names}
    if names == [STATE] and not isinstance(values[STATE], int):
        return values[STATE]
    return {name: value for name, value in values.items() if value}


def _number(value: Any) -> Any:
    return int(value["#bigint"]) if isinstance(value, dict) and "#bigint" in value else value


def write_itf(
    run: Run | Lasso, path_or_file: PathOrFile, *, description: str | None = None
) -> None:
    """Write a run as an ITF trace.

    Parameters
    ----------
    run, description
        As for :func:`format_itf`.
    path_or_file
        Where to.

    Examples
    --------
    >>> import io
    >>> file = io.StringIO()
    >>> write_itf(Run(initial={"p": 1}), file)
    >>> file.getvalue().count("index")
    1
    """
    write_text(path_or_file, format_itf(run, description=description))


def read_itf(path_or_file: PathOrFile) -> Run | Lasso:
    """Read the run of an ITF trace.

    Parameters
    ----------
    path_or_file
        Where from.

    Returns
    -------
    Run or Lasso

    Raises
    ------
    InputError
        As :func:`parse_itf`.

    Examples
    --------
    >>> import io
    >>> read_itf(io.StringIO(format_itf(Run(initial={"p": 1})))).initial
    {'p': 1}
    """
    text = read_bytes(path_or_file).decode("utf-8-sig", "replace")
    return parse_itf(text, file=file_name(path_or_file))
