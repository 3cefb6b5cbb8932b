"""Statements about the behaviour of a net: liveness, reversibility, persistence, stable places."""

from __future__ import annotations

from collections.abc import Callable

from netproof.recheck.net_table import NetTable
from netproof.recheck.parts import covers, occurring_groups
from netproof.recheck.result import RefusedError
from netproof.recheck.statements import Statement, as_statement, same, start_of, supports
from petri.net import PetriNet
from transition_systems.evidence import Evidence, Parts
from transition_systems.properties.predicates import And, Compare, Enabled, Not, Or, Predicate

__all__ = ["BEHAVIOUR", "check_live", "check_no_stable_place", "follows"]

BEHAVIOUR = frozenset({"liveness", "reversibility", "persistence", "stable-place"})


def _persistent(net: PetriNet) -> Predicate:
    """Return: no transition takes what another enabled one needs.

    Written out for each pair that shares a place: not both are enabled, or after the first one
    there is still enough for the second.
    """
    table = NetTable(net)
    names = net.place_ids
    users: dict[int, list[int]] = {}
    for number, needs in enumerate(table.pre):
        for place in needs:
            users.setdefault(place, []).append(number)
    pairs = {(t, u) for near in users.values() for t in near for u in near if t != u}
    parts: list[Predicate] = []
    for first, second in sorted(pairs):
        needs, wanted = table.pre[first], table.pre[second]
        both = {p: max(needs.get(p, 0), wanted.get(p, 0)) for p in (*needs, *wanted)}
        after = {p: n - table.change[first].get(p, 0) for p, n in wanted.items()}
        scarce = [(p, n) for p, n in after.items() if n > both[p]]
        if scarce:
            parts.append(
                Or((
                    *(Not(Compare(((names[p], 1),), ">=", n)) for p, n in both.items()),
                    And(tuple(Compare(((names[p], 1),), ">=", n) for p, n in scarce)),
                ))
            )  # fmt: skip
    return And(tuple(parts))


def follows(name: str, claim: Statement, net: PetriNet, *, holds: bool) -> bool:
    """Return whether an outcome of one of :data:`BEHAVIOUR` follows from a claim."""
    match name:
        case "liveness" if holds:
            return claim.phrase == "live"
        case "liveness":
            return claim.shape in ("EF AG", "AG") and any(
                supports(claim, Statement("EF AG", Not(Enabled(t)))) for t in net.transition_ids
            )
        case "stable-place" if holds:
            tokens = net.initial.to_dict()
            return claim.shape == "AG" and any(
                supports(claim, Statement("AG", Compare(((p, 1),), "==", tokens.get(p, 0))))
                for p in net.place_ids
            )
        case "stable-place":
            return claim.phrase == "no stable place"
        case "reversibility":
            wanted = Statement("AG EF", start_of(net))
        case _:
            wanted = Statement("AG", _persistent(net))
    return supports(claim, wanted if holds else wanted.negated())


def check_live(evidence: Parts, net: PetriNet, check: Callable[[Evidence], None]) -> None:
    """Check ``live``: each transition can always occur, or does after a way back to the start.

    Where from every reachable marking the initial one can be reached, and a transition occurs in
    some run from that one, it can occur from every reachable marking.
    """
    parts = dict(evidence.parts)
    if len(parts) != len(evidence.parts):
        raise RefusedError("two parts have the same name")
    claims = {name: as_statement(part.claim.formula) for name, part in parts.items()}
    by_home = set(parts) == {"home", "occurrence"}
    if by_home and same(claims["home"], Statement("AG EF", start_of(net))):
        groups = occurring_groups(claims["occurrence"])
        if not covers(groups, [(t,) for t in net.transition_ids]):
            raise RefusedError("not every transition occurs")
    else:
        for transition in net.transition_ids:
            wanted = Statement("AG EF", Enabled(transition))
            if transition not in claims or not same(claims[transition], wanted):
                raise RefusedError(f"nothing shows that {transition!r:.60} can always occur")
    for part in parts.values():
        check(part)


def check_no_stable_place(
    evidence: Parts, net: PetriNet, check: Callable[[Evidence], None]
) -> None:
    """Check ``no stable place``: each has another number of tokens than at the start, some time."""
    tokens = net.initial.to_dict()
    claims = {name: as_statement(part.claim.formula) for name, part in evidence.parts}
    for place in net.place_ids:
        wanted = Statement("EF", Compare(((place, 1),), "!=", tokens.get(place, 0)))
        if place not in claims or not same(claims[place], wanted):
            raise RefusedError(f"nothing shows that {place!r:.60} changes")
    for _, part in evidence.parts:
        check(part)
