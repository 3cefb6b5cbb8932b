"""Terms and processes as values: equality, pickles, text, deep terms."""

from __future__ import annotations

import copy
import gc
import json
import pickle
from typing import Any, cast

import pytest
from hypothesis import given, settings

import process_algebra
from process_algebra import (
    SKIP,
    STOP,
    Call,
    Definition,
    ExternalChoice,
    Guard,
    Hiding,
    Parallel,
    Prefix,
    Process,
    Renaming,
    Sequential,
    Term,
    events_in,
    fold_term,
    walk_term,
)
from process_algebra import terms as module
from process_algebra.traversal import flatten, unflatten
from strategies_csp import processes
from transition_systems.errors import InputError, UsageError
from transition_systems.expressions import ast
from transition_systems.expressions.parse import parse_expression

NAMES = {**vars(process_algebra), **vars(ast)}
DEEP = 100_000


@settings(max_examples=60, derandomize=True)
@given(processes)
def test_processes_are_values(process: Process) -> None:
    again = eval(repr(process), dict(NAMES))
    assert again == process
    assert hash(again) == hash(process)
    assert pickle.loads(pickle.dumps(process)) == process
    assert Process.from_dict(json.loads(json.dumps(process.to_dict()))) == process
    assert copy.deepcopy(process) == process
    assert process.main._repr_latex_().startswith("$")
    assert str(process)


def test_equal_terms_are_one_object_while_one_lives() -> None:
    assert Prefix("a", STOP) is Prefix("a", STOP)
    gc.collect()  # what earlier tests left in cycles
    before = len(module._TABLE)
    term = Prefix("only here", STOP)
    assert len(module._TABLE) == before + 1
    del term
    gc.collect()
    assert len(module._TABLE) == before


def test_equality_does_not_rely_on_the_table() -> None:
    one = Prefix("a", Sequential(SKIP, STOP))
    other = object.__new__(Prefix)
    inner = object.__new__(Sequential)
    object.__setattr__(inner, "operands", (SKIP, STOP))
    object.__setattr__(inner, "_hash", hash(Sequential(SKIP, STOP)))
    object.__setattr__(other, "operands", ("a", inner))
    object.__setattr__(other, "_hash", hash(one))
    assert other is not one
    assert other == one
    assert {other, one} == {one}
    assert Prefix("a", STOP) != Prefix("b", STOP)
    assert Prefix("a", STOP) != "a"
    assert Call("P", 1) != Call("P", True)
    assert Hiding(STOP, ["a"]) != Renaming(STOP, [])


def deep(kind: str) -> Term:
    term: Term = STOP
    for i in range(DEEP):
        match kind:
            case "prefix":
                term = Prefix("a", term)
            case "sequence":
                term = Sequential(term, SKIP)
            case "hiding":
                term = Hiding(term, [f"e{i % 3}"])
            case _:
                term = ExternalChoice(Prefix("a", STOP), term)
    return term


@pytest.mark.parametrize("kind", ["prefix", "sequence", "hiding", "choice"])
def test_deep_terms(kind: str) -> None:
    term = deep(kind)
    assert pickle.loads(pickle.dumps(term)) is term
    assert unflatten(flatten(term)) == term
    assert len(str(term)) > DEEP
    assert len(repr(term)) > DEEP
    assert fold_term(term, lambda _, below: 1 + max(below, default=0)) > DEEP
    assert sum(1 for _ in walk_term(term)) >= DEEP
    assert events_in(term) <= {"a"}
    other = deep(kind)
    assert other is term


def test_text() -> None:
    term = Hiding(Renaming(Parallel([Prefix("a", STOP), Call("P", 1)], ["a"]), [("a", "b")]), ["b"])
    assert str(term) == "(((a -> STOP) [|{a}|] P(1))[[a <- b]]) \\ {b}"
    assert str(Parallel([STOP, SKIP], [["a"], []])) == "({a} : STOP) || ({} : SKIP)"
    assert str(Guard(parse_expression("n < 2"), STOP)) == "n < 2 & STOP"


def test_misuse_is_named() -> None:
    for make in (
        lambda: Prefix("", STOP),
        lambda: Prefix("tau", STOP),
        lambda: Prefix("a", cast(Any, "STOP")),
        lambda: ExternalChoice(),
        lambda: Parallel([], ()),
        lambda: Parallel([STOP, SKIP], [["a"]]),
        lambda: Hiding(STOP, "ab"),
        lambda: Guard(cast(Any, 1), STOP),
        lambda: Process(main=Call("P")),
        lambda: Process(
            main=Call("P"), definitions=(Definition(name="P", parameters=("n",), body=STOP),)
        ),
        lambda: Process(main=Guard(parse_expression("n > 0"), STOP)),
        lambda: Definition(name="P", parameters=("n", "n"), body=STOP),
        lambda: Process(main=STOP, definitions=(Definition(name="P", body=STOP),) * 2),
    ):
        with pytest.raises(UsageError):
            make()
    with pytest.raises(AttributeError):
        STOP.operands = ()
    for data in (
        {},
        {"main": [["Nothing", [], []]], "definitions": []},
        {"main": [], "definitions": []},
        {"main": [["Prefix", ["a"], [0]]], "definitions": []},
    ):
        with pytest.raises(InputError):
            Process.from_dict(data)
