"""Commoner's condition by definition: all sets of places are looked at."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from oracles.evidence_net import Plain, Said, need

Data = dict[str, Any]


def siphon_traps_shows(net: Plain, data: Data, claim: Said) -> None:
    """The traps are marked traps, each siphon holds one, and the net is of the theorem's class."""
    need(len(net.places) <= 12)
    need(all(weight == 1 for needs in net.pre.values() for weight in needs.values()))
    if claim.phrase == "live":
        for one in net.transitions:
            for other in net.transitions:
                common = net.pre[one].keys() & net.pre[other].keys()
                need(not common or net.pre[one] == net.pre[other])
    else:
        need(claim.shape == "AG" and claim.test is not None and net.transitions)
        assert claim.test is not None
        dead = [m for m in net.box() if not net.steps(m)]
        need(all(not claim.test(m) for m in dead))
        need(all(claim.test(m) for m in net.box() if net.steps(m)))
    traps = [set(trap) for trap in data["traps"]]
    for trap in traps:
        need(trap <= set(net.places) and trap & dict(net.initial).keys())
        for t in net.transitions:
            need(not trap & net.pre[t].keys() or trap & net.post[t].keys())
    for size in range(1, len(net.places) + 1):
        for chosen in combinations(net.places, size):
            places = set(chosen)
            siphon = all(
                not places & net.post[t].keys() or places & net.pre[t].keys()
                for t in net.transitions
            )
            need(not siphon or any(trap <= places for trap in traps))
