"""Forms of state predicates that tell which places a reduction may take out."""

from __future__ import annotations

from petri.net import PetriNet
from transition_systems.properties.predicates import (
    And,
    Atom,
    Compare,
    Dead,
    Enabled,
    Not,
    Or,
    Predicate,
)
from transition_systems.properties.walk import subpredicates

__all__ = ["conjuncts", "final_form", "limit", "opaque", "zeros"]


def opaque(predicate: Predicate) -> bool:
    """Return whether a predicate asks what is enabled, or an atom."""
    return any(isinstance(p, Enabled | Dead | Atom) for p in subpredicates(predicate))


def conjuncts(predicate: Predicate) -> list[Predicate]:
    """Return the parts of a conjunction, from left to right."""
    found: list[Predicate] = []
    waiting = [predicate]
    while waiting:
        node = waiting.pop()
        if isinstance(node, And):
            waiting.extend(reversed(node.operands))
        else:
            found.append(node)
    return found


def limit(predicate: Predicate) -> tuple[dict[str, int], int] | None:
    """Return the terms and bound of ``sum <= bound`` without negative coefficients."""
    if not isinstance(predicate, Compare) or predicate.op not in ("<=", "<"):
        return None
    terms = dict(predicate.terms)
    if len(terms) < len(predicate.terms):
        terms = {}
        for name, weight in predicate.terms:
            terms[name] = terms.get(name, 0) + weight
    least = min(terms.values(), default=1)
    if least < 0:
        return None
    if least == 0:
        terms = {name: weight for name, weight in terms.items() if weight}
    return terms, predicate.bound - (predicate.op == "<")


def zeros(predicate: Predicate) -> list[str]:
    """Return the places that are empty wherever a predicate holds, as far as its form tells."""
    found: list[str] = []
    for conjunct in conjuncts(predicate):
        if not isinstance(conjunct, Compare):
            continue
        if conjunct.op == "==" or conjunct.op == "<=":
            if conjunct.bound or not conjunct.terms:
                continue
            if min([weight for _, weight in conjunct.terms]) > 0:
                found += [name for name, _ in conjunct.terms]
                continue
            conjunct = Compare(conjunct.terms, "<=", 0)
        upper = limit(conjunct)
        if upper is not None and upper[1] == 0:
            found.extend(upper[0])
    return found


def final_form(net: PetriNet, predicate: Predicate) -> set[str] | None:
    """Return the marked places of ``F`` where a predicate says ``M >= F -> M == F``."""
    if not isinstance(predicate, Or) or len(predicate.operands) != 2:
        return None
    negative, equal = predicate.operands
    if not isinstance(negative, Not):
        return None
    above: dict[str, int] = {}
    for conjunct in conjuncts(negative.operand):
        if not isinstance(conjunct, Compare) or conjunct.op != ">=" or len(conjunct.terms) != 1:
            return None
        ((name, weight),) = conjunct.terms
        if weight != 1 or conjunct.bound < 1:
            return None
        above[name] = conjunct.bound
    exact: dict[str, int] = {}
    for conjunct in conjuncts(equal):
        if not isinstance(conjunct, Compare) or conjunct.op != "==" or len(conjunct.terms) != 1:
            return None
        ((name, weight),) = conjunct.terms
        if weight != 1 or exact.get(name, conjunct.bound) != conjunct.bound:
            return None
        exact[name] = conjunct.bound
    wanted = {place: above.get(place, 0) for place in net.place_ids}
    return set(above) if exact == wanted else None
