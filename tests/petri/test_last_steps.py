"""Nets that remember their last step: what formulas say after each step, by definition."""

from __future__ import annotations

import random

import pytest

from petri import PetriNet
from petri.last_steps import with_last_steps
from petri.state_space.reachability import marking_holds
from transition_systems.properties.formulas import State, Unary
from transition_systems.properties.predicates import And, Atom, LastStep, Not, Or, Predicate

STEPS = ["a", "b", "c", "d"]


def drawn(rng: random.Random, depth: int) -> Predicate:
    if depth == 0 or rng.random() < 0.2:
        return (
            LastStep(f"done({rng.choice(STEPS)})")
            if rng.random() < 0.8
            else Atom("step of group 0")
        )
    if rng.random() < 0.3:
        return Not(drawn(rng, depth - 1))
    parts = tuple(drawn(rng, depth - 1) for _ in range(rng.randint(1, 4)))
    return Or(parts) if rng.random() < 0.6 else And(parts)


def holds(node: Predicate, last: str | None, marked: bool) -> bool:
    match node:
        case Atom(name=name):
            return name == f"done({last})" if isinstance(node, LastStep) else marked
        case Not(operand=operand):
            return not holds(operand, last, marked)
        case And(operands=operands):
            return all(holds(part, last, marked) for part in operands)
        case Or(operands=operands):
            return any(holds(part, last, marked) for part in operands)
        case _:
            raise AssertionError(node)


@pytest.mark.parametrize("seed", range(60))
def test_what_holds_after_each_step(seed: int) -> None:
    rng = random.Random(seed)
    predicate, marked = drawn(rng, 3), rng.random() < 0.5
    place = "step of group 0"
    net = PetriNet(places=[place], transitions=STEPS, initial=[place] * marked)
    found = with_last_steps(net, Unary("G", State(predicate)))
    assert isinstance(found.formula, Unary)
    assert isinstance(found.formula.operand, State)
    asked = found.formula.operand.predicate
    assert marking_holds(found.net, asked, found.net.initial) == holds(predicate, None, marked)
    for last in STEPS:
        after = found.net.fire(found.net.initial, f"{last}@0")
        assert marking_holds(found.net, asked, after) == holds(predicate, last, marked), last


def test_a_label_of_many_steps_has_two_kinds() -> None:
    steps = [f"t{i}" for i in range(3_000)]
    net = PetriNet(places=["p"], transitions=steps)
    asked = Or(tuple(LastStep(f"done({t})") for t in steps[:2_000]))
    found = with_last_steps(net, Unary("F", State(asked)))
    assert len(found.marks) == 2
