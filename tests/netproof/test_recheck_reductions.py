"""Forged evidence by reduction is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from netproof.recheck import recheck
from netproof.recheck.keeper import Keeper
from netproof.recheck.net_table import NetTable
from netproof.recheck.replay import Replay
from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.statements import as_statement
from petri import PetriNet
from petri.reductions.answers import ReducedNet
from petri.soundness import SoundnessGoal, workflow_goal
from reduction_nets import parallel
from transition_systems.evidence import (
    Evidence,
    ReductionEvidence,
    StateSet,
    TrapEvidence,
)
from transition_systems.properties.parse import parse_predicate
from transition_systems.properties.predicates import TRUE


def genuine() -> list[tuple[PetriNet, Evidence]]:
    """Return evidence by reduction of each shape of claim."""
    net = parallel(3, 2)
    goal = workflow_goal(net)
    small = ReducedNet(net, goal=goal)
    found = [(net, v.evidence) for v in (small.option(), small.proper(), small.safe())]
    found += [(net, small.bounded().evidence), (net, small.occur(None, name="x").evidence)]
    stuck = PetriNet(
        places=["i", "a", "b", "c", "d", "o"],
        transitions=["fork", "ta", "tb", "tc", "join"],
        arcs=[
            ("i", "fork"), ("fork", "a"), ("a", "ta"), ("ta", "b"), ("b", "tb"), ("tb", "c"),
            ("c", "join"), ("d", "join"), ("join", "o"), ("c", "tc"), ("tc", "c"),
        ],
        initial={"i": 1},
    )  # fmt: skip
    lost = SoundnessGoal(
        completion=parse_predicate("i + a + b + c + d <= 0"), proper=TRUE, occurs={"g": ("join",)}
    )
    other = ReducedNet(stuck, goal=lost)
    found += [
        (stuck, other.option().evidence),
        (stuck, other.occur(lost.occurs, name="x").evidence),
    ]
    kept = [(n, e) for n, e in found if isinstance(e, ReductionEvidence)]
    assert len(kept) == len(found)
    return [(n, e) for n, e in kept]


def forged(evidence: ReductionEvidence) -> list[tuple[str, Evidence]]:
    """Return changes that take the proof away."""
    steps = evidence.steps
    made: list[tuple[str, Evidence]] = []

    def add(what: str, **changes: Any) -> None:
        made.append((what, replace(evidence, **changes)))

    for k in range(len(steps)):
        add(f"without step {k}", steps=steps[:k] + steps[k + 1 :])
        add(f"step {k} twice", steps=(*steps[: k + 1], *steps[k:]))
        add(f"step {k} unknown", steps=(*steps[:k], ("vanish", *steps[k][1:]), *steps[k + 1 :]))
        add(f"step {k} elsewhere", steps=(*steps[:k], (steps[k][0], "no"), *steps[k + 1 :]))
        add(f"step {k} longer", steps=(*steps[:k], (*steps[k], "o"), *steps[k + 1 :]))
    add("no steps", steps=())
    add("steps no tuples", steps=tuple(list(step) for step in steps))
    add("steps no names", steps=((1, 2),))
    inner = evidence.inner
    for text in (
        "AG p0_0 <= 1",
        "EF dead",
        "AG EF p0_0 >= 5",
        "bounded by 7",
        "sound",
        "unbounded",
    ):
        add(f"claim {text}", claim=replace(evidence.claim, formula=text))
        add(f"inner {text}", inner=replace(inner, claim=replace(inner.claim, formula=text)))
    add("of another net", claim=replace(evidence.claim, model_digest="sha256:0"))
    add("inner of the net itself", inner=replace(inner, claim=evidence.claim))
    add("nested", inner=evidence)
    states = getattr(inner, "states", None)
    if isinstance(states, StateSet) and len(states.rows):
        fewer = StateSet(names=states.names, rows=states.rows[1:])
        if not isinstance(inner, TrapEvidence) or len(states.rows) > 1:
            changes: dict[str, Any] = {"states": fewer}
            if hasattr(inner, "rank"):
                changes["rank"] = inner.rank[1:]
            add("a state missing", inner=replace(inner, **changes))
    return made


def test_forged_reductions_are_refused() -> None:
    count = 0
    for net, evidence in genuine():
        assert isinstance(evidence, ReductionEvidence)
        assert recheck(evidence, net).passed
        for what, piece in forged(evidence):
            if piece == evidence:
                continue
            count += 1
            assert recheck(piece, net).status == "failed", (evidence.claim.formula, what)
    assert count >= 100


def net(text: str, *marked: str) -> PetriNet:
    """Return the net of transitions like ``t: a b -> 2c``, with a token in each place named."""
    arcs: list[tuple[str, str, int]] = []
    transitions: list[str] = []
    places: dict[str, None] = dict.fromkeys(marked)
    for line in text.split(";"):
        name, _, effect = line.partition(":")
        transitions.append(name.strip())
        before, after = (side.split() for side in effect.split("->"))
        for side, inwards in ((before, True), (after, False)):
            for item in side:
                place = item.lstrip("0123456789")
                weight = int(item.removesuffix(place) or 1)
                places[place] = None
                one, two = (place, name.strip()) if inwards else (name.strip(), place)
                arcs.append((one, two, weight))
    initial = {place: marked.count(place) for place in marked}
    return PetriNet(places=list(places), transitions=transitions, arcs=arcs, initial=initial)


DEAD = net("t: a -> b; u: x -> y; v: y -> x", "a")
SUM = net("t: a -> b p; u: b -> c p; v: c 2p -> a", "a")
SHORT = net("t: a -> c; u: a -> b; v: b -> c; w: c d -> a", "a")
SINK = net("t: a -> b p; u: p -> ; v: b ->", "a")
SOURCE = net("s: -> p; t: a p -> b; u: b -> a", "a")
JOIN = net("t: a b -> p; u: p c -> d; v: p d -> c; w: -> a", "b", "c")

RIGHT: list[tuple[PetriNet, tuple[str, ...]]] = [
    (DEAD, ("empty-siphon", "u", "x", "y")),
    (SUM, ("implicit-place", "p", "b", "1", "c", "2")),
    (SHORT, ("sequence-transition", "t", "u", "v")),
    (SINK, ("sink-place", "p")),
    (SOURCE, ("source-place", "p", "s")),
    (JOIN, ("pre-agglomerate", "p")),
]
WRONG: list[tuple[PetriNet, tuple[str, ...]]] = [
    (DEAD, ("empty-siphon",)),
    (DEAD, ("empty-siphon", "u")),
    (DEAD, ("empty-siphon", "u", "x")),
    (DEAD, ("empty-siphon", "t", "x", "y")),
    (DEAD, ("empty-siphon", "u", "x", "y", "y")),
    (DEAD, ("empty-siphon", "u", "y", "x")),
    (DEAD, ("empty-siphon", "u", "x", "y", "b")),
    (DEAD, ("empty-siphon", "t", "a", "x", "y")),
    (SUM, ("implicit-place", "p")),
    (SUM, ("implicit-place", "p", "b", "1", "c", "1")),
    (SUM, ("implicit-place", "p", "b", "1", "c", "3")),
    (SUM, ("implicit-place", "p", "b", "1", "c")),
    (SUM, ("implicit-place", "p", "b", "1", "c", "-2")),
    (SUM, ("implicit-place", "p", "b", "1", "c", "1", "c", "1")),
    (SUM, ("implicit-place", "p", "p", "1")),
    (SUM, ("implicit-place", "no", "b", "1")),
    (SHORT, ("sequence-transition", "t", "u")),
    (SHORT, ("sequence-transition", "t", "v", "u")),
    (SHORT, ("sequence-transition", "t", "t", "v")),
    (SHORT, ("sequence-transition", "t", "u", "v", "w")),
    (SHORT, ("sequence-transition", "u", "t", "v")),
    (SINK, ("sink-place", "a")),
    (SINK, ("sink-place", "no")),
    (DEAD, ("sink-place", "b")),
    (SOURCE, ("source-place", "p", "t")),
    (SOURCE, ("source-place", "a", "s")),
    (SOURCE, ("source-place", "a", "u")),
    (JOIN, ("pre-agglomerate", "a")),
    (JOIN, ("pre-agglomerate", "c")),
    (net("t: a b -> p; u: p c -> d; v: a -> c", "b"), ("pre-agglomerate", "p")),
    (net("t: a b -> p; u: p c -> d; v: c -> p", "b"), ("pre-agglomerate", "p")),
    (net("t: a b -> p; u: p c -> d", "b", "p"), ("pre-agglomerate", "p")),
    (net("t: a b -> 2p; u: p c -> d", "b"), ("pre-agglomerate", "p")),
    (net("t: a b -> p; u: 2p c -> d", "b"), ("pre-agglomerate", "p")),
    (net("t: a b -> p d; u: p c -> d", "b"), ("pre-agglomerate", "p")),
    (net("t: -> p; u: p c -> d", "b"), ("pre-agglomerate", "p")),
]


@pytest.mark.parametrize(("of", "step"), RIGHT)
def test_a_further_step_that_its_rule_allows_is_done(of: PetriNet, step: tuple[str, ...]) -> None:
    table = NetTable(of)
    replay = Replay.of((step,), table, Watch())
    assert len(replay.places) + len(replay.needs) < len(of.place_ids) + len(of.transition_ids) + (
        step[0] == "pre-agglomerate"
    )


@pytest.mark.parametrize(("of", "step"), WRONG)
def test_a_further_step_that_its_rule_forbids_is_refused(
    of: PetriNet, step: tuple[str, ...]
) -> None:
    with pytest.raises(RefusedError):
        Replay.of((step,), NetTable(of), Watch())


@pytest.mark.parametrize(
    ("at", "text", "allowed"),
    [
        (0, "bounded by 1", True), (0, "AG x + b <= 1", True), (0, "AG EF x >= 1", True),
        (1, "bounded by 1", False), (1, "AG p <= 2", True), (1, "AG (!dead || p >= 1)", True),
        (2, "bounded by 1", True), (2, "AG EF a >= 1", True),
        (3, "bounded by 1", False), (3, "AG p <= 1", False), (3, "AG b <= 1", True),
        (3, "AG EF p <= 0", True), (3, "AG EF b <= 0", False), (3, "AG (!dead || b <= 0)", True),
        (4, "bounded by 1", False), (4, "AG p <= 1", False), (4, "AG b <= 1", True),
        (4, "AG EF a >= 1", True), (4, "AG (!dead || a <= 0)", False),
        (5, "AG (!dead || d >= 1)", False), (5, "AG EF p + a <= 0", True),
        (5, "AG EF p <= 0", False), (5, "AG EF a <= 0", False), (5, "AG p <= 1", False),
        (5, "AG p + a <= 1", True), (5, "AG 2 p + a <= 1", False), (5, "AG a >= 1", False),
        (5, "bounded by 1", True), (5, "AG EF p + b + 2 c <= 0", True),
    ],
)  # fmt: skip
def test_which_claims_a_further_step_allows(at: int, text: str, allowed: bool) -> None:
    of, step = RIGHT[at]
    table = NetTable(of)
    replay = Replay.of((step,), table, Watch())
    keeper = Keeper(as_statement(text), table)
    if allowed:
        replay.ask(keeper)
    else:
        with pytest.raises(RefusedError):
            replay.ask(keeper)


def test_sums_of_sums_are_read_in_the_net_that_is_left() -> None:
    of = net("t: a -> b p q; u: b p q -> a", "a")
    steps = (("implicit-place", "q", "p", "1"), ("implicit-place", "p", "b", "1"))
    replay = Replay.of(steps, NetTable(of), Watch())
    assert replay.meaning("q") == ({"b": 1}, 0)
