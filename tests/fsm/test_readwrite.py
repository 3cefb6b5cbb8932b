"""Machines as text: round trips, literal labels, errors with their place."""

from __future__ import annotations

import itertools
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings

from fsm import DFA, NFA, Machine, Network, Vector
from fsm.readwrite import (
    format_dot,
    format_json,
    format_mermaid,
    parse_json,
    read_json,
    write_dot,
    write_json,
    write_mermaid,
)
from strategies_fsm import dfas, nfas
from transition_systems.errors import InputError

ODD = ["<a>", "\\N", "a\nb", 'a"b', "审批", "😀", "x:y;z", "#1;", "-->"]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(dfas(), nfas())
def test_json_round_trip(dfa: DFA, nfa: NFA) -> None:
    for model in (dfa, nfa):
        assert parse_json(format_json(model)) == model


def _odd() -> NFA:
    steps = [(a, a, b) for a, b in itertools.pairwise(ODD)]
    return NFA(states=ODD, alphabet=ODD, transitions=steps, initial=ODD[:1], final=ODD[-1:])


def test_networks_and_files(tmp_path: Path) -> None:
    machine = Machine(
        name="m", states=["0", "over"], initial="0", transitions=[("0", "a", "over")],
        forbidden=["over"],
    )  # fmt: skip
    network = Network(
        machines=(machine,), vectors=(Vector(name="v", label="a", parts=(("m", ("a",)),)),)
    )
    for index, model in enumerate((network, machine, _odd())):
        write_json(model, tmp_path / f"{index}.json")
        assert read_json(tmp_path / f"{index}.json") == model
    write_dot(machine, tmp_path / "m.dot", highlight=["0"])
    assert "dashed" in (tmp_path / "m.dot").read_text()
    write_mermaid(machine, tmp_path / "m.mmd")
    assert (tmp_path / "m.mmd").read_text().startswith("stateDiagram-v2")


@pytest.mark.parametrize(
    ("text", "message"),
    [("{", "1:2"), ("[]", "not a machine"), ('{"schema": "netproof/dfa/1"}', "transitions")],
)
def test_errors_say_where(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_json(text, file="m.json")


def test_mermaid_is_literal() -> None:
    text = format_mermaid(_odd())
    assert "<a>" not in text
    assert "#60;a#62;" in text
    assert "a<br>b" in text
    assert "审批" in text
    for line in text.splitlines()[2:]:
        assert line.count('"') in (0, 2)


def test_graphviz_accepts_every_label() -> None:
    dot = shutil.which("dot")
    if dot is None:
        pytest.skip("Graphviz is not installed")
    done = subprocess.run(
        [dot, "-Tsvg"], input=format_dot(_odd()), capture_output=True, text=True, timeout=60,
        encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0
    assert "&lt;a&gt;" in done.stdout
    assert "审批" in done.stdout
