"""Deciding strong and branching bisimilarity, and minimising by them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Budget, Meter
from transition_systems.equivalences.branching import (
    branching_signatures,
    collapse_silent_cycles,
)
from transition_systems.equivalences.distinguish import Distinguisher, TooLargeError
from transition_systems.equivalences.hml import HmlFormula, format_hml
from transition_systems.equivalences.refinement import Refinement, refine
from transition_systems.equivalences.strong import strong_signatures
from transition_systems.errors import UsageError
from transition_systems.evidence import Claim, Distinction, PartitionEvidence
from transition_systems.lts import LTS
from transition_systems.lts_data import pair_digest
from transition_systems.lts_operations import disjoint_union
from transition_systems.progress import ProgressCallback
from transition_systems.quotient import number_blocks, quotient
from transition_systems.verdict import Outcome, Statistics, Verdict

__all__ = ["Relation", "bisimilar", "minimise"]

Relation = Literal["strong", "branching"]
Indices = NDArray[np.int64]

_PHRASES = {"strong": "strongly bisimilar", "branching": "branching bisimilar"}
_METHODS = ("auto", "signatures")


def _checked(relation: str, method: str) -> None:
    if relation not in _PHRASES:
        raise UsageError(f"there is no relation {relation!r}; there are 'strong' and 'branching'")
    if method not in _METHODS:
        raise UsageError(f"there is no method {method!r}; there are 'auto' and 'signatures'")


class _Engine:
    """One system prepared for refinement, and the way back to its states."""

    def __init__(self, lts: LTS, relation: str) -> None:
        self.branching = relation == "branching"
        self.lts = lts
        self.place: Indices = np.arange(lts.n_states, dtype=np.int64)
        if self.branching:
            self.lts, self.place = collapse_silent_cycles(lts)

    def refine(
        self,
        meter: Meter,
        left: Indices,
        right: Indices,
        progress: ProgressCallback | None,
    ) -> Refinement:
        """Refine until stable, or until initial states on the two sides differ."""
        signatures = (branching_signatures if self.branching else strong_signatures)(self.lts)

        def apart(block: Indices) -> bool:
            return set(block[self.place[left]]) != set(block[self.place[right]])

        classes = self.lts.final.astype(np.int64)
        return refine(classes, signatures, meter, stop=apart, progress=progress)


def bisimilar(
    a: LTS,
    b: LTS,
    relation: Relation = "strong",
    *,
    method: str = "auto",
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
) -> Verdict:
    """Decide whether two systems are strongly or branching bisimilar.

    Each initial state of one must be related to an initial state of the other; related states are
    both final or both not. Branching bisimilarity is blind to divergence: a silent cycle may be
    matched by doing nothing.

    Parameters
    ----------
    a, b
        The systems; labels are compared by name.
    relation
        ``"strong"`` or ``"branching"``.
    method
        ``"auto"`` or ``"signatures"``: partition refinement by signatures.
    budget, progress
        What it may use, and whom it tells.
    seed
        Kept in the verdict; the decision does not depend on it.

    Returns
    -------
    Verdict
        ``HOLDS`` with a partition of the states of both systems (those of ``a`` first);
        ``VIOLATED`` with a Hennessy-Milner formula that tells them apart: it holds in some initial
        state of ``a`` and in none of ``b``, or in all of ``a`` and not in all of ``b``;
        ``UNKNOWN`` when the budget ends, or when the formula would be too large to write.

    Raises
    ------
    UsageError
        For an unknown relation or method.

    Notes
    -----
    O(r m log m) for m arcs and r rounds (at most the number of states). R. Paige, R. Tarjan,
    Three partition refinement algorithms, SIAM J. Comput. 16 (1987), for the principle; Blom and
    Orzan 2003 for signatures.

    Examples
    --------
    >>> once = LTS.from_arcs(2, [(0, "a", 1)], final=[1])
    >>> silent = LTS.from_arcs(3, [(0, None, 1), (1, "a", 2)], final=[2])
    >>> bool(bisimilar(once, silent, "branching")), bool(bisimilar(once, silent, "strong"))
    (True, False)
    >>> bisimilar(once, silent, "strong").evidence.formula
    ('diamond', 'a', ('true',))
    """
    _checked(relation, method)
    meter = (Budget() if budget is None else budget).start()
    both = disjoint_union(a, b)
    left, right = a.initial, b.initial + a.n_states
    engine = _Engine(both, relation)
    found = engine.refine(meter, left, right, progress)
    phrase = _PHRASES[relation]

    def verdict(outcome: Outcome, **rest: object) -> Verdict:
        statistics = Statistics(
            method="signatures", states=both.n_states, arcs=both.n_arcs, seconds=meter.seconds
        )
        base = Verdict(property=phrase, outcome=outcome, statistics=statistics, seed=seed)
        return base.with_(**rest)

    block = found.block[engine.place]
    digest = pair_digest(a, b)
    if found.stable:
        evidence = PartitionEvidence(
            claim=Claim(formula=phrase, model_digest=digest),
            relation=relation,
            block=number_blocks(block),
        )
        text = f"The systems are {phrase}: their states fall into {found.n_blocks} classes."
        return verdict(Outcome.HOLDS, evidence=evidence, explanation=(text,))
    if found.reason is not None:
        return verdict(Outcome.UNKNOWN, reason=found.reason)
    distinguisher = Distinguisher(engine.lts, found, branching=engine.branching)
    try:
        formula = _difference(distinguisher, block[left].tolist(), block[right].tolist())
    except TooLargeError:
        reason = f"they are not {phrase}, but the formula that shows it is too large to write down"
        return verdict(Outcome.UNKNOWN, reason=reason)
    distinction = Distinction(
        claim=Claim(formula=f"not {phrase}", model_digest=digest),
        relation=relation,
        formula=formula,
    )
    text = f"The systems are not {phrase}: only the first has {format_hml(formula)}."
    return verdict(Outcome.VIOLATED, evidence=distinction, explanation=(text,))


def _difference(
    distinguisher: Distinguisher, left: Sequence[int], right: Sequence[int]
) -> HmlFormula:
    """Return a formula of the left side that the right side has not."""

    def alone(block: int, others: Sequence[int]) -> HmlFormula:
        parts = dict.fromkeys(distinguisher.formula(block, other) for other in others)
        if len(parts) == 1:
            return next(iter(parts))
        return ("and", *parts) if parts else ("true",)

    unmatched = sorted(set(left) - set(right))
    if unmatched:
        return alone(unmatched[0], sorted(set(right)))
    missing = sorted(set(right) - set(left))
    inner = alone(missing[0], sorted(set(left)))
    return inner[1] if inner[0] == "not" else ("not", inner)


def minimise(lts: LTS, relation: Relation = "strong") -> tuple[LTS, Indices]:
    """Return the smallest system that is bisimilar to the given one.

    Parameters
    ----------
    lts
        The system; states that cannot be reached are merged, too, but not removed.
    relation
        ``"strong"`` or ``"branching"``; the latter drops inert silent steps.

    Returns
    -------
    quotient, place
        The smaller system, and int64 (n,): the state of the quotient for each state.

    Raises
    ------
    UsageError
        For an unknown relation.

    Notes
    -----
    As :func:`bisimilar`. Atoms other than ``final`` do not keep states apart; an atom holds of a
    class when it holds of one of its states.

    Examples
    --------
    >>> small, place = minimise(LTS.from_arcs(3, [(0, "a", 1), (0, "a", 2)]))
    >>> small.n_states, place.tolist()
    (2, [0, 1, 1])
    """
    _checked(relation, "auto")
    engine = _Engine(lts, relation)
    nobody = np.zeros(0, dtype=np.int64)
    found = engine.refine(Budget().start(), nobody, nobody, None)
    place = number_blocks(found.block[engine.place])
    return quotient(lts, place, drop_inert=engine.branching), place
