"""A strategy in the game of a system and a formula of the mu-calculus, checked by definition.

From each position the strategy's player moves as it says and the other player as it likes; all
that is reached is among the positions. Predicates are as the player wants them, and no cycle has
as its outermost fixpoint a least one (a greatest one for the player who shows that the formula
fails).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netproof.recheck.ltl_words import Holds
from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.silent_steps import components
from netproof.recheck.state_table import integers
from transition_systems.evidence import ParityStrategy
from transition_systems.evidence_parity import mu_claim
from transition_systems.lts import LTS
from transition_systems.properties.predicates import FALSE, TRUE, Predicate
from transition_systems.properties.walk import negate
from transition_systems.temporal.action_formulas import ANY_LABEL, Labels, as_labels
from transition_systems.temporal.mu_formulas import (
    Bound,
    Every,
    Fixpoint,
    Modal,
    MuFormula,
    No,
    Some,
)
from transition_systems.temporal.mu_formulas import (
    Holds as Shown,
)
from transition_systems.temporal.mu_parse import parse_mu

__all__ = ["Part", "check_parity", "parts_of"]

Ints = NDArray[np.int64]
MOST_PARTS = 10_000


@dataclass(slots=True)
class Part:
    """A part of a formula: its kind, its operands, and how many fixpoints are around it."""

    kind: str
    operands: tuple[int, ...] = ()
    labels: Labels = ANY_LABEL
    predicate: Predicate = TRUE
    depth: int = 0


def parts_of(formula: MuFormula) -> list[Part]:
    """Number the parts in preorder, negations driven to the predicates."""
    parts: list[Part] = []

    def add(node: MuFormula, positive: bool, bound: dict[str, tuple[int, bool]], depth: int) -> int:
        if isinstance(node, No):
            return add(node.operand, not positive, bound, depth)
        if isinstance(node, Bound):
            number, sign = bound.get(node.name, (-1, True))
            if number < 0 or sign is not positive:
                raise RefusedError(f"the variable {node.name!r:.40} is not bound as it should be")
            return number
        if len(parts) == MOST_PARTS:
            raise RefusedError("the formula has too many parts")
        made = Part("predicate", depth=depth)
        parts.append(made)
        number = len(parts) - 1
        match node:
            case Shown(predicate):
                made.predicate = predicate if positive else negate(predicate)
            case Every(operands) | Some(operands):
                both = isinstance(node, Every) is positive
                made.predicate = TRUE if both else FALSE
                if operands:
                    made.kind = "and" if both else "or"
                    made.operands = tuple(add(one, positive, bound, depth) for one in operands)
            case Modal(kind, labels, operand):
                made.kind = "diamond" if (kind == "diamond") is positive else "box"
                made.labels = as_labels(labels)
                made.operands = (add(operand, positive, bound, depth),)
            case Fixpoint(kind, name, operand):
                made.kind = "mu" if (kind == "mu") is positive else "nu"
                inner = {**bound, name: (number, positive)}
                made.operands = (add(operand, positive, inner, depth + 1),)
        return number

    add(formula, True, {}, 0)
    return parts


def check_parity(evidence: ParityStrategy, lts: LTS, holds: Holds, watch: Watch) -> bool:
    """Return whether the formula holds in all initial states; refuse what does not prove that."""
    claims = [mu_claim(evidence.formula, holds=true) for true in (True, False)]
    if evidence.claim.formula not in claims:
        raise RefusedError("the claim is not about the formula of the evidence")
    true = evidence.claim.formula == claims[0]
    parts, n = parts_of(parse_mu(evidence.formula)), lts.n_states
    watch.fits(16 * len(parts) * n)
    size = (len(evidence.positions),)
    positions = integers(evidence.positions, size, "the positions")
    moves = integers(evidence.moves, size, "the moves")
    if size[0] and (int(positions.min()) < 0 or int(positions.max()) >= len(parts) * n):
        raise RefusedError("a position does not exist")
    inside = np.zeros(len(parts) * n, dtype=np.bool_)
    inside[positions] = True
    if len(np.unique(positions)) != size[0]:
        raise RefusedError("a position is there twice")
    begun = inside[lts.initial]
    if not (begun.all() if true else begun.any()):
        raise RefusedError("the strategy does not begin where the claim says")
    steps: list[tuple[Ints, Ints]] = []
    for number, part in enumerate(parts):
        watch.tick()
        here = positions // max(1, n) == number
        states, chosen = positions[here] % max(1, n), moves[here]
        own = part.kind in (("or", "diamond") if true else ("and", "box"))
        if part.kind == "predicate":
            if (_value(part.predicate, n, holds)[states] != true).any():
                raise RefusedError("a predicate is not as the player wants it")
            continue
        tails, heads = _successors(part, lts, states)
        if own:
            if not _legal(states, chosen, tails, heads, len(parts) * n):
                raise RefusedError("a move of the strategy is not possible")
            tails, heads = states, chosen
        if not inside[heads].all():
            raise RefusedError("a move leads out of the positions")
        steps.append((number * n + tails, heads))
    _check_cycles(parts, steps, n, true, watch)
    return true


def _value(predicate: Predicate, n: int, holds: Holds) -> NDArray[np.bool_]:
    if predicate in (TRUE, FALSE):
        return np.full(n, predicate == TRUE, dtype=np.bool_)
    return np.asarray(holds(predicate), dtype=np.bool_)


def _successors(part: Part, lts: LTS, states: Ints) -> tuple[Ints, Ints]:
    """Return the moves from some states: the states, and the positions after."""
    n = lts.n_states
    if part.kind not in ("diamond", "box"):
        pairs = [(states, operand * n + states) for operand in part.operands]
        return np.concatenate([a for a, _ in pairs]), np.concatenate([b for _, b in pairs])
    fits = [part.labels.has(name) for name in lts.label_names]
    wanted = np.zeros(n, dtype=np.bool_)
    wanted[states] = True
    kept = np.array(fits, dtype=np.bool_)[lts.labels] & wanted[lts.sources]
    return lts.sources[kept], part.operands[0] * n + lts.targets[kept]


def _legal(states: Ints, chosen: Ints, tails: Ints, heads: Ints, size: int) -> bool:
    """Return whether each state has its chosen move among the moves."""
    if ((chosen < 0) | (chosen >= size)).any():
        return False
    return bool(np.isin(states * size + chosen, tails * size + heads).all())


def _check_cycles(
    parts: list[Part], steps: list[tuple[Ints, Ints]], n: int, true: bool, watch: Watch
) -> None:
    """Refuse a cycle whose outermost fixpoint is one that the player must leave at last."""
    none = np.zeros(0, dtype=np.int64)
    tails = np.concatenate([none, *(a for a, _ in steps)])
    heads = np.concatenate([none, *(b for _, b in steps)])
    fixpoint = np.array([part.kind in ("mu", "nu") for part in parts])
    depth = np.array([part.depth for part in parts])
    bad = np.array([part.kind == ("mu" if true else "nu") for part in parts])
    for level in sorted(set(depth[bad].tolist())):
        watch.tick()
        outer = fixpoint & (depth < level)
        kept = ~outer[tails // n] & ~outer[heads // n]
        some, others = tails[kept], heads[kept]
        nodes, place = np.unique(np.concatenate([some, others]), return_inverse=True)
        count = len(nodes)
        pairs = np.unique(place[: len(some)] * max(1, count) + place[len(some) :])
        source, target = pairs // max(1, count), pairs % max(1, count)
        home = components(source, target, count)
        on_cycle = np.zeros(count, dtype=np.bool_)
        on_cycle[source[home[source] == home[target]]] = True
        if (on_cycle & bad[nodes // n] & (depth[nodes // n] == level)).any():
            raise RefusedError("a cycle has a fixpoint outermost that the player must leave")
