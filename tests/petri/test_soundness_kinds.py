"""Kinds of soundness against their definitions on random workflow nets; each verdict rechecked."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from netproof.recheck import Question, recheck_verdict
from netproof.recheck.begun import begun_net
from netproof.recheck.counted import counted_statement
from netproof.recheck.result import RefusedError
from petri import PetriNet, sound, workflow_goal, workflow_net
from petri.decision import claim
from petri.marking import Marking
from petri.soundness import ErrorKind, sound_as, soundness_error, started
from petri.soundness.variants import KINDS
from reduction_nets import parallel
from transition_systems.budget import Budget
from transition_systems.errors import UsageError
from transition_systems.evidence import Parts
from transition_systems.verdict import Verdict

MOST = 300


def refined_net(seed: int) -> PetriNet | None:
    """Return a sound net made by refining a transition or a place, now and then with one arc more."""
    chance = random.Random(seed)
    pre, post = {"t0": {"i"}}, {"t0": {"o"}}
    for count in range(1, chance.randint(2, 5)):
        name = chance.choice(sorted(pre))
        way = chance.choice(("row", "choice", "fork", "loop"))
        new, p, q = f"t{count}", f"p{count}", f"q{count}"
        if way == "row":
            pre[new], post[new], post[name] = {p}, post[name], {p}
        elif way == "choice":
            pre[new], post[new] = set(pre[name]), set(post[name])
        elif way == "fork":
            pre[new], post[new], post[name] = {p, q}, post[name], {p, q}
        else:
            pre[new], post[new], post[name] = {p}, post[name], {p}
            pre[f"again{count}"], post[f"again{count}"] = {p}, {p}
    if chance.random() < 0.3:
        name = chance.choice(sorted(pre))
        places = sorted({p for side in (*pre.values(), *post.values()) for p in side} - {"i", "o"})
        chance.choice((pre, post))[name].update(chance.sample(places, min(1, len(places))))
    names = sorted({p for side in (*pre.values(), *post.values()) for p in side})
    arcs = [(p, t) for t in sorted(pre) for p in sorted(pre[t])]
    arcs += [(t, p) for t in sorted(post) for p in sorted(post[t])]
    net = PetriNet(places=names, transitions=sorted(pre), arcs=arcs, initial=["i"])
    return net if workflow_net(net).holds else None


def random_net(seed: int) -> PetriNet | None:
    if seed % 2:
        return refined_net(seed)
    chance = random.Random(seed)
    places = ["i", "o", *(f"p{n}" for n in range(chance.randint(1, 4)))]
    inner = [p for p in places if p not in ("i", "o")]
    arcs: set[tuple[str, str]] = set()
    names = [f"t{n}" for n in range(chance.randint(2, 5))]
    for name in names:
        for place in chance.sample(["i", *inner], chance.choice((1, 1, 2))):
            arcs.add((place, name))
        for place in chance.sample(["o", *inner], chance.choice((1, 1, 2))):
            arcs.add((name, place))
    net = PetriNet(places=places, transitions=names, arcs=sorted(arcs), initial=["i"])
    return net if workflow_net(net).holds else None


def markings(net: PetriNet) -> dict[Marking, list[tuple[str, Marking]]] | None:
    found: dict[Marking, list[tuple[str, Marking]]] = {}
    waiting = [net.initial]
    while waiting:
        marking = waiting.pop()
        if marking in found:
            continue
        found[marking] = [(t, net.fire(marking, t)) for t in net.enabled(marking)]
        waiting += [after for _, after in found[marking]]
        if len(found) > MOST:
            return None
    return found


def reaching(space: dict[Marking, list[tuple[str, Marking]]], good: set[Marking]) -> set[Marking]:
    reached = set(good)
    while True:
        more = {m for m, out in space.items() if any(a in reached for _, a in out)} - reached
        if not more:
            return reached
        reached |= more


def option(net: PetriNet, k: int) -> bool | None:
    space = markings(started(net, k))
    if space is None:
        return None
    return len(reaching(space, {Marking({"o": k})} & space.keys())) == len(space)


def by_definition(net: PetriNet, kind: str) -> bool | None:
    if kind in ("k", "up-to-k"):
        answers = [option(net, n) for n in ((2,) if kind == "k" else (1, 2))]
        return None if None in answers else all(answers)
    space = markings(net)
    if space is None:
        return None
    final = Marking({"o": 1})
    good = reaching(space, {final} & space.keys())
    proper = all(m == final or not m.get("o", 0) for m in space)
    match kind:
        case "weak":
            return len(good) == len(space) and proper
        case "easy":
            return final in space
        case "lazy":
            one = reaching(space, {m for m in space if m.get("o", 0) == 1})
            return len(one) == len(space) and all(m.get("o", 0) <= 1 for m in space)
        case "relaxed":
            used = {t for out in space.values() for t, after in out if after in good}
            return used == set(net.transition_ids)
        case _:
            dead = set(net.transition_ids) - {t for out in space.values() for t, _ in out}
            return len(good) == len(space) and proper and not dead


def rechecked(net: PetriNet, kind: str, verdict: Verdict) -> None:
    about = {"k": started(net, 2), "up-to-k": started(net, 1, 2)}.get(kind, net)
    question = Question(goal=None if about is not net else workflow_goal(net))
    result = recheck_verdict(
        verdict.property, verdict.outcome, verdict.evidence, about, question=question
    )
    assert result.passed, (kind, result)


@pytest.mark.parametrize("kind", [k for k in KINDS if k != "generalised"])
def test_each_kind_is_what_its_definition_says(kind: str) -> None:
    told = {True: 0, False: 0}
    for seed in range(300):
        net = random_net(seed)
        if net is None:
            continue
        wanted = by_definition(net, kind)
        if wanted is None:
            continue
        verdict = sound(net, kind=kind, k=None if kind == "classical" else 2)
        assert not verdict.unknown, (seed, verdict.reason)
        assert verdict.holds == wanted, seed
        told[wanted] += 1
        rechecked(net, kind, verdict)
    assert min(told.values()) >= 5


def test_generalised_soundness() -> None:
    outcomes: dict[str, int] = {}
    for seed in range(300):
        net = random_net(seed)
        if net is None:
            continue
        verdict = sound_as(net, "generalised", k=3, budget=Budget(states=2_000))
        outcomes[str(verdict.outcome)] = outcomes.get(str(verdict.outcome), 0) + 1
        if verdict.holds:
            assert all(option(net, k) is not False for k in (1, 2, 3))
            result = recheck_verdict(
                "generalised-soundness", verdict.outcome, verdict.evidence, net
            )
            assert result.passed, result
        elif verdict.violated:
            name = verdict.parts[0].property
            begun = started(net, int(name.partition("-")[0]))
            for said in (name, "generalised-soundness"):
                result = recheck_verdict(said, verdict.outcome, verdict.evidence, begun)
                assert result.passed, result
    assert outcomes["HOLDS"] > 5
    assert outcomes["VIOLATED"] > 5


def test_a_net_that_is_sound_for_one_token_and_not_for_two() -> None:
    # two cases may mix: the joins take one half of each
    net = PetriNet(
        places=["i", "o", "a", "b", "c", "d"], transitions=["x", "y", "u", "v"],
        arcs=[("i", "x"), ("x", "a"), ("x", "b"), ("i", "y"), ("y", "c"), ("y", "d"),
              ("a", "u"), ("b", "u"), ("u", "o"), ("c", "v"), ("d", "v"), ("v", "o")],
        initial=["i"],
    )  # fmt: skip
    assert sound(net).holds
    assert sound(net, kind="generalised").holds
    mixed = net.replace(
        transitions=["x", "y", "u", "v", "m"],
        arcs=[*((a.source, a.target) for a in net.arcs), ("a", "m"), ("d", "m"), ("m", "a")],
    )
    assert sound(mixed, kind="weak").holds
    assert sound(mixed, kind="k", k=2).violated
    assert sound(mixed, kind="up-to-k", k=2).violated
    assert sound(mixed, kind="generalised").violated


def test_without_fairness_a_cycle_that_can_be_left_is_an_error() -> None:
    cycle = PetriNet(
        places=["i", "p", "o"], transitions=["t", "again", "done"], initial=["i"],
        arcs=[("i", "t"), ("t", "p"), ("p", "again"), ("again", "p"), ("p", "done"), ("done", "o")],
    )  # fmt: skip
    plain = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    for net, outcome in ((cycle, "VIOLATED"), (plain, "HOLDS")):
        assert sound(net).holds
        verdict = sound(net, fairness=False)
        assert str(verdict.outcome) == outcome
        result = recheck_verdict(verdict.property, verdict.outcome, verdict.evidence, net)
        assert result.passed, result
    error = soundness_error(cycle, sound(cycle, fairness=False))
    assert (error.kind, error.transitions) == (ErrorKind.AVOIDABLE_LIVELOCK, ("again",))


def test_evidence_of_another_kind_proves_nothing() -> None:
    refused = 0
    for seed in range(200):
        net = random_net(seed)
        if net is None or markings(net) is None:
            continue
        for kind in ("weak", "lazy", "relaxed"):
            verdict = sound_as(net, kind)
            assert isinstance(verdict.evidence, Parts)
            for other in ("weak", "lazy", "relaxed"):
                flipped = "HOLDS" if verdict.violated else "VIOLATED"
                name = f"{other}-soundness"
                assert not recheck_verdict(name, flipped, verdict.evidence, net).passed
                refused += 1
            less = Parts(claim=verdict.evidence.claim, parts=verdict.evidence.parts[1:])
            if kind != "relaxed" or len(verdict.evidence.parts) == 1:
                assert not recheck_verdict(verdict.property, verdict.outcome, less, net).passed
    assert refused > 100


def test_a_choice_that_is_none_is_refused() -> None:
    plain = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    right = started(plain, 1, 2, 3)
    verdict = sound(plain, kind="up-to-k", k=3)
    name = verdict.property
    assert name == "up-to-3-soundness"
    assert recheck_verdict(name, "HOLDS", verdict.evidence, right).passed
    for wrong in ("up-to-2-soundness", "up-to-4-soundness", "3-soundness", "up-to-1-soundness"):
        assert not recheck_verdict(wrong, "HOLDS", verdict.evidence, right).passed
    arcs = [(a.source, a.target, a.weight) for a in right.arcs]
    shared = [("start.2", "case.1", 1) if a[:2] == ("start.2", "case.2") else a for a in arcs]
    fewer = [(*a[:2], 2) if a[:2] == ("start.3", "p1") else a for a in arcs]
    twice = [(*a[:2], 2) if a[:2] == ("start.3", "case.3") else a for a in arcs]
    back = [*arcs, ("t1", "start", 1)]
    early = [*arcs, ("t1", "case.2", 1)]
    for changed in (shared, fewer, twice, back, early, arcs[:-1]):
        net = right.replace(arcs=changed)
        for outcome in ("HOLDS", "VIOLATED"):
            assert verdict.evidence is not None
            made = replace(verdict.evidence, claim=claim(net, verdict.evidence.claim.formula))
            result = recheck_verdict(name, outcome, made, net)
            assert result.status == "failed"
            assert "not" in (result.reason or "")
    two = right.replace(initial={"start": 2})
    with pytest.raises(RefusedError, match="one token in a place of its own"):
        counted_statement(name, two)
    with pytest.raises(RefusedError, match="choice of 1 to 3"):
        counted_statement(name, right.replace(arcs=shared))
    with pytest.raises(RefusedError, match="choice of 1 to 3"):
        counted_statement(name, right.replace(arcs=early))
    assert counted_statement("soundness", right) is None


def test_misuse_is_told() -> None:
    net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    with pytest.raises(UsageError, match="there is no soundness"):
        sound(net, kind="strong")
    with pytest.raises(UsageError, match="needs a number of tokens"):
        sound(net, kind="k")
    with pytest.raises(UsageError, match="only classical"):
        sound(net, kind="weak", fairness=False)
    with pytest.raises(UsageError, match="needs a workflow net"):
        started(PetriNet(places=["p", "q"], transitions=[]), 2)


@pytest.mark.parametrize("kind", ["k", "up-to-k"])
@pytest.mark.parametrize("branches", [1, 12])
def test_free_choice_nets_are_sound_for_any_number_by_theorem(kind: str, branches: int) -> None:
    net = parallel(branches, 2)
    verdict = sound_as(net, kind, k=10**15, budget=Budget(seconds=20))
    assert verdict.holds
    assert verdict.evidence is not None
    begun = begun_net(verdict.property, net, verdict.evidence.claim.model_digest)
    assert sum(begun.initial.to_dict().values()) == 1
    assert recheck_verdict(verdict.property, "HOLDS", verdict.evidence, begun).passed
    for name, outcome in (
        (verdict.property, "VIOLATED"), ("soundness-without-fairness", "HOLDS"),
        ("3-sound", "HOLDS"), ("0-soundness", "HOLDS"),
    ):  # fmt: skip
        assert not recheck_verdict(name, outcome, verdict.evidence, begun).passed, name


def test_the_theorem_is_not_asked_of_nets_with_weights() -> None:
    """Two tokens do for one case what one does for each of two; three are one too many."""
    net = PetriNet(
        places=["i", "p", "o"], transitions=["t", "u"], initial=["i"],
        arcs=[("i", "t"), ("t", "p", 2), ("p", "u", 2), ("u", "o")],
    )  # fmt: skip
    verdict = sound_as(net, "k", k=3, budget=Budget(seconds=20))
    assert verdict.holds
    assert verdict.evidence is not None
    begun = begun_net(verdict.property, net, verdict.evidence.claim.model_digest)
    assert sum(begun.initial.to_dict().values()) == 3
    assert recheck_verdict(verdict.property, "HOLDS", verdict.evidence, begun).passed
    one = sound(net.replace(final=None))
    assert one.holds
    assert not recheck_verdict("3-soundness", "HOLDS", one.evidence, net).passed
