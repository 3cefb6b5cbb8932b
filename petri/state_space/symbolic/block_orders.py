"""Orders that keep what belongs together side by side: units and semiflows as blocks and codes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from petri.net import PetriNet
from petri.state_space.symbolic.variable_order import force_order, neighbourhoods, span
from petri.structure.flows import Semiflow
from petri.structure.nupn import nupn_units

__all__ = ["Plan", "block_order", "candidate_orders", "sifted"]

MOST_SIFTED = 400
SIFTINGS = 10

Groups = list[tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Plan:
    """An order of the places, and disjoint groups of them that may share a field.

    Attributes
    ----------
    order
        Places by index, those on top of the diagrams first.
    groups
        Places that seem to have at most one token together; a closure notices where they have not.
    """

    order: list[int]
    groups: tuple[tuple[int, ...], ...] = ()


def candidate_orders(
    net: PetriNet, flows: Sequence[Semiflow] = (), dead: Collection[int] = ()
) -> Iterator[Plan]:
    """Yield orders of the places in which the diagrams of a net may stay small.

    Parameters
    ----------
    net
        Any place/transition net.
    flows
        Semiflows of the places.
    dead
        Transitions that are never enabled, by index, which pull nothing together.

    Yields
    ------
    Plan
        First the order of FORCE; then, where there are any, the blocks of the net's NUPN units and
        those of its semiflows, arranged by FORCE and sifting, each ordered by FORCE inside. Units,
        and blocks of semiflows with one token, are groups; that a unit has one token at most is
        not known here.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 1], [1, 0]], [1, 0])
    >>> list(candidate_orders(net))
    [Plan(order=[0, 1], groups=())]
    """
    n = len(net.place_ids)
    never = set(dead)
    groups = [group for t, group in enumerate(neighbourhoods(net)) if t not in never]
    yield Plan(block_order(n, groups, ()))
    initial: list[int] = net.initial.to_array(net.place_ids).tolist()
    units = nupn_units(net)
    for blocks, coded in ((units, units), _flow_blocks(flows)):
        if len(blocks) < 2:
            continue
        light = (block for block in coded if sum(initial[place] for place in block) <= 1)
        yield Plan(
            block_order(n, groups, blocks), tuple(block for block in light if len(block) > 1)
        )


def _flow_blocks(
    flows: Sequence[Semiflow],
) -> tuple[tuple[tuple[int, ...], ...], tuple[tuple[int, ...], ...]]:
    """Return disjoint blocks of places that share tokens, and those of them that share one.

    The largest come first.
    """
    blocks: list[tuple[int, ...]] = []
    single: list[tuple[int, ...]] = []
    left = [([place for place, _ in flow.weights], flow.value == 1) for flow in flows if flow.value]
    used: set[int] = set()
    while left:
        left.sort(key=lambda part: (-len(part[0]), part))
        block, one = left.pop(0)
        if len(block) < 2:
            break
        blocks.append(tuple(block))
        if one:
            single.append(tuple(block))
        used.update(block)
        left = [([place for place in part if place not in used], one) for part, one in left]
    return tuple(blocks), tuple(single)


def block_order(n: int, groups: Groups, blocks: Sequence[tuple[int, ...]]) -> list[int]:
    """Return an order in which each block is contiguous and groups are near each other.

    Parameters
    ----------
    n
        Members are 0, 1, ..., n - 1.
    groups
        Members that should be neighbours.
    blocks
        Disjoint; a member outside is a block of its own.

    Notes
    -----
    FORCE on the blocks and inside each, and sifting of at most 400 blocks.

    Examples
    --------
    >>> block_order(4, [(0, 2), (1, 3), (2, 3)], [(0, 2), (1, 3)])
    [0, 2, 1, 3]
    """
    of = {member: number for number, block in enumerate(blocks) for member in block}
    parts = [*blocks, *((member,) for member in range(n) if member not in of)]
    of = {member: number for number, part in enumerate(parts) for member in part}
    outer = [tuple(sorted({of[member] for member in group})) for group in groups]
    inner: list[Groups] = [[] for _ in parts]
    for group in groups:
        by_part: dict[int, list[int]] = {}
        for member in group:
            by_part.setdefault(of[member], []).append(member)
        for number, members in by_part.items():
            if len(members) > 1:
                inner[number].append(tuple(members))
    order = force_order(len(parts), outer)
    if blocks:
        order = sifted(order, outer)
    result: list[int] = []
    for number in order:
        part = parts[number]
        place = {member: position for position, member in enumerate(part)}
        pulled = [tuple(place[member] for member in group) for group in inner[number]]
        result.extend(part[position] for position in force_order(len(part), pulled))
    return result


def sifted(order: list[int], groups: Groups) -> list[int]:
    """Return an order in which no member would do better elsewhere, by the span of its groups.

    Each member in turn goes to the position where the groups of all members are shortest, until
    nothing gets better, at most ten times. Orders of more than 400 members are returned as they
    are. O(n x sum of group sizes) for each time.
    R. Rudell: Dynamic variable ordering for ordered binary decision diagrams. ICCAD 1993.

    Examples
    --------
    >>> sifted([0, 2, 1, 3], [(0, 1), (1, 2), (2, 3)])
    [0, 1, 2, 3]
    """
    groups = [group for group in groups if len(group) > 1]
    if len(order) > MOST_SIFTED:
        return order
    weights: dict[tuple[int, ...], int] = {}
    for group in groups:
        weights[group] = weights.get(group, 0) + 1
    of: dict[int, list[tuple[int, ...]]] = {}
    for group in weights:
        for member in group:
            of.setdefault(member, []).append(group)
    length = span(order, groups)
    for _ in range(SIFTINGS):
        for member in sorted(order, key=lambda m: -len(of.get(m, ()))):
            order = _best_place(order, member, weights)
        after = span(order, groups)
        if after >= length:
            break
        length = after
    return order


def _best_place(order: list[int], member: int, weights: dict[tuple[int, ...], int]) -> list[int]:
    """Move one member to where the weighted span of all groups is least.

    With the others at 0, 1, 2, ... and the member before the one at ``k``, a group of others is
    longer by one where ``k`` is inside it, and a group of the member is as long as it reaches.
    """
    rest = [other for other in order if other != member]
    place = {other: position for position, other in enumerate(rest)}
    slots = len(order)
    cost = [0] * slots
    change = [0] * (slots + 1)
    for group, weight in weights.items():
        positions = [place[other] for other in group if other != member]
        first, last = min(positions), max(positions)
        if member not in group:
            change[first + 1] += weight
            change[last + 1] -= weight
            continue
        for k in range(slots):
            if k <= first:
                reach = last + 1 - k
            elif k > last:
                reach = k - first
            else:
                reach = last + 1 - first
            cost[k] += weight * reach
    longer = 0
    for k in range(slots):
        longer += change[k]
        cost[k] += longer
    here = order.index(member)
    best = min(range(slots), key=lambda k: (cost[k], abs(k - here)))
    return [*rest[:best], member, *rest[best:]]
