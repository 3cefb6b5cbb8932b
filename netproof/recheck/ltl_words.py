"""What a formula of linear temporal logic sees of a transition system: by definition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.system_predicates import system_holds
from transition_systems.evidence import LtlLasso, LtlPrefix, LtlRanks
from transition_systems.evidence_ltl import ltl_formula
from transition_systems.lts import LTS
from transition_systems.properties.formulas import (
    Binary,
    Conjunction,
    Disjunction,
    Formula,
    Implication,
    Negation,
    State,
    Unary,
)
from transition_systems.properties.parse import parse_formula
from transition_systems.properties.predicates import (
    And,
    Atom,
    Compare,
    Constant,
    Dead,
    Enabled,
    Not,
    Or,
    Predicate,
)

__all__ = ["Holds", "Seen", "numbered", "seen"]

Bools = NDArray[np.bool_]
Holds = Callable[[Predicate], Bools]


@dataclass(frozen=True, slots=True)
class Seen:
    """A formula, its subformulas and the values of its predicates on the states of a system.

    Parameters
    ----------
    nodes, parts
        The subformulas, operands before operators and equal ones once; for each the numbers of
        its operands. The last one is the formula.
    letter
        For each state the number of its letter, int64 (n,).
    letters
        For each letter one state that has it.
    truth
        For each state predicate its value in each state, bool (n,).
    """

    nodes: tuple[Formula, ...]
    parts: tuple[tuple[int, ...], ...]
    letter: NDArray[np.int64]
    letters: tuple[int, ...]
    truth: dict[Predicate, Bools]


def _default(lts: LTS) -> Holds:
    def holds(leaf: Predicate) -> Bools:
        if isinstance(leaf, Atom) and leaf.name in lts.atoms:
            return lts.atoms[leaf.name]
        if isinstance(leaf, Enabled) and leaf.name in lts.label_names:
            flags = np.zeros(lts.n_states, dtype=np.bool_)
            flags[lts.sources[lts.labels == lts.label_names.index(leaf.name)]] = True
            return flags
        if isinstance(leaf, Dead):
            return np.asarray(lts.offsets[1:] == lts.offsets[:-1], dtype=np.bool_)
        if isinstance(leaf, Compare) and all(name in lts.atoms for name, _ in leaf.terms):
            return system_holds(lts, leaf, Watch())
        raise RefusedError(f"the system does not say where {leaf} holds")

    return holds


def _operands(node: Formula) -> tuple[Formula, ...]:
    match node:
        case State():
            return ()
        case Unary(operand=operand) | Negation(operand=operand):
            return (operand,)
        case Binary(left=left, right=right) | Implication(left=left, right=right):
            return (left, right)
        case Conjunction(operands=operands) | Disjunction(operands=operands):
            return operands


def seen(
    evidence: LtlLasso | LtlPrefix | LtlRanks, lts: LTS, holds: Holds | None, holding: bool
) -> Seen:
    """Return what the formula of the evidence sees; refuse a claim that says something else."""
    fair, strong = evidence.fair, evidence.strong
    said = ltl_formula(
        evidence.formula, holds=holding, weak=evidence.weak, fair=fair, strong=strong
    )
    if evidence.claim.formula != said:
        raise RefusedError(f"the evidence proves {said!r:.200}, not its claim")
    known = set(lts.label_names)
    if any(name not in known for names in (*fair, *strong) for name in names):
        raise RefusedError("the fairness names a label that the system does not know")
    return numbered(evidence.formula, lts.n_states, holds or _default(lts))


def numbered(text: str, n_states: int, source: Holds) -> Seen:
    """Return the subformulas of a formula, and what they see of some states."""
    formula = parse_formula(text)
    if isinstance(formula, Unary) and formula.operator == "A":
        formula = formula.operand
    known: dict[Formula, int] = {}
    parts: list[tuple[int, ...]] = []

    def number(node: Formula) -> int:
        below = tuple([number(part) for part in _operands(node)])
        if node not in known:
            known[node] = len(parts)
            parts.append(below)
        return known[node]

    number(formula)
    values: dict[Predicate, Bools] = {}

    def value(node: Predicate) -> Bools:
        if isinstance(node, Constant):
            return np.full(n_states, node.value, dtype=np.bool_)
        if isinstance(node, Not):
            return ~value(node.operand)
        if isinstance(node, (And, Or)):
            start = np.full(n_states, isinstance(node, And), dtype=np.bool_)
            join = np.logical_and if isinstance(node, And) else np.logical_or
            for part in node.operands:
                start = join(start, value(part))
            return start
        if node not in values:
            found = np.asarray(source(node))
            if found.shape != (n_states,) or found.dtype != np.bool_:
                raise RefusedError("a predicate has not one truth value for each state")
            values[node] = found
        return values[node]

    truth = {node.predicate: value(node.predicate) for node in known if isinstance(node, State)}
    letter = np.zeros(n_states, dtype=np.int64)
    for flags in values.values():
        letter = np.unique(letter * 2 + flags, return_inverse=True)[1].reshape(-1)
    letters = np.unique(letter, return_index=True)[1]
    return Seen(tuple(known), tuple(parts), letter, tuple(letters.tolist()), truth)
