"""The net that evidence for a number of tokens is about: the user's net, started with so many.

Built once more and apart from :mod:`petri.soundness`; a slip there shows as a digest that differs.
"""

from __future__ import annotations

import re

from netproof.recheck.merged_ends import merged_ends
from netproof.recheck.result import RefusedError
from netproof.recheck.structure import workflow_ends
from petri.net import PetriNet

__all__ = ["begun_net"]

_COUNTED = re.compile(r"(up-to-)?([1-9][0-9]{0,18})-soundness")
_MOST, _CASES = 16, 1_000


def begun_net(name: str, net: PetriNet, digest: str | None) -> PetriNet:
    """Return the net that evidence of a property is about, which for most is the net itself.

    Parameters
    ----------
    name
        The property.
    net
        The net of the model.
    digest
        The digest that the evidence gives for its net.

    Returns
    -------
    PetriNet
        With several ends these first lead to one sink. For ``3-soundness`` with three tokens in its
        source, for ``up-to-3-soundness`` with a choice of one to three, for
        ``generalised-soundness`` with the number, up to 16, that the digest tells; for each of
        these with one token and without a final marking, where the digest tells so.

    Raises
    ------
    RefusedError
        For a counted kind of a net that is no workflow net, or has tokens outside its source; and
        where a case may reach several ends.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> begun_net("3-soundness", net, None).initial.to_dict()
    {'p1': 3}
    """
    found = _COUNTED.fullmatch(name)
    others = ("generalised-soundness", "lazy-soundness")
    if (found is None and name not in others) or digest == net.digest():
        return net
    net = merged_ends(net)
    if name == "lazy-soundness" or digest == net.digest():
        return net
    source, sink = workflow_ends(net)
    if not net.initial.to_dict().keys() <= {source}:
        raise RefusedError("the net has tokens outside its source, so their number cannot be set")
    one = net.replace(initial={source: 1}, final=None)
    if digest == one.digest():
        return one
    if found is None:
        begun = [_with(net, source, sink, count) for count in range(1, _MOST + 1)]
        return next((one for one in begun if one.digest() == digest), net)
    count = int(found[2])
    if found[1] and count > _CASES:
        raise RefusedError(f"more than {_CASES} numbers of tokens are not chosen from")
    if found[1] and count > 1:
        return _choosing(net, source, count)
    return _with(net, source, sink, count)


def _with(net: PetriNet, source: str, sink: str, count: int) -> PetriNet:
    return net.replace(initial={source: count}, final={sink: count})


def _choosing(net: PetriNet, source: str, most: int) -> PetriNet:
    """Return the net that begins with a choice of the number of tokens in its source."""
    taken = {*net.place_ids, *net.transition_ids}

    def free(name: str) -> str:
        while name in taken:
            name += "'"
        return name

    first = free("start")
    numbers = range(1, most + 1)
    cases = {n: free(f"case.{n}") for n in numbers}
    steps = {n: free(f"start.{n}") for n in numbers}
    arcs = [(arc.source, arc.target, arc.weight) for arc in net.arcs]
    for n in numbers:
        arcs += [(first, steps[n], 1), (steps[n], source, n), (steps[n], cases[n], 1)]
    return PetriNet(
        places=[*net.places, first, *cases.values()],
        transitions=[*net.transitions, *steps.values()],
        arcs=arcs,
        initial={first: 1},
        name=net.name,
    )
