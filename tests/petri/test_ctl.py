"""CTL on nets: listed, by diagrams and by definition; evidence rechecked, forged ones refused."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from evidence_cases import small_nets
from netproof.recheck import recheck, recheck_verdict
from oracles.ctl import ctl_states_by_definition
from petri import PetriNet, reachability_graph
from petri.ctl import ctl, known_part, symbolic_ctl
from petri.listed_predicates import ListedPredicates
from petri.state_space import state_space
from petri.state_space.symbolic.symbolic_space import SymbolicSpace
from transition_systems.budget import Budget
from transition_systems.errors import ExpressionError, UnsupportedError
from transition_systems.evidence import CtlRanks, TreeEvidence, evidence_from_dict
from transition_systems.lts import LTS
from transition_systems.properties.parse import parse_formula
from transition_systems.temporal.ctl_partial import PartialSets
from transition_systems.temporal.ctl_program import ctl_program
from transition_systems.temporal.ctl_simplify import simplified

SHAPES = (
    "AG (@ -> AF #)", "EF (@ && EG #)", "A[@ U #]", "E[@ U AX #]", "AX EX @", "EG !@",
    "AF (# || dead)", "A (@ W #)", "E (@ R #)", "!(EF @ && AF #)", "AG EF @",
)  # fmt: skip


def _formulas(net: PetriNet, rng: random.Random) -> list[str]:
    def leaf() -> str:
        if rng.random() < 0.4 and net.transition_ids:
            return f"enabled({rng.choice(net.transition_ids)})"
        return f"({rng.choice(net.place_ids)} >= {rng.choice((1, 1, 2))})"

    return [s.replace("@", leaf()).replace("#", leaf()) for s in rng.sample(SHAPES, 4)]


def _by_definition(net: PetriNet, text: str) -> bool:
    """Ask the oracle, on the reachability graph with the predicates as atoms."""
    graph = reachability_graph(net)
    plain = graph.lts()
    atoms = {}
    for number, (place, least) in enumerate((p, k) for p in net.place_ids for k in (1, 2)):
        atoms[f"x{number}"] = graph.column(place) >= least
        text = text.replace(f"({place} >= {least})", f"x{number}")
    for number, transition in enumerate(net.transition_ids):
        atoms[f"e{number}"] = graph.enabled(transition)
        text = text.replace(f"enabled({transition})", f"e{number}")
    lts = LTS(
        offsets=plain.offsets, labels=plain.labels, targets=plain.targets,
        label_names=plain.label_names, atoms=atoms,
    )  # fmt: skip
    return 0 in ctl_states_by_definition(lts, parse_formula(text))


def test_listed_drawn_and_by_definition() -> None:
    kinds: dict[tuple[str, str], int] = {}
    for seed, net in enumerate(small_nets(40)):
        rng = random.Random(seed)
        space = state_space(net, method="explicit", budget=Budget(states=500))
        if not space.complete:
            continue
        drawn = state_space(net, method="symbolic")
        assert isinstance(drawn, SymbolicSpace)
        for text in _formulas(net, rng):
            verdict = ctl(net, text)
            wanted = _by_definition(net, text)
            assert verdict.holds is wanted, (seed, text)
            by_sets = symbolic_ctl(drawn, Budget().start())
            assert by_sets.decide(simplified(ctl_program(parse_formula(text)))) is wanted
            assert verdict.evidence is not None
            piece = evidence_from_dict(verdict.evidence.to_dict())
            name = verdict.property
            assert recheck(piece, net).passed
            result = recheck_verdict(name, verdict.outcome, piece, net)
            assert result.passed, (seed, text, result.reason)
            other = "VIOLATED" if verdict.holds else "HOLDS"
            assert not recheck_verdict(name, other, piece, net).passed
            key = str(verdict.outcome), piece.kind
            kinds[key] = kinds.get(key, 0) + 1
    assert len(kinds) == 4
    assert min(kinds.values()) > 3


def test_parts_of_spaces_and_predicates() -> None:
    for seed, net in enumerate(small_nets(25)):
        rng = random.Random(seed)
        whole = state_space(net, method="explicit", budget=Budget(states=400))
        part = state_space(net, method="explicit", budget=Budget(states=5))
        if not whole.complete or not whole.n_states > 6:
            continue
        for text in _formulas(net, rng):
            program = ctl_program(parse_formula(text))
            graph, border = known_part(part, Budget().start())
            holds = ListedPredicates(part, net.transition_ids)
            found = PartialSets(program, graph, holds, border).at(0)
            assert found in (None, _by_definition(net, text))
            for node in program.nodes:
                if node.operator == "predicate":
                    assert np.array_equal(holds(node.predicate), part.holds(node.predicate))


def test_forged_evidence_is_refused() -> None:
    net = PetriNet.from_arrays([[1, 0], [0, 1]], [[0, 1], [1, 0]], [1, 0])
    tree = ctl(net, "AF dead")
    assert tree.violated
    assert isinstance(tree.evidence, TreeEvidence)
    lasso = tree.evidence.tree.path
    assert lasso is not None
    stopped = replace(lasso, steps=lasso.steps[:1], loop_start=0)
    short = replace(tree.evidence, tree=replace(tree.evidence.tree, path=stopped))
    assert recheck(short, net).reason == "a cycle of the tree does not come back"
    elsewhere = replace(tree.evidence, start={"p2": 1})
    assert recheck(elsewhere, net).status == "failed"
    other_claim = replace(tree.evidence.claim, formula="! AF (p1 >= 1)")
    assert recheck(replace(tree.evidence, claim=other_claim), net).status == "failed"
    ranks = ctl(net, "AG AF (p2 >= 1)").evidence
    assert isinstance(ranks, CtlRanks)
    assert recheck(ranks, net).passed
    for number, rank in enumerate(ranks.ranks):
        for state in range(len(rank)):
            for value in (-1, 0, 1, 5):
                forged = rank.copy()
                forged[state] = value
                given = (*ranks.ranks[:number], forged, *ranks.ranks[number + 1 :])
                passed = recheck(replace(ranks, ranks=given), net).passed
                # Another rank may be just as right, but never the side of the border.
                assert not passed or (value < 0) == (rank[state] < 0)
    assert not recheck(replace(ranks, ranks=ranks.ranks[:1]), net).passed
    assert not recheck(replace(ranks, ranks=(*ranks.ranks, ranks.ranks[0])), net).passed
    assert not recheck(replace(ranks, states=None), net).passed


def test_errors_and_budget() -> None:
    net = PetriNet.from_arrays([[0], [1]], [[1], [1]], [0, 1])
    verdict = ctl(net, "AF (p1 >= 300)", budget=Budget(states=50))
    assert verdict.unknown
    with pytest.raises(UnsupportedError):
        ctl(net, "G F p1")
    finite = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    with pytest.raises(ExpressionError, match="q1"):
        ctl(finite, "AF q1")
