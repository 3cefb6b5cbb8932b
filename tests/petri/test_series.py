"""Series fusion of a whole net, against its definition: trees of transitions, and rings."""

from __future__ import annotations

import random

from petri import PetriNet
from petri.reductions.series import Fused, fuse_series


def forest(rng: random.Random) -> tuple[PetriNet, dict[int, int]]:
    """Return a net in which each transition but some has one place before it, filled by one.

    And for each of these transitions the one that fills the place.
    """
    count = rng.randint(1, 12)
    before = {t: rng.randrange(count) for t in range(count) if rng.random() < 0.8}
    before = {second: first for second, first in before.items() if first != second}
    arcs = [("start", f"t{t}") for t in range(count) if t not in before]
    arcs += [(f"t{t}", "end") for t in range(count)]
    for second, first in before.items():
        arcs += [(f"t{first}", f"p{second}"), (f"p{second}", f"t{second}")]
    net = PetriNet(
        places=["start", "end", *(f"p{second}" for second in before)],
        transitions=[f"t{t}" for t in range(count)], arcs=arcs, initial=["start"],
    )  # fmt: skip
    return net, before


def head(before: dict[int, int], transition: int) -> int | None:
    """Return the first of the transitions that lead to one; ``None`` where they are a ring."""
    seen = {transition}
    while transition in before:
        transition = before[transition]
        if transition in seen:
            return None
        seen.add(transition)
    return transition


def fused(net: PetriNet, refused: set[int]) -> Fused:
    return fuse_series(net, lambda places, behind: [place not in refused for place in places])


def test_trees_become_one_transition_and_rings_stay() -> None:
    rng, rings, trees = random.Random(5), 0, 0
    for _ in range(600):
        net, before = forest(rng)
        refused = {place for place in range(len(net.place_ids)) if rng.random() < 0.1}
        number = {second: net.place_index(f"p{second}") for second in before}
        may = {t: first for t, first in before.items() if number[t] not in refused}
        into = {t: root for t in may if (root := head(may, t)) is not None}
        result = fused(net, refused)
        rings += len(may) > len(into)
        trees += len(into) > 2
        assert sorted(result.removed) == sorted(number[t] for t in into)
        assert result.places == sorted(set(range(len(net.place_ids))) - set(result.removed))
        assert result.left == [t for t in range(len(net.transition_ids)) if t not in into]
        assert {t for chain in result.chains.values() for t in chain[1:]} == set(into)
        for first, chain in result.chains.items():
            assert chain[0] == first
            for position, transition in enumerate(chain[1:], start=1):
                assert into[transition] == first
                assert before[transition] in chain[:position]
        filled = {(t, net.place_ids[p]) for t, p, _ in zip(*result.post, strict=True)}
        wanted = {
            (into.get(t, t), place)
            for t in range(len(net.transition_ids))
            for place in net.postset(f"t{t}")
            if net.place_index(place) not in result.removed
        }
        assert filled == wanted
    assert rings > 50
    assert trees > 100
