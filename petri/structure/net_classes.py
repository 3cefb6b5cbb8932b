"""Net classes: state machine, marked graph, free choice and its relatives, with what offends.

The classes are those of the literature on nets without weights; where a class asks for single
arcs, an arc of a greater weight is an offence of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import pairwise

from petri.incidence import ArcTable
from petri.net import PetriNet
from transition_systems.errors import UsageError

__all__ = ["CLASSES", "HARD_CLASSES", "ClassAnswer", "clusters", "net_class", "net_classes"]

CLASSES = (
    "ordinary", "pure", "state machine", "marked graph", "free choice", "extended free choice",
    "asymmetric choice", "strongly connected",
)  # fmt: skip
HARD_CLASSES = ("workflow net", "well-structured", "S-coverable")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassAnswer:
    """Whether a net is of a class, and if not, where.

    Parameters
    ----------
    name
        The class, one of :data:`CLASSES` or :data:`HARD_CLASSES`.
    holds
        Whether the net is of it.
    offending
        Ids of the nodes that offend: the first such place, transition, or pair; empty where the
        net is of the class.
    why
        A sentence about them, ``None`` where the net is of the class.
    """

    name: str
    holds: bool
    offending: tuple[str, ...] = ()
    why: str | None = None

    def __bool__(self) -> bool:
        return self.holds


class _Net:
    """The presets and postsets of a net, by index."""

    def __init__(self, net: PetriNet) -> None:
        self.net = net
        self.places, self.transitions = net.place_ids, net.transition_ids
        self.needs, self.gives = _lists(net.pre_arcs), _lists(net.post_arcs)
        self.users, self.makers = _lists(net.consumers), _lists(net.producers)


def _lists(table: ArcTable) -> list[list[int]]:
    offsets, nodes, _ = (part.tolist() for part in table)
    return [nodes[a:b] for a, b in pairwise(offsets)]


Offence = tuple[tuple[str, ...], str]


def net_classes(net: PetriNet, *, hard: bool = False) -> dict[str, ClassAnswer]:
    """Decide all classes of a net.

    Parameters
    ----------
    net
        Any place/transition net.
    hard
        Whether also those of :data:`HARD_CLASSES`, which take more than linear time.

    Returns
    -------
    dict
        An answer for each name of :data:`CLASSES` (and :data:`HARD_CLASSES`), in that order.

    Notes
    -----
    ``ordinary``: all weights are 1. ``pure``: no place is in preset and postset of a transition.
    ``state machine``: each transition has one input and one output place. ``marked graph``: each
    place has one input and one output transition. ``free choice``: of two transitions that share
    an input place, both have no other. ``extended free choice``: transitions that share an input
    place share all. ``asymmetric choice``: of two places that share a transition, one has all the
    output transitions of the other. ``strongly connected``: each node is reached from each other.
    ``workflow net``: one source, one sink, each node on a path between them. ``well-structured``:
    that, and closed from end to start neither PT- nor TP-handles. ``S-coverable``: each place is in
    a strongly connected state machine with all its transitions.
    Of :data:`CLASSES` all but the second and the last ask for an ordinary net. These take linear
    time, but for asymmetric choice: the number of pairs of places that share a transition.
    T. Murata: Petri nets: properties, analysis and applications. Proc. IEEE 77, 1989.

    Examples
    --------
    >>> net = PetriNet(
    ...     places=["p", "q"], transitions=["t", "u"],
    ...     arcs=[("p", "t"), ("p", "u"), ("q", "u")],
    ... )
    >>> answers = net_classes(net)
    >>> [name for name, answer in answers.items() if answer]
    ['ordinary', 'pure', 'asymmetric choice']
    >>> answers["free choice"].why
    "'t' and 'u' both take from 'p', and 'u' needs more than that"
    """
    names = (*CLASSES, *HARD_CLASSES) if hard else CLASSES
    return {name: net_class(net, name) for name in names}


def net_class(net: PetriNet, name: str) -> ClassAnswer:
    """Decide one class of :data:`CLASSES` or :data:`HARD_CLASSES`; see :func:`net_classes`.

    Raises
    ------
    UsageError
        For a name that is no class.
    """
    if name in HARD_CLASSES:
        return _hard(net, name)
    tests: dict[str, Callable[[_Net], Offence | None]] = {
        "ordinary": _weight, "pure": _loop, "state machine": _branching_transition,
        "marked graph": _branching_place, "free choice": _unfree, "asymmetric choice": _symmetric,
        "extended free choice": _not_extended, "strongly connected": _apart,
    }  # fmt: skip
    if name not in tests:
        known = (*CLASSES, *HARD_CLASSES)
        near = get_close_matches(name, known, n=1)
        raise UsageError(
            f"there is no net class {name!r}; "
            + (f"did you mean {near[0]!r}?" if near else f"the classes are {', '.join(known)}")
        )
    view = _Net(net)
    found = None if name in ("pure", "strongly connected") else _weight(view)
    found = found or tests[name](view)
    if found is None:
        return ClassAnswer(name=name, holds=True)
    return ClassAnswer(name=name, holds=False, offending=found[0], why=found[1])


def _hard(net: PetriNet, name: str) -> ClassAnswer:
    """Decide a class by its own module."""
    if name == "workflow net":
        from petri.workflow_net import no_workflow_net, workflow_net

        verdict = workflow_net(net)
        sets: dict[str, tuple[str, ...]] = dict(getattr(verdict.evidence, "sets", ()))
        ends = [sets.get(key, ()) for key in ("sources", "sinks")]
        lost = [node for key in ("unreachable", "hopeless") for node in sets.get(key, ())]
        if not lost and not verdict.holds:
            # Several places without input offend, and where there is none, each place has one.
            lost = [n for end in ends if len(end) != 1 for n in end or net.place_ids]
        return ClassAnswer(
            name=name,
            holds=verdict.holds,
            why=None if verdict.holds else no_workflow_net(verdict),
            offending=tuple(dict.fromkeys(lost)) or (() if verdict.holds else net.transition_ids),
        )
    if name == "well-structured":
        from petri.structure.handles import well_structured

        found = well_structured(net)
        if found.handle is None and not found:
            # It is no workflow net.
            return replace(_hard(net, "workflow net"), name=name, why=found.why)
        nodes = () if found.handle is None else found.handle.first + found.handle.second[1:-1]
        return ClassAnswer(name=name, holds=bool(found), offending=nodes, why=found.why)
    from petri.structure.components import s_cover

    cover = s_cover(net)
    heavy = None if cover else _weight(_Net(net))
    if heavy is not None:
        return ClassAnswer(name=name, holds=False, offending=heavy[0], why=heavy[1])
    missing = () if cover.uncovered is None else (cover.uncovered,)
    return ClassAnswer(name=name, holds=bool(cover), offending=missing, why=cover.why)


def clusters(net: PetriNet) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return the clusters of a net: places with their output transitions, and these with inputs.

    Returns
    -------
    list of tuple
        Pairs of places and transitions; each node is in one cluster. In the order of the net.

    Examples
    --------
    >>> clusters(PetriNet(places=["p", "q"], transitions=["t"], arcs=[("p", "t"), ("t", "q")]))
    [(('p',), ('t',)), (('q',), ())]
    """
    view = _Net(net)
    place_seen, transition_seen = [False] * len(view.places), [False] * len(view.transitions)
    found: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
    starts = [(place, True) for place in range(len(view.places))]
    starts += [(transition, False) for transition in range(len(view.transitions))]
    for start, is_place in starts:
        if (place_seen if is_place else transition_seen)[start]:
            continue
        (place_seen if is_place else transition_seen)[start] = True
        members: tuple[list[int], list[int]] = ([start], []) if is_place else ([], [start])
        waiting = [(start, is_place)]
        while waiting:
            node, place = waiting.pop()
            seen = transition_seen if place else place_seen
            for near in view.users[node] if place else view.needs[node]:
                if not seen[near]:
                    seen[near] = True
                    members[1 if place else 0].append(near)
                    waiting.append((near, not place))
        places, transitions = (sorted(part) for part in members)
        found.append(
            (tuple(view.places[p] for p in places), tuple(view.transitions[t] for t in transitions))
        )
    return found


def _weight(view: _Net) -> Offence | None:
    arc = next((arc for arc in view.net.arcs if arc.weight != 1), None)
    if arc is None:
        return None
    why = f"the arc from {arc.source!r} to {arc.target!r} has weight {arc.weight}"
    return (arc.source, arc.target), why


def _loop(view: _Net) -> Offence | None:
    for transition, needs in enumerate(view.needs):
        for place in needs:
            if place in view.gives[transition]:
                names = view.places[place], view.transitions[transition]
                return names, f"{names[1]!r} takes from {names[0]!r} and gives back to it"
    return None


def _branching_transition(view: _Net) -> Offence | None:
    for name, needs, gives in zip(view.transitions, view.needs, view.gives, strict=True):
        if len(needs) != 1 or len(gives) != 1:
            return (name,), f"{name!r} has {len(needs)} input and {len(gives)} output places"
    return None


def _branching_place(view: _Net) -> Offence | None:
    for name, makers, users in zip(view.places, view.makers, view.users, strict=True):
        if len(makers) != 1 or len(users) != 1:
            why = f"{name!r} has {len(makers)} input and {len(users)} output transitions"
            return (name,), why
    return None


def _unfree(view: _Net) -> Offence | None:
    for place, users in enumerate(view.users):
        if len(users) < 2:
            continue
        for user in users:
            if len(view.needs[user]) > 1:
                first = next(other for other in users if other != user)
                names = view.transitions[first], view.transitions[user], view.places[place]
                why = f"{names[0]!r} and {names[1]!r} both take from {names[2]!r}, and "
                return (names[2], *names[:2]), f"{why}{names[1]!r} needs more than that"
    return None


def _not_extended(view: _Net) -> Offence | None:
    for place, users in enumerate(view.users):
        for user in users[1:]:
            if view.needs[user] != view.needs[users[0]]:
                names = view.transitions[users[0]], view.transitions[user], view.places[place]
                why = f"{names[0]!r} and {names[1]!r} both take from {names[2]!r}, but not from "
                return (names[2], *names[:2]), f"{why}the same places"
    return None


def _symmetric(view: _Net) -> Offence | None:
    sets = [frozenset(users) for users in view.users]
    for needs in view.needs:
        ordered = sorted(needs, key=lambda place: len(sets[place]))
        for smaller, larger in pairwise(ordered):
            if not sets[smaller] <= sets[larger]:
                names = view.places[smaller], view.places[larger]
                why = f"{names[0]!r} and {names[1]!r} share a transition, and each has another"
                return names, why
    return None


def _apart(view: _Net) -> Offence | None:
    names = (*view.places, *view.transitions)
    if not names:
        return None
    count = len(view.places)
    after = [[count + t for t in users] for users in view.users] + view.gives
    before = [[count + t for t in makers] for makers in view.makers] + view.needs
    for near, way in ((after, "to"), (before, "from")):
        seen, waiting = {0}, [0]
        while waiting:
            for node in near[waiting.pop()]:
                if node not in seen:
                    seen.add(node)
                    waiting.append(node)
        missing = next((n for n in range(len(names)) if n not in seen), None)
        if missing is not None:
            pair = (names[0], names[missing]) if way == "to" else (names[missing], names[0])
            return pair, f"no path leads from {pair[0]!r} to {pair[1]!r}"
    return None
