"""A weighted sum of tokens that no step lowers, that a run raises, and that the goal wants low."""

from __future__ import annotations

from netproof.recheck.forms import conjuncts, exactly, most
from netproof.recheck.net_table import NetTable
from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.runs import meant
from netproof.recheck.statements import Statement
from transition_systems.evidence import RisingSumEvidence
from transition_systems.properties.predicates import Compare, Enabled, Predicate

__all__ = ["check_rising_sum"]


def check_rising_sum(
    evidence: RisingSumEvidence, claim: Statement, table: NetTable, watch: Watch
) -> None:
    """Check ``EF AG P``: a run leads to a sum above all of the goal ``!P``, and no step lowers it.

    By induction the sum stays above, so the goal is never reached again. How high the sum can be
    where the goal holds follows from the bounds that its parts set to the tokens of single places.
    """
    never = meant(claim, "EF AG")
    numbers = {place: number for number, place in enumerate(table.net.place_ids)}
    weights: dict[int, int] = {}
    for name, weight in evidence.weights:
        if name not in numbers or numbers[name] in weights:
            raise RefusedError(f"the sum has {name!r:.60}, which is no place of the net, or twice")
        weights[numbers[name]] = weight
    for number, change in enumerate(table.change):
        watch.tick()
        if sum(weights.get(place, 0) * moved for place, moved in change.items()) < 0:
            raise RefusedError(f"{table.net.transition_ids[number]!r:.60} lowers the sum")
    low, high = _limits(never, table, numbers)
    highest = 0
    for place, weight in weights.items():
        if weight > 0 and place not in high:
            missing = table.net.place_ids[place]
            raise RefusedError(f"the goal sets no bound to the tokens in {missing!r:.60}")
        highest += weight * (high[place] if weight > 0 else low.get(place, 0))
    last = table.walk(evidence.run.initial, evidence.run.steps, watch)[-1]
    if sum(weight * last.get(place, 0) for place, weight in weights.items()) <= highest:
        raise RefusedError("the run does not end with a sum that the goal excludes")


def _limits(
    never: Predicate, table: NetTable, numbers: dict[str, int]
) -> tuple[dict[int, int], dict[int, int]]:
    """Return the fewest and the most tokens of places where the goal, the negation of this, holds.

    Only parts that every marking of the goal satisfies are looked at; no bound of a place is
    negative. A goal that cannot hold at all has any bounds.
    """
    low: dict[int, int] = {}
    high: dict[int, int] = {}

    def at_least(place: int, tokens: int) -> None:
        low[place] = max(tokens, low.get(place, 0))

    def at_most(place: int, tokens: int) -> None:
        high[place] = min(tokens, high.get(place, tokens))

    for node, sign in conjuncts(never, positive=False):
        total, single = most(node, sign), exactly(node, sign)
        if isinstance(node, Enabled) and sign:
            if node.name not in table.net.transition_ids:
                raise RefusedError(f"{node.name!r:.60} is no transition of the net")
            for place, weight in table.pre[table.net.transition_index(node.name)].items():
                at_least(place, weight)
        elif single is not None and single[0] in numbers:
            at_least(numbers[single[0]], single[1])
            at_most(numbers[single[0]], single[1])
        elif total is not None:
            for name, factor in total[0].items():
                if name in numbers:
                    at_most(numbers[name], total[1] // factor)
        elif isinstance(node, Compare) and len(node.terms) == 1 and node.terms[0][1] == 1:
            name, bound = node.terms[0][0], node.bound
            if (node.op, sign) in ((">=", True), ("<", False)) and name in numbers:
                at_least(numbers[name], bound)
            elif (node.op, sign) in ((">", True), ("<=", False)) and name in numbers:
                at_least(numbers[name], bound + 1)
    return low, high
