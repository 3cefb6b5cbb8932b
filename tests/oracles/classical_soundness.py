"""Soundness for a goal by definition, on the markings of a small net as dictionaries."""

from __future__ import annotations

from petri import Marking, PetriNet
from petri.soundness import SoundnessGoal
from petri.state_space.reachability import marking_holds

MOST = 400

Space = dict[Marking, list[tuple[str, Marking]]]


def markings_of(net: PetriNet, most: int = MOST) -> Space | None:
    """Return what each reachable marking leads to; ``None`` where there are many."""
    found: Space = {}
    waiting = [net.initial]
    while waiting:
        marking = waiting.pop()
        if marking in found:
            continue
        found[marking] = [(t, net.fire(marking, t)) for t in net.enabled(marking)]
        waiting += [after for _, after in found[marking]]
        if len(found) > most:
            return None
    return found


def sound_by_definition(net: PetriNet, goal: SoundnessGoal) -> bool | None:
    """Return whether it can always complete, is always proper, and each group occurs."""
    space = markings_of(net)
    if space is None:
        return None
    able = {marking for marking in space if marking_holds(net, goal.completion, marking)}
    while True:
        more = {m for m, out in space.items() if any(after in able for _, after in out)} - able
        if not more:
            break
        able |= more
    occurred = {t for out in space.values() for t, _ in out}
    return (
        len(able) == len(space)
        and all(marking_holds(net, goal.proper, marking) for marking in space)
        and all(not occurred.isdisjoint(group) for group in goal.occurs.values())
    )
