"""A formula of linear time on a net, by a part of its markings with strict stubborn sets.

The formula must not tell how often a letter is repeated. A transition is visible that may change a
predicate of it, as far as the arcs tell. The set S(m) of each marking m is stubborn in the strict
form, rules (1) to (3) of ``netproof.recheck.stubborn``. Besides,

(a) where something is enabled in m, S(m) has an enabled transition;
(b) where S(m) has an enabled visible transition, it has all that are visible;
(c) where something invisible is enabled, S(m) has an enabled transition that is invisible;
(d) on each cycle of steps of the sets, some set has all that are visible.

Then for each maximal path w of the net there is one by steps of the sets with the same word but for
repeated letters. Let w be infinite, from m. If it fires some of S(m), let t be the first of these:
t is enabled in m, and can be fired before what precedes it in w, which stays possible. If t is
visible, nothing that precedes it is, by (b). So the word stays the same but for repetition. If w
fires none of S(m), some enabled t in S(m) is invisible: by (a), unless all that S(m) enables is
visible; but then nothing in w is, by (b), and (c) gives one. By strictness t stays enabled along w,
which is possible after it, with the same word. Go on like this with what is left of w. Its first
visible step is not passed by a visible one, and not put off for ever: otherwise from some marking
on, neither it nor what precedes it is in a set, which by (d) is not so on all markings of a cycle.
If w ends in a dead marking and is not empty, it fires some of S(m), since t from (a) would be
enabled at its end; so w gets shorter until nothing is left.

Where the only predicate that changes is ``dead``, no transition is visible: both paths are infinite
and it never holds, or it holds at the end of both and nowhere else. Otherwise it makes all visible.

The other way round, paths by steps of the sets are paths of the net, and by (a) they end only in
dead markings. A. Valmari: The state explosion problem. LNCS 1491, 1998.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from netproof.recheck.ltl_net import system_of
from netproof.recheck.ltl_ranks import check_ltl_ranks
from netproof.recheck.net_table import NetTable
from netproof.recheck.predicates import operands_of
from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.state_table import CHUNK, StateTable, integers
from netproof.recheck.stubborn import Local
from netproof.recheck.stuttering import check_invariant
from transition_systems.evidence import LtlStubborn
from transition_systems.properties.parse import parse_formula
from transition_systems.properties.predicates import Atom, Compare, Dead, Enabled, Predicate
from transition_systems.properties.walk import predicates_in

__all__ = ["check_ltl_stubborn"]


def check_ltl_stubborn(evidence: LtlStubborn, table: NetTable, watch: Watch) -> None:
    """Refuse markings with sets that do not stand for all, or ranks that are none on them."""
    ranks = replace(evidence.ranks, claim=evidence.claim)
    if ranks.weak or ranks.fair or ranks.strong:
        raise RefusedError("stubborn sets keep all paths, not those that are fair")
    if ranks.space is None:
        raise RefusedError("evidence about markings of a net needs their set")
    check_invariant(ranks.formula, watch)
    states = StateTable.of(table, ranks.space, watch)
    shape = (len(states), max(1, -(-len(table.pre) // 8)))
    sets = integers(evidence.stubborn, shape, "the stubborn sets").astype(np.uint8)
    visible = _visible(table, ranks.formula, watch)
    order = integers(evidence.order, (len(states),), "the order of the markings")
    having = np.zeros(len(states), dtype=np.bool_)
    for start in range(0, len(states), CHUNK):
        part = slice(start, start + CHUNK)
        local = Local(table, states.rows[part], sets[part], watch)
        local.complete(strict=True)
        having[part] = _rules(local, visible)
    steps = list(states.arcs(sets))
    for _, before, after in steps:
        if (~having[before] & ~having[after] & (order[before] <= order[after])).any():
            raise RefusedError("visible steps are put off on a cycle, for all we know")
    lts, holds = system_of(states, steps, table, watch)
    check_ltl_ranks(ranks, lts, holds, watch)


def _rules(local: Local, visible: set[int]) -> NDArray[np.bool_]:
    """Refuse sets that break one of the rules (a) to (c); return where all visible ones are in."""
    table, nothing = local.table, np.zeros(len(local.rows), dtype=np.bool_)
    having = local.has(visible) if visible else ~nothing
    able = {True: nothing, False: nothing}
    taken = {True: nothing, False: nothing}
    for number in range(len(table.pre)):
        local.watch.tick()
        enabled, seen = table.enabled(local.columns, number), number in visible
        able[seen] = able[seen] | enabled
        taken[seen] = taken[seen] | (enabled & local.inside[number])
    if ((able[True] | able[False]) & ~(taken[True] | taken[False])).any():
        raise RefusedError("a stubborn set has no step where there are steps")
    if (taken[True] & ~having).any():
        raise RefusedError("a stubborn set has a visible step, and not all that are visible")
    if (able[False] & ~taken[False]).any():
        raise RefusedError("a stubborn set has no invisible step where there are some")
    return having


def _visible(table: NetTable, formula: str, watch: Watch) -> set[int]:
    """Return the transitions that may change a predicate of the formula."""
    found: set[int] = set()
    dead = False
    waiting: list[Predicate] = list(predicates_in(parse_formula(formula)))
    while waiting:
        node = waiting.pop()
        watch.tick()
        waiting.extend(operands_of(node))
        match node:
            case Dead():
                dead = True
                continue
            case Atom(name):
                factors = {table.place.get(name, -1): 1}
            case Compare(terms):
                factors = dict[int, int]()
                for name, factor in terms:
                    place = table.place.get(name, -1)
                    factors[place] = factors.get(place, 0) + factor
            case Enabled(name):
                needs = table.pre[table.transition[name]] if name in table.transition else {}
                for number, change in enumerate(table.change):
                    if needs.keys() & change.keys():
                        found.add(number)
                continue
            case _:
                continue
        for number, change in enumerate(table.change):
            if sum(factors.get(place, 0) * delta for place, delta in change.items()):
                found.add(number)
    return set(range(len(table.pre))) if dead and found else found
