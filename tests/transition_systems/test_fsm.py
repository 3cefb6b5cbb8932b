"""mCRL2's FSM format: round trips, what the format says, hostile text; conversions of systems."""

from __future__ import annotations

import io
import random
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from netproof.behaviours import load_behaviour
from netproof.cli.main import run
from strategies_lts import systems
from transition_systems import format_fsm, format_lts_dot, parse_fsm, read_fsm, write_fsm
from transition_systems.errors import InputError, UsageError
from transition_systems.lts import LTS

EXAMPLE = """b(2) Bool "false" "true"
n(3) Nat "one" "2" "3"
k(0) Pos
---
0 0 7
1 2 8
0 1 9
---
1 2 "send(1)"
2 3 "tau"
3 1 "i"
---
2
"""


@settings(max_examples=150, derandomize=True)
@given(systems(labels=(None, "a, b)", "审批", "", " x ", "a|b", "i")))
def test_reads_back(lts: LTS) -> None:
    text = format_fsm(lts)
    back = parse_fsm(text)
    assert back == lts
    assert format_fsm(back) == text
    assert parse_fsm(text.replace("\n", "\r\n")) == lts


def test_what_a_file_says(tmp_path: Path) -> None:
    lts = parse_fsm(EXAMPLE)
    assert list(lts.arcs()) == [(0, "send(1)", 1), (1, None, 2), (2, "i", 0)]
    assert lts.initial.tolist() == [1]
    assert lts.atoms["b"].tolist() == [False, True, False]
    assert lts.state_of is not None
    assert lts.state_of(1) == {"b": "true", "n": "3", "k": 8}
    both = parse_fsm(EXAMPLE, silent=("tau", "i"))
    assert [a for _, a, _ in both.arcs()] == ["send(1)", None, None]
    bare = parse_fsm('---\n---\n1 3 "a"')
    assert (bare.n_states, list(bare.arcs())) == (3, [(0, "a", 2)])
    assert parse_fsm("---\n\n\n---\n").n_states == 2
    write_fsm(lts, tmp_path / "x.fsm")
    assert read_fsm(tmp_path / "x.fsm").atoms["b"].tolist() == [False, True, False]
    assert read_fsm(io.BytesIO("\ufeff---\n---\n".encode())).n_states == 1


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("", 1, 1), ("---\n", 1, 1), ("x\n---\n---\n", 1, 1), ('b(3) Bool "f" "t"\n---\n---\n', 1, 3),
        ('b(1) B "f"\nb(1) B "f"\n---\n---\n', 2, 1), ('b(1) B "f"\n---\n0\n1\n---\n', 4, 1),
        ('b(1) B "f"\n---\n0 0\n---\n', 3, 1), ('b(1) B "f"\n---\nx\n---\n', 3, 1),
        ('---\n---\n0 1 "a"\n', 3, 1), ('---\n---\n1 1 a\n', 3, 1), ('---\n---\n1 1 "a" "b"\n', 3, 1),
        ('---\n---\n1 2 "a"\n---\n0\n', 5, 1), ('---\n---\n---\n1\n---\n', 5, 1),
        ('b(1) B "f"\n---\n0\n---\n1 2 "a"\n', 5, 3), ('b(1) B "f"\n---\n---\n', 3, 1),
        ('---\n---\n1 999999999999 "a"\n', 3, 3), ('---\n---\n1 1 "a"\n---\n1\n2\n', 6, 1),
    ],
)  # fmt: skip
def test_errors_have_a_place(text: str, line: int, column: int) -> None:
    with pytest.raises(InputError) as caught:
        parse_fsm(text, file="x.fsm")
    span = caught.value.span
    assert span is not None
    assert (span.file, span.line, span.column) == ("x.fsm", line, column)


def test_spoilt_files_are_refused_or_read() -> None:
    rng = random.Random(1)
    for _ in range(3_000):
        letters = list(EXAMPLE)
        for _ in range(rng.randint(1, 6)):
            at = rng.randrange(len(letters))
            letters[at : at + rng.randint(0, 3)] = rng.choice(
                ["", '"', "\n", "---\n", "0", "9" * 30, "(", "-", " ", "\x00", "é"]
            )
        with suppress(InputError):
            assert parse_fsm("".join(letters)).n_states < 1_000


def test_what_the_format_cannot_hold() -> None:
    for lts in (
        LTS.from_arcs(2, initial=[0, 1]), LTS.from_arcs(1, [(0, 'say "hi"', 0)]),
        LTS.from_arcs(1, [(0, "a\nb", 0)]), LTS.from_arcs(1, atoms={"not a name": [True]}),
    ):  # fmt: skip
        with pytest.raises(UsageError):
            format_fsm(lts)


def test_conversions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lts = LTS.from_arcs(3, [(0, "a", 1), (1, None, 2), (2, "b", 0)], final=[2])
    write_fsm(lts, tmp_path / "x.fsm")
    path = str(tmp_path / "x.fsm")
    for target in ("aut", "lts", "fsm"):
        out = str(tmp_path / f"y.{'json' if target == 'lts' else target}")
        assert run(["convert", path, "--to", target, "-o", out]) == 0
        assert load_behaviour(out) == lts
        path = out
    assert run(["convert", path, "--to", "dot"]) == 0
    assert capsys.readouterr().out == format_lts_dot(lts)
    assert run(["convert", path, "--to", "pnml", "-o", str(tmp_path / "x.pnml")]) == 0
    assert load_behaviour(str(tmp_path / "x.pnml")).n_states == 3
    assert run(["convert", path, "--to", "cspm"]) == 2
    assert run(["minimise", path, "-o", str(tmp_path / "z.fsm")]) == 0
    assert np.array_equal(load_behaviour(str(tmp_path / "z.fsm")).final, lts.final)
    order = str(Path(__file__).parents[2] / "examples" / "order.bpmn")
    if Path(order).exists():
        assert run(["convert", order, "--to", "aut", "-o", str(tmp_path / "o.aut")]) == 0
        assert load_behaviour(str(tmp_path / "o.aut")).n_states > 1
    capsys.readouterr()
    assert load_behaviour(str(tmp_path / "x.fsm"), format="fsm") == lts


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('---\n---\n1 9999999999999999999 "a"\n', "3:3"),
        ("---\n---\n" + "9" * 5000 + ' 1 "a"\n', "3:1"),
        ("b(0) Nat\n---\n12345678901234567890\n---\n", "3:1"),
        ('---\n---\n1 1 "a"\n---\n  1000000000000000000000\n', "5:3"),
    ],
)
def test_a_number_that_is_too_large_is_told_as_one(text: str, place: str) -> None:
    with pytest.raises(InputError, match=f"{place}: a number has more than 18 digits"):
        parse_fsm(text)
