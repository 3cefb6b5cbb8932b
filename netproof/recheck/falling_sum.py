"""A weighted sum of tokens that every step lowers: no run is infinite."""

from __future__ import annotations

from netproof.recheck.net_table import NetTable
from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.statements import Statement
from transition_systems.evidence import FallingSumEvidence

__all__ = ["check_falling_sum"]


def check_falling_sum(
    evidence: FallingSumEvidence, claim: Statement, table: NetTable, watch: Watch
) -> None:
    """Check ``terminates``: weights that are not negative, of a sum that each transition lowers.

    The sum is a whole number that is never negative, so a run is no longer than the first sum. For
    ``no livelock`` each silent transition lowers it.
    """
    if claim.phrase not in ("terminates", "no livelock"):
        raise RefusedError("a falling sum proves that every run ends, not this claim")
    numbers = {place: number for number, place in enumerate(table.net.place_ids)}
    weights: dict[int, int] = {}
    for name, weight in evidence.weights:
        if name not in numbers or numbers[name] in weights:
            raise RefusedError(f"the sum has {name!r:.60}, which is no place of the net, or twice")
        if weight < 0:
            raise RefusedError(f"the weight of {name!r:.60} is negative")
        weights[numbers[name]] = weight
    every = claim.phrase == "terminates"
    for number, change in enumerate(table.change):
        watch.tick()
        if not every and not table.net.transitions[number].silent:
            continue
        if sum(weights.get(place, 0) * moved for place, moved in change.items()) >= 0:
            name = table.net.transition_ids[number]
            raise RefusedError(f"{name!r:.60} does not lower the sum")
