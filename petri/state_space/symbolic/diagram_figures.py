"""Figures of a set of markings, from the nodes of its diagram, in integers of any length."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from petri.state_space.symbolic.diagrams import NodeTable

__all__ = ["joint_counts", "most_in_each", "most_in_sum", "ways"]


def ways(table: NodeTable) -> list[int]:
    """Return for each node in how many ways the variables from its own on lead to true.

    Examples
    --------
    >>> from petri.state_space.symbolic.diagrams import diagrams
    >>> store = diagrams(3, library="dd")
    >>> ways(store.table(store.variable(0) | store.variable(2)))[-1]
    6
    """
    levels, low, high = table.levels, table.low, table.high
    counts = [0, 1]
    for node in range(2, len(levels)):
        after = levels[node] + 1
        total = 0
        for child in (low[node], high[node]):
            if child:
                total += counts[child] << (levels[child] - after)
        counts.append(total)
    return counts


def joint_counts(
    table: NodeTable, n_variables: int, guards: Iterable[tuple[int, NodeTable]]
) -> dict[int, int]:
    """Count for each guard the assignments that satisfy both the set and the guard.

    Parameters
    ----------
    table
        The set.
    n_variables
        Its number of variables.
    guards
        Names, and small diagrams over the same variables.

    Notes
    -----
    Goes down the set once, with the number of ways to each node; a guard is looked at only between
    its first and its last variable. O(sum over the guards of the nodes of both on the levels
    between), which is linear for local guards.
    """
    levels, low, high = table.levels, table.low, table.high
    counts = ways(table)
    starting: dict[int, list[tuple[int, NodeTable]]] = {}
    for name, guard in guards:
        starting.setdefault(guard.levels[guard.root], []).append((name, guard))
    result: dict[int, int] = {}
    cut = {table.root: 1}
    for level in range(n_variables + 1):
        for name, guard in starting.get(level, ()):
            result[name] = _joint(table, counts, cut, guard, level)
        if level == n_variables:
            break
        after: dict[int, int] = {}
        for node, weight in cut.items():
            if levels[node] > level:
                after[node] = after.get(node, 0) + 2 * weight
                continue
            for child in (low[node], high[node]):
                if child:
                    after[child] = after.get(child, 0) + weight
        cut = after
    return result


def _joint(
    table: NodeTable, counts: list[int], cut: dict[int, int], guard: NodeTable, level: int
) -> int:
    """Count from one cut on; the weights are the ways to the nodes of the cut."""
    levels, low, high = table.levels, table.low, table.high
    total = 0
    pairs = {(node, guard.root): weight for node, weight in cut.items()}
    while pairs:
        after: dict[tuple[int, int], int] = {}
        for (node, part), weight in pairs.items():
            if node == 0 or part == 0:
                continue
            if part == 1:
                total += weight * counts[node] << (levels[node] - level)
                continue
            nodes = (low[node], high[node]) if levels[node] == level else (node, node)
            here = guard.levels[part] == level
            parts = (guard.low[part], guard.high[part]) if here else (part, part)
            for pair in zip(nodes, parts, strict=True):
                after[pair] = after.get(pair, 0) + weight
        pairs, level = after, level + 1
    return total


def most_in_sum(table: NodeTable, weights: Sequence[int]) -> int:
    """Return the greatest sum of the weights of true variables; weights are not negative."""
    levels, low, high = table.levels, table.low, table.high
    before = [0]
    for weight in weights:
        before.append(before[-1] + weight)
    best = [0, 0]
    for node in range(2, len(levels)):
        level = levels[node]
        choices = [
            own + before[levels[child]] - before[level + 1] + best[child]
            for child, own in ((low[node], 0), (high[node], weights[level]))
            if child
        ]
        best.append(max(choices))
    return before[levels[table.root]] + best[table.root] if table.root else 0


def most_in_each(table: NodeTable, fields: Sequence[Sequence[int]]) -> list[int]:
    """Return the greatest number that occurs in each field.

    Parameters
    ----------
    table
        A set that is not empty.
    fields
        The variables of each field, in order and the highest first; together all variables, in
        order.

    Notes
    -----
    O(nodes + fields).
    """
    levels, low, high = table.levels, table.low, table.high
    field_of: list[int] = []
    weights: list[int] = []
    for number, bits in enumerate(fields):
        field_of += [number] * len(bits)
        weights += [1 << position for position in range(len(bits) - 1, -1, -1)]
    field_of.append(len(fields))
    full = [(1 << len(bits)) - 1 for bits in fields]
    best = [0] * len(fields)
    skipped = [0] * (len(fields) + 1)

    def enter(field: int, child: int) -> None:
        """Take note of an edge that leaves a field for a node of a later one."""
        target = field_of[levels[child]]
        if target > field + 1:
            skipped[field + 1] += 1
            skipped[target] -= 1
        if target < len(fields):
            # The bits from the node's own on are worth less than twice its weight.
            free = full[target] - (2 * weights[levels[child]] - 1)
            best[target] = max(best[target], free + value[child])

    value = [0, 0]
    for node in range(2, len(levels)):
        level = levels[node]
        field, weight = field_of[level], weights[level]
        most = 0
        for child, own in ((low[node], 0), (high[node], weight)):
            if not child:
                continue
            if field_of[levels[child]] == field:
                most = max(most, own + weight - 2 * weights[levels[child]] + value[child])
            else:
                most = max(most, own + weight - 1)
                enter(field, child)
        value.append(most)
    enter(-1, table.root)
    jumps = 0
    for number in range(len(fields)):
        jumps += skipped[number]
        if jumps:
            best[number] = full[number]
    return best
