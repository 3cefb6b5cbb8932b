"""Second checker of reductions: the rules done naively, and what is claimed compared on both nets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from oracles.evidence_net import Plain, Said, Wrong, need, said
from oracles.evidence_sets import walked
from oracles.evidence_shrinking import Small
from oracles.evidence_truth import World
from petri import PetriNet

Data = dict[str, Any]
Shows = Callable[[PetriNet, Data, int], None]


def reduction_shows(original: PetriNet, data: Data, claim: Said, depth: int, shows: Shows) -> None:
    """Each rule may be applied, the inner evidence proves what is left to prove, on a net where it
    is as true as on the first one."""
    net = Plain.of(original)
    small = Small(net)
    for step in data["steps"]:
        need(len(step) >= 2)
        try:
            small.apply(*[str(name) for name in step])
        except (TypeError, ValueError) as error:
            raise Wrong from error
    reduced = small.net()
    inner = data["inner"]
    need(inner["kind"] != "reduction")
    shows(reduced, inner, depth + 1)
    about = Plain.of(reduced)
    claimed = said(about, inner["claim"]["formula"])
    need(World(about).claim(claimed) is not False)
    if data["run"] is not None:
        walked(net, data["run"])
    if claim.phrase.startswith("bounded by "):
        need(claimed.phrase.startswith("bounded by "))
        bound = int(claimed.phrase.rpartition(" ")[2])
        need(max([bound, *small.fixed]) == int(claim.phrase.rpartition(" ")[2]))
        return
    if claim.phrase.startswith("occur-groups "):
        _groups(small, claim, claimed)
        return
    need(claim.shape in ("AG", "AG EF", "EF AG") and claimed.shape in (claim.shape, "AG"))
    assert claimed.test is not None
    assert claim.test is not None
    never = _never(net, claim)
    if never:
        need(claimed.shape == "AG" and not small.early & never)
        speaking = [t for t, some in small.speaks.items() if some & never]
        need(never <= set().union(*small.speaks.values()))
        box = about.box()
        need(all(not about.enabled(m, t) for m in box if claimed.test(m) for t in speaking))
        return
    dead = {m: not about.steps(m) for m in about.box()}
    for m, stuck in dead.items():
        if claimed.test(m):
            for lost in (0, 1, 2) if None in small.image.values() else (0,):
                big = small.read(net.places, m, lost)
                # Whether a marking is dead is a matter of the net, and the same on both only where
                # it can be reached; a claim about it is compared where both agree.
                need(claim.test(big) or stuck != (not net.steps(big)))


def _groups(small: Small, claim: Said, claimed: Said) -> None:
    import json

    need(claimed.phrase.startswith("occur-groups "))
    known = [set(group) for group in json.loads(claimed.phrase.removeprefix("occur-groups "))]
    for group in json.loads(claim.phrase.removeprefix("occur-groups ")):
        if small.early & set(group):
            continue
        speaking = {t for t, some in small.speaks.items() if some & set(group)}
        need(any(one <= speaking for one in known))


def _never(net: Plain, claim: Said) -> set[str]:
    """The transitions of a claim that none of them is ever enabled; of another claim none."""
    from transition_systems.properties.predicates import And, Enabled, Not

    parts = [claim.predicate]
    names: set[str] = set()
    while parts:
        node: Any = parts.pop()
        if isinstance(node, And):
            parts.extend(node.operands)
        elif isinstance(node, Not) and isinstance(node.operand, Enabled):
            names.add(node.operand.name)
        else:
            return set()
    return names if claim.shape == "AG" else set()
