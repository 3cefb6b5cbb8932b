"""Enabledness and firing, computed from the arcs of a net by code of the recheck's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netproof.recheck.result import RefusedError, Watch
from petri.net import PetriNet
from transition_systems.run import Step

__all__ = ["NetTable", "Tokens"]

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Tokens = dict[int, int]

MOST_TOKENS = 2**62


def _by_transition(table: tuple[Ints, Ints, Ints]) -> list[Tokens]:
    offsets, places, weights = (part.tolist() for part in table)
    return [dict(zip(places[a:b], weights[a:b], strict=True)) for a, b in pairwise(offsets)]


class NetTable:
    """The arcs of a net by transition.

    Attributes
    ----------
    place, transition
        The index of each id.
    pre, change
        For each transition the weights that it needs, and what it changes (zeros left out).
    initial
        The initial marking: tokens by index of the place, zeros left out.
    tables
        State tables made for this net, by the identity of their rows: several verdicts on one net
        share the closed set of its markings, which is then checked once.
    replays
        Reductions of the net that were replayed, by their steps, for the same reason.
    """

    __slots__ = ("change", "initial", "net", "place", "pre", "replays", "tables", "transition")

    def __init__(self, net: PetriNet) -> None:
        self.net = net
        self.place = {name: index for index, name in enumerate(net.place_ids)}
        self.transition = {name: index for index, name in enumerate(net.transition_ids)}
        self.pre = _by_transition(net.pre_arcs)
        self.change: list[Tokens] = []
        for needs, gives in zip(self.pre, _by_transition(net.post_arcs), strict=True):
            for place, weight in needs.items():
                delta = gives.get(place, 0) - weight
                if delta:
                    gives[place] = delta
                else:
                    del gives[place]
            self.change.append(gives)
        self.initial = self.tokens(net.initial.to_dict())
        self.tables: dict[int, tuple[object, object]] = {}
        self.replays: dict[tuple[object, ...], object] = {}

    def tokens(self, state: object) -> Tokens:
        """Return a state given as ``{place: tokens}``; refuse anything else."""
        if not isinstance(state, Mapping):
            raise RefusedError(f"a state of a run is no marking: {state!r:.60}")
        found: Tokens = {}
        for name, count in state.items():
            index = self.place.get(name) if isinstance(name, str) else None
            if index is None:
                raise RefusedError(f"a state of a run names {name!r:.60}, which is no place")
            if isinstance(count, bool) or not isinstance(count, int | np.integer):
                raise RefusedError(f"a state of a run has {count!r:.60} tokens in {name!r}")
            if not 0 <= count <= MOST_TOKENS:
                raise RefusedError(f"a state of a run has {count} tokens in {name!r}")
            if count:
                found[index] = int(count)
        return found

    def walk(self, initial: object, steps: Iterable[Step], watch: Watch) -> list[Tokens]:
        """Fire the steps of a run from the initial marking; return all states on the way.

        Refused are another first state, a transition that is unknown or not enabled, and a state
        after a step that is not the one that the step leads to.
        """
        now = self.tokens(initial)
        if now != self.initial:
            raise RefusedError("the run does not start in the initial marking")
        states = [now]
        for number, step in enumerate(steps, start=1):
            if number % 256 == 0:
                watch.tick()
            index = self._number(step.action)
            if index is None:
                raise RefusedError(f"step {number} fires {step.action!r:.60}, no transition")
            if any(now.get(place, 0) < weight for place, weight in self.pre[index].items()):
                raise RefusedError(f"step {number} fires {step.action!r}, which is not enabled")
            after = dict(now)
            for place, delta in self.change[index].items():
                after[place] = after.get(place, 0) + delta
                if not after[place]:
                    del after[place]
            if self.tokens(step.state) != after:
                raise RefusedError(f"step {number} does not lead to the state that is named")
            states.append(after)
            now = after
        return states

    def _number(self, action: object) -> int | None:
        return self.transition.get(action) if isinstance(action, str) else None

    def rows(self, states: Iterable[Tokens]) -> Ints:
        """Return states as an array, int64 of shape (n_states, n_places)."""
        listed = list(states)
        array = np.zeros((len(listed), len(self.place)), dtype=np.int64)
        for row, tokens in zip(array, listed, strict=True):
            for place, count in tokens.items():
                row[place] = count
        return array

    def enabled(self, columns: NDArray[Any], transition: int) -> Bools:
        """Return where a transition is enabled; ``columns`` has the shape (n_places, n_states)."""
        able = np.ones(columns.shape[1], dtype=np.bool_)
        for place, weight in self.pre[transition].items():
            able &= columns[place] >= weight
        return able

    def dead(self, columns: NDArray[Any]) -> Bools:
        """Return where no transition is enabled; ``columns`` has the shape (n_places, n_states)."""
        stuck = np.ones(columns.shape[1], dtype=np.bool_)
        for transition in range(len(self.pre)):
            stuck &= ~self.enabled(columns, transition)
            if not stuck.any():
                break
        return stuck
