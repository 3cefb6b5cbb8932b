"""A store of decision diagrams of the recheck's own: conjunction, disjunction, weighted sums."""

from __future__ import annotations

from collections.abc import Iterator

from netproof.recheck.diagram_table import DiagramTable

__all__ = ["DiagramStore"]

LOOK = 1 << 12
BYTES_OF_NODE = 600
Node = tuple[int, int, int]


class DiagramStore:
    """Diagrams over the variables of a set: 0 is false, 1 is true, equal ones are the same."""

    def __init__(self, diagram: DiagramTable) -> None:
        self.diagram = diagram
        self.nodes: list[Node] = [(diagram.n_variables, 0, 0), (diagram.n_variables, 1, 1)]
        self.number: dict[Node, int] = {}

    def node(self, variable: int, low: int, high: int) -> int:
        """Return the number of a node; none is needed where both ways lead to the same."""
        if low == high:
            return low
        key = (variable, low, high)
        if key not in self.number:
            self.number[key] = len(self.nodes)
            self.nodes.append(key)
            if len(self.nodes) % LOOK == 0:
                self.diagram.watch.tick()
                self.diagram.watch.fits(len(self.nodes) * BYTES_OF_NODE)
        return self.number[key]

    def both(self, one: int, other: int, *, either: bool = False) -> int:
        """Return where both hold, or where one of two does."""
        known: dict[tuple[int, int], int] = {}
        nodes, absorbing = self.nodes, int(either)
        start = (min(one, other), max(one, other))
        stack = [start]
        while stack:
            pair = stack[-1]
            first, second = pair
            if pair in known:
                stack.pop()
                continue
            if first == second or first <= 1:
                settled = first in (second, absorbing)
                known[stack.pop()] = first if settled else second
                continue
            variable = min(nodes[first][0], nodes[second][0])
            sides = [nodes[n][1:] if nodes[n][0] == variable else (n, n) for n in pair]
            below = [(min(a, b), max(a, b)) for a, b in zip(*sides, strict=True)]
            missing = [part for part in below if part not in known]
            if missing:
                stack.extend(missing)
                continue
            known[stack.pop()] = self.node(variable, known[below[0]], known[below[1]])
        return known[start]

    def joined(self, parts: list[int], *, either: bool) -> int:
        """Return where all parts hold, or some; what lies deepest is joined first."""
        result = 0 if either else 1
        for part in sorted(parts, key=lambda n: -self.nodes[n][0]):
            result = self.both(part, result, either=either)
        return result

    def at_most(self, terms: dict[int, int], bound: int) -> int:
        """Return where a weighted sum of the tokens of places, by index, is at most a bound."""
        parts = sorted(self._parts(terms))
        least, most = [0], [0]
        for _, _, adds in reversed(parts):
            least.append(least[-1] + min(adds))
            most.append(most[-1] + max(adds))
        least.reverse()
        most.reverse()

        def settled(depth: int, total: int) -> int | None:
            if total + most[depth] <= bound:
                return 1
            return 0 if total + least[depth] > bound else None

        layers: list[set[int]] = [{0}]
        for depth, (_, _, adds) in enumerate(parts, start=1):
            sums = {total + add for total in layers[-1] for add in set(adds)}
            layers.append({total for total in sums if settled(depth, total) is None})
            self.diagram.watch.tick()
            self.diagram.watch.fits(len(layers[-1]) * BYTES_OF_NODE)
        below: dict[int, int] = {}
        for depth in range(len(parts) - 1, -1, -1):
            first, bits, adds = parts[depth]
            here: dict[int, int] = {}
            for total in layers[depth]:
                ends = [settled(depth + 1, total + add) for add in adds]
                ways = [
                    below[total + add] if end is None else end
                    for end, add in zip(ends, adds, strict=True)
                ]
                for variable in range(first + bits - 1, first - 1, -1):
                    pairs = zip(ways[::2], ways[1::2], strict=True)
                    ways = [self.node(variable, low, high) for low, high in pairs]
                here[total] = ways[0]
            below = here
        return below[0] if parts else int(bound >= 0)

    def _parts(self, terms: dict[int, int]) -> Iterator[tuple[int, int, list[int]]]:
        """Yield variables, first and how many, and what each value of them adds to a sum."""
        coded: dict[int, list[int]] = {}
        for place, factor in terms.items():
            first, bits, code = self.diagram.fields[place]
            if code:
                coded.setdefault(first, [0] * (1 << bits))[code] = factor
            elif factor:
                yield from ((first + j, 1, [0, factor << (bits - 1 - j)]) for j in range(bits))
        for first, adds in coded.items():
            yield first, len(adds).bit_length() - 1, adds

    def meets(self, predicate: int) -> bool:
        """Return whether some marking of the set is in a diagram of this store."""
        diagram, nodes = self.diagram, self.nodes
        stack = [(diagram.root, predicate)]
        seen = set(stack)
        while stack:
            inside, here = stack.pop()
            if not inside or not here:
                continue
            if inside == 1 and here == 1:
                return True
            if len(seen) % LOOK == 0:
                diagram.watch.tick()
            variable = min(diagram.levels[inside], nodes[here][0])
            own = diagram.levels[inside] == variable
            sides = (diagram.low[inside], diagram.high[inside]) if own else (inside, inside)
            parts = nodes[here][1:] if nodes[here][0] == variable else (here, here)
            for pair in zip(sides, parts, strict=True):
                if pair not in seen:
                    seen.add(pair)
                    stack.append(pair)
        return False
