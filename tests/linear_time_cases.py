"""Random pairs of systems for linear-time relations, and the comparison with the definition."""

from __future__ import annotations

import random

from netproof.recheck import recheck_equivalence
from oracles.linear_relations import System, first_difference
from transition_systems.equivalences import equivalent, refines
from transition_systems.equivalences.linear_relations import LinearName
from transition_systems.evidence import (
    LinearDistinction,
    NormalisedSimulation,
    evidence_from_dict,
)
from transition_systems.lts import LTS
from transition_systems.verdict import Verdict

__all__ = ["check_pair", "random_pair", "random_system"]

LABELS = (None, None, "a", "b")
LENGTH = 4


def random_system(
    rng: random.Random, most: int = 4, labels: tuple[str | None, ...] = LABELS
) -> LTS:
    n = rng.randint(1, most)
    arcs = [
        (rng.randrange(n), rng.choice(labels), rng.randrange(n))
        for _ in range(rng.randint(0, 2 * n + 1))
    ]
    if rng.random() < 0.08:
        arcs.append((rng.randrange(n), "✓", rng.randrange(n)))
    final = [s for s in range(n) if rng.random() < 0.2]
    atoms = {"p": [rng.random() < 0.2 for _ in range(n)]} if rng.random() < 0.2 else {}
    initial = {rng.randrange(n) for _ in range(rng.choice([1, 1, 1, 2]))}
    if rng.random() < 0.01:
        initial = set()
    return LTS.from_arcs(n, arcs, initial=initial, final=final, atoms=atoms)


def random_pair(rng: random.Random) -> tuple[LTS, LTS]:
    """Two systems; often the second is the first with an arc or two more or less."""
    one = random_system(rng)
    if rng.random() < 0.35:
        return one, random_system(rng)
    arcs = list(one.arcs())
    n = one.n_states
    for _ in range(rng.choice([0, 1, 1, 2])):
        state = rng.randrange(n)
        if arcs and rng.random() < 0.4:
            arcs.remove(rng.choice(arcs))
        elif rng.random() < 0.5 and n < 5:
            arcs += [(n, a, t) for s, a, t in arcs if s == state and rng.random() < 0.8]
            arcs = [(s, a, n if t == state and rng.random() < 0.5 else t) for s, a, t in arcs]
            n += 1
        else:
            arcs.append((state, rng.choice(LABELS), rng.randrange(n)))
    grown = range(one.n_states, n)
    atoms = {
        name: [*flags, *(rng.random() < 0.2 for _ in grown)]
        for name, flags in one.atoms.items()
        if name != "final"
    }
    final = [s for s in range(one.n_states) if one.final[s]]
    two = LTS.from_arcs(
        n, arcs, initial=one.initial.tolist(), final=[*final, *grown][: len(final) + rng.randint(0, 1)],
        atoms=atoms,
    )  # fmt: skip
    return (one, two) if rng.random() < 0.5 else (two, one)


def trace_of(verdict: Verdict) -> tuple[str, ...] | None:
    """Return the trace of a distinction; ``None`` where a verdict holds."""
    evidence = verdict.evidence
    return evidence.trace if isinstance(evidence, LinearDistinction) else None


def check_pair(a: LTS, b: LTS, relation: LinearName, longest: int = LENGTH) -> tuple[bool, bool]:
    """Compare refinement and equivalence with the definition on traces up to a length."""
    atoms = ("p",)
    for depth in (6, 11):
        first, second = System(a, atoms, relation, depth), System(b, atoms, relation, depth)
        extra = first_difference(second, first, longest)
        lacking = first_difference(first, second, longest)
        refined = refines(a, b, relation, atoms=atoms)
        same = equivalent(a, b, relation, atoms=atoms)
        shortest = min((n for n in (extra, lacking) if n is not None), default=None)
        told = [trace_of(v) for v in (refined, same)]
        lengths = [None if t is None or len(t) > longest else len(t) for t in told]
        if lengths == [extra, shortest]:
            break
    where = (relation, list(a.arcs()), list(b.arcs()), lengths, extra, lacking)
    assert lengths == [extra, shortest], where
    for verdict in (refined, same):
        assert not verdict.unknown
        evidence = verdict.evidence
        assert evidence is not None
        kind = NormalisedSimulation if verdict.holds else LinearDistinction
        assert isinstance(evidence, kind)
        result = recheck_equivalence(evidence, a, b)
        assert result.passed, (result, where)
        assert evidence_from_dict(evidence.to_dict()) == evidence
    return refined.holds, same.holds
