"""Soundness by reduction: the parts decided on a smaller net with few markings."""

from __future__ import annotations

import json

import numpy as np

from petri.decision import Decision, claim
from petri.net import PetriNet
from petri.reachable import when
from petri.reductions.predicate_forms import zeros
from petri.reductions.preserved import Preserved
from petri.reductions.reduce import reduce_net
from petri.reductions.reduction import members
from petri.reductions.small_space import SmallSpace, holds_at
from petri.soundness.goal import SoundnessGoal
from petri.structure.siphons_traps import maximal_trap
from transition_systems.evidence import (
    ClosedSet,
    Evidence,
    MarkedTrapEvidence,
    Parts,
    PumpEvidence,
    RankedSet,
    ReductionEvidence,
    RunEvidence,
    TrapEvidence,
)
from transition_systems.properties.formulas import (
    Formula,
    Unary,
    always_everywhere,
    always_possible,
    possible,
)
from transition_systems.properties.predicates import Enabled, Not, Predicate, conjunction
from transition_systems.properties.walk import negate
from transition_systems.run import Lasso, Run
from transition_systems.verdict import Verdict

__all__ = ["sound_by_reduction"]

MOST = 400
_encoded = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode
OPTION, PROPER = "option-to-complete", "proper-completion"


def sound_by_reduction(decision: Decision, goal: SoundnessGoal, *, occurs_name: str) -> Verdict:
    """Decide soundness on the reduced net, if that has few markings or fails among the first.

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
        HOLDS with the reduction and, for each part, evidence about the reduced net. VIOLATED with
        a run of the net itself, in general not a shortest one. UNKNOWN with more than
        :data:`MOST` markings where none of the first shows an error.

    Notes
    -----
    Near-linear in the size of a net of bounded degree; what the rules preserve is said in
    :func:`petri.reductions.reduce_net`.
    """
    return _Answer(decision, goal, occurs_name).verdict()


class _Answer:
    def __init__(self, decision: Decision, goal: SoundnessGoal, occurs_name: str) -> None:
        self.decision, self.goal, self.occurs_name = decision, goal, occurs_name
        self.net: PetriNet = decision.net
        preserved = Preserved(completion=goal.completion, invariants=(goal.proper,))
        self.reduction = reduce_net(self.net, preserved, budget=decision.budget)
        self.completion = self.reduction.predicate(goal.completion)
        limit = decision.budget.states
        most = MOST if limit is None else min(MOST, limit)
        self.space = SmallSpace(self.reduction.work, most=most)
        decision.method = "reduction"
        decision.counted = (len(self.space.rows), len(self.space.arcs))

    def verdict(self) -> Verdict:
        """Return the verdict."""
        space = self.space
        proper = self.reduction.predicate(self.goal.proper)
        done, right = (holds_at(p, space.places, space.rows) for p in (self.completion, proper))
        if done is None or right is None:
            return self.decision.unknown("the goal asks what is enabled, which is not preserved")
        bad = None if all(right) else right.index(False)
        if not space.complete:
            return self._partial(done, bad)
        parts = (
            self._option(done),
            self._proper(proper, bad),
            self._occur(),
        )
        failed = next((part for part in parts if part.violated), None)
        if failed is not None:
            return self._not_sound(failed, parts)
        pieces = tuple((part.property, part.evidence) for part in parts if part.evidence)
        return self.decision.holds(
            Parts(claim=claim(self.net, "sound"), parts=pieces),
            "Every run can complete, it completes properly, and nothing in it is dead.",
            parts=parts,
        )

    def _not_sound(self, failed: Verdict, parts: tuple[Verdict, ...]) -> Verdict:
        assert failed.evidence is not None
        evidence = Parts(
            claim=claim(self.net, "not sound"), parts=((failed.property, failed.evidence),)
        )
        return self.decision.violated(evidence, *failed.explanation, parts=parts)

    def _partial(self, done: list[bool], bad: int | None) -> Verdict:
        """Answer where not all markings were listed: what was seen may fail."""
        space = self.space
        pump = space.pump() if self.goal.workflow_net else None
        if pump is not None:
            return self._unbounded(*pump)
        why = f"{len(space.rows)} markings of the reduced net were listed, and there are more"
        stuck = next((number for number in space.dead() if not done[number]), None)
        trapped = self._trapped() if stuck is None and bad is None else None
        if stuck is None and bad is None and trapped is None:
            return self.decision.unknown(why)
        option = self._open(OPTION, why) if trapped is None else trapped
        if stuck is not None:
            option = self._lost(stuck, [stuck])
        proper = self._improper(bad) if bad is not None else self._open(PROPER, why)
        parts = (option, proper, self._open(self.occurs_name, why))
        return self._not_sound(next(part for part in parts if part.violated), parts)

    def _trapped(self) -> Verdict | None:
        """Return that a trap is marked whose places completion wants empty, if a run shows that."""
        trap = maximal_trap(self.net, zeros(self.goal.completion))
        if not trap:
            return None
        columns = [n for n, place in enumerate(self.space.places) if place in set(trap)]
        marked = (n for n, row in enumerate(self.space.rows) if any(row[c] for c in columns))
        _, run = self._run_to(next(marked, 0))
        if not any(run.last.get(place, 0) for place in trap):
            return None
        bad = Unary("EF", always_everywhere(negate(self.goal.completion)))
        evidence = MarkedTrapEvidence(claim=claim(self.net, bad), run=run, places=trap)
        told = (
            f"Completion is out of reach {when(len(run))}: some token can never be taken away "
            f"from {', '.join(trap[:5])}{' ...' if len(trap) > 5 else ''}."
        )
        return self._carried(OPTION, evidence, told, holds=False)

    def _unbounded(self, stem: list[str], cycle: list[str]) -> Verdict:
        reduced = self.reduction.reduced
        run = reduced.run(reduced.initial, [*stem, *cycle])
        lasso = Lasso(initial=run.initial, steps=run.steps, loop_start=len(stem))
        pump = PumpEvidence(
            claim=claim(self.net, "unbounded"), lasso=self.reduction.lasso(lasso)
        )  # fmt: skip
        evidence = Parts(claim=claim(self.net, "not sound"), parts=(("unbounded", pump),))
        return self.decision.violated(
            evidence, "Tokens can pile up without bound, so a token is left behind at the end."
        )

    def _open(self, name: str, why: str) -> Verdict:
        return self.decision.unknown(why, name=name)

    def _carried(self, name: str, evidence: Evidence, told: str, *, holds: bool) -> Verdict:
        answer = self.decision.holds if holds else self.decision.violated
        return answer(evidence, told, name=name)

    def _by_steps(self, text: Formula | str, inner: Evidence, run: Run | None = None) -> Evidence:
        about = claim(self.net, text)
        return ReductionEvidence(claim=about, steps=self.reduction.steps, inner=inner, run=run)

    def _run_to(self, number: int) -> tuple[Run, Run]:
        """Return the run of the reduced net to a marking, and the one of the net."""
        reduced = self.reduction.reduced
        short = reduced.run(reduced.initial, self.space.path_to(number))
        return short, self.reduction.run(short)

    def _option(self, done: list[bool]) -> Verdict:
        distance = self.space.distances(done)
        lost = [number for number, steps in enumerate(distance) if steps < 0]
        if lost:
            stuck = set(self.space.dead())
            state = next((number for number in lost if number in stuck), lost[0])
            return self._lost(state, self.space.closure(state))
        inner = RankedSet(
            claim=claim(self.reduction.reduced, always_possible(self.completion)),
            states=self.space.state_set(),
            rank=np.array(distance, dtype=np.int64),
        )
        evidence = self._by_steps(always_possible(self.goal.completion), inner)
        told = "From every reachable state a completed one can be reached."
        return self._carried(OPTION, evidence, told, holds=True)

    def _lost(self, state: int, closure: list[int]) -> Verdict:
        """Return that completion is out of reach from a state."""
        bad = Unary("EF", always_everywhere(negate(self.goal.completion)))
        below = negate(self.completion)
        short, longer = self._run_to(state)
        inner = TrapEvidence(
            claim=claim(self.reduction.reduced, Unary("EF", always_everywhere(below))),
            run=short,
            states=self.space.state_set(closure),
        )
        told = f"Completion is out of reach {when(len(longer))}."
        return self._carried(OPTION, self._by_steps(bad, inner, longer), told, holds=False)

    def _proper(self, proper: Predicate, bad: int | None) -> Verdict:
        if bad is not None:
            return self._improper(bad)
        inner = ClosedSet(
            claim=claim(self.reduction.reduced, always_everywhere(proper)),
            states=self.space.state_set(),
        )
        evidence = self._by_steps(always_everywhere(self.goal.proper), inner)
        told = "It holds in all reachable states."
        return self._carried(PROPER, evidence, told, holds=True)

    def _improper(self, bad: int) -> Verdict:
        _, run = self._run_to(bad)
        evidence = RunEvidence(claim=claim(self.net, possible(negate(self.goal.proper))), run=run)
        return self._carried(PROPER, evidence, f"It fails {when(len(run))}.", holds=False)

    def _occur(self) -> Verdict:
        space, work, goal = self.space, self.reduction.work, self.goal
        fired = space.fired()
        if len(fired) < len(work.pre):
            alive = work.shown().union(*(members(work.cover[t]) for t in fired))
            numbers = self.net.transition_numbers
            for group, names in goal.occurs.items():
                if not any(numbers[name] in alive for name in names):
                    return self._never(group, names)
        shown = {name: work.names[name] for name in fired}
        listed = [list(names) for names in goal.occurs.values()]
        text = f"occur-groups {_encoded(listed)}"
        evidence = self._by_steps(text, self._occurrences(shown))
        told = f"All {len(listed)} of them occur in some run."
        return self._carried(self.occurs_name, evidence, told, holds=True)

    def _occurrences(self, shown: dict[int, str]) -> Parts:
        """Return runs of the reduced net in which all of these occur."""
        reduced = self.reduction.reduced
        left, runs = dict(shown), list[tuple[str, Evidence]]()
        for source, transition, _ in reversed(self.space.arcs):
            if transition not in left:
                continue
            path = [*self.space.path_to(source), shown[transition]]
            new = [name for name in dict.fromkeys(path) if name in left.values()]
            left = {t: name for t, name in left.items() if name not in new}
            text = f"occur {_encoded(new)}"
            run = reduced.run(reduced.initial, path)
            evidence = RunEvidence(claim=claim(reduced, text), run=run)
            runs.append((f"run {len(runs) + 1}", evidence))
        groups = _encoded([[name] for name in shown.values()])
        return Parts(claim=claim(reduced, f"occur-groups {groups}"), parts=tuple(runs))

    def _never(self, group: str, names: tuple[str, ...]) -> Verdict:
        reduced = self.reduction.reduced
        below = self.reduction.group(names) or ()
        inner = ClosedSet(
            claim=claim(reduced, always_everywhere(_none_of(below))), states=self.space.state_set()
        )
        evidence = self._by_steps(always_everywhere(_none_of(names)), inner)
        told = f"No run contains {group}."
        return self._carried(self.occurs_name, evidence, told, holds=False)


def _none_of(names: tuple[str, ...]) -> Predicate:
    return conjunction(*(Not(Enabled(name)) for name in names))
