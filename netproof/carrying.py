"""What of a verdict about an approximated model carries over to the user's own."""

from __future__ import annotations

from netproof.properties import KINDS
from transition_systems.verdict import Exactness, Outcome, Verdict
from translators.ledger import Direction, Ledger, PropertyKind

__all__ = ["carried"]


def carried(verdict: Verdict, kind: PropertyKind, ledger: Ledger) -> Verdict:
    """Return what of an abstract verdict carries over to the user's model."""
    exactness = ledger.exactness(kind)
    if verdict.property == "soundness" and verdict.violated and exactness is Exactness.NONE:
        exactness = _failing_part(verdict, ledger)
    carried = (
        exactness is Exactness.EXACT
        or (exactness is Exactness.PROOFS_ONLY and verdict.holds)
        or (exactness is Exactness.BUGS_ONLY and verdict.violated)
    )
    if carried or verdict.unknown:
        return verdict.with_(exactness=exactness)
    elements = ", ".join(e.element for e in ledger.abstracted if e.direction is not Direction.EXACT)
    return verdict.with_(
        outcome=Outcome.UNKNOWN,
        abstract_outcome=verdict.outcome,
        exactness=exactness,
        reason=f"the model is approximated at {elements}: there it is {verdict.outcome}, "
        "which does not carry over",
        explanation=(),
    )


def _failing_part(verdict: Verdict, ledger: Ledger) -> Exactness:
    """Return what a violation of soundness is worth by one of the parts that fail."""
    for part in verdict.parts:
        if part.violated:
            exactness = ledger.exactness(KINDS.get(part.property, PropertyKind.BRANCHING))
            if exactness in (Exactness.EXACT, Exactness.BUGS_ONLY):
                return Exactness.BUGS_ONLY
    return Exactness.NONE
