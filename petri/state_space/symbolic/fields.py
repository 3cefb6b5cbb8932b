"""Places as fields of Boolean variables: comparisons and sums with constants."""

from __future__ import annotations

from collections.abc import Sequence

from petri.state_space.symbolic.diagrams import Diagram, Diagrams

__all__ = ["between", "linear_at_most", "shifted", "sum_at_most"]


def _at_least(store: Diagrams, bits: Sequence[int], value: int) -> Diagram:
    """Return where the number in the bits, the highest first, is at least a value."""
    if value <= 0:
        return store.true
    if value >> len(bits):
        return store.false
    result = store.true
    for position, bit in enumerate(reversed(bits)):
        variable = store.variable(bit)
        result = variable & result if value >> position & 1 else variable | result
    return result


def between(store: Diagrams, bits: Sequence[int], low: int, high: int) -> Diagram:
    """Return where the number in the bits, the highest first, is in a closed interval.

    Examples
    --------
    >>> from petri.state_space.symbolic.diagrams import diagrams
    >>> store = diagrams(2, library="dd")
    >>> between(store, (0, 1), 2, 3) == store.variable(0)
    True
    """
    if low > high:
        return store.false
    result = _at_least(store, bits, low)
    if high + 1 < 1 << len(bits):
        result = result & ~_at_least(store, bits, high + 1)
    return result


def shifted(store: Diagrams, bits: Sequence[int], amount: int) -> dict[int, Diagram]:
    """Return for each bit its value after a constant was added, without what is carried out."""
    amount %= 1 << len(bits)
    functions: dict[int, Diagram] = {}
    carry = store.false
    for position, bit in enumerate(reversed(bits)):
        variable = store.variable(bit)
        if amount >> position & 1:
            functions[bit] = store.choice(variable, carry, ~carry)
            carry = variable | carry
        else:
            functions[bit] = store.choice(variable, ~carry, carry)
            carry = variable & carry
    return functions


def linear_at_most(store: Diagrams, weights: dict[int, int], bound: int) -> Diagram:
    """Return where a weighted sum of variables, given by their weights, is at most a bound.

    Examples
    --------
    >>> from petri.state_space.symbolic.diagrams import diagrams
    >>> store = diagrams(2, library="dd")
    >>> linear_at_most(store, {0: 1, 1: -1}, -1) == ~store.variable(0) & store.variable(1)
    True
    """
    parts = [((variable,), [0, weight]) for variable, weight in weights.items() if weight]
    return sum_at_most(store, parts, bound)


def sum_at_most(
    store: Diagrams, parts: Sequence[tuple[tuple[int, ...], list[int]]], bound: int
) -> Diagram:
    """Return where a sum of functions of a few variables each is at most a bound.

    Parameters
    ----------
    store
        Where the diagram is made.
    parts
        Neighbouring variables, the highest digit first, and what each of their values adds.
    bound
        Any integer.

    Notes
    -----
    O(values of all parts x different partial sums) nodes; settled sums are not gone on with.

    Examples
    --------
    >>> from petri.state_space.symbolic.diagrams import diagrams
    >>> store = diagrams(2, library="dd")
    >>> high, low = store.variable(0), store.variable(1)
    >>> sum_at_most(store, [((0, 1), [0, 5, 5, 1])], 1) == (high & low) | ~(high | low)
    True
    """
    parts = sorted(parts)
    least, most = [0], [0]
    for _, adds in reversed(parts):
        least.append(least[-1] + min(adds))
        most.append(most[-1] + max(adds))
    least.reverse()
    most.reverse()
    layers: list[set[int]] = [{0}]
    for depth, (_, adds) in enumerate(parts, start=1):
        sums = {total + add for total in layers[-1] for add in adds}
        layers.append({s for s in sums if s + least[depth] <= bound < s + most[depth]})

    def settled(total: int, depth: int) -> Diagram:
        return store.true if total + most[depth] <= bound else store.false

    below: dict[int, Diagram] = {}
    for depth in range(len(parts) - 1, -1, -1):
        bits, adds = parts[depth]
        here: dict[int, Diagram] = {}
        for total in layers[depth]:
            ways = [
                below[s] if s in below else settled(s, depth + 1)
                for s in (total + add for add in adds)
            ]
            for bit in reversed(bits):
                ways = [
                    store.choice(store.variable(bit), high, low)
                    for low, high in zip(ways[::2], ways[1::2], strict=True)
                ]
            here[total] = ways[0]
        below = here
    return below[0] if 0 in below else settled(0, 0)
