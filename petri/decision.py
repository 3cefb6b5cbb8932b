"""What every decision procedure on nets shares: claims, answers, the state space and its budget."""

from __future__ import annotations

import time
from dataclasses import replace

from petri.marking import Marking
from petri.memory import advised
from petri.net import PetriNet
from petri.state_space.exploring import explore_or_pump
from petri.state_space.reachability import ReachabilityGraph
from petri.state_space.symbolic.symbolic_space import SymbolicSpace
from transition_systems.budget import Budget, Meter
from transition_systems.evidence import Claim, Evidence, Parts, RankedRegions
from transition_systems.progress import ProgressCallback
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import Formula
from transition_systems.properties.names import unknown_method
from transition_systems.properties.predicates import (
    FALSE,
    Compare,
    Predicate,
    conjunction,
)
from transition_systems.verdict import Outcome, Statistics, Verdict

__all__ = ["Decision", "claim", "equals_marking", "final_predicate", "stamped"]


def claim(net: PetriNet, formula: Formula | str) -> Claim:
    """Return the claim of a statement about a net, put into words when it is first read."""

    def text() -> str:
        return formula if isinstance(formula, str) else format_formula(formula)

    return Claim.when_read(text, net.digest)


def equals_marking(net: PetriNet, marking: Marking) -> Predicate:
    """Return the predicate that holds in just one marking."""
    tokens = marking.to_dict()
    return conjunction(
        *(Compare(((place, 1),), "==", tokens.get(place, 0)) for place in net.place_ids)
    )


def final_predicate(net: PetriNet, final: Predicate | None) -> Predicate:
    """Return the completion predicate: the given one, else the final marking, else false."""
    if final is not None:
        return final
    return FALSE if net.final is None else equals_marking(net, net.final)


def stamped(evidence: Evidence, *, source_digest: str | None, translation: str | None) -> Evidence:
    """Return the evidence with the digest of the source and the translation in every claim."""
    new = replace(evidence.claim, source_digest=source_digest, translation=translation)
    if isinstance(evidence, Parts):
        parts = tuple(
            (name, stamped(part, source_digest=source_digest, translation=translation))
            for name, part in evidence.parts
        )
        return replace(evidence, claim=new, parts=parts)
    if isinstance(evidence, RankedRegions) and evidence.inner is not None:
        inner = stamped(evidence.inner, source_digest=source_digest, translation=translation)
        return replace(evidence, claim=new, inner=inner)
    return replace(evidence, claim=new)


# The part of the seconds, and the least seconds, for a look at what was listed within the budget.
PART, LOOK = 0.1, 0.25


class Decision:
    """One decision under way: its clock, its graph and the shape of its answers.

    Parameters
    ----------
    net, property
        The model and the name of the question.
    method, methods
        The method asked for and those that there are; ``"auto"`` is always allowed.
    budget, progress, seed
        As for every decision procedure.
    graph
        A reachability graph of the net that was computed before.
    """

    def __init__(
        self,
        net: PetriNet,
        property: str,
        *,
        method: str = "auto",
        methods: tuple[str, ...] = ("explicit",),
        budget: Budget | None = None,
        progress: ProgressCallback | None = None,
        seed: int | None = None,
        graph: ReachabilityGraph | None = None,
    ) -> None:
        if method not in ("auto", *methods):
            raise unknown_method(property, method, ("auto", *methods))
        self.net = net
        self.property = property
        self.method = methods[0] if method == "auto" else method
        self.budget = (budget or Budget()).fixed()
        self.progress = progress
        self.seed = seed
        self.started = time.monotonic()
        left, end = self.budget.remaining(), self.budget.deadline
        more = 0.0 if left is None else max(LOOK, PART * left)
        self._looking = None if end is None else max(end, self.started) + more
        self._graph = graph
        self.drawn: SymbolicSpace | None = None
        self.counted: tuple[int, int] | None = None

    @property
    def graph(self) -> ReachabilityGraph:
        """The reachability graph, computed on first use within the budget."""
        if self._graph is None:
            self._graph, _ = explore_or_pump(self.net, budget=self.budget, progress=self.progress)
        return self._graph

    @property
    def looking(self) -> Meter:
        """The clock of a look at what was listed: when the time is used up it has a tenth more."""
        return Budget(deadline=self._looking).start()

    def on(self, graph: ReachabilityGraph) -> Decision:
        """Use a graph that was computed for this decision."""
        self._graph = graph
        return self

    def _statistics(self) -> Statistics:
        graph, drawn = self._graph, self.drawn
        if self.counted is not None:
            states, arcs = self.counted
            seconds = time.monotonic() - self.started
            return Statistics(method=self.method, states=states, arcs=arcs, seconds=seconds)
        if drawn is not None:
            return Statistics(
                method=self.method,
                states=drawn.n_states if drawn.complete else 0,
                arcs=drawn.n_arcs if drawn.complete else 0,
                seconds=time.monotonic() - self.started,
                peak_bytes=drawn.peak_bytes,
            )
        return Statistics(
            method=self.method,
            states=0 if graph is None else graph.n_states,
            arcs=0 if graph is None else graph.n_arcs,
            seconds=time.monotonic() - self.started,
            peak_bytes=0 if graph is None else graph.peak_bytes,
        )

    def holds(
        self,
        evidence: Evidence,
        *explanation: str,
        parts: tuple[Verdict, ...] = (),
        name: str | None = None,
    ) -> Verdict:
        """Return HOLDS with evidence; ``name`` is that of a part."""
        return self._verdict(Outcome.HOLDS, evidence, None, explanation, parts, name)

    def violated(
        self,
        evidence: Evidence,
        *explanation: str,
        parts: tuple[Verdict, ...] = (),
        name: str | None = None,
    ) -> Verdict:
        """Return VIOLATED with evidence; ``name`` is that of a part."""
        return self._verdict(Outcome.VIOLATED, evidence, None, explanation, parts, name)

    def unknown(
        self, reason: str, *, parts: tuple[Verdict, ...] = (), name: str | None = None
    ) -> Verdict:
        """Return UNKNOWN with a reason; ``name`` is that of a part."""
        return self._verdict(Outcome.UNKNOWN, None, advised(reason), (), parts, name)

    def out_of_budget(self) -> Verdict:
        """Return UNKNOWN because the graph is partial, with what is known so far."""
        graph = self.graph
        return self.unknown(f"{graph.reason}; no violation in the first {graph.n_states} states")

    def _verdict(
        self,
        outcome: Outcome,
        evidence: Evidence | None,
        reason: str | None,
        explanation: tuple[str, ...],
        parts: tuple[Verdict, ...],
        name: str | None,
    ) -> Verdict:
        return Verdict(
            property=name or self.property,
            outcome=outcome,
            statistics=self._statistics(),
            evidence=evidence,
            reason=reason,
            explanation=explanation,
            parts=parts,
            seed=self.seed,
        )
