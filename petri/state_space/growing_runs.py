"""Runs that leave more and more tokens in a place, also where no steps can be repeated for that.

Where one place is filled by steps that can be repeated, and another one is filled from it after
these steps have come to an end, each run ends with some number of tokens, but there is one for
every number. Such runs are written as one, with sequences that are fired more often the larger a
number ``n`` is.
"""

from __future__ import annotations

from petri.net import PetriNet
from petri.state_space.cover_runs import effect_of
from petri.state_space.minimal_cover import MinimalCoverabilitySet
from transition_systems.evidence_runs import Repeated

__all__ = ["growing_runs"]


def growing_runs(
    cover: MinimalCoverabilitySet, element: int, place: str
) -> tuple[Repeated, ...]:  # fmt: skip
    """Return runs, one for each ``n``, of which the n-th ends with ``n`` tokens or more in a place.

    Parameters
    ----------
    cover
        A coverability set.
    element
        The number of an element that has an omega in the place.
    place
        Its id.

    Returns
    -------
    tuple of Repeated
        In the order of the run: sequences that are fired ``once + each * n`` times.

    Notes
    -----
    Backwards along the path to the element: each cycle that gave omega to some places is fired so
    often that what comes later finds tokens enough, and, for each ``n``, once more as often as the
    growth of later places takes from these. O(length of the path and its cycles).

    Examples
    --------
    >>> from petri.state_space.minimal_cover import minimal_coverability_set
    >>> net = PetriNet(places=["a", "b", "p", "q"], transitions=["fill", "turn", "use"],
    ...                arcs=[("a", "fill"), ("fill", "a"), ("fill", "p"), ("a", "turn"),
    ...                      ("turn", "b"), ("b", "use"), ("p", "use"), ("use", "b"), ("use", "q")],
    ...                initial=["a"])
    >>> cover = minimal_coverability_set(net)
    >>> (element,) = (n for n in range(len(cover)) if "q" in cover.omegas(n))
    >>> [(part.actions, part.once, part.each) for part in growing_runs(cover, element, "q")]
    [(('fill',), 2, 1), (('turn',), 1, 0), (('use',), 2, 1)]
    """
    net: PetriNet = cover.net
    path = cover.accelerated(element)
    growth = {net.place_index(place): 1}
    needs = {net.place_index(name): 0 for name in cover.omegas(element)}
    parts: list[Repeated] = []
    for transition, cycles in reversed(path):
        for actions, places in reversed(cycles):
            effect = effect_of(net, [net.transition_index(name) for name in actions])
            each = once = 0
            for p, had in places.items():
                each = max(each, -(-growth.pop(p, 0) // effect.change[p]))
                once = max(once, -(-(needs.pop(p) - had) // effect.change[p]))
            once = max(once, 1 if each else 0)
            if not once:
                continue
            for p, least in needs.items():
                needs[p] = max(least - once * effect.change.get(p, 0), effect.needed(p, once))
                growth[p] = max(0, growth.get(p, 0) - each * effect.change.get(p, 0))
            parts.append(Repeated(actions=actions, once=once, each=each))
        step = effect_of(net, [net.transition_index(transition)])
        for p, least in needs.items():
            needs[p] = max(least - step.change.get(p, 0), step.needs.get(p, 0))
        parts.append(Repeated(actions=(transition,), once=1, each=0))
    return tuple(_joined(parts[::-1]))


def _joined(parts: list[Repeated]) -> list[Repeated]:
    """Return the parts with single steps before cycles of the same taken together."""
    joined: list[Repeated] = []
    for part in parts:
        last = joined[-1] if joined else None
        if last is not None and last.actions == part.actions:
            once, each = last.once + part.once, last.each + part.each
            joined[-1] = Repeated(actions=part.actions, once=once, each=each)
        else:
            joined.append(part)
    return joined
