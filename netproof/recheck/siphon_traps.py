"""Commoner's condition: every siphon but the empty one holds a trap that is marked at the start.

A trap that is marked stays marked, so no siphon is ever empty then. Let all input arcs weigh 1.

*Never dead.* In a dead marking each transition has an empty input place. So the empty places are a
siphon, and not the empty one if there is a transition (F. Commoner, 1972).

*Live*, where transitions with a common input place have all input places in common. Take a marking
after which no further transition becomes dead, and suppose that some are dead there. Such a one has
an input place that is empty and has dead producers only: else each of its input places could be
filled, one after the other, and none is emptied again meanwhile, for those that take from it have
the same input places and are dead too. The empty places with dead producers only are a siphon, for
each dead transition takes from one of them, and there is one; but no siphon is empty (M. Hack:
Analysis of production schemata by Petri nets. MIT, 1972).

That no siphon is without one of the traps is a propositional question, asked of z3.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from netproof.recheck.circuits import NEVER_DEAD
from netproof.recheck.invariants import Terms
from netproof.recheck.net_table import NetTable
from netproof.recheck.result import RefusedError, SkippedError, Watch
from netproof.recheck.statements import Statement, same
from transition_systems.evidence import SiphonTraps

__all__ = ["check_siphon_traps"]


def check_siphon_traps(
    evidence: SiphonTraps, claim: Statement, table: NetTable, watch: Watch
) -> None:
    """Check ``AG !dead`` or ``live``: marked traps, and no siphon without one of them."""
    if claim.phrase != "live" and not same(claim, NEVER_DEAD):
        raise RefusedError("traps in siphons prove that no marking is dead or that all is live")
    if any(weight != 1 for needs in table.pre for weight in needs.values()):
        raise RefusedError("an input arc of the net has a weight above 1")
    if claim.phrase == "live":
        _free_choice(table)
    elif not table.pre:
        raise RefusedError("a net without transitions is dead")
    gives = [
        {p for p in (*needs, *change) if needs.get(p, 0) + change.get(p, 0) > 0}
        for needs, change in zip(table.pre, table.change, strict=True)
    ]
    users: list[list[int]] = [[] for _ in table.place]
    for number, needs in enumerate(table.pre):
        for place in needs:
            users[place].append(number)
    traps = [_trap(names, table, users, gives, watch) for names in evidence.traps]
    try:
        z3: Any = import_module("z3")
    except ImportError:
        raise SkippedError("rechecking traps in siphons needs z3, which is not there") from None
    inside = [z3.Bool(f"s{place}") for place in range(len(table.place))]
    given = [z3.Or(*inside)]
    for needs, into in zip(table.pre, gives, strict=True):
        watch.tick()
        source = z3.Or(*(inside[place] for place in needs))
        given += [z3.Implies(inside[place], source) for place in into]
    given += [z3.Or(*(z3.Not(inside[place]) for place in trap)) for trap in traps]
    Terms(table, z3, watch).impossible(given, "a siphon without one of the traps")


def _free_choice(table: NetTable) -> None:
    """Refuse the net if transitions share an input place and differ in another."""
    users: dict[int, set[int]] = {}
    for needs in table.pre:
        for place in needs:
            if users.setdefault(place, set(needs)) != set(needs):
                name = table.net.place_ids[place]
                raise RefusedError(f"the net is not free choice at {name!r:.60}")


def _trap(
    names: tuple[str, ...],
    table: NetTable,
    users: list[list[int]],
    gives: list[set[int]],
    watch: Watch,
) -> set[int]:
    """Return a trap by the numbers of its places; refuse what is none, or not marked."""
    watch.tick()
    if any(name not in table.place for name in names):
        raise RefusedError("a trap has a place that the net has not")
    trap = {table.place[name] for name in names}
    for place in trap:
        if any(trap.isdisjoint(gives[number]) for number in users[place]):
            raise RefusedError("a transition takes from a trap and puts nothing into it")
    if trap.isdisjoint(table.initial):
        raise RefusedError("a trap is not marked at the start")
    return trap
