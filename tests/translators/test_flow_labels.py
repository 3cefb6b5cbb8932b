"""The names of flows stand beside their flows, and no node covers them."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from netproof.loading import load
from translators.workflow.draw import computed_layout, workflow_svg
from translators.workflow.graph import WorkflowGraph
from translators.workflow.layout import Edge, Layout, Shape
from translators.workflow.shapes import arrow, label_size
from workflow_text import drawn

EXAMPLES = Path(__file__).parents[2] / "examples"
Box = tuple[float, float, float, float]


def graph_of(name: str) -> WorkflowGraph:
    graph = load(EXAMPLES / name).graph
    assert graph is not None
    return graph


def layout_of(graph: WorkflowGraph) -> Layout:
    layout = computed_layout(graph)
    if layout is None:
        pytest.skip("Graphviz is not installed")
    return layout


def apart(one: Box, other: Box) -> bool:
    return (
        one[0] + one[2] <= other[0] or other[0] + other[2] <= one[0]
        or one[1] + one[3] <= other[1] or other[1] + other[3] <= one[1]
    )  # fmt: skip


def box(shape: Shape) -> Box:
    return shape.x, shape.y, shape.width, shape.height


@pytest.mark.parametrize("name", ["document-approval.yaml", "parcel-return.json"])
def test_no_node_covers_a_name_in_a_computed_layout(name: str) -> None:
    graph = graph_of(name)
    layout = layout_of(graph)
    named = {flow.id for flow in graph.flows if flow.name}
    labels = {edge.element: edge.label for edge in layout.edges if edge.element in named}
    assert labels.keys() == named
    outer = {node.id for node in graph.nodes if node.body is not None}
    for flow, label in labels.items():
        assert label is not None, flow
        for shape in layout.shapes:
            assert shape.element in outer or apart(label, box(shape)), (flow, shape.element)


@pytest.mark.parametrize("way", [(60, 0), (-60, 0), (0, 40), (0, -40), (50, 30), (8, 2)])
def test_a_name_without_a_place_of_its_own_is_clear_of_the_node_it_leaves(
    way: tuple[float, float],
) -> None:
    x, y = 25.0, 25.0  # where the flow leaves a gateway whose centre is 0, 0
    start = (x if way[0] > 0 else -x, 0.0) if way[0] else (0.0, y if way[1] > 0 else -y)
    edge = Edge(element="f", points=(start, (start[0] + way[0], start[1] + way[1])))
    text = arrow(edge, "both agree", "plain", kind="flow")
    found = re.search(r'<text class="small beside" x="([-\d.]+)" y="([-\d.]+)"', text)
    assert found is not None
    width, height = label_size("both agree")
    label = (float(found[1]) - width / 2, float(found[2]) - 4 - height / 2, width, height)
    assert apart(label, (-25.0, -25.0, 50.0, 50.0))


def test_names_have_a_halo() -> None:
    svg = workflow_svg(graph_of("document-approval.yaml"))
    assert "paint-order:stroke" in svg
    assert 'class="small beside"' in svg


def test_a_flow_without_a_name_needs_no_room() -> None:
    layout = layout_of(drawn("start s\ntask a\nend e\ns > a > e"))
    assert [edge.label for edge in layout.edges] == [None, None]


def test_the_name_of_the_last_event_is_inside_the_picture() -> None:
    """The end's shape is 36 wide and its name up to 90."""
    graph = drawn("start s\ntask a\ntask b\ntask c\nend e\ns > a > b > c > e")
    renamed = [
        replace(node, name="end of Close the books") if node.id == "e" else node
        for node in graph.nodes
    ]
    layout = layout_of(graph)
    shape = layout.shape("e")
    assert shape is not None
    svg = workflow_svg(replace(graph, nodes=tuple(renamed), layout=layout))
    left, _, width, _ = map(float, svg.split('viewBox="')[1].split('"')[0].split())
    assert left + width >= shape.x + shape.width / 2 + 45
