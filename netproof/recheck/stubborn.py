"""Stubborn sets, checked by their definition on the arcs of the net.

Let S(m) be the set of a state m. Checked in every state:

(1) for each t in S(m) that is not enabled, some place lacks tokens for it, and every transition
    that leaves more tokens there is in S(m);
(2) for each enabled t in S(m), every transition that needs tokens of a place that t leaves with
    fewer is in S(m); and t leads to a state of the set.

So if a sequence from m fires some of S(m), the first of these, t, is enabled in m (by 1: nothing
outside S(m) could have enabled it), and fired first it hinders none of those before it (by 2).

``AG P``: in every state P holds, and S(m) contains an up-set: transitions of which every sequence
into ``not P`` fires one. So a shortest sequence from a state of the set into ``not P`` would begin,
rearranged, with a step inside the set: then there is a shorter one, and so on without end.
``EF AG P`` is the same from the end of a run.

``AG EF P``: besides, (3) for each enabled t in S(m) every transition that leaves fewer tokens in a
place that t needs is in S(m), and from every state steps of the sets lead to a state m with all
that is enabled in S(m), and to one with P. Let a sequence w lead from m in the set to a marking n.
If S(m) has some of w, w gets shorter as above. If not, each step of S(m) stays enabled after w
(by 3) and w after it (by 2): follow these steps to a state that has all enabled in its set, hence
the first of w. So n leads to a state of the set, and that to P.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from netproof.recheck.net_table import NetTable
from netproof.recheck.predicates import fold, holds_in
from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.runs import meant
from netproof.recheck.state_table import CHUNK, StateTable, integers
from netproof.recheck.statements import Statement
from transition_systems.evidence import StubbornEvidence
from transition_systems.properties.predicates import (
    And,
    Atom,
    Compare,
    Constant,
    Dead,
    Enabled,
    Not,
    Predicate,
)

__all__ = ["Local", "check_stubborn"]

Bools = NDArray[np.bool_]
Found = tuple[Bools, Bools, Bools]
Ranks = list[tuple[NDArray[np.int64] | None, Bools]]


def check_stubborn(
    evidence: StubbornEvidence, claim: Statement, table: NetTable, watch: Watch
) -> None:
    """Check ``AG P``, ``EF AG P`` or ``AG EF P`` by states with stubborn sets."""
    if claim.shape not in ("AG", "EF AG", "AG EF"):
        raise RefusedError("stubborn sets prove AG, EF AG and AG EF, not this claim")
    good, back = meant(claim, claim.shape), claim.shape == "AG EF"
    states = StateTable.of(table, evidence.states, watch)
    shape = (len(states), max(1, -(-len(table.pre) // 8)))
    sets = integers(evidence.stubborn, shape, "the stubborn sets").astype(np.uint8)
    if claim.shape == "EF AG":
        run = evidence.run
        if run is None or states.index(table.walk(run.initial, run.steps, watch)[-1]) < 0:
            raise RefusedError("no run ends in the state set")
    else:
        states.starts()
    if not back:
        states.within(good)
    complete = np.zeros(len(states), dtype=np.bool_)
    for start in range(0, len(states), CHUNK):
        part = slice(start, start + CHUNK)
        local = Local(table, states.rows[part], sets[part], watch)
        complete[part] = local.complete(strict=back)
        if not back and not local.leads_out(good).all():
            raise RefusedError("a state leaves out steps that may lead out of the claim")
    ranks = [(evidence.rank, states.holds(good)), (evidence.full, complete)] if back else []
    _descend(states, sets, ranks)


def _descend(states: StateTable, sets: NDArray[np.uint8], ranks: Ranks) -> None:
    """Refuse steps out of the states, and states from which no step lowers a rank above 0."""
    checked = [integers(given, (len(states),), "a rank") for given, _ in ranks]
    for rank, (_, zero) in zip(checked, ranks, strict=True):
        if (rank < 0).any() or not zero[rank == 0].all():
            raise RefusedError("a rank is 0 where it must not be, or negative")
    least = [np.full(len(states), np.iinfo(np.int64).max, dtype=np.int64) for _ in checked]
    for _, sources, targets in states.arcs(sets):
        for rank, low in zip(checked, least, strict=True):
            low[sources] = np.minimum(low[sources], rank[targets])
    for rank, low in zip(checked, least, strict=True):
        if ((rank > 0) & (low >= rank)).any():
            raise RefusedError("no step of a stubborn set lowers a rank that is not 0")


class Local:
    """Some states with their sets: what is required of each alone.

    ``inside`` tells for each transition in which of the sets it is, ``columns`` the tokens of each
    place.
    """

    def __init__(
        self, table: NetTable, rows: NDArray[np.int64], sets: NDArray[np.uint8], watch: Watch
    ) -> None:
        self.table, self.rows, self.watch = table, rows, watch
        self.columns = np.ascontiguousarray(rows.T)
        self.inside = np.unpackbits(sets, axis=1, bitorder="little")[:, : len(table.pre)]
        self.inside = np.ascontiguousarray(self.inside.T).astype(np.bool_)
        sides: list[list[list[int]]] = [[[] for _ in table.place] for _ in range(3)]
        self.more, self.less, self.users = sides
        for number, (needs, change) in enumerate(zip(table.pre, table.change, strict=True)):
            for place in needs:
                self.users[place].append(number)
            for place, delta in change.items():
                (self.more if delta > 0 else self.less)[place].append(number)

    def has(self, transitions: Iterable[int]) -> Bools:
        """Return where all of these are in the set."""
        return np.asarray(self.inside[sorted(set(transitions))].all(axis=0), dtype=np.bool_)

    def guarded(self, transition: int) -> Bools:
        """Return where all are in the set that can disable a transition."""
        return self.has(t for place in self.table.pre[transition] for t in self.less[place])

    def helped(self, transition: int) -> Bools:
        """Return where some place lacks tokens and all that bring more are in the set."""
        found = np.zeros(len(self.rows), dtype=np.bool_)
        for place, weight in self.table.pre[transition].items():
            found |= (self.columns[place] < weight) & self.has(self.more[place])
        return found

    def complete(self, *, strict: bool) -> Bools:
        """Refuse sets that break a rule; return where all that is enabled is in the set."""
        found = np.ones(len(self.rows), dtype=np.bool_)
        for number, change in enumerate(self.table.change):
            self.watch.tick()
            able = self.table.enabled(self.columns, number)
            fine = self.has(t for p, delta in change.items() if delta < 0 for t in self.users[p])
            if strict:
                fine &= self.guarded(number)
            if (self.inside[number] & ~np.where(able, fine, self.helped(number))).any():
                raise RefusedError(f"a set with transition {number} is not stubborn")
            found &= self.inside[number] | ~able
        return found

    def leads_out(self, good: Predicate) -> Bools:
        """Return where the set contains an up-set of "not good"."""
        return fold(good, self._up)[2]

    def _up(self, node: Predicate, below: list[Found]) -> Found:
        """Return where a node holds, where an up-set of it is in, and one of its negation."""
        match node:
            case Not():
                holds, up, down = below[0]
                return ~holds, down, up
            case And() | Constant(True):
                return self._both(below)
            case Compare():
                return self._compared(node)
            case Atom(name):
                return self._compared(Compare(((name, 1),), ">=", 1))
            case Enabled(name):
                number = self.table.transition.get(name, -1)
                holds = holds_in(self.table, self.rows, node, self.watch)
                return holds, self.helped(number), self.guarded(number)
            case Dead():
                holds = self.table.dead(self.columns)
                up = np.zeros_like(holds)
                for number in range(len(self.table.pre)):
                    up |= self.table.enabled(self.columns, number) & self.guarded(number)
                return holds, up, np.ones_like(holds)
            case _:
                holds, up, down = self._both([(~h, d, u) for h, u, d in below])
                return ~holds, down, up

    def _both(self, parts: list[Found]) -> Found:
        holds = np.ones(len(self.rows), dtype=np.bool_)
        down, up = holds.copy(), ~holds
        for one, upwards, downwards in parts:
            up |= ~one & upwards
            down &= downwards
            holds &= one
        return holds, up, down

    def _compared(self, node: Compare) -> Found:
        changes = [
            sum(
                factor * change.get(self.table.place.get(name, -1), 0)
                for name, factor in node.terms
            )
            for change in self.table.change
        ]
        rise = self.has(t for t, change in enumerate(changes) if change > 0)
        fall = self.has(t for t, change in enumerate(changes) if change < 0)
        holds = holds_in(self.table, self.rows, node, self.watch)
        if node.op in (">=", ">"):
            return holds, rise, fall
        if node.op in ("<=", "<"):
            return holds, fall, rise
        below = Compare(node.terms, "<", node.bound)
        low = np.where(holds_in(self.table, self.rows, below, self.watch), rise, fall)
        return (holds, low, rise & fall) if node.op == "==" else (holds, rise & fall, low)
