"""Deciding whether two systems are the same but for the numbers of their states."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import Budget
from transition_systems.csr import row_arcs
from transition_systems.equivalences.colours import Colouring
from transition_systems.equivalences.reached import reached_parts
from transition_systems.errors import UndecidedError
from transition_systems.evidence_data import Claim
from transition_systems.evidence_isomorphism import ColourDifference, IsomorphismEvidence
from transition_systems.lts import FINAL, LTS
from transition_systems.lts_data import pair_digest
from transition_systems.lts_operations import (
    disjoint_union,
    with_atoms,
)
from transition_systems.progress import ProgressCallback
from transition_systems.verdict import Outcome, Statistics, Verdict

__all__ = ["isomorphic"]

Indices = NDArray[np.int64]
THIN = 24


def isomorphic(
    a: LTS,
    b: LTS,
    *,
    atoms: Collection[str] = (),
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
) -> Verdict:
    """Decide whether a one-to-one map of reachable states takes one system to the other.

    The map respects arcs with their labels, initial and final states, and the atoms that are named.

    Parameters
    ----------
    a, b
        The systems; labels and atoms are compared by name, an atom that one lacks is false there.
    atoms
        Atoms that the map respects, beside ``final``.
    budget, progress
        What it may use; nobody is told.

    Returns
    -------
    Verdict
        ``HOLDS`` with the map; ``VIOLATED`` with a number of rounds of colour refinement after
        which the systems have different numbers of some colour, or, where there is none, with
        the word that all maps were tried; ``UNKNOWN`` when the budget ends.

    Raises
    ------
    UsageError
        When the systems do not fit into memory side by side.

    Notes
    -----
    Linear for deterministic systems that are isomorphic; otherwise colour refinement, O(m log n)
    for each round, then states of equal colour are mapped one by one, with backtracking: time may
    be exponential for very regular systems.

    B. McKay, A. Piperno, Practical graph isomorphism II, J. Symbolic Comput. 60 (2014).

    Examples
    --------
    >>> one = LTS.from_arcs(2, [(0, "a", 1)])
    >>> two = LTS.from_arcs(3, [(2, "a", 0)], initial=[2])
    >>> isomorphic(one, two).evidence.image.tolist()
    [2, 0]
    """
    meter = (Budget() if budget is None else budget).start()
    respected = tuple(sorted({*atoms} - {FINAL}))
    digest, count = partial(pair_digest, a, b), a.n_states
    a, b = with_atoms(a, respected), with_atoms(b, respected)

    def verdict(outcome: Outcome, **rest: object) -> Verdict:
        statistics = Statistics(
            method="colour refinement",
            states=a.n_states + b.n_states,
            arcs=a.n_arcs + b.n_arcs,
            seconds=meter.seconds,
        )
        return Verdict(property=phrase, outcome=outcome, statistics=statistics).with_(**rest)

    phrase = "isomorphic"
    if respected:
        phrase = f"isomorphic respecting {_shown(respected)}"
    del progress
    rounds = 0

    old: list[NDArray[np.int64]] = []
    try:
        (a, b), kept = reached_parts((a, b), meter.look)
        old = [np.flatnonzero(states) for states in kept]
        both = disjoint_union(a, b)
        reason = meter.exhausted(states=both.n_states)
        if reason is not None:
            raise UndecidedError(reason)
        image = _by_numbers(both, a.n_states)
        if image is None:
            colouring = Colouring(both, a.n_states, meter)
            colour, rounds = colouring.refined(colouring.first)
            found = not colouring.differs(colour)
            image = next(_maps(colouring, both, colour), None) if found else None
        else:
            found = True
    except UndecidedError as error:
        return verdict(Outcome.UNKNOWN, reason=str(error))
    except MemoryError:
        return verdict(Outcome.UNKNOWN, reason="there is not enough memory")
    if image is not None:
        whole = np.full(count, -1, dtype=np.int64)
        whole[old[0]] = old[1][image]
        proof = IsomorphismEvidence(
            claim=Claim.when_read(phrase, digest),
            image=whole,
            atoms=respected,
        )
        states = "1 state" if a.n_states == 1 else f"{a.n_states} states"
        text = f"The systems are {phrase}: a map takes {states} of the first to the second."
        return verdict(Outcome.HOLDS, evidence=proof, explanation=(text,))
    difference = ColourDifference(
        claim=Claim.when_read(f"not {phrase}", digest),
        rounds=rounds,
        exhaustive=found,
        atoms=respected,
    )
    text = f"The systems are not {phrase}: {_reason(a, b, rounds, exhaustive=found)}."
    return verdict(Outcome.VIOLATED, evidence=difference, explanation=(text,))


def _shown(atoms: tuple[str, ...]) -> str:
    import json

    return json.dumps(list(atoms), ensure_ascii=False)


def _reason(a: LTS, b: LTS, rounds: int, *, exhaustive: bool) -> str:
    if exhaustive:
        return "all maps that keep the colours of states were tried"
    for name, left, right in (
        ("states", a.n_states, b.n_states),
        ("arcs", a.n_arcs, b.n_arcs),
        ("initial states", len(a.initial), len(b.initial)),
        ("final states", int(a.final.sum()), int(b.final.sum())),
    ):
        if left != right:
            return f"they have {left} and {right} {name}"
    times = f"{rounds} round{'' if rounds == 1 else 's'}"
    return f"after {times} of refinement the numbers of states of some colour differ"


def _by_numbers(both: LTS, cut: int) -> Indices | None:
    """Return the map of two deterministic systems, if their numbers breadth first agree."""
    same = (np.diff(both.sources) == 0) & (np.diff(both.labels) == 0)
    if len(both.initial) != 2 or same.any() or 2 * cut != both.n_states:
        return None
    if both.initial[0] >= cut or both.initial[1] < cut:
        return None
    left, right = (_breadth_first(both, int(start)) for start in both.initial)
    if len(left) != cut or len(right) != cut:
        return None
    image = np.empty(cut, dtype=np.int64)
    image[left] = right
    return image - cut if _is_isomorphism(both, cut, image) else None


def _breadth_first(lts: LTS, start: int) -> Indices:
    """Return the states in the order in which they are reached, by label."""
    seen = np.zeros(lts.n_states, dtype=np.bool_)
    seen[start] = True
    frontier = np.array([start], dtype=np.int64)
    found = [frontier]
    offsets, targets, mark = lts.offsets.data, lts.targets.data, seen.data
    while len(frontier):
        if len(frontier) < THIN:
            after: list[int] = []
            for state in frontier.tolist():
                for target in targets[offsets[state] : offsets[state + 1]]:
                    if not mark[target]:
                        mark[target] = True
                        after.append(target)
            frontier = np.array(after, dtype=np.int64)
        else:
            ends = lts.targets[row_arcs(lts.offsets, frontier)]
            ends = ends[~seen[ends]]
            frontier = ends[np.sort(np.unique(ends, return_index=True)[1])]
            seen[frontier] = True
        found.append(frontier)
    return np.concatenate(found)


def _is_isomorphism(both: LTS, cut: int, image: Indices) -> bool:
    """Return whether a one-to-one map of the first states to the others respects everything."""
    split = int(both.offsets[cut])
    sources, labels, targets = both.sources, both.labels, both.targets
    arcs = image[sources[:split]], labels[:split], image[targets[:split]]
    order = np.lexsort(arcs[::-1])
    if not (
        np.array_equal(arcs[0][order], sources[split:])
        and np.array_equal(arcs[1][order], labels[split:])
        and np.array_equal(arcs[2][order], targets[split:])
    ):
        return False
    starts = both.initial[both.initial < cut], both.initial[both.initial >= cut]
    return np.array_equal(np.sort(image[starts[0]]), starts[1]) and all(
        np.array_equal(flags[:cut], flags[image]) for flags in both.atoms.values()
    )


def _maps(colouring: Colouring, both: LTS, colour: Indices) -> Iterator[Indices]:
    """Yield the isomorphisms that a search by colours finds, up to exchange of twins.

    Raises
    ------
    UndecidedError
        When the budget ends.
    """
    cut = colouring.cut
    waiting: list[tuple[Indices, list[int]]] = [(colouring.without_twins(colour), [])]
    while waiting:
        before, fixed = waiting.pop()
        colour = before.copy()
        colour[fixed] = int(colour.max(initial=0)) + 1
        colour = colouring.refined(colour)[0]
        if colouring.differs(colour):
            continue
        size = np.bincount(colour[:cut])
        several = np.flatnonzero(size > 1)
        if len(several) == 0:
            image = np.empty(cut, dtype=np.int64)
            image[np.argsort(colour[:cut])] = cut + np.argsort(colour[cut:])
            if _is_isomorphism(both, cut, image):
                yield image - cut
            continue
        chosen = several[np.argmin(size[several])]
        mine = int(np.flatnonzero(colour[:cut] == chosen)[0])
        others = (cut + np.flatnonzero(colour[cut:] == chosen)).tolist()
        waiting += [(colour, [mine, other]) for other in reversed(others)]
