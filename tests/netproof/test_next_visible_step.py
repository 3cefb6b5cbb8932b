"""``X`` behind ``done(x)``: what it sees after a silent step, and what to write instead."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

import netproof
from transition_systems import LTS
from transition_systems.readwrite.aut import write_aut

ROOT = Path(__file__).parents[2]
NEXT = "G (done(a) -> dead || X ((!done(a) && !done(c)) W done(b)))"


def asked(path: Path, text: str) -> str:
    verdict = netproof.check(path, properties=[text]).models[0].verdicts[0]
    assert verdict.rechecked == "passed"
    return str(verdict.outcome)


def only_b_comes_next(lts: LTS) -> bool:
    """By definition: no run has an ``a``, then silent steps only, then an ``a`` or a ``c``."""
    arcs = list(lts.arcs())
    seen, reached = {0}, [0]
    for state in reached:
        more = {target for source, _, target in arcs if source == state} - seen
        seen |= more
        reached += sorted(more)
    after = {target for source, label, target in arcs if source in seen and label == "a"}
    silent = sorted(after)
    for state in silent:
        more = {t for source, label, t in arcs if source == state and label is None} - after
        after |= more
        silent += sorted(more)
    return not any(source in after and label in ("a", "c") for source, label, _ in arcs)


@pytest.mark.parametrize("weak", ["", "weak: "])
def test_the_next_visible_step_is_what_the_definition_says(tmp_path: Path, weak: str) -> None:
    rng = random.Random(11)
    outcomes: list[bool] = []
    for _ in range(40):
        n = rng.randint(2, 5)
        arcs = [
            (rng.randrange(n), rng.choice([None, None, "a", "b", "c"]), rng.randrange(n))
            for _ in range(rng.randint(2, 6))
        ]
        lts = LTS.from_arcs(n, [*arcs, (0, "a", 1), (0, "b", 0), (n - 1, "c", 0)])
        write_aut(lts, tmp_path / "x.aut")
        outcomes.append(only_b_comes_next(lts))
        expected = "HOLDS" if outcomes[-1] else "VIOLATED"
        assert asked(tmp_path / "x.aut", f"{weak}{NEXT}") == expected
    assert 5 < sum(outcomes) < 35


@pytest.mark.parametrize("weak", ["", "weak: "])
def test_a_silent_step_ends_what_is_done_also_with_weak(tmp_path: Path, weak: str) -> None:
    lts = LTS.from_arcs(4, [(0, "a", 1), (1, None, 2), (2, "b", 3)])
    write_aut(lts, tmp_path / "x.aut")
    assert asked(tmp_path / "x.aut", f"{weak}G (done(a) -> X done(b))") == "VIOLATED"
    assert asked(tmp_path / "x.aut", f"{weak}G (done(a) -> X !done(a))") == "HOLDS"


def test_the_page_says_what_is_so() -> None:
    page = (ROOT / "docs" / "properties.md").read_text(encoding="utf-8")
    code = page.split("### The next step that is seen")[1].split("```python\n")[1].split("```")[0]
    assert code.count("VIOLATED") == 2
    exec(compile(code, "properties.md", "exec"), {})
