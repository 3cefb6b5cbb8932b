"""Exact bounds: what is never exceeded, and a run that reaches it; or a pump, or runs that grow."""

from __future__ import annotations

import re
from typing import Any

from netproof.recheck.result import RefusedError
from netproof.recheck.statements import Statement, as_statement, listed, supports
from petri.net import PetriNet
from transition_systems.evidence import GrowingRunsEvidence, Parts, PumpEvidence
from transition_systems.properties.parse import parse_predicate
from transition_systems.properties.predicates import And, Compare, Predicate

__all__ = ["OPEN_NAMES", "check_bounds"]

# How properties begin that have a sum of places and a number in their name.
OPEN_NAMES = ("unbounded ", "bound ", "bounds of ")

Terms = tuple[tuple[str, int], ...]

_EXACT = re.compile(r"bound ((?s:.+)) = (0|[1-9][0-9]{0,18})")


def check_bounds(evidence: Parts, claim: Statement, net: PetriNet) -> None:
    """Refuse parts that do not show the bound of a claim, or that of each place for ``bounds``.

    Each part is checked elsewhere.
    """
    found = _EXACT.fullmatch(claim.phrase)
    if found is not None:
        _one(evidence, found[1], int(found[2]))
        return
    exact, unbounded = _shown(evidence)
    if claim.phrase == "bounds":
        wanted: set[Terms] = {((place, 1),) for place in net.place_ids}
    else:
        wanted = {_terms(text) for text in _listed(claim)}
    missing = wanted - exact - unbounded
    if missing:
        raise RefusedError(f"no part shows the bound of {sorted(missing)[0]!r:.100}")


def _listed(claim: Statement) -> list[str]:
    """Return the sums of the claim ``bounds of ["p", "p + q"]``."""
    names: Any = listed(claim, "bounds of")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise RefusedError("the claim does not list sums of places")
    return names


def _terms(text: str) -> Terms:
    predicate = parse_predicate(f"{text} >= 0")
    if not isinstance(predicate, Compare) or predicate.bound:
        raise RefusedError(f"{text!r:.100} is no sum of places")
    return tuple(sorted(predicate.terms))


def _one(evidence: Parts, text: str, most: int) -> None:
    parts = dict(evidence.parts)
    if parts.keys() != {"upper", "lower"}:
        raise RefusedError("a bound has the parts upper and lower")
    terms = _terms(text)
    for name, wanted in (
        ("upper", Statement("AG", Compare(terms, "<=", most))),
        ("lower", Statement("EF", Compare(terms, ">=", most))),
    ):
        if not supports(as_statement(parts[name].claim.formula), wanted):
            raise RefusedError(f"the part {name} does not show the bound")


def _shown(
    evidence: Parts,
) -> tuple[set[Terms], set[Terms]]:
    """Return the sums with a bound that is shown from both sides, and those that grow."""
    above: dict[Terms, int] = {}
    below: dict[Terms, int] = {}
    unbounded: set[Terms] = set()
    for name, part in evidence.parts:
        said = as_statement(part.claim.formula)
        if isinstance(part, PumpEvidence | GrowingRunsEvidence):
            if not said.phrase.startswith("unbounded "):
                raise RefusedError(f"the part {name!r} does not say what grows")
            unbounded.add(_terms(said.phrase.removeprefix("unbounded ")))
            continue
        if said.shape not in ("AG", "EF") or not said.positive or said.predicate is None:
            raise RefusedError(f"the part {name!r} says nothing of a bound")
        for terms, op, bound in _compared(said.predicate):
            if said.shape == "AG" and op == "<=":
                above[terms] = min(bound, above.get(terms, bound))
            elif said.shape == "EF" and op == ">=":
                below[terms] = max(bound, below.get(terms, bound))
    exact = {terms for terms, most in above.items() if below.get(terms, most - 1) >= most}
    return exact, unbounded


def _compared(predicate: Predicate) -> list[tuple[Terms, str, int]]:
    """Return the comparisons that a predicate is, or whose conjunction it is."""
    if isinstance(predicate, And):
        parts = predicate.operands
        return [found for part in parts for found in _compared(part)]
    if isinstance(predicate, Compare):
        return [(tuple(sorted(predicate.terms)), predicate.op, predicate.bound)]
    return []
