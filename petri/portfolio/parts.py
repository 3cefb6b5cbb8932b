"""Questions of which each part must be reachable: that all transitions occur, that all places move.

The parts are given to a batch of engines. One part that is unreachable decides, and so do runs into
all of them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from petri.decision import Decision, claim
from petri.net import PetriNet
from petri.portfolio.asking import FIRST_WALK, listed_words
from petri.portfolio.batch import Batch
from petri.portfolio.questions import Answer, Reach
from transition_systems.errors import UsageError
from transition_systems.evidence import Evidence, Parts, RunEvidence
from transition_systems.properties.formulas import possible
from transition_systems.properties.predicates import Compare, Enabled, Predicate, disjunction
from transition_systems.run import Run
from transition_systems.verdict import Verdict

__all__ = ["all_move", "all_occur", "moved", "occurring", "unstable"]

Found = tuple[str, Answer] | dict[str, Run] | str


def all_occur(decision: Decision, groups: Mapping[str, Sequence[str]]) -> Verdict:
    """Decide that of each group of transitions one occurs in some run.

    Parameters
    ----------
    decision
        The decision under way, with its budget.
    groups
        Ids of transitions, by the name of the group.

    Returns
    -------
    Verdict
        HOLDS with few runs, VIOLATED with evidence that no transition of one group is ever enabled.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> asked = Decision(net, "no-dead-transitions")
    >>> all_occur(asked, {"t1": ["t1"]}).outcome
    <Outcome.HOLDS: 'HOLDS'>
    """
    goals = {g: disjunction(*map(Enabled, dict.fromkeys(names))) for g, names in groups.items()}
    found = _asked(decision, goals)
    if isinstance(found, str):
        return decision.unknown(found)
    if isinstance(found, dict):
        try:
            shown = occurring(decision.net, groups, found)
        except UsageError as error:  # more tokens than a marking has
            return decision.unknown(str(error))
        return decision.holds(shown, f"All {len(groups)} of them occur in some run.")
    group, answer = found
    return decision.violated(answer.evidence[0], f"No run contains {group}.")


def all_move(
    decision: Decision, places: Sequence[str], before: Mapping[str, Run]
) -> Verdict:  # fmt: skip
    """Decide that no place always has the same number of tokens: VIOLATED is the stable place.

    Parameters
    ----------
    decision
        The decision under way, with its budget.
    places
        Those of which it is not known yet.
    before
        Runs that change the others.

    Returns
    -------
    Verdict
        Of ``stable-place``: HOLDS with evidence for one place, VIOLATED with a run for each.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1], [1]], [[0], [1]], [1, 1])
    >>> all_move(Decision(net, "stable-place"), net.place_ids, {}).explanation
    ('p2 always has 1 token.',)
    """
    net = decision.net
    found = _asked(decision, {place: moved(net, place) for place in places})
    if isinstance(found, str):
        return decision.unknown(found)
    if isinstance(found, dict):
        return decision.violated(
            unstable(net, {**before, **found}),
            "Every place has another number of tokens at some time.",
        )
    place, answer = found
    count = net.initial[place]
    told = f"{place} always has {count} token{'' if count == 1 else 's'}."
    return decision.holds(answer.evidence[0], told)


def _asked(decision: Decision, goals: Mapping[str, Predicate]) -> Found:
    """Return the part that is unreachable, or runs into all, or why it is not known."""
    names, runs, never = list(goals), dict[str, Run](), list[tuple[str, Answer]]()

    def told(number: int, answer: Answer) -> None:
        piece = answer.evidence[0] if answer.evidence else None
        if isinstance(piece, RunEvidence):
            runs[names[number]] = piece.run
        elif answer.value is False and piece is not None:
            never.append((names[number], answer))
            for other in list(batch.open):
                batch.close(other)

    batch = Batch(
        decision.net, [Reach(goal) for goal in goals.values()], budget=decision.budget, tell=told,
        parallel=False, progress=decision.progress, seed=decision.seed, first_walk=FIRST_WALK,
    )  # fmt: skip
    batch.run()
    decision.method = "portfolio"
    if batch.space is not None:
        decision.counted = (batch.space.n_states, batch.space.n_arcs)
    if never:
        decision.method = never[0][1].method
        return never[0]
    if len(runs) == len(names):
        return runs
    first = next(name for name in names if name not in runs)
    return (
        f"no answer from {listed_words(batch.told) if batch.told else 'the engines'} to "
        f"{len(names) - len(runs)} of {len(names)} questions, the first of them about {first}"
    )


def occurring(
    net: PetriNet, groups: Mapping[str, Sequence[str]], runs: Mapping[str, Run]
) -> Parts:  # fmt: skip
    """Return the evidence that one transition of each group occurs.

    Parameters
    ----------
    net
        The net.
    groups
        Ids of transitions, by the name of the group.
    runs
        For each group one to a marking in which a transition of it is enabled.

    Returns
    -------
    Parts
        The claim of each run is ``occur`` with the list of the transitions that it shows.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> occurring(net, {"t1": ["t1"]}, {"t1": net.run(net.initial, [])}).parts[0][1].claim.formula
    'occur ["t1"]'
    """
    shown: set[str] = set()
    parts: list[tuple[str, Evidence]] = []
    for group in sorted(groups, key=lambda name: -len(runs[name])):
        if not shown.isdisjoint(groups[group]):
            continue
        last = runs[group].last
        able = next(t for t in groups[group] if net.is_enabled(last, t))
        run = net.run(net.initial, [*runs[group].actions, able])
        fresh = [t for t in dict.fromkeys(run.actions) if t not in shown]
        shown.update(fresh)
        text = f"occur {json.dumps(fresh, ensure_ascii=False)}"
        parts.append((f"run {len(parts) + 1}", RunEvidence(claim=claim(net, text), run=run)))
    listed = json.dumps([list(names) for names in groups.values()], ensure_ascii=False)
    return Parts(claim=claim(net, f"occur-groups {listed}"), parts=tuple(parts))


def moved(net: PetriNet, place: str) -> Compare:
    """Return the predicate that a place has another number of tokens than at the start.

    Examples
    --------
    >>> moved(PetriNet.from_arrays([[1]], [[0]], [3]), "p1")
    Compare(terms=(('p1', 1),), op='!=', bound=3)
    """
    return Compare(((place, 1),), "!=", net.initial[place])


def unstable(net: PetriNet, runs: Mapping[str, Run]) -> Parts:
    """Return the evidence that no place is stable, from a run for each that changes it.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1]], [[0]], [1])
    >>> unstable(net, {"p1": net.run(net.initial, ["t1"])}).claim.formula
    'no stable place'
    """
    pieces = [
        (place, RunEvidence(claim=claim(net, possible(moved(net, place))), run=run))
        for place, run in runs.items()
    ]
    return Parts(claim=claim(net, "no stable place"), parts=tuple(pieces))
