"""Decision diagrams as evidence, by definition: every assignment of the variables is looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from typing import Any

from oracles.firing import can_fire, fire

Tokens = Mapping[str, int]


def members(evidence: Any) -> list[dict[str, int]]:
    """All markings of the diagram; it must be well formed and have few variables."""
    fields, nodes = evidence.fields.tolist(), evidence.nodes.tolist()
    found = []
    for values in product((0, 1), repeat=sum({first: bits for first, bits, _ in fields}.values())):
        node = len(nodes) + 1
        while node > 1:
            level, low, high = nodes[node - 2]
            node = high if values[level] else low
        if node:
            tokens = {}
            for name, (first, bits, code) in zip(evidence.names, fields, strict=True):
                value = int("".join(map(str, values[first : first + bits])), 2)
                tokens[name] = int(value == code) if code else value
            found.append(tokens)
    return found


def inductive(net: Any, evidence: Any, good: Callable[[Tokens], bool]) -> bool:
    """Whether the set holds the initial marking, is closed under firing, and is good everywhere."""
    arcs = {(a.source, a.target): a.weight for a in net.arcs}
    markings = members(evidence)
    inside = {frozenset((p, n) for p, n in tokens.items() if n) for tokens in markings}
    if frozenset(net.initial.to_dict().items()) not in inside:
        return False
    for tokens in markings:
        if not good(tokens):
            return False
        for t in net.transition_ids:
            if can_fire(arcs, set(net.place_ids), tokens, t):
                after = fire(arcs, set(net.place_ids), tokens, t)
                if frozenset((p, n) for p, n in after.items() if n) not in inside:
                    return False
    return True
