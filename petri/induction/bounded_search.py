"""Bounded model checking: runs of growing length, found by z3.

A. Biere et al.: Symbolic model checking without BDDs. TACAS 1999.
"""

from __future__ import annotations

from typing import Any

from petri.induction.encoding import Encoding
from petri.net import PetriNet
from transition_systems.budget import Budget, Meter
from transition_systems.errors import UndecidedError
from transition_systems.progress import Progress, ProgressCallback
from transition_systems.properties.predicates import Predicate
from transition_systems.run import Run
from transition_systems.smt import check, load_z3

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
    limit = (budget or Budget()).fixed()
    try:
        return _deeper(Encoding(net, limit), goal, max_steps, limit, progress)
    except UndecidedError:
        return None


def _deeper(
    encoding: Encoding,
    goal: Predicate,
    max_steps: int,
    limit: Budget,
    progress: ProgressCallback | None,
) -> Run | None:
    z3 = load_z3()
    net, meter = encoding.net, limit.start()
    unrolled: list[Any] = []
    marking: list[Any] = [z3.IntVal(int(n)) for n in net.initial.to_array(net.place_ids)]
    for depth in range(max_steps + 1):
        answer = check([*unrolled, encoding.predicate(goal, marking)], budget=limit)
        if answer.status == "sat":
            found = answer.values
            return net.run(net.initial, [int(found.get(f"t@{i}", 0)) for i in range(depth)])
        if answer.status == "unknown" or meter.out_of_time() or not net.transition_ids:
            return None
        if progress is not None:
            progress(Progress(stage="bounded search", states=depth, seconds=meter.seconds))
        marking = _step(encoding, unrolled, marking, depth, meter)
    return None


def _step(
    encoding: Encoding, unrolled: list[Any], marking: list[Any], depth: int, meter: Meter
) -> list[Any]:
    """Add one step to the unrolling and return the marking after it."""
    z3 = load_z3()

    count = len(encoding.net.transition_ids)
    choice = z3.Int(f"t@{depth}")
    unrolled += [choice >= 0, choice < count]
    changes: dict[int, list[Any]] = {}
    for transition in range(count):
        meter.require_time()
        chosen = choice == transition
        unrolled.append(z3.Implies(chosen, encoding.enabled(transition, marking)))
        for place, delta in encoding.effect(transition).items():
            changes.setdefault(place, []).append(z3.If(chosen, z3.IntVal(delta), z3.IntVal(0)))
    after: list[Any] = []
    for place, tokens in enumerate(marking):
        if place not in changes:
            after.append(tokens)
            continue
        new = z3.Int(f"m{place}@{depth + 1}")
        unrolled.append(new == z3.Sum([tokens, *changes[place]]))
        after.append(new)
    return after
