"""Second checkers of runs and of sets of states: by definition, over sets and dicts."""

from __future__ import annotations

import json
from typing import Any

from oracles.evidence_net import (
    Marking,
    Plain,
    Said,
    array,
    marking,
    need,
    row,
    said,
    states_of,
    table,
    tokens_of,
)
from transition_systems.properties.predicates import Compare

Data = dict[str, Any]


def walked(net: Plain, run: Data) -> list[tuple[str | None, Marking]]:
    """The states of a run with the transition before each; every step is fired again."""
    now = tokens_of(net, run["initial"])
    need(now == net.initial)
    found: list[tuple[str | None, Marking]] = [(None, now)]
    for step in run["steps"]:
        name = step.get("action", step["label"])
        need(name in net.transitions and net.enabled(now, name))
        now = net.fire(now, name)
        need(tokens_of(net, step["state"]) == now)
        found.append((name, now))
    return found


def run_shows(net: Plain, data: Data, claim: Said) -> None:
    way = walked(net, data["run"])
    if claim.shape == "phrase":
        need(claim.phrase.startswith("occur "))
        names = json.loads(claim.phrase.removeprefix("occur "))
        need(isinstance(names, list) and set(names) <= {name for name, _ in way})
        return
    need(claim.shape == "EF" and claim.test is not None and claim.test(way[-1][1]))


def _loop(net: Plain, data: Data) -> tuple[list[tuple[str | None, Marking]], int]:
    way, start = walked(net, data["lasso"]), data["lasso"]["loop_start"]
    need(type(start) is int and 0 <= start < len(way) - 1)
    return way, start


def lasso_shows(net: Plain, data: Data, claim: Said) -> None:
    need(claim.phrase.startswith("infinite run"))
    way, start = _loop(net, data)
    need(way[start][1] == way[-1][1])
    taken = {name for name, _ in way[start + 1 :]}
    enabled = [{t for t, _ in net.steps(state)} for _, state in way[start + 1 :]]
    if claim.phrase.endswith("weak fairness"):
        need(set.intersection(*enabled) <= taken)
    elif claim.phrase.endswith("strong fairness"):
        need(set.union(*enabled) <= taken)


def pump_shows(net: Plain, data: Data, claim: Said) -> None:
    need(claim.phrase.split(" ", 1)[0] == "unbounded")
    way, start = _loop(net, data)
    low, high = way[start][1], way[-1][1]
    tokens = dict(high)
    need(low != high and all(tokens.get(p, 0) >= n for p, n in low))
    if claim.phrase != "unbounded":
        # The sum grows by the same number with each repetition, and nothing is taken from it.
        summed = said(net, f"AG {claim.phrase.removeprefix('unbounded ')} >= 0").predicate
        need(isinstance(summed, Compare) and all(weight >= 0 for _, weight in summed.terms))
        assert isinstance(summed, Compare)
        need(all(place in net.places for place, _ in summed.terms))
        before = dict(low)
        need(sum(n * (tokens.get(p, 0) - before.get(p, 0)) for p, n in summed.terms) > 0)


def closed(net: Plain, states: list[Marking], start: Marking) -> None:
    inside = set(states)
    need(start in inside)
    need(all(after in inside for m in inside for _, after in net.steps(m)))


def closed_set_shows(net: Plain, data: Data, claim: Said) -> None:
    need(claim.shape == "AG" and claim.test is not None)
    assert claim.test is not None
    states = states_of(net, data["states"])
    closed(net, states, net.initial)
    need(all(claim.test(m) for m in states))


def _ranks(net: Plain, data: Data) -> dict[Marking, int]:
    """The rank of each state; where one is listed twice, the first counts."""
    states = states_of(net, data["states"])
    closed(net, states, net.initial)
    given = row(data["rank"], len(states))
    return firsts(states, given)


def firsts(states: list[Marking], given: list[Any]) -> dict[Marking, Any]:
    """What is given of each state; where one is listed twice, the first counts."""
    need(len(states) == len(given))
    return dict(zip(reversed(states), reversed(given), strict=True))


def ranked_set_shows(net: Plain, data: Data, claim: Said) -> None:
    need(claim.shape == "AG EF" and claim.test is not None)
    assert claim.test is not None
    rank = _ranks(net, data)
    for m, r in rank.items():
        need(r >= 0)
        need(claim.test(m) if r == 0 else any(rank[after] < r for _, after in net.steps(m)))


def measure_shows(net: Plain, data: Data, claim: Said) -> None:
    need(claim.phrase == "terminates")
    rank = _ranks(net, data)
    need(all(rank[after] < r for m, r in rank.items() for _, after in net.steps(m)))


def trap_shows(net: Plain, data: Data, claim: Said) -> None:
    need(claim.shape == "EF AG" and claim.test is not None)
    assert claim.test is not None
    end = walked(net, data["run"])[-1][1]
    states = states_of(net, data["states"])
    closed(net, states, end)
    need(all(claim.test(m) for m in states))


def marked_trap_shows(net: Plain, data: Data, claim: Said) -> None:
    need(claim.shape == "EF AG" and claim.test is not None)
    assert claim.test is not None
    trap = set(data["places"])
    need(trap and trap <= set(net.places))
    for t in net.transitions:
        need(not trap & set(net.pre[t]) or trap & set(net.post[t]))
    need(any(p in trap for p, _ in walked(net, data["run"])[-1][1]))
    need(all(claim.test(m) for m in net.box() if any(p in trap for p, _ in m)))


def rising_sum_shows(net: Plain, data: Data, claim: Said) -> None:
    need(claim.shape == "EF AG" and claim.test is not None)
    assert claim.test is not None
    weights = dict(data["weights"])
    need(len(weights) == len(data["weights"]) and set(weights) <= set(net.places))
    for t in net.transitions:
        taken = sum(weights.get(p, 0) * n for p, n in net.pre[t].items())
        need(sum(weights.get(p, 0) * n for p, n in net.post[t].items()) >= taken)

    def total(m: Marking) -> int:
        return sum(weights.get(p, 0) * n for p, n in m)

    end = total(walked(net, data["run"])[-1][1])
    need(all(claim.test(m) for m in net.box() if total(m) >= end))


def falling_sum_shows(net: Plain, data: Data, claim: Said) -> None:
    falling = net.silent if claim.phrase == "no livelock" else net.transitions
    if claim.shape == "phrase":
        need(claim.phrase in ("terminates", "no livelock"))
    else:
        need(claim.shape in ("EF", "EF AG") and claim.test is not None)
        need(all(claim.test(m) for m in net.box() if not net.steps(m)))
    weights = dict(data["weights"])
    need(len(weights) == len(data["weights"]) and set(weights) <= set(net.places))
    need(all(weight >= 0 for weight in weights.values()))
    for t in falling:
        taken = sum(weights.get(p, 0) * n for p, n in net.pre[t].items())
        need(sum(weights.get(p, 0) * n for p, n in net.post[t].items()) < taken)


def bound_shows(net: Plain, data: Data, claim: Said) -> None:
    bound = int(data["bound"])
    need(claim.phrase == f"bounded by {bound}" and bound >= 0)
    states = states_of(net, data["states"])
    closed(net, states, net.initial)
    need(all(n <= bound for m in states for _, n in m))
    end = walked(net, data["run"])[-1][1]
    need(bound == 0 or bound in dict(end).values())


def fair_measure_shows(net: Plain, data: Data, claim: Said) -> None:
    """Level by level: a run stays in one component, and is unfair there or goes a level deeper."""
    need(claim.phrase in ("terminates under weak fairness", "terminates under strong fairness"))
    strong = claim.phrase.endswith("strong fairness")
    states = states_of(net, data["states"])
    closed(net, states, net.initial)
    (n_rows, depth), ranks = array(data["rank"])
    shape, helps = array(data["helpful"])
    need(shape == [n_rows, depth] and n_rows == len(states))
    rank = firsts(states, [ranks[k * depth : (k + 1) * depth] for k in range(n_rows)])
    helper = firsts(states, [helps[k * depth : (k + 1) * depth] for k in range(n_rows)])
    names = data["actions"]
    need(all(name in net.transitions for name in names))

    def level(group: set[Marking], at: int) -> None:
        steps = [(m, t, after) for m in group for t, after in net.steps(m) if after in group]
        if not steps:
            return
        need(at < depth and all(rank[b][at] <= rank[a][at] for a, _, b in steps))
        for value in {rank[m][at] for m in group}:
            part = {m for m in group if rank[m][at] == value}
            inner = [(m, t) for m, t, after in steps if m in part and after in part]
            if not inner:
                continue
            chosen = {helper[m][at] for m in part}
            need(len(chosen) == 1)
            number = chosen.pop()
            need(0 <= number < len(names))
            help_by = names[number]
            need(all(t != help_by for _, t in inner))
            able = {m for m in part if net.enabled(m, help_by)}
            if strong:
                level(part - able, at + 1)
            else:
                need(able == part)

    level(set(states), 0)


def diagram_shows(net: Plain, data: Data, claim: Said) -> None:
    """Every assignment of the variables is looked at; the diagram must have few."""
    members = set(diagram_members(net, data))
    if claim.shape == "EF AG":
        assert claim.test is not None
        last = walked(net, data["run"])[-1][1]
        closed(net, list(members), last)
        need(all(claim.test(m) for m in members))
        return
    closed(net, list(members), net.initial)
    if claim.shape == "phrase":
        bound = int(claim.phrase.removeprefix("bounded by "))
        need(claim.phrase == f"bounded by {bound}")
        need(all(n <= bound for m in members for _, n in m) and data["run"] is not None)
        end = walked(net, data["run"])[-1][1]
        need(bound == 0 or bound in dict(end).values())
        return
    need(claim.shape == "AG" and claim.test is not None and data["run"] is None)
    assert claim.test is not None
    need(all(claim.test(m) for m in members))


def ranked_diagrams_shows(net: Plain, data: Data, claim: Said) -> None:
    """All sets as lists of markings; each marking of a link steps into what came before."""
    need(claim.shape == "AG EF" and claim.test is not None)
    assert claim.test is not None
    whole, reached = (set(diagram_members(net, data, data[key])) for key in ("whole", "goal"))
    closed(net, list(whole), net.initial)
    need(all(claim.test(m) for m in reached))
    for number, fresh in table(data["links"], 2):
        need(0 <= number < len(net.transitions))
        name, added = net.transitions[number], set(diagram_members(net, data, fresh))
        need(all(net.enabled(m, name) and net.fire(m, name) in reached for m in added))
        reached |= added
    need(whole <= reached)


def diagram_members(net: Plain, data: Data, root: int | None = None) -> list[Marking]:
    """The markings of a diagram whose fields and nodes are as they should be."""
    need([str(name) for name in data["names"]] == net.places)
    shape, cells = array(data["fields"])
    need(shape == [len(net.places), 3])
    fields = [tuple(cells[k : k + 3]) for k in range(0, len(cells), 3)]
    shape, cells = array(data["nodes"])
    need(len(shape) == 2 and shape[1] == 3)
    nodes = [tuple(cells[k : k + 3]) for k in range(0, len(cells), 3)]
    spans = {(first, bits) for first, bits, _ in fields}
    need(all(first >= 0 and bits >= 1 and code >= 0 for first, bits, code in fields))
    used = [v for first, bits in spans for v in range(first, first + bits)]
    width = len(used)
    need(sorted(used) == list(range(width)) and width <= 16)
    for first, bits in spans:
        codes = [code for f, _, code in fields if f == first]
        need(len(codes) == 1 or (0 not in codes and len(set(codes)) == len(codes)))
        need(all(code < 1 << bits for code in codes))
    need(root is None or (type(root) is int and 0 <= root < len(nodes) + 2))
    level = {0: width, 1: width}
    for number, (variable, low, high) in enumerate(nodes, start=2):
        need(0 <= variable < width and all(0 <= node < number for node in (low, high)))
        need(min(level[low], level[high]) > variable)
        level[number] = variable
    found = []
    for value in range(1 << width):
        digits = [value >> k & 1 for k in range(width)]
        node = len(nodes) + 1 if root is None else root
        while node > 1:
            variable, low, high = nodes[node - 2]
            node = high if digits[variable] else low
        if node:
            tokens = {}
            for name, (first, bits, code) in zip(net.places, fields, strict=True):
                number = int("".join(map(str, digits[first : first + bits])), 2)
                tokens[name] = int(number == code) if code else number
            found.append(marking(tokens))
    return found
