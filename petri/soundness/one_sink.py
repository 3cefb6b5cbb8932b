"""Nets with several ends brought to one source and one sink."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from petri.marking import Marking
from petri.net import PetriNet
from petri.nodes import Place, Transition
from petri.soundness.goal import SoundnessGoal, workflow_goal
from petri.state_space.reachability import marking_holds
from petri.structure.bounds import place_bounds
from petri.structure.linear_program import linear_program
from petri.structure.net_classes import net_classes
from transition_systems.budget import Budget
from transition_systems.errors import UnsupportedError
from transition_systems.properties.predicates import And, Compare, Predicate

__all__ = ["OneSink", "to_one_sink"]

EMPTY = (("<=", 0), ("<", 1), ("==", 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class OneSink:
    """A workflow net made of a net with a goal.

    Parameters
    ----------
    net
        The workflow net; it starts with one token in its source.
    goal
        The classical goal of that net, with the groups of transitions of the first goal.
    source, sink
        Its two ends.
    way
        ``"same"`` where it was one already, ``"merged"`` where each end leads to the sink,
        ``"collected"`` where a count of all tokens tells that it is complete.
    costs_free_choice
        Whether the net was free choice and this one is not: then no structural theorem applies.
    why
        A sentence about what was done and what it costs.
    """

    net: PetriNet
    goal: SoundnessGoal
    source: str
    sink: str
    way: str
    costs_free_choice: bool
    why: str


def to_one_sink(
    net: PetriNet,
    goal: SoundnessGoal,
    *,
    bound: int | None = None,
    budget: Budget | None = None,
) -> OneSink:
    """Return a workflow net that is sound if and only if a net with several ends is for its goal.

    Parameters
    ----------
    net
        A net whose transitions all take a token from a place that has to be empty at completion.
    goal
        Completion says that some places are empty; the others are ends, which nothing empties, and
        none of which may be reached twice. The goal of a translated workflow is such a one, where
        nothing stops all of its process at once.
    bound
        A number of tokens that the places that have to be empty never exceed together, where it is
        known; by default one is proved by linear programs.
    budget
        Limits.

    Returns
    -------
    OneSink

    Raises
    ------
    UnsupportedError
        Where the net or the goal has another shape, or no bound is known.

    Notes
    -----
    *Merged*: with positive weights of all places that no firing changes, and the same for each end
    as for the initial marking, one end is reached by each case, once, and all is empty then. Each
    end gets a transition to the sink. Runs are the same, with one step before and one after them;
    free choice is kept.

    *Collected*: otherwise a place holds ``bound`` less the number of tokens that are still to be
    consumed. When it holds ``bound``, a transition takes all of them; then each end is emptied, or
    passed by where it was not reached, which a second place for each end tells. An end that is
    reached again keeps a token: completion is improper then as it was before.

    Preserved are soundness, weak soundness, whether some run completes properly, boundedness, and
    which transitions can occur. The idea is B. Kiepuszewski, A. H. M. ter Hofstede, W. M. P. van
    der Aalst: Fundamentals of control flow in workflows. Acta Informatica 39, 2003.

    Examples
    --------
    >>> from transition_systems.properties.predicates import at_most, conjunction
    >>> net = PetriNet(places=["p", "e", "f"], transitions=["a", "b"], initial=["p"],
    ...     arcs=[("p", "a"), ("a", "e"), ("p", "b"), ("b", "f")])
    >>> goal = SoundnessGoal(completion=at_most("p", 0), occurs={"a": ("a",), "b": ("b",)},
    ...     proper=conjunction(at_most("e", 1), at_most("f", 1)))
    >>> one = to_one_sink(net, goal)
    >>> one.way, one.costs_free_choice, one.net.transition_ids
    ('merged', False, ('a', 'b', 'e.out', 'f.out'))
    """
    live = _emptied(goal.completion)
    ends = [p for p in net.place_ids if p not in live]
    _refuse(net, goal, live, ends)
    free = net_classes(net)["free choice"].holds
    made = _Maker(net)
    if len(ends) == 1 and _conserves(net, ends):
        way, sink = "same", ends[0]
    elif ends and _conserves(net, ends):
        way, sink = "merged", made.place("sink")
        for end in ends:
            made.transition(f"{end}.out", {end: 1}, {sink: 1})
    else:
        most = bound if bound is not None else _bound(net, live, budget)
        way, sink = "collected", made.collect(live, ends, most)
    source = made.begin(way)
    new = made.net(source)
    after = net_classes(new)["free choice"].holds
    wanted = workflow_goal(new)
    groups = {
        name: tuple(new_name for t in members for new_name in made.variants.get(t, (t,)))
        for name, members in goal.occurs.items()
    }
    told = {
        "same": "The net has one end already.",
        "merged": "Each case reaches just one end, so each end leads to the sink.",
        "collected": "A count of the tokens tells when it is complete.",
    }[way]
    if free and not after:
        told += " That costs the free-choice property: no structural theorem applies."
    return OneSink(
        net=new,
        goal=SoundnessGoal(
            completion=wanted.completion, proper=wanted.proper, occurs=groups, workflow_net=True
        ),
        source=source,
        sink=sink,
        way=way,
        costs_free_choice=free and not after,
        why=told,
    )


def _emptied(completion: Predicate) -> set[str]:
    """Return the places that a predicate says are empty."""
    places: set[str] = set()
    waiting = [completion]
    while waiting:
        node = waiting.pop()
        if isinstance(node, And):
            waiting.extend(node.operands)
        elif isinstance(node, Compare) and (node.op, node.bound) in EMPTY:
            if any(factor <= 0 for _, factor in node.terms):
                raise UnsupportedError("completion compares differences of tokens")
            places.update(name for name, _ in node.terms)
        else:
            raise UnsupportedError("completion says more than that some places are empty")
    return places


def _refuse(net: PetriNet, goal: SoundnessGoal, live: set[str], ends: list[str]) -> None:
    for end in ends:
        if net.postset(end):
            raise UnsupportedError(f"{end} is no end: transitions take tokens from it")
        if net.initial.get(end, 0):
            raise UnsupportedError(f"the end {end} has a token at the start")
        if marking_holds(net, goal.proper, Marking({end: 2})):
            raise UnsupportedError(f"the goal lets the end {end} be reached twice")
    if not marking_holds(net, goal.proper, Marking(dict.fromkeys(ends, 1))):
        raise UnsupportedError("the goal forbids that several ends are reached")
    for name in net.transition_ids:
        if live.isdisjoint(net.preset(name)):
            raise UnsupportedError(f"{name} can occur after completion")
    if any(arc.weight > 1 for arc in net.arcs if arc.target in ends):
        raise UnsupportedError("a transition reaches an end twice at once")


def _conserves(net: PetriNet, ends: list[str]) -> bool:
    """Return whether positive weights of the places are constant, and the same for each end."""
    change = np.asarray(net.incidence, dtype=np.int64).T
    start = np.array([net.initial.get(p, 0) for p in net.place_ids], dtype=np.int64)
    rows = [change]
    for end in ends:
        row = start.copy()
        row[net.place_index(end)] -= 1
        rows.append(row[None, :])
    matrix = np.vstack(rows)
    result = linear_program(
        np.ones(matrix.shape[1]), A_eq=matrix, b_eq=np.zeros(len(matrix)), bounds=(1, None),
        method="highs",
    )  # fmt: skip
    if result.status != 0:
        return False
    for factor in (1, 12, 720):
        weights = np.rint(result.x * factor).astype(np.int64)
        if weights.min() > 0 and not (matrix @ weights).any():
            return True
    return False


def _bound(net: PetriNet, live: set[str], budget: Budget | None) -> int:
    """Return a proved bound of the tokens in some places together."""
    arcs = [(a.source, a.target, a.weight) for a in net.arcs]
    extra: list[tuple[str, str, int]] = []
    total = "tokens"
    while total in net.place_ids or total in net.transition_ids:
        total += "'"
    for name, change in _changes(net, live):
        if change > 0:
            extra.append((name, total, change))
        elif change < 0:
            extra.append((total, name, -change))
    tokens = sum(net.initial.get(p, 0) for p in live)
    wider = PetriNet(
        places=[*net.places, Place(id=total)], transitions=net.transitions, arcs=[*arcs, *extra],
        initial={**net.initial.to_dict(), **({total: tokens} if tokens else {})},
    )  # fmt: skip
    found = place_bounds(wider, budget=budget)[total]
    if found is None:
        raise UnsupportedError("no bound of the number of tokens is known")
    return found


def _changes(net: PetriNet, live: set[str]) -> Iterator[tuple[str, int]]:
    """Yield by how much each transition changes the number of tokens in some places."""
    change = dict.fromkeys(net.transition_ids, 0)
    for arc in net.arcs:
        if arc.source in live:
            change[arc.target] -= arc.weight
        elif arc.target in live:
            change[arc.source] += arc.weight
    yield from change.items()


class _Maker:
    """A net under construction: the places, transitions and arcs of the first one, and more."""

    def __init__(self, net: PetriNet) -> None:
        self.old = net
        self.taken = {*net.place_ids, *net.transition_ids}
        self.places: list[Place] = list(net.places)
        self.transitions: list[Transition] = list(net.transitions)
        self.arcs: dict[tuple[str, str], int] = {}
        for arc in net.arcs:
            self.arc(arc.source, arc.target, arc.weight)
        self.initial = net.initial.to_dict()
        self.variants: dict[str, tuple[str, ...]] = {}

    def arc(self, source: str, target: str, weight: int) -> None:
        if weight:
            self.arcs[source, target] = self.arcs.get((source, target), 0) + weight

    def _name(self, wish: str) -> str:
        while wish in self.taken:
            wish += "'"
        self.taken.add(wish)
        return wish

    def place(self, wish: str) -> str:
        name = self._name(wish)
        self.places.append(Place(id=name))
        return name

    def transition(self, wish: str, pre: dict[str, int], post: dict[str, int]) -> str:
        name = self._name(wish)
        self.transitions.append(Transition(id=name, label=None))
        for place, weight in pre.items():
            self.arc(place, name, weight)
        for place, weight in post.items():
            self.arc(name, place, weight)
        return name

    def collect(self, live: set[str], ends: list[str], bound: int) -> str:
        """Add the count of tokens and the way from completion to the sink, which is returned."""
        room = self.place("room")
        for name, change in _changes(self.old, live):
            self.arc(room, name, max(change, 0))
            self.arc(name, room, max(-change, 0))
        tokens = sum(self.initial.get(p, 0) for p in live)
        if tokens < bound:
            self.initial[room] = bound - tokens
        unreached = {end: self.place(f"{end}.none") for end in ends}
        self.initial.update(dict.fromkeys(unreached.values(), 1))
        for name in self.old.transition_ids:
            self._reach(name, [end for end in ends if (name, end) in self.arcs], unreached)
        steps = [self.place(f"close.{end}") for end in ends] + [self.place("sink")]
        self.transition("complete", {room: bound}, {steps[0]: 1})
        for end, step, after in zip(ends, steps, steps[1:], strict=False):
            self.transition(f"{end}.out", {step: 1, end: 1}, {after: 1})
            self.transition(f"{end}.pass", {step: 1, unreached[end]: 1}, {after: 1})
        return steps[-1]

    def _reach(self, name: str, reached: list[str], unreached: dict[str, str]) -> None:
        """Let a transition reach its ends for the first time, or again, each by a variant."""
        if not reached:
            return
        pre = {p: n for (p, t), n in self.arcs.items() if t == name}
        post = {p: n for (t, p), n in self.arcs.items() if t == name}
        names = [name]
        for again in list(product((False, True), repeat=len(reached)))[1:]:
            more, gives = dict(pre), dict(post)
            for end, second in zip(reached, again, strict=True):
                more[end if second else unreached[end]] = 1
                gives[end] = 2 if second else 1
            names.append(self.transition(f"{name}.again", more, gives))
        for end in reached:
            self.arc(unreached[end], name, 1)
        self.variants[name] = tuple(names)

    def begin(self, way: str) -> str:
        """Return the source: a place of the net where that will do, or a new one."""
        entered = {target for _, target in self.arcs}
        if way != "collected" and list(self.initial.values()) == [1]:
            (only,) = self.initial
            if only not in entered:
                return only
        source = self.place("source")
        self.transition("begin", {source: 1}, dict(self.initial))
        return source

    def net(self, source: str) -> PetriNet:
        return PetriNet(
            places=self.places, transitions=self.transitions,
            arcs=[(a, b, n) for (a, b), n in self.arcs.items()], initial={source: 1},
            name=self.old.name,
        )  # fmt: skip
