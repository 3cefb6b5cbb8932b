"""Formulas of CTL that ask for nothing but reachability, by the engines for these questions."""

from __future__ import annotations

from petri.net import PetriNet
from petri.reachable import always_reachable, invariant, reachable
from transition_systems.budget import Budget
from transition_systems.progress import ProgressCallback
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import Formula, State, Unary
from transition_systems.properties.walk import negate
from transition_systems.verdict import Outcome, Verdict

__all__ = ["reachability_formula"]


def reachability_formula(
    net: PetriNet,
    formula: Formula,
    *,
    name: str | None = None,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
) -> Verdict | None:
    """Decide ``AG P``, ``EF P``, ``AG EF P`` or ``EF AG P`` of a state predicate, in any net.

    Parameters
    ----------
    net
        Any place/transition net.
    formula
        A formula.
    name
        The property's name in the verdict; by default the formula.
    budget, progress, seed
        As for :func:`petri.reachable`.

    Returns
    -------
    Verdict or None
        As of :func:`petri.invariant`, :func:`petri.reachable` and :func:`petri.always_reachable`;
        ``EF AG P`` is answered as the opposite of ``AG EF !P``. ``None`` for other formulas.

    Examples
    --------
    >>> from transition_systems.properties.parse import parse_formula
    >>> net = PetriNet.from_arrays([[0]], [[1]], [0])
    >>> reachability_formula(net, parse_formula("AG EF p1 == 0")).outcome
    <Outcome.VIOLATED: 'VIOLATED'>
    >>> reachability_formula(net, parse_formula("AF p1 > 0")) is None
    True
    """
    text = format_formula(formula) if name is None else name
    opposite = False
    match formula:
        case Unary("AG", State(predicate)):
            ask, goal = invariant, predicate
        case Unary("EF", State(predicate)):
            ask, goal = reachable, predicate
        case Unary("AG", Unary("EF", State(predicate))):
            ask, goal = always_reachable, predicate
        case Unary("EF", Unary("AG", State(predicate))):
            ask, goal, opposite = always_reachable, negate(predicate), True
        case _:
            return None
    found = ask(net, goal, budget=budget, progress=progress, seed=seed, name=text)
    if found.unknown or not opposite:
        return found
    return found.with_(
        outcome=Outcome.HOLDS if found.violated else Outcome.VIOLATED, explanation=()
    )
