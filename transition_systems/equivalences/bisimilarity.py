"""Deciding bisimilarity of two systems, with evidence."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Budget
from transition_systems.equivalences.classes import classes_of
from transition_systems.equivalences.coarsest import method_named
from transition_systems.equivalences.difference import deep_difference, difference
from transition_systems.equivalences.hml import shown_hml, shown_trace
from transition_systems.equivalences.relations import Relation, relation_named
from transition_systems.equivalences.shared_formula import said_of_parts
from transition_systems.evidence import (
    Claim,
    Distinction,
    PartitionEvidence,
    SharedDistinction,
    TraceDistinction,
)
from transition_systems.lts import FINAL, LTS
from transition_systems.lts_data import pair_digest
from transition_systems.lts_operations import disjoint_union, with_atoms
from transition_systems.progress import ProgressCallback
from transition_systems.quotient import number_blocks
from transition_systems.verdict import Outcome, Statistics, Verdict

__all__ = ["bisimilar"]

Indices = NDArray[np.int64]


def bisimilar(
    a: LTS,
    b: LTS,
    relation: Relation = "strong",
    *,
    atoms: Collection[str] = (),
    method: str = "auto",
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
) -> Verdict:
    """Decide whether two systems are bisimilar, strongly or with silent steps abstracted from.

    Each initial state of one must be related to an initial state of the other; related states are
    both final or both not, and so for the atoms that are named. Branching and weak bisimilarity are
    blind to divergence: a silent cycle may be matched by doing nothing. In the relations that
    preserve divergence, a state on a silent cycle of states with its atoms is related only to
    states that can silently reach such a state, related to it, and for ``"divergence-branching"``
    without leaving its class.

    Parameters
    ----------
    a, b
        The systems; labels and atoms are compared by name, an atom that one lacks is false there.
    relation
        ``"strong"``, ``"branching"``, ``"divergence-branching"``, ``"weak"`` or
        ``"divergence-weak"``.
    atoms
        Atoms that related states share, beside ``final``.
    method
        ``"signatures"``: partition refinement by signatures, on arrays; ``"bunches"``: by bunches
        of arcs, one by one, in O(m log n); ``"auto"``: by signatures, and where these take more
        work than bunches would, by bunches from there.
    budget, progress
        What it may use, and whom it tells.
    seed
        Kept in the verdict; the decision does not depend on it.

    Returns
    -------
    Verdict
        ``HOLDS`` with a partition of the states of both systems (those of ``a`` first);
        ``VIOLATED`` with a Hennessy-Milner formula that tells them apart: it holds in some initial
        state of ``a`` and in none of ``b``, or in all of ``a`` and not in all of ``b``. Where that
        would be too large, with a trace of just one of them; the explanation names the shortest
        one where there is one; without such a trace the formula is given in parts, as
        :class:`transition_systems.evidence.SharedDistinction`. ``UNKNOWN`` when the budget ends,
        or with more than 200,000 parts.

    Raises
    ------
    UsageError
        For an unknown relation or method.

    Notes
    -----
    Strong and branching: O((m + n) log n) for m arcs and n states, and the arcs sorted by label; by
    signatures alone O(d m log n) for strong, with out-degree d at most, and for branching the same
    for each round in which states change that silent steps inside classes lead to. Weak: as strong
    on the weak steps of the quotient by branching bisimilarity. R. Paige, R. Tarjan, Three
    partition refinement algorithms, SIAM J. Comput. 16 (1987), for the principle; D. Jansen, J. F.
    Groote, J. Keiren, A. Wijs, An O(m log n) algorithm for branching bisimilarity on labelled
    transition systems, TACAS 2020; R. van Glabbeek, W. Weijland, Branching time and abstraction in
    bisimulation semantics, J. ACM 43 (1996).

    Examples
    --------
    >>> once = LTS.from_arcs(2, [(0, "a", 1)], final=[1])
    >>> silent = LTS.from_arcs(3, [(0, None, 1), (1, "a", 2)], final=[2])
    >>> bool(bisimilar(once, silent, "branching")), bool(bisimilar(once, silent, "strong"))
    (True, False)
    >>> bisimilar(once, silent, "strong").evidence.formula
    ('diamond', 'a', ('true',))
    """
    known = relation_named(relation)
    method = method_named(method)
    meter = (Budget() if budget is None else budget).start()
    respected, given = tuple(sorted({*atoms} - {FINAL})), (a, b)
    a, b = with_atoms(a, respected), with_atoms(b, respected)
    both = disjoint_union(a, b)
    left, right = a.initial, b.initial + a.n_states

    def apart(block: Indices) -> bool:
        return set(block[left].tolist()) != set(block[right].tolist())

    found = classes_of(both, known, meter, method=method, stop=apart, progress=progress)
    phrase = known.claim(respected)

    def verdict(outcome: Outcome, **rest: object) -> Verdict:
        statistics = Statistics(
            method=" and ".join(found.methods) or "signatures",
            states=both.n_states,
            arcs=both.n_arcs,
            seconds=meter.seconds,
        )
        base = Verdict(property=phrase, outcome=outcome, statistics=statistics, seed=seed)
        return base.with_(**rest)

    if not apart(found.block):
        if not found.stable:
            return verdict(Outcome.UNKNOWN, reason=found.reason)
        block = number_blocks(found.block)
        evidence = PartitionEvidence(
            claim=Claim.when_read(phrase, partial(pair_digest, *given)),
            relation=known.name,
            block=block,
            atoms=respected,
        )
        classes = int(block.max()) + 1 if len(block) else 0
        number = "1 class" if classes == 1 else f"{classes} classes"
        text = f"The systems are {phrase}: their states fall into {number}."
        return verdict(Outcome.HOLDS, evidence=evidence, explanation=(text,))
    formula, trace, of_a = difference(a, b, known, meter)
    texts: list[str] = []
    if formula is not None:
        only, told = ("second", formula[1]) if formula[0] == "not" else ("first", formula)
        shown = shown_hml(told)
        texts.append(f"The systems are not {phrase}: only the {only} has {shown}.")
    if trace is not None:
        able = "first" if of_a else "second"
        texts.append(f"The shortest trace of just one is one of the {able}: {shown_trace(trace)}.")
    parts = deep_difference(a, b, known, meter) if formula is None and trace is None else None
    if parts is not None:
        texts.append(f"The systems are not {phrase}: {said_of_parts(parts)}.")
    elif formula is None and trace is None:
        reason = f"they are not {phrase}, but the formula that shows it is too large to write down"
        return verdict(Outcome.UNKNOWN, reason=meter.exhausted() or reason)
    claim = Claim.when_read(f"not {phrase}", partial(pair_digest, *given))
    if parts is not None:
        shared = SharedDistinction(claim=claim, relation=known.name, parts=parts, atoms=respected)
        return verdict(Outcome.VIOLATED, evidence=shared, explanation=tuple(texts))
    if formula is not None:
        distinction = Distinction(
            claim=claim, relation=known.name, formula=formula, atoms=respected
        )
        return verdict(Outcome.VIOLATED, evidence=distinction, explanation=tuple(texts))
    assert trace is not None
    side = "left" if of_a else "right"
    by_trace = TraceDistinction(
        claim=claim, relation=known.name, trace=trace, able=side, atoms=respected
    )
    return verdict(Outcome.VIOLATED, evidence=by_trace, explanation=tuple(texts))
