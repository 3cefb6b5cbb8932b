"""Tables of the nodes of a diagram, from any library whose nodes can be asked for children."""

from __future__ import annotations

from typing import Any

from petri.state_space.symbolic.diagrams import Diagram, Diagrams, NodeTable

__all__ = ["node_table"]


def node_table(diagram: Diagram, store: Diagrams) -> NodeTable:
    """Return the nodes of a diagram, successors first.

    Parameters
    ----------
    diagram
        The diagram.
    store
        Where it was made.

    Notes
    -----
    O(nodes); no recursion.
    """
    numbers: dict[Any, int] = {store.false: 0, store.true: 1}
    levels, low, high = [store.n_variables] * 2, [0, 1], [0, 1]
    stack: list[tuple[Any, Any]] = [(diagram, None)]
    while stack:
        node, children = stack.pop()
        if node in numbers:
            continue
        if children is None:
            children = store.halves(node, store.top(node))
            missing = [(child, None) for child in children if child not in numbers]
            if missing:
                stack.append((node, children))
                stack.extend(missing)
                continue
        numbers[node] = len(levels)
        levels.append(store.top(node))
        high.append(numbers[children[1]])
        low.append(numbers[children[0]])
    return NodeTable(tuple(levels), tuple(low), tuple(high), numbers[diagram])
