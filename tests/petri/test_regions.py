"""What can always be reached in unbounded nets: by hand, against oracles, and as evidence."""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Callable

import pytest

import petri
from netproof.recheck import Question, recheck_verdict
from oracles.net_properties import space_of
from oracles.unbounded_nets import Key, Tokens, wrong_about
from petri import PetriNet
from petri.regions import always_by_regions
from petri.regions.boxes import Box, Boxes, facts_of
from petri.regions.goals import boxes_in
from petri.state_space.reachability import marking_holds
from transition_systems.budget import Budget
from transition_systems.evidence import AfterRunEvidence, RankedRegions, evidence_from_dict
from transition_systems.properties.parse import parse_formula, parse_predicate
from transition_systems.verdict import Verdict

FEW = Budget(seconds=5.0)
CAMPAIGN = int(os.environ.get("NETPROOF_UNBOUNDED_NETS", "20000"))

# A source fills a buffer without bound; one worker empties it.
QUEUE = PetriNet(
    places=["idle", "busy", "buffer"], transitions=["arrive", "take", "done"], initial=["idle"],
    arcs=[("arrive", "buffer"), ("buffer", "take"), ("idle", "take"), ("take", "busy"),
          ("busy", "done"), ("done", "idle")],
)  # fmt: skip
# A fork and its join without bound: what is in one place is in the other.
PAIRS = PetriNet(
    places=["left", "right"], transitions=["fork", "join"],
    arcs=[("fork", "left"), ("fork", "right"), ("left", "join"), ("right", "join")],
)  # fmt: skip
# A pump that can be turned off for good.
PUMP = PetriNet(
    places=["on", "p"], transitions=["fill", "off"], initial=["on"],
    arcs=[("on", "fill"), ("fill", "on"), ("fill", "p"), ("on", "off")],
)  # fmt: skip
# As much comes in at a time as goes out.
DOZENS = PetriNet(
    places=["p"], transitions=["in", "out"], arcs=[("in", "p", 12), ("p", "out", 12)],
    initial={"p": 24},
)  # fmt: skip


def shown(verdict: Verdict, net: PetriNet, formula: str | None = None) -> Verdict:
    assert verdict.evidence is not None, verdict.reason
    assert evidence_from_dict(verdict.evidence.to_dict()).to_dict() == verdict.evidence.to_dict()
    question = None if formula is None else Question(formula=parse_formula(formula))
    name = verdict.property if formula is None else formula
    result = recheck_verdict(name, verdict.outcome, verdict.evidence, net, question=question)
    assert result.passed, result.reason
    return verdict


def random_net(seed: int) -> PetriNet:
    rng = random.Random(seed)
    places = [f"p{n}" for n in range(rng.randint(1, 4))]
    transitions = [f"t{n}" for n in range(rng.randint(1, 5))]
    arcs: dict[tuple[str, str], int] = {}
    for name in transitions:
        for place in rng.sample(places, min(len(places), rng.choice((0, 1, 1, 1, 2)))):
            arcs[place, name] = rng.choice((1, 1, 1, 2))
        for place in rng.sample(places, min(len(places), rng.choice((0, 1, 1, 2, 2)))):
            arcs[name, place] = rng.choice((1, 1, 1, 2))
    return PetriNet(
        places=places, transitions=transitions, arcs=[(*ends, n) for ends, n in arcs.items()],
        initial={place: rng.choice((0, 0, 1, 2)) for place in places},
    )  # fmt: skip


def random_question(
    net: PetriNet, seed: int
) -> tuple[str, Callable[[Key], bool], Key | None]:  # fmt: skip
    """A goal as text, by definition, and as the tokens that it asks for if it asks for no more."""
    rng = random.Random(seed)
    first, second = rng.randrange(len(net.places)), rng.randrange(len(net.places))
    p, q, k = net.place_ids[first], net.place_ids[second], rng.choice((1, 2, 3, 5))
    least = tuple(k if place == p else 0 for place in net.place_ids)
    asked: list[tuple[str, Callable[[Key], bool], Key | None]] = [
        (f"{p} >= {k}", lambda m: m[first] >= k, least),
        (f"{p} == {k - 1}", lambda m: m[first] == k - 1, None),
        ("dead", lambda m: not Tokens(net).steps(m), None),
    ]
    if p != q:
        asked += [
            (f"{p} + {q} >= {k}", lambda m: m[first] + m[second] >= k, None),
            (f"{p} + 2 {q} <= {k}", lambda m: m[first] + 2 * m[second] <= k, None),
            (f"{p} >= {k} && {q} == 0", lambda m: m[first] >= k and not m[second], None),
            (f"{p} > {q} || {p} == 0", lambda m: m[first] > m[second] or not m[first], None),
        ]
    return rng.choice(asked)


def end_of(verdict: Verdict) -> dict[str, int] | None:
    run = getattr(verdict.evidence, "run", None)
    return None if run is None else dict(run.last)


@pytest.mark.parametrize("net", [QUEUE, PAIRS, DOZENS], ids=["queue", "pairs", "dozens"])
def test_unbounded_nets_that_come_back(net: PetriNet) -> None:
    assert petri.bounded(net).violated
    for decide in (petri.live, petri.reversible):
        assert shown(decide(net, budget=FEW), net).holds
        assert shown(decide(net, method="regions", budget=FEW), net).holds


@pytest.mark.parametrize(
    ("net", "goal", "holds"),
    [
        (QUEUE, "buffer == 0", True), (QUEUE, "buffer >= 7", True), (QUEUE, "busy >= 2", False),
        (QUEUE, "idle >= 1 && buffer == 3", True), (QUEUE, "buffer == 0 && busy == 0", True),
        (PAIRS, "left + right == 0", True), (PAIRS, "left + right == 3", False),
        (PAIRS, "left != right", False), (PAIRS, "left >= 2 && right <= 5", True),
        (PUMP, "p >= 4", False), (PUMP, "on == 0", True), (PUMP, "p <= 3", False),
        (DOZENS, "p == 0", True), (DOZENS, "p == 6", False), (DOZENS, "p >= 100", True),
    ],
)  # fmt: skip
def test_goals_by_hand(net: PetriNet, goal: str, holds: bool) -> None:
    verdict = petri.always_reachable(net, goal, method="regions", budget=FEW)
    assert shown(verdict, net, f"AG EF ({goal})").holds is holds


@pytest.mark.parametrize(("goal", "holds"), [("buffer == 0", True), ("buffer + busy <= 3", True)])
def test_the_opposite_of_a_goal(goal: str, holds: bool) -> None:
    opposite = petri.decide(QUEUE, f"E F A G !({goal})", budget=FEW, parallel=False)
    assert shown(opposite, QUEUE).violated is holds


def test_few_regions_hold_all_markings() -> None:
    verdict = petri.always_reachable(QUEUE, "buffer == 0", method="regions", budget=FEW)
    evidence = verdict.evidence
    assert isinstance(evidence, RankedRegions)
    assert len(evidence.regions) <= 8
    assert evidence.inner is None
    assert evidence.regions[evidence.everywhere[0]].box == ()


def test_a_pump_that_is_off_is_lost() -> None:
    verdict = petri.live(PUMP, budget=FEW)
    assert shown(verdict, PUMP).violated
    verdict = petri.always_reachable(PUMP, "p >= 4", method="regions", budget=FEW)
    assert isinstance(shown(verdict, PUMP, "AG EF p >= 4").evidence, AfterRunEvidence)
    assert verdict.witness is not None
    assert verdict.witness.actions[-1] == "off"


def test_boxes() -> None:
    boxes = Boxes(PAIRS, facts_of(PAIRS, FEW))
    start = Box({0: 2}, {0: 2})
    tight = boxes.tight(start)
    assert tight is not None
    assert (dict(tight.low), dict(tight.high)) == ({0: 2, 1: 2}, {0: 2, 1: 2})
    assert boxes.tight(Box({0: 2}, {1: 1})) is None
    assert boxes.after(boxes.tight(Box({0: 1}, {})), [1]) is not None  # right has one, too
    assert Boxes(PAIRS).after(Box({0: 1}, {}), [1]) is None
    dozens = Boxes(DOZENS)
    assert dozens.tight(Box({0: 1}, {0: 30})) == Box({0: 12}, {0: 24})
    assert dozens.tight(Box({0: 1}, {0: 11})) is None


@pytest.mark.parametrize(
    ("goal", "exact"),
    [
        ("p0 + p1 >= 2", True), ("p0 + 2 p1 <= 2", True), ("p0 != 3", True), ("p0 > p1", False),
        ("3 p0 == 7", True), ("2 p0 + p1 == 3", True), ("!(p0 >= 2 && p1 >= 1)", True),
        ("true", True), ("p0 + p1 >= 100000", False), ("-p0 - p1 >= -1", True), ("dead", True),
    ],
)  # fmt: skip
def test_goals_as_boxes(goal: str, exact: bool) -> None:
    net = PetriNet(
        places=["p0", "p1"], transitions=["t", "u"],
        arcs=[("p0", "t"), ("p1", "t", 3), ("p1", "u", 2)],
    )  # fmt: skip
    predicate = parse_predicate(goal)
    found, whole = boxes_in(Boxes(net), predicate)
    assert whole is exact
    for key in itertools.product(range(6), repeat=2):
        inside = any(
            all(key[p] >= n for p, n in box.low.items())
            and all(key[p] <= n for p, n in box.high.items())
            for box in found
        )
        marking = net.replace(initial=dict(zip(net.place_ids, key, strict=True)))
        assert inside == marking_holds(net, predicate, marking.initial), (goal, key)


def against_oracles(net: PetriNet, seed: int, budget: Budget, method: str) -> str:
    """Decide one question of a net; compare with what is known by definition."""
    kind = ("goal", "goal", "liveness", "reversibility")[seed % 4]
    if kind == "liveness":
        verdict = petri.live(net, method=method, budget=budget)
        wanted = Tokens(net).takes
        if verdict.holds:
            for tokens in wanted:
                assert wrong_about(net, True, None, lambda _: True, tokens, 40) is None
        space = space_of(net, 60)
        if space is not None and not verdict.unknown:
            every = all(
                any(name == step for key in space.closure(start) for step, _ in space.steps[key])
                for start in space.steps
                for name in net.transition_ids
            )
            assert verdict.holds is every
        formula = None
    elif kind == "reversibility":
        verdict, start = petri.reversible(net, method=method, budget=budget), Tokens(net).initial
        if not verdict.unknown:
            told = wrong_about(net, verdict.holds, end_of(verdict), lambda m: m == start, None, 40)
            assert told is None, told
        formula = None
    else:
        text, goal, least = random_question(net, seed)
        verdict = petri.always_reachable(net, text, method=method, budget=budget)
        if not verdict.unknown:
            told = wrong_about(net, verdict.holds, end_of(verdict), goal, least, 40)
            assert told is None, (text, told)
        formula = f"AG EF ({text})"
    if not verdict.unknown:
        shown(verdict, net, formula)
    return str(verdict.outcome)


@pytest.mark.parametrize("first", range(0, 80, 20))
def test_random_nets_never_contradict_the_definition(first: int) -> None:
    found = [
        against_oracles(random_net(seed), seed, Budget(seconds=2.0), "regions")
        for seed in range(first, first + 20)
    ]
    assert found.count("HOLDS") > 2
    assert found.count("VIOLATED") > 2
    assert found.count("UNKNOWN") <= 4


@pytest.mark.campaign
@pytest.mark.timeout(0)
def test_twenty_thousand_random_nets() -> None:
    """Prints how many were decided."""
    found: dict[str, int] = {}
    for seed in range(1_000, 1_000 + CAMPAIGN):
        told = against_oracles(random_net(seed), seed, Budget(seconds=0.5), "regions")
        found[told] = found.get(told, 0) + 1
    print(found)
    assert found["UNKNOWN"] < CAMPAIGN / 10


@pytest.mark.parametrize("seconds", [0.0, 0.01])
def test_no_time_is_unknown(seconds: float) -> None:
    goal = parse_predicate("p0 == 0")
    net = random_net(5)
    verdict = always_by_regions(net, goal, name="x", budget=Budget(seconds=seconds))
    assert verdict.unknown or verdict.evidence is not None
