"""Formulas over labels that many steps share: on the net of a system as on its arrays."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from netproof import check
from transition_systems import LTS, check_ltl, write_aut
from transition_systems.temporal.ctl import check_ctl

LINEAR = ("G (enabled(a) -> F enabled(b))", "G F (enabled(a) && !enabled(c))", "F G !enabled(b)")
BRANCHING = ("AG EF enabled(a)", "EG (enabled(a) || enabled(b))", "AF !enabled(c)")


@pytest.mark.parametrize("seed", range(3))
def test_as_on_the_arrays(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    arcs = [
        (state, rng.choice(["a", "b", "c", None]), rng.randrange(150))
        for state in range(150) for _ in range(2)
    ]  # fmt: skip
    lts = LTS.from_arcs(150, arcs)
    write_aut(lts, tmp_path / "system.aut")
    report = check(tmp_path / "system.aut", [*LINEAR, *BRANCHING])
    found = [entry.verdict.outcome for entry in report.verdicts]
    wanted = [check_ltl(lts, formula).outcome for formula in LINEAR]
    wanted += [check_ctl(lts, formula).outcome for formula in BRANCHING]
    assert found == wanted


def test_many_predicates_with_silent_steps_left_out(tmp_path: Path) -> None:
    lts = LTS.from_arcs(70, [(state, "a", (state + 1) % 70) for state in range(70)])
    write_aut(lts, tmp_path / "ring.aut")
    every = " || ".join(f"s{state}" for state in range(70))
    asked = ["weak: G F X enabled(a)", f"weak: G F X ({every})"]
    for entry in check(tmp_path / "ring.aut", asked).verdicts:
        assert (str(entry.outcome), entry.rechecked) == ("HOLDS", "passed")
