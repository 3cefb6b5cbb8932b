"""Hennessy-Milner formulas as nested tuples: their meaning and their text.

``("true",)``, ``("final",)``, ``("atom", name)``, ``("not", f)``, ``("and", f, ...)``;
``("dead",)``: there is no step; ``("diamond", a, f)``: some ``a``-step leads to ``f``.

For the relations that abstract from silent steps: ``("until", f, a, g)``: silent steps through
states with ``f`` lead to an ``a``-step, from a state with ``f``, into ``g``; with ``a`` =
``"tau"`` it holds where ``g`` holds, too. ``("endless", f)``: silent steps go on for ever through
states with ``f``. ``("weak", a, f)``: silent steps, an ``a``-step and silent steps lead to ``f``;
with ``a`` = ``"tau"`` only silent steps, perhaps none. ``("cycle", f)``: silent steps, perhaps
none, lead to a state with ``f`` on a silent cycle of states with equal atoms.

M. Hennessy, R. Milner, Algebraic laws for nondeterminism and concurrency, J. ACM 32 (1985);
R. De Nicola, F. Vaandrager, Three logics for branching bisimulation, J. ACM 42 (1995).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from transition_systems.csr import row_arcs
from transition_systems.equivalences.graph import graph_of
from transition_systems.equivalences.silent_cycles import cyclic_states
from transition_systems.errors import UsageError
from transition_systems.lts import LTS, TAU, TAU_NAME
from transition_systems.properties.tokens import TEMPORAL, quote_name
from transition_systems.shown_labels import shown_label
from transition_systems.trees import fold_tree

__all__ = ["HmlFormula", "evaluate_hml", "fold_hml", "format_hml", "shown_hml", "shown_trace"]

SHOWN_LETTERS, SHOWN_STEPS = 2_000, 12
HmlFormula: TypeAlias = tuple[Any, ...]
Bools = NDArray[np.bool_]
T = TypeVar("T")


def _operands(formula: HmlFormula) -> tuple[HmlFormula, ...]:
    match formula:
        case ("true",) | ("final",) | ("dead",):
            return ()
        case ("atom", str()):
            return ()
        case ("not" | "endless" | "cycle", tuple() as inner):
            return (inner,)
        case ("and", *parts) if all(isinstance(part, tuple) for part in parts):
            return tuple(parts)
        case ("diamond" | "weak", str(), tuple() as inner):
            return (inner,)
        case ("until", tuple() as first, str(), tuple() as second):
            return (first, second)
        case _:
            raise UsageError(f"not a Hennessy-Milner formula: {formula!r:.80}")


def fold_hml(formula: HmlFormula, combine: Callable[[HmlFormula, list[T]], T]) -> T:
    """Compute a value bottom-up: ``combine(node, values of its operands)``."""
    return fold_tree(formula, _operands, combine)


def evaluate_hml(lts: LTS, formula: HmlFormula) -> Bools:
    """Decide for each state whether a formula holds there.

    Parameters
    ----------
    lts
        The system.
    formula
        Nested tuples; labels are names, ``"tau"`` the silent one.

    Returns
    -------
    ndarray of bool, shape (n,)
        Time is the size of the formula times that of the system.

    Raises
    ------
    UsageError
        When the tuples are no formula.

    Examples
    --------
    >>> lts = LTS.from_arcs(2, [(0, "a", 1)])
    >>> evaluate_hml(lts, ("diamond", "a", ("not", ("final",)))).tolist()
    [True, False]
    """
    index = {name: i for i, name in enumerate(lts.label_names)}
    sources = lts.sources

    def step(label: str, good: Bools) -> Bools:
        able = np.zeros(lts.n_states, dtype=np.bool_)
        number = index.get(label)
        if number is not None:
            able[sources[(lts.labels == number) & good[lts.targets]]] = True
        return able

    def backwards(through: Bools, goal: Bools) -> Bools:
        offsets, labels, before = lts.predecessors()
        reached = goal.copy()
        frontier = np.flatnonzero(goal)
        while len(frontier):
            arcs = row_arcs(offsets, frontier)
            states = before[arcs[labels[arcs] == TAU]]
            frontier = np.unique(states[through[states] & ~reached[states]])
            reached[frontier] = True
        return reached

    def endless(through: Bools) -> Bools:
        inside = (lts.labels == TAU) & through[sources] & through[lts.targets]
        while True:
            able = np.zeros(lts.n_states, dtype=np.bool_)
            able[sources[inside]] = True
            stays = inside & able[lts.targets]
            if np.array_equal(stays, inside):
                return able
            inside = stays

    anywhere = np.ones(lts.n_states, dtype=np.bool_)

    def combine(node: HmlFormula, parts: list[Bools]) -> Bools:
        match node:
            case ("true",):
                return np.ones(lts.n_states, dtype=np.bool_)
            case ("final",):
                return lts.final.copy()
            case ("dead",):
                return np.asarray(lts.offsets[1:] == lts.offsets[:-1], dtype=np.bool_)
            case ("atom", name):
                nowhere = np.zeros(lts.n_states, dtype=np.bool_)
                return np.array(lts.atoms.get(name, nowhere), dtype=np.bool_)
            case ("not", _):
                return ~parts[0]
            case ("and", *_):
                every = [np.ones(lts.n_states, dtype=np.bool_), *parts]
                return np.asarray(np.logical_and.reduce(every), dtype=np.bool_)
            case ("diamond", label, _):
                return step(label, parts[0])
            case ("weak", label, _):
                goal = backwards(anywhere, parts[0])
                return goal if label == TAU_NAME else backwards(anywhere, step(label, goal))
            case ("endless", _):
                return endless(parts[0])
            case ("cycle", _):
                return backwards(anywhere, parts[0] & cyclic_states(graph_of(lts)))
            case _:
                first, label, good = parts[0], node[2], parts[1]
                reached = backwards(first, first & step(label, good))
                return reached | good if label == TAU_NAME else reached

    return fold_hml(formula, combine)


def format_hml(formula: HmlFormula) -> str:
    """Return a formula as text for a reader.

    Parameters
    ----------
    formula
        Nested tuples, as in :class:`Distinction`.

    Returns
    -------
    str
        Labels and atoms that are no names stand in quotation marks.

    Examples
    --------
    >>> format_hml(("diamond", "not <b>", ("true",)))
    '<"not <b>">true'
    >>> format_hml(("diamond", "a", ("and", ("final",), ("not", ("diamond", "b", ("true",))))))
    '<a>(final and not <b>true)'
    """

    def combine(node: HmlFormula, parts: list[str]) -> str:
        match node:
            case ("not", _):
                return f"not {parts[0]}"
            case ("and", *_):
                return f"({' and '.join(parts)})" if parts else "true"
            case ("atom", name):
                return _quoted(name)
            case ("diamond", label, _):
                return f"<{_quoted(label)}>{parts[0]}"
            case ("weak", label, _):
                return f"<<{_quoted(label)}>>{parts[0]}"
            case ("endless" | "cycle" as word, _):
                return f"{word}({parts[0]})"
            case ("until", _, label, _):
                return f"({parts[0]} <{_quoted(label)}> {parts[1]})"
            case _:
                return str(node[0])

    return fold_hml(formula, combine)


def _quoted(name: str) -> str:
    """Return a label or an atom; what is no name, or means something itself, in quotation marks."""
    return name if name in TEMPORAL or name == "..." else quote_name(name)


def shown_hml(formula: HmlFormula) -> str:
    """Return a formula as text for a sentence, of a very long one the beginning."""
    shown = format_hml(formula)
    return f"{shown[:SHOWN_LETTERS]} ..." if len(shown) > SHOWN_LETTERS else shown


def shown_trace(trace: Sequence[str]) -> str:
    """Return a trace as text for a sentence, of a long one the beginning; the empty one as words.

    Examples
    --------
    >>> shown_trace(["a"] * 20)
    'a a a a a a a a a a a a ... (20 steps)'
    >>> shown_trace([])
    '(the empty trace)'
    """
    if not trace:
        return "(the empty trace)"
    more = f" ... ({len(trace)} steps)" if len(trace) > SHOWN_STEPS else ""
    return f"{' '.join(map(shown_label, trace[:SHOWN_STEPS]))}{more}"
