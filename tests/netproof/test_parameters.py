"""Predicates over the parameters of FSM files, against each state's values; what is refused."""

from __future__ import annotations

import operator
import random
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import netproof
from netproof.asked_formulas import asked_formula
from netproof.behaviours import load_behaviour
from netproof.cli.main import run
from netproof.system_formulas import system_formula
from petri import PetriNet
from transition_systems import format_fsm, parse_fsm
from transition_systems.errors import UsageError
from transition_systems.lts import LTS
from transition_systems.lts_operations import reachable
from transition_systems.properties.formulas import State, Unary
from transition_systems.properties.predicates import Atom
from transition_systems.state_vectors import parameters_of
from translators.named_system import NamedSystem

RELATIONS: dict[str, Callable[[object, object], bool]] = {
    "==": operator.eq, "!=": operator.ne, "<=": operator.le, ">=": operator.ge,
    "<": operator.lt, ">": operator.gt,
}  # fmt: skip
FILE = """x(3) Nat "0" "1" "2"
color(2) Color "red" "green light"
busy(2) Bool "false" "true"
n(0) Nat
---
0 0 0 5
1 1 1 6
2 1 0 7
---
1 2 "a"
2 3 "b"
3 1 "tau"
"""


def about(text: str, file: str = FILE) -> list[bool]:
    """Return where ``AG`` of a predicate of one comparison looks for it."""
    found = system_formula(asked_formula(f"AG ({text})"), NamedSystem(lts=parse_fsm(file)))
    formula = found.formula
    assert isinstance(formula, Unary)
    assert isinstance(formula.operand, State)
    predicate = formula.operand.predicate
    assert isinstance(predicate, Atom)
    return [bool(flag) for flag in found.lts.atoms[predicate.name]]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("x == 2", [False, False, True]),
        ("x", [False, True, True]),
        ("2 * x + n >= 8", [False, True, True]),
        ("x + busy == 2", [False, True, True]),
        ("n - 5 == x", [True, True, True]),
        ("color == red", [True, False, False]),
        ('"green light" == color', [False, True, True]),
        ("color != red", [False, True, True]),
        ('x == "1"', [False, True, False]),
        ("x == 7", [False, False, False]),
        ("busy == true", [False, True, False]),
        ("false != busy", [False, True, False]),
    ],
)
def test_what_comparisons_mean(text: str, where: list[bool]) -> None:
    assert about(text) == where


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("color == gren", "no value 'gren'; did you mean"),
        ("color == blue", "has no value 'blue'; there are red, \"green light\""),
        ("colour == red", "nothing called 'colour'; did you mean 'color'?"),
        ("color < red", "values that are no numbers: ask for color == red or !="),
        ("color + 1 == red", "values that are no numbers"),
        ("color", "'color' is no truth: ask for color == red"),
        ("color == busy", "'busy' is no value of 'color', but a parameter"),
        ("x <= foo", "there is no parameter 'foo'"),
        ("x == colr", 'no value \'colr\'; there are "0", "1", "2"'),
        ("red == red2", "nothing called 're"),
    ],
)
def test_what_is_refused(text: str, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        about(text)
    assert told in str(caught.value)


def test_a_name_that_is_a_parameter_and_a_value() -> None:
    file = 'p(2) S "a" "q"\nq(2) S "a" "q"\n---\n0 1\n1 1\n---\n1 2 "s"\n'
    assert about("p == a", file) == [True, False]
    with pytest.raises(UsageError, match="'q' is a value of 'p' and a parameter: rename one"):
        about("p == q", file)
    apart = file.replace("q(2)", "r(2)")
    assert about("p == r", apart) == [False, True]
    # A value goes before the name that a state has been given.
    assert about("p == s1", 'p(2) S "s0" "s1"\n---\n0\n1\n---\n1 2 "s"\n') == [False, True]


FINAL = 'final({}) Sort {}\n---\n1\n2\n---\n1 2 "a"\n'
OWN = 'c(3) S "idle" "c" "done"\nd(2) S "c" "x"\n---\n0 0\n2 1\n---\n1 2 "a"\n'


def test_a_parameter_with_the_name_of_the_atom_final() -> None:
    numbers = FINAL.format(3, '"0" "1" "2"')
    assert about("final == 1", numbers) == [True, False]
    assert about("final >= 1", numbers) == [True, True]
    assert about("final", numbers) == [True, True]
    words = FINAL.format(3, '"false" "true" "maybe"')
    assert about('final != "maybe"', words) == [True, False]
    assert about('final == "true"', words) == [True, False]


def test_a_parameter_with_the_name_of_a_state() -> None:
    assert about("s1 == 1", FINAL.format(3, '"0" "1" "2"').replace("final", "s1")) == [True, False]
    assert about("s1", 's1(2) S "0" "1"\n---\n1\n0\n---\n1 2 "a"\n') == [True, False]


@pytest.mark.parametrize(
    ("text", "value_of"),
    [('c == "c"', "c"), ('"c" != c', "c"), ('d == "c"', "d"), ('"c" == d', "d"), ("c != d", "d")],
)
def test_a_value_with_the_name_of_a_parameter_is_refused(text: str, value_of: str) -> None:
    with pytest.raises(UsageError, match=f"'c' is a value of '{value_of}' and a parameter: rename"):
        about(text, OWN)
    assert about("c == done", OWN) == [False, True]


def _value(text: str) -> Fraction | None:
    try:
        return Fraction(text.replace(" ", ""))
    except ValueError:
        return None


def _random_case(rng: random.Random) -> None:
    """Compare one comparison on a random table of values with what it says of each state."""
    numeric = ["0", "1", "2", "-3", "1/2", "-7 / 3", "12345678901234567890"]
    words = ["red", "a b", "7", "f(x)"]
    names = ["x", "y", "z"][: rng.randint(1, 3)]
    domains = [rng.sample(numeric if rng.random() < 0.7 else words, rng.randint(1, 4))
               for _ in names]  # fmt: skip
    rows = [[rng.randrange(len(domain)) for domain in domains] for _ in range(rng.randint(1, 6))]
    lines = [f"{name}({len(d)}) S " + " ".join(f'"{v}"' for v in d)
             for name, d in zip(names, domains, strict=True)]  # fmt: skip
    file = "\n".join([*lines, "---", *(" ".join(map(str, row)) for row in rows), "---", ""])
    states = [{n: d[k] for n, d, k in zip(names, domains, row, strict=True)} for row in rows]
    op = rng.choice(list(RELATIONS))
    numbers = all(_value(v) is not None for d in domains for v in d)
    name = rng.choice(names)
    if rng.random() < 0.4 and op in ("==", "!="):
        value = rng.choice(domains[names.index(name)])
        text = f'{name} {op} "{value}"'
        wanted = [(state[name] == value) is (op == "==") for state in states]
    elif numbers:
        factors = [rng.choice([-2, -1, 1, 3]) for _ in names]
        bound = rng.randint(-5, 5)
        text = " + ".join(f"{f} * {n}" for f, n in zip(factors, names, strict=True))
        text = f"{text} {op} {bound}"
        sums = [sum(f * Fraction(s[n].replace(" ", "")) for f, n in zip(factors, names, strict=True))
                for s in states]  # fmt: skip
        wanted = [RELATIONS[op](one, bound) for one in sums]
    else:
        return
    assert about(text, file) == wanted, (text, file)
    assert format_fsm(parse_fsm(file)) == file


def test_random_comparisons() -> None:
    rng = random.Random(7)
    for _ in range(300):
        _random_case(rng)


@pytest.mark.campaign
def test_random_comparisons_at_length() -> None:
    rng = random.Random(11)
    for _ in range(20_000):
        _random_case(rng)


def test_formulas_are_decided_and_rechecked(tmp_path: Path) -> None:
    path = tmp_path / "x.fsm"
    path.write_text(FILE)
    asked = {
        "AG (x == 2 -> EF color == red)": "HOLDS",
        "AG color == red": "VIOLATED",
        "G (n == 5 -> X x == 1)": "HOLDS",
        "[a] x == 1 && <a> busy": "HOLDS",
        "AG (done(a) -> x == 1)": "HOLDS",
        "F (n > 6 && !busy)": "HOLDS",
    }
    verdicts = netproof.check(path, properties=list(asked)).models[0].verdicts
    assert [str(one.outcome) for one in verdicts] == list(asked.values())
    assert {one.rechecked for one in verdicts} == {"passed"}
    witness = verdicts[1].witness
    assert witness is not None
    assert witness.steps[0].state == {
        "s1": 1,
        "busy": 1,
        "x=1": 1,
        "color=green light": 1,
        "n=6": 1,
    }


def test_round_trips(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.fsm"
    path.write_text(FILE)
    assert run(["convert", str(path), "--to", "fsm"]) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == (FILE, "")
    assert run(["convert", str(path), "--to", "lts"]) == 0
    assert "the values of the parameters x, color, n are left out" in capsys.readouterr().err
    assert run(["minimise", str(path)]) == 0
    assert "parameters" not in capsys.readouterr().err
    assert run(["minimise", str(path), "-o", str(tmp_path / "y.fsm")]) == 0
    assert capsys.readouterr().err == (
        "netproof: the values of the parameters x, color, n are left out; "
        "a state stands for several\n"
    )
    # An atom that was changed is written as it is, and the values of the other parameters stay.
    lts = parse_fsm(FILE)
    changed = type(lts).from_canonical(
        lts.offsets, lts.labels, lts.targets, lts.label_names, initial=lts.initial,
        atoms={**lts.atoms, "busy": np.array([True, True, False])}, state_of=lts.state_of,
    )  # fmt: skip
    back = parse_fsm(format_fsm(changed))
    assert back == changed
    assert back.state_of is not None
    assert back.state_of(0) == {"x": "0", "color": "red", "n": 5, "busy": "true"}
    # The states that are reached keep their values.
    some = reachable(parse_fsm(FILE.replace('2 3 "b"\n3 1 "tau"\n', "")))
    vectors = parameters_of(some)
    assert vectors is not None
    assert vectors.table.tolist() == [[0, 0, 0, 5], [1, 1, 1, 6]]
    assert load_behaviour(str(path)) == lts


@pytest.mark.parametrize("text", ["AG (rounds == 3 -> AF archive)", "EF legal_ok == true",
                                  "[draft] editor_ok", "G (legal_ok -> F publish)"])  # fmt: skip
def test_variables_of_workflows_are_refused(text: str) -> None:
    report = netproof.check(
        "examples/document-approval.yaml", properties=[text, "AG !(publish && archive)"]
    )
    first, second = report.models[0].verdicts
    assert [str(first.outcome), str(second.outcome)] == ["UNKNOWN", "HOLDS"]
    assert first.reason is not None
    assert "is a variable" in first.reason
    assert "ask for a node or a flow instead" in first.reason
    assert '"given up"' in first.reason


@pytest.mark.parametrize(("text", "word"), [
    ("AG -p <= 0", "AG"), ("AG (p >= 0 -> AF - p <= 0)", "AF"), ("G -p <= 0", "G"),
    ("EF -p <= 0 && <a> true", "EF"),
])  # fmt: skip
def test_an_operator_before_a_minus(text: str, word: str, tmp_path: Path) -> None:
    """It is read as a name, of which ``p`` is subtracted; what is meant is told."""
    net = PetriNet(places=["p"], transitions=["a"], arcs=[("a", "p")])
    system = LTS.from_arcs(2, [(0, "a", 1)], atoms={"p": [True, False]})
    path = tmp_path / "x.fsm"
    path.write_text('p(2) Nat "0" "1"\n---\n0\n1\n---\n1 2 "a"\n')
    for model in (net, system, path):
        with pytest.raises(UsageError) as error:
            netproof.check(model, properties=[text])
        assert f"the operator before '-' is written {word} (-p <= 0)" in str(error.value)
    named = PetriNet(places=["p", word], transitions=["a"], arcs=[("a", "p")])
    netproof.check(named, properties=[text])  # such a place may be subtracted from
    netproof.check(net, properties=[f"{word} (-p <= 0)"])
