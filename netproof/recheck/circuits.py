"""Marked graphs: every circuit is marked, by an order of the transitions.

In a dead marking each transition has an input place without enough tokens: arcs weigh 1, so it
is empty. Its only producer has one too, and so on; going back there is a circuit of empty places.
Each of its places has one producer and one consumer, both on the circuit, so its tokens are as many
as at the start: none. The order forbids such a circuit (F. Commoner et al., Marked directed graphs,
1971).

The initial marking can always be reached again, too: each transition as often as the others
changes nothing, so from any reachable marking some numbers of firings, none below zero, lead back.
One of the transitions that have some left is enabled: otherwise each of them has an empty input
place, and since that has no fewer tokens than none in the end, its producer has some left as well;
going back there is a circuit of empty places again. So they can all be fired, one by one.
"""

from __future__ import annotations

from netproof.recheck.net_table import NetTable
from netproof.recheck.result import RefusedError
from netproof.recheck.statements import Statement, same, start_of
from transition_systems.evidence import CircuitEvidence
from transition_systems.properties.predicates import Dead, Not

__all__ = ["NEVER_DEAD", "check_circuits"]

NEVER_DEAD = Statement("AG", Not(Dead()))


def check_circuits(evidence: CircuitEvidence, claim: Statement, table: NetTable) -> None:
    """Check ``AG !dead``, or that the initial marking can always be reached again."""
    if not same(claim, NEVER_DEAD) and not same(claim, Statement("AG EF", start_of(table.net))):
        raise RefusedError(
            "marked circuits prove that no marking is dead and that the net always comes back, "
            "not this claim"
        )
    position = {name: number for number, name in enumerate(evidence.order)}
    if not position or position.keys() != table.transition.keys():
        raise RefusedError("the order does not have the transitions of the net")
    if len(position) != len(evidence.order):
        raise RefusedError("a transition is twice in the order")
    producer: dict[int, int] = {}
    consumer: dict[int, int] = {}
    for name, step in table.transition.items():
        needs, moved = table.pre[step], table.change[step]
        for place in needs.keys() | moved.keys():
            given = needs.get(place, 0) + moved.get(place, 0)
            for weight, ends in ((needs.get(place, 0), consumer), (given, producer)):
                if weight > 1 or (weight == 1 and place in ends):
                    raise RefusedError("the net is no marked graph")
                if weight:
                    ends[place] = position[name]
    if len(producer) != len(table.place) or len(consumer) != len(table.place):
        raise RefusedError("a place of the net has not one transition before and one after it")
    for place, first in producer.items():
        if not table.initial.get(place) and first >= consumer[place]:
            raise RefusedError("an empty place leads to a transition that is not later")
