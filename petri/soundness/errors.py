"""The kind of error of an unsound net, in the words of the field, with the nodes it is at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from petri.marking import Marking
from petri.net import PetriNet
from transition_systems.errors import UsageError
from transition_systems.evidence import Parts
from transition_systems.properties.parse import parse_formula
from transition_systems.properties.walk import names_in_formula
from transition_systems.run import Lasso, Run
from transition_systems.verdict import Verdict

__all__ = ["ErrorKind", "SoundnessError", "soundness_error"]

MOST_MARKINGS = 400
MOST_STEPS = 300


class ErrorKind(StrEnum):
    """What is wrong with an unsound workflow.

    ``LACK_OF_SYNCHRONISATION``
        Parallel branches meet without being synchronised: what comes behind happens twice.
    ``DEADLOCK_AT_JOIN``
        A join has some of its tokens and never gets the others.
    ``DEADLOCK``
        Nothing can happen, and no join waits.
    ``IMPROPER_COMPLETION``
        The end is reached with tokens left behind, or twice.
    ``LIVELOCK``
        It can go on for ever and never complete.
    ``PUMP``
        Tokens pile up without bound.
    ``DEAD_PART``
        A part never happens in any run.
    """

    LACK_OF_SYNCHRONISATION = "lack of synchronisation"
    DEADLOCK_AT_JOIN = "deadlock at a join"
    DEADLOCK = "deadlock"
    IMPROPER_COMPLETION = "improper completion"
    LIVELOCK = "livelock"
    PUMP = "pump"
    DEAD_PART = "dead part"


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundnessError:
    """A kind of error and where it is.

    Parameters
    ----------
    kind
        The kind.
    transitions
        The transitions that it is at: joins that wait, the one that put the second token, those
        that go on for ever, those that are dead.
    places
        The places that it is at: with tokens that are stuck, with two tokens, that grow.
    run
        A run of the net to the error, ``None`` for a dead part.
    """

    kind: ErrorKind
    transitions: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    run: Run | Lasso | None = None


def soundness_error(net: PetriNet, verdict: Verdict) -> SoundnessError:
    """Tell of a violated verdict of soundness, or of one of its parts, which kind of error it is.

    Parameters
    ----------
    net
        The net that the verdict is about.
    verdict
        A violated verdict of :func:`petri.sound`, or of its parts.

    Returns
    -------
    SoundnessError

    Raises
    ------
    UsageError
        For a verdict that is not violated.

    Notes
    -----
    A run that ends where nothing can happen is a deadlock: at a join where a transition with
    several input places has a token in one and lacks one in another. Where it was to complete but
    too many tokens are left, and a place other than an end held two tokens on the way, the branches
    met unsynchronised there; otherwise it is improper completion. W. M. P. van der Aalst, K. M. van
    Hee, A. H. M. ter Hofstede et al.: Soundness of workflow nets: classification, decidability, and
    analysis. Formal Aspects of Computing 23, 2011; W. Sadiq, M. E. Orlowska: Analyzing process
    models using graph reduction techniques. Information Systems 25, 2000.

    Examples
    --------
    >>> from petri.soundness import sound
    >>> net = PetriNet(places=["i", "p", "q", "o"], transitions=["t", "u", "j"], arcs=[("i", "t"),
    ...     ("t", "p"), ("i", "u"), ("u", "q"), ("p", "j"), ("q", "j"), ("j", "o")], initial=["i"])
    >>> error = soundness_error(net, sound(net))
    >>> str(error.kind), error.transitions
    ('deadlock at a join', ('j',))
    """
    if not verdict.violated or verdict.evidence is None:
        raise UsageError(f"only a violated verdict has an error: {verdict.outcome}")
    part, evidence = verdict.property, verdict.evidence
    if isinstance(evidence, Parts):
        part, evidence = evidence.parts[0]
    witness = verdict.witness
    if isinstance(witness, Lasso):
        return _pump(witness)
    if part.startswith("no-dead-"):
        _, dead = names_in_formula(parse_formula(evidence.claim.formula))
        return SoundnessError(kind=ErrorKind.DEAD_PART, transitions=tuple(sorted(dead)))
    if part == "proper-completion":
        assert isinstance(witness, Run)
        return _improper(net, witness)
    return _never_complete(net, witness or _some_run(net))


def _pump(lasso: Lasso) -> SoundnessError:
    before: Mapping[str, int] = lasso.stem[-1].state if lasso.stem else lasso.initial
    after: Mapping[str, int] = lasso.last
    grown = tuple(p for p, n in after.items() if n > before.get(p, 0))
    cycle = tuple(dict.fromkeys(step.action for step in lasso.cycle))
    return SoundnessError(kind=ErrorKind.PUMP, transitions=cycle, places=grown, run=lasso)


def _improper(net: PetriNet, run: Run) -> SoundnessError:
    """Return the error of a run to a marking that is not proper."""
    ends = _ends(net)
    marking: Mapping[str, int] = run.initial
    for step in run.steps:
        twice = [p for p, n in step.state.items() if n > 1 and marking.get(p, 0) <= 1]
        if twice and set(twice).isdisjoint(ends):
            kind = ErrorKind.LACK_OF_SYNCHRONISATION
            return SoundnessError(
                kind=kind, transitions=(step.action,), places=tuple(twice), run=run
            )
        marking = step.state
    reached = tuple(p for p, n in marking.items() if p in ends and n > 1)
    places = reached or tuple(marking)
    last = run.actions[-1:]
    return SoundnessError(
        kind=ErrorKind.IMPROPER_COMPLETION, transitions=last, places=places, run=run
    )


def _never_complete(net: PetriNet, run: Run) -> SoundnessError:
    marking: Mapping[str, int] = run.last
    if net.enabled(Marking(marking)):
        going = _going_on(net, Marking(marking))
        return SoundnessError(kind=ErrorKind.LIVELOCK, transitions=going, run=run)
    joins = waiting_joins(net, marking)
    if joins:
        return SoundnessError(
            kind=ErrorKind.DEADLOCK_AT_JOIN, transitions=joins, places=tuple(marking), run=run
        )
    if any(marking.get(end, 0) for end in _ends(net)):
        return _improper(net, run)
    return SoundnessError(kind=ErrorKind.DEADLOCK, places=tuple(marking), run=run)


def waiting_joins(net: PetriNet, marking: Mapping[str, int]) -> tuple[str, ...]:
    """Return the transitions of which some input places have enough tokens and others have not."""
    found: list[str] = []
    for number, name in enumerate(net.transition_ids):
        needs, weights = net.pre_arcs.row(number)
        if len(needs) < 2:
            continue
        enough = [
            marking.get(net.place_ids[p], 0) >= n
            for p, n in zip(needs.tolist(), weights.tolist(), strict=True)
        ]
        if any(enough) and not all(enough):
            found.append(name)
    return tuple(found)


def _ends(net: PetriNet) -> set[str]:
    """Return the places that nothing takes tokens from."""
    return {p for number, p in enumerate(net.place_ids) if not len(net.consumers.row(number)[0])}


def _going_on(net: PetriNet, marking: Marking) -> tuple[str, ...]:
    """Return the transitions that occur from a marking on, as far as a short search tells."""
    seen, waiting, found = {marking}, [marking], dict[str, None]()
    while waiting and len(seen) < MOST_MARKINGS:
        current = waiting.pop()
        for name in net.enabled(current):
            found[name] = None
            after = net.fire(current, name)
            if after not in seen:
                seen.add(after)
                waiting.append(after)
    return tuple(found)


def _some_run(net: PetriNet) -> Run:
    """Return a run until nothing can happen, or the empty one where it may go on for ever."""
    marking, actions = net.initial, list[str]()
    for number in range(MOST_STEPS):
        enabled = net.enabled(marking)
        if not enabled:
            return net.run(net.initial, actions)
        actions.append(enabled[number % len(enabled)])
        marking = net.fire(marking, actions[-1])
    return Run(initial=net.initial.to_dict())
