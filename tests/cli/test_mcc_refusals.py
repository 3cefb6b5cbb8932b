"""Formulas of another category, or with an operator that is not supported, in ``netproof mcc``."""

from __future__ import annotations

from pathlib import Path

import pytest

from netproof.cli.main import run
from petri import PetriNet, write_pnml

NET = PetriNet(
    places=["p", "q", "r"], transitions=["t", "u"], initial={"p": 2},
    arcs=[("p", "t"), ("t", "q"), ("q", "u", 2), ("u", "r")],
)  # fmt: skip
REACH = """<property><id>{id}</id><formula>{formula}</formula></property>"""
LESS = "<integer-le><tokens-count><place>r</place></tokens-count><integer-constant>0</integer-constant></integer-le>"
ALWAYS = f"<all-paths><globally>{LESS}</globally></all-paths>"
LATER = f"<all-paths><finally>{LESS}</finally></all-paths>"
LINEAR = f"<all-paths><globally><finally>{LESS}</finally></globally></all-paths>"
SOME = f"<exists-path><globally><all-paths><finally>{LESS}</finally></all-paths></globally></exists-path>"


@pytest.mark.parametrize(
    ("category", "name", "good", "bad", "reason"),
    [
        ("RC", "ReachabilityCardinality", ALWAYS, LATER, "not of the reachability category"),
        ("CTLC", "CTLCardinality", ALWAYS, LINEAR, "is no formula of CTL"),
        ("LTLC", "LTLCardinality", LINEAR, SOME, "LTL"),
        ("RF", "ReachabilityFireability", ALWAYS, "<xor/>", "<xor> is not supported"),
    ],
)
def test_a_formula_of_another_category_costs_itself(
    category: str,
    name: str,
    good: str,
    bad: str,
    reason: str,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    items = "".join(
        REACH.format(id=f"Toy-{n}", formula=formula) for n, formula in enumerate((bad, good, bad))
    )
    folder = tmp_path / "Toy-PT-01"
    folder.mkdir()
    write_pnml(NET, str(folder / "model.pnml"))
    (folder / f"{name}.xml").write_text(f"<property-set>{items}</property-set>")
    assert run(["mcc", str(folder), "--category", category]) == 0
    told = capfd.readouterr()
    assert [line.split()[2] for line in told.out.splitlines()] == [
        "CANNOT_COMPUTE", "FALSE", "CANNOT_COMPUTE",
    ]  # fmt: skip
    assert told.err.count(f"Toy-PT-01-{name}-0") == 2
    assert reason in told.err
