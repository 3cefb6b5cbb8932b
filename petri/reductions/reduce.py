"""Structural reduction of a net by agglomeration and by leaving out what is equal or constant."""

from __future__ import annotations

from petri.net import PetriNet
from petri.reductions.further import Desk, FurtherRules
from petri.reductions.preserved import Guards, Preserved
from petri.reductions.reduction import EMPTY, Reduction
from petri.reductions.series import fuse_series
from petri.reductions.working import Arcs, WorkingNet
from transition_systems.budget import Budget, Meter

__all__ = ["FEW", "LOSSY", "reduce_net"]

FEW = 8
MOST_PRODUCTS = 6
MOST_TOKENS = 1_000
LOSSY = ("implicit-place", "sink-place", "source-place", "pre-agglomerate")
OFTEN = 256


def reduce_net(
    net: PetriNet,
    preserved: Preserved | None = None,
    *,
    budget: Budget | None = None,
    few: int = FEW,
) -> Reduction:
    """Reduce a net as far as the rules go, preserving the statements that are named.

    Whether a transition occurs in some run is always preserved; by default also the least bound of
    the net (up to the places that never change), and whether a marking without successors that
    satisfies a predicate is reachable.

    Parameters
    ----------
    net
        Any place/transition net.
    preserved
        The statements whose truth must not change.
    budget
        Its seconds; a reduction that is ended by them is correct, only less small.
    few
        The further rules below are tried only while more transitions than so many are left, and
        linear programs are solved only while more than four times so many are.

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
        marked ``p`` is emptied first, if only one transition can and it has at most 1,000 tokens.
    ``equal-place p q``
        ``p`` and ``q`` have the same arcs and the same initial tokens: ``p`` goes.
    ``equal-transition t u``
        ``t`` and ``u`` have the same arcs: ``t`` goes.
    ``idle-transition t u``
        ``t`` changes nothing, and ``u`` needs the same tokens: ``t`` goes.
    ``fixed-place p``
        No transition changes ``p``, and it has all the tokens that any of them needs.

    The further rules; what each does not preserve, it leaves alone where that is asked:

    ``empty-siphon t s p q ...``
        The places are empty, and no transition fills one of them without needing one: they stay
        empty, and what needs them is dead. Of all this ``t`` and ``s -> t`` are left, and ``t``
        speaks for all that is dead. Preserves everything.
    ``sequence-transition t u v ...``
        ``t`` and ``u`` need the same, and ``v ...`` can be fired with what ``u`` gives alone,
        which leads to what ``t`` gives: ``t`` goes. The reachable markings are the same, and so
        are the ways between them; preserves everything.
    ``implicit-place p q 2 r 1 ...``
        ``p`` has never fewer tokens than the others need it to have
        (:class:`petri.reductions.implicit.ImplicitPlaces`). Preserves everything but the least
        bound where ``p = constant + 2 q + r ...``; where ``p`` may have more, what does not
        mention ``p``, but for bounds and markings without successors.
    ``sink-place p``
        Each transition that empties ``p`` takes one token from it and does nothing else: ``p`` and
        these go. Does not preserve bounds; predicates as for an agglomeration after which the
        tokens of ``p`` are nowhere.
    ``source-place p t``
        ``t`` needs nothing and fills ``p`` alone: ``p`` goes. Preserves what does not mention
        ``p``, but for bounds and markings without successors.
    ``pre-agglomerate p``
        One transition fills ``p``, with one token, and does nothing else; it needs something, of
        places that nothing else empties; ``p`` is unmarked, and whatever empties it takes one
        token. It is put before each of these, and left as a loop that tells whether it can occur.
        Preserves all but predicates on markings without successors, ``AG EF C`` where ``C`` implies
        that ``p`` and one of these places are empty, and ``AG P`` as where the tokens of ``p``
        moved to these places (Berthelot 1987; Haddad, Pradat-Peyre: PPL 16, 2006).

    Near-linear on nets with bounded degree: what a step changes is looked at again, nothing else;
    a place goes only if no more than ``max(filling + emptying, 6)`` transitions come in the place
    of the old ones.

    Examples
    --------
    >>> chain = PetriNet.from_arrays([[1, 0], [0, 1], [0, 0]], [[0, 0], [1, 0], [0, 1]], [1, 0, 0])
    >>> small = reduce_net(chain)
    >>> len(small.reduced.transitions), small.prefix
    (0, ('t1', 't2'))
    """
    reducer = _Reducer(net, preserved or Preserved(), budget or Budget(), few)
    reducer.run()
    desk = reducer.desk
    return Reduction(
        net, reducer.work, steps=tuple(desk.steps), image=desk.image, equations=desk.equations,
        lost=desk.lost,
    )  # fmt: skip


class _Reducer:
    """The cheap rules, and what they have to look at again.

    ``queue`` has the places of which one transition may be left that empties them, ``later`` those
    with several, ``near`` the places and ``moved`` the transitions whose arcs have changed.
    """

    def __init__(self, net: PetriNet, preserved: Preserved, budget: Budget, few: int) -> None:
        self.guards = Guards(net, preserved)
        fused = fuse_series(net, lambda places, behind: self._allowed(net, places, behind))
        self.work = WorkingNet(net, fused)
        self.meter: Meter = budget.start()
        self.few = few
        ids = net.place_ids
        self.steps: list[tuple[str, ...]] = [("agglomerate", ids[p]) for p in fused.removed]
        self.image: dict[int, tuple[bool, int]] = dict.fromkeys(fused.removed, EMPTY)
        self.queue: dict[int, None] = dict.fromkeys(fused.single)
        self.later: dict[int, None] = dict.fromkeys(fused.several)
        self.near: dict[int, None] = {}
        self.moved: dict[int, None] = {}
        self.desk = Desk(
            work=self.work, guards=self.guards, meter=self.meter, steps=self.steps,
            image=self.image, queue=self.queue, near=self.near, moved=self.moved,
        )  # fmt: skip
        self.idle: dict[int, None] = {}
        self.transition_of: dict[object, int] = {}
        self.place_of: dict[object, int] = {}

    def _allowed(self, net: PetriNet, places: list[int], behind: list[int]) -> list[bool]:
        """Return which places in series may go, each with the transition behind it."""
        guards = self.guards
        if guards.blocked:
            return [False] * len(places)
        free, table = guards.free(places), net.post_arcs
        if len(free) == len(places):
            return [True] * len(places)

        def gain(transition: int) -> Arcs:
            given, weights = table.row(transition)
            return dict(zip(given.tolist(), weights.tolist(), strict=True))

        return [
            place in free or guards.allows(place, (gain(transition),))
            for place, transition in zip(places, behind, strict=True)
        ]

    def run(self) -> None:
        """Apply the rules until none applies; what multiplies transitions comes last."""
        if self.guards.blocked:
            return
        self.agglomerate_singly()
        self.near.update(self.work.places)
        self.moved.update(dict.fromkeys(self.work.pre))
        further: FurtherRules | None = None
        while not self.meter.out_of_time():
            if self.queue:
                self.agglomerate_singly()
            elif self.moved:
                self.equal_transitions()
                self.idle_transitions()
            elif self.near:
                self.equal_and_fixed_places()
            elif self.later:
                self.agglomerate_all_pairs()
            elif len(self.work.pre) > self.few:
                further = further or FurtherRules(self.desk, few=self.few)
                if not further.apply():
                    return
            else:
                return

    def agglomerate_singly(self) -> None:
        """Take out the places that one transition empties; there is no more of anything then."""
        work, queue, allows = self.work, self.queue, self.guards.allows
        pre, post, fill, empty = work.pre, work.post, work.fill, work.empty
        looked = 0
        while queue:
            place = queue.popitem()[0]
            looked += 1
            if looked % OFTEN == 0 and self.meter.out_of_time():
                return
            if place not in work.places:
                continue
            emptying, filling = empty[place], fill[place]
            if len(emptying) != 1:
                if emptying:
                    self.later[place] = None
                continue
            (second,) = emptying
            after, needs = post[second], pre[second]
            if len(needs) != 1 or not after or needs[place] != 1 or second in filling:
                continue
            tokens = work.marking.get(place, 0)
            if tokens > MOST_TOKENS or not (tokens or filling):
                continue
            for first in filling:
                if post[first][place] != 1:
                    break
            else:
                if allows(place, (after,)):
                    self._prolong(place, second)

    def _prolong(self, place: int, second: int) -> None:
        work, queue, near = self.work, self.queue, self.near
        after, filling = work.post[second], work.fill[place]
        self.steps.append(("agglomerate", work.first.place_ids[place]))
        if work.marking.get(place):
            work.fire_initially(place, second)
        work.prolong(place, second)
        self.image[place] = EMPTY
        for target in after:
            queue[target] = near[target] = None
        self.moved.update(filling)
        if self.guards.moves:
            for first in filling:
                for source in work.pre[first]:
                    queue[source] = None

    def agglomerate_all_pairs(self) -> None:
        """Take out the places that several transitions empty, until one is found that can go."""
        later, moved, looked = self.later, self.moved, 0
        while later and not moved:
            looked += 1
            if looked % OFTEN == 0 and self.meter.out_of_time():
                return
            self.agglomerate_pairs(later.popitem()[0])

    def agglomerate_pairs(self, place: int) -> None:
        """Take out a place that several transitions empty, if the rule applies."""
        work = self.work
        if place not in work.places:
            return
        fill, empty = work.fill[place], work.empty[place]
        products = len(fill) * len(empty)
        if work.marking.get(place, 0) or not fill or len(empty) < 2:
            return
        if products > max(len(fill) + len(empty), MOST_PRODUCTS):
            return
        pre, post = work.pre, work.post
        for t in fill:
            if t in empty or post[t][place] != 1:
                return
        for t in empty:
            if len(pre[t]) != 1 or pre[t][place] != 1 or not post[t]:
                return
        if not self.guards.allows(place, [post[t] for t in empty]):
            return
        names = work.names
        if any(work.is_name(f"{names[t]}+{names[u]}") for t in fill for u in empty):
            return
        self.steps.append(("agglomerate", work.first.place_ids[place]))
        for transition in (*fill, *empty):
            self._look_around(transition)
        self.moved.update(dict.fromkeys(work.join(place)))
        self.image[place] = EMPTY

    def _look_around(self, transition: int) -> None:
        queue, near = self.queue, self.near
        for place in self.work.pre[transition]:
            queue[place] = near[place] = None
        for place in self.work.post[transition]:
            queue[place] = near[place] = None

    def equal_transitions(self) -> None:
        """Leave out transitions that do what another does."""
        pre, post, known = self.work.pre, self.work.post, self.transition_of
        for transition in self.moved:
            needs = pre.get(transition)
            if needs is None:
                continue
            gives = post[transition]
            one_each = len(needs) == 1 == len(gives)
            key: object = (*needs, *gives) if one_each else (frozenset(needs), frozenset(gives))
            other = known.setdefault(key, transition)
            if other != transition and other in pre and (pre[other], post[other]) != (needs, gives):
                key = (frozenset(needs.items()), frozenset(gives.items()))
                other = known.setdefault(key, transition)
            if other != transition:
                if other in pre and pre[other] == needs and post[other] == gives:
                    self._drop("equal-transition", transition, other)
                    continue
                known[key] = transition
            if needs == gives:
                self.idle[transition] = None
        self.moved.clear()

    def idle_transitions(self) -> None:
        """Leave out transitions that change nothing, where another needs the same tokens."""
        pre, post = self.work.pre, self.work.post
        for transition in list(self.idle):
            needs = pre.get(transition)
            if needs is None or needs != post[transition]:
                del self.idle[transition]
                continue
            beside = self.work.empty[next(iter(needs))] if needs else pre
            other = next((t for t in beside if t != transition and pre[t] == needs), None)
            if other is not None:
                del self.idle[transition]
                self._drop("idle-transition", transition, other)

    def _drop(self, rule: str, transition: int, kept: int) -> None:
        names = self.work.names
        self.steps.append((rule, names[transition], names[kept]))
        self._look_around(transition)
        self.work.drop_transition(transition, kept)

    def equal_and_fixed_places(self) -> None:
        """Leave out places that have the tokens of another, or that never hold anything up."""
        work, known, names = self.work, self.place_of, self.work.first.place_ids
        fill, empty = work.fill, work.empty
        for place in self.near:
            if place not in work.places:
                continue
            filled, emptied = fill[place], empty[place]
            one_each = len(filled) == 1 == len(emptied)
            key: object = (
                (*filled, *emptied) if one_each else (frozenset(filled), frozenset(emptied))
            )
            other = known.setdefault(key, place)
            equal = self._equal(place, other)
            if not equal and other != place and other in work.places:
                key = work.place_key(place)
                other = known.setdefault(key, place)
                equal = self._equal(place, other)
            if equal:
                self.steps.append(("equal-place", names[place], names[other]))
                self._without(place, (True, other))
                self.guards.merged(place, other)
                continue
            known[key] = place
            tokens = work.marking.get(place, 0)
            if self._is_fixed(place, tokens):
                self.steps.append(("fixed-place", names[place]))
                self._without(place, (False, tokens))
        self.near.clear()

    def _equal(self, place: int, other: int) -> bool:
        work = self.work
        return other != place and other in work.places and work.equal_places(place, other)

    def _is_fixed(self, place: int, tokens: int) -> bool:
        fill, empty = self.work.fill[place], self.work.empty[place]
        if len(fill) != len(empty) or fill.keys() != empty.keys():
            return False
        pre, post = self.work.pre, self.work.post
        return all(post[t][place] == pre[t][place] <= tokens for t in fill)

    def _without(self, place: int, image: tuple[bool, int]) -> None:
        work = self.work
        touched = {**work.fill[place], **work.empty[place]}
        work.drop_place(place)
        self.image[place] = image
        self.moved.update(touched)
        queue = self.queue
        for transition in touched:
            for near in work.pre[transition]:
                queue[near] = None
            for near in work.post[transition]:
                queue[near] = None
