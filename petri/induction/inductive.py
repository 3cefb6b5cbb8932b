"""Inductive predicates: what they are strengthened with, and the evidence that they become."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from petri.decision import claim
from petri.induction.cubes import Cube, Cubes
from petri.induction.encoding import Encoding
from petri.net import PetriNet
from petri.structure.flow_bases import small_flows
from petri.structure.siphons_traps import maximal_trap
from transition_systems.budget import OUT_OF_TIME, Budget
from transition_systems.errors import UndecidedError, UsageError
from transition_systems.evidence import Evidence, InvariantEvidence, RunEvidence
from transition_systems.properties.format import format_formula, format_predicate
from transition_systems.properties.formulas import always_everywhere, possible
from transition_systems.properties.predicates import And, Compare, Dead, Predicate, conjunction
from transition_systems.properties.walk import names_in, negate, subpredicates
from transition_systems.smt import any_of, load_z3
from transition_systems.verdict import Outcome, Statistics, Verdict

__all__ = ["Answers", "Strengthening", "UndecidedQueryError", "invariant_evidence"]

Tokens = list[int]

MOST_REMOVALS = 200


class UndecidedQueryError(UndecidedError):
    """The solver gave no answer in the time that was left."""


class Strengthening:
    """Facts about all reachable markings that follow from the arcs: flows, and marked traps.

    Flows are equations of weighted sums of tokens; a trap that has a token once always has one.
    Traps are found when a marking is met in which one is empty that has tokens at the start.

    Parameters
    ----------
    net
        Any place/transition net.
    cubes
        Its cubes.
    limit
        The time.

    Attributes
    ----------
    facts
        As predicates, each inductive on its own.
    solver
        Knows the facts, and that no number of tokens is negative.
    marking
        Its variables.
    """

    def __init__(self, net: PetriNet, cubes: Cubes, limit: Budget) -> None:
        z3 = load_z3()
        self.net, self.cubes, self.limit = net, cubes, limit
        self.encoding = Encoding(net, limit)
        self.marking: list[Any] = [z3.Int(f"m{p}") for p in range(len(net.place_ids))]
        self.solver: Any = z3.SolverFor("QF_LIA")
        self.solver.set("random_seed", 0)
        self.solver.add([tokens >= 0 for tokens in self.marking])
        self.facts: list[Predicate] = []
        self.queries = 0
        meter = limit.start()
        for flow in small_flows(net, limit):
            meter.require_time()
            assert flow.value is not None
            self._learn(Compare(flow.weights, "==", flow.value))

    def _learn(self, fact: Compare) -> None:
        self.facts.append(fact)
        self.solver.add(self.encoding.predicate(fact, self.marking))

    def ask(self, formulas: Sequence[Any], assumptions: Sequence[Any] = ()) -> Tokens | None:
        """Return a marking that the facts allow and that satisfies formulas, ``None`` for none.

        Raises
        ------
        UndecidedQueryError
            When the solver does not answer in time.
        """
        while True:
            self.queries += 1
            left = self.limit.remaining()
            if left is not None:
                if left <= 0:
                    raise UndecidedQueryError(OUT_OF_TIME)
                self.solver.set("timeout", max(1, min(int(left * 1000), (1 << 32) - 2)))
            self.solver.push()
            try:
                self.solver.add(*formulas)
                answer = str(self.solver.check(*assumptions))
                if answer == "unknown":
                    why = str(self.solver.reason_unknown())
                    short = OUT_OF_TIME if left is not None else why
                    raise UndecidedQueryError(short)
                if answer == "unsat":
                    return None
                model = self.solver.model()
                values = [model.eval(tokens, model_completion=True) for tokens in self.marking]
                tokens: Tokens = [value.as_long() for value in values]
            finally:
                self.solver.pop()
            if not self._refuted(tokens):
                return tokens

    def _refuted(self, tokens: Tokens) -> bool:
        """Learn a trap that shows a marking to be out of reach, if there is one."""
        ids, meter = self.net.place_ids, self.limit.start()
        trap = self._marked_trap([ids[p] for p, n in enumerate(tokens) if not n])
        if not trap:
            return False
        for place in trap[:MOST_REMOVALS]:
            if place in trap and not meter.out_of_time():
                trap = self._marked_trap([other for other in trap if other != place]) or trap
        self._learn(Compare(tuple((place, 1) for place in trap), ">=", 1))
        return True

    def _marked_trap(self, places: Sequence[str]) -> tuple[str, ...]:
        """Return the largest trap in a set of places if it has a token at the start, else none."""
        trap = maximal_trap(self.net, places)
        return trap if any(self.net.initial.get(place, 0) for place in trap) else ()


def invariant_evidence(
    net: PetriNet, goal: Predicate, invariant: Predicate, *, budget: Budget | None = None
) -> InvariantEvidence:
    """Return the evidence that a goal is never reached, by an inductive predicate outside it.

    Parameters
    ----------
    net, goal
        What is never reached.
    invariant
        Holds initially, is kept by every step, and excludes the goal.
    budget
        Seconds.

    Returns
    -------
    InvariantEvidence
        With a script of three queries, all unsatisfiable, in which ``m0``, ``m1``, ... are the
        tokens of the places in the order of the net. For each transition the script names the
        parts of the predicate that the change of their sum alone does not show to be kept.

    Raises
    ------
    UndecidedError
        When the time is used up.
    """
    z3 = load_z3()
    meter = (budget or Budget()).start()
    encoding = Encoding(net, budget)
    now: list[Any] = [z3.Int(f"m{p}") for p in range(len(net.place_ids))]
    held = encoding.predicate(invariant, now)
    start = net.initial.to_array(net.place_ids).tolist()
    first = [m == n for m, n in zip(now, start, strict=True)]
    parts = invariant.operands if isinstance(invariant, And) else (invariant,)
    near: dict[str, list[int]] = {}
    anywhere: list[int] = []
    for number, part in enumerate(parts):
        names = _counted(part)
        if names is None:
            anywhere.append(number)
        for name in dict.fromkeys(names or ()):
            near.setdefault(name, []).append(number)
    steps: list[Any] = []
    for number in range(len(net.transition_ids)):
        meter.require_time()
        effect = encoding.effect(number)
        after = list(now)
        for place, delta in effect.items():
            after[place] = now[place] + delta
        moved = {net.place_ids[place]: delta for place, delta in effect.items()}
        concerned = {*anywhere, *(part for name in moved for part in near.get(name, ()))}
        lost = [
            z3.Not(encoding.predicate(parts[part], after))
            for part in sorted(concerned)
            if not _kept(parts[part], moved)
        ]
        if lost:
            steps.append(z3.And(encoding.enabled(number, now), any_of(lost)))
    natural = [m >= 0 for m in now]
    lines = ["(set-logic QF_LIA)"]
    lines += [f"(declare-fun m{p} () Int)" for p in range(len(now))]
    meter.require_time()
    for title, query in (
        ("The initial marking is outside the invariant.", [*first, z3.Not(held)]),
        ("A step leads out of it.", [*natural, held, any_of(steps)]),
        ("It meets the goal.", [*natural, held, encoding.predicate(goal, now)]),
    ):
        lines += [f"; {title}", "(push 1)"]
        lines += [f"(assert {term.sexpr()})" for term in query]
        lines += ["(check-sat)", "(pop 1)"]
    return InvariantEvidence(
        claim=claim(net, always_everywhere(negate(goal))),
        invariant=format_predicate(invariant),
        smtlib="\n".join([*lines, ""]),
    )


def _kept(part: Predicate, moved: dict[str, int]) -> bool:
    """Return whether a part that holds surely holds after a change of some places."""
    names = _counted(part)
    if names is None:
        return False
    if not isinstance(part, Compare):
        return moved.keys().isdisjoint(names)
    change = sum(factor * moved.get(name, 0) for name, factor in part.terms)
    if part.op in (">=", ">"):
        return change >= 0
    return change <= 0 if part.op in ("<=", "<") else change == 0


def _counted(part: Predicate) -> Sequence[str] | None:
    """Return the places that a part is about; ``None`` where it says what is enabled."""
    names = names_in(part)
    if names[1] or any(isinstance(node, Dead) for node in subpredicates(part)):
        return None
    return names[0]


class Answers:
    """The shape of the answers of one decision about ``EF goal``.

    Parameters
    ----------
    net, goal
        The question.
    method
        The engine's name.
    name, budget, seed
        As for every engine.
    """

    def __init__(
        self, net: PetriNet, goal: Predicate, method: str, name: str | None,
        budget: Budget | None, seed: int | None,
    ) -> None:  # fmt: skip
        self.net, self.goal, self.method, self.seed = net, goal, method, seed
        self.limit = (budget or Budget()).fixed()
        self.started = time.monotonic()
        self.name = name or format_formula(possible(goal))

    def _verdict(self, outcome: Outcome, evidence: Evidence | None, text: str) -> Verdict:
        unknown = outcome is Outcome.UNKNOWN
        return Verdict(
            property=self.name, outcome=outcome, evidence=evidence, seed=self.seed,
            statistics=Statistics(method=self.method, seconds=time.monotonic() - self.started),
            reason=text if unknown else None, explanation=() if unknown else (text,),
        )  # fmt: skip

    def reached(self, transitions: Sequence[int]) -> Verdict:
        """Return HOLDS with the run of a firing sequence; UNKNOWN where its tokens are too many."""
        try:
            run = self.net.run(self.net.initial, transitions)
        except UsageError as error:
            return self.unknown(f"it is reached, but {error}")
        evidence = RunEvidence(claim=claim(self.net, possible(self.goal)), run=run)
        text = f"It is reached after {len(run)} step{'' if len(run) == 1 else 's'}."
        return self._verdict(Outcome.HOLDS, evidence, text)

    def excluded(
        self, facts: Sequence[Predicate], blocked: Sequence[Cube], cubes: Cubes
    ) -> Verdict:
        """Return VIOLATED by facts and by cubes that are never reached."""
        parts = [*facts, *(cubes.predicate(cube) for cube in blocked)]
        return self.invariant(conjunction(*parts))

    def invariant(self, invariant: Predicate) -> Verdict:
        """Return VIOLATED by an inductive predicate outside the goal."""
        evidence = invariant_evidence(self.net, self.goal, invariant, budget=self.limit)
        text = "An inductive predicate that holds initially excludes it."
        return self._verdict(Outcome.VIOLATED, evidence, text)

    def unknown(self, reason: str) -> Verdict:
        """Return UNKNOWN."""
        return self._verdict(Outcome.UNKNOWN, None, reason)
