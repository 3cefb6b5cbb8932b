"""Evidence for formulas of CTL*: each path quantifier from the inside out, by definition.

Where ``E path`` is said to hold a path is given: positions with one step each, so that from each
position there is one infinite path, on which the path formula is evaluated. Where it is said not to
hold, ranks prove its negation on all paths.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from netproof.recheck.fair_labels import FairLabels, check_fair
from netproof.recheck.ltl_ranks import check_ltl_ranks
from netproof.recheck.ltl_words import Holds
from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.star_parts import StarFormula, evaluated
from netproof.recheck.state_table import integers
from transition_systems.evidence import CtlStarProof
from transition_systems.evidence_ctl_star import QuantifiedPart, ctl_star_claim
from transition_systems.lts import LTS
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import Formula, Negation
from transition_systems.properties.parse import parse_formula
from transition_systems.properties.predicates import Atom, Predicate

__all__ = ["check_ctl_star"]

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


def check_ctl_star(evidence: CtlStarProof, lts: LTS, holds: Holds, watch: Watch) -> bool:
    """Return whether the formula holds in all initial states; refuse what does not prove that."""
    fair, strong = evidence.fair, evidence.strong
    if any(name not in lts.label_names for names in (*fair, *strong) for name in names):
        raise RefusedError("the fairness names a label that the system does not know")
    asked = StarFormula(parse_formula(evidence.formula), maximal=evidence.maximal)
    if len(asked.paths) != len(evidence.parts):
        raise RefusedError("there is not one part for each path quantifier")
    known: dict[str, Bools] = {}

    def value(leaf: Predicate) -> Bools:
        if isinstance(leaf, Atom) and leaf.name in known:
            return known[leaf.name]
        return np.asarray(holds(leaf))

    for number, (path, part) in enumerate(zip(asked.paths, evidence.parts, strict=True)):
        watch.tick()
        begin = integers(part.begin, (lts.n_states,), "where paths begin")
        where = begin >= 0
        _check_paths(part, begin, path, lts, value, evidence, watch)
        _check_others(part, where, path, lts, value, evidence, watch)
        known[asked.name(number)] = where
    top = evaluated(asked.top, value, np.zeros(0, dtype=np.int64), lts.n_states, watch)
    true = bool(top[lts.initial].all())
    said = ctl_star_claim(
        evidence.formula, holds=true, maximal=evidence.maximal, fair=fair, strong=strong
    )
    if evidence.claim.formula != said:
        raise RefusedError(f"the evidence proves {said!r:.200}, not its claim")
    return true


def _check_paths(
    part: QuantifiedPart, begin: Ints, path: Formula, lts: LTS, holds: Holds,
    evidence: CtlStarProof, watch: Watch,
) -> None:  # fmt: skip
    """Refuse positions that are no paths of the system, are not fair, or lack the formula."""
    size, n = len(part.state), lts.n_states
    columns = (part.state, part.label, part.after)
    state, label, after = (integers(column, (size,), "the positions") for column in columns)
    starts = np.flatnonzero(begin >= 0)
    if not size:
        if len(starts):
            raise RefusedError("a path begins at no position")
        return
    if (
        int(state.min()) < 0 or int(state.max()) >= n or int(after.min()) < 0
        or int(after.max()) >= size or int(begin.max()) >= size
    ):  # fmt: skip
        raise RefusedError("a position or a state of a path does not exist")
    if (state[begin[starts]] != starts).any():
        raise RefusedError("a path does not begin in its state")
    stuck = lts.offsets[1:] == lts.offsets[:-1]
    stays = label < 0
    if (stays & (~stuck[state] | (state[after] != state))).any():
        raise RefusedError("a path stays where steps are possible")
    moves = np.stack([state, label, state[after]])[:, ~stays]
    arcs = np.stack([lts.sources, lts.labels.astype(np.int64), lts.targets])
    both, place = np.unique(np.concatenate([arcs, moves], axis=1), axis=1, return_inverse=True)
    real = np.zeros(both.shape[1], dtype=np.bool_)
    real[place.reshape(-1)[: arcs.shape[1]]] = True
    if not real[place.reshape(-1)[arcs.shape[1] :]].all():
        raise RefusedError("a step of a path is none of the system")

    def seen(leaf: Predicate) -> Bools:
        found: Bools = holds(leaf)[state]
        return found

    good = evaluated(path, seen, after, size, watch)
    if not good[begin[starts]].all():
        raise RefusedError("the path formula does not hold on a path")
    _check_fair(state, label, after, lts, evidence, watch)


def _check_fair(
    state: Ints, label: Ints, after: Ints, lts: LTS, evidence: CtlStarProof, watch: Watch
) -> None:
    if not evidence.fair and not evidence.strong:
        return
    weak, strong = FairLabels(lts, evidence.fair), FairLabels(lts, evidence.strong)
    done = np.zeros(len(after), dtype=np.int64)
    for start in range(len(after)):
        watch.tick()
        walked: list[int] = []
        at = start
        while not done[at]:
            done[at] = start + 1
            walked.append(at)
            at = int(after[at])
        if not walked or done[at] != start + 1:
            continue
        cycle = np.array(walked[walked.index(at) :], dtype=np.int64)
        check_fair(weak, strong, state[cycle], label[cycle])


def _check_others(
    part: QuantifiedPart, where: Bools, path: Formula, lts: LTS, holds: Holds,
    evidence: CtlStarProof, watch: Watch,
) -> None:  # fmt: skip
    """Refuse a part that does not prove that no path from the other states has the formula."""
    others = np.flatnonzero(~where)
    if not len(others):
        return
    ranks = part.ranks
    if ranks is None:
        raise RefusedError("it is not shown that there is no path from the other states")
    if parse_formula(ranks.formula) != parse_formula(format_formula(Negation(path))):
        raise RefusedError("the ranks are about another formula")
    if (ranks.weak, ranks.fair, ranks.strong) != (False, evidence.fair, evidence.strong):
        raise RefusedError("the ranks are about other paths")
    begun = LTS.from_arrays(
        lts.n_states, lts.sources, lts.labels, lts.targets, label_names=lts.label_names,
        initial=others,
    )  # fmt: skip
    check_ltl_ranks(replace(ranks, space=None), begun, holds, watch)
