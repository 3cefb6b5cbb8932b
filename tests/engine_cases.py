"""Small random nets and goals for the engines: weights, self-loops, sources, big and little."""

from __future__ import annotations

import random

from petri import PetriNet
from transition_systems.properties.predicates import (
    And,
    Atom,
    Compare,
    Comparison,
    Dead,
    Enabled,
    Not,
    Or,
    Predicate,
)

OPERATORS: tuple[Comparison, ...] = ("<=", ">=", "==", "!=", "<", ">")


def random_net(seed: int, *, unbounded: bool = False, most: int = 6) -> PetriNet:
    """Return a small net; where it is to be bounded, mostly no step makes tokens."""
    rng = random.Random(seed)
    places = [f"p{n}" for n in range(rng.randint(1, most))]
    transitions = [f"t{n}" for n in range(rng.randint(1, most))]
    arcs: list[tuple[str, str, int]] = []
    for name in transitions:
        weights = (1, 1, 1, 1, 2, 3) if rng.random() < 0.3 else (1,)
        takes = rng.sample(places, min(len(places), rng.choice((1, 1, 2, 2, 3))))
        taken = [(place, name, rng.choice(weights)) for place in takes]
        room = sum(weight for _, _, weight in taken) + (rng.random() < (0.5 if unbounded else 0.1))
        if unbounded and rng.random() < 0.15:
            taken, room = [], 1
        arcs += taken
        while room > 0 and rng.random() < 0.85:
            weight = min(room, rng.choice(weights))
            arcs.append((name, rng.choice(places), weight))
            room -= weight
        if rng.random() < 0.2:
            loop = rng.choice(places)
            arcs += [(loop, name, 1), (name, loop, 1)]
    tokens = {place: rng.choice((0, 0, 1, 1, 2)) for place in places}
    return PetriNet(places=places, transitions=transitions, arcs=arcs, initial=tokens)


def random_safe_net(seed: int, *, most: int = 8) -> PetriNet:
    """Return a net of few state machines that share transitions: one token in each, so safe."""
    rng = random.Random(seed)
    arcs: list[tuple[str, str]] = []
    transitions = [f"t{n}" for n in range(rng.randint(1, most))]
    places: list[str] = []
    initial: list[str] = []
    for machine in range(rng.randint(1, 3)):
        own = [f"p{machine}_{n}" for n in range(rng.randint(1, 4))]
        places += own
        initial.append(rng.choice(own))
        for name in transitions:
            if rng.random() < 0.5:
                arcs += [(rng.choice(own), name), (name, rng.choice(own))]
    used = {name for arc in arcs for name in arc}
    return PetriNet(
        places=places, transitions=[t for t in transitions if t in used], arcs=arcs, initial=initial
    )


def random_goal(net: PetriNet, seed: int, *, depth: int = 2) -> Predicate:
    """Return a state predicate of any kind over a net."""
    rng = random.Random(seed)

    def goal(left: int) -> Predicate:
        kind = rng.random()
        if left and kind < 0.45:
            parts = tuple(goal(left - 1) for _ in range(rng.randint(2, 3)))
            return And(parts) if kind < 0.28 else Or(parts)
        if left and kind < 0.5:
            return Not(goal(left - 1))
        if kind > 0.93:
            return Dead()
        if kind > 0.85:
            return Enabled(rng.choice(net.transition_ids)) if net.transition_ids else Dead()
        if kind > 0.8:
            return Atom(rng.choice(net.place_ids))
        chosen = rng.sample(net.place_ids, min(len(net.place_ids), rng.choice((1, 1, 2, 3))))
        terms = tuple((place, rng.choice((1, 1, 1, 2, -1))) for place in chosen)
        return Compare(terms, rng.choice(OPERATORS), rng.randint(0, 3))

    return goal(depth)
