"""Handles: two ways that leave each other at a node of one kind and meet at one of the other kind.

A PT-handle leads from a place to a transition: what is chosen is waited for together. A TP-handle
leads from a transition to a place: what runs together arrives as if one had been chosen. Nets
without either are well-handled; a workflow net is well-structured if it is well-handled once its
end is joined to its start.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from petri.net import PetriNet
from transition_systems.budget import Budget

__all__ = ["Handle", "HandleAnswer", "well_handled", "well_structured"]

UNSEEN = -1

Half = tuple[int, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Handle:
    """Two paths with the same ends and no other node in common.

    Parameters
    ----------
    kind
        ``"PT"`` or ``"TP"``.
    first, second
        The paths as ids, from the node where they part to the one where they meet.
    """

    kind: Literal["PT", "TP"]
    first: tuple[str, ...]
    second: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandleAnswer:
    """Whether a net has neither PT- nor TP-handles.

    Parameters
    ----------
    holds
        ``None`` where the budget ended before the answer.
    handle
        The first handle that was found.
    why
        A sentence where there is one, or it is open.
    """

    holds: bool | None
    handle: Handle | None = None
    why: str | None = None

    def __bool__(self) -> bool:
        return self.holds is True


def well_handled(net: PetriNet, *, budget: Budget | None = None) -> HandleAnswer:
    """Decide whether a net is well-handled: it has no PT-handle and no TP-handle.

    Parameters
    ----------
    net
        Any place/transition net; weights play no part.
    budget
        Its seconds.

    Returns
    -------
    HandleAnswer
        With two paths where it is not.

    Notes
    -----
    From a node where paths part, two disjoint ones meet just where that node is the immediate
    dominator, and the only way is not the arc itself (Menger). One dominator tree for each node
    with several arcs out, so near-linear for each; the paths are two augmenting ones.
    J. Esparza, M. Silva: Circuits, handles, bridges and nets. LNCS 483, 1991. K. Cooper, T. Harvey,
    K. Kennedy: A simple, fast dominance algorithm. Rice University, 2001.

    Examples
    --------
    >>> net = PetriNet(
    ...     places=["i", "a", "b", "o"], transitions=["t", "u", "v"],
    ...     arcs=[("i", "t"), ("t", "a"), ("t", "b"), ("a", "u"), ("b", "v"), ("u", "o"),
    ...           ("v", "o")],
    ... )
    >>> well_handled(net).handle
    Handle(kind='TP', first=('t', 'a', 'u', 'o'), second=('t', 'b', 'v', 'o'))
    """
    graph = _Graph(net)
    meter = (budget or Budget()).start()
    for root, following in enumerate(graph.after):
        if len(following) < 2:
            continue
        reason = meter.exhausted()
        if reason is not None:
            return HandleAnswer(holds=None, why=f"{reason}; no handle was found so far")
        target = graph.meeting(root)
        if target is None:
            continue
        first, second = graph.paths(root, target)
        kind: Literal["PT", "TP"] = "PT" if root < graph.places else "TP"
        names = [tuple(graph.names[node] for node in path) for path in (first, second)]
        begin, end = names[0][0], names[0][-1]
        why = f"two disjoint paths lead from {begin!r} to {end!r}: a {kind}-handle"
        handle = Handle(kind=kind, first=names[0], second=names[1])
        return HandleAnswer(holds=False, handle=handle, why=why)
    return HandleAnswer(holds=True)


def well_structured(net: PetriNet, *, budget: Budget | None = None) -> HandleAnswer:
    """Decide whether a workflow net is well-structured: closed from end to start, well-handled.

    Parameters
    ----------
    net
        Any net; one that is no workflow net is not well-structured.
    budget
        Its seconds.

    Returns
    -------
    HandleAnswer
        With a handle of the closed net, or the reason why it is no workflow net.

    Notes
    -----
    W. van der Aalst: The application of Petri nets to workflow management. 1998.

    Examples
    --------
    >>> bool(well_structured(PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])))
    True
    """
    from petri.structure.rank_theorem import closed_net
    from petri.workflow_net import no_workflow_net, workflow_net

    limit = (budget or Budget()).fixed()
    verdict = workflow_net(net, budget=limit)
    if not verdict.holds:
        return HandleAnswer(holds=None if verdict.unknown else False, why=no_workflow_net(verdict))
    sets: dict[str, tuple[str, ...]] = dict(getattr(verdict.evidence, "sets", ()))
    return well_handled(closed_net(net, sets["source"][0], sets["sink"][0]), budget=limit)


class _Graph:
    """The nodes of a net by number, places first, with the arcs out of and into each."""

    def __init__(self, net: PetriNet) -> None:
        self.names = (*net.place_ids, *net.transition_ids)
        self.places = len(net.place_ids)
        self.after: list[list[int]] = [[] for _ in self.names]
        self.before: list[list[int]] = [[] for _ in self.names]
        for table, into in ((net.pre_arcs, True), (net.post_arcs, False)):
            offsets, nodes, _ = (part.tolist() for part in table)
            for number, (a, b) in enumerate(pairwise(offsets)):
                transition = self.places + number
                for place in nodes[a:b]:
                    source, target = (place, transition) if into else (transition, place)
                    self.after[source].append(target)
                    self.before[target].append(source)

    def meeting(self, root: int) -> int | None:
        """Return a node of the other kind in which two disjoint paths from a root meet."""
        order = self._postorder(root)
        position = [UNSEEN] * len(self.names)
        for number, node in enumerate(order):
            position[node] = number
        dominator = self._dominators(root, order, position)
        for node in reversed(order):
            if dominator[node] != root or (node < self.places) == (root < self.places):
                continue
            others = [
                near
                for near in self.before[node]
                if near != root and position[near] != UNSEEN
                and not self._dominates(node, near, dominator, root)
            ]  # fmt: skip
            if len(others) + (root in self.before[node]) > 1:
                return node
        return None

    def _postorder(self, root: int) -> list[int]:
        order: list[int] = []
        seen = {root}
        stack = [(root, iter(self.after[root]))]
        while stack:
            node, rest = stack[-1]
            following = next((other for other in rest if other not in seen), None)
            if following is None:
                order.append(node)
                stack.pop()
            else:
                seen.add(following)
                stack.append((following, iter(self.after[following])))
        return order

    def _dominators(self, root: int, order: list[int], position: list[int]) -> list[int]:
        """Return the immediate dominator of each node that a root reaches."""
        dominator = [UNSEEN] * len(self.names)
        dominator[root] = root
        changed = True
        while changed:
            changed = False
            for node in reversed(order):
                if node == root:
                    continue
                new = UNSEEN
                for near in self.before[node]:
                    if dominator[near] == UNSEEN:
                        continue
                    new = near if new == UNSEEN else _common(new, near, dominator, position)
                if dominator[node] != new:
                    dominator[node] = new
                    changed = True
        return dominator

    def _dominates(self, node: int, other: int, dominator: list[int], root: int) -> bool:
        while other not in (node, root):
            other = dominator[other]
        return other == node

    def paths(self, root: int, target: int) -> tuple[list[int], list[int]]:
        """Return two paths that have only their ends in common, by two augmenting ones."""
        flow: set[tuple[Half, Half]] = set()
        for _ in range(2):
            trail = self._augmenting(root, target, flow)
            for source, goal in pairwise(trail):
                if (goal, source) in flow:
                    flow.discard((goal, source))
                else:
                    flow.add((source, goal))
        found: list[list[int]] = []
        onward = {
            source: goal for (source, out), (goal, _) in flow if out and source != root
        }  # fmt: skip
        for first in self.after[root]:
            if ((root, True), (first, False)) in flow:
                path = [root, first]
                while path[-1] != target:
                    path.append(onward[path[-1]])
                found.append(path)
        return found[0], found[1]

    def _augmenting(self, root: int, target: int, flow: set[tuple[Half, Half]]) -> list[Half]:
        """Return a way through the nodes, each split into where it is entered and where left.

        The arcs that are used may be gone back, the others forward.
        """
        begin, end = (root, True), (target, False)
        seen: dict[Half, Half] = {begin: begin}
        waiting = deque([begin])
        while waiting and end not in seen:
            here = waiting.popleft()
            node, leaving = here
            if leaving:
                steps = [(n, False) for n in self.after[node] if (here, (n, False)) not in flow]
                steps += [(node, False)] if ((node, False), here) in flow else []
            else:
                steps = [(n, True) for n in self.before[node] if ((n, True), here) in flow]
                steps += [] if (here, (node, True)) in flow else [(node, True)]
            for step in steps:
                if step not in seen and step != (root, False):
                    seen[step] = here
                    waiting.append(step)
        trail = [end]
        while trail[-1] != begin:
            trail.append(seen[trail[-1]])
        return trail[::-1]


def _common(first: int, second: int, dominator: list[int], position: list[int]) -> int:
    """Return the nearest node that dominates two nodes."""
    while first != second:
        while position[first] < position[second]:
            first = dominator[first]
        while position[second] < position[first]:
            second = dominator[second]
    return first
