"""Evidence about two transition systems: a partition, a formula or a word that tells them apart."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from netproof.recheck.hml import formula_holds
from netproof.recheck.result import RecheckResult, RefusedError, Watch, guarded
from netproof.recheck.state_table import integers
from transition_systems.budget import Budget
from transition_systems.evidence import Distinction, Evidence, PartitionEvidence, WordEvidence
from transition_systems.lts import LTS, TAU
from transition_systems.lts_data import pair_digest

__all__ = ["recheck_equivalence"]

Ints = NDArray[np.int64]
PHRASES = {"strong": "strongly bisimilar", "branching": "branching bisimilar"}
NOT_EQUIVALENT = "not language equivalent"


def recheck_equivalence(
    evidence: Evidence, left: LTS, right: LTS, *, budget: Budget | None = None
) -> RecheckResult:
    """Decide whether evidence proves that two systems are equivalent, or that they are not.

    Parameters
    ----------
    evidence
        A partition (equivalent), a Hennessy-Milner formula (not bisimilar) or a word (not
        language equivalent: silent steps are no letters, a word is accepted in a final state).
    left, right
        The systems, in the order in which they were compared.
    budget
        Seconds and bytes.

    Returns
    -------
    RecheckResult

    Notes
    -----
    A partition is checked in O(m log m) for m arcs; for branching bisimilarity, blocks in which
    some states need silent steps cost O(states + silent arcs) for each step that they must reach.
    A formula costs its size times that of the systems.

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
        elif isinstance(evidence, WordEvidence):
            _check_word(evidence, left, right, watch)
        else:
            raise RefusedError(f"evidence of kind {evidence.kind!r} is not about two systems")

    return guarded(work)


def _claims(evidence: PartitionEvidence | Distinction, prefix: str) -> None:
    phrase = PHRASES.get(evidence.relation)
    if phrase is None:
        raise RefusedError(f"there is no relation {evidence.relation!r:.40}")
    if evidence.claim.formula != f"{prefix}{phrase}":
        raise RefusedError(f"the evidence proves '{prefix}{phrase}', not its claim")


def _check_partition(evidence: PartitionEvidence, left: LTS, right: LTS, watch: Watch) -> None:
    _claims(evidence, "")
    count = left.n_states + right.n_states
    watch.fits((left.n_arcs + right.n_arcs) * 96 + count * 64)
    given = integers(evidence.block, (count,), "the partition")
    block = np.unique(given, return_inverse=True)[1].reshape(-1).astype(np.int64)
    final = np.concatenate([left.final, right.final])
    first = np.zeros(count, dtype=np.bool_)
    first[block] = final
    if (first[block] != final).any():
        raise RefusedError("a block has final states and others")
    starts = set(block[left.initial].tolist()), set(block[right.initial + left.n_states].tolist())
    if starts[0] != starts[1]:
        raise RefusedError("the initial states of the two systems are not in the same blocks")
    source, label, target = _both(left, right)
    silent = (label == TAU) & (block[source] == block[target])
    inert = np.zeros_like(silent) if evidence.relation == "strong" else silent
    code = _codes(label[~inert], block[target[~inert]])
    _same_steps(source[~inert], code, block, (source[inert], target[inert]), watch)


def _both(left: LTS, right: LTS) -> tuple[Ints, Ints, Ints]:
    """Return the arcs of the two systems side by side, labels matched by name."""
    number = {name: index for index, name in enumerate(left.label_names)}
    renamed = [number.setdefault(name, len(number)) for name in right.label_names]
    label = np.concatenate([left.labels, np.array(renamed, dtype=np.int64)[right.labels]])
    source = np.concatenate([left.sources, right.sources + left.n_states])
    target = np.concatenate([left.targets, right.targets + left.n_states])
    return source, label.astype(np.int64), target


def _codes(label: Ints, block: Ints) -> Ints:
    """Return one number for each different pair of label and block."""
    pairs = np.stack([label, block], axis=1)
    return np.unique(pairs, axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)


def _same_steps(
    source: Ints, code: Ints, block: Ints, inert: tuple[Ints, Ints], watch: Watch
) -> None:
    """Refuse unless the states of a block can all do the same, after inert steps in the block."""
    size = np.bincount(block)
    order = np.lexsort((source, code, block[source]))
    source, code = source[order], code[order]
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
    before: dict[int, list[int]] = defaultdict(list)
    for start, end in zip(inert[0].tolist(), inert[1].tolist(), strict=True):
        before[end].append(start)
    ends = np.append(begins[1:], len(source))
    for group in short.tolist():
        watch.tick()
        reached = set(source[begins[group] : ends[group]].tolist())
        waiting = list(reached)
        while waiting:
            for state in before.get(waiting.pop(), ()):
                if state not in reached:
                    reached.add(state)
                    waiting.append(state)
        if len(reached) < size[home[begins[group]]]:
            raise RefusedError("a state cannot do what another state of its block can")


def _check_distinction(evidence: Distinction, left: LTS, right: LTS, watch: Watch) -> None:
    """Check that the formula is of some initial state on the left and of none on the right.

    Or of all on the left and not of all on the right: equivalent systems have, for each initial
    state of one, an equivalent initial state of the other.
    """
    _claims(evidence, "not ")
    here, there = (
        formula_holds(lts, evidence.formula, evidence.relation, watch)[lts.initial]
        for lts in (left, right)
    )
    if not ((here.any() and not there.any()) or (here.all() and not there.all())):
        raise RefusedError("the formula does not tell the two systems apart")


def _check_word(evidence: WordEvidence, left: LTS, right: LTS, watch: Watch) -> None:
    if evidence.claim.formula != NOT_EQUIVALENT:
        raise RefusedError(f"a word proves {NOT_EQUIVALENT!r}, not its claim")
    if evidence.accepted_by not in ("left", "right"):
        raise RefusedError("a word is accepted by 'left' or by 'right'")
    accepted = [_accepts(lts, evidence.word, watch) for lts in (left, right)]
    if accepted != [evidence.accepted_by == "left", evidence.accepted_by == "right"]:
        raise RefusedError("the word is not accepted by just the system that is named")


def _accepts(lts: LTS, word: tuple[str, ...], watch: Watch) -> bool:
    source, number = lts.sources, {name: i for i, name in enumerate(lts.label_names)}

    def closed(now: NDArray[np.bool_]) -> NDArray[np.bool_]:
        while True:
            watch.tick()
            after = now.copy()
            after[lts.targets[(lts.labels == TAU) & now[source]]] = True
            if (after == now).all():
                return now
            now = after

    states = np.zeros(lts.n_states, dtype=np.bool_)
    states[lts.initial] = True
    states = closed(states)
    for letter in word:
        index = number.get(letter, -1)
        if index == TAU:
            raise RefusedError("a word has no silent letters")
        moved = np.zeros_like(states)
        moved[lts.targets[(lts.labels == index) & states[source]]] = True
        states = closed(moved)
    return bool((states & lts.final).any())
