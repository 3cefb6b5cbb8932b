"""Runs, one for each number, that leave more tokens in some places the larger the number is.

*Theorem.* After each part of the run number ``n`` the tokens of a place are ``c + d n``. A sequence
that needs ``a`` tokens of a place and adds ``b`` (which may be negative) can be fired ``k`` times
if there are ``a`` tokens at first, and ``a`` before the last time: in between they lie between
those. With ``k = once + each n`` both conditions say that a linear term in ``n`` is large enough
for all ``n`` for which ``k`` is positive, which it is if it does not fall and is so for the first.
"""

from __future__ import annotations

from netproof.recheck.net_table import NetTable, Tokens
from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.statements import Statement, summed
from transition_systems.evidence import GrowingRunsEvidence

__all__ = ["check_growing_runs"]


def check_growing_runs(
    evidence: GrowingRunsEvidence, claim: Statement, table: NetTable, watch: Watch
) -> None:
    """Check ``unbounded``: every run is possible, and the sum of their last tokens grows."""
    weights = summed(claim)
    if claim.phrase != "unbounded" and weights is None:
        raise RefusedError("runs that grow prove that the net is unbounded, not this claim")
    fixed, grows = dict(table.initial), Tokens()
    for number, part in enumerate(evidence.sequences, start=1):
        watch.tick()
        if part.once < 0 or part.each < 0:
            raise RefusedError(f"part {number} is fired less than no times")
        needs, change = _effect(part.actions, table, watch)
        if not part.once and not part.each:
            continue
        first = 0 if part.once else 1
        for place, least in needs.items():
            moved = change.get(place, 0)
            before = fixed.get(place, 0), grows.get(place, 0)
            last = before[0] + (part.once - 1) * moved, before[1] + part.each * moved
            if any(d < 0 or c + d * first < least for c, d in (before, last)):
                name = table.net.place_ids[place]
                raise RefusedError(f"part {number} finds too few tokens in {name!r:.60}")
        for place, moved in change.items():
            fixed[place] = fixed.get(place, 0) + part.once * moved
            grows[place] = grows.get(place, 0) + part.each * moved
    more = {table.net.place_ids[place] for place, growth in grows.items() if growth > 0}
    if weights is None:
        if not more:
            raise RefusedError("the runs do not end with more and more tokens")
    elif min(weights.values(), default=0) < 0 or not any(weights.get(p, 0) for p in more):
        raise RefusedError("the runs do not add to the sum")


def _effect(actions: tuple[str, ...], table: NetTable, watch: Watch) -> tuple[Tokens, Tokens]:
    """Return the tokens that enable a sequence, and what it changes."""
    needs, change = Tokens(), Tokens()
    for number, action in enumerate(actions):
        if number % 256 == 255:
            watch.tick()
        if action not in table.transition:
            raise RefusedError(f"{action!r:.60} is no transition of the net")
        step = table.transition[action]
        for place, weight in table.pre[step].items():
            needs[place] = max(needs.get(place, 0), weight - change.get(place, 0))
        for place, moved in table.change[step].items():
            change[place] = change.get(place, 0) + moved
    return needs, change
