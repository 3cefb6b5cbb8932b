"""No deadlock by structure: the cheapest theorem for the class of the net, with evidence.

- A marked graph in which every circuit is marked is live (F. Commoner et al., 1971).
- A free-choice net that fulfils the premises of the rank theorem, with no siphon that is empty at
  the start, is live and bounded (J. Desel, J. Esparza, 1995).
- A net whose input arcs have weight 1 and in which every siphon contains a marked trap is never
  dead (F. Commoner, 1972): the empty places of a dead marking are a siphon, and traps stay marked.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from petri.induction.linear_lines import as_parts
from petri.induction.linear_proof import linear_proof
from petri.net import PetriNet
from petri.structure.commoner import siphons_hold_traps
from petri.structure.net_classes import net_class
from petri.structure.rank_theorem import rank_premises
from transition_systems.budget import Budget
from transition_systems.evidence import CircuitEvidence, Evidence, RankEvidence
from transition_systems.evidence_data import Claim
from transition_systems.properties.predicates import Dead

__all__ = ["deadlock_free", "marked_circuits"]

NEVER_DEAD = "AG !dead"
# Where no seconds are given: the search for siphons is exponential at worst.
SECONDS = 30.0


def deadlock_free(net: PetriNet, *, budget: Budget | None = None) -> Evidence | str:
    """Return evidence by structure that no reachable marking is dead, or why there is none.

    Parameters
    ----------
    net
        Any place/transition net with its initial marking.
    budget
        Seconds; without any it gives up after half a minute.

    Returns
    -------
    Evidence or str
        For marked graphs an order of the transitions, for free-choice nets the premises of the
        rank theorem, else a linear proof from traps. A sentence where none applies; it does not
        say that there is a dead marking.

    Notes
    -----
    Linear for marked graphs, polynomial for bounded free-choice nets; deciding that every siphon
    contains a marked trap is co-NP-complete, and is asked of a SAT solver.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 1], [1, 0]], [1, 0])
    >>> deadlock_free(net).order
    ('t1', 't2')
    """
    limit = (budget or Budget()).fixed()
    if limit.remaining() is None:
        limit = replace(limit, seconds=SECONDS).fixed()
    claim = Claim(formula=NEVER_DEAD, model_digest=net.digest())
    if not net.transition_ids:
        return "the net has no transition"
    if net_class(net, "marked graph"):
        found = marked_circuits(net)
        if found is not None:
            return CircuitEvidence(claim=claim, order=found)
        return "the net is a marked graph with a circuit without a token"
    free = net_class(net, "extended free choice")
    why = f"the net is not extended free choice ({free.why})"
    if free:
        premises = rank_premises(net, budget=limit)
        if not isinstance(premises, str):
            return RankEvidence(
                claim=claim,
                places=tuple(zip(net.place_ids, premises.places, strict=True)),
                transitions=tuple(zip(net.transition_ids, premises.transitions, strict=True)),
                closing=0,
                flows=tuple(flow.weights for flow in premises.flows),
            )
        why = f"the rank theorem does not apply: {premises}"
    if any(weight != 1 for weight in net.pre_arcs.weights.tolist()):
        return f"{why}, and an input arc has a weight above 1"
    answer = siphons_hold_traps(net, budget=limit)
    if answer.holds is None:
        return f"{why}, and whether each siphon contains a marked trap is open: {answer.why}"
    if not answer.holds:
        return f"{why}, and {answer.why}"
    proof = linear_proof(net, as_parts(net, Dead()), claim, traps=answer.traps, budget=limit)
    if isinstance(proof, str):
        return f"{why}; each siphon contains a marked trap, but the proof is too long: {proof}"
    return proof


def marked_circuits(net: PetriNet) -> tuple[str, ...] | None:
    """Return an order of a marked graph's transitions along its empty places, if there is one.

    Parameters
    ----------
    net
        A marked graph: each place has one transition before it and one after it.

    Returns
    -------
    tuple of str or None
        All transitions, each empty place leading to a later one; ``None`` where a circuit has no
        token. Linear in the size of the net.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 1], [1, 0]], [0, 0])
    >>> marked_circuits(net)
    """
    marked = net.initial.to_dict()
    empty = [name not in marked for name in net.place_ids]
    offsets, places, _ = (part.tolist() for part in net.post_arcs)
    users = net.consumers.places.tolist()
    starts = net.consumers.offsets.tolist()
    later: list[list[int]] = [
        [users[starts[place]] for place in places[a:b] if empty[place]]
        for a, b in pairwise(offsets)
    ]
    before = [0] * len(later)
    for targets in later:
        for target in targets:
            before[target] += 1
    ready = [transition for transition, count in enumerate(before) if not count]
    order: list[str] = []
    while ready:
        transition = ready.pop()
        order.append(net.transition_ids[transition])
        for target in later[transition]:
            before[target] -= 1
            if not before[target]:
                ready.append(target)
    return tuple(order) if len(order) == len(later) else None
