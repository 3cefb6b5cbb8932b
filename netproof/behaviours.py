"""From a file to the transition system of its behaviour: of a system, a net or a workflow."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Literal

from netproof.converting import net_of
from netproof.loading import load
from petri.state_space.reachability import reachability_graph
from transition_systems.budget import Budget
from transition_systems.errors import UndecidedError, UsageError
from transition_systems.lts import LTS, TICK_NAME
from transition_systems.readwrite.aut import format_aut, parse_aut
from transition_systems.readwrite.dot import format_lts_dot
from transition_systems.readwrite.files import read_bytes
from transition_systems.readwrite.fsm import format_fsm, parse_fsm
from transition_systems.readwrite.json import format_lts_json, parse_lts_json
from translators.formats import HEAD
from translators.systems import AUT, FSM, LTS_JSON

__all__ = [
    "SYSTEM_FORMATS",
    "behaviour_text",
    "is_system",
    "load_behaviour",
    "system_ending",
    "system_text",
]

SYSTEM_FORMATS = ("aut", "fsm", "lts")


def load_behaviour(
    path: str,
    *,
    format: str | None = None,
    starts: Literal["one", "all"] = "one",
    budget: Budget | None = None,
) -> LTS:
    """Read a transition system, or explore the net of a model.

    Parameters
    ----------
    path
        An ``.aut`` or FSM file, a system as JSON, or any model that can be loaded; ``"-"`` for
        standard input. In ``.aut`` files loops labelled ``✓`` mark final states.
    format
        ``"aut"``, ``"fsm"``, ``"lts"`` (JSON) or the name of a format of models; by default by
        content.
    starts
        What several start events of a workflow mean.
    budget
        For the state space of a net.

    Returns
    -------
    LTS
        For a net its reachability graph: transitions by label, those without one silent, final
        where the final marking is reached or the workflow is complete.

    Raises
    ------
    InputError
        When the file cannot be read.
    UndecidedError
        When the budget ends before all markings are found.

    Examples
    --------
    >>> load_behaviour("/no/such/file")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    transition_systems.errors.InputError: ...
    """
    data = sys.stdin.buffer.read() if path == "-" else read_bytes(path)
    kind = format or _recognised(data)
    if kind == "aut":
        return parse_aut(data.decode("utf-8-sig", "replace"), final_label=TICK_NAME, file=path)
    if kind == "fsm":
        return parse_fsm(data.decode("utf-8-sig", "replace"), file=path)
    if kind == "lts":
        return parse_lts_json(data.decode("utf-8-sig", "replace"))
    file = io.BytesIO(data)
    file.name = path
    model = load(file, format=format)
    net, translation = net_of(model, starts, budget)
    graph = reachability_graph(net, budget=budget)
    if not graph.complete:
        raise UndecidedError(f"{path}: not all markings were found: {graph.reason}")
    if translation is None:
        return graph.lts()
    return graph.lts(final=graph.holds(translation.goal.completion))


def _recognised(data: bytes) -> str | None:
    head = data[:HEAD]
    return next((one.name for one in (AUT, FSM, LTS_JSON) if one.detect(head)), None)


def is_system(path: str, format: str | None = None) -> bool:
    """Return whether a file is a transition system and no model of another kind.

    Examples
    --------
    >>> is_system("x.aut", "aut")
    True
    """
    if format is not None or path == "-":
        return format in SYSTEM_FORMATS
    return _recognised(read_bytes(path)) is not None


def behaviour_text(lts: LTS, path: str) -> str:
    """Return a system as text for a file: ``.aut``, ``.fsm``, ``.dot`` or ``.json``.

    Raises
    ------
    UsageError
        For another ending, or when the format cannot hold the system.

    Examples
    --------
    >>> behaviour_text(LTS.from_arcs(1, [(0, "a", 0)]), "x.aut").splitlines()
    ['des (0, 1, 1)', '(0, "a", 0)']
    """
    return system_text(lts, system_ending(path))


def system_ending(path: str) -> str:
    """Return the format of a file for a system, by its ending.

    Raises
    ------
    UsageError
        For another ending.

    Examples
    --------
    >>> system_ending("x.AUT")
    'aut'
    """
    ending = Path(path).suffix.lower()
    if ending not in (".aut", ".fsm", ".dot", ".json"):
        raise UsageError(f"{path}: a system is written as x.aut, x.fsm, x.dot or x.json")
    return ending[1:]


def system_text(lts: LTS, format: str) -> str:
    """Return a system as ``aut`` (with ``✓`` loops at final states), ``fsm``, ``dot`` or ``json``.

    Raises
    ------
    UsageError
        For another format, or when the format cannot hold the system.

    Examples
    --------
    >>> system_text(LTS.from_arcs(1), "fsm").splitlines()[0]
    '---'
    """
    match format:
        case "aut":
            return format_aut(lts, final_label=TICK_NAME if lts.final.any() else None)
        case "fsm":
            return format_fsm(lts)
        case "dot":
            return format_lts_dot(lts)
        case "json" | "lts":
            return format_lts_json(lts)
        case _:
            raise UsageError(f"a system is written as aut, fsm, dot or json, not as {format}")
