"""Forms of state predicates with signs: conjunctions, sums with an upper bound, replaced places."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from transition_systems.properties.predicates import And, Compare, Not, Or, Predicate

__all__ = ["Signed", "Sum", "conjuncts", "disjuncts", "exactly", "most", "moved", "names_of"]

Sum = tuple[dict[str, int], int]
Signed = tuple[Predicate, bool]
Meaning = Callable[[str], str | int | tuple[dict[str, int], int]]


def conjuncts(predicate: Predicate, positive: bool) -> Iterator[Signed]:
    """Yield the parts of a conjunction with their signs; negations are pushed inwards."""
    waiting: list[Signed] = [(predicate, positive)]
    while waiting:
        node, sign = waiting.pop()
        if isinstance(node, Not):
            waiting.append((node.operand, not sign))
        elif isinstance(node, And if sign else Or):
            waiting.extend((operand, sign) for operand in reversed(node.operands))
        else:
            yield node, sign


def disjuncts(predicate: Predicate, positive: bool) -> list[Signed]:
    """Return the parts of a disjunction with their signs."""
    return [(node, not sign) for node, sign in conjuncts(predicate, not positive)]


def most(node: Predicate, sign: bool) -> Sum | None:
    """Return ``sum <= bound`` without negative coefficients as its terms and bound."""
    if not isinstance(node, Compare):
        return None
    bound = node.bound
    if (node.op, sign) in (("<", True), (">=", False)):
        bound -= 1
    elif (node.op, sign) not in (("<=", True), (">", False)):
        return None
    terms: dict[str, int] = {}
    for name, factor in node.terms:
        terms[name] = terms.get(name, 0) + factor
    terms = {name: factor for name, factor in terms.items() if factor}
    return None if any(factor < 0 for factor in terms.values()) else (terms, bound)


def exactly(node: Predicate, sign: bool) -> tuple[str, int] | None:
    """Return the place and the tokens of ``place == tokens``."""
    if not isinstance(node, Compare) or (node.op, sign) not in (("==", True), ("!=", False)):
        return None
    if len(node.terms) != 1 or node.terms[0][1] != 1:
        return None
    return node.terms[0][0], node.bound


def names_of(predicate: Predicate) -> Iterator[str]:
    """Yield the places that a predicate compares."""
    waiting = [predicate]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Compare):
            yield from (name for name, _ in node.terms)
        elif isinstance(node, And | Or):
            waiting.extend(node.operands)
        elif isinstance(node, Not):
            waiting.append(node.operand)


def moved(predicate: Predicate, meaning: Meaning) -> Predicate:
    """Return a predicate about the net as one about the reduced net; iterative."""
    done: list[Predicate] = []
    waiting: list[tuple[Predicate, bool]] = [(predicate, False)]
    while waiting:
        node, entered = waiting.pop()
        if isinstance(node, Compare):
            done.append(_moved_sum(node, meaning))
        elif isinstance(node, And | Or | Not):
            below = (node.operand,) if isinstance(node, Not) else node.operands
            if not entered:
                waiting.append((node, True))
                waiting.extend((part, False) for part in reversed(below))
                continue
            first = len(done) - len(below)
            parts = tuple(done[first:])
            done[first:] = [Not(parts[0]) if isinstance(node, Not) else type(node)(parts)]
        else:
            done.append(node)
    return done[0]


def _moved_sum(node: Compare, meaning: Meaning) -> Compare:
    """Return a comparison with places replaced; what is fixed counts into the bound."""
    terms: dict[str, int] = {}
    bound = node.bound
    for name, factor in node.terms:
        now = meaning(name)
        if isinstance(now, int):
            bound -= factor * now
        elif isinstance(now, tuple):
            bound -= factor * now[1]
            for part, weight in now[0].items():
                terms[part] = terms.get(part, 0) + factor * weight
        else:
            terms[now] = terms.get(now, 0) + factor
    return Compare(tuple((name, factor) for name, factor in terms.items()), node.op, bound)
