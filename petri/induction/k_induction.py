"""k-induction by exact predecessors: no way of fewer than k steps leads into the goal.

What is k-inductive becomes inductive when the markings from which a goal is less than k steps away
are named: these are cubes, predecessors of predecessors of the goal. So the proof is a predicate
that any solver can check in one step.
"""

from __future__ import annotations

from petri.induction.cubes import Cube, Cubes, inside, subsumes
from petri.induction.inductive import Answers, Strengthening
from petri.net import PetriNet
from transition_systems.budget import Budget
from transition_systems.errors import UndecidedError, UsageError
from transition_systems.progress import Progress, ProgressCallback
from transition_systems.properties.predicates import Predicate
from transition_systems.smt import load_z3
from transition_systems.verdict import Verdict

__all__ = ["k_induction"]


def k_induction(
    net: PetriNet,
    goal: Predicate,
    *,
    max_k: int = 50,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
    name: str | None = None,
) -> Verdict:
    """Decide whether some reachable marking satisfies a goal (EF), by k-induction.

    Parameters
    ----------
    net, goal
        Any net, bounded or not, and the predicate.
    max_k
        The largest k tried.
    budget, progress, seed, name
        As for every engine; a callback is told at each k. Its seconds count, and its states are
        the cubes.

    Returns
    -------
    Verdict
        HOLDS with a shortest run, VIOLATED with an inductive predicate.

    Notes
    -----
    Strengthened with flows and with marked traps. For a goal that only asks for tokens this is the
    backward search of coverability, which ends on every net. At most ``transitions ** k`` cubes.
    M. Sheeran, S. Singh, G. Stalmarck: Checking safety properties using induction and a SAT
    solver. FMCAD 2000; P. A. Abdulla et al.: General decidability theorems for infinite-state
    systems. LICS 1996.

    Examples
    --------
    >>> from transition_systems.properties.predicates import at_least
    >>> net = PetriNet(places=["p", "q"], transitions=["t"], arcs=[("t", "q"), ("p", "t"),
    ...                                                            ("t", "p")], initial=["p"])
    >>> k_induction(net, at_least("p", 2)).evidence.invariant
    'p == 1'
    >>> k_induction(net, at_least("q", 3)).witness.actions
    ('t', 't', 't')
    """
    answers = Answers(net, goal, "k-induction", name, budget, seed)
    try:
        return _decide(answers, max_k, progress)
    except UndecidedError as error:
        return answers.unknown(str(error))


def _decide(answers: Answers, max_k: int, progress: ProgressCallback | None) -> Verdict:
    if max_k < 1:
        raise UsageError(f"k is at least 1, found {max_k}")
    net, goal, limit = answers.net, answers.goal, answers.limit
    cubes, meter = Cubes(net), limit.start()
    known = Strengthening(net, cubes, limit)
    if cubes.holds(goal, cubes.initial):
        return answers.reached(())
    blocked: list[Cube] = []
    ways: dict[Cube, tuple[int, ...]] = {}

    def block(cube: Cube, way: tuple[int, ...]) -> None:
        z3 = load_z3()

        blocked.append(cube)
        ways[cube] = way
        known.solver.add(z3.Not(cubes.term(cube, known.marking)))

    wanted = known.encoding.predicate(goal, known.marking)
    layer: list[Cube] = []
    while True:
        found = known.ask([wanted])
        if found is None:
            break
        cube = cubes.implicant(goal, found)
        block(cube, ())
        layer.append(cube)
    for k in range(1, max_k + 1):
        if not layer:
            return answers.excluded(known.facts, blocked, cubes)
        if progress is not None:
            seconds = meter.seconds
            progress(Progress(stage=f"k-induction, k = {k}", states=len(blocked), seconds=seconds))
        fresh: list[Cube] = []
        for cube in layer:
            for transition in cubes.entering(cube):
                reason = meter.exhausted(states=len(blocked))
                if reason is not None:
                    return answers.unknown(f"{reason}; it takes more than {k - 1} steps")
                before = cubes.before(cube, transition)
                if before is None or any(subsumes(other, before) for other in blocked):
                    continue
                way = (transition, *ways[cube])
                if inside(before, cubes.initial):
                    return answers.reached(way)
                if known.ask([cubes.term(before, known.marking)]) is not None:
                    block(before, way)
                    fresh.append(before)
        layer = fresh
    return answers.unknown(f"it is not {max_k}-inductive, and no run of {max_k} steps reaches it")
