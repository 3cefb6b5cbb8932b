"""A weighted sum of tokens that every step lowers: no run is infinite, and some run gets stuck."""

from __future__ import annotations

from netproof.recheck.forms import conjuncts
from netproof.recheck.net_table import NetTable
from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.statements import Statement
from transition_systems.evidence import FallingSumEvidence
from transition_systems.properties.predicates import Dead, Enabled

__all__ = ["check_falling_sum"]

SILENT = "no livelock"


def check_falling_sum(
    evidence: FallingSumEvidence, claim: Statement, table: NetTable, watch: Watch
) -> None:
    """Check that weights are not negative, and that each transition lowers the weighted sum.

    The sum is a whole number that is never negative, so a run is no longer than the first sum:
    ``terminates``. A longest run ends in a marking without successors: ``EF dead``, and
    ``EF AG`` that none of some transitions is enabled. Where only the silent transitions lower the
    sum, no run is silent for ever: ``no livelock``.
    """
    silent = claim.phrase == SILENT
    if not silent and claim.phrase != "terminates" and not _stuck(claim):
        raise RefusedError("a falling sum proves that every run ends, not this claim")
    numbers = {place: number for number, place in enumerate(table.net.place_ids)}
    weights: dict[int, int] = {}
    for name, weight in evidence.weights:
        if name not in numbers or numbers[name] in weights:
            raise RefusedError(f"the sum has {name!r:.60}, which is no place of the net, or twice")
        if weight < 0:
            raise RefusedError(f"the weight of {name!r:.60} is negative")
        weights[numbers[name]] = weight
    for number, change in enumerate(table.change):
        watch.tick()
        if silent and not table.net.transitions[number].silent:
            continue
        if sum(weights.get(place, 0) * moved for place, moved in change.items()) >= 0:
            name = table.net.transition_ids[number]
            raise RefusedError(f"{name!r:.60} does not lower the sum")


def _stuck(claim: Statement) -> bool:
    """Return whether a claim says that a marking can be reached in which, for ever, nothing occurs.

    Or only that of some transitions.
    """
    if claim.predicate is None or claim.shape not in ("EF", "EF AG"):
        return False
    return all(
        positive if isinstance(leaf, Dead) else isinstance(leaf, Enabled) and not positive
        for leaf, positive in conjuncts(claim.predicate, claim.positive)
    )
