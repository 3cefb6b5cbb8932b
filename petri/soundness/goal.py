"""What completing properly means for a net."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from petri.decision import equals_marking
from petri.marking import Marking
from petri.net import PetriNet
from petri.workflow_net import workflow_net
from transition_systems.errors import UsageError
from transition_systems.properties.predicates import (
    Not,
    Predicate,
    at_least,
    conjunction,
    disjunction,
)

__all__ = ["SoundnessGoal", "workflow_goal"]


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
        raise UsageError(f"soundness needs a workflow net. {structure.explain()}")
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
