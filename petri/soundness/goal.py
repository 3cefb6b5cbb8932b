"""What completing properly means for a net."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from petri.decision import equals_marking
from petri.marking import Marking
from petri.net import PetriNet
from petri.state_space.reachability import marking_holds
from petri.workflow_net import no_workflow_net, workflow_net
from transition_systems.errors import UsageError
from transition_systems.properties.predicates import (
    Dead,
    Not,
    Predicate,
    at_least,
    conjunction,
    disjunction,
)
from transition_systems.properties.walk import names_in, subpredicates

__all__ = ["SoundnessGoal", "unfit_for_theorem", "workflow_ends", "workflow_goal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundnessGoal:
    """The three parts of soundness, as statements about one net.

    Parameters
    ----------
    completion
        Holds in the completed markings: from every reachable marking one must be reachable.
    proper
        Must hold in every reachable marking.
    occurs
        Groups of transitions by name; of each group one must occur in some run.
    workflow_net
        Whether the net is a workflow net started with one token: then an unbounded net cannot be
        sound (van der Aalst, 1997), and a pump refutes.
    """

    completion: Predicate
    proper: Predicate
    occurs: Mapping[str, tuple[str, ...]]
    workflow_net: bool = False


def workflow_goal(net: PetriNet) -> SoundnessGoal:
    """Return the classical goal: reach just the final marking, leave nothing behind, no dead part.

    Parameters
    ----------
    net
        A workflow net. Its final marking is one token in the sink where none is set.

    Returns
    -------
    SoundnessGoal

    Raises
    ------
    UsageError
        When the net is not a workflow net, or starts with anything but one token in its source.

    Notes
    -----
    W. M. P. van der Aalst: Verification of workflow nets. ICATPN 1997.

    Examples
    --------
    >>> from petri import PetriNet
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> sorted(workflow_goal(net).occurs)
    ['t1']
    """
    structure = workflow_net(net)
    if not structure.holds or structure.evidence is None:
        raise UsageError(f"soundness needs a workflow net; {no_workflow_net(structure)}")
    sets = dict(getattr(structure.evidence, "sets", ()))
    source, sink = sets["source"][0], sets["sink"][0]
    if net.initial.to_dict() != {source: 1}:
        raise UsageError(
            f"soundness starts from one token in the source place {source}; "
            f"the initial marking is {net.initial}"
        )
    final = net.final if net.final is not None else Marking({sink: 1})
    wanted = final.to_dict()
    above = conjunction(*(at_least(place, tokens) for place, tokens in wanted.items()))
    equal = equals_marking(net, final)
    return SoundnessGoal(
        completion=equal,
        proper=disjunction(Not(above), equal),
        occurs={t: (t,) for t in net.transition_ids},
        workflow_net=wanted == {sink: 1},
    )


def workflow_ends(net: PetriNet) -> tuple[str, str] | str:
    """Return source and sink of a workflow net that starts with one token, or why it is none.

    Parameters
    ----------
    net
        Any net.

    Returns
    -------
    tuple of str, or str

    Examples
    --------
    >>> from petri import PetriNet
    >>> workflow_ends(PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0]))
    ('p1', 'p2')
    """
    structure = workflow_net(net)
    if not structure.holds or structure.evidence is None:
        return no_workflow_net(structure)
    sets = dict(getattr(structure.evidence, "sets", ()))
    source, sink = str(sets["source"][0]), str(sets["sink"][0])
    if net.initial.to_dict() != {source: 1}:
        return f"the initial marking is not one token in {source}"
    return source, sink


def unfit_for_theorem(net: PetriNet, goal: SoundnessGoal, sink: str) -> str | None:
    """Return why a goal does not follow from classical soundness of a workflow net, if so.

    Parameters
    ----------
    net
        The workflow net.
    goal
        It has to hold where just one token is in the sink, and what must hold everywhere may only
        speak of the sink, or be the classical statement: in a sound workflow net the sink is marked
        only by one token that is alone.
    sink
        The sink of the net.

    Returns
    -------
    str or None

    Examples
    --------
    >>> from petri import PetriNet
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> unfit_for_theorem(net, workflow_goal(net), "p2") is None
    True
    """
    if goal.workflow_net:
        return None
    if not marking_holds(net, goal.completion, Marking({sink: 1})):
        return f"the goal is not reached by one token in {sink}"
    counters, steps = names_in(goal.proper)
    dead = any(isinstance(node, Dead) for node in subpredicates(goal.proper))
    if set(counters) - {sink} or steps or dead:
        return f"what must always hold does not speak of {sink} alone"
    if not all(marking_holds(net, goal.proper, Marking({sink: n})) for n in (0, 1)):
        return f"what must always hold fails with none or one token in {sink}"
    return None
