"""That no run which completes shows one of some transitions: a place counts how often they do."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from netproof.recheck.questions import Goal, classical_goal
from netproof.recheck.result import RefusedError
from netproof.recheck.statements import Statement, as_statement, supports
from petri.net import PetriNet
from transition_systems.evidence import Evidence, Parts
from transition_systems.properties.predicates import And, Compare, Not

__all__ = ["check_watched", "is_watched"]

WATCHED = "watched"


def is_watched(evidence: Parts) -> bool:
    """Return whether evidence is about the net with a place that counts."""
    return [name for name, _ in evidence.parts] == [WATCHED]


def check_watched(
    evidence: Parts, net: PetriNet, goal: Goal | None, check: Callable[[PetriNet, Evidence], None]
) -> None:
    """Check ``not relaxed sound``: of some group none occurs in a run that completes.

    A place that nothing takes from changes no run, and has a token just where one of the
    transitions that fill it has occurred. So where no reachable marking of the net with that place
    is complete and has a token there, no run that completes shows one of them.
    """
    ((_, piece),) = evidence.parts
    wanted = goal or classical_goal(net)
    for group in wanted.occurs.values():
        watched, counter = _with_counter(net, group)
        if piece.claim.model_digest != watched.digest():
            continue
        occurred = Compare(((counter, 1),), ">=", 1)
        never = Statement("AG", Not(And((wanted.completion, occurred))))
        if not supports(as_statement(piece.claim.formula), never):
            raise RefusedError("the part does not say that none of a group occurs and it completes")
        check(watched, piece)
        return
    raise RefusedError("the part is about no net with a place that counts one of the groups")


def _with_counter(net: PetriNet, group: Sequence[str]) -> tuple[PetriNet, str]:
    taken = {*net.place_ids, *net.transition_ids}
    name = "seen.1"
    while name in taken:
        name += "'"
    arcs = [(arc.source, arc.target, arc.weight) for arc in net.arcs]
    arcs += [(step, name, 1) for step in dict.fromkeys(group)]
    return net.replace(places=[*net.places, name], arcs=arcs), name
