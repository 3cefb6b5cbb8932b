"""Bounded model checking in sweeps: in one step each transition fires any number of times, in turn.

One solver is kept and gets one sweep more at a time. A sweep goes through the transitions in a
fixed order, so that a few sweeps hold runs of hundreds of firings.
A. Biere et al.: Symbolic model checking without BDDs. TACAS 1999.
"""

from __future__ import annotations

from typing import Any

from petri.induction.cubes import Cubes
from petri.induction.encoding import Encoding
from petri.induction.inductive import Answers
from petri.net import PetriNet
from petri.structure.distances import steps_to_mark
from petri.walking.shortening import Firing, shortened
from transition_systems.budget import Budget, Meter
from transition_systems.errors import UndecidedError
from transition_systems.progress import Progress, ProgressCallback
from transition_systems.properties.predicates import Predicate
from transition_systems.smt import load_z3
from transition_systems.verdict import Verdict

__all__ = ["bounded_model_checking"]

MOST_FIRINGS = 10_000


def bounded_model_checking(
    net: PetriNet,
    goal: Predicate,
    *,
    max_sweeps: int = 100,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
    name: str | None = None,
) -> Verdict:
    """Decide that a goal is reachable (EF), where a run of few sweeps reaches it.

    Parameters
    ----------
    net, goal
        Any net, bounded or not, and the predicate.
    max_sweeps
        The largest depth; all runs of so many steps are among those looked at.
    budget, progress, seed, name
        As for every engine; a callback is told at each depth.

    Returns
    -------
    Verdict
        HOLDS with a run, or UNKNOWN; VIOLATED never.

    Notes
    -----
    A transition that takes ``w`` tokens and leaves ``d`` fewer fires ``x`` times in a row where at
    least ``w + (x - 1) d`` tokens are: a linear condition. Transitions stand in the order in which
    they first become fireable when tokens never get lost. At most 10,000 firings in a run.

    Examples
    --------
    >>> from transition_systems.properties.predicates import at_least
    >>> net = PetriNet(places=["p"], transitions=["t"], arcs=[("t", "p")])
    >>> verdict = bounded_model_checking(net, at_least("p", 100), max_sweeps=1)
    >>> len(verdict.witness)
    100
    """
    answers = Answers(net, goal, "bmc", name, budget, seed)
    try:
        return _deeper(answers, max_sweeps, progress)
    except UndecidedError as error:
        return answers.unknown(f"{error}; no run of few sweeps")


def _deeper(answers: Answers, max_sweeps: int, progress: ProgressCallback | None) -> Verdict:
    z3 = load_z3()
    net, goal, seed = answers.net, answers.goal, answers.seed
    limit, meter = answers.limit, answers.limit.start()
    encoding, cubes = Encoding(net, limit), Cubes(net)
    order = _order(net, cubes)
    solver: Any = z3.SolverFor("QF_LIA")
    solver.set("random_seed", 0 if seed is None else seed)
    marking: list[Any] = [z3.IntVal(n) for n in cubes.initial]
    counts: list[list[Any]] = []
    for depth in range(max_sweeps + 1):
        left = limit.remaining()
        if left is not None:
            if left <= 0:
                return answers.unknown(f"the time budget is used up; no run of {depth - 1} sweeps")
            solver.set("timeout", max(1, min(int(left * 1000), (1 << 32) - 2)))
        solver.push()
        solver.add(encoding.predicate(goal, marking))
        answer = str(solver.check())
        if answer == "sat":
            model = solver.model()
            fired = [
                number
                for sweep in counts
                for number, count in zip(order, sweep, strict=True)
                for _ in range(model.eval(count, model_completion=True).as_long())
            ]
            good = shortened(Firing(net), fired, lambda tokens: cubes.holds(goal, tokens))
            return answers.reached(good)
        if answer == "unknown":
            why = "the time budget is used up" if left is not None else solver.reason_unknown()
            return answers.unknown(f"{why}; no run of {depth - 1} sweeps")
        solver.pop()
        if not order:
            return answers.unknown("no transition can ever fire, and the initial marking is not in")
        if progress is not None:
            progress(Progress(stage="bounded model checking", states=depth, seconds=meter.seconds))
        marking = _sweep(solver, cubes, order, marking, counts, meter)
    return answers.unknown(f"no run of {max_sweeps} sweeps reaches it")


def _order(net: PetriNet, cubes: Cubes) -> list[int]:
    """Return the transitions that can ever fire, in the order in which tokens can first arrive."""
    far = steps_to_mark(net)
    rounds: dict[int, int] = {}
    for transition, needs in enumerate(cubes.needs):
        names = [net.place_ids[place] for place in needs]
        if all(name in far for name in names):
            rounds[transition] = max((far[name] for name in names), default=0)
    return sorted(rounds, key=rounds.__getitem__)


def _sweep(
    solver: Any,
    cubes: Cubes,
    order: list[int],
    marking: list[Any],
    counts: list[list[Any]],
    meter: Meter,
) -> list[Any]:
    """Add a sweep and return the marking after it."""
    z3 = load_z3()
    depth = len(counts)
    after = list(marking)
    sweep: list[Any] = []
    for transition in order:
        meter.require_time()
        count = z3.Int(f"x{transition}@{depth}")
        sweep.append(count)
        solver.add(count >= 0)
        needs, moved = cubes.needs[transition], cubes.moves[transition]
        fires = [
            after[place] >= weight + (count - 1) * max(0, -moved.get(place, 0))
            for place, weight in needs.items()
        ]
        if fires:
            solver.add(z3.Or(count == 0, z3.And(fires)))
        for place, change in moved.items():
            new = z3.Int(f"m{place}@{depth}.{transition}")
            solver.add(new == after[place] + change * count, new >= 0)
            after[place] = new
    counts.append(sweep)
    solver.add(
        z3.Sum([z3.IntVal(0), *(count for each in counts for count in each)]) <= MOST_FIRINGS
    )
    return after
