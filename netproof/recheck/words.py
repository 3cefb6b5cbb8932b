"""Words and traces of two transition systems, followed step by step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from netproof.recheck.result import RefusedError, Watch
from transition_systems.evidence import TraceDistinction, WordEvidence
from transition_systems.lts import LTS, TAU

__all__ = ["check_trace", "check_word"]

Ints = NDArray[np.int64]
NOT_EQUIVALENT = "not language equivalent"


def check_word(evidence: WordEvidence, left: LTS, right: LTS, watch: Watch) -> None:
    """Refuse unless just the named system accepts the word."""
    if evidence.claim.formula != NOT_EQUIVALENT:
        raise RefusedError(f"a word proves {NOT_EQUIVALENT!r}, not its claim")
    if evidence.accepted_by not in ("left", "right"):
        raise RefusedError("a word is accepted by 'left' or by 'right'")
    accepted = [
        bool(lts.final[_after(lts, evidence.word, watch, silent=True)].any())
        for lts in (left, right)
    ]
    if accepted != [evidence.accepted_by == "left", evidence.accepted_by == "right"]:
        raise RefusedError("the word is not accepted by just the system that is named")


def check_trace(
    evidence: TraceDistinction, left: LTS, right: LTS, watch: Watch, *, silent: bool
) -> None:
    """Refuse unless just the named system can do the trace.

    Systems that are bisimilar in any way have the same traces: with silent steps for letters for
    the strong relation, and without them for those that abstract from silent steps.
    """
    if evidence.able not in ("left", "right"):
        raise RefusedError("a trace is one of 'left' or of 'right'")
    able = [len(_after(lts, evidence.trace, watch, silent=silent)) > 0 for lts in (left, right)]
    if able != [evidence.able == "left", evidence.able == "right"]:
        raise RefusedError("the trace is not one of just the system that is named")


def _after(lts: LTS, letters: Sequence[str], watch: Watch, *, silent: bool) -> Ints:
    """Return the states after some letters; silent steps are none of them if ``silent``."""
    number = {name: i for i, name in enumerate(lts.label_names)}

    def arcs(states: Ints, label: int) -> Ints:
        watch.tick()
        widths = lts.offsets[states + 1] - lts.offsets[states]
        begins = np.repeat(lts.offsets[states] - (np.cumsum(widths) - widths), widths)
        places = np.arange(len(begins)) + begins
        found: Ints = lts.targets[places[lts.labels[places] == label]]
        return found

    def closed(states: Ints) -> Ints:
        found = np.unique(states)
        fresh = found if silent else found[:0]
        while len(fresh):
            fresh = np.setdiff1d(arcs(fresh, TAU), found)
            found = np.union1d(found, fresh)
        return found

    states = closed(lts.initial)
    for letter in letters:
        label = number.get(letter, -1)
        if silent and label == TAU:
            raise RefusedError("a word has no silent letters")
        states = closed(arcs(states, label))
    return states
