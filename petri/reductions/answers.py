"""Answers about a net from the state space of its reduction."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import Literal

from petri.boundedness import bounded
from petri.deadlock import deadlock, stuck
from petri.decision import claim, final_predicate
from petri.liveness import no_dead_transitions
from petri.net import PetriNet
from petri.reachable import always_reachable, invariant, when
from petri.reductions.preserved import Preserved
from petri.reductions.reduce import FEW, LOSSY, reduce_net
from petri.reductions.reduction import Reduction
from petri.soundness.goal import SoundnessGoal
from petri.state_space.exploring import explore_or_pump
from petri.state_space.reachability import ReachabilityGraph
from transition_systems.budget import Budget
from transition_systems.evidence import (
    BoundEvidence,
    Claim,
    Parts,
    PumpEvidence,
    ReductionEvidence,
    RunEvidence,
    TrapEvidence,
)
from transition_systems.progress import ProgressCallback
from transition_systems.properties.formulas import (
    Unary,
    always_everywhere,
    always_possible,
    possible,
)
from transition_systems.properties.predicates import (
    Dead,
    Enabled,
    Not,
    Predicate,
    at_most,
    conjunction,
    disjunction,
)
from transition_systems.properties.walk import negate
from transition_systems.run import Lasso
from transition_systems.verdict import Verdict

__all__ = ["ReducedNet"]


class ReducedNet:
    """A net that is asked by way of a smaller one.

    Parameters
    ----------
    net
        Any place/transition net.
    goal
        The goal of soundness, where that will be asked.
    places
        The places whose safeness will be asked; ``None`` for all.
    also
        Predicates of which it will be asked whether a marking that satisfies them is reachable.
    budget, progress
        Limits for the reduction and for the state space of the reduced net, and a callback.
    few
        As for :func:`petri.reductions.reduce_net`.
    bounds
        What of the bounds the reduction keeps; with ``"none"``, :attr:`pump` may be ``None``
        though the net is unbounded. What it does not keep, and markings without successors, are
        asked of another reduction, made where that is needed.

    Attributes
    ----------
    reduction
        The reduction.
    proving
        The budget of what is asked of the states that were found; at first that of the search.

    Notes
    -----
    The evidence of an answer is a run of the net itself, or the steps of the reduction with
    evidence about the reduced net. A run is in general not a shortest one.

    Examples
    --------
    >>> chain = PetriNet.from_arrays([[1, 0], [0, 1], [0, 0]], [[0, 0], [1, 0], [0, 1]], [1, 0, 0])
    >>> small = ReducedNet(chain)
    >>> small.graph.n_states, small.safe().outcome
    (1, <Outcome.HOLDS: 'HOLDS'>)
    """

    def __init__(
        self,
        net: PetriNet,
        *,
        goal: SoundnessGoal | None = None,
        places: Sequence[str] | None = None,
        also: Sequence[Predicate] = (),
        budget: Budget | None = None,
        progress: ProgressCallback | None = None,
        few: int = FEW,
        bounds: Literal["least", "finite", "none"] = "finite",
    ) -> None:
        self.net = net
        self.goal = goal
        self.places = net.place_ids if places is None else tuple(places)
        invariants: list[Predicate] = [self._safe_predicate()]
        invariants.extend(negate(predicate) for predicate in also)
        if goal is not None:
            invariants.append(goal.proper)
        preserved = Preserved(
            completion=None if goal is None else goal.completion, invariants=tuple(invariants),
            bounds=bounds, deadlock=False,
        )  # fmt: skip
        self.reduction: Reduction = reduce_net(net, preserved, budget=budget, few=few)
        self._few = few
        self._other: ReducedNet | None = None
        self._budget, self._progress = budget, progress
        self.proving = budget
        self._space: tuple[ReachabilityGraph, Lasso | None] | None = None

    def _strict(self) -> ReducedNet:
        """Return this, or with another reduction where this one may not preserve bounds and ends.

        All of these are preserved where only rules were applied that are always allowed.
        """
        if all(step[0] not in LOSSY for step in self.reduction.steps):
            return self
        if self._other is None:
            other = copy(self)
            other.reduction = reduce_net(self.net, Preserved(), budget=self._budget, few=self._few)
            other._space = None
            self._other = other
        return self._other

    def _explored(self) -> tuple[ReachabilityGraph, Lasso | None]:
        if self._space is None:
            self._space = explore_or_pump(
                self.reduction.reduced, budget=self._budget, progress=self._progress
            )
        return self._space

    @property
    def graph(self) -> ReachabilityGraph:
        """The state space of the reduced net, explored on first use; perhaps partial."""
        return self._explored()[0]

    @property
    def pump(self) -> Lasso | None:
        """A pump of the reduced net, if it is unbounded."""
        return self._explored()[1]

    def _safe_predicate(self) -> Predicate:
        return conjunction(*(at_most(place, 1) for place in self.places))

    def meets(self, predicate: Predicate) -> bool:
        """Return whether a state that was seen satisfies one of the predicates of ``also``."""
        return bool(self.graph.holds(self.reduction.predicate(predicate)).any())

    def option(self) -> Verdict:
        """Decide that from every reachable marking a completed one can be reached."""
        goal = self._goal().completion
        verdict = always_reachable(
            self.reduction.reduced, self.reduction.predicate(goal), graph=self.graph,
            budget=self.proving, name="option-to-complete",
        )  # fmt: skip
        bad = Unary("EF", always_everywhere(negate(goal)))
        return self._carried(
            verdict, claim(self.net, always_possible(goal) if verdict.holds else bad)
        )

    def invariant(self, predicate: Predicate, *, name: str) -> Verdict:
        """Decide ``AG P`` for one of the predicates that the reduction preserves."""
        verdict = invariant(
            self.reduction.reduced, self.reduction.predicate(predicate), graph=self.graph,
            budget=self.proving, name=name,
        )  # fmt: skip
        return self._carried(verdict, self._always(verdict, predicate))

    def _always(self, verdict: Verdict, predicate: Predicate) -> Claim:
        holds = always_everywhere(predicate)
        return claim(self.net, holds if verdict.holds else possible(negate(predicate)))

    def proper(self) -> Verdict:
        """Decide that what must hold in every reachable marking does."""
        return self.invariant(self._goal().proper, name="proper-completion")

    def safe(self) -> Verdict:
        """Decide that none of the places ever holds two tokens."""
        verdict = self.invariant(self._safe_predicate(), name="safeness")
        if not verdict.holds or not self.reduction.steps:
            return verdict
        every = "No place" if len(self.places) == len(self.net.places) else "None of these places"
        return verdict.with_(explanation=(f"{every} ever holds two tokens.",))

    def deadlock(self, final: Predicate | None = None) -> Verdict:
        """Decide that no reachable marking is stuck before completion."""
        strict = self._strict()
        if strict is not self:
            return strict.deadlock(final)
        complete = final_predicate(self.net, final)
        verdict = deadlock(
            self.reduction.reduced, final=self.reduction.predicate(complete), graph=self.graph,
            budget=self.proving,
        )  # fmt: skip
        carried = self._carried(verdict, self._always(verdict, disjunction(Not(Dead()), complete)))
        if carried.violated and carried.witness is not None:
            return carried.with_(explanation=(stuck(carried.witness),))
        return carried

    def bounded(self) -> Verdict:
        """Decide that the number of tokens in the places has a bound."""
        strict = self._strict()
        if strict is not self:
            return strict.bounded()
        verdict = bounded(
            self.reduction.reduced, graph=self.graph, pump=self.pump, budget=self.proving
        )
        if not verdict.holds:
            return self._carried(verdict, claim(self.net, "unbounded"))
        assert isinstance(verdict.evidence, BoundEvidence)
        bound = max(verdict.evidence.bound, self.reduction.fixed_tokens)
        told = f"No place ever holds more than {bound} token{'' if bound == 1 else 's'}."
        carried = self._carried(verdict, claim(self.net, f"bounded by {bound}"))
        return carried.with_(explanation=(told,))

    def occur(self, groups: Mapping[str, Sequence[str]] | None, *, name: str) -> Verdict:
        """Decide that of each group of transitions one occurs in some run."""
        wanted = {t: (t,) for t in self.net.transition_ids} if groups is None else groups
        smaller = {group: self.reduction.group(names) for group, names in wanted.items()}
        verdict = no_dead_transitions(
            self.reduction.reduced,
            groups={group: names for group, names in smaller.items() if names is not None},
            graph=self.graph,
            budget=self.proving,
            name=name,
        )
        if verdict.holds:
            listed = [list(names) for names in wanted.values()]
            told = f"All {len(wanted)} of them occur in some run."
            carried = self._carried(
                verdict, claim(self.net, f"occur-groups {json.dumps(listed, ensure_ascii=False)}")
            )
            return carried.with_(explanation=(told,))
        dead = self.never(wanted)
        if not verdict.violated or not dead:
            return self._carried(verdict, claim(self.net, "dead"))
        never = conjunction(*(Not(Enabled(t)) for t in wanted[dead[0]]))
        return self._carried(verdict, claim(self.net, always_everywhere(never)))

    def never(self, groups: Mapping[str, Sequence[str]]) -> list[str]:
        """Return the groups of which no transition has occurred in the states that were seen."""
        fired = self.graph.fired
        index = self.reduction.reduced.transition_index
        found: list[str] = []
        for group, names in groups.items():
            smaller = self.reduction.group(names)
            if smaller is not None and not any(fired[index(t)] for t in smaller):
                found.append(group)
        return found

    def sound(self, *, occurs_name: str = "no-dead-transitions") -> Verdict:
        """Decide soundness: option to complete, proper completion and no dead parts together."""
        goal = self._goal()
        option, proper = self.option(), self.proper()
        occurs = self.occur(goal.occurs, name=occurs_name)
        parts = (option, proper, occurs)
        statistics = replace(
            option.statistics, seconds=sum(part.statistics.seconds for part in parts)
        )
        whole = option.with_(property="soundness", statistics=statistics, parts=parts)
        failed = next((part for part in parts if part.violated), None)
        if failed is None and self.pump is not None and goal.workflow_net:
            failed = self.bounded().with_(property="unbounded")
        if failed is not None and failed.evidence is not None:
            evidence = Parts(
                claim=claim(self.net, "not sound"), parts=((failed.property, failed.evidence),)
            )
            return whole.with_(
                outcome=failed.outcome, evidence=evidence, reason=None,
                explanation=failed.explanation,
            )  # fmt: skip
        if all(part.holds for part in parts):
            pieces = tuple((part.property, part.evidence) for part in parts if part.evidence)
            return whole.with_(
                outcome=option.outcome,
                evidence=Parts(claim=claim(self.net, "sound"), parts=pieces),
                reason=None,
                explanation=(
                    "Every run can complete, it completes properly, and nothing in it is dead.",
                ),
            )
        unknown = next(part for part in parts if part.unknown)
        names = ", ".join(part.property for part in parts if part.unknown)
        return whole.with_(
            outcome=unknown.outcome, evidence=None, explanation=(),
            reason=f"{self._where()}; not decided: {names}",
        )  # fmt: skip

    def _goal(self) -> SoundnessGoal:
        assert self.goal is not None
        return self.goal

    def _where(self) -> str:
        why = "the net is unbounded" if self.pump is not None else self.graph.reason
        return (
            f"{why}; {self.graph.n_states} states of the net that {len(self.reduction.steps)} "
            "reductions leave were seen"
        )

    def _of_the_reduced(self, lines: tuple[str, ...]) -> tuple[str, ...]:
        """Return lines that count states, with the net that they count them of."""
        count = len(self.reduction.steps)
        if not count:
            return lines
        where = f"In the net that {count} reduction{'s leave' if count > 1 else ' leaves'}"
        return tuple(
            f"{where}: {line[0].lower()}{line[1:]}" if "state" in line else line for line in lines
        )

    def _carried(self, verdict: Verdict, about: Claim) -> Verdict:
        """Return a verdict on the reduced net as one on the net, with the evidence carried over."""
        statistics = replace(verdict.statistics, method="reduction")
        if verdict.unknown or verdict.evidence is None:
            return verdict.with_(statistics=statistics, reason=self._where())
        steps = self.reduction.steps
        match verdict.evidence:
            case RunEvidence(run=run):
                evidence = RunEvidence(claim=about, run=self.reduction.run(run))
                verdict = verdict.with_(explanation=_told(verdict, len(run), len(evidence.run)))
            case PumpEvidence(lasso=lasso):
                pump = self.reduction.lasso(lasso)
                return verdict.with_(
                    statistics=statistics, evidence=PumpEvidence(claim=about, lasso=pump)
                )
            case TrapEvidence(run=run) | BoundEvidence(run=run) as inner:
                longer = self.reduction.run(run)
                return verdict.with_(
                    statistics=statistics,
                    explanation=_told(verdict, len(run), len(longer)),
                    evidence=ReductionEvidence(claim=about, steps=steps, inner=inner, run=longer),
                )
            case inner:
                return verdict.with_(
                    statistics=statistics,
                    explanation=self._of_the_reduced(verdict.explanation),
                    evidence=ReductionEvidence(claim=about, steps=steps, inner=inner),
                )
        return verdict.with_(statistics=statistics, evidence=evidence)


def _told(verdict: Verdict, length: int, longer: int) -> tuple[str, ...]:
    """Return the explanation of a verdict with the length of the run of the net itself."""
    if length == longer:
        return verdict.explanation
    old, new = when(length), when(longer)
    return tuple(line.replace(old, new, 1) for line in verdict.explanation)
