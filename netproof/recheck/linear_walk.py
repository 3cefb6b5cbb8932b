"""Traces of systems, followed set by set: what linear-time evidence is rechecked with."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.silent_steps import on_cycles
from transition_systems.lts import FINAL, LTS, TAU, TAU_NAME, TICK_NAME

__all__ = ["RELATIONS", "Known", "Letter", "States", "Walker", "known_relation", "walkers"]

Ints = NDArray[np.int64]
States = frozenset[int]
Letter = tuple[str, str]


class Known(NamedTuple):
    """A linear-time relation: as it is spoken of, and what is seen of a state."""

    phrase: str
    seen: str
    silent: bool = False
    along: bool = False
    divergence: bool = False
    termination: bool = False


RELATIONS = {
    "trace": Known("trace", ""),
    "weak-trace": Known("weak trace", "", True),
    "completed-trace": Known("completed trace", "end"),
    "weak-completed-trace": Known("weak completed trace", "end", True),
    "failures": Known("failures", "refusal"),
    "weak-failures": Known("stable failures", "refusal", True, termination=True),
    "failures-divergences": Known(
        "failures-divergences", "refusal", True, divergence=True, termination=True
    ),
    "readiness": Known("readiness", "ready"),
    "weak-readiness": Known("weak readiness", "ready", True),
    "failure-trace": Known("failure trace", "refusal", along=True),
    "weak-failure-trace": Known("weak failure trace", "refusal", True, along=True),
    "ready-trace": Known("ready trace", "ready", along=True),
    "weak-ready-trace": Known("weak ready trace", "ready", True, along=True),
    "possible-futures": Known("possible futures", "future"),
    "weak-possible-futures": Known("weak possible futures", "future", True),
    "impossible-futures": Known("impossible futures", "impossible"),
    "weak-impossible-futures": Known("weak impossible futures", "impossible", True),
}


def known_relation(
    name: str, atoms: Sequence[str], formula: str, *, negated: bool
) -> tuple[Known, bool]:
    """Return a relation and whether the claim is an equivalence; refuse any other claim."""
    known = RELATIONS.get(name)
    if known is None:
        raise RefusedError(f"there is no relation {name!r:.40}")
    shown = f" respecting {json.dumps(sorted(atoms), ensure_ascii=False)}" if atoms else ""
    for word in ("equivalent", "refinement"):
        if formula == f"{'not ' if negated else ''}{known.phrase} {word}{shown}":
            return known, word == "equivalent"
    raise RefusedError("the evidence is about another claim than its own")


class Walker:
    """A system whose atoms are letters, too: such a letter leads to a state without steps.

    A letter is a label with ``""``, or an atom with ``"atom"`` before it. That state is numbered
    ``n_states``.
    """

    def __init__(self, lts: LTS, atoms: Iterable[str], known: Known, watch: Watch) -> None:
        watch.fits(lts.n_arcs * 200 + lts.n_states * 200)
        self.known, self.watch = known, watch
        self.count = lts.n_states + 1
        self.steps: list[dict[Letter, list[int]]] = [{} for _ in range(self.count)]
        names = [("", name) for name in lts.label_names]
        rows: list[int] = lts.sources.tolist()
        for source, label, target in zip(
            rows, lts.labels.tolist(), lts.targets.tolist(), strict=True
        ):
            self.steps[source].setdefault(names[label], []).append(target)
        for name in {FINAL, *atoms}:
            holds = lts.atoms.get(name)
            for state in [] if holds is None else np.flatnonzero(holds).tolist():
                self.steps[state][("atom", name)] = [lts.n_states]
        self.divergent: set[int] = set()
        if known.divergence:
            silent = lts.labels == TAU
            alike = np.zeros(lts.n_states, dtype=np.int64)
            cycles = on_cycles(lts.sources[silent], lts.targets[silent], alike)
            self.divergent = set(cycles.tolist())
        self.start: list[int] = lts.initial.tolist()
        self.initial = self.closed(self.start)

    def silent_steps(self, state: int) -> list[int]:
        """Return where steps lead that are no letters."""
        return self.steps[state].get(("", TAU_NAME), []) if self.known.silent else []

    def letters(self, state: int) -> list[Letter]:
        """Return the letters that a state can do."""
        found = list(self.steps[state])
        return [a for a in found if a != ("", TAU_NAME)] if self.known.silent else found

    def closed(self, states: Iterable[int]) -> States:
        """Return states with those that silent steps lead to."""
        found = set(states)
        waiting = list(found) if self.known.silent else []
        while waiting:
            for state in self.silent_steps(waiting.pop()):
                if state not in found:
                    found.add(state)
                    waiting.append(state)
        return frozenset(found)

    def after(self, states: Iterable[int], letter: Letter) -> States:
        """Return where a letter leads from some states."""
        self.watch.tick()
        if self.known.silent and letter == ("", TAU_NAME):
            raise RefusedError("silent steps are no letters")
        return self.closed(t for s in states for t in self.steps[s].get(letter, ()))

    def shown(self, state: int) -> frozenset[Letter] | None:
        """Return the letters that a state waits for, or ``None`` where this is not seen.

        In the failures models of CSP, a state that can do the tick may refuse all else.
        """
        if self.known.termination and ("", TICK_NAME) in self.steps[state]:
            return frozenset({("", TICK_NAME)})
        if self.silent_steps(state):
            return None
        return frozenset(self.steps[state])


def walkers(
    left: LTS, right: LTS, atoms: Sequence[str], known: Known, watch: Watch
) -> tuple[Walker, Walker]:
    """Return both systems, to be followed."""
    return Walker(left, atoms, known, watch), Walker(right, atoms, known, watch)
