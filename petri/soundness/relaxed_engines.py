"""Relaxed soundness where the markings are too many to list, by the portfolio of engines."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from petri.decision import claim
from petri.in_turn import share_of
from petri.net import PetriNet
from petri.soundness.goal import SoundnessGoal
from transition_systems.budget import Budget
from transition_systems.evidence import Evidence, Parts, RunEvidence
from transition_systems.progress import ProgressCallback
from transition_systems.properties.formulas import possible
from transition_systems.properties.predicates import (
    Enabled,
    Predicate,
    at_least,
    conjunction,
    disjunction,
)
from transition_systems.run import Run
from transition_systems.verdict import Outcome, Statistics, Verdict

__all__ = ["relaxed_by_engines", "watched"]

NAME = "relaxed-soundness"
# The part of the time for what may refute it; the rest is for the runs.
REFUTING, COMPLETING = 0.3, 0.5


def relaxed_by_engines(
    net: PetriNet,
    goal: SoundnessGoal,
    *,
    budget: Budget,
    progress: ProgressCallback | None = None,
) -> Verdict:
    """Decide whether of each group of transitions one occurs in some run that completes.

    Parameters
    ----------
    net, goal
        The net; completion, and the groups.
    budget, progress
        Limits and a callback.

    Returns
    -------
    Verdict
        HOLDS with completing runs in which the groups occur. VIOLATED with a proof that no marking
        is complete, that none of a group is ever enabled, or that none is complete after one of a
        group has occurred: of the net with a place that counts how often.

    Notes
    -----
    The engines are asked for a complete marking of the net with a place for each group that counts
    how often it has occurred; its runs are runs of the net.

    Examples
    --------
    >>> from petri import workflow_goal
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> relaxed_by_engines(net, workflow_goal(net), budget=Budget(seconds=5)).outcome
    <Outcome.HOLDS: 'HOLDS'>
    """
    started, limit = time.monotonic(), budget.fixed()

    def told(outcome: Outcome, sentence: str, evidence: Evidence | None = None) -> Verdict:
        unknown = outcome is Outcome.UNKNOWN
        return Verdict(
            property=NAME, outcome=outcome, evidence=evidence,
            reason=sentence if unknown else None, explanation=() if unknown else (sentence,),
            statistics=Statistics(method="portfolio", seconds=time.monotonic() - started),
        )  # fmt: skip

    if not goal.occurs:
        parts = Parts(claim=claim(net, "relaxed sound"), parts=())
        return told(Outcome.HOLDS, "There is nothing that has to occur.", parts)
    groups = list(goal.occurs)
    enabled = [disjunction(*(Enabled(name) for name in names)) for names in goal.occurs.values()]
    never = _never(net, [goal.completion, *enabled], share_of(limit, REFUTING), progress)
    if never is not None:
        number, proof = never
        phrase = claim(net, "not relaxed sound")
        if number == 0:
            sentence = "No reachable marking is complete, so no run completes."
            piece = Parts(claim=phrase, parts=(("easy-soundness", proof),))
        else:
            sentence = f"No run contains {groups[number - 1]}."
            piece = Parts(claim=phrase, parts=(("no-dead-transitions", proof),))
        return told(Outcome.VIOLATED, sentence, piece)
    runs, missing = _completing(net, goal, share_of(limit, COMPLETING), progress)
    for group in missing:
        if limit.remaining() == 0.0:
            break
        share = share_of(limit, 1 / len(missing))
        after = _never_after(net, goal, goal.occurs[group], share, progress)
        if after is not None:
            piece = Parts(claim=claim(net, "not relaxed sound"), parts=(("watched", after),))
            return told(Outcome.VIOLATED, f"No run that completes contains {group}.", piece)
    if missing:
        listed = ", ".join(missing[:3]) + (" ..." if len(missing) > 3 else "")
        return told(Outcome.UNKNOWN, f"no completing run was found with {listed}")
    done = possible(goal.completion)
    parts = Parts(
        claim=claim(net, "relaxed sound"),
        parts=tuple(
            (f"run {number}", RunEvidence(claim=claim(net, done), run=run))
            for number, run in enumerate(runs, start=1)
        ),
    )
    return told(Outcome.HOLDS, "Everything occurs in some run that completes.", parts)


def _asked(
    net: PetriNet,
    goals: Sequence[Predicate],
    budget: Budget,
    progress: ProgressCallback | None,
    take: Callable[[int, bool, Evidence], Sequence[int]],
) -> None:
    """Ask whether goals are reachable; ``take`` gets answers and says what to ask no longer."""
    from petri.portfolio.batch import Batch
    from petri.portfolio.questions import Answer, Reach

    def tell(number: int, answer: Answer) -> None:
        if answer.evidence:
            for other in take(number, bool(answer.value), answer.evidence[0]):
                batch.close(other)

    batch = Batch(
        net, [Reach(one) for one in goals], budget=budget, tell=tell, parallel=False,
        progress=progress,
    )  # fmt: skip
    batch.run()


def _never(
    net: PetriNet, goals: Sequence[Predicate], budget: Budget, progress: ProgressCallback | None
) -> tuple[int, Evidence] | None:
    """Return the number of a goal that is not reachable, with the proof, if one is found."""
    found: list[tuple[int, Evidence]] = []

    def take(number: int, value: bool, evidence: Evidence) -> Sequence[int]:
        if value:
            return ()
        found.append((number, evidence))
        return range(len(goals))

    _asked(net, goals, budget, progress, take)
    return found[0] if found else None


def _never_after(
    net: PetriNet, goal: SoundnessGoal, names: tuple[str, ...], budget: Budget,
    progress: ProgressCallback | None,
) -> Evidence | None:  # fmt: skip
    """Return a proof that no marking is complete after one of some transitions, if one is found."""
    seen, (counter,) = watched(net, [names])
    never = _never(seen, [conjunction(goal.completion, at_least(counter))], budget, progress)
    return None if never is None else never[1]


def _completing(
    net: PetriNet, goal: SoundnessGoal, budget: Budget, progress: ProgressCallback | None
) -> tuple[list[Run], list[str]]:
    """Return completing runs, and the groups that occur in none of them."""
    groups = list(goal.occurs)
    seen, counters = watched(net, list(goal.occurs.values()))
    left, runs = set(range(len(groups))), list[Run]()

    def take(number: int, value: bool, evidence: Evidence) -> Sequence[int]:
        if not value or not isinstance(evidence, RunEvidence) or number not in left:
            return ()
        run = net.run(net.initial, evidence.run.actions)
        actions = set(run.actions)
        shown = [n for n in left if not actions.isdisjoint(goal.occurs[groups[n]])]
        runs.append(run)
        left.difference_update(shown)
        return shown

    goals = [conjunction(goal.completion, at_least(place)) for place in counters]
    _asked(seen, goals, budget, progress, take)
    return runs, [groups[number] for number in sorted(left)]


def watched(net: PetriNet, groups: Sequence[tuple[str, ...]]) -> tuple[PetriNet, tuple[str, ...]]:
    """Return the net with a place for each group that counts how often its transitions occur.

    Parameters
    ----------
    net
        Any place/transition net.
    groups
        Ids of transitions.

    Returns
    -------
    PetriNet, tuple of str
        The net with the same transitions, and the ids of the new places.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> watched(net, [("t1",)])[1]
    ('seen.1',)
    """
    taken = {*net.place_ids, *net.transition_ids}
    counters: list[str] = []
    for number in range(1, len(groups) + 1):
        name = f"seen.{number}"
        while name in taken:
            name += "'"
        counters.append(name)
    arcs = [(arc.source, arc.target, arc.weight) for arc in net.arcs]
    arcs += [
        (name, place, 1)
        for place, names in zip(counters, groups, strict=True)
        for name in dict.fromkeys(names)
    ]
    return net.replace(places=[*net.places, *counters], arcs=arcs), tuple(counters)
