"""CSPm text: every name an identifier, every operator written, parallels as they mean."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings

from process_algebra import (
    SKIP,
    STOP,
    Call,
    Definition,
    ExternalChoice,
    Guard,
    Hiding,
    InternalChoice,
    Parallel,
    Prefix,
    Process,
    Renaming,
    Sequential,
    format_cspm,
    write_cspm,
)
from strategies_csp import processes
from transition_systems.errors import UnsupportedError
from transition_systems.expressions.parse import parse_expression


def test_names_are_injective_identifiers() -> None:
    odd = ["pay.start", "pay_start", "pay start", "审批", "1st", "if", "a\nb", "-- x", "STOP"]
    term = ExternalChoice(*(Prefix(name, STOP) for name in odd))
    text = format_cspm(term)
    names = re.findall(r"^channel (\S+)", text, re.M)
    assert len(set(names)) == len(odd)
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) for name in names)
    assert not {"if", "STOP"} & set(names)
    assert "pay_start" in names
    assert len(text.splitlines()) == len(odd) + 2


def test_every_operator() -> None:
    body = ExternalChoice(
        Guard(
            parse_expression("n < 2 && not done"),
            Prefix("a", Call("P q", parse_expression("n + 1"), True)),
        ),
        InternalChoice(Sequential(SKIP, STOP), Prefix("b", Prefix("c", STOP))),
    )
    known = Definition(name="P q", parameters=("n", "done"), body=body)
    main = Hiding(Renaming(Parallel([Call("P q", -1, False), STOP], ["a"]), [("a", "b")]), ["c"])
    assert format_cspm(Process(main=main, definitions=(known,))) == (
        "channel a\nchannel b\nchannel c\n\n-- P q\n"
        "P_q(n, done) = ((((n < 2) and (not done))) & (a -> P_q((n + 1), true)))"
        " [] ((SKIP; STOP) |~| (b -> c -> STOP))\n\n"
        "MAIN = ((P_q((-1), false) [|{a}|] STOP)[[a <- b]]) \\ {c}\n"
    )


def test_parallels_of_several() -> None:
    a, b = Prefix("a", STOP), Prefix("b", STOP)
    text = format_cspm(Parallel([a, Prefix("a", b), b], [["a"], ["a", "b"], ["b"]]))
    assert text.splitlines()[-1] == (
        "MAIN = ((a -> STOP) [|{a}|] (a -> b -> STOP)) [|{b}|] (b -> STOP)"
    )
    assert format_cspm(Parallel([a, b])).endswith("MAIN = (a -> STOP) ||| (b -> STOP)\n")
    with pytest.raises(UnsupportedError, match="alone"):
        format_cspm(Parallel([a, a, a], [[], ["a"], ["a"]]))
    with pytest.raises(UnsupportedError):
        format_cspm(Process(main=Guard(parse_expression("1.5 < 2.5"), STOP)))


@settings(max_examples=60, derandomize=True)
@given(processes)
def test_brackets_match(process: Process) -> None:
    try:
        text = format_cspm(process)
    except UnsupportedError:
        return
    for one, other in ("()", "{}", "[]"):
        assert text.count(one) == text.count(other)


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "x.csp"
    write_cspm(Prefix("a", STOP), path)
    assert path.read_text("utf-8") == "channel a\n\nMAIN = a -> STOP\n"
