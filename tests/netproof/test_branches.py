"""Where several parts of a formula fail, each is told with its run."""

from __future__ import annotations

from pathlib import Path

import pytest

import netproof
from petri import PetriNet, write_pnml

TICKET = Path(__file__).parents[2] / "examples" / "support-ticket.bpmn"
FORK = 'des (0, 3, 4)\n(0, "a", 1)\n(1, "b", 2)\n(1, "c", 3)\n'


def told(path: Path, text: str) -> str:
    verdict = netproof.check(path, properties=[text]).verdicts[0]
    assert str(verdict.outcome) == "VIOLATED"
    return verdict.explanation


def test_each_part_of_a_disjunction_has_its_run() -> None:
    text = told(TICKET, "AF done(solve) || AG !question")
    first, second = text.split("” does not hold: ")[1:]
    assert first.startswith("After 2 steps, 6 steps can be repeated for ever")
    assert "“Read ticket” starts; “Read ticket” completes" in first
    assert second.startswith("After 6 steps it fails, with tokens on “Ask the customer”.")


def test_the_runs_of_a_system_and_of_a_net(tmp_path: Path) -> None:
    (tmp_path / "x.aut").write_text(FORK)
    text = told(tmp_path / "x.aut", "AG !done(b) || AG !s3")
    assert "does not hold: After 2 steps the state is s2. Its steps: a; b." in text
    assert "does not hold: After 2 steps the state is s3. Its steps: a; c." in text
    net = PetriNet(
        places=["p", "q", "r"],
        transitions=["t", "u"],
        arcs=[("p", "t"), ("t", "q"), ("p", "u"), ("u", "r")],
        initial=["p"],
    )
    write_pnml(net, tmp_path / "x.pnml")
    text = told(tmp_path / "x.pnml", "AG !q || AG !r")
    assert "does not hold: After 1 step it fails, with tokens on q. Its steps: t." in text
    assert "does not hold: After 1 step it fails, with tokens on r. Its steps: u." in text
    text = told(tmp_path / "x.pnml", "!(EF q && EF r)")
    assert "“it is possible to get to where q holds” holds: After 1 step it is reached" in text


@pytest.mark.parametrize(
    ("text", "end"),
    [("A(done(solve) U dead)", "At the very start it fails."),
     ("AX done(solve)", "After 1 step it fails")],
)  # fmt: skip
def test_one_run_is_told_once(text: str, end: str) -> None:
    assert end in told(TICKET, text)
    assert "Its steps" not in told(TICKET, text)


def test_one_run_of_a_part_says_of_which_part() -> None:
    net = PetriNet(
        places=["p", "q", "r"], transitions=["a", "b"], initial=["p"],
        arcs=[("p", "a"), ("a", "q"), ("q", "b"), ("b", "r")],
    )  # fmt: skip
    never = "r does not hold” does not hold: After 2 steps it fails, with tokens on r."
    reached = "“it is possible to get to where q holds” holds: After 1 step it is reached"
    found = {"p && AG !r": never, "q || AG !r": never, "!(EF q || q)": reached}
    for text, said in found.items():
        (entry,) = netproof.check(net, properties=[text]).models[0].verdicts
        assert said in entry.verdict.explain()
        assert "Its steps" not in entry.verdict.explain()
    (entry,) = netproof.check(net, properties=["!EF !!r"]).models[0].verdicts
    assert "“" not in entry.verdict.explain()
