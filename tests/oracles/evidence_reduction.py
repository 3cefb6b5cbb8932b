"""Second checker of reductions: the rules done naively, and what is claimed compared on both nets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from oracles.evidence_net import Marking, Plain, Said, need, said
from oracles.evidence_sets import walked
from oracles.evidence_truth import World
from petri import PetriNet

Data = dict[str, Any]
Shows = Callable[[PetriNet, Data, int], None]


class Small:
    """A net that is made smaller by rules; ``speaks``: the transitions each one stands for."""

    def __init__(self, net: Plain) -> None:
        self.places = list(net.places)
        self.pre = {t: dict(net.pre[t]) for t in net.transitions}
        self.post = {t: dict(net.post[t]) for t in net.transitions}
        self.tokens = {p: dict(net.initial).get(p, 0) for p in net.places}
        self.image: dict[str, str | int] = {}
        self.speaks: dict[str, set[str]] = {t: {t} for t in net.transitions}
        self.early: set[str] = set()
        self.fixed: list[int] = []

    def gone(self, place: str, image: str | int) -> None:
        self.places.remove(place)
        for side in (self.pre, self.post):
            for arcs in side.values():
                arcs.pop(place, None)
        del self.tokens[place]
        self.image[place] = image

    def drop(self, transition: str) -> None:
        del self.pre[transition], self.post[transition], self.speaks[transition]

    def apply(self, rule: str, *names: str) -> None:
        """Do one step; its premises are those that the reference states for the rule."""
        if rule in ("equal-transition", "idle-transition"):
            one, other = names
            need(one in self.pre and other in self.pre and one != other)
            need(self.pre[one] == self.pre[other])
            need(self.post[one] == (self.post[other] if rule[0] == "e" else self.pre[one]))
            self.speaks[other] |= self.speaks[one]
            self.drop(one)
            return
        need(names[0] in self.places)
        if rule == "equal-place":
            one, other = names
            need(other in self.places and one != other and self.tokens[one] == self.tokens[other])
            for side in (self.pre, self.post):
                need(all(arcs.get(one, 0) == arcs.get(other, 0) for arcs in side.values()))
            self.gone(one, other)
        elif rule == "fixed-place":
            (one,) = names
            for t in self.pre:
                need(self.pre[t].get(one, 0) == self.post[t].get(one, 0) <= self.tokens[one])
            self.fixed.append(self.tokens[one])
            self.gone(one, self.tokens[one])
        else:
            need(rule == "agglomerate")
            self._agglomerate(*names)

    def _agglomerate(self, place: str) -> None:
        fills = sorted(t for t in self.post if place in self.post[t])
        takes = sorted(t for t in self.pre if place in self.pre[t])
        need(not set(fills) & set(takes) and takes)
        need(all(self.pre[t] == {place: 1} and self.post[t] for t in takes))
        need(all(self.post[t][place] == 1 for t in fills))
        held = self.tokens[place]
        need(fills or held)
        if held:
            need(len(takes) == 1)
            for p, n in self.post[takes[0]].items():
                self.tokens[p] = self.tokens.get(p, 0) + held * n
            self.early |= self.speaks[takes[0]]
            self.tokens[place] = 0
        for first in fills:
            del self.post[first][place]
            for second in takes:
                name = first if len(takes) == 1 else f"{first}+{second}"
                total = dict(self.post[first])
                for p, n in self.post[second].items():
                    total[p] = total.get(p, 0) + n
                need(name == first or (name not in self.pre and name not in self.places))
                self.pre[name], speaks = dict(self.pre[first]), set(self.speaks[first])
                self.speaks[name] = speaks | self.speaks[second]
                if name != first:
                    self.post[name] = total
                else:
                    self.post[first] = total
            if len(takes) > 1:
                self.drop(first)
        for second in takes:
            self.drop(second)
        self.gone(place, 0)

    def net(self) -> PetriNet:
        """The net that is left, its nodes in the order of their names."""
        arcs = [(p, t, n) for t, side in self.pre.items() for p, n in side.items()]
        arcs += [(t, p, n) for t, side in self.post.items() for p, n in side.items()]
        return PetriNet(
            places=sorted(self.places), transitions=sorted(self.pre), arcs=arcs,
            initial={p: n for p, n in self.tokens.items() if n},
        )  # fmt: skip

    def read(self, places: list[str], small: Marking) -> Marking:
        """A marking of the first net that is read as one of the small net."""
        tokens = dict(small)
        found: dict[str, int] = {}
        for place in places:
            now: str | int = place
            while isinstance(now, str) and now in self.image:
                now = self.image[now]
            found[place] = now if isinstance(now, int) else tokens.get(now, 0)
        return frozenset((p, n) for p, n in found.items() if n)


def reduction_shows(original: PetriNet, data: Data, claim: Said, depth: int, shows: Shows) -> None:
    """Each rule may be applied, the inner evidence proves what is left to prove, on a net where it
    is as true as on the first one."""
    net = Plain.of(original)
    small = Small(net)
    for step in data["steps"]:
        need(len(step) >= 2)
        small.apply(*[str(name) for name in step])
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
            big = small.read(net.places, m)
            # Whether a marking is dead is a matter of the net, and the same on both only where it
            # can be reached; a claim about it is compared where both agree.
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
