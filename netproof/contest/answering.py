"""Answers to the questions of a category, engine after engine, within one deadline."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np

from netproof.contest.categories import ContestQuestion
from netproof.contest.facts import DrawnFacts, Facts, ListedFacts
from petri import coverability_graph
from petri.induction.state_equation import refute_reachability
from petri.net import PetriNet
from petri.state_space.choosing import state_space
from petri.state_space.space import StateSpace
from petri.structure.bounds import place_bounds
from transition_systems.budget import Budget
from transition_systems.errors import UsageError
from transition_systems.properties.formulas import State, Unary
from transition_systems.properties.predicates import Dead, Predicate
from transition_systems.properties.walk import names_in, negate

__all__ = ["ContestAnswers"]

FIRST_STATES = 100_000
UNBOUNDED = "inf"
Answered = tuple[str, str]


class ContestAnswers:
    """The questions of one category, answered as far as the time goes.

    Parameters
    ----------
    net
        The net.
    questions
        In the order in which they are printed.
    deadline
        Absolute time of :func:`time.monotonic`.
    tell
        Called with the number of a question, its answer and the technique, once for each question
        that is answered.

    Notes
    -----
    First the markings are listed up to 100,000: what is found there is certain. Then bounds that
    follow from the structure; then all markings, listed or as a diagram; then, for what is left,
    the state equation. An unbounded net is asked by its coverability graph where that is exact.
    """

    def __init__(
        self,
        net: PetriNet,
        questions: Sequence[ContestQuestion],
        *,
        deadline: float,
        tell: Callable[[int, str, str], None],
    ) -> None:
        self.net = net
        self.questions = questions
        self.deadline = deadline
        self.tell = tell
        self.open = dict(enumerate(questions))
        self.upper: dict[str, int | None] = {}
        self.seen: dict[int, int] = {}

    def run(self) -> None:
        """Answer what can be answered."""
        self._check_names()
        first = Budget(states=FIRST_STATES, seconds=self._left() / 6)
        space = state_space(self.net, method="explicit", budget=first)
        self._ask(ListedFacts(space))
        if space.unbounded:
            self._unbounded()
        elif self.open and not space.complete:
            self._structure()
            self._everything()
        self._equation()

    def _left(self) -> float:
        return max(0.0, self.deadline - time.monotonic())

    def _check_names(self) -> None:
        places, transitions = set(self.net.place_ids), set(self.net.transition_ids)
        for question in self.questions:
            counters: Sequence[str] = question.places
            enabled: Sequence[str] = ()
            if question.formula is not None:
                counters, enabled = names_in(_everywhere(question)[0])
            for name, known, kind in (
                *((name, places, "place") for name in counters),
                *((name, transitions, "transition") for name in enabled),
            ):
                if name not in known:
                    raise UsageError(f"{question.id} names {name!r}, which is no {kind} of the net")

    def _say(self, number: int, answer: bool | int | str, technique: str) -> None:
        del self.open[number]
        text = {True: "TRUE", False: "FALSE"}[answer] if isinstance(answer, bool) else str(answer)
        self.tell(number, text, technique)

    def _ask(self, facts: Facts) -> None:
        """Ask one engine everything that is open."""
        for number, question in list(self.open.items()):
            if self._left() == 0.0:
                return
            answer = self._answer(number, question, facts)
            if answer is not None:
                self._say(number, answer, facts.technique)

    def _answer(self, number: int, question: ContestQuestion, facts: Facts) -> bool | int | None:
        match question.category:
            case "RD":
                return facts.exists(Dead())
            case "OS":
                most, exact = facts.most_in_place()
                return False if most > 1 else (True if exact else None)
            case "QL":
                return facts.quasi_live()
            case "SM":
                return facts.stable()
            case "L":
                return facts.live(Budget(seconds=self._left()))
            case "UB":
                most, exact = facts.greatest(question.places)
                self.seen[number] = max(most, self.seen.get(number, 0))
                return most if exact else None
            case _:
                predicate, everywhere = _everywhere(question)
                found = facts.exists(negate(predicate) if everywhere else predicate)
                return None if found is None else found != everywhere

    def _structure(self) -> None:
        """Compare what was seen with bounds that follow from the structure."""
        if not any(question.category in ("OS", "UB") for question in self.open.values()):
            return
        self.upper = place_bounds(self.net)
        for number, question in list(self.open.items()):
            if question.category == "OS":
                if all(bound is not None and bound <= 1 for bound in self.upper.values()):
                    self._say(number, answer=True, technique="STRUCTURAL")
            elif question.category == "UB":
                bounds = [self.upper[place] for place in question.places]
                total = sum(bound for bound in bounds if bound is not None)
                if None not in bounds and total == self.seen.get(number):
                    self._say(number, total, "STRUCTURAL EXPLICIT")

    def _everything(self) -> None:
        """List or draw all markings."""
        space = state_space(self.net, budget=Budget(seconds=0.75 * self._left()))
        if space.unbounded:
            self._unbounded()
        elif isinstance(space, StateSpace):
            self._ask(ListedFacts(space))
        elif space.complete:
            self._ask(DrawnFacts(space))

    def _unbounded(self) -> None:
        """Ask the coverability graph what it knows exactly: bounds, and dead transitions."""
        for number, question in list(self.open.items()):
            if question.category == "OS":
                self._say(number, answer=False, technique="COVERABILITY_GRAPH")
        asked = {n: q for n, q in self.open.items() if q.category in ("QL", "UB")}
        if not asked:
            return
        graph = coverability_graph(self.net, budget=Budget(seconds=self._left() / 2))
        if not graph.complete:
            return
        for number, question in asked.items():
            if question.category == "QL":
                fired = len(np.unique(graph.arcs[:, 1]))
                self._say(number, fired == len(self.net.transition_ids), "COVERABILITY_GRAPH")
                continue
            columns = [self.net.place_index(place) for place in question.places]
            if not set(question.places).isdisjoint(graph.unbounded_places):
                self._say(number, UNBOUNDED, "COVERABILITY_GRAPH")
            else:
                most = int(graph.nodes[:, columns].sum(axis=1).max())
                self._say(number, most, "COVERABILITY_GRAPH")

    def _equation(self) -> None:
        """Refute what is open by the state equation."""
        asked = [(n, q) for n, q in self.open.items() if q.category in ("RD", "RC", "RF")]
        for place, (number, question) in enumerate(asked):
            left = self._left()
            if left < 0.1:
                return
            dead: tuple[Predicate, bool] = (Dead(), False)
            predicate, everywhere = dead if question.formula is None else _everywhere(question)
            goal: Predicate = negate(predicate) if everywhere else predicate
            share = Budget(seconds=left / (len(asked) - place))
            if refute_reachability(self.net, goal, budget=share) is not None:
                self._say(number, answer=everywhere, technique="STATE_EQUATION SAT_SMT")


def _everywhere(question: ContestQuestion) -> tuple[Predicate, bool]:
    """Return the predicate of ``AG P`` (true) or ``EF P`` (false)."""
    formula = question.formula
    assert isinstance(formula, Unary)
    assert isinstance(formula.operand, State)
    return formula.operand.predicate, formula.operator == "AG"
