"""Evidence by linear arithmetic: a proof that no reachable marking is bad, as a script of lines.

A line is ``a m <= b`` with integers ``a`` and ``b`` over the places; it holds in every reachable
marking that meets what is assumed. The script begins with facts about all reachable markings:

- an equality ``y m = y m0``, where no transition changes ``y m``: two lines, ``<=`` and ``>=``;
- an inequality ``y m <= y m0``, where no transition increases ``y m``;
- a siphon that is empty at the start: its places hold no token;
- a trap that is marked at the start: its places hold a token together.

Then the negation of the claim is assumed, and each step adds lines until one is impossible, that
is, has no negative coefficient and a negative bound (tokens are never negative). A split opens a
case for each alternative, which all have to become impossible, one after the other.

Assuming a conjunction assumes its parts in order, a comparison becomes a line, a disjunction of one
part is that part, and another disjunction becomes a clause, numbered in order. ``==`` is
``<=`` and then ``>=``, ``!=`` is ``<`` or ``>``; a transition is enabled where each of its input
places, in the order of the net, has as many tokens as the arc asks for; ``dead`` is that no
transition, in the order of the net, is enabled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from transition_systems.evidence_data import Claim
from transition_systems.evidence_rank import Weights, weights_from

__all__ = ["RULES", "LinearProof", "ProofStep"]

ProofStep = tuple[str, int, tuple[tuple[int, int], ...]]

RULES = ("sum", "bound", "relax", "unit", "split", "cut")


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearProof:
    """A script of linear inequalities that ends in an impossible one.

    Parameters
    ----------
    claim
        ``AG P``.
    equalities, inequalities
        Weights of places by id: sums that no transition changes, or that none increases.
    siphons, traps
        Sets of places that stay empty, and that stay marked.
    steps
        Triples of a rule, a number and pairs of numbers:

        - ``sum``: the lines of the pairs (line, factor), multiplied and added, then divided by the
          number, coefficients and bound rounded down;
        - ``bound``: the same sum, of which only the place of that number is kept; the others have
          no negative coefficients; divided by its coefficient, the bound rounded down;
        - ``relax``: from a clause of that number all of whose alternatives are lines
          ``a_i m <= b_i``, and pairs (alternative, line with ``a_i m <= u_i``), the line
          ``sum((u_i - a_i m) / (u_i - b_i)) >= 1``, multiplied by the least common denominator;
        - ``unit``: of a clause, all alternatives but one contradict the lines of the pairs
          (alternative, line); the one that is left is assumed;
        - ``split``: a case for each alternative of the clause of that number, which is assumed;
        - ``cut``: a case in which the sum of the pairs (place, factor) is at most the number, then
          one in which it is more.

        Lines and clauses are numbered as they come; those of a case end with it.
    """

    claim: Claim
    equalities: tuple[Weights, ...]
    inequalities: tuple[Weights, ...]
    siphons: tuple[tuple[str, ...], ...]
    traps: tuple[tuple[str, ...], ...]
    steps: tuple[ProofStep, ...]

    kind = "linear-proof"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "equalities": [[list(pair) for pair in flow] for flow in self.equalities],
            "inequalities": [[list(pair) for pair in flow] for flow in self.inequalities],
            "siphons": [list(siphon) for siphon in self.siphons],
            "traps": [list(trap) for trap in self.traps],
            "steps": [[rule, number, [list(p) for p in ps]] for rule, number, ps in self.steps],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> LinearProof:
        """Rebuild the evidence from :meth:`to_dict`."""
        return cls(
            claim=Claim.from_dict(data["claim"]),
            equalities=tuple(weights_from(flow) for flow in data["equalities"]),
            inequalities=tuple(weights_from(flow) for flow in data["inequalities"]),
            siphons=tuple(tuple(map(_name, siphon)) for siphon in data["siphons"]),
            traps=tuple(tuple(map(_name, trap)) for trap in data["traps"]),
            steps=tuple(_step(step) for step in data["steps"]),
        )


def _name(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"the name of a place is {value!r}")
    return value


def _step(step: Iterable[Any]) -> ProofStep:
    rule, number, pairs = step
    if rule not in RULES:
        raise ValueError(f"a proof has no rule {rule!r:.40}")
    found = tuple((left, right) for left, right in pairs)
    if any(type(value) is not int for value in (number, *(v for pair in found for v in pair))):
        raise TypeError("a step of a proof has a number that is no integer")
    return rule, number, found
