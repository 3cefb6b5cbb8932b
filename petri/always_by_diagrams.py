"""What can always be reached again, decided backwards on the symbolic state space."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from petri.decision import Decision, claim
from petri.state_space.symbolic.answers import SymbolicAnswers
from petri.state_space.symbolic.diagrams import Diagram
from petri.state_space.symbolic.shared_nodes import SharedNodes
from petri.state_space.symbolic.symbolic_runs import chained_run
from petri.state_space.symbolic.symbolic_space import SymbolicSpace
from transition_systems.budget import Budget
from transition_systems.errors import UndecidedError, UsageError
from transition_systems.evidence import DiagramEvidence, RankedDiagrams
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import Unary, always_everywhere, always_possible
from transition_systems.properties.predicates import Predicate
from transition_systems.properties.walk import negate
from transition_systems.verdict import Verdict

__all__ = ["after_listing", "always_reachable_by_diagrams", "to_list_first"]

SECONDS = 10.0
FIRST_STATES, FIRST_CELLS = 200_000, 20_000_000


def always_reachable_by_diagrams(
    answers: SymbolicAnswers, goal: Predicate, *, name: str | None = None,
    budget: Budget | None = None,
) -> Verdict:  # fmt: skip
    """Decide that from every reachable marking one with a predicate can be reached (AG EF).

    Parameters
    ----------
    answers
        The net with its symbolic state space, which is computed where it was not.
    goal
        The predicate.
    name
        The property's name in the verdict; by default the formula.
    budget
        Limits of this question; the space has those that it was asked with.

    Returns
    -------
    Verdict
        HOLDS with diagrams that grow from the goal to the whole space, VIOLATED with a run and
        the closed set, as a diagram, of all markings from which the goal is out of reach.

    Notes
    -----
    A set grows backwards from the goal: each transition is taken back from all of it until that
    adds nothing, then the next, up and down the order of the places. Each set that was added is
    a link of the evidence. The markings that are never added are closed under steps.
    K. L. McMillan: Symbolic Model Checking. Kluwer, 1993.

    Examples
    --------
    >>> from petri import PetriNet
    >>> from transition_systems.properties.parse import parse_predicate
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [3, 0])
    >>> always_reachable_by_diagrams(SymbolicAnswers(net), parse_predicate("p2 >= 2")).evidence.kind
    'ranked-diagrams'
    """
    net, space = answers.net, answers.space
    formula = always_possible(goal)
    limit = (budget or Budget()).fixed()
    decision = Decision(
        net, name or format_formula(formula), method="symbolic", methods=("symbolic",), budget=limit
    )
    decision.drawn = space
    if not space.complete:
        return decision.unknown(str(space.reason))
    store = space.system.store
    try:
        chain = _backwards(space, space.with_(goal), limit)
        lost = space.states & ~chain.reached
        if lost != store.false:
            run = chained_run(space.system, space.states, lost, budget=limit)
            tables = SharedNodes(store, limit.start())
            tables.add(lost)
            never = Unary("EF", always_everywhere(negate(goal)))
            trap = DiagramEvidence(
                claim=claim(net, never), names=net.place_ids, fields=space.arrays[0],
                nodes=tables.rows, run=run,
            )  # fmt: skip
            return decision.violated(
                trap, f"The goal is out of reach after {len(run)} step{'s' * (len(run) != 1)}."
            )
        evidence = _evidence(space, formula_of=format_formula(formula), chain=chain, limit=limit)
    except UndecidedError as error:
        return decision.unknown(str(error))
    return decision.holds(
        evidence, f"It can be reached from everywhere: {len(chain.links)} sets lead back to it."
    )


@dataclass(slots=True)
class _Chain:
    """A set that grew backwards from a goal."""

    goal: Diagram
    reached: Diagram
    links: list[tuple[int, Diagram]]


def _backwards(space: SymbolicSpace, goal: Diagram, limit: Budget) -> _Chain:
    """Return all markings from which a set can be reached, with what was added by which step."""
    system, store, meter = space.system, space.system.store, limit.start()
    order = sorted(range(len(system.tops)), key=system.tops.__getitem__)
    chain, upwards, grew = _Chain(goal, goal, []), True, True
    while grew and chain.reached != space.states:
        grew = False
        for transition in reversed(order) if upwards else order:
            while True:
                reason = meter.exhausted(bytes=store.bytes())
                if reason is not None:
                    raise UndecidedError(reason)
                back = system.moved(chain.reached, system.back(transition)) & space.states
                fresh = back & ~chain.reached
                if fresh == store.false:
                    break
                chain.links.append((transition, fresh))
                chain.reached = chain.reached | fresh
                grew = True
        upwards = not upwards
    return chain


def _evidence(
    space: SymbolicSpace, *, formula_of: str, chain: _Chain, limit: Budget
) -> RankedDiagrams:
    nodes = SharedNodes(space.system.store, limit.start())
    whole, goal = nodes.add(space.states), nodes.add(chain.goal)
    links = [(transition, nodes.add(fresh)) for transition, fresh in chain.links]
    return RankedDiagrams(
        claim=claim(space.net, formula_of), names=space.net.place_ids, fields=space.arrays[0],
        nodes=nodes.rows, whole=whole, goal=goal,
        links=np.array(links, dtype=np.int64).reshape(-1, 2),
    )  # fmt: skip


def to_list_first(budget: Budget, places: int = 0) -> Budget:
    """Return what the first list of markings may use before something else is asked.

    Parameters
    ----------
    budget
        The whole.
    places
        Of the net: of many places fewer markings are listed.

    Returns
    -------
    Budget

    Examples
    --------
    >>> to_list_first(Budget(states=10)).states
    10
    """
    left = budget.remaining()
    most = min(FIRST_STATES, FIRST_CELLS // max(1, places))
    few = replace(budget, states=min(most, most if budget.states is None else budget.states))
    return few if left is None else replace(few, seconds=left / 4).fixed()


def after_listing(
    listed: Verdict, limit: Budget, drawn: Callable[[Budget], Verdict], *, tell: bool = False
) -> Verdict:
    """Return the verdict by diagrams where there is one, else that of a list that got too long.

    Parameters
    ----------
    listed
        An UNKNOWN.
    limit
        The budget that the list was made with; what is left of its time counts, or 10 seconds
        where it has no end.
    drawn
        The decision by diagrams, which is not asked without the library of diagrams.
    tell
        Whether the reason of an UNKNOWN has that of this decision, too.

    Returns
    -------
    Verdict

    Examples
    --------
    >>> from petri import PetriNet, deadlock
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [3, 0])
    >>> listed = deadlock(net, method="explicit", budget=Budget(states=1))
    >>> after_listing(listed, Budget(seconds=1), lambda limit: listed).unknown
    True
    """
    left = limit.remaining()
    if left is not None and left <= 0:
        return listed
    try:
        verdict = drawn(Budget(seconds=SECONDS, bytes=limit.bytes) if left is None else limit)
    except UsageError:
        return listed
    if verdict.unknown and tell and verdict.reason is not None:
        return listed.with_(reason=f"{listed.reason}; {verdict.reason}")
    return listed if verdict.unknown else verdict
