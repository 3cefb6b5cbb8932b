"""Well-structured workflow nets: the theorem against the definition, on nets of any class."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest

from netproof.recheck import Question, recheck, recheck_verdict
from oracles.classical_soundness import sound_by_definition
from oracles.evidence_well_structured import handle
from petri import PetriNet, sound, workflow_goal, workflow_net
from petri.soundness import SoundnessGoal
from petri.soundness.errors import ErrorKind, soundness_error
from petri.structure.handles import well_structured
from petri.structure.net_classes import net_classes
from transition_systems.budget import Budget
from transition_systems.evidence import Parts, WellStructuredEvidence, evidence_from_dict
from transition_systems.properties.parse import parse_predicate
from transition_systems.properties.predicates import at_most
from transition_systems.verdict import Verdict


def grown(seed: int) -> PetriNet | None:
    """Return a workflow net grown by rows, choices, forks and loops anywhere, then disturbed."""
    draw = random.Random(seed)
    pre, post = [{"i"}], [{"o"}]
    for count in range(1, draw.randint(2, 7)):
        number, p, q = draw.randrange(len(pre)), f"p{count}", f"q{count}"
        places = sorted(set().union(*pre, *post) - {"i", "o"})
        match draw.choice(("row", "choice", "fork", "loop", "longer loop", "copy")):
            case "row":
                pre.append({p})
                post.append(post[number])
                post[number] = {p}
            case "choice":
                pre.append(set(pre[number]))
                post.append(set(post[number]))
            case "fork":
                pre.append({p, q})
                post.append(post[number])
                post[number] = {p, q}
            case "loop" if places:
                place = draw.choice(places)
                pre.append({place})
                post.append({place})
            case "longer loop" if places:
                place = draw.choice(places)
                pre += [{place}, {p}]
                post += [{p}, {place}]
            case _ if places:
                place = draw.choice(places)
                for row in (*pre, *post):
                    if place in row:
                        row.add(p)
    for _ in range(draw.choice((0, 1, 1, 2, 3))):
        side, number = draw.choice((pre, post)), draw.randrange(len(pre))
        places = sorted(set().union(*pre, *post) - {"i", "o"})
        if not places:
            continue
        place = draw.choice(places)
        if draw.random() < 0.4:
            pre[number].add(place)
            post[draw.randrange(len(post))].add(place)
        elif place in side[number] and len(side[number]) > 1:
            side[number].discard(place)
        else:
            side[number].add(place)
    return net_of(pre, post)


def drawn(seed: int) -> PetriNet | None:
    """Return a workflow net of any shape, with few nodes."""
    draw = random.Random(seed)
    inner = [f"p{number}" for number in range(draw.randint(0, 3))]
    steps = range(draw.randint(1, 5))
    sizes = (1, 1, min(2, 1 + len(inner)))
    pre = [set(draw.sample(["i", *inner], draw.choice(sizes))) for _ in steps]
    post = [set(draw.sample(["o", *inner], draw.choice(sizes))) for _ in steps]
    return net_of(pre, post)


def net_of(pre: list[set[str]], post: list[set[str]]) -> PetriNet | None:
    names = [f"t{number}" for number in range(len(pre))]
    arcs = [(p, t) for t, row in zip(names, pre, strict=True) for p in sorted(row)]
    arcs += [(t, p) for t, row in zip(names, post, strict=True) for p in sorted(row)]
    nodes = sorted({"i", "o"}.union(*pre, *post))
    net = PetriNet(places=nodes, transitions=names, arcs=arcs, initial=["i"])
    return net if workflow_net(net).holds else None


def decided(net: PetriNet, goal: SoundnessGoal | None = None) -> Verdict:
    verdict = sound(net, goal=goal, method="well-structured")
    if not verdict.unknown:
        result = recheck_verdict(
            verdict.property, verdict.outcome, verdict.evidence, net, question=Question(goal=goal)
        )
        assert result.passed, (result, net)
    return verdict


def test_the_theorem_says_what_the_definition_says() -> None:
    told: Counter[tuple[bool, str]] = Counter()
    for seed in range(4_000):
        net = grown(seed) if seed % 2 else drawn(seed)
        if net is None:
            continue
        verdict = decided(net)
        if verdict.unknown:
            assert not well_structured(net)
            continue
        free = bool(net_classes(net)["free choice"].holds)
        told[free, str(verdict.outcome)] += bool(well_structured(net))
        wanted = sound_by_definition(net, workflow_goal(net))
        assert verdict.holds == (wanted is True), seed
    assert min(told.values()) > 10, told
    assert len(told) == 4


def test_handles_are_those_of_the_definition() -> None:
    found = Counter[bool]()
    for seed in range(250):
        net = grown(seed)
        if net is None:
            continue
        after = {node: list(net.postset(node)) for node in (*net.place_ids, *net.transition_ids)}
        after["*"] = ["i"]
        after["o"].append("*")
        steps = [*net.transition_ids, "*"]
        pairs = [(p, t) for p in net.place_ids for t in steps]
        wanted = not any(handle(after, a, b) or handle(after, b, a) for a, b in pairs)
        assert bool(well_structured(net)) == wanted, seed
        found[wanted] += 1
    assert min(found.values()) > 20


def test_a_net_that_is_not_free_choice() -> None:
    # the branch of a may be repeated before the join
    net = PetriNet(
        places=["i", "a", "b", "o"], transitions=["split", "again", "join"], initial=["i"],
        arcs=[("i", "split"), ("split", "a"), ("split", "b"), ("a", "again"), ("again", "a"),
              ("a", "join"), ("b", "join"), ("join", "o")],
    )  # fmt: skip
    assert not net_classes(net)["free choice"]
    verdict = decided(net)
    assert verdict.holds
    assert isinstance(verdict.evidence, WellStructuredEvidence)
    assert evidence_from_dict(verdict.evidence.to_dict()) == verdict.evidence
    assert sound(net, method="rank-theorem").unknown


def test_an_empty_siphon_says_which_step_is_dead() -> None:
    # b comes only from the step that needs it
    net = PetriNet(
        places=["i", "a", "b", "o"], transitions=["go", "end"], initial=["i"],
        arcs=[("i", "go"), ("go", "a"), ("a", "end"), ("b", "end"), ("end", "b"), ("end", "o")],
    )  # fmt: skip
    verdict = decided(net)
    assert verdict.violated
    assert "never" not in verdict.explain()
    assert "No run contains end" in verdict.explain()
    error = soundness_error(net, verdict)
    assert (error.kind, error.transitions) == (ErrorKind.DEAD_PART, ("end",))
    several = SoundnessGoal(
        completion=parse_predicate("o == 1"), proper=at_most("o", 1), occurs={"x": ("end", "go")}
    )
    assert sound(net, goal=several, method="well-structured").unknown
    twice = net.replace(
        transitions=["go", "end", "end2"],
        arcs=[*net.arcs, ("a", "end2"), ("b", "end2"), ("end2", "b"), ("end2", "o")],
    )
    both = SoundnessGoal(
        completion=parse_predicate("o == 1"), proper=at_most("o", 1), occurs={"x": ("end", "end2")}
    )
    assert decided(twice, both).violated


@pytest.mark.parametrize(
    ("arcs", "why"),
    [
        # chosen apart, waited for together; then the reverse; then a weight
        ([("i", "t"), ("i", "u"), ("t", "a"), ("u", "b"), ("a", "v"), ("b", "v"), ("v", "o")], "PT"),
        ([("i", "t"), ("t", "a"), ("t", "b"), ("a", "u"), ("b", "v"), ("u", "o"), ("v", "o")], "TP"),
        ([("i", "t"), ("t", "a", 2), ("a", "u", 2), ("u", "o")], "weight"),
    ],
)  # fmt: skip
def test_a_premise_that_fails_is_named_and_not_believed(
    arcs: list[tuple[str, ...]], why: str
) -> None:
    nodes = dict.fromkeys(node for arc in arcs for node in arc[:2])
    net = PetriNet(
        places=[n for n in nodes if n in "iabo"], transitions=[n for n in nodes if n in "tuv"],
        arcs=arcs, initial=["i"],
    )  # fmt: skip
    verdict = sound(net, method="well-structured")
    assert verdict.unknown
    assert why in (verdict.reason or "")
    right = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    proof = decided(right).evidence
    assert isinstance(proof, WellStructuredEvidence)
    claim = replace(proof.claim, model_digest=net.digest())
    forged = replace(proof, claim=claim, source="i", sink="o")
    result = recheck(forged, net)
    assert result.status == "failed"
    assert "handle" in (result.reason or "") or "weight" in (result.reason or "")


def test_goals_that_do_not_follow_are_refused() -> None:
    net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    for completion, proper in (("p1 == 1 && p2 == 1", "p2 <= 1"), ("p2 == 1", "p1 == 0")):
        goal = SoundnessGoal(
            completion=parse_predicate(completion), proper=parse_predicate(proper), occurs={}
        )
        assert sound(net, goal=goal, method="well-structured").unknown
        proof = decided(net).evidence
        question = Question(goal=goal)
        assert not recheck_verdict("soundness", "HOLDS", proof, net, question=question).passed


def test_an_empty_siphon_is_refused_by_the_recheck() -> None:
    net = PetriNet(
        places=["i", "a", "b", "o"], transitions=["go", "end"], initial=["i"],
        arcs=[("i", "go"), ("go", "a"), ("a", "end"), ("b", "end"), ("end", "b"), ("end", "o")],
    )  # fmt: skip
    verdict = decided(net)
    assert isinstance(verdict.evidence, Parts)
    claim = replace(verdict.evidence.claim, formula="sound")
    forged = WellStructuredEvidence(claim=claim, source="i", sink="o")
    assert recheck(forged, net).reason == "a siphon of the net is empty at the start"


def test_time_that_ends_is_told() -> None:
    net = next(
        n for n in map(grown, range(100)) if n is not None and sound(n).holds and len(n.arcs) > 12
    )
    verdict = sound(net, method="well-structured", budget=Budget(seconds=0.0))
    assert verdict.unknown
    assert "used up" in (verdict.reason or "")
