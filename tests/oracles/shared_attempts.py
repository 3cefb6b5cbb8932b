"""An ensemble by definition: each replica on its own, over plain dicts, from the drawn attempts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from oracles import firing


@dataclass
class Replica:
    tokens: dict[str, int]
    fired: Counter[str] = field(default_factory=Counter)
    passage: int | None = None
    visits: int = 0


class AboveBound(Exception):
    pass


def play(net, goal, watched, bound, choices, coin_of, *, clock, amount):
    """One replica; ``choices`` yields pairs of transitions, ``coin_of(i)`` its i-th coin."""
    arcs = {(a.source, a.target): a.weight for a in net.arcs}
    places = set(net.place_ids)
    replica = Replica(net.initial.to_dict())
    if goal(replica.tokens):
        replica.passage = 0
        return replica
    if amount == 0:
        return replica
    for attempt, pair in enumerate(choices):
        if clock == "attempts" and attempt >= amount:
            break
        if not any(firing.can_fire(arcs, places, replica.tokens, t) for t in net.transition_ids):
            break
        transition = net.transition_ids[pair[0] if coin_of(attempt) else pair[1]]
        if not firing.can_fire(arcs, places, replica.tokens, transition):
            continue
        replica.tokens = firing.fire(arcs, places, replica.tokens, transition)
        if any(count > bound for count in replica.tokens.values()):
            raise AboveBound
        replica.fired[transition] += 1
        replica.visits += watched(replica.tokens)
        if goal(replica.tokens):
            total = sum(replica.fired.values())
            replica.passage = attempt + 1 if clock == "attempts" else total
            break
        if clock == "firings" and sum(replica.fired.values()) >= amount:
            break
    return replica
