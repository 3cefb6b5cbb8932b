"""The path formulas of CTL* evidence are evaluated in few rounds, however long the paths are."""

from __future__ import annotations

import numpy as np
import pytest

import netproof
from netproof.recheck.result import Watch
from netproof.recheck.star_parts import evaluated
from transition_systems.lts import LTS
from transition_systems.properties.parse import parse_formula
from transition_systems.properties.predicates import Atom, Predicate

OPERATORS = ("F p", "G q", "(q U p)", "(q W p)", "(p R q)")


class Counting(Watch):
    """A watch that counts the rounds."""

    rounds = 0

    def tick(self) -> None:
        self.rounds += 1


def _leaves(p: np.ndarray, q: np.ndarray, leaf: Predicate) -> np.ndarray:
    assert isinstance(leaf, Atom)
    return {"p": p, "q": q}[leaf.name]


def _by_walking(text: str, after: list[int], p: list[bool], q: list[bool], at: int) -> bool:
    """Walk until a position decides, or long enough that each has been seen."""
    for _ in range(len(after) + 1):
        match text:
            case "F p" if p[at]:
                return True
            case "G q" if not q[at]:
                return False
            case "(q U p)" | "(q W p)" if p[at] or not q[at]:
                return p[at]
            case "(p R q)" if p[at] or not q[at]:
                return q[at]
        at = after[at]
    return text in ("G q", "(q W p)", "(p R q)")


@pytest.mark.parametrize("text", OPERATORS)
def test_each_operator_is_as_by_walking(text: str) -> None:
    random = np.random.default_rng(7)
    formula = parse_formula(text)
    for size in (1, 2, 3, 5, 8, 13, 40) * 20:
        after = random.integers(0, size, size)
        if size % 2:
            after = np.minimum(np.arange(size) + 1, random.integers(size))
        p, q = random.random(size) < random.random(), random.random(size) < random.random() ** 0.1
        found = evaluated(formula, lambda leaf, p=p, q=q: _leaves(p, q, leaf), after, size, Watch())
        ends, flags = after.tolist(), (p.tolist(), q.tolist())
        assert found.tolist() == [_by_walking(text, ends, *flags, at) for at in range(size)]


@pytest.mark.parametrize("text", OPERATORS)
def test_a_long_path_takes_few_rounds(text: str) -> None:
    size = 60_000
    after = np.minimum(np.arange(size) + 1, size - 1)
    p = np.arange(size) == size - 1
    q = ~p if text == "G q" else np.ones(size, dtype=np.bool_)
    watch = Counting()
    found = evaluated(parse_formula(text), lambda leaf: _leaves(p, q, leaf), after, size, watch)
    assert found.all() != (text == "G q")
    assert watch.rounds <= 30


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("A G E F G dead", "HOLDS"),
        ("E (F G dead || G F enabled(a1))", "HOLDS"),
        ("strong-fairness: AG AF enabled(a3)", "VIOLATED"),
    ],
)
def test_a_long_chain_is_rechecked(text: str, outcome: str) -> None:
    n = 60_000
    names = ("tau", "✓", *(f"a{i}" for i in range(7)))
    chain = LTS.from_arrays(
        n + 1, np.arange(n), 2 + np.arange(n) % 7, np.arange(1, n + 1), label_names=names,
        initial=[0],
    )  # fmt: skip
    verdict = netproof.check(chain, properties=[text], budget=30.0).models[0].verdicts[0]
    assert (str(verdict.outcome), verdict.rechecked) == (outcome, "passed")
