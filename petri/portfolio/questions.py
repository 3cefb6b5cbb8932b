"""What a portfolio of engines is asked, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from petri.decision import claim
from petri.net import PetriNet
from transition_systems.evidence import Evidence, PumpEvidence, RunEvidence
from transition_systems.properties.format import format_terms
from transition_systems.properties.formulas import possible
from transition_systems.properties.predicates import Compare, Comparison, Predicate
from transition_systems.run import Lasso, Run

__all__ = [
    "UNBOUNDED",
    "Answer",
    "Most",
    "Question",
    "Reach",
    "of_smaller_net",
    "own_method",
    "reached",
    "sum_is",
    "unbounded",
]

UNBOUNDED = float("inf")
SMALLER = "reduction and "


@dataclass(frozen=True, slots=True)
class Reach:
    """Is a marking that satisfies the goal reachable?"""

    goal: Predicate


@dataclass(frozen=True, slots=True)
class Most:
    """What is the largest number of tokens that these places ever hold together?

    A place that is named twice counts twice.
    """

    places: tuple[str, ...]


Question: TypeAlias = "Reach | Most"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer of one engine.

    Parameters
    ----------
    value
        A bool, or for :class:`Most` a number, :data:`UNBOUNDED` where there is none.
    method
        The engine; ``"reduction and "`` before it where it was asked about a smaller net.
    evidence
        What proves it: one piece, for a number two (that it is never exceeded, and that it is
        reached). Empty where none was asked for, or where there is none.
    lacking
        Why there is no evidence, where it was asked for, as the end of a sentence.
    """

    value: bool | float
    method: str
    evidence: tuple[Evidence, ...] = ()
    lacking: str = ""


def of_smaller_net(method: str) -> str:
    """Return the method of an engine that was asked about a smaller net with the same answers.

    Examples
    --------
    >>> of_smaller_net("explicit"), own_method(of_smaller_net("explicit")), own_method("explicit")
    ('reduction and explicit', ('explicit', True), ('explicit', False))
    """
    return SMALLER + method.removeprefix(SMALLER)


def own_method(method: str) -> tuple[str, bool]:
    """Return the engine of a method, and whether it was asked about a smaller net."""
    return method.removeprefix(SMALLER), method.startswith(SMALLER)


def reached(net: PetriNet, goal: Predicate, run: Run, method: str) -> Answer:
    """Return the answer that a run gives."""
    evidence = RunEvidence(claim=claim(net, possible(goal)), run=run)
    return Answer(value=True, method=method, evidence=(evidence,))


def unbounded(net: PetriNet, places: tuple[str, ...], pump: Lasso, method: str) -> Answer:
    """Return the answer that a pump gives which adds tokens to one of the places."""
    about = claim(net, f"unbounded {format_terms(sum_is(places, '>=', 0).terms)}")
    return Answer(value=UNBOUNDED, method=method, evidence=(PumpEvidence(claim=about, lasso=pump),))


def sum_is(places: tuple[str, ...], operator: Comparison, bound: int) -> Compare:
    """Return the predicate that compares the tokens of places with a number.

    Examples
    --------
    >>> sum_is(("p", "q", "p"), "<=", 3)
    Compare(terms=(('p', 2), ('q', 1)), op='<=', bound=3)
    """
    terms: dict[str, int] = {}
    for place in places:
        terms[place] = terms.get(place, 0) + 1
    return Compare(tuple(terms.items()), operator, bound)
