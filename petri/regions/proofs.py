"""Evidence from boxes: that they lead to a goal, and that nothing leads back into them."""

from __future__ import annotations

from collections.abc import Sequence

from petri.decision import claim
from petri.induction.inductive import invariant_evidence
from petri.net import PetriNet
from petri.regions.backwards import MOST_SPLIT, Found
from petri.regions.boxes import Box, Boxes, Fact
from transition_systems.evidence import Evidence, InvariantEvidence, RankedRegions
from transition_systems.evidence_regions import Region
from transition_systems.properties.formulas import always_possible
from transition_systems.properties.predicates import Compare, Predicate, conjunction
from transition_systems.properties.walk import negate

__all__ = ["facts_hold", "leads", "never_back", "ranked_regions"]


def facts_hold(net: PetriNet, facts: Sequence[Fact]) -> Predicate:
    """Return the facts as a predicate; two that are opposite become an equation."""
    known = {fact.weights: fact.least for fact in facts}
    parts: list[Predicate] = []
    for weights, least in known.items():
        opposite = tuple((place, -weight) for place, weight in weights)
        terms = tuple((net.place_ids[place], weight) for place, weight in weights)
        if known.get(opposite) == -least:
            if weights[0][1] > 0:
                parts.append(Compare(terms, "==", least))
        else:
            parts.append(Compare(terms, ">=", least))
    return conjunction(*parts)


def never_back(
    net: PetriNet, goal: Predicate, boxes: Boxes, found: Sequence[Box]
) -> InvariantEvidence:
    """Return that a goal is never reached from a marking outside of all that leads to it.

    Parameters
    ----------
    net
        The net, from that marking on.
    goal
        The goal.
    boxes
        With facts.
    found
        All markings from which the goal can be reached, among those that satisfy the facts.

    Returns
    -------
    InvariantEvidence
        No step leads from outside of the boxes into one of them.
    """
    outside = [negate(boxes.predicate(box)) for box in found]
    return invariant_evidence(net, goal, conjunction(*outside, facts_hold(net, boxes.facts)))


def ranked_regions(
    boxes: Boxes, goal: Predicate, found: Sequence[Found], everywhere: Sequence[int],
    inner: Evidence | None,
) -> RankedRegions:  # fmt: skip
    """Return that a goal can always be reached, by those boxes that are needed for it.

    Parameters
    ----------
    boxes
        With facts.
    goal
        The goal.
    found
        Boxes, each with steps into those before it.
    everywhere
        The numbers of boxes one of which holds each reachable marking.
    inner
        Evidence for that, if it does not follow from the facts.

    Returns
    -------
    RankedRegions
    """
    net, needed, waiting = boxes.net, set[int](), list(everywhere)
    while waiting:
        number = waiting.pop()
        if number not in needed:
            needed.add(number)
            waiting.extend(found[number].into)
    order = sorted(needed)
    numbers = {old: new for new, old in enumerate(order)}
    regions = tuple(_region(net, found[old], numbers) for old in order)
    plain = Boxes(net)
    whole = inner is not None or any(Box({}, {}).within(found[n].box) for n in everywhere)
    facts = () if whole and all(leads(plain, found, n) for n in order) else boxes.facts
    return RankedRegions(
        claim=claim(net, always_possible(goal)),
        sums=tuple(tuple((net.place_ids[p], n) for p, n in fact.weights) for fact in facts),
        regions=regions,
        everywhere=tuple(numbers[number] for number in everywhere),
        inner=inner,
    )


def _region(net: PetriNet, one: Found, numbers: dict[int, int]) -> Region:
    names, box = net.place_ids, one.box
    limited = [p for p in sorted({*box.low, *box.high}) if box.low.get(p) or p in box.high]
    return Region(
        box=tuple((names[p], box.low.get(p, 0), box.high.get(p)) for p in limited),
        steps=tuple(net.transition_ids[t] for t in one.steps),
        counter=None if one.counter is None else (names[one.counter[0]], one.counter[1]),
        into=tuple(sorted(numbers[number] for number in one.into)),
    )


def leads(boxes: Boxes, found: Sequence[Found], number: int) -> bool:
    """Return whether the facts of boxes are enough to show that one leads into those before it."""
    one = found[number]
    tight = boxes.tight(one.box)
    if tight is None or not one.steps:
        return True
    if one.counter is None:
        end = boxes.after(tight, one.steps)
        return end is not None and end.within(found[one.into[0]].box)
    place, limit = one.counter
    falls = boxes.effect(one.steps)[place] < 0
    rest = one.box.with_low(place, limit + 1) if falls else one.box.with_high(place, limit - 1)
    there = one.box.with_high(place, limit) if falls else one.box.with_low(place, limit)
    tight = None if rest is None else boxes.tight(rest)
    if tight is not None:
        end = boxes.after(tight, one.steps)
        if end is None or not end.within(one.box):
            return False
    into = [found[n].box for n in one.into]
    return all(
        any(part.within(box) for box in into) for part in parts_of(boxes, there, place, into)
    )


def parts_of(boxes: Boxes, box: Box | None, place: int, into: Sequence[Box]) -> list[Box]:
    """Return a box, or where it lies in no single other one its parts by the tokens of a place."""
    tight = None if box is None else boxes.tight(box)
    if tight is None:
        return []
    if place not in tight.high or any(tight.within(other) for other in into):
        return [tight]
    least, most = tight.low.get(place, 0), tight.high[place]
    if most - least >= MOST_SPLIT:
        return [tight]
    split = (
        boxes.tight(Box({**tight.low, place: n}, {**tight.high, place: n}))
        for n in range(least, most + 1)
    )
    return [part for part in split if part is not None]
