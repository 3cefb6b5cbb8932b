"""Soundness by stubborn sets: each part decided on the markings that matter for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from petri.decision import Decision, claim
from petri.marking import Marking
from petri.net import PetriNet
from petri.reachable import when
from petri.soundness.goal import SoundnessGoal
from petri.state_space.coverability import find_pump
from petri.state_space.exploring import STAGES, UNBOUNDED
from petri.structure.bounds import bounding_weights
from petri.stubborn_sets import always_reachable_by_stubborn_sets, reachable_by_stubborn_sets
from transition_systems.budget import Budget
from transition_systems.evidence import Evidence, Parts, PumpEvidence, RunEvidence
from transition_systems.properties.predicates import Enabled, Not, Predicate, conjunction
from transition_systems.properties.walk import negate
from transition_systems.run import Lasso, Run
from transition_systems.verdict import Outcome, Verdict

__all__ = ["sound_by_stubborn_sets"]

OPTION, PROPER = "option-to-complete", "proper-completion"


def sound_by_stubborn_sets(decision: Decision, goal: SoundnessGoal, *, occurs_name: str) -> Verdict:
    """Decide the three parts of soundness by stubborn sets, until one fails.

    Parameters
    ----------
    decision
        The decision under way.
    goal
        What completion means.
    occurs_name
        The name of the third part in the verdict.

    Returns
    -------
    Verdict
        HOLDS with markings and their stubborn sets for the first two parts and runs for the third;
        VIOLATED with the part that fails, or for a workflow net with a run and a pump. UNKNOWN
        where the budget ends, or where the net is unbounded and the goal is not that of a workflow
        net.

    Notes
    -----
    The sets are chosen anew for each part and, for the third, for each transition that no run has
    shown so far. What they preserve is said in :mod:`petri.stubborn_sets`; worst case that of the
    full search for each of these questions.
    A. Valmari: Stubborn sets for reduced state space generation. LNCS 483, 1991; K. Schmidt:
    Stubborn sets for model checking the EF/AG fragment of CTL. Fundamenta Informaticae 43, 2000.

    Examples
    --------
    >>> from petri import workflow_goal
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> asked = Decision(net, "soundness", method="stubborn-sets", methods=("stubborn-sets",))
    >>> sound_by_stubborn_sets(asked, workflow_goal(net), occurs_name="no-dead-parts").outcome
    <Outcome.HOLDS: 'HOLDS'>
    """
    return _Answer(decision, goal, occurs_name).verdict()


class _Answer:
    def __init__(self, decision: Decision, goal: SoundnessGoal, occurs_name: str) -> None:
        self.decision, self.goal, self.occurs_name = decision, goal, occurs_name
        self.net: PetriNet = decision.net
        self.budget: Budget = decision.budget
        self.pump: Lasso | None = None
        self.states = self.arcs = 0

    def verdict(self) -> Verdict:
        """Return the verdict."""
        parts = [self._option()]
        if self.pump is not None and self.goal.workflow_net:
            return self._unbounded(self.pump)
        for ask in (self._proper, self._occur):
            if not parts[-1].violated:
                parts.append(ask())
        self._count()
        failed = next((part for part in parts if part.violated), None)
        if failed is not None and failed.evidence is not None:
            evidence = Parts(
                claim=claim(self.net, "not sound"), parts=((failed.property, failed.evidence),)
            )
            return self.decision.violated(evidence, *failed.explanation, parts=tuple(parts))
        if all(part.holds for part in parts):
            pieces = tuple((part.property, part.evidence) for part in parts if part.evidence)
            return self.decision.holds(
                Parts(claim=claim(self.net, "sound"), parts=pieces),
                "Every run can complete, it completes properly, and nothing in it is dead.",
                parts=tuple(parts),
            )
        open_parts = ", ".join(part.property for part in parts if part.unknown)
        why = next(part.reason for part in parts if part.unknown)
        return self.decision.unknown(f"{why}; not decided: {open_parts}", parts=tuple(parts))

    def _count(self) -> None:
        self.decision.counted = (self.states, self.arcs)

    def _told(self, verdict: Verdict) -> Verdict:
        """Add what a search cost to what all have cost."""
        self.states += verdict.statistics.states
        self.arcs += verdict.statistics.arcs
        return verdict

    def _reach(self, goal: Predicate, name: str | None = None) -> Verdict:
        """Decide whether a marking of a goal is reached; nothing is asked of an unbounded net."""
        limit = self.budget
        if self.pump is not None:
            few = STAGES[0][0]
            limit = replace(limit, states=few if limit.states is None else min(few, limit.states))
        return self._told(
            reachable_by_stubborn_sets(
                self.net, goal, budget=limit, progress=self.decision.progress,
                seed=self.decision.seed, name=name,
            )
        )  # fmt: skip

    def _option(self) -> Verdict:
        """Decide the option to complete: few markings first, then a pump is looked for."""
        limit = self.budget
        for states, nodes in STAGES:
            if limit.states is not None and limit.states <= states:
                break
            found = self._always(replace(limit, states=states))
            if not found.unknown or limit.remaining() == 0.0:
                return found
            if bounding_weights(self.net, budget=Budget(seconds=1.0)) is not None:
                break
            left = limit.remaining()
            share = Budget(states=nodes, seconds=None if left is None else left / 4)
            self.pump = find_pump(self.net, budget=share, progress=self.decision.progress)
            if self.pump is not None:
                return found.with_(reason=UNBOUNDED)
        return self._always(limit)

    def _always(self, budget: Budget) -> Verdict:
        return self._told(
            always_reachable_by_stubborn_sets(
                self.net, self.goal.completion, budget=budget, progress=self.decision.progress,
                seed=self.decision.seed, name=OPTION,
            )
        )  # fmt: skip

    def _unbounded(self, lasso: Lasso) -> Verdict:
        self._count()
        pump = PumpEvidence(claim=claim(self.net, "unbounded"), lasso=lasso)
        evidence = Parts(claim=claim(self.net, "not sound"), parts=(("unbounded", pump),))
        return self.decision.violated(
            evidence, "Tokens can pile up without bound, so a token is left behind at the end."
        )

    def _proper(self) -> Verdict:
        found = self._reach(negate(self.goal.proper), PROPER)
        if found.violated:
            told = "It holds in all reachable states."
            return found.with_(outcome=Outcome.HOLDS, explanation=(told,))
        if found.holds and isinstance(found.witness, Run):
            told = f"It fails {when(len(found.witness))}."
            return found.with_(outcome=Outcome.VIOLATED, explanation=(told,))
        return found

    def _occur(self) -> Verdict:
        """Return runs in which each group occurs, or that one never does."""
        shown: set[str] = set()
        runs: list[tuple[str, Evidence]] = []
        groups = self.goal.occurs
        wanted = {name for names in groups.values() for name in names}

        def keep(run: Run) -> None:
            new = [name for name in dict.fromkeys(run.actions) if name in wanted - shown]
            if new:
                shown.update(new)
                text = f"occur {json.dumps(new, ensure_ascii=False)}"
                runs.append(
                    (f"run {len(runs) + 1}", RunEvidence(claim=claim(self.net, text), run=run))
                )

        complete = self._reach(self.goal.completion)
        if isinstance(complete.witness, Run):
            keep(complete.witness)
        for group, names in groups.items():
            if not shown.isdisjoint(names):
                continue
            never = conjunction(*(Not(Enabled(name)) for name in names))
            found = self._reach(negate(never), self.occurs_name)
            if found.unknown:
                return found
            if found.violated or not isinstance(found.witness, Run):
                return found.with_(explanation=(f"No run contains {group}.",))
            keep(self._longer(found.witness, names))
        text = _groups_text(groups)
        evidence = Parts(claim=claim(self.net, text), parts=tuple(runs))
        self._count()
        told = f"All {len(groups)} of them occur in some run."
        return self.decision.holds(evidence, told, name=self.occurs_name)

    def _longer(self, run: Run, names: tuple[str, ...]) -> Run:
        """Return a run with one of the transitions that are enabled at its end."""
        enabled = self.net.enabled(Marking(run.last))
        name = next(name for name in names if name in enabled)
        return self.net.run(self.net.initial, [*run.actions, name])


def _groups_text(groups: Mapping[str, tuple[str, ...]]) -> str:
    listed = [list(names) for names in groups.values()]
    return f"occur-groups {json.dumps(listed, ensure_ascii=False)}"
