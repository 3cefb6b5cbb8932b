"""Graphviz output: every label is drawn literally."""

import shutil
import subprocess
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from petri import PetriNet, Place, Transition
from petri.readwrite.dot import format_dot, write_dot
from strategies_petri import nets
from transition_systems.readwrite.graphviz_text import graphviz_string

need_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="dot is not on the PATH")

LITERAL = [
    *("<a>", "\\N", "\\n", '"', '""', "\\", "\\\\", '\\"', "审批", "😀", "&lt;", "&amp;", "&#65;"),
    *("<b>x</b>", "a;b", "a->b", "}", "#", "//", "/*", "x \\", "\\G\\E\\T\\H\\L\\l\\r", "%s", "é"),
]


def drawn(dot_text: str) -> list[str]:
    done = subprocess.run(
        ["dot", "-Tsvg"], input=dot_text.encode(), capture_output=True, check=True, timeout=60
    )
    assert not done.stderr, done.stderr
    root = ET.fromstring(done.stdout)
    return [
        (element.text or "").replace("\xa0", " ")
        for element in root.iter("{http://www.w3.org/2000/svg}text")
    ]


@need_dot
def test_labels_are_drawn_literally() -> None:
    net = PetriNet(
        places=[Place(id=f"p{i}", name=text) for i, text in enumerate(LITERAL)],
        transitions=[Transition(id=f"t{i}", label=text) for i, text in enumerate(LITERAL)],
        name='odd "name" \\N',
    )
    texts = drawn(format_dot(net))
    assert sorted(texts) == sorted(LITERAL * 2)


@need_dot
def test_lines_tokens_weights_and_empty_labels() -> None:
    net = PetriNet(
        places=["p", "q", "r"],
        transitions=[
            Transition(id="t", label="two\nlines"),
            Transition(id="u", label=""),
            Transition(id="v", label=None),
            Transition(id="w", label="a\r\nb\x00\ud800"),
        ],
        arcs=[("p", "t", 12), ("v", "q")],
        initial={"p": 2, "q": 50},
        final={"r": 1},
    )
    text = format_dot(net, highlight=["p"])
    assert sorted(drawn(text)) == sorted(
        ["p", "●●", "q", "50 ●", "r", "12", "two", "lines", "a", "b␀?"]
    )
    assert text.count("peripheries=2") == 1
    assert text.count("penwidth=2") == 1
    assert text.count("style=filled") == 1
    assert 't1 [shape=box, label=""' in text
    assert drawn(format_dot(net, marking={"r": 1})).count("●") == 1


@given(nets(odd_ids=True))
@settings(max_examples=60, derandomize=True, deadline=None)
def test_one_line_for_each_node_and_arc(net: PetriNet) -> None:
    text = format_dot(net)
    assert text == format_dot(net)
    lines = text.splitlines()
    assert len(lines) == 5 + len(net.places) + len(net.transitions) + len(net.arcs)


@given(st.text(max_size=20))
@settings(max_examples=200, derandomize=True)
def test_strings_are_closed_and_hold_no_control_characters(text: str) -> None:
    quoted = graphviz_string(text)
    inner = quoted[1:-1]
    position = 0
    while position < len(inner):
        if inner[position] == "\\":
            assert inner[position + 1] in '\\"n'
            position += 1
        else:
            assert inner[position] != '"'
            assert inner[position] >= " "
        position += 1
    assert quoted.encode()


def test_write(tmp_path) -> None:
    net = PetriNet(places=["p"], transitions=[])
    write_dot(net, tmp_path / "n.dot", marking={"p": 3})
    assert "●●●" in (tmp_path / "n.dot").read_text(encoding="utf-8")
