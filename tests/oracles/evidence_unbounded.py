"""Second checkers of evidence about unbounded nets: by definition, on many markings."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from math import gcd
from typing import Any

from oracles.evidence_net import Marking, Plain, Said, implies, need, said
from oracles.evidence_sets import walked
from oracles.evidence_truth import classical
from petri import PetriNet
from transition_systems.properties.predicates import Compare

Data = dict[str, Any]
Shows = Callable[[PetriNet, Data, int], None]
FIRINGS = 20_000


def after_run_shows(net: PetriNet, data: Data, claim: Said, depth: int, shows: Shows) -> None:
    need(claim.shape == "EF AG" and claim.test is not None)
    assert claim.test is not None
    end = walked(Plain.of(net), data["run"])[-1][1]
    later = net.replace(initial=dict(end))
    about = Plain.of(later)
    inner = said(about, data["inner"]["claim"]["formula"])
    need(inner.shape == "AG" and inner.test is not None)
    assert inner.test is not None
    need(implies(about, inner.test, claim.test))
    shows(later, data["inner"], depth + 1)


def growing_runs_shows(net: Plain, data: Data, claim: Said) -> None:
    """The first runs are fired, and each ends with more than the one before."""
    need(claim.phrase.split(" ", 1)[0] == "unbounded")
    need(all(type(part[key]) is int and part[key] >= 0 for part in data["sequences"] for key in ("once", "each")))  # fmt: skip
    weights = dict.fromkeys(net.places, 1)
    if claim.phrase != "unbounded":
        summed = said(net, f"AG {claim.phrase.removeprefix('unbounded ')} >= 0").predicate
        need(isinstance(summed, Compare))
        assert isinstance(summed, Compare)
        weights = dict(summed.terms)
        need(all(weight >= 0 and place in net.places for place, weight in weights.items()))
    ends: list[dict[str, int]] = []
    for number in range(5):
        now, fired = net.initial, 0
        for part in data["sequences"]:
            times = part["once"] + part["each"] * number
            for name in itertools.islice(
                itertools.cycle(part["actions"]), times * len(part["actions"])
            ):
                need(name in net.transitions and net.enabled(now, name))
                fired += 1
                need(fired < FIRINGS)
                now = net.fire(now, name)
        ends.append(dict(now))
    for low, high in itertools.pairwise(ends):
        need(all(high.get(place, 0) >= count for place, count in low.items()))
        need(sum(n * (high.get(p, 0) - low.get(p, 0)) for p, n in weights.items()) > 0)


def _within(region: Data, m: Marking) -> bool:
    tokens = dict(m)
    return all(
        tokens.get(place, 0) >= least and (most is None or tokens.get(place, 0) <= most)
        for place, least, most in region["box"]
    )


def _possible(net: Plain, sums: list[Any]) -> list[Marking]:
    """Markings of all sorts that the sums and the arcs do not exclude, and reachable ones."""
    start = dict(net.initial)
    for pairs in sums:
        weights = dict(pairs)
        need(len(weights) == len(pairs) and set(weights) <= set(net.places))
        for t in net.transitions:
            taken = sum(weights.get(p, 0) * n for p, n in net.pre[t].items())
            need(sum(weights.get(p, 0) * n for p, n in net.post[t].items()) >= taken)
    sizes = {
        p: gcd(*(net.post[t].get(p, 0) - net.pre[t].get(p, 0) for t in net.transitions))
        for p in net.places
    }

    def allowed(m: Marking) -> bool:
        tokens = dict(m)
        return all(
            sum(n * (tokens.get(p, 0) - start.get(p, 0)) for p, n in pairs) >= 0 for pairs in sums
        ) and all(
            (tokens.get(p, 0) - start.get(p, 0)) % size == 0 if size
            else tokens.get(p, 0) == start.get(p, 0)
            for p, size in sizes.items()
        )  # fmt: skip

    order, seen = [net.initial], {net.initial}
    for m in order:
        for _, after in net.steps(m):
            if after not in seen and len(order) < 300:
                seen.add(after)
                order.append(after)
    return order + [m for m in net.box() if m not in seen and allowed(m)]


def ranked_regions_shows(
    net: PetriNet, data: Data, claim: Said, depth: int, shows: Shows
) -> None:  # fmt: skip
    """Each marking of a region goes on as the region says, and each marking is in some region."""
    need(claim.shape == "AG EF" and claim.test is not None)
    assert claim.test is not None
    plain = Plain.of(net)
    markings, regions = _possible(plain, data["sums"]), data["regions"]
    for number, region in enumerate(regions):
        need(all(name in plain.places for name, _, _ in region["box"]))
        before = [regions[n] for n in region["into"]]
        need(all(0 <= n < number for n in region["into"]))
        for m in markings:
            if _within(region, m):
                _goes_on(plain, region, before, m, claim)
    chosen = [regions[n] for n in data["everywhere"]]
    need(all(n >= 0 for n in data["everywhere"]))
    if data["inner"] is None:
        need(all(any(_within(region, m) for region in chosen) for m in markings))
        return
    inner = said(plain, data["inner"]["claim"]["formula"])
    need(inner.shape == "AG" and inner.test is not None)
    assert inner.test is not None
    need(implies(plain, inner.test, lambda m: any(_within(region, m) for region in chosen)))
    shows(net, data["inner"], depth + 1)


def _goes_on(net: Plain, region: Data, before: list[Data], m: Marking, claim: Said) -> None:
    assert claim.test is not None
    if not region["steps"]:
        need(claim.test(m))
        return
    counter = region["counter"]
    if counter is not None:
        place, limit = counter
        moved = sum(net.post[t].get(place, 0) - net.pre[t].get(place, 0) for t in region["steps"])
        need(place in net.places and moved)
        count = dict(m).get(place, 0)
        if (count <= limit) if moved < 0 else (count >= limit):
            need(any(_within(other, m) for other in before))
            return
    now = m
    for name in region["steps"]:
        need(name in net.transitions and net.enabled(now, name))
        now = net.fire(now, name)
    need(any(_within(other, now) for other in ([region] if counter is not None else before)))


def watched_shows(net: PetriNet, data: Data, depth: int, shows: Shows) -> None:
    """In the net with a place that counts one transition, none is complete once it occurred."""
    goal = classical(Plain.of(net))
    need(goal is not None)
    assert goal is not None
    for transition in net.transition_ids:
        arcs = [(arc.source, arc.target, arc.weight) for arc in net.arcs]
        counted = net.replace(
            places=[*net.places, "seen.1"], arcs=[*arcs, (transition, "seen.1", 1)]
        )
        if counted.digest() != data["claim"]["model_digest"]:
            continue
        about = Plain.of(counted)
        claim = said(about, data["claim"]["formula"])
        need(claim.shape == "AG" and claim.test is not None)
        assert claim.test is not None
        for count in (1, 2, 3):
            need(not claim.test(goal[0] | {("seen.1", count)}))
        shows(counted, data, depth + 1)
        return
    need(False)
