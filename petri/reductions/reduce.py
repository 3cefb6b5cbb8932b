"""Structural reduction of a net by agglomeration and by leaving out what is equal or constant."""

from __future__ import annotations

from collections.abc import Callable

from petri.net import PetriNet
from petri.reductions.preserved import Guards, Preserved
from petri.reductions.reduction import Reduction, members
from petri.reductions.working import WorkingNet
from transition_systems.budget import Budget, Meter

__all__ = ["reduce_net"]

MOST_PRODUCTS = 6


def reduce_net(
    net: PetriNet, preserved: Preserved | None = None, *, budget: Budget | None = None
) -> Reduction:
    """Reduce a net as far as the rules go, preserving the statements that are named.

    Always preserved are the least bound of the net (up to the places that never change), whether
    a transition occurs in some run, unboundedness, and whether a marking without successors that
    satisfies a predicate is reachable.

    Parameters
    ----------
    net
        Any place/transition net.
    preserved
        The statements whose truth must not change.
    budget
        Its seconds; a reduction that is ended by them is correct, only less small.

    Returns
    -------
    Reduction

    Notes
    -----
    The rules, in the words of Murata (1989) and Berthelot (1987); each application takes a node
    out, so there are at most as many as nodes:

    ``agglomerate p``
        Each transition that empties ``p`` needs one token of ``p`` and nothing else, and puts
        tokens somewhere; each transition that fills ``p`` puts one token there, and is not one of
        the former. Each pair of a filling and an emptying transition becomes one transition. A
        marked ``p`` is emptied first, if only one transition can.
    ``equal-place p q``
        ``p`` and ``q`` have the same arcs and the same initial tokens: ``p`` goes.
    ``equal-transition t u``
        ``t`` and ``u`` have the same arcs: ``t`` goes.
    ``idle-transition t u``
        ``t`` changes nothing, and ``u`` needs the same tokens: ``t`` goes.
    ``fixed-place p``
        No transition changes ``p``, and it has all the tokens that any of them needs.

    Near-linear on nets with bounded degree; a place goes only if no more than
    ``max(filling + emptying, 6)`` transitions come in the place of the old ones.

    Examples
    --------
    >>> chain = PetriNet.from_arrays([[1, 0], [0, 1], [0, 0]], [[0, 0], [1, 0], [0, 1]], [1, 0, 0])
    >>> small = reduce_net(chain)
    >>> len(small.reduced.transitions), small.prefix
    (0, ('t1', 't2'))
    """
    reducer = _Reducer(net, preserved or Preserved(), (budget or Budget()).start())
    reducer.run()
    return reducer.result(net)


class _Reducer:
    def __init__(self, net: PetriNet, preserved: Preserved, meter: Meter) -> None:
        self.work = WorkingNet(net)
        self.guards = Guards(net, preserved)
        self.meter = meter
        self.steps: list[tuple[str, ...]] = []
        self.image: dict[str, str | int] = {}

    def run(self) -> None:
        """Apply the rules in rounds until none applies."""
        rules: tuple[Callable[[], bool], ...] = (
            self.agglomerations,
            self.equal_places,
            self.equal_transitions,
            self.idle_transitions,
            self.fixed_places,
        )
        while not self.guards.blocked and not self.meter.out_of_time():
            applied = [rule() for rule in rules]
            if not any(applied):
                return

    def result(self, net: PetriNet) -> Reduction:
        work = self.work
        return Reduction(
            net=net,
            reduced=work.net(),
            steps=tuple(self.steps),
            image={place: self._final(place) for place in self.image},
            expansions=dict(work.expansion),
            covers={t: members(below) for t, below in work.cover.items()},
            prefix=tuple(work.prefix),
            shown=frozenset(work.shown),
        )

    def _final(self, place: str) -> str | int:
        now: str | int = place
        while isinstance(now, str) and now in self.image:
            now = self.image[now]
        return now

    def agglomerations(self) -> bool:
        """Take out every place that can be; places near a change are looked at again."""
        queue = dict.fromkeys(self.work.places)
        changed = False
        while queue and not self.meter.out_of_time():
            place = next(iter(queue))
            del queue[place]
            near = self.agglomerate(place)
            if near is not None:
                changed = True
                queue.update((p, None) for p in near if p in self.work.places)
        return changed

    def agglomerate(self, place: str) -> list[str] | None:
        """Take out one place if the rule applies; return the places near it."""
        work = self.work
        fill, empty = work.fill[place], work.empty[place]
        tokens = work.marking.get(place, 0)
        if not empty or (not fill and not tokens) or (tokens and len(empty) > 1):
            return None
        if len(empty) > 1:
            self._equal_among(empty)
            self._equal_among(fill)
        products = len(fill) * len(empty)
        if products > max(len(fill) + len(empty), MOST_PRODUCTS):
            return None
        post, alone = work.post, {place: 1}
        for t in fill:
            if t in empty or post[t][place] != 1:
                return None
        for t in empty:
            if work.pre[t] != alone or not post[t]:
                return None
        if not self.guards.allows(place, [work.post[t] for t in empty]):
            return None
        if len(empty) > 1 and any(self._taken(f"{t}+{u}") for t in fill for u in empty):
            return None
        near = dict.fromkeys(p for t in (*fill, *empty) for p in (*work.pre[t], *work.post[t]))
        self.steps.append(("agglomerate", place))
        if tokens:
            work.fire_initially(place, next(iter(empty)))
        work.agglomerate(place)
        self.guards.removed(place)
        self.image[place] = 0
        near.pop(place, None)
        return list(near)

    def _equal_among(self, transitions: dict[str, None]) -> None:
        """Leave out what does the same as another, before each of them is multiplied."""
        seen: dict[object, str] = {}
        for transition in list(transitions):
            first = seen.setdefault(self.work.transition_key(transition), transition)
            if first != transition:
                self.steps.append(("equal-transition", transition, first))
                self.work.drop_transition(transition, first)

    def _taken(self, name: str) -> bool:
        return name in self.work.pre or name in self.work.places

    def equal_places(self) -> bool:
        """Leave out places that always have the tokens of another."""
        seen: dict[object, str] = {}
        changed = False
        for place in list(self.work.places):
            key = self.work.place_key(place)
            first = seen.setdefault(key, place)
            if first != place:
                self.steps.append(("equal-place", place, first))
                self.work.drop_place(place)
                self.guards.merged(place, first)
                self.image[place] = first
                changed = True
        return changed

    def equal_transitions(self) -> bool:
        """Leave out transitions that do what another does."""
        before = len(self.work.pre)
        self._equal_among(dict.fromkeys(self.work.pre))
        return len(self.work.pre) < before

    def idle_transitions(self) -> bool:
        """Leave out transitions that change nothing, where another needs the same tokens."""
        work = self.work
        idle = [t for t, needs in work.pre.items() if needs == work.post[t]]
        if not idle:
            return False
        wanted: dict[object, list[str]] = {}
        for transition, needs in work.pre.items():
            wanted.setdefault(frozenset(needs.items()), []).append(transition)
        changed = False
        for transition in idle:
            same = wanted[frozenset(work.pre[transition].items())]
            if len(same) > 1:
                same.remove(transition)
                self.steps.append(("idle-transition", transition, same[0]))
                work.drop_transition(transition, same[0])
                changed = True
        return changed

    def fixed_places(self) -> bool:
        """Leave out places that no transition changes and that never hold one up."""
        work = self.work
        changed = False
        for place in list(work.places):
            near = work.fill[place] | work.empty[place]
            tokens = work.marking.get(place, 0)
            if any(
                work.pre[t].get(place, 0) != work.post[t].get(place, 0)
                or work.pre[t].get(place, 0) > tokens
                for t in near
            ):
                continue
            self.guards.removed(place)
            self.steps.append(("fixed-place", place))
            work.drop_place(place)
            self.image[place] = tokens
            changed = True
        return changed
