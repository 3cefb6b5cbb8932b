"""The rank theorem against the definition: live and bounded, sound, on random free-choice nets."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

import petri
from linear_cases import random_free_choice
from netproof.recheck import recheck
from oracles.net_properties import space_of
from petri import PetriNet, workflow_goal
from petri.soundness.by_rank import rank_evidence
from petri.structure.net_classes import net_class
from petri.structure.rank_theorem import RankPremises, closed_net, rank_premises
from random_workflows import random_workflow
from transition_systems.budget import Budget
from transition_systems.errors import UsageError
from transition_systems.evidence import RankEvidence, evidence_from_dict
from transition_systems.properties.predicates import TRUE, Dead, conjunction
from translators.to_petri import workflow_to_net
from workflow_text import drawn


def live_and_bounded(net: PetriNet) -> bool | None:
    """Return whether a net is live and bounded, by definition; ``None`` for too many markings."""
    if petri.bounded(net, budget=Budget(states=300)).violated:
        return False
    space = space_of(net, limit=300)
    if space is None:
        return None
    wanted = set(net.transition_ids)
    for marking in space.steps:
        later = space.closure(marking)
        if {name for one in later for name, _ in space.steps[one]} != wanted:
            return False
    return True


def test_premises_hold_just_where_the_net_is_live_and_bounded() -> None:
    holding = failing = 0
    for seed in range(2_500):
        net = random_free_choice(seed)
        assert net_class(net, "extended free choice")
        if not net_class(net, "strongly connected"):
            assert isinstance(rank_premises(net), str)
            continue
        wanted = live_and_bounded(net)
        if wanted is None:
            continue
        found = rank_premises(net)
        assert isinstance(found, RankPremises) == wanted, (seed, found)
        holding, failing = holding + wanted, failing + (not wanted)
    assert holding >= 15, holding
    assert failing >= 100, failing


def with_a_slip(text: str, seed: int) -> str:
    """Return a workflow with one gateway of the wrong kind, every second time."""
    lines = text.split("\n")
    kinds = [n for n, line in enumerate(lines) if line.startswith(("and ", "xor "))]
    if kinds and seed % 2:
        at = random.Random(seed).choice(kinds)
        lines[at] = {"and": "xor", "xor": "and"}[lines[at][:3]] + lines[at][3:]
    return "\n".join(lines)


def workflow_nets(count: int) -> list[PetriNet]:
    """Return workflow nets made of choices, forks, loops, and wrong ways between them."""
    found: list[PetriNet] = []
    seed = 0
    while len(found) < count:
        seed += 1
        net = workflow_to_net(drawn(with_a_slip(random_workflow(seed), seed))).net
        if sum(net.initial.to_dict().values()) == 1 and petri.workflow_net(net).holds:
            found.append(net)
    return found


def test_soundness_by_the_theorem_and_by_listing_agree_and_are_rechecked() -> None:
    outcomes: list[bool] = []
    for net in workflow_nets(100):
        goal = workflow_goal(net)
        listed = petri.sound(net, goal=goal, method="explicit", budget=Budget(states=4_000))
        proved = petri.sound(net, goal=goal, method="rank-theorem")
        free = bool(net_class(net, "extended free choice"))
        assert not proved.violated
        assert proved.holds <= free
        if listed.unknown:
            continue
        if free:
            assert proved.holds == listed.holds, net
            outcomes.append(proved.holds)
        if proved.holds:
            assert proved.evidence is not None
            assert recheck(proved.evidence, net, goal=goal).passed
            assert evidence_from_dict(proved.evidence.to_dict()) == proved.evidence
        else:
            assert "the rank theorem proves nothing here" in str(proved.reason)
    assert outcomes.count(True) >= 20
    assert outcomes.count(False) >= 10


def crossing(branches: int) -> PetriNet:
    """Return a workflow net with many branches that no series or parallel rule takes apart."""
    lines = ["start s", "and f", "and j", "end e", "s > f", "j > e"]
    for n in range(branches):
        lines += [f"and a{n}", f"and b{n}", f"task t{n}", f"f > a{n} > t{n} > b{n} > j"]
    lines += [f"a{n} > b{(n + 1) % branches}" for n in range(branches)]
    return workflow_to_net(drawn("\n".join(lines))).net


def test_the_default_uses_the_theorem_where_reducing_and_listing_do_not_end() -> None:
    net = crossing(16)
    classical = workflow_goal(net)
    # What is enabled is not preserved by the reduction.
    goal = replace(classical, completion=conjunction(classical.completion, Dead()))
    goal = replace(goal, proper=TRUE, workflow_net=False)
    verdict = petri.sound(net, goal=goal, budget=Budget(states=20_000))
    assert verdict.holds
    assert verdict.statistics.method == "rank-theorem"
    assert isinstance(verdict.evidence, RankEvidence)
    assert recheck(verdict.evidence, net, goal=goal).passed


def test_forged_premises_are_refused() -> None:
    net = crossing(3)
    evidence = rank_evidence(net, workflow_goal(net))
    assert isinstance(evidence, RankEvidence)
    assert recheck(evidence, net).passed
    (name, weight), *others = evidence.places
    first = evidence.flows[0]
    forged = {
        "a weight is not positive": replace(evidence, places=((name, 0), *others)),
        "the weighted sum": replace(evidence, places=((name, weight + 1), *others)),
        "no weight": replace(evidence, places=tuple(others)),
        "no proper weight": replace(evidence, places=(*evidence.places, (name, weight))),
        "do not lead back": replace(evidence, closing=evidence.closing + 1),
        "rank": replace(evidence, flows=evidence.flows[1:]),
        "is not one less": replace(evidence, flows=(first, *evidence.flows[:-1])),
        "changed by a transition": replace(evidence, flows=(first[1:], *evidence.flows[1:])),
        "not this claim": replace(evidence, claim=replace(evidence.claim, formula="not sound")),
    }
    for reason, piece in forged.items():
        result = recheck(piece, net)
        assert (result.status, reason in str(result.reason)) == ("failed", True), result
    data = evidence.to_dict()
    data["closing"] = True
    with pytest.raises(Exception, match="malformed"):
        evidence_from_dict(data)


def test_evidence_for_one_net_is_refused_for_a_net_that_is_not_sound() -> None:
    lines = ["start s", "xor f", "and j", "end e", "s > f", "j > e"]
    lines += [f"task t{n}\nf > t{n} > j" for n in range(2)]
    bad = workflow_to_net(drawn("\n".join(lines))).net
    good = workflow_to_net(drawn("\n".join(lines).replace("xor f", "and f"))).net
    evidence = rank_evidence(good, workflow_goal(good))
    assert isinstance(evidence, RankEvidence)
    assert isinstance(rank_evidence(bad, workflow_goal(bad)), str)
    claim = replace(evidence.claim, model_digest=bad.digest())
    assert recheck(replace(evidence, claim=claim), bad).status == "failed"


def test_a_goal_that_does_not_follow_is_refused() -> None:
    net = crossing(3)
    goal = workflow_goal(net)
    evidence = rank_evidence(net, goal)
    assert isinstance(evidence, RankEvidence)
    from transition_systems.properties.predicates import at_least, at_most

    sink = next(p for p in net.place_ids if not net.postset(p))
    for strange, why in (
        (replace(goal, completion=at_least(sink, 2), workflow_net=False), "complete"),
        (replace(goal, proper=at_most(sink, 0), workflow_net=False), "follow"),
        (replace(goal, proper=at_most(net.place_ids[2], 1), workflow_net=False), "follow"),
    ):
        assert isinstance(rank_evidence(net, strange), str)
        result = recheck(evidence, net, goal=strange)
        assert result.status == "failed"
        assert why in str(result.reason)
    fine = replace(goal, proper=at_most(sink, 1), workflow_net=False)
    assert isinstance(rank_evidence(net, fine), RankEvidence)
    assert recheck(evidence, net, goal=fine).passed


def test_the_closing_transition_has_a_fresh_name() -> None:
    net = PetriNet(places=["i", "*"], transitions=["t"], arcs=[("i", "t"), ("t", "*")])
    assert closed_net(net, "i", "*").transition_ids == ("t", "**")
    with pytest.raises(UsageError, match="no method"):
        petri.sound(net.replace(initial=["i"]), method="rank")
