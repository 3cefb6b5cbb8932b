"""Kinds of soundness for several cases, of workflows with several ends that lead to one sink."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

import netproof
from netproof.__main__ import main
from netproof.recheck.begun import begun_net
from netproof.recheck.merged_ends import merged_ends
from netproof.recheck.result import RefusedError
from petri import PetriNet
from petri.soundness import to_one_sink
from transition_systems.errors import UnsupportedError
from translators.bpmn import parse_bpmn
from translators.to_petri import workflow_to_net
from translators.trace_back import trace_back
from workflow_text import drawn

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
ASKED = ("2-soundness", "up-to-2-soundness", "generalised-soundness", "lazy-soundness")
TWO_ENDS = """
start s
xor x
task a
and f
task b
task c
xor m
end e
end g
s > x > a > e
x > f > b > m
f > c > m
m > g
"""
CROSSED = """
start s
and f
xor x
xor y
and j
and k
end e
end g
s > f > x > j > e
f > y > k > g
x > k
y > j
"""


@pytest.mark.parametrize("name", ["order-process", "travel-booking"])
def test_ends_of_which_a_case_reaches_one_lead_to_one_sink(name: str, tmp_path: Path) -> None:
    path = EXAMPLES / f"{name}.bpmn"
    for entry in netproof.check(path, ASKED).verdicts:
        assert entry.verdict.holds
        assert entry.rechecked == "passed"
        assert entry.verdict.explain().startswith("Each case reaches just one end")
    folder = tmp_path / "proofs"
    asked = [word for name in ASKED for word in ("--property", name)]
    assert main(["check", str(path), *asked, "--evidence-dir", str(folder)]) == 0
    assert main(["recheck", str(folder)]) == 0


def test_the_cost_of_a_count_is_told() -> None:
    (entry,) = netproof.check(EXAMPLES / "support-ticket.bpmn", "2-soundness").verdicts
    assert entry.verdict.unknown
    assert "costs the free-choice property" in (entry.verdict.reason or "")


def test_a_case_that_reaches_an_end_twice_is_not_merged() -> None:
    (entry,) = netproof.check(drawn(TWO_ENDS), "2-soundness").verdicts
    assert entry.verdict.unknown
    assert "may reach more than one" in (entry.verdict.reason or "")


def test_an_error_of_several_cases_is_shown_on_the_diagram() -> None:
    (entry,) = netproof.check(drawn(CROSSED), "up-to-2-soundness").verdicts
    assert entry.verdict.violated
    assert entry.rechecked == "passed"
    assert entry.witness is not None
    assert entry.witness.steps[0].label == "how many cases start is chosen"


def test_the_step_to_the_sink_names_the_end() -> None:
    made = workflow_to_net(drawn(CROSSED))
    one = to_one_sink(made.net, made.goal)
    run = one.net.run(one.net.initial, ["s", "f", "x.x>j", "y.y>j", "j", "e", "e.reached.out"])
    assert trace_back(made, run).steps[-1].label == "a case is over at “e”"


def test_the_net_is_built_a_second_time_and_equal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(EXAMPLES / "generators"))
    industrial = runpy.run_path(str(EXAMPLES / "generators" / "industrial.py"))["industrial"]
    ways = set()
    for seed in range(40):
        made = workflow_to_net(parse_bpmn(industrial(seed).text()).graph)
        try:
            one = to_one_sink(made.net, made.goal)
        except UnsupportedError:
            continue
        ways.add(one.way)
        if one.way == "merged":
            assert merged_ends(made.net) == one.net
            assert begun_net("lazy-soundness", made.net, one.net.digest()) == one.net
        elif sum(not made.net.postset(place) for place in made.net.place_ids) > 1:
            with pytest.raises(RefusedError, match="just one of the ends"):
                merged_ends(made.net)
    assert {"merged", "collected"} <= ways


def test_a_start_with_several_tokens_begins_with_one() -> None:
    net = PetriNet(
        places=["p", "q", "e", "f"], transitions=["a", "b"], initial=["p", "q"],
        arcs=[("p", "a"), ("q", "a"), ("a", "e"), ("p", "b"), ("q", "b"), ("b", "f")],
    )  # fmt: skip
    one = merged_ends(net)
    assert one.initial.to_dict() == {"source": 1}
    assert set(one.postset("begin")) == {"p", "q"}
