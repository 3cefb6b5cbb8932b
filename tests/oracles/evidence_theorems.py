"""Second checkers of proofs without markings: structure, theorems, invariants, linear proofs."""

from __future__ import annotations

import itertools
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

from oracles.evidence_net import Plain, Said, Wrong, implies, marking, need, test_of
from oracles.evidence_truth import classical, ends
from oracles.linear_proof import proves
from petri import PetriNet
from transition_systems.properties.parse import parse_predicate

Data = dict[str, Any]


def structure_shows(net: Plain, data: Data, claim: Said) -> None:
    sets: dict[str, list[str]] = data["sets"]
    before, after = neighbours(net)
    if claim.phrase == "workflow net":
        need(set(sets) == {"source", "sink", "forward", "backward"})
        found = ends(net)
        need(found is not None and [*sets["source"], *sets["sink"]] == list(found or ()))
        for order, near in ((sets["forward"], before), (sets["backward"], after)):
            need(sorted(order) == sorted(before))
            need(order[0] == (found or ("",))[0 if near is before else 1])
            need(all(near[node] & set(order[:k]) for k, node in enumerate(order) if k))
        return
    need(claim.phrase == "not a workflow net" and ends(net) is None)
    need({"sources", "sinks"} <= set(sets) <= {"sources", "sinks", "unreachable", "hopeless"})
    need(sorted(sets["sources"]) == sorted(p for p in net.places if not before[p]))
    need(sorted(sets["sinks"]) == sorted(p for p in net.places if not after[p]))
    cut = False
    for key, end, near in (("unreachable", "sources", before), ("hopeless", "sinks", after)):
        nodes = set(sets.get(key, ()))
        need(nodes <= set(before) and not nodes & set(sets[end]))
        need(all(near[node] <= nodes for node in nodes))
        cut |= bool(nodes)
    need(cut or len(sets["sources"]) != 1 or len(sets["sinks"]) != 1)


def neighbours(net: Plain) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    before: dict[str, set[str]] = {node: set() for node in (*net.places, *net.transitions)}
    after: dict[str, set[str]] = {node: set() for node in before}
    for t in net.transitions:
        for p in net.pre[t]:
            before[t].add(p)
            after[p].add(t)
        for p in net.post[t]:
            before[p].add(t)
            after[t].add(p)
    return before, after


def never_dead(net: Plain, claim: Said) -> None:
    """The claim is that no marking is dead, however it is written."""
    need(claim.shape == "AG" and claim.test is not None)
    assert claim.test is not None
    need(all(claim.test(m) == bool(net.steps(m)) for m in net.box()))


def circuits_shows(net: Plain, data: Data, claim: Said) -> None:
    if claim.shape == "AG EF":
        need(claim.test is not None)
        assert claim.test is not None
        need(all(claim.test(m) == (m == net.initial) for m in net.box()))
    else:
        never_dead(net, claim)
    order = data["order"]
    need(order and sorted(order) == sorted(net.transitions))
    need(
        all(n == 1 for side in (net.pre, net.post) for arcs in side.values() for n in arcs.values())
    )
    marked = dict(net.initial)
    for p in net.places:
        givers = [t for t in net.transitions if p in net.post[t]]
        takers = [t for t in net.transitions if p in net.pre[t]]
        need(len(givers) == len(takers) == 1)
        need(marked.get(p, 0) or order.index(givers[0]) < order.index(takers[0]))


def rank_shows(net: Plain, data: Data, claim: Said) -> None:
    """Each premise on dense matrices of fractions; every set of places is tried as a siphon."""
    pre, post, steps = dict(net.pre), dict(net.post), list(net.transitions)
    if claim.phrase == "sound":
        found, goal = ends(net), classical(net)
        need(found is not None and goal is not None)
        assert found is not None
        assert goal is not None
        need(goal[0] == frozenset({(found[1], 1)}))
        name = "*closing*"
        pre[name], post[name] = {found[1]: 1}, {found[0]: 1}
        steps.append(name)
    else:
        never_dead(net, claim)
        name = ""
        need(data["closing"] == 0)
    need(all(n == 1 for side in (pre, post) for t in steps for n in side[t].values()))
    edges = [{p, t} for t in steps for p in {**pre[t], **post[t]}]
    need(len(merged([{n} for n in (*net.places, *steps)], edges)) == 1)
    for one, other in itertools.combinations(steps, 2):
        need(set(pre[one]) == set(pre[other]) or not set(pre[one]) & set(pre[other]))
    near = [{p, t} for t in steps for p in pre[t]]
    clusters = len(merged([{n} for n in (*net.places, *steps)], near))
    change = [[Fraction(post[t].get(p, 0) - pre[t].get(p, 0)) for t in steps] for p in net.places]
    need(rank(change) == clusters - 1)
    weights = weights_of(data["places"], net.places)
    need(len(weights) == len(net.places) and min(weights.values()) >= 1)
    for k in range(len(steps)):
        need(sum(weights[p] * change[i][k] for i, p in enumerate(net.places)) == 0)
    counts = weights_of(data["transitions"], net.transitions)
    if name:
        need(type(data["closing"]) is int)
        counts[name] = data["closing"]
    need(len(counts) == len(steps) and min(counts.values()) >= 1)
    need(all(sum(line[k] * counts[t] for k, t in enumerate(steps)) == 0 for line in change))
    rows = []
    for flow in data["flows"]:
        named = weights_of(flow, net.places)
        rows.append([Fraction(named.get(p, 0)) for p in net.places])
        for k in range(len(steps)):
            need(sum(w * change[i][k] for i, w in enumerate(rows[-1])) == 0)
    need(rank(rows) == len(rows) == len(net.places) - clusters + 1)
    marked = dict(net.initial)
    empty = [p for p in net.places if not marked.get(p, 0)]
    for size in range(1, len(empty) + 1):
        for some in itertools.combinations(empty, size):
            siphon = set(some)
            need(any(siphon & set(post[t]) and not siphon & set(pre[t]) for t in steps))


def merged(parts: list[set[str]], near: list[set[str]]) -> list[set[str]]:
    """Sets joined wherever one of the edges joins them."""
    for edge in near:
        touched = [part for part in parts if part & edge]
        parts = [part for part in parts if not part & edge] + [set().union(*touched)]
    return parts


def weights_of(pairs: Any, names: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, weight in pairs:
        need(name in names and name not in found and type(weight) is int)
        found[name] = weight
    return found


def rank(rows: list[list[Fraction]]) -> int:
    left = [list(line) for line in rows]
    count = 0
    for column in range(len(left[0]) if left else 0):
        pivot = next((k for k in range(count, len(left)) if left[k][column]), None)
        if pivot is None:
            continue
        left[count], left[pivot] = left[pivot], left[count]
        for k in range(count + 1, len(left)):
            share = left[k][column] / left[count][column]
            left[k] = [a - share * b for a, b in zip(left[k], left[count], strict=True)]
        count += 1
    return count


def invariant_shows(net: Plain, data: Data, claim: Said) -> None:
    """Initial, kept by every step, inside the claim: tried in a box of markings, not proved."""
    need(claim.shape == "AG" and claim.test is not None)
    assert claim.test is not None
    if data["invariant"] == "state equation":
        for counts in itertools.product(range(4), repeat=min(len(net.transitions), 5)):
            tokens = dict(net.initial)
            for t, n in zip(net.transitions, counts, strict=False):
                for p in {**net.pre[t], **net.post[t]}:
                    change = net.post[t].get(p, 0) - net.pre[t].get(p, 0)
                    tokens[p] = tokens.get(p, 0) + n * change
            need(min(tokens.values(), default=0) < 0 or claim.test(marking(tokens)))
        return
    try:
        inside = test_of(net, parse_predicate(data["invariant"]))
    except Wrong:
        raise
    except Exception as error:
        raise Wrong from error
    need(inside(net.initial))
    box = net.box()
    need(implies(net, inside, claim.test, box))
    need(all(inside(after) for m in box if inside(m) for _, after in net.steps(m)))


def linear_shows(net: PetriNet, data: Data, claim: Said) -> None:
    """The proof's own definition, on dense vectors (:mod:`oracles.linear_proof`)."""
    need(claim.shape == "AG")
    pairs = [
        [tuple(pair) for pair in flow] for flow in (*data["equalities"], *data["inequalities"])
    ]
    need(all(type(n) is int for flow in pairs for _, n in flow))
    steps = [(rule, n, [tuple(pair) for pair in many]) for rule, n, many in data["steps"]]
    need(all(type(v) is int for _, n, many in steps for v in (n, *itertools.chain(*many))))
    cut = len(data["equalities"])
    proof: Any = SimpleNamespace(
        claim=SimpleNamespace(formula=data["claim"]["formula"]), equalities=pairs[:cut],
        inequalities=pairs[cut:], siphons=data["siphons"], traps=data["traps"], steps=steps,
    )  # fmt: skip
    need(proves(net, proof))
