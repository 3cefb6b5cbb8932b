"""A formula of linear temporal logic as a question about a transition system: letters, reading."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial, reduce

import numpy as np
from numpy.typing import NDArray

from transition_systems.csr import require
from transition_systems.errors import UnsupportedError
from transition_systems.lts import LTS
from transition_systems.properties.evaluate import evaluate
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import Formula, Unary
from transition_systems.properties.names import unknown_name
from transition_systems.properties.parse import parse_formula
from transition_systems.properties.predicates import And, Constant, Not, Or, Predicate
from transition_systems.properties.walk import fold_predicate, predicates_in
from transition_systems.temporal.ltl_alphabet import Alphabet, elementary
from transition_systems.temporal.ltl_normal_form import require_linear

__all__ = ["Holds", "Reading", "linear_formula", "predicate_values", "reading_of"]

Bools = NDArray[np.bool_]
Holds = Callable[[Predicate], Bools]
MAX_PREDICATES = 62


@dataclass(frozen=True, slots=True)
class Reading:
    """The letters of states, and which states look the same.

    ``letter[s]`` is an index into the codes of the alphabet, int64 (n,). ``looks`` is a number for
    the values of all predicates without connectives, int64 (n,): where the letters are made of
    these, the letter itself.
    """

    alphabet: Alphabet
    letter: NDArray[np.int64]
    looks: NDArray[np.int64]


def linear_formula(formula: Formula | str) -> Formula:
    """Return a formula of linear temporal logic, without ``A`` before the whole of it.

    Parts without temporal operators become single :class:`State` nodes.

    Raises
    ------
    ExpressionError
        When the text is no formula.
    UnsupportedError
        When it is not of linear temporal logic, or too large.

    Examples
    --------
    >>> linear_formula("A G p")
    Unary(operator='G', operand=State(predicate=Atom(name='p')))
    """
    if isinstance(formula, str):
        tree = _inside(parse_formula(formula))
        require_linear(tree)
        return tree
    require_linear(_inside(formula))
    return _inside(parse_formula(format_formula(formula)))


def _inside(tree: Formula) -> Formula:
    """Return what stands behind ``A``."""
    return tree.operand if isinstance(tree, Unary) and tree.operator == "A" else tree


def predicate_values(lts: LTS) -> Holds:
    """Return the values of predicates over the atoms and labels of a system.

    ``dead`` holds in a state without arcs, final or not; ``enabled(a)`` where a step ``a`` begins.
    """
    index = {name: i for i, name in enumerate(lts.label_names)}

    def enabled(name: str) -> Bools:
        if name not in index:
            raise unknown_name(name, lts.label_names)
        flags = np.zeros(lts.n_states, dtype=np.bool_)
        flags[lts.sources[lts.labels == index[name]]] = True
        return flags

    def dead() -> Bools:
        return np.asarray(np.diff(lts.offsets) == 0, dtype=np.bool_)

    def holds(predicate: Predicate) -> Bools:
        return evaluate(predicate, {}, enabled, lts.n_states, dead=dead, atoms=lts.atoms)

    return holds


def reading_of(formula: Formula, n_states: int, holds: Holds) -> Reading:
    """Return the letter of each state: the values of the predicates that a formula is made of.

    Where these are more than 62, its parts without temporal operators are the letters. States that
    have a letter in common may differ in predicates then, which counts where silent steps that
    change none are left out.

    Parameters
    ----------
    formula, n_states
        The formula, with its parts without temporal operators as single nodes.
    holds
        Gives the values of a predicate without connectives.

    Raises
    ------
    UnsupportedError
        For more than 62 different parts without temporal operators.
    """
    predicates = elementary(formula)
    value_of: Holds = holds
    looks: NDArray[np.int64] | None = None
    if len(predicates) > MAX_PREDICATES:
        leaves = {leaf: np.asarray(holds(leaf)) for leaf in predicates}
        looks = _looks(n_states, leaves.values())
        whole = (p for p in predicates_in(formula) if not isinstance(p, Constant))
        predicates = tuple(dict.fromkeys(whole))
        value_of = partial(_composed, n_states, leaves.__getitem__)
    if len(predicates) > MAX_PREDICATES:
        raise UnsupportedError(f"a formula over more than {MAX_PREDICATES} different predicates")
    code = np.zeros(n_states, dtype=np.int64)
    for i, predicate in enumerate(predicates):
        values = np.asarray(value_of(predicate))
        require(values.shape == (n_states,), "a predicate must have one value for each state")
        code |= values.astype(np.int64) << i
    if len(predicates) <= 16:
        present = np.zeros(1 << len(predicates), dtype=np.bool_)
        present[code] = True
        codes = np.flatnonzero(present)
        letter = (np.cumsum(present, dtype=np.int64) - 1)[code]
    else:
        codes, letter = np.unique(code, return_inverse=True)
    letter = letter.reshape(-1).astype(np.int64)
    return Reading(Alphabet(predicates, codes.tolist()), letter, letter if looks is None else looks)


def _looks(n_states: int, values: Iterable[Bools]) -> NDArray[np.int64]:
    """Return a number for each state, the same where all values are."""
    looks = np.zeros(n_states, dtype=np.int64)
    for flags in values:
        require(flags.shape == (n_states,), "a predicate must have one value for each state")
        looks = np.unique(2 * looks + flags, return_inverse=True)[1].reshape(-1).astype(np.int64)
    return looks


def _composed(n_states: int, holds: Holds, predicate: Predicate) -> Bools:
    """Return the values of a predicate with connectives."""

    def combine(node: Predicate, parts: list[Bools]) -> Bools:
        match node:
            case Constant(value=value):
                return np.full(n_states, value)
            case Not():
                return ~parts[0]
            case And():
                return reduce(np.bitwise_and, parts)
            case Or():
                return reduce(np.bitwise_or, parts)
            case _:
                return np.asarray(holds(node))

    return fold_predicate(predicate, combine)
