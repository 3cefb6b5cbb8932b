"""The stubborn set of a marking: the closure of an up-set under two rules.

A set S of transitions is stubborn in a marking when

- for each transition of S that is not enabled, some place lacks tokens for it, and all that leave
  more tokens there are in S;
- for each that is enabled, all that need tokens of a place that it leaves with fewer are in S;
- in the strict form also all that leave fewer tokens in a place that it needs.

Then the first transition of S in any sequence can be fired at the start instead, and the sequence
still be completed; in the strict form an enabled one of S stays enabled while none of S is fired.
A. Valmari: Stubborn sets for reduced state space generation. LNCS 483, 1991.
"""

from __future__ import annotations

from collections.abc import Sequence

from petri.stubborn.dependencies import Dependencies

__all__ = ["closed_set", "smallest_set"]


def closed_set(
    deps: Dependencies, tokens: Sequence[int], enabled: int, start: int, *, strict: bool, most: int
) -> int | None:
    """Return a stubborn set that contains some transitions; ``O(transitions x arcs)``.

    Where a rule leaves a choice of places, the one that adds the fewest transitions is taken.
    ``None`` as soon as more than ``most`` enabled transitions are in it.
    """
    closed, waiting, able, settled = 0, start, 0, 0
    needs, more, harmed, guards = deps.needs, deps.more, deps.harmed, deps.guards
    while waiting:
        low = waiting & -waiting
        closed |= low
        number = low.bit_length() - 1
        if enabled & low:
            able += 1
            if able > most:
                return None
            wanted = harmed[number]
            if strict:
                wanted |= guards[number]
        else:
            chosen, least = -1, -1
            known = closed | waiting
            for place, weight in needs[number]:
                if tokens[place] < weight:
                    new = (more[place] & ~known).bit_count()
                    if least < 0 or new < least:
                        chosen, least = place, new
                        if not new:
                            break
            wanted = more[chosen]
            if not tokens[chosen]:
                # All that need tokens of an empty place are served by what brings tokens there.
                settled |= deps.users[chosen]
        waiting |= wanted
        closed |= waiting & settled
        waiting &= ~closed
    return closed


def smallest_set(
    deps: Dependencies, tokens: Sequence[int], enabled: int, starts: Sequence[int], *, strict: bool
) -> int:
    """Return the stubborn set, of those from several beginnings, that enables the fewest."""
    best, least = deps.everything, enabled.bit_count()
    for start in starts:
        found = closed_set(deps, tokens, enabled, start, strict=strict, most=least - 1)
        if found is None:
            continue
        best, least = found, (found & enabled).bit_count()
        if least <= 1:
            break
    return best
