"""Products against their definition, state by state; livelock with its evidence."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from netproof.recheck import recheck_livelock
from transition_systems import (
    check_livelock,
    interleaving,
    parallel,
    product_by_vectors,
    synchronous_product,
)
from transition_systems.budget import Budget
from transition_systems.errors import UndecidedError, UsageError
from transition_systems.evidence import LassoEvidence, Measure
from transition_systems.lts import LTS
from transition_systems.run import Lasso, Step

Vectors = list[tuple[list[str | None], str | None]]
Joint = set[tuple[tuple[int, ...], str | None, tuple[int, ...]]]


def random_system(rng: random.Random, labels: tuple[str | None, ...] = (None, "a", "b")) -> LTS:
    n = rng.randint(1, 4)
    arcs = [
        (rng.randrange(n), rng.choice(labels), rng.randrange(n))
        for _ in range(rng.randint(0, 2 * n))
    ]
    return LTS.from_arcs(
        n, arcs, initial={rng.randrange(n) for _ in range(rng.choice([1, 1, 2]))},
        final=[s for s in range(n) if rng.random() < 0.3],
        atoms={"p": [rng.random() < 0.3 for _ in range(n)]} if rng.random() < 0.5 else {},
    )  # fmt: skip


def by_definition(systems: list[LTS], vectors: Vectors) -> tuple[set[tuple[int, ...]], Joint]:
    """All reachable tuples and their steps, one vector and one tuple at a time."""
    count = len(systems)
    every: Vectors = [*vectors]
    every += [([None if i != j else "tau" for j in range(count)], None) for i in range(count)]
    seen = set(product(*(lts.initial.tolist() for lts in systems)))
    waiting, steps = list(seen), set()
    while waiting:
        state = waiting.pop()
        for labels, result in every:
            ways = [
                [s] if name is None else
                [t for a, t in ((a or "tau", t) for u, a, t in lts.arcs() if u == s) if a == name]
                for lts, s, name in zip(systems, state, labels, strict=True)
            ]  # fmt: skip
            for after in product(*ways):
                steps.add((state, result, after))
                if after not in seen:
                    seen.add(after)
                    waiting.append(after)
    return seen, steps


def check(made: LTS, systems: list[LTS], vectors: Vectors) -> None:
    states, steps = by_definition(systems, vectors)
    state_of = made.state_of
    assert state_of is not None
    names = {i: state_of(i) for i in range(made.n_states)}
    assert set(names.values()) == states
    assert len(states) == made.n_states
    assert {(names[s], a, names[t]) for s, a, t in made.arcs()} == steps
    for number, state in names.items():
        parts = list(zip(systems, state, strict=True))
        assert made.final[number] == all(lts.final[s] for lts, s in parts)
        if "p" in made.atoms:
            wanted = any("p" in lts.atoms and lts.atoms["p"][s] for lts, s in parts)
            assert made.atoms["p"][number] == wanted


def test_random_products() -> None:
    rng = random.Random(1)
    for _ in range(150):
        systems = [random_system(rng) for _ in range(rng.randint(1, 3))]
        count = len(systems)
        vectors: Vectors = []
        for _ in range(rng.randint(0, 4)):
            labels = [rng.choice([None, "a", "b", "z"]) for _ in range(count)]
            if any(labels):
                vectors.append((labels, rng.choice([None, "a", "c"])))
        check(product_by_vectors(systems, vectors), systems, vectors)
        named = [{name for _, name, _ in lts.arcs() if name} for lts in systems]
        alone: Vectors = [
            ([name if i == j else None for j in range(count)], name)
            for i in range(count) for name in named[i]
        ]  # fmt: skip
        check(interleaving(systems), systems, alone)
        together: Vectors = [([name] * count, name) for name in set.intersection(*named)]
        check(synchronous_product(systems), systems, together)
        shared = {name for name in ("a", "b") if sum(name in own for own in named) > 1}
        mixed: Vectors = [v for v in alone if v[1] not in shared]
        mixed += [([name if name in own else None for own in named], name) for name in shared]
        check(parallel(systems), systems, mixed)


def test_misuse_and_budgets() -> None:
    ring = LTS.from_arcs(30, [(i, f"x{i}", (i + 1) % 30) for i in range(30)])
    with pytest.raises(UndecidedError):
        interleaving([ring] * 4, budget=Budget(states=1_000))
    assert interleaving([ring] * 3).n_states == 27_000
    for vectors in ([(["a"], "b")], [([None, None], "b")], [(["tau", None], "b")]):
        with pytest.raises(UsageError):
            product_by_vectors([ring, ring], vectors)
    with pytest.raises(UsageError):
        interleaving([])


def test_livelock() -> None:
    rng = random.Random(2)
    outcomes = [0, 0]
    for _ in range(400):
        lts = random_system(rng, (None, None, "a"))
        verdict = check_livelock(lts)
        states, _ = by_definition([lts], [(["a"], "a")])
        reached = {s for (s,) in states}
        silent = {(s, t) for s, a, t in lts.arcs() if a is None and s in reached}
        for _ in range(5):
            silent |= {(s, v) for s, t in silent for u, v in silent if t == u}
        assert verdict.violated == any(s == t for s, t in silent)
        outcomes[verdict.holds] += 1
        evidence = verdict.evidence
        assert evidence is not None
        assert recheck_livelock(evidence, lts).passed
        other = lts.relabel(lambda name: None if rng.random() < 0.5 else name)
        moved = replace(evidence, claim=replace(evidence.claim, model_digest=other.digest()))
        assert not recheck_livelock(moved, other).passed or (
            check_livelock(other).holds is verdict.holds
        )
        if isinstance(evidence, Measure):
            rank = evidence.rank.copy()
            rank[rng.randrange(len(rank))] = rng.randint(-1, 3)
            fewer = replace(evidence.states, rows=evidence.states.rows[:-1])
            for forged in (replace(evidence, states=fewer, rank=rank[:-1]),):
                assert recheck_livelock(forged, lts).status == "failed"
            wrong = replace(evidence, claim=replace(evidence.claim, formula="livelock"))
            assert recheck_livelock(wrong, lts).status == "failed"
        else:
            assert isinstance(evidence, LassoEvidence)
            lasso = evidence.lasso
            step = Step(action="a", label="a", state=lasso.last)
            for bad in (
                replace(lasso, steps=lasso.steps[:-1]),
                replace(lasso, loop_start=len(lasso.steps)),
                replace(lasso, steps=(*lasso.steps[:-1], step)),
                replace(lasso, initial=lts.n_states),
            ):
                assert recheck_livelock(replace(evidence, lasso=bad), lts).status == "failed" or (
                    bad.cycle and all(s.action == "tau" for s in bad.cycle)
                )
    assert min(outcomes) > 50
    assert check_livelock(LTS.from_arcs(1), budget=Budget(seconds=0)).unknown


def test_a_large_livelock_is_found_near() -> None:
    n = 50_000
    labels = np.full(n, 2)
    labels[n // 2 :] = 0
    lts = LTS.from_arrays(
        n, np.arange(n), labels, np.where(np.arange(n) == n - 1, n // 2, np.arange(n) + 1),
        label_names=["tau", "✓", "a"],
    )  # fmt: skip
    witness = check_livelock(lts).witness
    assert isinstance(witness, Lasso)
    assert len(witness.stem) == n // 2
    assert len(witness.cycle) == n // 2
