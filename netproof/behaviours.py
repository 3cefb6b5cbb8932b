"""From a file to the transition system of its behaviour: of a system, a net or a workflow."""

from __future__ import annotations

import io
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from netproof.assumed import TAU_SILENT, labelled_tau
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
from translators.ledger import Direction, Entry
from translators.systems import AUT, FSM, LTS_JSON

__all__ = [
    "SYSTEM_FORMATS",
    "Behaviour",
    "Given",
    "behaviour_of",
    "behaviour_text",
    "exact_behaviour",
    "is_system",
    "load_behaviour",
    "read_behaviour",
    "system_ending",
    "system_text",
]

SYSTEM_FORMATS = ("aut", "fsm", "lts")
Given = LTS | str | os.PathLike[str]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """A transition system, and what gives it more or fewer runs than the model has.

    Parameters
    ----------
    lts
        The system.
    approximated
        What was read of elements that cannot be read as they stand.
    assumed
        What was taken for granted of labels, as sentences.
    """

    lts: LTS
    approximated: tuple[Entry, ...] = ()
    assumed: tuple[str, ...] = ()

    @property
    def remarks(self) -> tuple[str, ...]:
        """One line for each element that is approximated, and what was taken for granted."""
        told = tuple(
            f"{entry.kind} {entry.element}: {entry.direction}: {entry.note}"
            for entry in self.approximated
        )
        return (*told, *self.assumed)


def behaviour_of(given: Given, *, budget: Budget | None = None) -> LTS:
    """Return a system as it is given, or that of a file.

    Parameters
    ----------
    given
        A system, or the path of a file that :func:`load_behaviour` reads.
    budget
        For the state space of a net.

    Returns
    -------
    LTS

    Raises
    ------
    UsageError
        For what is neither a system nor a path.
    InputError
        When the file cannot be read.
    UndecidedError
        As for :func:`load_behaviour`.

    Examples
    --------
    >>> behaviour_of(LTS.from_arcs(2, [(0, "a", 1)])).n_states
    2
    """
    if isinstance(given, LTS):
        return given
    try:
        path = os.fspath(given)
    except TypeError:
        raise UsageError(
            "a behaviour is an LTS, or the path of a system, a net or a workflow, not of type "
            f"{type(given).__name__}"
        ) from None
    return load_behaviour(path, budget=budget)


def load_behaviour(
    path: str,
    *,
    format: str | None = None,
    starts: Literal["one", "all"] = "one",
    budget: Budget | None = None,
) -> LTS:
    """Read a transition system that has just the runs of the file, to be compared with others.

    Parameters
    ----------
    path, format, starts, budget
        As for :func:`read_behaviour`.

    Returns
    -------
    LTS

    Raises
    ------
    InputError
        When the file cannot be read.
    UndecidedError
        When the budget ends before all markings are found, or an element of a workflow was
        approximated: what is true of its system need not be true of the file.

    Examples
    --------
    >>> load_behaviour("/no/such/file")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    transition_systems.errors.InputError: ...
    """
    return exact_behaviour(path, format=format, starts=starts, budget=budget).lts


def exact_behaviour(
    path: str, *, format: str | None = None, starts: Literal["one", "all"] = "one",
    budget: Budget | None = None,
) -> Behaviour:  # fmt: skip
    """Read a system as :func:`load_behaviour`, and what was taken for granted of its labels.

    Raises
    ------
    UndecidedError
        As :func:`load_behaviour`.
    """
    found = read_behaviour(path, format=format, starts=starts, budget=budget)
    for entry in found.approximated:
        raise UndecidedError(
            f"{path} was read with more or fewer runs than it has ({entry.kind} {entry.element}: "
            f"{entry.note})"
        )
    return found


def read_behaviour(
    path: str,
    *,
    format: str | None = None,
    starts: Literal["one", "all"] = "one",
    budget: Budget | None = None,
) -> Behaviour:
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
    Behaviour
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
    >>> read_behaviour("/no/such/file")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    transition_systems.errors.InputError: ...
    """
    data = sys.stdin.buffer.read() if path == "-" else read_bytes(path)
    kind = format or _recognised(data)
    if kind == "aut":
        text = data.decode("utf-8-sig", "replace")
        return Behaviour(parse_aut(text, final_label=TICK_NAME, file=path))
    if kind == "fsm":
        return Behaviour(parse_fsm(data.decode("utf-8-sig", "replace"), file=path))
    if kind == "lts":
        return Behaviour(parse_lts_json(data.decode("utf-8-sig", "replace")))
    file = io.BytesIO(data)
    file.name = path
    model = load(file, format=format)
    net, translation = net_of(model, starts, budget)
    graph = reachability_graph(net, budget=budget)
    if not graph.complete:
        raise UndecidedError(f"{path}: not all markings were found: {graph.reason}")
    silent = (TAU_SILENT,) if labelled_tau(net) else ()
    if translation is None:
        return Behaviour(graph.lts(), assumed=silent)
    entries = [*(model.ledger + translation.ledger).abstracted]
    entries += [entry for test, entry in translation.conditions if graph.holds(test).any()]
    return Behaviour(
        graph.lts(final=graph.holds(translation.goal.completion)),
        tuple(entry for entry in entries if entry.direction is not Direction.EXACT),
        silent,
    )


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
