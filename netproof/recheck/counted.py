"""Soundness for numbers of tokens: what ``k``, ``up to k`` and generalised soundness say of a net.

``3-soundness`` is about a workflow net that starts with three tokens in its source, and
``up-to-3-soundness`` about one that chooses the number first: in the beginning one token is in a
place that nothing leads to, from which a transition for each number from 1 to 3 takes it, puts so
many tokens into the source, and one into a place of its own that says which number was chosen.
"""

from __future__ import annotations

import re

from netproof.recheck.result import RefusedError
from netproof.recheck.statements import Statement, equal_to
from netproof.recheck.structure import workflow_ends
from petri.net import PetriNet
from transition_systems.properties.predicates import And, Compare, Or, Predicate

__all__ = ["counted_statement", "counts_tokens", "kind_of_soundness"]

_COUNTED = re.compile(r"(up-to-)?([1-9][0-9]{0,18})-soundness")
_KINDS = frozenset(
    {"weak-soundness", "lazy-soundness", "relaxed-soundness", "easy-soundness",
     "generalised-soundness", "soundness-without-fairness"}
)  # fmt: skip


def kind_of_soundness(name: str) -> bool:
    """Return whether a property is a kind of soundness other than the classical one."""
    return name in _KINDS or _COUNTED.fullmatch(name) is not None


def counts_tokens(name: str) -> bool:
    """Return whether a property is soundness for a number of tokens, up to one, or for all."""
    return name == "generalised-soundness" or _COUNTED.fullmatch(name) is not None


def counted_statement(name: str, net: PetriNet) -> Statement | None:
    """Return what a counted kind of soundness says of a net; ``None`` for another property.

    Refused is a net that does not start as it must. For ``generalised-soundness`` the statement is
    that for the number of tokens in the source, from whose negation that of the property follows.
    """
    found = _COUNTED.fullmatch(name)
    if found is None and name != "generalised-soundness":
        return None
    if found is not None and found[1] and found[2] != "1":
        if int(found[2]) > len(net.transition_ids):
            raise RefusedError("the net does not choose from so many numbers of tokens")
        return Statement("AG EF", _chosen(net, int(found[2])))
    source, sink = workflow_ends(net)
    tokens = net.initial.to_dict()
    count = tokens.get(source, 0) if found is None else int(found[2])
    if count < 1 or tokens != {source: count}:
        raise RefusedError(f"the net does not start with {max(count, 1)} tokens in its source")
    return Statement("AG EF", equal_to(net, {sink: count}))


def _chosen(net: PetriNet, most: int) -> Predicate:
    """Return that a net with a choice of the number has just so many tokens in its sink."""
    takes: dict[str, dict[str, int]] = {t: {} for t in net.transition_ids}
    gives: dict[str, dict[str, int]] = {t: {} for t in net.transition_ids}
    for arc in net.arcs:
        if arc.source in takes:
            gives[arc.source][arc.target] = arc.weight
        else:
            takes[arc.target][arc.source] = arc.weight
    (first,) = net.initial.to_dict() if len(net.initial.to_dict()) == 1 else ("",)
    starts = [t for t, needs in takes.items() if first in needs]
    if net.initial.to_dict() != {first: 1} or any(first in gift for gift in gives.values()):
        raise RefusedError("the net does not start with one token in a place of its own")
    into: dict[str, int] = {}
    for place in (place for t in starts for place in gives[t]):
        into[place] = into.get(place, 0) + 1
    common = [place for place, count in into.items() if count == len(starts)]
    if len(starts) != most or most < 2 or len(common) != 1:
        raise RefusedError(f"the net does not begin with a choice of 1 to {most} tokens")
    source, cases = common[0], dict[int, str]()
    for t in starts:
        (case,) = gives[t].keys() - {source} if len(gives[t]) == 2 else ("",)
        if takes[t] != {first: 1} or gives[t].get(case) != 1:
            raise RefusedError(f"{t!r:.60} does not choose a number of tokens")
        cases[gives[t][source]] = case
    used = {p for t in takes if t not in starts for p in (*takes[t], *gives[t])}
    numbers = list(range(1, most + 1))
    if sorted(cases) != numbers or len({*cases.values()}) < most or used & {first, *cases.values()}:
        raise RefusedError(f"the net does not begin with a choice of 1 to {most} tokens")
    inner = PetriNet(
        places=[p for p in net.place_ids if p not in {first, *cases.values()}],
        transitions=[t for t in net.transition_ids if t not in starts],
        arcs=[
            (a.source, a.target, a.weight) for a in net.arcs if not {a.source, a.target} & {*starts}
        ],
    )  # fmt: skip
    begin, sink = workflow_ends(inner)
    if begin != source:
        raise RefusedError("the tokens do not start in the source of the net")
    rest = [p for p in net.place_ids if p != sink and p not in cases.values()]
    done = [
        And((Compare(((case, 1),), ">=", 1), Compare(((sink, 1),), "==", count)))
        for count, case in sorted(cases.items())
    ]
    return And((Compare(tuple((p, 1) for p in rest), "<=", 0), Or(tuple(done))))
