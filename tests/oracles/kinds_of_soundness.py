"""The other kinds of soundness by definition, for the second checker of mutated evidence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from oracles.evidence_net import Marking, Plain, Said, Test, Wrong, marking, need, states_of
from oracles.evidence_truth import World, classical, ends

PHRASES = {
    "weak-soundness": "weakly sound", "lazy-soundness": "lazily sound",
    "relaxed-soundness": "relaxed sound", "soundness-without-fairness": "sound without fairness",
}  # fmt: skip
COUNTED = re.compile(r"(up-to-)?([1-9][0-9]{0,3})-soundness")


def kind_meaning(net: Plain, name: str) -> Said | None:
    """What a kind that is one formula says; ``None`` for another property."""
    if name == "easy-soundness":
        goal = classical(net)
        need(goal is not None)
        assert goal is not None
        final = goal[0]
        return Said("EF", lambda m: m == final)
    found = COUNTED.fullmatch(name)
    if found is None:
        return None
    k = int(found[2])
    if found[1] and k > 1:
        return chosen(net, k)
    return tokens_through(net, k)


def tokens_through(net: Plain, k: int) -> Said:
    """So many tokens in the source, and always possibly as many in the sink."""
    places = ends(net)
    need(places is not None and k >= 1)
    assert places is not None
    need(net.initial == frozenset({(places[0], k)}))
    last = frozenset({(places[1], k)})
    return Said("AG EF", lambda m: m == last)


def chosen(net: Plain, k: int) -> Said:
    """The names are those that ``started`` gives; what they do is looked at."""
    need(net.initial == frozenset({("start", 1)}))
    cases = {n: f"case.{n}" for n in range(1, k + 1)}
    steps = {f"start.{n}" for n in cases}
    need({t for t in net.transitions if "start" in net.pre[t]} == steps)
    source = {p for t in steps for p in net.post[t]} - {*cases.values()}
    need(len(source) == 1)
    (begin,) = source
    for n, case in cases.items():
        need(dict(net.pre[f"start.{n}"]) == {"start": 1})
        need(dict(net.post[f"start.{n}"]) == {begin: n, case: 1})
    inner = [t for t in net.transitions if t not in steps]
    for t in inner:
        need(not {*net.pre[t], *net.post[t]} & {"start", *cases.values()})
    need(not any(begin in net.post[t] for t in inner))
    left = [p for p in net.places if p not in {"start", *cases.values()}]
    sinks = [p for p in left if not any(p in net.pre[t] for t in inner)]
    need(len(sinks) == 1)
    rest = [p for p in net.places if p not in {sinks[0], *cases.values()}]

    def done(m: Marking) -> bool:
        tokens = dict(m)
        right = any(tokens.get(c, 0) and tokens.get(sinks[0], 0) == n for n, c in cases.items())
        return right and not any(tokens.get(p, 0) for p in rest)

    return Said("AG EF", done)


def kind_is_true(world: World, text: str) -> bool | None:
    """Whether a phrase of a kind of soundness is true of a net."""
    if text.startswith("not "):
        true = kind_is_true(world, text.removeprefix("not "))
        return None if true is None else not true
    net, complete = world.net, world.complete
    if text == "sound without fairness":
        sound, endless = world.sound(), world.endless("none")
        if sound is False or endless is True:
            return False
        return None if sound is None or endless is None else True
    if text == "lazily sound":
        places = ends(net)
        if places is None:
            return False
        if any(dict(m).get(places[1], 0) > 1 for m in world.states):
            return False
        return world.shaped("AG EF", lambda m: dict(m).get(places[1], 0) == 1)
    goal = classical(net)
    if goal is None:
        return False
    final, improper = goal
    if text == "weakly sound":
        if any(map(improper, world.states)) or (not complete and world.pump):
            return False
        return world.shaped("AG EF", lambda m: m == final)
    if text == "relaxed sound":
        if not complete:
            return None
        used = {t for m in world.states for t, n in net.steps(m) if final in world.later(n)}
        return used == set(net.transitions)
    raise Wrong


def generalised(net: Plain, most: int = 3) -> bool | None:
    """Whether a workflow net fails for one of the first numbers of tokens; else it is not known."""
    places = ends(net)
    if places is None:
        return False
    for k in range(1, most + 1):
        begun = replace(net, initial=frozenset({(places[0], k)}))
        if World(begun, 400).claim(tokens_through(begun, k)) is False:
            return False
    return None


def free_choice(net: Plain) -> bool:
    """Transitions that share an input place need the same, one token each."""
    needs = [net.pre[t] for t in net.transitions]
    weights = (*needs, *(net.post[t] for t in net.transitions))
    return all(set(row.values()) <= {1} for row in weights) and all(
        a.keys() == b.keys() or not a.keys() & b.keys() for a in needs for b in needs
    )


def leads_away(net: Plain, states: Iterable[Marking], bad: set[Marking]) -> bool:
    """Whether some transition only leads from these states into bad ones."""
    after: dict[str, set[Marking]] = {t: set() for t in net.transitions}
    for m in states:
        for t, n in net.steps(m):
            after[t].add(n)
    return any(found <= bad for found in after.values())


Proved = Callable[[Said], bool]


def kind_parts(net: Plain, phrase: str, parts: list[tuple[Said, Any]], proved: Proved) -> None:
    """Raise unless parts that are proved, each with its data, together are the phrase."""
    claims = [claim for claim, _ in parts]
    said = {claim.phrase for claim in claims}
    if phrase == "sound without fairness":
        need({"sound", "terminates"} <= said)
    elif phrase == "not sound without fairness":
        need("not sound" in said or "unbounded" in said or any("infinite" in one for one in said))
    elif phrase.endswith("lazily sound"):
        places = ends(net)
        need(places is not None)
        assert places is not None
        sink = places[1]
        _both(
            phrase, proved, lambda m: dict(m).get(sink, 0) == 1, lambda m: dict(m).get(sink, 0) > 1
        )
    else:
        goal = classical(net)
        need(goal is not None)
        assert goal is not None
        final, improper = goal
        if phrase == "relaxed sound":
            need(all(claim.shape == "EF" for claim in claims) and _relaxed(net, parts, final))
        elif phrase == "not relaxed sound":
            never = [
                Said("AG", lambda m, t=t: not net.enabled(m, t)) for t in net.transitions
            ]  # fmt: skip
            if not any(map(proved, never)):
                _nowhere(net, parts, final)
        elif phrase == "not weakly sound" and "unbounded" in said:
            need(len(parts) == 1)
        else:
            need(phrase in ("weakly sound", "not weakly sound"))
            _both(phrase, proved, lambda m: m == final, improper)


def _both(phrase: str, proved: Proved, done: Test, bad: Test) -> None:
    if phrase.startswith("not "):
        lost = Said("EF AG", lambda m: not done(m))
        need(proved(lost) or proved(Said("EF", bad)))
        return
    need(proved(Said("AG EF", done)) and proved(Said("AG", lambda m: not bad(m))))


def _relaxed(net: Plain, parts: list[tuple[Said, Any]], final: Marking) -> bool:
    shown: set[str] = set()
    for _, data in parts:
        steps = data["run"]["steps"]
        end = steps[-1]["state"] if steps else data["run"]["initial"]
        need(marking(end) == final)
        shown |= {step["action"] for step in steps}
    return shown >= set(net.transitions)


def _nowhere(net: Plain, parts: list[tuple[Said, Any]], final: Marking) -> None:
    """Some transition leads from all markings into sets that stay away from completion."""
    everything = [data for _, data in parts if data["kind"] == "closed-set"]
    traps = [data for _, data in parts if data["kind"] == "trap"]
    need(len(everything) == 1)
    bad = {m for data in traps for m in states_of(net, data["states"])}
    need(final not in bad)
    need(leads_away(net, states_of(net, everything[0]["states"]), bad))
