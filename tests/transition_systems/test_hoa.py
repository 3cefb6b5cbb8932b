"""Büchi automata in the HOA format: round trips, what is read, what is refused."""

from __future__ import annotations

import io
import random
from contextlib import suppress
from pathlib import Path

import pytest

from ltl_cases import random_formula
from transition_systems.errors import InputError
from transition_systems.readwrite.hoa import format_hoa, parse_hoa, read_hoa, write_hoa
from transition_systems.temporal.buchi import BuchiAutomaton, BuchiEdge
from transition_systems.temporal.ltl_translate import translate_ltl

HEAD = 'HOA: v1\nStates: 2\nStart: 0\nAP: 2 "p" "q \\" q"\nAcceptance: 1 Inf(0)\n'


def test_round_trips(tmp_path: Path) -> None:
    for seed in range(200):
        automaton = translate_ltl(random_formula(random.Random(seed), 4))
        assert parse_hoa(format_hoa(automaton)) == automaton
    several = BuchiAutomaton(
        atoms=('say "x" \\ y',), n_states=3, initial=(0, 2), n_marks=2,
        edges=(BuchiEdge(0, 1, 3, 1), BuchiEdge(2, 2, 0, 2)),
    )  # fmt: skip
    path = tmp_path / "a.hoa"
    write_hoa(several, path, name='a "name"')
    assert read_hoa(path) == several
    assert read_hoa(io.BytesIO(path.read_bytes())) == several


def test_labels_on_states_implicit_labels_and_aliases() -> None:
    text = (
        HEAD + "Alias: @a 0&!1 /* a /* nested */ comment */ Alias: @b !(@a | t&f)\n"
        'tool: "x" "1" properties: state-acc\n--BODY--\n'
        'State: [@b] 0 "first" {0} 0 1\nState: 1 0 0 1 {0} 1\n--END--\n'
    )
    found = parse_hoa(text)
    assert found.atoms == ("p", 'q " q')
    assert set(found.edges) == {
        BuchiEdge(0, 0b1101, 1, 0), BuchiEdge(0, 0b1101, 1, 1), BuchiEdge(1, 0b0001, 0, 0),
        BuchiEdge(1, 0b0010, 0, 0), BuchiEdge(1, 0b0100, 1, 1), BuchiEdge(1, 0b1000, 0, 1),
    }  # fmt: skip
    assert found.initial == (0,)


@pytest.mark.parametrize(
    ("label", "letters"),
    [
        ("0 | !0 & 1", 0b1110), ("!(0 | 1)", 0b0001), ("!!0", 0b1010), ("!(!0 & (1))", 0b1011),
        ("t", 0b1111), ("((0)&((1)))", 0b1000), ("0&1|!0&!1", 0b1001), ("!t|1", 0b1100),
    ],
)  # fmt: skip
def test_label_expressions(label: str, letters: int) -> None:
    text = f"{HEAD}--BODY-- State: 0 [{label}] 1 --END--"
    assert [edge.letters for edge in parse_hoa(text).edges] == [letters]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not a HOA file"),
        ("HOA: v2", "version"),
        ("HOA: v1 --BODY-- --END--", "acceptance condition is missing"),
        ("HOA: v1 Acceptance: 1 Fin(0) --BODY-- --END--", "generalised"),
        ("HOA: v1 Acceptance: 2 Inf(0)|Inf(1) --BODY-- --END--", "generalised"),
        ("HOA: v1 Acceptance: 2 Inf(0)&Inf(0) --BODY-- --END--", "no conjunction of all"),
        ("HOA: v1 Acceptance: 0 f --BODY-- --END--", "generalised"),
        ("HOA: v1 Acceptance: 0 t Exotic: 1 --BODY-- --END--", "header item"),
        ("HOA: v1 Start: 0&1 Acceptance: 0 t --BODY-- --END--", "alternating"),
        ("HOA: v1 Acceptance: 0 t --BODY-- --ABORT--", "does not end"),
        ("HOA: v1 Acceptance: 0 t --BODY-- --END-- HOA: v1", "more than one"),
        ('HOA: v1 AP: 2 "a" "a" Acceptance: 0 t --BODY-- --END--', "same name"),
        ('HOA: v1 AP: 1 "a" AP: 1 "b" Acceptance: 0 t --BODY-- --END--', "twice"),
        ("HOA: v1 AP: 13 Acceptance: 0 t --BODY-- --END--", "number of atoms"),
        ("HOA: v1 States: 9999999999 Acceptance: 0 t --BODY-- --END--", "number of states"),
        ("HOA: v1 States: 1 Acceptance: 0 t --BODY-- State: 0 [t] 1 --END--", "out of range"),
        (HEAD + "--BODY-- State: 0 [2] 1 --END--", "no atom 2"),
        (HEAD + "--BODY-- State: 0 [@x] 1 --END--", "alias"),
        (HEAD + "--BODY-- State: 0 [(0] 1 --END--", "parenthesis"),
        (HEAD + "--BODY-- State: 0 [0)] 1 --END--", "symbol is missing"),
        (HEAD + "--BODY-- State: 0 [0 &] 1 --END--", "operand"),
        (HEAD + "--BODY-- State: 0 [t] 1 {1} --END--", "acceptance set"),
        (HEAD + "--BODY-- State: 0 1 1 1 --END--", "one edge for each letter"),
        (HEAD + "--BODY-- State: 0 1 1 1 1 1 --END--", "more edges"),
        (HEAD + "--BODY-- State: 0 1 [t] 1 --END--", "labels of their own"),
        (HEAD + "--BODY-- State: 0 [t] 1&0 --END--", "alternating"),
        (HEAD + "/* open", "comment"),
        (HEAD + "%", "no meaning"),
        (HEAD + "9" * 40, "too large"),
    ],
)
def test_what_is_refused(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_hoa(text)


def test_deep_labels_do_not_overflow() -> None:
    text = f"{HEAD}--BODY-- State: 0 [{'!(' * 50_000}0{')' * 50_000}] 1 --END--"
    assert parse_hoa(text).edges[0].letters == 0b1010


def test_random_texts_are_refused_or_read() -> None:
    good = format_hoa(translate_ltl("G (p -> X F q) && F G r"))
    for seed in range(400):
        rng = random.Random(seed)
        text = list(good)
        for _ in range(rng.randint(1, 4)):
            place = rng.randrange(len(text))
            text[place : place + rng.randint(0, 3)] = rng.choice(
                ["", "0", "[", "}", "t", " 9 ", '"', "&"]
            )
        with suppress(InputError):
            parse_hoa("".join(text))
