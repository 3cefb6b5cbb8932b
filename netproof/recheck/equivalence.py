"""Evidence about two transition systems: a partition, a formula or a word that tells them apart."""

from __future__ import annotations

import json

import numpy as np
from numpy.typing import NDArray

from netproof.recheck.hml import formula_holds
from netproof.recheck.result import RecheckResult, RefusedError, Watch, guarded
from netproof.recheck.silent_steps import Backward, marks_of, on_cycles
from netproof.recheck.state_table import integers
from netproof.recheck.words import check_trace, check_word
from transition_systems.budget import Budget
from transition_systems.evidence import (
    Distinction,
    Evidence,
    PartitionEvidence,
    TraceDistinction,
    WordEvidence,
)
from transition_systems.lts import LTS, TAU
from transition_systems.lts_data import pair_digest

__all__ = ["recheck_equivalence"]

Ints = NDArray[np.int64]
PHRASES = {
    "strong": "strongly bisimilar",
    "branching": "branching bisimilar",
    "divergence-branching": "divergence-preserving branching bisimilar",
    "weak": "weakly bisimilar",
    "divergence-weak": "divergence-preserving weakly bisimilar",
}
WEAK = ("weak", "divergence-weak")
DIVERGENCE = ("divergence-branching", "divergence-weak")


def recheck_equivalence(
    evidence: Evidence, left: LTS, right: LTS, *, budget: Budget | None = None
) -> RecheckResult:
    """Decide whether evidence proves that two systems are equivalent, or that they are not.

    Parameters
    ----------
    evidence
        A partition (equivalent), a Hennessy-Milner formula or a trace (not bisimilar) or a word
        (not language equivalent: silent steps are no letters, a word is accepted in a final
        state).
    left, right
        The systems, in the order in which they were compared.
    budget
        Seconds and bytes.

    Returns
    -------
    RecheckResult

    Notes
    -----
    A partition is checked in O(m log m) for m arcs; for relations that abstract from silent steps,
    blocks in which some states need these cost O(states + silent arcs) for each step that they
    must reach. A formula costs its size times that of the systems, a trace each of its letters
    what the states after it can do.

    R. van Glabbeek, W. Weijland: Branching time and abstraction in bisimulation semantics.
    J. ACM 43, 1996.

    Examples
    --------
    >>> from transition_systems.evidence import Claim
    >>> one = LTS.from_arcs(2, [(0, "a", 1)])
    >>> two = LTS.from_arcs(3, [(0, "a", 1), (0, "a", 2)])
    >>> claim = Claim(formula="strongly bisimilar", model_digest=pair_digest(one, two))
    >>> blocks = np.array([0, 1, 0, 1, 1])
    >>> same = PartitionEvidence(claim=claim, relation="strong", block=blocks)
    >>> recheck_equivalence(same, one, two).status
    'passed'
    >>> recheck_equivalence(same, two, one).reason
    'the evidence is about other systems: the digest differs'
    """

    def work() -> None:
        watch = Watch(budget)
        if evidence.claim.model_digest != pair_digest(left, right):
            raise RefusedError("the evidence is about other systems: the digest differs")
        if isinstance(evidence, PartitionEvidence):
            _check_partition(evidence, left, right, watch)
        elif isinstance(evidence, Distinction):
            _check_distinction(evidence, left, right, watch)
        elif isinstance(evidence, TraceDistinction):
            _claims(evidence, "not ")
            check_trace(evidence, left, right, watch, silent=evidence.relation != "strong")
        elif isinstance(evidence, WordEvidence):
            check_word(evidence, left, right, watch)
        else:
            raise RefusedError(f"evidence of kind {evidence.kind!r} is not about two systems")

    return guarded(work)


def _claims(evidence: PartitionEvidence | Distinction | TraceDistinction, prefix: str) -> None:
    phrase = PHRASES.get(evidence.relation)
    if phrase is None:
        raise RefusedError(f"there is no relation {evidence.relation!r:.40}")
    if evidence.atoms:
        phrase = f"{phrase} respecting {json.dumps(sorted(evidence.atoms), ensure_ascii=False)}"
    if evidence.claim.formula != f"{prefix}{phrase}":
        raise RefusedError(f"the evidence proves '{prefix}{phrase}', not its claim")


def _check_partition(evidence: PartitionEvidence, left: LTS, right: LTS, watch: Watch) -> None:
    _claims(evidence, "")
    count = left.n_states + right.n_states
    watch.fits((left.n_arcs + right.n_arcs) * 96 + count * 64)
    given = integers(evidence.block, (count,), "the partition")
    block = np.unique(given, return_inverse=True)[1].reshape(-1).astype(np.int64)
    marks = marks_of([left, right], evidence.atoms)
    first = np.zeros(count, dtype=np.int64)
    first[block] = marks
    if (first[block] != marks).any():
        raise RefusedError("a block has states with an atom, or final ones, and others")
    starts = set(block[left.initial].tolist()), set(block[right.initial + left.n_states].tolist())
    if starts[0] != starts[1]:
        raise RefusedError("the initial states of the two systems are not in the same blocks")
    source, label, target = _both(left, right)
    silent = label == TAU
    inside = silent & (block[source] == block[target])
    inert = np.zeros_like(silent) if evidence.relation == "strong" else inside
    through = silent if evidence.relation in WEAK else inert
    before = Backward(source[through], target[through])
    _same_steps((source, label, target), inert, block, before, evidence.relation in WEAK, watch)
    if evidence.relation in DIVERGENCE:
        _same_divergence(on_cycles(source[silent], target[silent], marks), block, before, watch)


def _both(left: LTS, right: LTS) -> tuple[Ints, Ints, Ints]:
    """Return the arcs of the two systems side by side, labels matched by name."""
    number = {name: index for index, name in enumerate(left.label_names)}
    renamed = [number.setdefault(name, len(number)) for name in right.label_names]
    label = np.concatenate([left.labels, np.array(renamed, dtype=np.int64)[right.labels]])
    source = np.concatenate([left.sources, right.sources + left.n_states])
    target = np.concatenate([left.targets, right.targets + left.n_states])
    return source, label.astype(np.int64), target


def _same_steps(
    arcs: tuple[Ints, Ints, Ints],
    inert: NDArray[np.bool_],
    block: Ints,
    before: Backward,
    weak: bool,
    watch: Watch,
) -> None:
    """Refuse unless the states of a block can all do the same, after the silent steps that count.

    For weak bisimilarity silent steps may also follow, and then all states count that lead into
    the block of the target.
    """
    size = np.bincount(block)
    source, label, target = (part[~inert] for part in arcs)
    pairs = np.stack([label, block[target]], axis=1)
    kinds, code = np.unique(pairs, axis=0, return_inverse=True)
    code = code.reshape(-1)
    order = np.lexsort((source, block[source], code))
    source, code, target = source[order], code[order], target[order]
    if not len(source):
        return
    home = block[source]
    fresh = np.ones(len(source), dtype=np.bool_)
    fresh[1:] = (np.diff(home) != 0) | (np.diff(code) != 0)
    begins = np.flatnonzero(fresh)
    new = fresh.copy()
    new[1:] |= np.diff(source) != 0
    able = np.add.reduceat(new.astype(np.int64), begins)
    short = np.flatnonzero(able < size[home[begins]])
    if not len(short):
        return
    ends = np.append(begins[1:], len(source))
    members = _Members(block)
    known: tuple[int, set[int]] = (-1, set())
    for group in short.tolist():
        watch.tick()
        if not weak:
            reached = before.reach(source[begins[group] : ends[group]].tolist())
        else:
            kind = int(code[begins[group]])
            if known[0] != kind:
                known = kind, _weakly(arcs, int(kinds[kind][0]), members.of(kinds[kind][1]), before)
            reached = known[1]
        if not reached.issuperset(members.of(int(home[begins[group]]))):
            raise RefusedError("a state cannot do what another state of its block can")


def _weakly(
    arcs: tuple[Ints, Ints, Ints], label: int, goal: list[int], before: Backward
) -> set[int]:
    """Return the states from which silent steps, one with the label and silent ones lead."""
    reached = before.reach(goal)
    if label == TAU:
        return reached
    source, labels, target = arcs
    there = np.zeros(int(max(source.max(), target.max())) + 1, dtype=np.bool_)
    there[[state for state in reached if state < len(there)]] = True
    return before.reach(source[(labels == label) & there[target]].tolist())


class _Members:
    """The states of each block."""

    def __init__(self, block: Ints) -> None:
        self.states = np.argsort(block, kind="stable")
        self.begin = np.concatenate(([0], np.cumsum(np.bincount(block))))

    def of(self, block: int) -> list[int]:
        found: list[int] = self.states[self.begin[block] : self.begin[block + 1]].tolist()
        return found


def _same_divergence(cyclic: Ints, block: Ints, before: Backward, watch: Watch) -> None:
    """Refuse unless all states of a block with a state on a silent cycle lead to one there."""
    members = _Members(block)
    on_cycle = np.zeros(len(block), dtype=np.bool_)
    on_cycle[cyclic] = True
    for home in np.unique(block[cyclic]).tolist():
        watch.tick()
        states = members.of(home)
        if not before.reach(s for s in states if on_cycle[s]).issuperset(states):
            raise RefusedError("a state cannot be silent for ever as another of its block can")


def _check_distinction(evidence: Distinction, left: LTS, right: LTS, watch: Watch) -> None:
    """Check that the formula is of some initial state on the left and of none on the right.

    Or of all on the left and not of all on the right: equivalent systems have, for each initial
    state of one, an equivalent initial state of the other.
    """
    _claims(evidence, "not ")
    here, there = (
        formula_holds(lts, evidence.formula, evidence.relation, evidence.atoms, watch)[lts.initial]
        for lts in (left, right)
    )
    if not ((here.any() and not there.any()) or (here.all() and not there.all())):
        raise RefusedError("the formula does not tell the two systems apart")
