"""A repair written back into BPMN: it reads as meant, the drawing follows, nothing else changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from transition_systems.errors import UnsupportedError
from translators.bpmn import parse_bpmn
from translators.repair import Edit, repair_workflow
from translators.repair.bpmn_text import repaired_bpmn
from translators.repair.draft import Draft
from translators.repair.edits import all_edits, edited

EXAMPLES = Path(__file__).parents[2] / "examples"
FILES = ("invoice-deadlock.bpmn", "hiring-double-welcome.bpmn")


@pytest.mark.parametrize("name", FILES)
def test_every_edit_reads_back_as_it_was_meant(name: str) -> None:
    text = (EXAMPLES / name).read_bytes()
    graph = parse_bpmn(text).graph
    draft = Draft(graph)
    for edit in list(all_edits(draft)):
        found = parse_bpmn(repaired_bpmn(text, [edit])).graph
        wanted = edited(draft, [edit]).whole()
        assert {(f.id, f.source, f.target) for f in found.flows} == {
            (f.id, f.source, f.target) for f in wanted.flows
        }
        assert {(n.id, n.gateway, n.default) for n in found.nodes} == {
            (n.id, n.gateway, n.default) for n in wanted.nodes
        }
        conditions = {f.id: f.condition is None for f in found.flows}
        assert conditions == {f.id: f.condition is None for f in wanted.flows}
        assert found.layout is not None
        assert {edge.element for edge in found.layout.edges} >= conditions.keys()


def test_new_lines_go_from_border_to_border() -> None:
    text = (EXAMPLES / FILES[0]).read_bytes()
    edit = Edit(kind="add-flow", element="extra", source="amount", target="join")
    layout = parse_bpmn(repaired_bpmn(text, [edit])).graph.layout
    assert layout is not None
    edge, source = layout.edge("extra"), layout.shape("amount")
    assert edge is not None
    assert source is not None
    x, y = edge.points[0]
    assert source.x <= x <= source.x + source.width
    assert source.y <= y <= source.y + source.height


@pytest.mark.parametrize("name", FILES)
def test_the_repaired_file_is_sound(name: str) -> None:
    text = (EXAMPLES / name).read_bytes()
    repair = repair_workflow(parse_bpmn(text).graph)
    assert len(repair.edits) == 1
    assert repair.edits[0].kind == "change-gateway"
    again = parse_bpmn(repaired_bpmn(text, repair.edits)).graph
    from translators.repair.judge import decide_workflow

    assert decide_workflow(again)[1].holds


def test_an_element_without_an_id_is_refused() -> None:
    text = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p">
    <startEvent id="s"/><exclusiveGateway id="x"/><endEvent id="e"/>
    <sequenceFlow sourceRef="s" targetRef="x"/><sequenceFlow sourceRef="x" targetRef="e"/>
    </process></definitions>"""
    flow = parse_bpmn(text).graph.flows[0]
    edit = Edit(kind="remove-flow", element=flow.id, source=flow.source, target=flow.target)
    with pytest.raises(UnsupportedError, match="no id of its own"):
        repaired_bpmn(text, [edit])
