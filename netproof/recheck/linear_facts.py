"""Facts of a linear proof: inequalities of all reachable markings, by flows, siphons and traps."""

from __future__ import annotations

from collections.abc import Iterable, KeysView

from netproof.recheck.linear_lines import Line
from netproof.recheck.net_table import NetTable, Tokens
from netproof.recheck.result import RefusedError
from transition_systems.evidence import LinearProof

__all__ = ["facts_of"]


def facts_of(evidence: LinearProof, table: NetTable) -> Iterable[Line]:
    """Yield the lines of the facts; refuse one that is none."""
    by_place: list[list[tuple[int, int]]] = [[] for _ in table.place]
    for step, moved in enumerate(table.change):
        for place, delta in moved.items():
            by_place[place].append((step, delta))
    for number, named in enumerate((*evidence.equalities, *evidence.inequalities)):
        weights = _weights(named, table)
        total: Tokens = {}
        for place, weight in weights.items():
            for step, delta in by_place[place]:
                total[step] = total.get(step, 0) + weight * delta
        value = sum(weight * table.initial.get(place, 0) for place, weight in weights.items())
        if any(change > 0 for change in total.values()):
            raise RefusedError("a transition increases a sum that should not grow")
        yield Line(weights, value)
        if number < len(evidence.equalities):
            if any(total.values()):
                raise RefusedError("a transition changes a sum that should stay the same")
            yield Line({place: -weight for place, weight in weights.items()}, -value)
    for kind, sets, sign in (("siphon", evidence.siphons, 1), ("trap", evidence.traps, -1)):
        for names in sets:
            places = _weights(((name, 1) for name in names), table).keys()
            marked = any(table.initial.get(place) for place in places)
            if marked != (kind == "trap"):
                raise RefusedError(f"a {kind} of the proof is not as it should be at the start")
            near = {t for place in places for t, delta in by_place[place] if delta * sign > 0}
            for step in near:
                _answered(table, step, places, kind)
            yield Line(dict.fromkeys(places, sign), min(sign, 0))


def _answered(table: NetTable, step: int, places: KeysView[int], kind: str) -> None:
    """Refuse a transition that marks a siphon and takes nothing from it, or that empties a trap."""
    needs, moved = table.pre[step], table.change[step]
    if kind == "siphon":
        fine = not places.isdisjoint(needs)
    else:
        fine = any(needs.get(p, 0) + moved.get(p, 0) for p in places & {*needs, *moved})
    if not fine:
        raise RefusedError(f"a transition can change whether a {kind} of the proof is marked")


def _weights(pairs: Iterable[tuple[str, int]], table: NetTable) -> Tokens:
    """Return weights by place; refuse names that are unknown or repeated."""
    found: Tokens = {}
    for name, weight in pairs:
        place = table.place.get(name)
        if place is None or place in found or type(weight) is not int:
            raise RefusedError(f"{name!r:.60} has no proper weight in the proof")
        found[place] = weight
    return found
