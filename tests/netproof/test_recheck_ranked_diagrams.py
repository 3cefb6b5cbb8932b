"""What stays in reach, by diagrams: against the full search, forged, and where no list could be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine_cases import random_goal, random_net, random_safe_net
from netproof.recheck import recheck, recheck_verdict
from petri import PetriNet, always_reachable
from petri.always_by_diagrams import always_reachable_by_diagrams
from petri.decision import equals_marking
from petri.home import reversible
from petri.live import live
from petri.state_space.reachability import reachability_graph
from petri.state_space.symbolic.answers import SymbolicAnswers
from transition_systems.budget import Budget
from transition_systems.evidence import DiagramEvidence, Parts, RankedDiagrams, evidence_from_dict
from transition_systems.properties.parse import parse_predicate
from transition_systems.run import Run

pytestmark = pytest.mark.exhaustive

COUNTER = PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 1], [1, 0]], [5, 0])


def ranked(net: PetriNet = COUNTER, goal: str = "p2 >= 4") -> RankedDiagrams:
    verdict = always_reachable_by_diagrams(SymbolicAnswers(net), parse_predicate(goal))
    assert verdict.holds
    assert isinstance(verdict.evidence, RankedDiagrams)
    return verdict.evidence


def refused(piece: RankedDiagrams | DiagramEvidence, why: str, net: PetriNet = COUNTER) -> None:
    result = recheck(piece, net)
    assert result.status == "failed", result
    assert why in str(result.reason), result.reason


def compared(seed: int) -> int:
    net = random_safe_net(seed) if seed % 2 else random_net(seed)
    graph = reachability_graph(net, budget=Budget(states=400))
    if not graph.complete:
        return 0
    answers = SymbolicAnswers(net)
    for goal in (random_goal(net, seed), equals_marking(net, net.initial)):
        found = always_reachable_by_diagrams(answers, goal)
        assert found.outcome == always_reachable(net, goal, graph=graph).outcome, (seed, goal)
        assert found.evidence is not None
        assert recheck(evidence_from_dict(found.evidence.to_dict()), net).passed, (seed, goal)
    for decide, name in ((live, "liveness"), (reversible, "reversibility")):
        found = decide(net, method="symbolic")
        assert found.outcome == decide(net, method="explicit", graph=graph).outcome, seed
        result = recheck_verdict(name, found.outcome, found.evidence, net)
        assert result.passed, (seed, name, result)
    return 1


def test_diagrams_and_the_full_search_agree() -> None:
    assert sum(compared(seed) for seed in range(200)) >= 150


def test_links_that_lead_elsewhere_are_refused() -> None:
    piece = ranked()
    assert recheck(piece, COUNTER).passed
    links = piece.links.tolist()
    assert len(links) == 4  # from 3 tokens in p2, from 2, from 1, from none
    t1, t2 = 0, 1
    assert {transition for transition, _ in links} == {t1}

    def linked(rows: list[list[int]]) -> RankedDiagrams:
        return replace(piece, links=np.array(rows, dtype=np.int64).reshape(-1, 2))

    for gone in range(4):
        refused(linked(links[:gone] + links[gone + 1 :]), "no link leads")
    for late in range(3):
        refused(linked(links[:late] + links[late + 1 :] + links[late : late + 1]), "nearer")
    refused(linked([]), "no link leads")
    refused(linked([[t2, fresh] for _, fresh in links]), "a marking does not enable 't2'")
    refused(linked([[t1, links[1][1]], *links]), "nearer")
    refused(linked([[t1, piece.whole]]), "a marking does not enable 't1'")
    refused(linked([[7, links[0][1]]]), "no transition of the net")
    refused(linked([[-1, links[0][1]]]), "no transition of the net")
    refused(linked([[t1, 10_000]]), "no node")
    refused(linked(links[::-1]), "nearer")
    refused(linked([[t1, 1], *links]), "a marking does not enable")


def test_goals_and_sets_that_are_none_are_refused() -> None:
    piece = ranked()
    refused(replace(piece, goal=piece.whole), "does not satisfy")
    refused(replace(piece, goal=1), "does not satisfy")
    refused(replace(piece, goal=0), "no link leads")
    refused(replace(piece, whole=0), "initial marking")
    refused(replace(piece, whole=piece.goal), "initial marking")
    refused(replace(piece, whole=int(piece.links[-1, 1])), "leads out of the set")
    refused(replace(piece, whole=True), "no node")
    refused(replace(piece, whole="2"), "no node")  # pyright: ignore[reportArgumentType]
    for formula in ("AG EF p2 >= 5", "AG EF p2 >= 6", "AG EF dead"):
        refused(replace(piece, claim=replace(piece.claim, formula=formula)), "does not satisfy")
    for formula in ("AG p2 >= 4", "EF p2 >= 4", "EF AG p2 >= 4"):
        refused(replace(piece, claim=replace(piece.claim, formula=formula)), "this kind of")
    weaker = replace(piece, claim=replace(piece.claim, formula="AG EF p2 >= 3"))
    assert recheck(weaker, COUNTER).passed
    turned = piece.nodes.copy()
    turned[:, [1, 2]] = turned[:, [2, 1]]
    assert recheck(replace(piece, nodes=turned), COUNTER).status == "failed"


def test_a_step_that_changes_nothing_is_no_link() -> None:
    net = PetriNet(
        places=["a", "b"], transitions=["loop", "go"],
        arcs=[("a", "loop"), ("loop", "a"), ("a", "go"), ("go", "b")], initial=["a"],
    )  # fmt: skip
    piece = ranked(net, "b >= 1")
    assert recheck(piece, net).passed
    refused(replace(piece, links=np.array([[0, piece.links[0, 1]]])), "nearer", net)


def test_traps_as_diagrams() -> None:
    net = PetriNet.from_arrays([[1, 1], [0, 0], [0, 0]], [[0, 0], [1, 0], [0, 1]], [3, 0, 0])
    verdict = always_reachable_by_diagrams(SymbolicAnswers(net), parse_predicate("p2 >= 2"))
    assert verdict.violated
    piece = verdict.evidence
    assert isinstance(piece, DiagramEvidence)
    assert recheck(piece, net).passed
    assert recheck(evidence_from_dict(piece.to_dict()), net).passed
    refused(replace(piece, run=None), "no run leads", net)
    refused(replace(piece, run=Run(initial={"p1": 3})), "does not end in the set", net)
    refused(replace(piece, claim=replace(piece.claim, formula="EF AG p2 >= 2")), "does not", net)
    refused(replace(piece, claim=replace(piece.claim, formula="AG !(p2 >= 2)")), "initial", net)
    elsewhere = net.run(net.initial, ["t1"])
    refused(replace(piece, run=elsewhere), "does not end in the set", net)
    all_of_it = SymbolicAnswers(net).space.arrays[1]
    refused(replace(piece, nodes=all_of_it), "does not satisfy", net)


def philosophers(count: int, *, left_handed: int = 0) -> PetriNet:
    """Philosophers who put a fork back where they get no second one."""
    arcs: list[tuple[str, str]] = []
    for k in range(count):
        first, second = f"f{k}", f"f{(k + 1) % count}"
        if k < left_handed:
            first, second = second, first
        arcs += [(f"think{k}", f"take{k}"), (first, f"take{k}"), (f"take{k}", f"one{k}")]
        arcs += [(f"one{k}", f"eat{k}"), (second, f"eat{k}"), (f"eat{k}", f"two{k}")]
        arcs += [(f"two{k}", f"end{k}")]
        arcs += [(f"end{k}", name) for name in (first, second, f"think{k}")]
    names = list(dict.fromkeys(name for arc in arcs for name in arc))
    steps = [name for name in names if name.startswith(("take", "eat", "end"))]
    places = [name for name in names if name not in steps]
    return PetriNet(
        places=places, transitions=steps, arcs=arcs,
        initial=[name for name in places if name.startswith(("think", "f"))],
    )  # fmt: skip


@pytest.mark.parametrize("left_handed", [0, 1])
def test_philosophers_beyond_any_list(left_handed: int) -> None:
    net = philosophers(24, left_handed=left_handed)
    verdict = live(net, method="symbolic", budget=Budget(seconds=60))
    assert verdict.statistics.method == "symbolic"
    assert verdict.statistics.states > 10**9
    assert verdict.holds == bool(left_handed)
    kind = Parts if left_handed else DiagramEvidence
    assert isinstance(verdict.evidence, kind)
    assert recheck_verdict("liveness", verdict.outcome, verdict.evidence, net).passed
    back = reversible(net, budget=Budget(states=2_000, seconds=60))
    assert back.holds == bool(left_handed)
    assert recheck_verdict("reversibility", back.outcome, back.evidence, net).passed


def test_budgets() -> None:
    net = philosophers(24, left_handed=1)
    assert live(net, method="symbolic", budget=Budget(seconds=0.0)).unknown
    assert reversible(net, method="symbolic", budget=Budget(seconds=0.0)).unknown
    answers = SymbolicAnswers(net)
    goal = equals_marking(net, net.initial)
    assert answers.space.complete
    assert always_reachable_by_diagrams(answers, goal, budget=Budget(seconds=0.0)).unknown
    found = always_reachable_by_diagrams(answers, goal)
    assert found.evidence is not None
    assert recheck(found.evidence, net, budget=Budget(seconds=0.0)).status == "skipped"
    assert recheck(found.evidence, net, budget=Budget(bytes=1_000)).status == "skipped"
