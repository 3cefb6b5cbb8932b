"""Whether claims and answers are true, decided on the whole state space; None where it is too big."""

from __future__ import annotations

import json
import re
from typing import Any

from oracles.evidence_net import Marking, Plain, Said, Test, Wrong, need, said


class World:
    """A net with all its markings, or as many as fit."""

    def __init__(self, net: Plain, limit: int = 3000) -> None:
        self.net = net
        found = net.reach(net.initial, limit)
        self.complete = found is not None
        self.pump = not self.complete and grows(net)
        self.states = found or some_states(net, limit)
        self._from: dict[Marking, set[Marking]] = {}

    def later(self, state: Marking) -> set[Marking]:
        """All that can be reached from a state of a complete space."""
        if state not in self._from:
            found = self.net.reach(state)
            assert found is not None
            self._from[state] = found
        return self._from[state]

    def shaped(self, shape: str, test: Test) -> bool | None:
        """Whether a formula of one of the four shapes is true."""
        if shape == "AG":
            bad = any(not test(m) for m in self.states)
            return False if bad else (True if self.complete else None)
        if shape == "EF":
            good = any(test(m) for m in self.states)
            return True if good else (False if self.complete else None)
        if not self.complete:
            return None
        if shape == "AG EF":
            return all(any(test(n) for n in self.later(m)) for m in self.states)
        if shape == "EF AG":
            return any(all(test(n) for n in self.later(m)) for m in self.states)
        return False

    def fired(self) -> set[str]:
        return {t for m in self.states for t, _ in self.net.steps(m)}

    def endless(self, fairness: str) -> bool | None:
        """Whether there is an infinite run that is fair."""
        if not self.complete:
            return True if fairness == "none" and self.pump else None
        return any(
            fair_cycle(self.net, part, fairness) for part in components(self.net, self.states)
        )

    def silently_endless(self) -> bool:
        """Whether silent steps can go on for ever: some states stay when those with an end leave."""
        left = set(self.states)
        while True:
            on = {
                m for m in left if any(t in self.net.silent and n in left
                                       for t, n in self.net.steps(m))
            }  # fmt: skip
            if on == left:
                return bool(left)
            left = on

    def phrase(self, text: str) -> bool | None:
        """Whether a phrase is true of the net."""
        net = self.net
        if text == "unbounded":
            return False if self.complete else (True if self.pump else None)
        if text.startswith("unbounded "):
            return False if self.complete else None
        if text == "bounds":
            return True
        if found := re.fullmatch(r"bound (\S+) = (\d+)", text):
            top = max((dict(m).get(found[1], 0) for m in self.states), default=0)
            known = top == int(found[2]) and found[1] in net.places
            return known if self.complete else (None if top <= int(found[2]) else False)
        if found := re.fullmatch(r"bounded by (\d+)", text):
            if not self.complete:
                return False if self.pump else None
            return max((n for m in self.states for _, n in m), default=0) == int(found[1])
        for phrase, fairness in (("", "none"), (" under weak fairness", "weak"),
                                 (" under strong fairness", "strong")):  # fmt: skip
            if text in ("terminates" + phrase, "infinite run" + phrase):
                endless = self.endless(fairness)
                return None if endless is None else endless == text.startswith("infinite")
        if text == "no livelock":
            return not self.silently_endless() if self.complete else None
        if text in ("workflow net", "not a workflow net"):
            return (ends(net) is not None) == (text == "workflow net")
        if text in ("sound", "not sound"):
            sound = self.sound()
            return None if sound is None else sound == (text == "sound")
        if text == "live":
            if not self.complete:
                return None
            return all(
                {t for n in self.later(m) for t, _ in net.steps(n)} == set(net.transitions)
                for m in self.states
            )
        if text == "no stable place":
            if any(len({dict(m).get(p, 0) for m in self.states}) == 1 for p in net.places):
                return False if self.complete else None
            return True
        if text.startswith("occur "):
            names = set(json.loads(text.removeprefix("occur ")))
            return self.together(names)
        if text.startswith("occur-groups "):
            groups = json.loads(text.removeprefix("occur-groups "))
            fired = self.fired()
            good = all(not fired.isdisjoint(group) for group in groups)
            return True if good else (False if self.complete else None)
        return False

    def together(self, names: set[str]) -> bool | None:
        """Whether all of the transitions occur in one run."""
        start = (self.net.initial, frozenset[str]())
        seen, todo = {start}, [start]
        while todo:
            now, had = todo.pop()
            if names <= had:
                return True
            for t, after in self.net.steps(now):
                item = (after, had | ({t} & names))
                if item not in seen and len(seen) < 20_000:
                    seen.add(item)
                    todo.append(item)
        return False if self.complete and len(seen) < 20_000 else None

    def sound(self) -> bool | None:
        """Classical soundness of a workflow net with one token in its source."""
        goal = classical(self.net)
        if goal is None:
            return False
        if not self.complete:
            return False if self.pump else None
        final, improper = goal
        return (
            self.shaped("AG EF", lambda m: m == final) is True
            and not any(improper(m) for m in self.states)
            and self.fired() == set(self.net.transitions)
        )

    def claim(self, claimed: Said) -> bool | None:
        """Whether a claim is true."""
        if claimed.shape == "phrase":
            return self.phrase(claimed.phrase)
        assert claimed.test is not None
        return self.shaped(claimed.shape, claimed.test)


def classical(net: Plain) -> tuple[Marking, Test] | None:
    """The final marking of a workflow net, and the test for markings that strictly cover it."""
    found = ends(net)
    if found is None or net.initial != frozenset({(found[0], 1)}):
        return None
    final = net.final if net.final is not None else frozenset({(found[1], 1)})

    def improper(m: Marking) -> bool:
        tokens = dict(m)
        return m != final and all(tokens.get(p, 0) >= n for p, n in final)

    return final, improper


def ends(net: Plain) -> tuple[str, str] | None:
    """Source and sink of a workflow net: each node is on a path from the one to the other."""
    after: dict[tuple[str, str], set[tuple[str, str]]] = {("p", p): set() for p in net.places}
    after.update({("t", t): set() for t in net.transitions})
    for t in net.transitions:
        for p in net.pre[t]:
            after["p", p].add(("t", t))
        for p in net.post[t]:
            after["t", t].add(("p", p))
    sources = [p for p in net.places if all(("p", p) not in near for near in after.values())]
    sinks = [p for p in net.places if not after["p", p]]
    if len(sources) != 1 or len(sinks) != 1:
        return None

    def later(start: tuple[str, str]) -> set[tuple[str, str]]:
        seen, todo = {start}, [start]
        while todo:
            for node in after[todo.pop()] - seen:
                seen.add(node)
                todo.append(node)
        return seen

    source, sink = ("p", sources[0]), ("p", sinks[0])
    if len(later(source)) < len(after) or any(sink not in later(node) for node in after):
        return None
    return sources[0], sinks[0]


def some_states(net: Plain, limit: int) -> set[Marking]:
    seen, todo = {net.initial}, [net.initial]
    for now in todo:
        for _, after in net.steps(now):
            if after not in seen and len(seen) < limit:
                seen.add(after)
                todo.append(after)
    return seen


def grows(net: Plain) -> bool:
    """Whether some run covers a marking that it has seen; breadth first, by the tree of runs."""
    todo: list[tuple[Marking, tuple[Any, ...] | None]] = [(net.initial, None)]
    seen = {net.initial}
    for now, way in todo:
        tokens = dict(now)
        above = way
        while above is not None:
            before, above = above
            if before != now and all(tokens.get(p, 0) >= n for p, n in before):
                return True
        for _, after in net.steps(now):
            if after not in seen and len(seen) < 3000:
                seen.add(after)
                todo.append((after, (now, way)))
    return False


def components(net: Plain, states: set[Marking]) -> list[set[Marking]]:
    """The strongly connected components of some states that have a step inside."""
    left, found = set(states), []
    reach = {m: _within(net, m, states) for m in states}
    while left:
        m = left.pop()
        part = {n for n in reach[m] if m in reach[n]}
        left -= part
        if part:
            found.append(part)
    return found


def _within(net: Plain, start: Marking, states: set[Marking]) -> set[Marking]:
    seen: set[Marking] = set()
    todo = [start]
    while todo:
        for _, after in net.steps(todo.pop()):
            if after in states and after not in seen:
                seen.add(after)
                todo.append(after)
    return seen


def fair_cycle(net: Plain, part: set[Marking], fairness: str) -> bool:
    """Whether a fair run can stay in a strongly connected set of states with a step inside."""
    inner = {t for m in part for t, after in net.steps(m) if after in part}
    enabled = [{t for t, _ in net.steps(m)} for m in part]
    if fairness == "none":
        return True
    if fairness == "weak":
        return set.intersection(*enabled) <= inner
    unfair = set.union(*enabled) - inner
    if not unfair:
        return True
    smaller = {m for m in part if all(t not in unfair for t, _ in net.steps(m))}
    return any(fair_cycle(net, some, fairness) for some in components(net, smaller))


def meaning(net: Plain, name: str) -> tuple[Said | None, dict[str, tuple[str, ...]]]:
    """What HOLDS means for a property: a claim, or phrases of which one proves an outcome."""
    phrases = {
        "soundness": ("sound",), "workflow-net": ("workflow net",), "liveness": ("live",),
        "termination": ("terminates",),
        "termination-weak": ("terminates", "terminates under weak fairness"),
        "termination-strong": (
            "terminates", "terminates under weak fairness", "terminates under strong fairness",
        ),
    }  # fmt: skip
    if name in phrases:
        return None, {"HOLDS": phrases[name]}
    if name == "deadlock":
        final = net.final
        return Said("AG", lambda m: bool(net.steps(m)) or m == final), {}
    if name == "safeness":
        return Said("AG", lambda m: all(n <= 1 for _, n in m)), {}
    if name == "reversibility":
        return Said("AG EF", lambda m: m == net.initial), {}
    if name == "persistence":
        return Said("AG", lambda m: persistent(net, m)), {}
    if name in ("option-to-complete", "proper-completion"):
        goal = classical(net)
        if goal is None:
            raise Wrong
        final, improper = goal
        if name == "option-to-complete":
            return Said("AG EF", lambda m: m == final), {}
        return Said("AG", lambda m: not improper(m)), {}
    if name == "bounds" or name.startswith(("unbounded ", "bound ")):
        return None, {"HOLDS": (name,), "VIOLATED": ()}
    if name in ("boundedness", "no-dead-transitions", "stable-place"):
        return None, {}
    found = said(net, name)
    need(found.shape in ("AG", "EF", "AG EF", "EF AG"))
    return found, {}


def persistent(net: Plain, now: Marking) -> bool:
    """Whether no transition takes away what another one needs."""
    return all(
        net.enabled(after, other)
        for t, after in net.steps(now)
        for other, _ in net.steps(now)
        if other != t
    )


def answer(world: World, name: str) -> bool | None:
    """Whether a property holds, on the whole space."""
    net = world.net
    wanted, phrases = meaning(net, name)
    if wanted is not None:
        return world.claim(wanted)
    if name == "boundedness":
        return True if world.complete else (False if world.pump else None)
    if name == "no-dead-transitions":
        alive = world.fired() == set(net.transitions)
        return True if alive else (False if world.complete else None)
    if name == "stable-place":
        none = world.phrase("no stable place")
        return None if none is None else not none
    return world.phrase(phrases["HOLDS"][-1])
