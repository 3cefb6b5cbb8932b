"""The reachable states of a process, breadth first, as a transition system."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from process_algebra.process import Process
from process_algebra.product import ProductSystem, as_product
from process_algebra.semantics import TermSystem
from process_algebra.terms import Term
from transition_systems.budget import Budget
from transition_systems.errors import UndecidedError
from transition_systems.explore import Exploration, explore
from transition_systems.lts import FINAL, LTS
from transition_systems.progress import ProgressCallback

__all__ = ["ProcessSpace", "lts", "process_system", "state_space"]

Model: TypeAlias = "Process | Term"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ProcessSpace:
    """What was explored of a process.

    Parameters
    ----------
    lts
        The states and steps found; all of them when ``complete``.
    complete
        Whether nothing is missing.
    reason
        Why something is missing, otherwise.
    expanded
        How many states (the first ones) have all of their steps in ``lts``.
    halted
        The event at which the search stopped, if one of those was asked for.
    seconds
        Wall time of the search.
    """

    lts: LTS
    complete: bool
    reason: str | None
    expanded: int
    halted: str | None
    seconds: float


def process_system(
    process: Model, *, observed: Iterable[str] = (), halt: Iterable[str] = ()
) -> TermSystem | ProductSystem:
    """Return a process as an explicit system for the breadth-first loop.

    A parallel process under hidings and renamings is explored as vectors of local states, any
    other as terms; the two differ in speed only.

    Parameters
    ----------
    process
        The process, or a term without calls.
    observed
        Events that are no steps: the states that offer one are kept in ``offering`` instead.
    halt
        Events at which a search may stop.

    Returns
    -------
    TermSystem or ProductSystem

    Examples
    --------
    >>> from process_algebra.terms import STOP, Prefix
    >>> process_system(Prefix("a", STOP)).initial().shape
    (1, 1)
    """
    model = Process(main=process) if isinstance(process, Term) else process
    kind = TermSystem if as_product(model) is None else ProductSystem
    return kind(model, observed=frozenset(observed), halt=frozenset(halt))


def state_space(
    process: Model,
    *,
    completion: str | None = None,
    observe: Mapping[str, str] | None = None,
    halt: Iterable[str] = (),
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
) -> ProcessSpace:
    """Explore the reachable states of a process, as far as the budget goes.

    Parameters
    ----------
    process
        The process, or a term without calls.
    completion
        ``None``: the states after the tick are final. An event: it is no step, and the states that
        offer it are final.
    observe
        Further events that are no steps, with the atoms that they give to the states.
    halt
        Events at which the search stops, with the first of them in ``halted``.
    budget, progress
        What it may use, and whom it tells.

    Returns
    -------
    ProcessSpace
        Complete, or with the reason why not and everything found until then.

    Raises
    ------
    UsageError
        For unguarded recursion.

    Notes
    -----
    Linear in states and steps, times the number of components of a product.

    Examples
    --------
    >>> from process_algebra.terms import SKIP, STOP, ExternalChoice, Prefix
    >>> state_space(ExternalChoice(Prefix("a", SKIP), Prefix("b", STOP))).lts
    <LTS: 4 states, 3 arcs, 2 labels, 1 initial, 1 final>
    """
    atoms = {event: atom for event, atom in (observe or {}).items() if atom != FINAL}
    if completion is not None:
        atoms[completion] = FINAL
    system = process_system(process, observed=atoms, halt=halt)
    halted = system.halted
    found = explore(
        system,
        goal=(lambda rows: np.isin(rows[:, 0], list(halted))) if halt else None,
        budget=budget,
        progress=progress,
        stage="process states",
    )
    return ProcessSpace(
        lts=_as_lts(system, found, atoms),
        complete=found.complete,
        reason=found.reason,
        expanded=found.expanded,
        halted=None if found.goal is None else halted[int(found.states[found.goal, 0])],
        seconds=found.seconds,
    )


def _as_lts(
    system: TermSystem | ProductSystem, found: Exploration, atoms: Mapping[str, str]
) -> LTS:
    numbers = found.states[:, 0]
    marked = {FINAL: system.terminated}
    marked.update({atom: system.offering[event] for event, atom in atoms.items()})
    names = system.labels
    order = sorted(range(2, len(names)), key=lambda i: names[i])
    place = np.arange(len(names), dtype=np.int32)
    place[order] = np.arange(2, len(names), dtype=np.int32)
    return LTS.from_arrays(
        len(numbers),
        found.source,
        place[found.label],
        found.target,
        label_names=(*names[:2], *(names[i] for i in order)),
        atoms={
            atom: np.isin(numbers, np.fromiter(states, dtype=np.uint64))
            for atom, states in marked.items()
        },
        state_of=lambda index: system.decode(found.states[index]),
    )


def lts(
    process: Model,
    *,
    completion: str | None = None,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
) -> LTS:
    """Return the whole transition system of a process.

    Takes what :func:`state_space` takes; the states after the tick are final, or with
    ``completion`` those that offer this event.

    Parameters
    ----------
    process
        The process, or a term without calls.
    completion
        The event that complete states offer.
    budget, progress
        Limits and a callback.

    Returns
    -------
    LTS

    Raises
    ------
    UndecidedError
        When the budget ends before all states are found.

    Examples
    --------
    >>> from process_algebra.terms import SKIP, Prefix
    >>> list(lts(Prefix("a", SKIP)).arcs())
    [(0, 'a', 1), (1, '✓', 2)]
    """
    space = state_space(process, completion=completion, budget=budget, progress=progress)
    if not space.complete:
        raise UndecidedError(f"the process has further states: {space.reason}")
    return space.lts
