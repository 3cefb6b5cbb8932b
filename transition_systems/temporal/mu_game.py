"""The parity game of a system and a formula of the mu-calculus.

A position is a state with a part of the formula. Even moves at disjunctions and diamonds, Odd at
conjunctions and boxes; a fixpoint has a priority, even for ``nu`` and odd for ``mu``, not smaller
than those of the fixpoints inside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from transition_systems.errors import UnsupportedError, UsageError
from transition_systems.lts import LTS
from transition_systems.properties.names import require_names
from transition_systems.properties.predicates import FALSE, TRUE, Predicate
from transition_systems.properties.walk import negate
from transition_systems.temporal.action_formulas import Labels, as_labels, names_in
from transition_systems.temporal.ctl_sets import Holds as HoldsIn
from transition_systems.temporal.mu_formulas import (
    Bound,
    Every,
    Fixpoint,
    Holds,
    Modal,
    MuFormula,
    No,
    Some,
)
from transition_systems.temporal.parity_games import ParityGame

__all__ = ["MuNode", "game_of", "mu_nodes", "require_labels"]

MOST_PARTS = 10_000
Kind = Literal["predicate", "and", "or", "diamond", "box", "mu", "nu"]


@dataclass(frozen=True, slots=True)
class MuNode:
    """A part of a formula without negations; a variable is its fixpoint's own part."""

    kind: Kind
    operands: tuple[int, ...] = ()
    labels: Labels = field(default=Labels(frozenset()))
    names: frozenset[str] = frozenset()
    predicate: Predicate = TRUE
    priority: int = 0


def mu_nodes(formula: MuFormula) -> tuple[MuNode, ...]:
    """Return the parts of a formula in which negation stands at predicates only; the root first.

    Raises
    ------
    UsageError
        For a variable without a fixpoint around it, or under an odd number of negations.
    UnsupportedError
        For more than 10,000 parts, into which nested alternatives may grow.

    Examples
    --------
    >>> from transition_systems.temporal.mu_parse import parse_mu
    >>> [(node.kind, node.priority) for node in mu_nodes(parse_mu("nu X. mu Y. <a> X || <b> Y"))]
    [('nu', 2), ('mu', 1), ('or', 0), ('diamond', 0), ('diamond', 0)]
    """
    return _Parts().run(formula)


def require_labels(
    nodes: Iterable[MuNode], known: Iterable[str], *, kind: str = "label"
) -> None:  # fmt: skip
    """Check that every label of a formula's modalities exists.

    Parameters
    ----------
    nodes, known
        The parts of the formula, and the labels that there are.
    kind
        What they are, for the message.

    Raises
    ------
    ExpressionError
        For the first label (in alphabetical order) that does not exist, with the nearest ones.

    Examples
    --------
    >>> from transition_systems.temporal.mu_parse import parse_mu
    >>> require_labels(mu_nodes(parse_mu("<true*.pya> true")), ["pay", "ship"])
    Traceback (most recent call last):
    ...
    transition_systems.errors.ExpressionError: there is no label 'pya'. Did you mean 'pay'?
    """
    used = {name for node in nodes for name in node.names}
    require_names(used, known, kind=kind)


class _Parts:
    """Numbers the parts of a formula."""

    def __init__(self) -> None:
        self.nodes: list[MuNode] = []
        # For each bound variable: its fixpoint's number, and whether it was met negated.
        self.scope: dict[str, list[tuple[int, bool]]] = {}

    def run(self, formula: MuFormula) -> tuple[MuNode, ...]:
        self.part(formula, True)
        for number in range(len(self.nodes) - 1, -1, -1):
            node = self.nodes[number]
            if node.kind in ("mu", "nu"):
                self.nodes[number] = replace(node, priority=self._priority(number))
        return tuple(self.nodes)

    def part(self, formula: MuFormula, positive: bool) -> int:
        """Add a part, or its negation; return its number."""
        match formula:
            case No(operand):
                return self.part(operand, not positive)
            case Bound(name):
                return self._variable(name, positive)
            case Holds(predicate):
                shown = predicate if positive else negate(predicate)
                return self._add(MuNode("predicate", predicate=shown))
            case Every(operands) | Some(operands):
                both = isinstance(formula, Every) is positive
                number = self._add(MuNode("and" if both else "or"))
                if not operands:
                    constant = TRUE if both else FALSE
                    self.nodes[number] = MuNode("predicate", predicate=constant)
                    return number
                parts = tuple(self.part(operand, positive) for operand in operands)
                self.nodes[number] = replace(self.nodes[number], operands=parts)
                return number
            case Modal(kind, labels, operand):
                some = (kind == "diamond") is positive
                meant, names = as_labels(labels), names_in(labels)
                made = MuNode("diamond" if some else "box", labels=meant, names=names)
                number = self._add(made)
                self._inside(number, self.part(operand, positive))
                return number
            case Fixpoint(kind, name, operand):
                least = (kind == "mu") is positive
                number = self._add(MuNode("mu" if least else "nu"))
                self.scope.setdefault(name, []).append((number, positive))
                self._inside(number, self.part(operand, positive))
                self.scope[name].pop()
                return number

    def _add(self, node: MuNode) -> int:
        if len(self.nodes) == MOST_PARTS:
            raise UnsupportedError(f"the formula has more than {MOST_PARTS} parts")
        self.nodes.append(node)
        return len(self.nodes) - 1

    def _inside(self, number: int, operand: int) -> None:
        self.nodes[number] = replace(self.nodes[number], operands=(operand,))

    def _variable(self, name: str, positive: bool) -> int:
        around = self.scope.get(name)
        if not around:
            raise UsageError(f"the variable {name!r} has no fixpoint around it")
        number, sign = around[-1]
        if sign is not positive:
            raise UsageError(f"the variable {name!r} stands under an odd number of negations")
        return number

    def _priority(self, number: int) -> int:
        """Return the least priority of its parity that none inside it exceeds."""
        inside = [node.priority for node in self.nodes[number + 1 : self._end(number)]]
        least = max(inside, default=0)
        odd = self.nodes[number].kind == "mu"
        return least + (least % 2 != odd) if least or odd else 0

    def _end(self, number: int) -> int:
        """Return one more than the last part inside a fixpoint; parts are numbered in preorder."""
        last, waiting = number, [number]
        while waiting:
            node = waiting.pop()
            last = max(last, node)
            waiting.extend(part for part in self.nodes[node].operands if part > node)
        return last + 1


def game_of(
    lts: LTS, nodes: tuple[MuNode, ...], holds: HoldsIn, look: Callable[[], None] = lambda: None
) -> ParityGame:
    """Return the game in which Even wins from ``part * n + state`` where the part holds there.

    Two more positions are where a move leads that ends the game, for Even and for Odd. ``look`` is
    called between the steps and may raise.

    Notes
    -----
    O(f (n + m)) positions and moves for f parts.
    """
    n, count = lts.n_states, len(nodes)
    won, lost = count * n, count * n + 1
    states = np.arange(n, dtype=np.int64)
    tails: list[NDArray[np.int64]] = [np.array([won, lost])]
    heads: list[NDArray[np.int64]] = [np.array([won, lost])]
    odd = np.zeros(count * n + 2, dtype=np.bool_)
    priority = np.zeros(count * n + 2, dtype=np.int64)
    priority[lost] = 1
    sources = lts.sources
    for number, node in enumerate(nodes):
        look()
        own = number * n + states
        odd[own] = node.kind in ("and", "box")
        priority[own] = node.priority
        if node.kind == "predicate":
            tails.append(own)
            heads.append(np.where(holds(node.predicate), won, lost))
        elif node.kind in ("diamond", "box"):
            named = np.array([node.labels.has(name) for name in lts.label_names], dtype=np.bool_)
            kept = np.flatnonzero(named[lts.labels])
            stuck = np.ones(n, dtype=np.bool_)
            stuck[sources[kept]] = False
            tails += [number * n + sources[kept], own[stuck]]
            end = lost if node.kind == "diamond" else won
            heads += [node.operands[0] * n + lts.targets[kept], np.full(int(stuck.sum()), end)]
        else:
            for operand in node.operands:
                tails.append(own)
                heads.append(operand * n + states)
    look()
    tail, head = np.concatenate(tails), np.concatenate(heads)
    look()
    order = np.argsort(tail, kind="stable")
    offsets = np.zeros(len(odd) + 1, dtype=np.int64)
    np.cumsum(np.bincount(tail, minlength=len(odd)), out=offsets[1:])
    return ParityGame(offsets, head[order], odd, priority)
