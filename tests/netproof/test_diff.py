"""What ``netproof.diff`` says of edited examples: verdicts, elements, ids, formats, renderings."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

import netproof
from netproof.difference.model import Difference
from netproof.difference.render import render_difference
from petri import PetriNet, Transition, format_pnml
from transition_systems.errors import UndecidedError, UsageError
from transition_systems.verdict import Outcome
from translators.workflow import WorkflowGraph
from workflow_text import drawn

ROOT = Path(__file__).parents[2]
ORDER = ROOT / "examples/order-process.bpmn"
SCHEMA = json.loads((ROOT / "netproof/schema/diff-1.json").read_text())


def edited(folder: Path, *edits: tuple[str, str], source: Path = ORDER) -> Path:
    """Write a copy of an example in which texts are exchanged; each must be there."""
    text = source.read_text(encoding="utf-8")
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    path = folder / source.name
    path.write_text(text, encoding="utf-8")
    return path


def kinds(result: Difference) -> list[tuple[str, str]]:
    return [(change.change, change.element) for change in result.elements]


def checked(result: Difference) -> Difference:
    """Validate and render in every way."""
    jsonschema.validate(result.to_dict(), SCHEMA)
    for name in ("terminal", "markdown", "json"):
        assert render_difference(result, name).endswith("\n")
    html = result._repr_html_()
    for tag in ("table", "ol", "ul", "details", "div"):
        assert html.count(f"<{tag}>") + html.count(f"<{tag} ") == html.count(f"</{tag}>")
    assert str(result)
    assert repr(result).startswith("<Difference of ")
    return result


def test_a_gateway_of_another_kind_makes_a_verdict_worse(tmp_path: Path) -> None:
    text = ORDER.read_text(encoding="utf-8")
    start = text.index('<bpmn:parallelGateway id="join"')
    end = text.index("</bpmn:parallelGateway>", start)
    part = text[start : end + len("</bpmn:parallelGateway>")]
    new = edited(tmp_path, (part, part.replace("parallelGateway", "exclusiveGateway")))
    result = checked(netproof.diff(ORDER, new))
    assert [v.property for v in result.worse] == ["soundness", "safeness"]
    assert kinds(result) == [("kind", "join")]
    (change,) = result.elements
    assert (change.old, change.new) == ("parallel gateway", "exclusive gateway")
    assert change.old_source is not None
    assert change.old_source.line == 35
    gained = result.runs.gained
    assert [s.element for s in gained.steps] == ["received", "check", "pack", "ship"]
    assert gained.instead == ("“Send invoice”",)
    assert gained.rechecked == "passed"
    assert all(step.source is not None and step.source.line for step in gained.steps)
    assert result.runs.lost.ends
    assert result.exit_code == 1
    assert bool(result)
    mirrored = netproof.diff(new, ORDER)
    assert [v.change for v in mirrored.verdicts].count("better") == 2
    assert mirrored.exit_code == 0
    assert mirrored.runs.lost.steps == gained.steps


def test_a_removed_task_and_its_flows(tmp_path: Path) -> None:
    text = ORDER.read_text(encoding="utf-8")
    task = re.search(r'<bpmn:userTask id="cancel".*?</bpmn:userTask>', text, re.S)
    flow = re.search(r'<bpmn:sequenceFlow id="flow_cancel_cancelled"[^>]*/>', text)
    assert task is not None
    assert flow is not None
    new = edited(
        tmp_path, (task[0], ""), (flow[0], ""),
        ('sourceRef="in_stock" targetRef="cancel"', 'sourceRef="in_stock" targetRef="cancelled"'),
    )  # fmt: skip
    result = checked(netproof.diff(ORDER, new))
    assert kinds(result) == [
        ("removed", "cancel"), ("removed", "flow_cancel_cancelled"),
        ("redirected", "flow_in_stock_cancel"),
    ]  # fmt: skip
    assert "user task “Cancel order”" in result.elements[0].sentence()
    gained, lost = result.runs.gained, result.runs.lost
    assert [s.label for s in gained.steps][-1] == "end event “Order cancelled”"
    assert [s.label for s in lost.steps][-1] == "“Cancel order”"
    shared = netproof.diff(ORDER, new, runs="shared")
    assert (shared.runs.gained.status, shared.runs.lost.status) == ("none", "none")


def test_names_conditions_and_layout(tmp_path: Path) -> None:
    new = edited(
        tmp_path, ('name="Check stock"', 'name="Check the stock"'),
        ("stock &gt;= quantity", "stock &gt; quantity"),
        ('<dc:Bounds x="', '<dc:Bounds x="1'),
    )  # fmt: skip
    result = checked(netproof.diff(ORDER, new))
    assert kinds(result) == [("renamed", "check"), ("condition", "flow_in_stock_fork")]
    assert (
        result.elements[0].sentence() == "user task “Check stock” is now called “Check the stock”"
    )
    assert (result.runs.gained.status, result.runs.lost.status) == ("none", "none")
    moved = netproof.diff(ORDER, edited(tmp_path, ('<dc:Bounds x="', '<dc:Bounds x="1')))
    assert moved.same is True
    assert not moved


def test_regenerated_ids_are_no_change(tmp_path: Path) -> None:
    text = ORDER.read_text(encoding="utf-8")
    ids = set(re.findall(r'id="([a-z_]+)"', text))
    new_text = re.sub(
        r'(?<=[">])([a-z_]+)(?=["<])', lambda m: f"x9_{m[1]}" if m[1] in ids else m[1], text
    )
    assert 'id="x9_check" name="Check stock"' in new_text
    path = tmp_path / "order.bpmn"
    path.write_text(new_text, encoding="utf-8")
    result = checked(netproof.diff(ORDER, path))
    assert result.elements == ()
    assert result.same is True


def test_the_text_answers_in_the_users_words(tmp_path: Path) -> None:
    new = edited(tmp_path, ('targetRef="join"', 'targetRef="ship"'))
    text = render_difference(netproof.diff(ORDER, new), "terminal")
    assert "Instead of step 4 the old model allows only “Send invoice”." in text
    assert "◀ only in the new model" in text
    for word in ("place", "marking", "transition", "fires"):
        assert word not in text.replace("replace", "")


def test_a_workflow_and_nets(tmp_path: Path) -> None:
    pnml = tmp_path / "order.pnml"
    pnml.write_text(netproof.convert(ORDER, "pnml"), encoding="utf-8")
    result = checked(netproof.diff(ORDER, pnml))
    assert (result.runs.gained.status, result.runs.lost.status) == ("none", "none")
    assert not result.elements_compared
    assert "same elements" not in str(result)
    net = PetriNet(
        places=["i", "o"], transitions=[Transition(id="t", label="Order received")],
        arcs=[("i", "t"), ("t", "o")], initial={"i": 1}, final={"o": 1},
    )  # fmt: skip
    other = tmp_path / "small.pnml"
    other.write_text(format_pnml(net), encoding="utf-8")
    gained = checked(netproof.diff(other, ORDER)).runs.gained
    assert [s.label for s in gained.steps][-1] == "“Check stock”"


def test_a_definition_and_its_own_formats() -> None:
    parcel = ROOT / "examples/parcel-return.json"
    assert checked(netproof.diff(parcel, parcel)).same is True


def test_changes_of_nets() -> None:
    old = PetriNet(
        places=["p", "q"], transitions=["a", "b"],
        arcs=[("p", "a"), ("a", "q"), ("q", "b"), ("b", "p")], initial={"p": 1}, name="n",
    )  # fmt: skip
    new = old.replace(
        places=["p", "q", "r"], arcs=[("p", "a", 2), ("a", "q"), ("q", "b"), ("b", "r")],
        initial={"p": 2},
    )  # fmt: skip
    result = checked(netproof.diff(old, new))
    assert {(c.change, c.what, c.aspect) for c in result.elements} == {
        ("added", "place", None), ("attribute", "arc", "weight"), ("added", "arc", None),
        ("removed", "arc", None), ("attribute", "place", "tokens at the start"),
    }  # fmt: skip
    assert [c.property for c in result.worse] == ["deadlock", "safeness"]


BASE = """
start s
task a
task b
end e
s > a > b > e
"""


def pair(old: str, new: str) -> tuple[WorkflowGraph, WorkflowGraph]:
    return drawn(old), drawn(new)


def test_moves_and_attributes() -> None:
    inner = """
start s
sub m
  start s2
  task b
  end e2
  s2 > b > e2
task a loop
end e
s > a > m > e
"""
    result = checked(netproof.diff(*pair(BASE, inner)))
    found = {(c.change, c.element, c.aspect) for c in result.elements}
    assert ("moved", "b", None) in found
    assert ("added", "m", None) in found
    assert ("attribute", "a", "repetition") in found
    assert [s.element for s in result.runs.gained.steps] == ["a", "a"]
    assert result.runs.lost.status == "none"


def test_messages_and_pools() -> None:
    old = "process p\n  start s\n  send a\n  end e\n  s > a > e\npool q\na ~ q"
    new = "process p\n  start s\n  send a\n  end e\n  s > a > e\npool r\na ~ r"
    result = checked(netproof.diff(*pair(old, new)))
    assert {(c.change, c.what) for c in result.elements} >= {("removed", "pool"), ("added", "pool")}
    assert result.runs.gained.status == "none"


def test_a_formula_over_names_of_one_model_only() -> None:
    more = BASE.replace("s > a", "task c\ns > c > a")
    old, new = pair(BASE, more)
    result = checked(netproof.diff(old, new, properties=["EF(c)", "AG(!(c))", "soundness"]))
    assert [v.change for v in result.verdicts] == ["same", "incomparable", "worse"] or {
        v.property: v.change for v in result.verdicts
    } == {"EF(c)": "incomparable", "AG(!(c))": "worse", "soundness": "same"}
    assert "nothing called 'c'" in (result.worse[0].old_reason or "")
    with pytest.raises(UsageError, match="nothing called 'd'"):
        netproof.diff(old, new, properties=["EF(d)", "soundness"])
    with pytest.raises(UsageError, match="no property 'sound'"):
        netproof.diff(old, new, properties="sound")


def test_what_is_not_known_is_said() -> None:
    old, new = pair(BASE, BASE.replace("s > a", "xor x\ns > x > a"))
    result = checked(netproof.diff(old, new, budget=netproof.Budget(states=1)))
    result = replace(result, elements=())
    assert result.runs.gained.status == "unknown"
    assert result.same is None
    with pytest.raises(UndecidedError, match="not known whether"):
        bool(result)
    worse = [replace(v, new=None) for v in result.verdicts]
    assert {v.change for v in worse} == {"incomparable"}


def test_outcomes_and_exit_codes() -> None:
    sound = netproof.diff(*pair(BASE, BASE))
    (first, *_) = sound.verdicts
    assert first.old is not None
    unknown = replace(
        first.old, verdict=first.old.verdict.with_(outcome=Outcome.UNKNOWN, reason="late")
    )
    lost = replace(sound, verdicts=(replace(first, new=unknown),))
    assert lost.verdicts[0].change == "undecided"
    assert lost.exit_code == 3
    assert lost.same is None
    failed = replace(first.old, rechecked="failed")
    assert replace(sound, verdicts=(replace(first, new=failed),)).exit_code == 70
    assert sound.exit_code == 0


def test_hostile_names_are_escaped() -> None:
    old, new = pair(BASE, BASE)
    bad = '<script>alert(1)</script>\x1b[31m|\n"'
    nodes = tuple(replace(n, name=bad) if n.id == "a" else n for n in new.nodes)
    result = checked(netproof.diff(old, replace(new, nodes=nodes)))
    assert "<script" not in result._repr_html_()
    assert "\x1b" not in str(result)
    assert "<script" not in render_difference(result, "markdown").replace("\\<", "")
    assert "\x1b" not in render_difference(result, "markdown")


def two_joins(first: str, second: str) -> WorkflowGraph:
    """Two choices in sequence; where a join is an ``and``, it waits for ever."""
    return drawn(
        f"""
start s
xor x1
task a
task b
{first} j1
xor x2
task c
task d
{second} j2
end e
s > x1 > a > j1 > x2 > c > j2 > e
x1 > b > j1
x2 > d > j2
"""
    )


def test_a_violation_that_moved_is_told() -> None:
    result = checked(netproof.diff(two_joins("xor", "and"), two_joins("and", "xor")))
    by_name = {v.property: v for v in result.verdicts}
    moved = by_name["deadlock"].moved
    assert moved is not None
    assert (moved.old, moved.new) == (("j2",), ("j1",))
    told = "still VIOLATED, but elsewhere: was at the gateway j2, now at the gateway j1"
    for name in ("terminal", "markdown"):
        assert told in render_difference(result, name)
    assert told in result._repr_html_()
    assert result.same is False
    data = {v["property"]: v for v in result.to_dict()["verdicts"]}
    assert data["deadlock"]["moved"]["old"] == ["j2"]
    assert result.to_dict()["summary"]["moved"] == len(result.moved) > 0
    assert "as before VIOLATED" not in render_difference(result, "terminal")


def test_a_violation_that_stayed_did_not_move() -> None:
    longer = two_joins("xor", "and")
    nodes = tuple(replace(n, name="other") if n.id == "a" else n for n in longer.nodes)
    result = checked(netproof.diff(two_joins("xor", "and"), replace(longer, nodes=nodes)))
    assert result.moved == ()
    assert "as before VIOLATED: soundness" in render_difference(result, "terminal")


def test_two_worse_verdicts_show_both_runs() -> None:
    old = drawn("start s\nand f\ntask a\ntask b\nand j\ntask c\nend e\n"
                "s > f > a > j > c > e\nf > b > j")  # fmt: skip
    new = drawn("start s\nand f\ntask a\ntask b\nxor j\ntask c\nxor k\ntask d\nend e\n"
                "s > f > a > j > c > k > e\nf > b > j\nk > d > a")  # fmt: skip
    result = checked(netproof.diff(old, new))
    runs = {v.property: v.new.witness for v in result.worse if v.new is not None}
    different = {run.actions for run in runs.values() if run is not None}
    text = render_difference(result, "terminal").split("\nRuns\n")[0]
    assert text.count("\n        1. ") == min(2, len(different)) == 2
