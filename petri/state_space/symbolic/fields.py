"""Places as fields of Boolean variables: comparisons and sums with constants."""

from __future__ import annotations

from collections.abc import Sequence

from petri.state_space.symbolic.diagrams import Diagram, Diagrams

__all__ = ["between", "linear_at_most", "shifted"]


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
    """Return where a weighted sum of variables is at most a bound.

    Parameters
    ----------
    store
        Where the diagram is made.
    weights
        Integers by variable.
    bound
        Any integer.

    Notes
    -----
    O(variables x different partial sums) nodes; settled sums are not gone on with.

    Examples
    --------
    >>> from petri.state_space.symbolic.diagrams import diagrams
    >>> store = diagrams(2, library="dd")
    >>> linear_at_most(store, {0: 1, 1: -1}, -1) == ~store.variable(0) & store.variable(1)
    True
    """
    variables = sorted(variable for variable, weight in weights.items() if weight)
    least, most = [0], [0]
    for variable in reversed(variables):
        least.append(least[-1] + min(0, weights[variable]))
        most.append(most[-1] + max(0, weights[variable]))
    least.reverse()
    most.reverse()
    layers: list[set[int]] = [{0}]
    for depth, variable in enumerate(variables):
        sums = (total + add for total in layers[-1] for add in (0, weights[variable]))
        after = depth + 1
        layers.append({s for s in sums if s + least[after] <= bound < s + most[after]})

    def settled(total: int, depth: int) -> Diagram:
        return store.true if total + most[depth] <= bound else store.false

    below: dict[int, Diagram] = {}
    for depth in range(len(variables) - 1, -1, -1):
        variable = variables[depth]
        here: dict[int, Diagram] = {}
        for total in layers[depth]:
            low, high = (
                below[s] if s in below else settled(s, depth + 1)
                for s in (total, total + weights[variable])
            )
            here[total] = store.choice(store.variable(variable), high, low)
        below = here
    return below[0] if 0 in below else settled(0, 0)
