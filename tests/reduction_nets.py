"""Nets for tests of reductions."""

from __future__ import annotations

import random
from collections import Counter

from petri import PetriNet
from petri.soundness import SoundnessGoal
from transition_systems.properties.predicates import (
    TRUE,
    Compare,
    Predicate,
    at_least,
    at_most,
    conjunction,
)


def parallel(branches: int, tasks: int) -> PetriNet:
    """Return one block of parallel branches with tasks in a row."""
    arcs: list[tuple[str, str]] = [("i", "fork"), ("join", "o")]
    for b in range(branches):
        arcs.append(("fork", f"p{b}_0"))
        for t in range(tasks):
            arcs.extend([(f"p{b}_{t}", f"t{b}_{t}"), (f"t{b}_{t}", f"p{b}_{t + 1}")])
        arcs.append((f"p{b}_{tasks}", "join"))
    names = dict.fromkeys(name for arc in arcs for name in arc)
    kinds = {n: n[0] in "io" or n[0] == "p" for n in names}
    kinds["join"] = kinds["fork"] = False
    return PetriNet(
        places=[n for n in names if kinds[n]],
        transitions=[n for n in names if not kinds[n]],
        arcs=arcs,
        initial={"i": 1},
    )


def random_net(seed: int) -> PetriNet:
    """Return a sparse net in which many rules apply: chains, choices, forks, loops, copies."""
    draw = random.Random(seed)
    places = [f"p{i}" for i in range(draw.randint(2, 8))]
    arcs: dict[tuple[str, str], int] = {}
    transitions = [f"t{i}" for i in range(draw.randint(2, 9))]
    for t in transitions:
        for p in draw.sample(places, min(len(places), draw.choice([1, 1, 1, 1, 2, 2, 0]))):
            arcs[p, t] = draw.choice([1] * 12 + [2])
        for p in draw.sample(places, min(len(places), draw.choice([1, 1, 1, 2, 2, 0]))):
            arcs[t, p] = draw.choice([1] * 12 + [2])
    if draw.random() < 0.4:
        copied = draw.choice(places)
        for (a, b), n in list(arcs.items()):
            if a == copied:
                arcs["copy", b] = n
            if b == copied:
                arcs[a, "copy"] = n
        places.append("copy")
    initial = {p: draw.choice([1, 1, 1, 2]) for p in draw.sample(places, draw.randint(1, 2))}
    if "copy" in places and draw.random() < 0.8:
        initial.pop("copy", None)
        initial.pop(copied, None)
    return PetriNet(
        places=places,
        transitions=transitions,
        arcs=[(a, b, n) for (a, b), n in arcs.items()],
        initial=initial,
    )


def random_goal(net: PetriNet, seed: int) -> SoundnessGoal:
    """Return a goal with a completion, an invariant and groups of some form that is drawn."""
    draw = random.Random(seed)
    places = list(net.place_ids)
    some = draw.sample(places, draw.randint(1, len(places)))
    if "joined" in places and draw.random() < 0.8:
        some = list(dict.fromkeys([*some, "joined", "a"]))
    if "waste" in places and draw.random() < 0.8:
        some = list(dict.fromkeys([*some, "waste"]))
    completion: Predicate = Compare(tuple((p, 1) for p in some), "<=", 0)
    left = [p for p in places if p not in some]
    if left and draw.random() < 0.4:
        completion = conjunction(completion, at_least(draw.choice(left)))
    few = draw.sample(places, min(len(places), draw.randint(1, 3)))
    few = [p for p in few if p != "joined" or draw.random() < 0.3] or few
    proper: Predicate = draw.choice(
        [
            conjunction(*(at_most(p, draw.choice([1, 1, 2])) for p in few)),
            Compare(tuple((p, draw.choice([1, 2])) for p in few), "<=", draw.randint(1, 3)),
            Compare(tuple((p, draw.choice([1, -1])) for p in few), "<=", draw.randint(0, 1)),
            TRUE,
        ]
    )
    names = list(net.transition_ids)
    groups = {f"g{i}": tuple(draw.sample(names, draw.randint(1, 2))) for i in range(3)}
    return SoundnessGoal(completion=completion, proper=proper, occurs=groups)


def synchronised(seed: int) -> PetriNet:
    """Return components with one token each and transitions that move one or two of them."""
    draw = random.Random(seed)
    parts = [[f"p{k}{i}" for i in range(draw.randint(2, 3))] for k in range(draw.randint(2, 3))]
    moves: list[list[tuple[str, str]]] = []
    for part in parts:
        ways = list(zip(part, part[1:] + part[:1], strict=True))
        ways += [(draw.choice(part), draw.choice(part)) for _ in range(draw.randint(0, 2))]
        moves.append(ways)
    rows: list[tuple[str, str, int]] = []
    names: list[str] = []
    while any(moves):
        names.append(f"t{len(names)}")
        busy = [ways for ways in moves if ways]
        for ways in draw.sample(busy, min(len(busy), draw.choice([1, 1, 2]))):
            before, after = ways.pop(draw.randrange(len(ways)))
            rows += [(before, names[-1], 1), (names[-1], after, 1)]
    places = [place for part in parts for place in part]
    initial = {part[0]: 1 for part in parts}
    return PetriNet(places=places, transitions=names, arcs=rows, initial=initial)


def decorated(seed: int) -> PetriNet:
    """Return a random net with a part that one of the further rules may take out."""
    draw = random.Random(seed)
    net = synchronised(seed) if draw.random() < 0.8 else random_net(seed)
    places, transitions = list(net.place_ids), list(net.transition_ids)
    arcs, initial = net_arcs(net), dict(net.initial.to_dict())
    given: dict[str, dict[str, int]] = {t: {} for t in transitions}
    needed: dict[str, dict[str, int]] = {t: {} for t in transitions}
    for a, b, n in arcs:
        (needed[b] if b in needed else given[a])[a if b in needed else b] = n
    some = draw.choice(transitions)
    match draw.randrange(5):
        case 0:  # a part that is never marked
            places += ["never", "ever"]
            transitions += ["dead"]
            arcs += [("never", "dead", 1), ("dead", "ever", 1), ("ever", some, 1)]
            arcs += [("dead", draw.choice(net.place_ids), 1), (some, "never", 1)]
        case 1:  # a sum of two places, with what their transitions need
            two = draw.sample(list(net.place_ids), 2)
            extra = draw.choice([0, 0, 1])
            places += ["sum"]
            for t in transitions:
                change = sum(given[t].get(p, 0) - needed[t].get(p, 0) for p in two)
                take = draw.choice([0, max(0, -change), sum(needed[t].get(p, 0) for p in two)])
                take = max(take, -change)
                arcs += [("sum", t, take)] * (take > 0) + [(t, "sum", take + change)] * (
                    take + change > 0
                )
            initial["sum"] = sum(initial.get(p, 0) for p in two) + extra
        case 2:  # a transition for two that can occur one after the other
            others = [t for t in transitions if given[t]]
            first = draw.choice(others or transitions)
            then = [
                t for t in transitions if needed[t] and needed[t].items() <= given[first].items()
            ]
            if then:
                second = draw.choice(then)
                after = Counter(given[first])
                after.subtract(needed[second])
                after.update(given[second])
                transitions += ["short"]
                arcs += [(p, "short", n) for p, n in needed[first].items()]
                arcs += [("short", p, n) for p, n in after.items() if n]
        case 3:  # tokens that are thrown away
            places += ["waste", "fuel"]
            transitions += ["throw"]
            arcs += [(some, "waste", draw.choice([1, 1, 2])), ("waste", "throw", 1)]
            arcs += [("fuel", some, 1)]
            initial["fuel"] = draw.choice([1, 2])
        case _:  # a join before a choice of what uses its token with others
            places += ["a", "b", "joined"]
            transitions += ["join"]
            arcs += [("a", "join", 1), ("b", "join", 1), ("join", "joined", 1)]
            for t in draw.sample(transitions[:-1], min(2, len(transitions) - 1)):
                arcs += [("joined", t, 1)]
            arcs += [(draw.choice(transitions[:-1]), p, 1) for p in "ab"]
            if draw.random() < 0.8:
                places += ["fuel"]
                users = {a for a, b, _ in arcs if b in ("a", "b")}
                arcs += [("fuel", t, 1) for t in sorted(users)]
                initial["fuel"] = draw.choice([2, 3])
    return PetriNet(places=places, transitions=transitions, arcs=arcs, initial=initial)


def net_arcs(net: PetriNet) -> list[tuple[str, str, int]]:
    """Return the arcs of a net as triples."""
    pre, post = net.pre, net.post
    found: list[tuple[str, str, int]] = []
    for i, p in enumerate(net.place_ids):
        for j, t in enumerate(net.transition_ids):
            if pre[i, j]:
                found.append((p, t, int(pre[i, j])))
            if post[i, j]:
                found.append((t, p, int(post[i, j])))
    return found
