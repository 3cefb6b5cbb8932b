"""Complete prefixes: proofs where listing is hopeless, and refused where something is amiss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from engine_cases import random_safe_net
from netproof.recheck import recheck, recheck_verdict
from petri import PetriNet, deadlock, invariant
from petri.state_space.reachability import reachability_graph
from petri.unfolding import unfold
from transition_systems.budget import Budget
from transition_systems.evidence import Claim, CompletePrefix, evidence_from_dict
from transition_systems.evidence_prefix import NO_CUTOFF, START

# Two cycles, of which one also has a way round; the last steps lead back to the start.
NET = PetriNet(
    places=["a", "b", "c", "x", "y"],
    transitions=["go", "on", "round", "back", "up", "down"],
    arcs=[
        ("a", "go"), ("go", "b"), ("b", "on"), ("on", "c"), ("a", "round"), ("round", "c"),
        ("c", "back"), ("back", "a"), ("x", "up"), ("up", "y"), ("y", "down"), ("down", "x"),
    ],
    initial=["a", "x"],
)  # fmt: skip


def ints(values: Sequence[int]) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.array(values, dtype=np.int64)


def proof(net: PetriNet = NET, formula: str = "AG !dead") -> CompletePrefix:
    prefix = unfold(net)
    assert prefix.complete
    return prefix.evidence(Claim(formula=formula, model_digest=net.digest()))


def refused(piece: CompletePrefix, why: str, net: PetriNet = NET) -> None:
    result = recheck(piece, net)
    assert result.status == "failed", result
    assert why in str(result.reason), result.reason


def test_a_prefix_is_a_proof() -> None:
    piece = proof()
    # go, round and up; then on, which is a cutoff since round leads there by one step; back, down.
    assert [NET.transition_ids[t] for t in piece.transitions] == [
        "go", "round", "up", "on", "back", "down",
    ]  # fmt: skip
    assert piece.companions.tolist() == [NO_CUTOFF] * 3 + [1, START, START]
    assert evidence_from_dict(piece.to_dict()) == piece
    assert recheck(piece, NET).passed
    assert recheck(
        replace(piece, claim=replace(piece.claim, formula="AG a + b + c == 1")), NET
    ).passed
    verdict = deadlock(NET, method="unfolding")
    assert verdict.holds
    assert recheck_verdict("deadlock", verdict.outcome, verdict.evidence, NET).passed


def test_what_is_not_so_is_refused() -> None:
    piece = proof()
    for formula in ("AG !(c >= 1 && y >= 1)", "AG a >= 1", "AG dead"):
        refused(replace(piece, claim=replace(piece.claim, formula=formula)), "does not bear out")
    for formula in ("EF a >= 1", "AG EF a >= 1", "live"):
        refused(
            replace(piece, claim=replace(piece.claim, formula=formula)), "this kind of evidence"
        )
    refused(replace(piece, claim=replace(piece.claim, model_digest="sha256:0")), "another model")
    refused(replace(piece, places=NET.place_ids[::-1]), "not over the places")
    refused(replace(piece, actions=NET.transition_ids[::-1]), "not over the places")


def test_each_event_that_is_left_out_is_missed() -> None:
    piece = proof()
    for event in range(3, 6):  # the last ones, on which nothing depends
        keep = [n for n in range(6) if n != event]
        refused(
            replace(
                piece, transitions=piece.transitions[keep], taken=piece.taken[keep],
                companions=piece.companions[keep],
            ),
            "is missing",
        )  # fmt: skip
    none = ints([])
    refused(replace(piece, transitions=none, taken=none, companions=none), "is missing")


@pytest.mark.parametrize(
    ("event", "companion", "why"),
    [
        (0, START, "after a cutoff"),  # on comes after go
        (3, START, "different markings"),
        (3, 0, "different markings"),
        (3, 4, "a cutoff itself"),
        (3, 6, "no event"),
        (3, -3, "no event"),
        (4, 2, "different markings"),
        (3, NO_CUTOFF, "is missing"),  # then back is possible after on
        (4, NO_CUTOFF, "is missing"),
        (1, 3, "after a cutoff"),
    ],
)
def test_wrong_companions(event: int, companion: int, why: str) -> None:
    piece = proof()
    companions = piece.companions.copy()
    companions[event] = companion
    refused(replace(piece, companions=companions), why)


def test_a_companion_has_to_be_smaller() -> None:
    # Both ways to c are one step; each as the companion of the other would show nothing after c.
    net = PetriNet(
        places=["a", "c", "d"], transitions=["s", "t", "u"],
        arcs=[("a", "s"), ("s", "c"), ("a", "t"), ("t", "c"), ("c", "u"), ("u", "d")],
        initial=["a"],
    )  # fmt: skip
    piece = proof(net, "AG a + c + d == 1")
    assert piece.companions.tolist() == [NO_CUTOFF, 0, NO_CUTOFF]
    assert recheck(piece, net).passed
    turned = replace(piece, companions=ints([1, NO_CUTOFF, NO_CUTOFF]), taken=ints([0, 0, 2]))
    refused(turned, "is not smaller", net)
    both = replace(
        piece, transitions=ints([0, 1]), taken=ints([0, 0]), companions=ints([1, 0]),
        claim=replace(piece.claim, formula="AG d <= 0"),
    )  # fmt: skip
    refused(both, "a cutoff itself", net)
    itself = replace(both, companions=ints([0, 1]))
    refused(itself, "a cutoff itself", net)


def test_events_take_what_their_transition_takes() -> None:
    piece = proof()
    taken, chosen = piece.taken.tolist(), piece.transitions.tolist()
    refused(replace(piece, taken=ints([*taken, 1])), "not those of the events")
    refused(replace(piece, taken=ints(taken[:-1])), "does not take what")
    refused(replace(piece, taken=ints([1, *taken[1:]])), "does not take what")
    refused(replace(piece, taken=ints([40, *taken[1:]])), "not there before it")
    refused(replace(piece, taken=ints([-1, *taken[1:]])), "not there before it")
    refused(replace(piece, transitions=ints([9, *chosen[1:]])), "no transition of the net")
    twice = replace(
        piece, transitions=ints([*chosen, 0]), taken=ints([*taken, 0]),
        companions=ints([*piece.companions.tolist(), NO_CUTOFF]),
    )  # fmt: skip
    refused(twice, "twice in the prefix")
    refused(replace(piece, companions=piece.companions[:-1]), "shape")
    refused(replace(piece, taken=piece.taken.astype(float)), "no array of whole numbers")


def test_conditions_in_conflict_are_not_taken_together() -> None:
    net = PetriNet(
        places=["a", "b", "c", "d"], transitions=["s", "t", "u"],
        arcs=[("a", "s"), ("s", "b"), ("a", "t"), ("t", "c"), ("b", "u"), ("c", "u"), ("u", "d")],
        initial=["a"],
    )  # fmt: skip
    piece = proof(net, "AG d <= 0")
    assert recheck(piece, net).passed
    more = replace(
        piece, transitions=ints([0, 1, 2]), taken=ints([0, 0, 1, 2]), companions=ints([-2] * 3)
    )
    refused(more, "never marked together", net)


def test_nets_that_are_not_one_safe_are_refused() -> None:
    arcs = [("a", "s"), ("s", "c"), ("b", "t"), ("t", "c")]
    net = PetriNet(places=["a", "b", "c"], transitions=["s", "t"], arcs=arcs, initial=["a", "b"])
    claim = Claim(formula="AG c <= 1", model_digest=net.digest())
    forged = CompletePrefix(
        claim=claim, places=net.place_ids, actions=net.transition_ids,
        transitions=ints([0, 1]), taken=ints([0, 1]), companions=ints([-2, -2]),
    )  # fmt: skip
    refused(forged, "two conditions of one place", net)
    for companions in ([-2, START], [-2, 0]):
        refused(replace(forged, companions=ints(companions)), "different markings", net)
    two = net.replace(initial={"a": 2})
    again = replace(forged, claim=replace(claim, model_digest=two.digest()))
    refused(again, "several tokens at the start", two)
    heavy = PetriNet(
        places=["a", "c"], transitions=["s"], arcs=[("a", "s"), ("s", "c", 2)], initial=["a"]
    )
    one = replace(
        forged, claim=replace(claim, model_digest=heavy.digest()), places=heavy.place_ids,
        actions=heavy.transition_ids, transitions=ints([0]), taken=ints([0]), companions=ints([-2]),
    )  # fmt: skip
    refused(one, "no one-safe net fires", heavy)
    source = PetriNet(places=["c"], transitions=["s"], arcs=[("s", "c")])
    none = replace(
        forged, claim=Claim(formula="AG c <= 0", model_digest=source.digest()), places=("c",),
        actions=("s",), transitions=ints([]), taken=ints([]), companions=ints([]),
    )  # fmt: skip
    refused(none, "tokens from nothing", source)


def test_no_spoilt_prefix_hides_a_marking() -> None:
    """Random changes of real prefixes; what is accepted must be true of the full search."""
    rng, accepted = np.random.default_rng(7), 0
    for seed in range(60):
        net = random_safe_net(seed)
        prefix = unfold(net)
        if not prefix.n_events:
            continue
        rows = reachability_graph(net).markings.tolist()
        for place, name in enumerate(net.place_ids):
            truth = all(row[place] == 0 for row in rows)
            piece = prefix.evidence(Claim(formula=f"AG {name} <= 0", model_digest=net.digest()))
            for _ in range(4):
                changed = {
                    key: getattr(piece, key).copy()
                    for key in ("transitions", "taken", "companions")
                }
                key = ("transitions", "taken", "companions")[int(rng.integers(3))]
                cell = int(rng.integers(len(changed[key])))
                changed[key][cell] += int(rng.choice([-2, -1, 1, 2]))
                if rng.random() < 0.5:
                    last = int(rng.integers(len(changed["companions"])))
                    changed["companions"][last] = START
                result = recheck(replace(piece, **changed), net)
                assert not (result.passed and not truth), (seed, name)
                accepted += result.passed
    assert accepted


def synchronised(count: int, length: int) -> PetriNet:
    """Cycles side by side; neighbours share a step, and a lock for the third place."""
    arcs: list[tuple[str, str]] = []
    for b in range(count):
        for n in range(length):
            arcs += [(f"p{b}_{n}", f"t{b}_{n}"), (f"t{b}_{n}", f"p{b}_{(n + 1) % length}")]
    for k in range(0, count - 1, 2):
        arcs += [(f"p{k}_1", f"s{k}"), (f"p{k + 1}_1", f"s{k}")]
        arcs += [(f"s{k}", f"p{k}_0"), (f"s{k}", f"p{k + 1}_0")]
    for k in range(1, count - 1, 2):
        for m in (k, k + 1):
            arcs += [(f"l{k}", f"t{m}_1"), (f"t{m}_2", f"l{k}")]
    names = list(dict.fromkeys(name for arc in arcs for name in arc))
    places = [name for name in names if name[0] in "pl"]
    return PetriNet(
        places=places, transitions=[name for name in names if name[0] in "ts"], arcs=arcs,
        initial=[name for name in places if name[0] == "l" or name.endswith("_0")],
    )  # fmt: skip


def test_forty_cycles_with_more_than_1e20_markings() -> None:
    net = synchronised(40, 4)
    for verdict in (
        deadlock(net, method="unfolding", budget=Budget(seconds=30)),
        invariant(net, "p1_2 + p2_2 <= 1", method="unfolding", budget=Budget(seconds=30)),
    ):
        assert verdict.holds
        assert isinstance(verdict.evidence, CompletePrefix)
        assert len(verdict.evidence.transitions) < 300
        assert recheck(verdict.evidence, net).passed
    assert invariant(net, "p1_2 + p3_2 <= 1", method="unfolding").violated


def test_budgets_of_the_recheck() -> None:
    net = synchronised(12, 4)
    piece = proof(net)
    assert recheck(piece, net, budget=Budget(bytes=100)).status == "skipped"
    assert recheck(piece, net, budget=Budget(seconds=0.0)).status == "skipped"
