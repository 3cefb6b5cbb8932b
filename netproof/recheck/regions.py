"""Regions: limits of tokens from which steps lead to a goal, and that hold every marking.

*Theorem.* Let each region be a set of limits of the tokens of places, as far as the sums allow that
no transition lowers. Suppose that from every reachable marking of a region its steps can be fired,
one after the other, and that they lead either into a region before it, or back into itself with
fewer (or more) tokens in a counting place, as long as these are beyond a limit, while the other
markings of the region lie in regions before it. Then by induction on the number of the region, and
on the distance of the counter from its limit, each of these markings leads to a region without
steps, which lies in the goal. If every reachable marking lies in some region, the goal can always
be reached.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from netproof.recheck.intervals import Interval, Intervals, surely
from netproof.recheck.net_table import NetTable
from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.runs import meant
from netproof.recheck.statements import Statement, as_statement, supports
from transition_systems.evidence import Evidence, RankedRegions
from transition_systems.evidence_regions import Region
from transition_systems.properties.predicates import And, Compare, Or, Predicate

__all__ = ["check_regions"]

MOST_SPLIT = 64


def check_regions(
    evidence: RankedRegions, claim: Statement, table: NetTable, watch: Watch,
    check: Callable[[Evidence], None],
) -> None:  # fmt: skip
    """Check ``AG EF P`` by regions; ``check`` checks the proof that they hold every marking."""
    goal = meant(claim, "AG EF")
    about = Intervals(table, evidence.sums, watch)
    boxes = [_box(region, table) for region in evidence.regions]
    for number, region in enumerate(evidence.regions):
        watch.tick()
        if any(not 0 <= before < number for before in region.into):
            raise RefusedError(f"region {number} leads into one that is not before it")
        into = [boxes[before] for before in region.into]
        try:
            if not region.steps:
                _in_goal(goal, about, boxes[number])
            elif region.counter is None:
                _inside(about.after(about.tight(boxes[number]), _steps(region, table)), into)
            else:
                _counted(region, boxes[number], into, about)
        except RefusedError as error:
            raise RefusedError(f"region {number}: {error}") from None
    _everywhere(evidence, boxes, about, check)


def _box(region: Region, table: NetTable) -> Interval:
    box: Interval = {}
    for name, least, most in region.box:
        place = table.place.get(name)
        if place is None or place in box:
            raise RefusedError(f"a region limits {name!r:.60}, which is no place, or twice")
        box[place] = (max(0, least), most)
    return box


def _steps(region: Region, table: NetTable) -> list[int]:
    for name in region.steps:
        if name not in table.transition:
            raise RefusedError(f"{name!r:.60} is no transition of the net")
    return [table.transition[name] for name in region.steps]


def _in_goal(goal: Predicate, about: Intervals, box: Interval) -> None:
    tight = about.tight(box)
    if tight is not None and not surely(about.table, goal, tight):
        raise RefusedError("it has no steps and is not inside the goal")


def _inside(box: Interval | None, others: Iterable[Interval]) -> None:
    """Refuse a tight box that lies in none of others; one without markings lies in all."""
    if box is not None and not any(_within(box, other) for other in others):
        raise RefusedError("its markings do not lie, or lead, where they should")


def _within(box: Interval, other: Interval) -> bool:
    for place, (least, most) in other.items():
        low, high = box.get(place, (0, None))
        if low < least or (most is not None and (high is None or high > most)):
            return False
    return True


def _counted(region: Region, box: Interval, into: list[Interval], about: Intervals) -> None:
    """Check steps that lead back into their region with fewer, or more, tokens in a place."""
    assert region.counter is not None
    name, limit = region.counter
    if name not in about.table.place:
        raise RefusedError(f"{name!r:.60} counts, which is no place of the net")
    place, steps = about.table.place[name], _steps(region, about.table)
    moved = sum(about.table.change[step].get(place, 0) for step in steps)
    if not moved:
        raise RefusedError("its steps do not change the place that counts")
    least, most = box.get(place, (0, None))
    upper = limit if most is None else min(most, limit)
    there: tuple[int, int | None]
    if moved < 0:
        there, rest = (least, upper), (max(least, limit + 1), most)
    else:
        below = limit - 1 if most is None else min(most, limit - 1)
        there, rest = (max(least, limit), most), (least, below)
    away = about.tight({**box, place: rest})
    if away is not None:
        _inside(about.after(away, steps), [box])
    near = about.tight({**box, place: there})
    if near is None or any(_within(near, other) for other in into):
        return
    low, high = near[place]
    if high is None or high - low >= MOST_SPLIT:
        raise RefusedError("where the counter is at its limit it lies in no region before it")
    for tokens in range(low, high + 1):
        _inside(about.tight({**near, place: (tokens, tokens)}), into)


def _everywhere(
    evidence: RankedRegions, boxes: list[Interval], about: Intervals,
    check: Callable[[Evidence], None],
) -> None:  # fmt: skip
    """Check that every reachable marking lies in one of the named regions."""
    if any(not 0 <= number < len(boxes) for number in evidence.everywhere):
        raise RefusedError("a region is named that there is not")
    chosen = [boxes[number] for number in evidence.everywhere]
    if evidence.inner is None:
        every = about.tight({})
        if every is not None and not any(_within(every, box) for box in chosen):
            raise RefusedError("nothing shows that every reachable marking lies in a region")
        return
    inside = Or(tuple(_predicate(box, about.table) for box in chosen))
    claimed = as_statement(evidence.inner.claim.formula)
    if claimed.shape != "AG" or not supports(claimed, Statement("AG", inside)):
        raise RefusedError("the inner evidence is not about all reachable markings")
    check(evidence.inner)


def _predicate(box: Interval, table: NetTable) -> Predicate:
    parts: list[Predicate] = []
    for place, (least, most) in sorted(box.items()):
        term = ((table.net.place_ids[place], 1),)
        if most == least:
            parts.append(Compare(term, "==", least))
            continue
        if least:
            parts.append(Compare(term, ">=", least))
        if most is not None:
            parts.append(Compare(term, "<=", most))
    return parts[0] if len(parts) == 1 else And(tuple(parts))
