"""Orders of places in which the diagrams of a net stay small."""

from __future__ import annotations

from collections import deque

from petri.net import PetriNet

__all__ = ["force_order", "neighbourhoods", "span"]

ROUNDS = 60
PATIENCE = 4
SMALL_GROUP = 6


def neighbourhoods(net: PetriNet) -> list[tuple[int, ...]]:
    """Return for each transition the places that it reads or changes, by index.

    Examples
    --------
    >>> neighbourhoods(PetriNet.from_arrays([[1], [0]], [[0], [1]], [3, 0]))
    [(0, 1)]
    """
    return [
        tuple(sorted({*net.pre_arcs.row(t)[0].tolist(), *net.post_arcs.row(t)[0].tolist()}))
        for t in range(len(net.transition_ids))
    ]


def span(order: list[int], groups: list[tuple[int, ...]]) -> int:
    """Return the sum, over the groups, of the distance of first and last member in the order.

    Examples
    --------
    >>> span([0, 1, 2], [(0, 2), (1, 2)])
    3
    """
    place = {member: position for position, member in enumerate(order)}
    total = 0
    for group in groups:
        if group:
            positions = [place[member] for member in group]
            total += max(positions) - min(positions)
    return total


def _breadth_first(n: int, groups: list[tuple[int, ...]]) -> list[int]:
    """Return the members in the order of a breadth-first search from a far corner."""
    of: list[list[int]] = [[] for _ in range(n)]
    for number, group in enumerate(groups):
        for member in group:
            of[member].append(number)

    def walk(start: int, seen: set[int]) -> list[int]:
        found, waiting, used = [start], deque([start]), set[int]()
        seen.add(start)
        while waiting:
            for number in of[waiting.popleft()]:
                if number in used:
                    continue
                used.add(number)
                for member in groups[number]:
                    if member not in seen:
                        seen.add(member)
                        found.append(member)
                        waiting.append(member)
        return found

    order: list[int] = []
    done: set[int] = set()
    for start in range(n):
        if start not in done:
            corner = walk(start, set(done))[-1]
            order.extend(walk(corner, done))
    return order


def force_order(n: int, groups: list[tuple[int, ...]]) -> list[int]:
    """Return an order of members in which the members of each group are near each other.

    Parameters
    ----------
    n
        Members are 0, 1, ..., n - 1.
    groups
        Members that should be neighbours.

    Returns
    -------
    list of int
        The members; the order of least span that was met.

    Notes
    -----
    Starts from the given order and from a breadth-first one, with all groups and with small ones
    only, which large ones otherwise outweigh. A round moves each member to the mean of the centres
    of its groups. O(rounds x (sum of group sizes + n log n)).
    F. A. Aloul, I. L. Markov, K. A. Sakallah: FORCE: a fast and easy-to-implement
    variable-ordering heuristic. GLSVLSI 2003.

    Examples
    --------
    >>> force_order(4, [(0, 2), (2, 1), (1, 3)])
    [3, 1, 2, 0]
    """
    groups = [group for group in groups if len(group) > 1]
    small = [group for group in groups if len(group) <= SMALL_GROUP]
    given = list(range(n))
    best, least = given, span(given, groups)
    for pulling in (groups, small) if 0 < len(small) < len(groups) else (groups,):
        for start in (_breadth_first(n, pulling), given):
            order, idle = start, 0
            for _ in range(ROUNDS):
                length = span(order, groups)
                if length < least:
                    best, least, idle = order, length, 0
                else:
                    idle += 1
                    if idle > PATIENCE:
                        break
                order = _forced(order, pulling)
    return best


def _forced(order: list[int], groups: list[tuple[int, ...]]) -> list[int]:
    place = [0.0] * len(order)
    for position, member in enumerate(order):
        place[member] = float(position)
    pull = [0.0] * len(order)
    count = [0] * len(order)
    for group in groups:
        centre = sum([place[member] for member in group]) / len(group)
        for member in group:
            pull[member] += centre
            count[member] += 1
    key = [pull[m] / count[m] if count[m] else place[m] for m in range(len(order))]
    return sorted(order, key=key.__getitem__)
