"""Linear proofs checked by definition: dense vectors, one function call for each case."""

from __future__ import annotations

from fractions import Fraction
from math import floor, lcm
from typing import Any

from petri import PetriNet
from transition_systems.evidence import LinearProof
from transition_systems.properties.parse import parse_formula
from transition_systems.properties.predicates import (
    And,
    Atom,
    Compare,
    Constant,
    Dead,
    Enabled,
    Not,
    Or,
)


class Wrong(Exception):
    """The proof is none."""


def need(condition: bool) -> None:
    if not condition:
        raise Wrong


def meaning(net: PetriNet, node: Any, sign: bool) -> Any:
    """A predicate (or its negation) as ("line", vector, bound), ("and", parts), ("or", parts)."""

    def line(terms: Any, bound: int) -> Any:
        vector = [0] * len(net.place_ids)
        for name, weight in terms:
            need(name in net.place_ids)
            vector[net.place_ids.index(name)] += weight
        return ("line", vector, bound)

    if isinstance(node, Not):
        return ("and", [meaning(net, node.operand, not sign)])
    if isinstance(node, Constant):
        return ("and" if node.value == sign else "or", [])
    if isinstance(node, And | Or):
        word = "and" if isinstance(node, And) == sign else "or"
        return (word, [meaning(net, part, sign) for part in node.operands])
    if isinstance(node, Dead):
        parts = [meaning(net, Enabled(t), not sign) for t in net.transition_ids]
        return ("and" if sign else "or", parts)
    if isinstance(node, Enabled):
        need(node.name in net.transition_ids)
        arcs = [(a.source, a.weight) for a in net.arcs if a.target == node.name]
        if sign:
            return ("and", [line([(p, -1)], -w) for p, w in arcs])
        return ("or", [line([(p, 1)], w - 1) for p, w in arcs])
    if isinstance(node, Atom):
        return line([(node.name, -1)], -1) if sign else line([(node.name, 1)], 0)
    assert isinstance(node, Compare)
    op, b, less = node.op, node.bound, list(node.terms)
    more = [(name, -weight) for name, weight in less]
    if not sign:
        op = {"<=": ">", ">": "<=", ">=": "<", "<": ">=", "==": "!=", "!=": "=="}[op]
    if op == "==":
        return ("and", [line(less, b), line(more, -b)])
    if op == "!=":
        return ("or", [line(less, b - 1), line(more, -b - 1)])
    if op in ("<=", "<"):
        return line(less, b if op == "<=" else b - 1)
    return line(more, -b if op == ">=" else -b - 1)


def impossible(line: Any) -> bool:
    return line[2] < 0 and min(line[1], default=0) >= 0


def facts(net: PetriNet, proof: LinearProof) -> list[Any]:
    """The lines of the facts, each checked on the dense incidence matrix."""
    start, change, gives = net.initial.to_array(net.place_ids), net.incidence, net.post
    found: list[Any] = []
    for number, named in enumerate((*proof.equalities, *proof.inequalities)):
        need(len(dict(named)) == len(named) and set(dict(named)) <= set(net.place_ids))
        weights = [dict(named).get(p, 0) for p in net.place_ids]
        value = sum(w * int(n) for w, n in zip(weights, start, strict=True))
        for t in range(len(net.transition_ids)):
            delta = sum(w * int(change[p, t]) for p, w in enumerate(weights))
            need(delta <= 0 and (number >= len(proof.equalities) or delta == 0))
        found.append(("line", weights, value))
        if number < len(proof.equalities):
            found.append(("line", [-w for w in weights], -value))
    for kind, sets in (("siphon", proof.siphons), ("trap", proof.traps)):
        for names in sets:
            need(len(set(names)) == len(names) and set(names) <= set(net.place_ids))
            inside = [net.place_ids.index(name) for name in names]
            need(any(start[p] > 0 for p in inside) == (kind == "trap"))
            for t in range(len(net.transition_ids)):
                takes = any(net.pre[p, t] > 0 for p in inside)
                puts = any(gives[p, t] > 0 for p in inside)
                need(not puts or takes if kind == "siphon" else not takes or puts)
            sign = 1 if kind == "siphon" else -1
            vector = [sign * (p in inside) for p in range(len(net.place_ids))]
            found.append(("line", vector, 0 if kind == "siphon" else -1))
    return found


def assume(part: Any, lines: list[Any], clauses: list[Any]) -> tuple[list[Any], list[Any]]:
    if part[0] == "line":
        return [*lines, part], clauses
    if part[0] == "and" or len(part[1]) == 1:
        for inner in part[1]:
            lines, clauses = assume(inner, lines, clauses)
        return lines, clauses
    if not part[1]:
        return [*lines, ("line", [], -1)], clauses
    return lines, [*clauses, part[1]]


def single(part: Any) -> Any:
    while part[0] != "line":
        need(len(part[1]) == 1)
        part = part[1][0]
    return part


def added(lines: list[Any], pairs: Any, size: int) -> tuple[list[int], int]:
    vector, bound = [0] * size, 0
    for number, factor in pairs:
        need(0 <= number < len(lines) and factor >= 0)
        padded = lines[number][1] + [0] * (size - len(lines[number][1]))
        vector = [v + factor * w for v, w in zip(vector, padded, strict=True)]
        bound += factor * lines[number][2]
    return vector, bound


def play(lines: list[Any], clauses: list[Any], steps: list[Any], at: int, size: int) -> int:
    """Follow the steps from a position until the case is impossible; return where that is."""
    while not any(impossible(line) for line in lines):
        need(at < len(steps))
        rule, number, pairs = steps[at]
        at += 1
        if rule in ("relax", "unit", "split"):
            need(0 <= number < len(clauses))
        if rule == "sum":
            vector, bound = added(lines, pairs, size)
            need(number >= 1)
            lines = [*lines, ("line", [floor(Fraction(v, number)) for v in vector],
                              floor(Fraction(bound, number)))]  # fmt: skip
        elif rule == "bound":
            vector, bound = added(lines, pairs, size)
            need(0 <= number < size and vector[number] != 0)
            need(all(v >= 0 for p, v in enumerate(vector) if p != number))
            kept = [0] * size
            kept[number] = 1 if vector[number] > 0 else -1
            lines = [*lines, ("line", kept, floor(Fraction(bound, abs(vector[number]))))]
        elif rule == "relax":
            need(sorted(k for k, _ in pairs) == list(range(len(clauses[number]))))
            total, limit = [Fraction(0)] * size, Fraction(-1)
            gaps: list[int] = []
            for k, top in pairs:
                _, a, b = single(clauses[number][k])
                need(0 <= top < len(lines))
                above = lines[top][1] + [0] * (size - len(lines[top][1]))
                need(all(x >= y for x, y in zip(above, a, strict=True)) and lines[top][2] > b)
                gaps.append(lines[top][2] - b)
                total = [x + Fraction(y, gaps[-1]) for x, y in zip(total, a, strict=True)]
                limit += Fraction(lines[top][2], gaps[-1])
            scale = lcm(*gaps)
            lines = [*lines, ("line", [int(x * scale) for x in total], int(limit * scale))]
        elif rule == "unit":
            left = list(range(len(clauses[number])))
            for k, against in pairs:
                need(k in left and 0 <= against < len(lines))
                left.remove(k)
                _, a, b = single(clauses[number][k])
                other = lines[against][1] + [0] * (size - len(lines[against][1]))
                both = [x + y for x, y in zip(a, other, strict=True)]
                need(impossible(("line", both, b + lines[against][2])))
            need(len(left) == 1)
            lines, clauses = assume(clauses[number][left[0]], lines, clauses)
        else:
            parts = clauses[number] if rule == "split" else []
            if rule == "cut":
                need(len(dict(pairs)) == len(pairs) and all(0 <= p < size for p, _ in pairs))
                vector = [dict(pairs).get(p, 0) for p in range(size)]
                parts = [("line", vector, number), ("line", [-v for v in vector], -number - 1)]
            need(rule in ("split", "cut"))
            for part in parts:
                at = play(*assume(part, lines, clauses), steps, at, size)
            return at
    return at


def proves(net: PetriNet, proof: LinearProof) -> bool:
    """Whether a linear proof proves its claim."""
    try:
        formula: Any = parse_formula(proof.claim.formula)
        bad = meaning(net, formula.operand.predicate, False)
        steps = list(proof.steps)
        lines, clauses = assume(bad, facts(net, proof), [])
        return play(lines, clauses, steps, 0, len(net.place_ids)) == len(steps)
    except Wrong:
        return False
