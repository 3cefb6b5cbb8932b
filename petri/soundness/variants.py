"""The other kinds of soundness: weak, relaxed, easy, lazy, k, up to k, generalised, unfair."""

from __future__ import annotations

from dataclasses import replace

from petri.arguments import whole_number
from petri.decision import Decision, claim, equals_marking
from petri.in_turn import share_of
from petri.marking import MAX_TOKENS, Marking
from petri.memory import within_memory
from petri.net import PetriNet
from petri.reachable import always_reachable, invariant, reachable
from petri.soundness.goal import SoundnessGoal, workflow_goal
from petri.soundness.relaxed import relaxed_sound
from petri.structure.net_classes import net_class
from petri.termination import terminates
from petri.workflow_net import no_workflow_net, workflow_net
from transition_systems.budget import Budget
from transition_systems.errors import UsageError
from transition_systems.evidence import Parts, PumpEvidence
from transition_systems.progress import ProgressCallback
from transition_systems.properties.predicates import (
    Compare,
    at_least,
    at_most,
    conjunction,
    disjunction,
)
from transition_systems.verdict import Outcome, Verdict

__all__ = ["KINDS", "sound_as", "started", "without_fairness"]

KINDS = ("classical", "weak", "relaxed", "easy", "lazy", "k", "up-to-k", "generalised")
MOST_K, MOST_CASES = 4, 1_000
# The part of the time for soundness with one token, from which that with more may follow.
THEOREM = 0.5
# The part of the time for the first of two questions.
HALF = 0.5
OPTION, PROPER = "option-to-complete", "proper-completion"


def started(net: PetriNet, *counts: int) -> PetriNet:
    """Return a workflow net that starts with so many tokens, or with one of several numbers.

    Parameters
    ----------
    net
        A workflow net.
    counts
        With one number: the net with that many tokens in its source, and as many in its sink as its
        final marking. With several: a new place ``start`` and for each number ``n`` a transition
        that puts ``n`` tokens into the source and one into the place ``case.n``.

    Returns
    -------
    PetriNet

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> started(net, 2).initial.to_dict()
    {'p1': 2}
    >>> started(net, 1, 2).transition_ids
    ('t1', 'start.1', 'start.2')
    """
    source, sink = _ends(net)
    if len(counts) == 1:
        return net.replace(initial={source: counts[0]}, final={sink: counts[0]})
    first = _free(net, "start")
    cases = {n: _free(net, f"case.{n}") for n in counts}
    steps = {n: _free(net, f"start.{n}") for n in counts}
    arcs = [(a.source, a.target, a.weight) for a in net.arcs]
    for n in counts:
        arcs += [(first, steps[n], 1), (steps[n], source, n), (steps[n], cases[n], 1)]
    return PetriNet(
        places=[*net.places, first, *cases.values()],
        transitions=[*net.transitions, *steps.values()],
        arcs=arcs,
        initial={first: 1},
        name=net.name,
    )


def _free(net: PetriNet, wish: str) -> str:
    taken = {*net.place_ids, *net.transition_ids}
    while wish in taken:
        wish += "'"
    return wish


def _ends(net: PetriNet) -> tuple[str, str]:
    structure = workflow_net(net)
    if not structure.holds or structure.evidence is None:
        raise UsageError(
            f"this kind of soundness needs a workflow net; {no_workflow_net(structure)}"
        )
    sets = dict(getattr(structure.evidence, "sets", ()))
    return sets["source"][0], sets["sink"][0]


@within_memory(lambda _, kind, **__: f"{kind}-soundness")
def sound_as(
    net: PetriNet,
    kind: str,
    *,
    goal: SoundnessGoal | None = None,
    k: int | None = None,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
) -> Verdict:
    """Decide one of the weaker or stronger kinds of soundness.

    Parameters
    ----------
    net
        A workflow net, or for ``weak``, ``relaxed`` and ``easy`` any net with a goal.
    kind
        ``"weak"``: it can always complete, and completes properly; parts may be dead.
        ``"relaxed"``: every transition (group of the goal) occurs in some run that completes.
        ``"easy"``: some run completes.
        ``"lazy"``: from every marking one with a token in the sink can be reached, and the sink
        never has two; tokens may be left elsewhere.
        ``"k"``: started with ``k`` tokens, it can always reach just ``k`` tokens in the sink.
        ``"up-to-k"``: so for every number up to ``k``, which for more than 1,000 is UNKNOWN unless
        a theorem tells it.
        ``"generalised"``: so for every number.
    goal
        What completion means, by default that of a workflow net.
    k
        For ``"k"`` and ``"up-to-k"``; for ``"generalised"`` up to which number a counterexample is
        looked for, by default 4.
    budget, progress
        As for :func:`petri.sound`.

    Returns
    -------
    Verdict
        For ``"k"`` and ``"up-to-k"``, and ``"generalised"`` where it fails, the evidence is about
        the net of :func:`started`; or, of a free-choice net that is sound for every number of
        tokens, for ``k`` above 4, about the net with one. ``"generalised"`` is UNKNOWN for a net
        that is not free choice and has no counterexample among the first numbers.

    Raises
    ------
    UsageError
        For an unknown kind, a ``k`` that is missing or below 1, a net that is no workflow net, and
        for a number of tokens where the net starts with tokens outside its source.

    Notes
    -----
    W. M. P. van der Aalst, K. M. van Hee, A. H. M. ter Hofstede, N. Sidorova, H. M. W. Verbeek, M.
    Voorhoeve, M. T. Wynn: Soundness of workflow nets: classification, decidability, and analysis.
    Formal Aspects of Computing 23, 2011. A sound free-choice workflow net is sound for every number
    of tokens: L. Ping, H. Hao, L. Jian: On 1-soundness and soundness of workflow nets. MOCA 2004.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> [str(sound_as(net, kind, k=3).outcome) for kind in KINDS[1:]]
    ['HOLDS', 'HOLDS', 'HOLDS', 'HOLDS', 'HOLDS', 'HOLDS', 'HOLDS']
    """
    if kind not in KINDS:
        raise UsageError(f"there is no soundness {kind!r}; there are {', '.join(KINDS)}")
    limit = (budget or Budget()).fixed()
    if k is not None:
        k = whole_number(k, f"k is a number of tokens, not {k!r}")
    if kind in ("k", "up-to-k"):
        if k is None or k < 1:
            raise UsageError(f"{kind} needs a number of tokens k of at least 1, not {k}")
        if k > MAX_TOKENS:
            raise UsageError(f"a place holds at most 2**62 tokens, so k is not {k}")
        return _counted(net, k, kind, limit, progress)
    if kind == "generalised":
        return _generalised(net, MOST_K if k is None else k, limit, progress)
    if kind == "lazy":
        _, sink = _ends(net)
        lazy = SoundnessGoal(
            completion=Compare(((sink, 1),), "==", 1), proper=at_most(sink, 1), occurs={}
        )
        return _pair(net, lazy, "lazy-soundness", "lazily sound", limit, progress)
    wanted = workflow_goal(net) if goal is None else goal
    if kind == "weak":
        return _pair(net, wanted, "weak-soundness", "weakly sound", limit, progress)
    if kind == "easy":
        return reachable(
            net, wanted.completion, budget=limit, progress=progress, name="easy-soundness"
        )
    if kind == "relaxed":
        return relaxed_sound(net, wanted, budget=limit, progress=progress)
    from petri.soundness.sound import sound

    return sound(net, goal=goal, budget=limit, progress=progress)


def _pair(
    net: PetriNet,
    goal: SoundnessGoal,
    name: str,
    phrase: str,
    budget: Budget,
    progress: ProgressCallback | None,
) -> Verdict:
    """Decide option to complete and proper completion together."""
    from petri.reductions.answers import ReducedNet

    small = ReducedNet(net, goal=goal, budget=budget, progress=progress)
    decision = Decision(net, name, methods=("reduction",), budget=budget)
    parts = small.option(), small.proper()
    failed = next((part for part in parts if part.violated), None)
    if failed is None and small.pump is not None and goal.workflow_net:
        pump = PumpEvidence(
            claim=claim(net, "unbounded"), lasso=small.reduction.lasso(small.pump)
        )  # fmt: skip
        evidence = Parts(claim=claim(net, f"not {phrase}"), parts=(("unbounded", pump),))
        told = "Tokens can pile up without bound, so a token is left behind at the end."
        return decision.violated(evidence, told, parts=parts)
    if failed is None and small.pump is not None:
        parts = _of_the_net(net, goal, parts, budget, progress)
        failed = next((part for part in parts if part.violated), None)
    if failed is not None and failed.evidence is not None:
        evidence = Parts(
            claim=claim(net, f"not {phrase}"), parts=((failed.property, failed.evidence),)
        )
        return decision.violated(evidence, *failed.explanation, parts=parts)
    if all(part.holds for part in parts):
        pieces = tuple((part.property, part.evidence) for part in parts if part.evidence)
        told = "From every reachable marking it can complete, and it completes properly."
        return decision.holds(Parts(claim=claim(net, phrase), parts=pieces), told, parts=parts)
    open_part = next(part for part in parts if part.unknown)
    return decision.unknown(open_part.reason or "not decided", parts=parts)


def _of_the_net(
    net: PetriNet, goal: SoundnessGoal, parts: tuple[Verdict, Verdict], budget: Budget,
    progress: ProgressCallback | None,
) -> tuple[Verdict, Verdict]:  # fmt: skip
    """Ask of an unbounded net itself what its reduction left open."""
    limit = budget.fixed()
    option, proper = parts
    if proper.unknown and limit.remaining() != 0.0:
        proper = invariant(
            net, goal.proper, budget=share_of(limit, HALF), progress=progress, name=proper.property
        )  # fmt: skip
    if option.unknown and not proper.violated and limit.remaining() != 0.0:
        option = always_reachable(
            net, goal.completion, budget=limit, progress=progress, name=option.property
        )  # fmt: skip
    return option, proper


def _counted(
    net: PetriNet, k: int, kind: str, budget: Budget, progress: ProgressCallback | None
) -> Verdict:
    from petri.reductions.answers import ReducedNet

    source, sink = _ends(net)
    others = [place for place in net.initial.to_dict() if place != source]
    if others:
        raise UsageError(
            f"the number of tokens in {source!r} cannot be set: the net starts with tokens "
            f"elsewhere too, as in {others[0]!r}"
        )
    name = f"{k}-soundness" if kind == "k" else f"up-to-{k}-soundness"
    proved = _for_every_number(net, name, budget, progress) if k > MOST_K else None
    if proved is not None:
        return proved
    if kind != "k" and k > MOST_CASES:
        return Decision(net, name, methods=("reduction",), budget=budget).unknown(
            f"up to {MOST_CASES} numbers of tokens are asked together; a smaller k may refute it, "
            "and generalised soundness may prove it"
        )
    if kind == "k" or k == 1:
        begun = started(net, k)
        completion = equals_marking(begun, Marking({sink: k}))
    else:
        begun = started(net, *range(1, k + 1))
        cases = list(begun.place_ids[-k:])
        rest = [p for p in begun.place_ids if p != sink and p not in cases]
        empty = Compare(tuple((p, 1) for p in rest), "<=", 0)
        completion = conjunction(
            empty,
            disjunction(
                *(
                    conjunction(at_least(case), Compare(((sink, 1),), "==", n))
                    for n, case in enumerate(cases, start=1)
                )
            ),
        )
    goal = SoundnessGoal(completion=completion, proper=conjunction(), occurs={})
    small = ReducedNet(begun, goal=goal, budget=budget, progress=progress)
    verdict = small.option().with_(property=name)
    if verdict.unknown and small.pump is None:
        verdict = always_reachable(
            begun, completion, budget=budget, progress=progress, name=name
        )  # fmt: skip
    return verdict


def _for_every_number(
    net: PetriNet, name: str, budget: Budget, progress: ProgressCallback | None
) -> Verdict | None:
    """Return that a free-choice net is sound for every number of tokens, if it is sound for one."""
    source, _ = _ends(net)
    if not net_class(net, "free choice"):
        return None
    from petri.soundness.sound import sound

    one = net.replace(initial={source: 1}, final=None)
    proof = sound(one, budget=share_of(budget, THEOREM), progress=progress)
    told = "The net is free choice and sound, so it is sound for every number of tokens."
    return proof.with_(property=name, explanation=(told,)) if proof.holds else None


def _generalised(
    net: PetriNet, most: int, budget: Budget, progress: ProgressCallback | None
) -> Verdict:
    name = "generalised-soundness"
    free = bool(net_class(net, "free choice"))
    for k in range(1, most + 1):
        verdict = _counted(net, k, "k", budget, progress)
        if verdict.violated:
            told = f"Started with {k} token{'s' if k > 1 else ''}: {verdict.explain()}"
            return verdict.with_(property=name, explanation=(told,), parts=(verdict,))
        if verdict.unknown:
            return verdict.with_(property=name)
        proved = _for_every_number(net, name, budget, progress) if k == 1 else None
        if proved is not None:
            return proved
    covers = "that it is sound was not proved by the theorem" if free else "it is not free choice"
    why = f"sound for up to {most} tokens; {covers}, so nothing is known of more"
    decision = Decision(net, name, methods=("theorem",), budget=budget)
    return decision.unknown(why)


@within_memory("soundness-without-fairness")
def without_fairness(net: PetriNet, verdict: Verdict, *, budget: Budget | None = None) -> Verdict:
    """Decide soundness for runs that need not be fair: sound, and every run ends.

    Parameters
    ----------
    net
        The net.
    verdict
        The verdict of :func:`petri.sound`, which assumes that no choice is neglected for ever.
    budget
        Limits.

    Returns
    -------
    Verdict
        VIOLATED also where a cycle can be left, and need not be: then with a lasso.

    Examples
    --------
    >>> from petri import sound
    >>> net = PetriNet(places=["i", "p", "o"], transitions=["t", "again", "done"], initial=["i"],
    ...     arcs=[("i", "t"), ("t", "p"), ("p", "again"), ("again", "p"), ("p", "done"),
    ...           ("done", "o")])
    >>> without_fairness(net, sound(net)).witness.actions
    ('t', 'again')
    """
    name, phrase = "soundness-without-fairness", "sound without fairness"
    if verdict.unknown:
        return verdict.with_(property=name)
    assert verdict.evidence is not None
    if verdict.violated:
        evidence = Parts(
            claim=claim(net, f"not {phrase}"), parts=(("soundness", verdict.evidence),)
        )
        return verdict.with_(property=name, evidence=evidence)
    ends = terminates(net, budget=budget)
    seconds = verdict.statistics.seconds + ends.statistics.seconds
    statistics = replace(ends.statistics, seconds=seconds)
    whole = verdict.with_(property=name, statistics=statistics, parts=(verdict, ends))
    if ends.unknown or ends.evidence is None:
        return whole.with_(
            outcome=Outcome.UNKNOWN, evidence=None, explanation=(),
            reason=f"it is sound under fairness; {ends.reason}",
        )  # fmt: skip
    if ends.violated:
        evidence = Parts(claim=claim(net, f"not {phrase}"), parts=(("termination", ends.evidence),))
        told = "A cycle can be left, and need not be: it can go on for ever."
        return whole.with_(outcome=Outcome.VIOLATED, evidence=evidence, explanation=(told,))
    pieces = (("soundness", verdict.evidence), ("termination", ends.evidence))
    told = "It is sound, and every run ends, whatever is chosen."
    return whole.with_(
        evidence=Parts(claim=claim(net, phrase), parts=pieces), explanation=(told,)
    )  # fmt: skip
