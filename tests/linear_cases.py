"""Random nets, random predicates, and linear proofs about them."""

from __future__ import annotations

import random

from petri import PetriNet
from petri.decision import claim
from petri.induction.linear_lines import as_parts
from petri.induction.linear_proof import linear_proof
from transition_systems.evidence import LinearProof
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import State, Unary, always_everywhere
from transition_systems.properties.parse import parse_formula
from transition_systems.properties.predicates import (
    And,
    Atom,
    Compare,
    Constant,
    Dead,
    Enabled,
    Not,
    Or,
    Predicate,
)
from transition_systems.properties.walk import negate


def random_net(rng: random.Random) -> PetriNet:
    """A small net; most transitions move about as many tokens as they take."""
    heaviest = rng.choice([1, 1, 1, 2, 3])
    places = [f"p{n}" for n in range(rng.randint(1, 6))]
    transitions = [f"t{n}" for n in range(rng.randint(1, 6))]
    arcs: list[tuple[str, str, int]] = []
    for name in transitions:
        if rng.random() < 0.6:
            size = min(len(places), rng.choice([1, 1, 2, 2, 3]))
            arcs += [(p, name, rng.randint(1, heaviest)) for p in rng.sample(places, size)]
            arcs += [(name, p, rng.randint(1, heaviest)) for p in rng.sample(places, size)]
            continue
        for place in places:
            if rng.random() < 0.3:
                arcs.append((place, name, rng.randint(1, heaviest)))
            if rng.random() < 0.3:
                arcs.append((name, place, rng.randint(1, heaviest)))
    initial = {place: rng.choice([0, 0, 1, 1, 2, 3]) for place in places}
    return PetriNet(places=places, transitions=transitions, arcs=arcs, initial=initial)


def random_free_choice(seed: int) -> PetriNet:
    """Return a small net in which transitions that share an input place share all of them."""
    rng = random.Random(seed)
    places = [f"p{n}" for n in range(rng.randint(2, 6))]
    left, groups = places[:], []
    rng.shuffle(left)
    while left:
        size = min(len(left), rng.choice((1, 1, 1, 2, 2, 3)))
        groups.append([left.pop() for _ in range(size)])
    arcs: list[tuple[str, str]] = []
    transitions: list[str] = []
    for number, group in enumerate(groups):
        for choice in range(rng.choice((1, 1, 2))):
            name = f"t{number}{choice}"
            transitions.append(name)
            arcs += [(place, name) for place in group]
            targets = rng.sample(places, min(len(places), rng.choice((1, 1, 2, 2, 3))))
            arcs += [(name, place) for place in targets]
    tokens = {place: rng.choice((0, 0, 0, 1, 1, 2)) for place in places}
    return PetriNet(places=places, transitions=transitions, arcs=arcs, initial=tokens)


def random_predicate(rng: random.Random, net: PetriNet, depth: int = 0) -> Predicate:
    """A predicate of at most three levels over places and transitions."""
    chance = rng.random()
    if depth < 2 and chance < 0.35:
        count = rng.randint(0 if rng.random() < 0.05 else 1, 3)
        parts = tuple(random_predicate(rng, net, depth + 1) for _ in range(count))
        return And(parts) if rng.random() < 0.5 else Or(parts)
    if chance < 0.45:
        return Not(random_predicate(rng, net, depth + 1))
    if chance < 0.55:
        return Dead()
    if chance < 0.65:
        return Enabled(rng.choice(net.transition_ids))
    if chance < 0.72:
        return Atom(rng.choice(net.place_ids)) if chance < 0.7 else Constant(rng.random() < 0.5)
    some = rng.sample(net.place_ids, rng.randint(1, min(3, len(net.place_ids))))
    terms = tuple((place, rng.choice([-2, -1, 1, 1, 1, 2])) for place in some)
    return Compare(terms, rng.choice(["<=", ">=", "==", "!=", "<", ">"]), rng.randint(-1, 4))


def parsed(net: PetriNet, good: Predicate) -> tuple[str, Predicate]:
    """The text of ``AG good``, and the predicate that is read back from it."""
    text = format_formula(always_everywhere(good))
    formula = parse_formula(text)
    assert isinstance(formula, Unary)
    assert isinstance(formula.operand, State)
    return text, formula.operand.predicate


def proof_of(net: PetriNet, good: Predicate) -> LinearProof | str:
    """A linear proof that a predicate always holds, or why there is none."""
    text, read = parsed(net, good)
    return linear_proof(net, as_parts(net, negate(read)), claim(net, text))


def proofs(seeds: range) -> list[tuple[PetriNet, LinearProof]]:
    """The proofs found for random nets and predicates."""
    found: list[tuple[PetriNet, LinearProof]] = []
    for seed in seeds:
        rng = random.Random(seed)
        net = random_net(rng)
        for _ in range(3):
            good = random_predicate(rng, net) if rng.random() < 0.75 else Not(Dead())
            proof = proof_of(net, good)
            if isinstance(proof, LinearProof):
                found.append((net, proof))
    return found
