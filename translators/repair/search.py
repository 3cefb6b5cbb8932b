"""A fast search for an error of a draft: one choice at a time, the others wait."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from petri.soundness.errors import ErrorKind
from translators.repair.draft import Draft
from translators.repair.routes import ALL, FIELD, Routes

__all__ = ["Finding", "Firing", "find_error", "find_errors"]

MOST_MARKINGS = 4_000
FULL = (1 << FIELD) - 1


@dataclass(frozen=True, slots=True)
class Firing:
    """A node that acts: the places that it takes from and fills."""

    node: str
    taken: tuple[int, ...]
    filled: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """An error of a draft.

    Parameters
    ----------
    kind
        The kind.
    elements
        The nodes it is at: joins that wait, the node that put a second token, an end that is
        reached twice, nodes that go on for ever, activities that never happen.
    run
        The firings that lead to it.
    marking
        The marking that they lead to.
    marked
        The numbers of the places that hold tokens in the markings from which completion is out of
        reach, for a livelock, or in any marking, for a dead part.
    routes
        The numbered places.
    """

    kind: ErrorKind
    elements: tuple[str, ...]
    run: tuple[Firing, ...]
    marking: int
    marked: frozenset[int]
    routes: Routes = field(repr=False, compare=False)


Wanted = Callable[[Finding], bool]


def find_error(draft: Draft, wanted: Wanted | None = None) -> Finding | str | None:
    """Return an error of a draft of core nodes, ``None`` where it is sound.

    Parameters
    ----------
    draft
        A draft of a workflow of which :func:`translators.repair.draft.is_core` holds.
    wanted
        Which error is looked for; by default any.

    Returns
    -------
    Finding, str or None
        A sentence where the search gave up: too many markings, or too many tokens in one place.

    Notes
    -----
    From each marking the choices of one node are followed, that of the token nearest to an end; the
    others wait. In a net whose choices are free no token of another node is ever taken away by it,
    so that a run of the whole net can be carried out in this order: from a marking that cannot
    complete, the marking after the same steps and some more cannot either. So completion is out of
    reach from some marking in this search just when it is in the whole net; and where it never is,
    an end reached twice or an activity that occurs is seen here too (A. Valmari: Stubborn sets for
    reduced state space generation. 1990, for the case without conflicts between sets).
    """
    search = _Search(Routes(draft), wanted, 1)
    search.explore()
    return search.found[0] if search.found else search.open


def find_errors(draft: Draft, most: int) -> list[Finding] | str:
    """Return several errors of a draft of core nodes, none where it is sound.

    As :func:`find_error`; a search that gave up and found nothing returns why.
    """
    search = _Search(Routes(draft), None, most)
    search.explore()
    if not search.found and search.open is not None:
        return search.open
    return search.found


class _Search:
    def __init__(self, routes: Routes, wanted: Wanted | None, most: int) -> None:
        self.routes, self.wanted, self.most = routes, wanted, most
        self.found: list[Finding] = []
        count = routes.count
        self.low = sum(1 << (FIELD * p) for p in range(count))
        self.reached_by: dict[int, tuple[int, Firing] | None] = {}
        self.after: dict[int, list[int]] = {}
        self.complete: list[int] = []
        self.needs = {
            name: sum(1 << (FIELD * p) for p in places)
            for name, places in routes.joins.items()
            if len(places) == len(routes.into[name])
        }
        self.ends = {field: name for name, field in routes.ends.items()}
        self.open: str | None = None

    def explore(self) -> None:
        """Search until there are enough errors."""
        routes = self.routes
        if routes.start is None:
            self.open = "there is not one start event"
            return
        first = sum(1 << (FIELD * p) for p in routes.first)
        self.reached_by[first] = None
        waiting = [first]
        seen = 0
        while waiting:
            if len(self.reached_by) > MOST_MARKINGS:
                self.open = "there are many markings"
                return
            found = self._expand(waiting.pop(), waiting)
            if found is None:
                continue
            seen += 1
            if self.wanted is None or self.wanted(found):
                self.found.append(found)
                if len(self.found) >= self.most:
                    return
        if not seen and self.open is None:
            self._beyond()

    def _beyond(self) -> None:
        """Look for what a single marking does not show: livelocks and dead parts."""
        stuck = self._never_complete()
        found = self._livelock(stuck) if stuck else self._dead()
        if found is not None and (self.wanted is None or self.wanted(found)):
            self.found.append(found)

    def _expand(self, marking: int, waiting: list[int]) -> Finding | None:
        routes, needs = self.routes, self.needs
        occupied = (marking | marking >> 1) & self.low
        rest, places = occupied, routes.places
        after = self.after[marking] = []
        while rest:
            bit = rest & -rest
            rest ^= bit
            number = bit.bit_length() // FIELD
            target = places[number].target
            if routes.role[target] == ALL:
                need = needs.get(target)
                if need is None or occupied & need != need:
                    continue
                taken, without = tuple(routes.joins[target]), marking - need
            else:
                taken, without = (number,), marking - bit
            for node, filled in places[number].options:
                reached, twice, full = without, "", False
                for place in filled:
                    held = reached >> (FIELD * place) & FULL
                    if held and place in self.ends:
                        twice = self.ends[place]
                    full = full or held == FULL
                    reached += 1 << (FIELD * place)
                firing = Firing(node, taken, filled)
                if full:
                    self.open = "there are many tokens in one place"
                    continue
                if twice:
                    return self._improper(marking, firing, reached, twice)
                after.append(reached)
                if reached not in self.reached_by:
                    self.reached_by[reached] = (marking, firing)
                    waiting.append(reached)
            return None
        if not occupied:
            self.complete.append(marking)
            return None
        return self._deadlock(marking, occupied)

    def _run(self, marking: int) -> list[Firing]:
        steps: list[Firing] = []
        at = self.reached_by[marking]
        while at is not None:
            steps.append(at[1])
            at = self.reached_by[at[0]]
        return steps[::-1]

    def _improper(self, marking: int, last: Firing, reached: int, end: str) -> Finding:
        run = (*self._run(marking), last)
        held: dict[int, int] = dict.fromkeys(self.routes.first, 1)
        for firing in run:
            for place in firing.taken:
                held[place] -= 1
            for place in firing.filled:
                held[place] = held.get(place, 0) + 1
                if held[place] > 1 and place not in self.ends:
                    kind = ErrorKind.LACK_OF_SYNCHRONISATION
                    return Finding(kind, (firing.node,), run, reached, frozenset(), self.routes)
        kind = ErrorKind.IMPROPER_COMPLETION
        return Finding(kind, (end,), run, reached, frozenset(), self.routes)

    def _deadlock(self, marking: int, occupied: int) -> Finding:
        marked = frozenset(p for p in range(self.routes.count) if occupied >> (FIELD * p) & 1)
        joins = tuple(dict.fromkeys(self.routes.places[p].target for p in sorted(marked)))
        run = tuple(self._run(marking))
        return Finding(ErrorKind.DEADLOCK_AT_JOIN, joins, run, marking, marked, self.routes)

    def _never_complete(self) -> set[int]:
        before: dict[int, list[int]] = {}
        for marking, reached in self.after.items():
            for other in reached:
                before.setdefault(other, []).append(marking)
        good, waiting = set(self.complete), list(self.complete)
        while waiting:
            for marking in before.get(waiting.pop(), ()):
                if marking not in good:
                    good.add(marking)
                    waiting.append(marking)
        return self.reached_by.keys() - good

    def _livelock(self, stuck: set[int]) -> Finding:
        first = next(marking for marking in self.reached_by if marking in stuck)
        seen, waiting = {first}, [first]
        while waiting:
            for marking in self.after[waiting.pop()]:
                if marking not in seen:
                    seen.add(marking)
                    waiting.append(marking)
        marked, fired = self._marked(seen)
        run = tuple(self._run(first))
        nodes = tuple(name for name in self.routes.draft.nodes if name in fired)
        return Finding(ErrorKind.LIVELOCK, nodes, run, first, marked, self.routes)

    def _marked(self, markings: set[int]) -> tuple[frozenset[int], set[str]]:
        """Return the places that hold tokens in some of the markings, and the nodes behind them."""
        union = 0
        for marking in markings:
            union |= (marking | marking >> 1) & self.low
        marked = frozenset(p for p in range(self.routes.count) if union >> (FIELD * p) & 1)
        nodes: set[str] = set()
        for place in marked:
            nodes.update(self.routes.places[place].between)
            nodes.add(self.routes.places[place].target)
        return marked, nodes

    def _dead(self) -> Finding | None:
        marked, nodes = self._marked(set(self.reached_by))
        draft = self.routes.draft
        dead = tuple(
            name
            for name, node in draft.nodes.items()
            if node.is_activity and not node.for_compensation and name not in nodes
        )
        if not dead:
            return None
        return Finding(ErrorKind.DEAD_PART, dead, (), 0, marked, self.routes)
