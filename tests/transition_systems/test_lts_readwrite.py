"""Transition systems in files: Aldebaran and JSON."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from strategies_lts import systems
from transition_systems.errors import InputError, UsageError
from transition_systems.lts import LTS
from transition_systems.readwrite.aut import format_aut, parse_aut, read_aut, write_aut
from transition_systems.readwrite.json import (
    format_lts_json,
    parse_lts_json,
    read_lts_json,
    write_lts_json,
)

strange = systems(labels=(None, 'say "hi"\\', "a, b)", "审批", "", " x ", "a"))


@settings(max_examples=100, derandomize=True)
@given(strange)
def test_aut_reads_back(lts: LTS) -> None:
    for silent in ("i", "tau"):
        text = format_aut(lts, silent=silent, final_label="✓")
        assert parse_aut(text, final_label="✓") == lts


@settings(max_examples=60, derandomize=True)
@given(systems(several_initial=True))
def test_json_reads_back(lts: LTS) -> None:
    assert parse_lts_json(format_lts_json(lts)) == lts


def test_files(tmp_path: Path) -> None:
    lts = LTS.from_arcs(2, [(0, "审批", 1)], final=[1], atoms={"x": [True, False]})
    write_lts_json(lts, tmp_path / "a.json")
    assert read_lts_json(tmp_path / "a.json") == lts
    plain = LTS.from_arcs(2, [(0, "审批", 1)])
    write_aut(plain, tmp_path / "a.aut")
    assert read_aut(str(tmp_path / "a.aut")) == plain
    assert read_aut(io.BytesIO((tmp_path / "a.aut").read_bytes())) == plain
    with pytest.raises(InputError, match="not UTF-8"):
        read_aut(io.BytesIO(b"\xff\xfe"))
    with pytest.raises(InputError, match="not UTF-8"):
        read_lts_json(io.BytesIO(b"\xff\xfe"))


def test_the_ways_others_write_aut() -> None:
    text = 'des(0,5,3)\r\n(0,a,1)\r\n( 1 , "tau" , 2 )\r\n(2,i,0)\n(0,send(1,2) ! x,2)\n\n(1,"i",1)'
    expected = [(0, "a", 1), (0, "send(1,2) ! x", 2), (1, None, 2), (2, None, 0), (1, None, 1)]
    assert parse_aut(text) == LTS.from_arcs(3, expected)
    only_tau = parse_aut("des (0, 1, 1)\n(0, i, 0)\n", silent=["tau"])
    assert list(only_tau.arcs()) == [(0, "i", 0)]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "f.aut:1:1: the header is missing; found the end of the text"),
        ("  dos (0, 1, 1)", "f.aut:1:3: the header is missing"),
        ("des (2, 0, 2)", "f.aut:1:6: the initial state does not exist"),
        ("des (0, 1, 2)\n(0, a, 7)", "f.aut:2:8: state 7 does not exist"),
        ("des (0, 1, 2)\n\n  (0; a; 1)", "f.aut:3:3: this is no arc; found '(0; a; 1)'"),
        ('des (0, 1, 2)\n(0, "a, 1)', "f.aut:2:1: this is no arc"),
        ("des (0, 2, 2)\n(0, a, 1)", "f.aut:1:9: the header announces 2 arcs, there are 1"),
        ("des (0, 0, 2)\n(0, a, 1)", "f.aut:2:1: the header announces 0 arcs"),
        ("des (0, 0, 99999999999)", "f.aut:1:12: the number of states is out of range"),
        (
            "des (0, 1, 99999999999999999999)\n(0, a, 1)\n",
            "f.aut:1:12: the number is too large; found '99999999999999999999)'; "
            "expected at most 18 digits",
        ),
        ("des (0, 1, " + "9" * 5000 + ")\n(0, a, 1)\n", "f.aut:1:12: the number is too large"),
        ("des (0, 1, 2)\n(0, a, 1234567890123456789)\n", "f.aut:2:8: the number is too large"),
        ("des (0, 0, 40000000)", "f.aut:1:12: most states have no arc"),
    ],
)
def test_aut_errors_say_where(text: str, part: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_aut(text, file="f.aut")
    assert part in str(caught.value)


@pytest.mark.parametrize(
    ("lts", "options", "part"),
    [
        (LTS.from_arcs(1, final=[0]), {}, "say final_label="),
        (LTS.from_arcs(2, initial=[0, 1]), {}, "one initial state"),
        (LTS.from_arcs(1, atoms={"x": [True]}), {}, "write JSON"),
        (LTS.from_arcs(1, [(0, "i", 0)]), {}, "read as a silent step"),
        (LTS.from_arcs(1, [(0, "a\nb", 0)]), {}, "line break"),
        (LTS.from_arcs(1, [(0, "✓", 0)]), {"final_label": "✓"}, "there already"),
        (LTS.from_arcs(1), {"final_label": "i"}, "silent"),
        (LTS.from_arcs(1), {"silent": "epsilon"}, "'i' or 'tau'"),
    ],
)
def test_what_aut_cannot_hold_is_refused(lts: LTS, options: dict[str, Any], part: str) -> None:
    with pytest.raises(UsageError, match=part):
        format_aut(lts, **options)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ('{"format":\n ]', "f.json:2:2: not JSON"),
        ("[1]", "f.json: not a transition system; expected an object"),
        ("[" * 200_000, "f.json"),
        ('{"format": "netproof/lts/1"}', "f.json: not a transition system"),
        ('{"format": "other"}', "expected netproof/lts/1"),
    ],
)
def test_json_errors_say_where(text: str, part: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_lts_json(text, file="f.json")
    assert part in str(caught.value)
