"""Answering the formulas of one category, by a portfolio of engines."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from netproof.contest.branching import BranchingAnswers
from netproof.contest.categories import ContestQuestion
from netproof.contest.linear import LinearAnswers, of_paths
from netproof.contest.liveness import liveness
from netproof.contest.questions import Asked, Shown, asked_of, everywhere
from petri.net import PetriNet
from petri.portfolio import Answer, Batch
from petri.portfolio.questions import UNBOUNDED, own_method
from transition_systems.budget import Budget
from transition_systems.errors import UnlistedError, UnsupportedError, UsageError
from transition_systems.properties.walk import names_in_formula
from transition_systems.temporal.ctl_program import ctl_program
from transition_systems.temporal.ltl_questions import linear_formula

__all__ = ["ContestAnswers"]

# The engines in the words of the contest.
TECHNIQUES = {
    "explicit": "EXPLICIT", "symbolic": "DECISION_DIAGRAMS", "walks": "RANDOM_WALK",
    "state-equation": "STATE_EQUATION TRAPS LINEAR_PROGRAMMING", "pdr": "SAT_SMT INDUCTION",
    "pump": "COVERABILITY_GRAPH", "coverability": "COVERABILITY_GRAPH",
    "structure": "STRUCTURAL", "unfolding": "UNFOLDING_TO_PT SAT_SMT",
    "stubborn-sets": "STUBBORN_SETS",
}  # fmt: skip
BRANCHING, LINEAR = ("CTLC", "CTLF"), ("LTLC", "LTLF")
Tell = Callable[[int, str, str], None]
Keep = Callable[[int, list[Shown]], None]
Warn = Callable[[str], None]


def techniques(method: str) -> str:
    """Return an engine in the words of the contest.

    Examples
    --------
    >>> techniques("reduction and explicit")
    'STRUCTURAL_REDUCTION EXPLICIT'
    """
    engine, smaller = own_method(method)
    return f"STRUCTURAL_REDUCTION {TECHNIQUES[engine]}" if smaller else TECHNIQUES[engine]


class ContestAnswers:
    """The formulas of a category and a net.

    Parameters
    ----------
    net
        The net.
    questions
        The formulas.
    deadline
        Absolute time of :func:`time.monotonic`.
    tell
        Called with the number of a question, its answer and the technique, once for each question
        that is answered.
    keep
        Called after that with what proves the answer, where that is wanted.
    warn
        Told why formulas cannot be computed.

    Raises
    ------
    UsageError
        When a formula names what the net does not have.
    """

    def __init__(
        self,
        net: PetriNet,
        questions: Sequence[ContestQuestion],
        *,
        deadline: float,
        tell: Tell,
        keep: Keep | None = None,
        warn: Warn | None = None,
        parallel: bool = True,
    ) -> None:
        self.net = net
        self.questions = questions
        self.deadline = deadline
        self.tell, self.keep, self.warn = tell, keep, warn
        self._refused: set[int] = set()
        self._parallel = parallel
        self._asked: dict[int, Asked] = {}
        self._owner: list[tuple[int, str]] = []

    def run(self) -> None:
        """Answer what can be answered."""
        self._check_names()
        for number, question in enumerate(self.questions):
            reason = _refused(question)
            if reason is not None:
                self._refused.add(number)
                self._warned(f"{question.id}: {reason}")
                self.tell(number, "CANNOT_COMPUTE", "NONE")
            elif question.category == "L":
                self._live(number)
            elif question.category in (*BRANCHING, *LINEAR):
                continue
            else:
                self._asked[number] = asked = asked_of(self.net, question)
                self._owner += [(number, name) for name in asked.parts]
                if not asked.parts:
                    self._say(number, not asked.fails, "structure", [])
        self._temporal()
        self._batch = Batch(
            self.net,
            [self._asked[number].parts[name] for number, name in self._owner],
            budget=Budget(deadline=self.deadline),
            tell=self._take,
            evidence=self.keep is not None,
            parallel=self._parallel,
        )
        self._batch.run()

    def _check_names(self) -> None:
        places, transitions = set(self.net.place_ids), set(self.net.transition_ids)
        for question in self.questions:
            counters: Sequence[str] = question.places
            enabled: Sequence[str] = ()
            if question.formula is not None:
                counters, enabled = names_in_formula(question.formula)
            for name, known, kind in (
                *((name, places, "place") for name in counters),
                *((name, transitions, "transition") for name in enabled),
            ):
                if name not in known:
                    raise UsageError(f"{question.id} names {name!r}, which is no {kind} of the net")

    def _temporal(self) -> None:
        """Answer the formulas of branching and of linear time."""
        for categories, engine in ((BRANCHING, BranchingAnswers), (LINEAR, LinearAnswers)):
            asked = [
                (number, question)
                for number, question in enumerate(self.questions)
                if question.category in categories and number not in self._refused
            ]
            if not asked:
                continue
            try:
                engine(
                    self.net, asked, deadline=self.deadline, say=self._say,
                    evidence=self.keep is not None, parallel=self._parallel,
                ).run()  # fmt: skip
            except UnlistedError as error:  # their lines say that they were not computed
                self._warned(str(error))

    def _live(self, number: int) -> None:
        try:
            found = liveness(self.net, self.deadline)
        except UnlistedError as error:
            self._warned(str(error))
            return
        if found is not None:
            self._say(number, *found)

    def _warned(self, reason: str) -> None:
        if self.warn is not None:
            self.warn(reason)

    def _take(self, part: int, answer: Answer) -> None:
        """Take the answer of a part; forget what else its formula asked once that is decided."""
        number, name = self._owner[part]
        asked = self._asked[number]
        value = asked.take(name, answer)
        if value is None:
            return
        for other, (owner, _) in enumerate(self._owner):
            if owner == number:
                self._batch.close(other)
        shown = asked.shown() if self.keep is not None else []
        self._say(number, value, answer.method, shown)

    def _say(self, number: int, value: bool | float, method: str, shown: list[Shown]) -> None:
        if isinstance(value, bool):
            text = "TRUE" if value else "FALSE"
        else:
            text = "inf" if value == UNBOUNDED else str(int(value))
        self.tell(number, text, techniques(method))
        if self.keep is not None and shown:
            self.keep(number, shown)


def _refused(question: ContestQuestion) -> str | None:
    """Return why a formula cannot be asked: an operator, or that it is of another category."""
    if question.refused is not None or question.formula is None:
        return question.refused
    try:
        if question.category in BRANCHING:
            ctl_program(question.formula)
        elif question.category in LINEAR:
            linear_formula(of_paths(question.formula))
        else:
            everywhere(question)
    except UnsupportedError as error:
        return str(error)
    return None
