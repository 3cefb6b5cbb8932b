"""Answers about a net from its symbolic state space, with the diagram as evidence."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from petri.covering_walks import covering_walks
from petri.decision import Decision, claim
from petri.net import PetriNet
from petri.state_space.symbolic.exploring_symbolic import symbolic_state_space
from petri.state_space.symbolic.symbolic_space import SymbolicSpace
from transition_systems.budget import Budget
from transition_systems.errors import UndecidedError
from transition_systems.evidence import (
    Claim,
    DiagramEvidence,
    Evidence,
    Parts,
    PumpEvidence,
    RunEvidence,
)
from transition_systems.progress import ProgressCallback
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import always_everywhere, possible
from transition_systems.properties.predicates import (
    Enabled,
    Not,
    Predicate,
    at_least,
    conjunction,
)
from transition_systems.properties.walk import negate
from transition_systems.run import Run
from transition_systems.verdict import Verdict

__all__ = ["SymbolicAnswers", "diagram_evidence"]

METHOD = "symbolic"


class _Stuck(Exception):
    """There is no answer; the verdict says why."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.reason)
        self.verdict = verdict


def diagram_evidence(space: SymbolicSpace, made: Claim, *, run: Run | None = None) -> Evidence:
    """Return the diagram of a complete space as evidence for a claim.

    Parameters
    ----------
    space
        A complete symbolic state space.
    made
        ``AG`` of a predicate that holds in all its markings, or ``bounded by k``.
    run
        For ``bounded by k``, a run that reaches ``k``.

    Returns
    -------
    DiagramEvidence
        All pieces of one space share their arrays, which are checked once then.

    Examples
    --------
    >>> from petri import PetriNet
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [3, 0])
    >>> space = symbolic_state_space(net)
    >>> len(diagram_evidence(space, claim(net, "AG p1 <= 3")).nodes)
    9
    """
    fields, nodes = space.arrays
    return DiagramEvidence(
        claim=made, names=space.net.place_ids, fields=fields, nodes=nodes, run=run
    )


class SymbolicAnswers:
    """A net that is asked by way of its symbolic state space.

    Parameters
    ----------
    net
        Any place/transition net.
    budget, progress
        Limits for the state space and each answer, and a callback.
    space
        The symbolic state space, if it was computed before.
    seed
        Written into the verdicts; not needed.

    Notes
    -----
    HOLDS for all markings is shown by the diagram as an inductive set. A run is in
    general not a shortest one.

    Examples
    --------
    >>> from transition_systems.properties.parse import parse_predicate
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [3, 0])
    >>> answers = SymbolicAnswers(net)
    >>> answers.invariant(parse_predicate("p1 + p2 == 3")).evidence.kind
    'decision-diagram'
    >>> answers.reachable(parse_predicate("p2 >= 2")).witness.actions
    ('t1', 't1')
    """

    def __init__(
        self,
        net: PetriNet,
        *,
        budget: Budget | None = None,
        progress: ProgressCallback | None = None,
        space: SymbolicSpace | None = None,
        seed: int | None = None,
    ) -> None:
        self.net = net
        self._budget = (budget or Budget()).fixed()
        self._progress, self._seed = progress, seed
        if space is not None:
            self.__dict__["space"] = space

    @cached_property
    def space(self) -> SymbolicSpace:
        """The symbolic state space; perhaps partial."""
        return symbolic_state_space(self.net, budget=self._budget, progress=self._progress)

    def _decision(self, name: str) -> Decision:
        """Return the shape of an answer."""
        decision = Decision(
            self.net, name, method=METHOD, methods=(METHOD,),
            budget=self._budget, progress=self._progress, seed=self._seed,
        )  # fmt: skip
        decision.drawn = self.space
        return decision

    def _run_to(self, decision: Decision, goal: Predicate) -> Run | None:
        """Return a run to a marking, ``None`` where there is none; or stop with a verdict."""
        if not self.space.complete:
            raise _Stuck(decision.unknown(str(self.space.reason)))
        try:
            return self.space.run_to_some(goal, shortest=False, budget=self._budget)
        except UndecidedError as error:
            raise _Stuck(decision.unknown(f"such a marking is reachable, but {error}")) from error

    def invariant(self, good: Predicate, *, name: str | None = None) -> Verdict:
        """Decide ``AG P``: HOLDS with the diagram, VIOLATED with a run."""
        formula = always_everywhere(good)
        decision = self._decision(name or format_formula(formula))
        try:
            run = self._run_to(decision, negate(good))
        except _Stuck as stuck:
            return stuck.verdict
        if run is not None:
            bad = claim(self.net, possible(negate(good)))
            return decision.violated(RunEvidence(claim=bad, run=run), _after("It fails", run))
        return decision.holds(
            diagram_evidence(self.space, claim(self.net, formula)),
            f"All {self._count()} reachable states satisfy it.",
        )

    def reachable(self, goal: Predicate, *, name: str | None = None) -> Verdict:
        """Decide ``EF P``: HOLDS with a shortest run, VIOLATED with the diagram."""
        formula = possible(goal)
        decision = self._decision(name or format_formula(formula))
        try:
            run = self._run_to(decision, goal)
        except _Stuck as stuck:
            return stuck.verdict
        if run is not None:
            shown = RunEvidence(claim=claim(self.net, formula), run=run)
            return decision.holds(shown, _after("It is reached", run))
        never = claim(self.net, always_everywhere(negate(goal)))
        return decision.violated(
            diagram_evidence(self.space, never),
            f"None of the {self._count()} reachable states satisfies it.",
        )

    def bounded(self, *, name: str = "boundedness") -> Verdict:
        """Decide boundedness: HOLDS with the diagram and a run to the bound, VIOLATED by a pump."""
        decision, net = self._decision(name), self.net
        if self.space.pump is not None:
            return decision.violated(
                PumpEvidence(claim=claim(net, "unbounded"), lasso=self.space.pump),
                "Some steps can be repeated for ever and add tokens each time.",
            )
        try:
            run = self._run_to(decision, conjunction())
            bounds = self.space.bounds()
            bound = max(bounds.values(), default=0)
            if bound:
                place = next(place for place, most in bounds.items() if most == bound)
                run = self._run_to(decision, at_least(place, bound))
        except _Stuck as stuck:
            return stuck.verdict
        return decision.holds(
            diagram_evidence(self.space, claim(net, f"bounded by {bound}"), run=run),
            f"No place ever holds more than {bound} token{'' if bound == 1 else 's'}.",
        )

    def occur(self, groups: Mapping[str, Sequence[str]] | None = None, *, name: str) -> Verdict:
        """Decide that of each group some transition occurs: HOLDS with runs, VIOLATED by the set.

        Without groups each transition is one.
        """
        net, decision = self.net, self._decision(name)
        wanted = {t: (t,) for t in net.transition_ids} if groups is None else groups
        if not self.space.complete:
            return decision.unknown(str(self.space.reason))
        arcs = self.space.arcs_of
        silent = [group for group, members in wanted.items() if not any(arcs[t] for t in members)]
        if silent:
            never = conjunction(*(Not(Enabled(t)) for t in wanted[silent[0]]))
            listed = ", ".join(silent[:5])
            more = f" and {len(silent) - 5} more" if len(silent) > 5 else ""
            return decision.violated(
                diagram_evidence(self.space, claim(net, always_everywhere(never))),
                f"No run contains {listed}{more}.",
            )
        shown: set[str] = set()
        parts: list[tuple[str, Evidence]] = []

        def show(run: Run) -> None:
            fresh = [t for t in dict.fromkeys(run.actions) if t not in shown]
            shown.update(fresh)
            text = f"occur {json.dumps(fresh, ensure_ascii=False)}"
            piece = RunEvidence(claim=claim(net, text), run=run)
            parts.append((f"run {len(parts) + 1}", piece))

        for run in covering_walks(net, wanted.values(), budget=self._budget):
            show(run)
        try:
            for members in wanted.values():
                if shown.isdisjoint(members):
                    transition = max(members, key=lambda t: arcs[t])
                    found = self._run_to(decision, Enabled(transition))
                    assert found is not None
                    show(net.run(net.initial, [*found.actions, transition]))
        except _Stuck as stuck:
            return stuck.verdict
        listing = json.dumps([list(members) for members in wanted.values()], ensure_ascii=False)
        everything = Parts(claim=claim(net, f"occur-groups {listing}"), parts=tuple(parts))
        return decision.holds(everything, f"All {len(wanted)} of them occur in some run.")

    def _count(self) -> str:
        states = self.space.n_states
        # Longer numbers are not told digit by digit: the interpreter limits their conversion.
        if states < 10**15:
            return f"{states:,}"
        return f"about 10^{_power_of_ten(states)}"


def _power_of_ten(number: int) -> int:
    """Return the largest power of ten below a number, from its binary digits."""
    digits = number.bit_length()
    leading = number >> max(0, digits - 60)
    return int((np.log2(leading) + max(0, digits - 60)) * np.log10(2))


def _after(what: str, run: Run) -> str:
    count = len(run)
    if count == 0:
        return f"{what} at the very start."
    return f"{what} after {count} step{'' if count == 1 else 's'}."
