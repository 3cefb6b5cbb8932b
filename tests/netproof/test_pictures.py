"""Pictures: labels are literal, showing never raises, witnesses are on the diagram."""

from __future__ import annotations

import re
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import netproof
from netproof.loading import load
from netproof.pictures import mimebundle, model_svg, verdict_svg
from petri import PetriNet, Transition
from petri.draw import net_svg
from transition_systems import draw
from transition_systems.draw import lts_svg, text_svg
from transition_systems.lts import LTS
from translators.workflow import EventKind, Flow, Node, NodeKind, Scope, WorkflowGraph
from translators.workflow.draw import workflow_svg

EXAMPLES = Path(__file__).parents[2] / "examples"
ODD = ["<a>", "\\N", "\\n", 'say "no"', "审批", "🚚 go", "", "a & b", "<script>alert(1)</script>"]
needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="dot is not on the PATH")


def words(svg: str) -> str:
    """Return all text of an image; fails where it is no XML."""
    return "\n".join(t for e in ET.fromstring(svg).iter() for t in (e.text or "", e.tail or ""))


def workflow(name: str) -> WorkflowGraph:
    return WorkflowGraph(
        id="w", scopes=(Scope(id="p", kind="process"),),
        nodes=(
            Node(id="s", kind=NodeKind.EVENT, event=EventKind.START, scope="p", name=name),
            Node(id="t", kind=NodeKind.ACTIVITY, activity="task", scope="p", name=name),
        ),
        flows=(Flow(id="f", source="s", target="t", scope="p", name=name),),
    )  # fmt: skip


@needs_dot
@pytest.mark.parametrize("name", ODD)
def test_labels_are_literal(name: str) -> None:
    net = PetriNet(
        places=["p"], transitions=[Transition(id="t", label=name, name=name)], arcs=[("p", "t")]
    )
    system = LTS.from_arcs(2, [(0, name, 1)]) if name else LTS.from_arcs(1)
    for svg in (net_svg(net), lts_svg(system), workflow_svg(workflow(name))):
        text = words(svg).replace("\xa0", " ")
        assert name in text or not name
        assert "<script>" not in svg


@needs_dot
def test_a_long_picture_is_cut_to_the_witness_and_says_so() -> None:
    n = 400
    arcs = [(f"p{i}", f"t{i}") for i in range(n)] + [(f"t{i}", f"p{i + 1}") for i in range(n - 1)]
    net = PetriNet(
        places=[f"p{i}" for i in range(n)], transitions=[f"t{i}" for i in range(n)], arcs=arcs,
        initial={"p0": 1},
    )  # fmt: skip
    run = net.run(net.initial, ["t0", "t1", "t2"])
    text = words(net_svg(net, run=run))
    assert "of 800 nodes are drawn, those around the run" in text
    assert "t2" in text
    assert "t399" not in text
    chain = LTS.from_arcs(1000, [(i, "a", i + 1) for i in range(999)])
    assert "of 1000 states are drawn" in words(lts_svg(chain, highlight=[500]))


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.*")), ids=lambda p: p.stem)
def test_examples_are_drawn_with_their_counterexamples(path: Path) -> None:
    if path.suffix == ".md":
        return
    report = netproof.check(path).models[0]
    svg = model_svg(report.model)
    for node in report.model.graph.nodes:
        if node.name:
            assert node.name.split()[0] in words(svg)
    for entry in report.verdicts:
        svg = verdict_svg(report, entry)
        ET.fromstring(svg)
        if entry.outcome == "VIOLATED":
            assert 'class="blamed"' in svg or " blamed" in svg
            assert entry.verdict.explain().split()[0] in words(svg)


def test_showing_never_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> str:
        raise RuntimeError("no layout today")

    monkeypatch.setattr(draw, "layout_dot", lambda *_, **__: None)
    monkeypatch.setattr("transition_systems.draw.lts_dot", broken)
    assert "no layout today" in LTS.from_arcs(1)._repr_mimebundle_()["text/plain"]
    assert "image/svg+xml" in PetriNet(places=["p"], transitions=[])._repr_mimebundle_()
    assert mimebundle(object())["text/plain"]
    assert "a &lt; b" in text_svg(["a < b"])


def test_a_layout_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draw, "CHILD", "import time\ntime.sleep(60)")
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert draw.layout_dot("digraph {a}", seconds=0.5) is None


def test_what_a_cell_shows_is_no_wider_than_the_cell() -> None:
    places = [f"place number {n}" for n in range(40)]
    arcs = [(a, b) for n in range(39) for a, b in ((places[n], f"t{n}"), (f"t{n}", places[n + 1]))]
    net = PetriNet(places=places, transitions=[f"t{n}" for n in range(39)], arcs=arcs)
    shown = net._repr_mimebundle_()["image/svg+xml"]
    drawn = net_svg(net)
    wide = re.search(r'width="([\d.]+)(pt)?"', shown)
    natural = re.search(r'width="([\d.]+)(pt)?"', drawn)
    if natural is None or not natural[2]:
        pytest.skip("Graphviz is not installed")
    assert wide is not None
    assert (float(wide[1]), wide[2]) == (900, None)
    assert float(natural[1]) > 1_000, "a file keeps its natural size"
    assert re.findall(r'viewBox="[^"]*"', shown) == re.findall(r'viewBox="[^"]*"', drawn)
    assert "max-width:100%;height:auto" in shown
    assert draw.fitted_svg("no picture") == "no picture"
    for name in ("order-process.bpmn", "document-approval.yaml"):
        found = load(EXAMPLES / name)._repr_mimebundle_()["image/svg+xml"]
        width = re.search(r'width="(\d+)"', found)
        assert width is not None
        assert int(width[1]) <= 900
