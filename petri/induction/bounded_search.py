"""Bounded model checking: runs of growing length, found by z3.

A. Biere et al.: Symbolic model checking without BDDs. TACAS 1999.
"""

from __future__ import annotations

from typing import Any

from petri.induction.encoding import Encoding
from petri.net import PetriNet
from transition_systems.budget import Budget
from transition_systems.progress import Progress, ProgressCallback
from transition_systems.properties.predicates import Predicate
from transition_systems.run import Run
from transition_systems.smt import check

__all__ = ["search_bounded"]


def search_bounded(
    net: PetriNet,
    goal: Predicate,
    *,
    max_steps: int = 200,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
) -> Run | None:
    """Return a shortest run into the goal of at most ``max_steps`` steps, or ``None``.

    Parameters
    ----------
    net, goal
        The net and the predicate.
    max_steps
        The largest depth.
    budget, progress
        Seconds, and a callback told at each depth.
    """
    import z3

    meter = (budget or Budget()).start()
    limit = (budget or Budget()).fixed()
    encoding = Encoding(net)
    solver = z3.Solver()
    marking: list[Any] = [
        z3.IntVal(int(n)) for n in net.initial.to_array(net.place_ids)
    ]
    choices: list[Any] = []
    for depth in range(max_steps + 1):
        solver.push()
        solver.add(encoding.predicate(goal, marking))
        answer = check(solver, budget=limit)
        if answer == "sat":
            model = solver.model()
            fired = [model.eval(choice, model_completion=True).as_long() for choice in choices]
            return net.run(net.initial, fired)
        solver.pop()
        if answer == "unknown" or meter.out_of_time() or not net.transition_ids:
            return None
        if progress is not None:
            progress(Progress(stage="bounded search", states=depth, seconds=meter.seconds))
        marking = _step(encoding, solver, marking, choices, depth)
    return None


def _step(
    encoding: Encoding, solver: Any, marking: list[Any], choices: list[Any], depth: int
) -> list[Any]:
    """Add one step to the unrolling and return the marking after it."""
    import z3

    count = len(encoding.net.transition_ids)
    choice = z3.Int(f"t@{depth}")
    choices.append(choice)
    solver.add(choice >= 0, choice < count)
    changes: dict[int, list[Any]] = {}
    for transition in range(count):
        chosen = choice == transition
        solver.add(z3.Implies(chosen, encoding.enabled(transition, marking)))
        for place, delta in encoding.effect(transition).items():
            changes.setdefault(place, []).append(z3.If(chosen, z3.IntVal(delta), z3.IntVal(0)))
    after: list[Any] = []
    for place, tokens in enumerate(marking):
        if place not in changes:
            after.append(tokens)
            continue
        new = z3.Int(f"m{place}@{depth + 1}")
        solver.add(new == z3.Sum([tokens, *changes[place]]))
        after.append(new)
    return after
