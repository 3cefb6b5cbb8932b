r"""Complete prefixes of unfoldings: each reachable marking is one that they show.

The *configurations* of a prefix are its runs without the order of independent steps; a *local* one,
``[e]``, is an event with its causes. They are compared by

1. the number of events,
2. then the sorted list of their transitions, lexicographically,
3. then their Foata form, level by level, each first by its number of events and then as in 2.

**Theorem** (J. Esparza, S. Roemer, W. Vogler: An improvement of McMillan's unfolding algorithm.
Formal Methods in System Design 20, 2002). Let a branching process start in the initial marking of a
net, without two conditions of one place that can be marked together; let some of its events be
cutoffs, of which no other event takes a condition, and let each event that is possible after
events that are no cutoffs be in it. If each cutoff ``e`` has a companion ``f``, no cutoff, or the
start, with the marking of ``[f]`` that of ``[e]`` and ``[f]`` smaller, then the net is one-safe and
each reachable marking is that of a configuration without cutoffs.

*Why.* Take the smallest configuration with a marking that is not shown, or with two tokens in a
place. It has a cutoff ``e``, or else all its events would be in the prefix. What follows ``[e]`` in
it can follow ``[f]`` too, for the marking is the same, and leads to the same end. That is smaller,
as the order is kept when the same transition is added to two configurations with the same marking:
in 1 and 2 plainly, in 3 since, up to the first level that differs, the same steps were made and
lead to the same marking, and a token that this marking has and the new event takes was touched by
no later step of either, or a place would have had two tokens; so the event comes to the same level
of both, up to that one, or after it in both. That the configuration was the smallest is
contradicted. There are finitely many of each size, so a smallest one exists.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from netproof.recheck.branching import Branching, members
from netproof.recheck.invariants import Terms
from netproof.recheck.net_table import NetTable
from netproof.recheck.result import RefusedError, SkippedError, Watch
from netproof.recheck.runs import meant
from netproof.recheck.statements import Statement
from transition_systems.evidence import CompletePrefix
from transition_systems.evidence_prefix import START
from transition_systems.properties.predicates import Predicate

__all__ = ["check_prefix"]


def check_prefix(evidence: CompletePrefix, claim: Statement, table: NetTable, watch: Watch) -> None:
    """Check ``AG P``: the prefix is complete, and no configuration ends where ``P`` fails."""
    good = meant(claim, "AG")
    if (evidence.places, evidence.actions) != (table.net.place_ids, table.net.transition_ids):
        raise RefusedError("the prefix is not over the places and transitions of the net")
    if any(change and not needs for needs, change in zip(table.pre, table.change, strict=True)):
        raise RefusedError("the net has a transition that makes tokens from nothing")
    process = Branching(table, evidence, watch)
    _smaller(process)
    _complete(process)
    try:
        z3: Any = import_module("z3")
    except ImportError:
        raise SkippedError("rechecking a prefix needs z3, which is not installed") from None
    _nowhere(process, good, z3)


def _smaller(process: Branching) -> None:
    """Refuse a cutoff whose companion is not smaller, is a cutoff, or leads to another marking."""
    for event, other in process.cutoffs.items():
        process.watch.tick()
        if not START <= other < len(process.taken) or other in process.cutoffs:
            raise RefusedError("the companion of a cutoff is no event, or a cutoff itself")
        if process.marking(event) != process.marking(other):
            raise RefusedError("a cutoff and its companion lead to different markings")
        if process.key(other) >= process.key(event):
            raise RefusedError("the companion of a cutoff is not smaller than the cutoff")


def _complete(process: Branching) -> None:
    """Refuse the prefix if an event is possible that it does not have.

    Its events are different and possible, so that it is enough to count those that are possible.
    """
    count, most = 0, len(process.taken)
    for needs in process.table.pre:
        masks = [process.live[place] for place in needs]
        stack = [masks] if needs and set(needs.values()) == {1} else []
        while stack:
            process.watch.tick()
            least, *others = sorted(stack.pop(), key=int.bit_count)
            if not others:
                count += least.bit_count()
                continue
            for condition in members(least):
                left = [mask & process.together[condition] for mask in others]
                if all(left):
                    stack.append(left)
            if count > most:
                break
    if count != most:
        raise RefusedError("an event that is possible is missing in the prefix")


def _nowhere(process: Branching, good: Predicate, z3: Any) -> None:
    """Refuse unless no configuration without cutoffs ends in a marking where ``P`` fails.

    An event needs those before it, and a condition is taken at most once.
    """
    chosen = [event for event in range(len(process.taken)) if event not in process.cutoffs]
    events = {event: z3.Bool(f"e{event}") for event in chosen}
    given: list[Any] = []
    marked: list[list[Any]] = [[] for _ in process.live]
    for condition, place in enumerate(process.places):
        before = process.producers[condition]
        if before in process.cutoffs:
            continue
        after = [events[event] for event in process.consumers[condition] if event in events]
        made = z3.BoolVal(True) if before == START else events[before]
        given += [z3.Implies(event, made) for event in after]
        if len(after) > 1:
            given.append(z3.AtMost(*after, 1))
        marked[place].append(z3.And(made, *(z3.Not(event) for event in after)))
    tokens: list[Any] = []
    for place, ways in enumerate(marked):
        token = z3.Bool(f"p{place}")
        given.append(token == z3.Or(*ways))
        tokens.append(z3.If(token, z3.IntVal(1), z3.IntVal(0)))
    terms = Terms(process.table, z3, process.watch)
    given.append(z3.Not(terms.predicate(good, tokens)))
    terms.impossible(given, "the prefix")
