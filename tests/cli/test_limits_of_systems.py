"""Commands on behaviours: budgets that end, files that are no pictures, names that are steps."""

from __future__ import annotations

from pathlib import Path

import pytest

import netproof
from netproof.behaviours import system_ending
from netproof.cli.main import CHECK, run
from netproof.properties import KINDS
from netproof.recheck import RecheckResult
from petri import PetriNet, incidence, write_pnml
from transition_systems import LTS, check_mu
from transition_systems.errors import ExpressionError, UndecidedError
from transition_systems.properties.parse import parse_formula
from transition_systems.temporal.english import clause_in_english, formula_in_english

X = 'des (0, 4, 4)\n(0, "pay", 1)\n(1, "remind", 1)\n(1, i, 2)\n(2, "ship", 3)\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    net = PetriNet(
        places=["p", "q"], transitions=["t"], initial=["p"],
        arcs=[("p", "t"), ("t", "p"), ("t", "q")],
    )  # fmt: skip
    write_pnml(net, tmp_path / "unbounded.pnml")
    (tmp_path / "x.aut").write_text(X, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "command",
    [
        ["convert", "unbounded.pnml", "--to", "aut"],
        ["spectrum", "unbounded.pnml", "x.aut"],
        ["spectrum", "unbounded.pnml", "x.aut", "--json"],
    ],
)
def test_a_budget_that_ends_is_no_internal_error(
    command: list[str], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert folder.is_dir()
    assert run([*command, "--budget-seconds", "0.5"]) == 3
    told = capsys.readouterr()
    assert "not all markings were found" in told.err
    assert "internal" not in told.err


@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        (["spectrum", "x.aut", "x.aut", "-o", "p.png"], "x.svg"),
        (["equivalent", "unbounded.pnml", "unbounded.pnml", "--picture", "p.png"], "x.html"),
    ],
)
def test_pictures_have_their_endings(
    command: list[str], wanted: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(command) == 2
    assert wanted in capsys.readouterr().err
    assert not (folder / "p.png").exists()


@pytest.mark.parametrize(
    "text",
    ["<true> " * 1000 + "dead", "mu X. " * 250 + "dead", "<" + "pay." * 3000 + "pay> true"],
)  # fmt: skip
def test_deep_formulas_are_refused(
    text: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert folder.is_dir()
    assert run(["check", "x.aut", "--property", text]) == 2
    assert "nested more than 250 deep" in capsys.readouterr().err
    with pytest.raises(ExpressionError, match="nested more than 250 deep"):
        check_mu(LTS.from_arcs(1), text)


@pytest.mark.parametrize(
    ("file", "formula", "step"), [("x.aut", "F ship", "ship"), ("unbounded.pnml", "EF t", "t")]
)
def test_a_step_is_no_state(
    file: str, formula: str, step: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert folder.is_dir()
    assert run(["check", file, "--property", formula]) == 2
    assert f"ask for done({step}) or enabled({step})" in capsys.readouterr().err


def test_words_before_a_formula_are_listed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert folder.is_dir()
    assert run(["check", "x.aut", "--property", "zzz: F dead"]) == 2
    assert "there are weak, weak-fairness" in capsys.readouterr().err
    assert run(["check", "x.aut", "--property", "wek: F dead"]) == 2
    assert "did you mean weak?" in capsys.readouterr().err


def test_what_is_not_known_whole_is_said_so(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert folder.is_dir()
    command = ["equivalent", "unbounded.pnml", "unbounded.pnml", "--budget-seconds", "0.5"]
    assert run(command) == 3
    assert "at least " in capsys.readouterr().out


def test_a_recheck_is_true_where_it_passed() -> None:
    assert RecheckResult("passed")
    assert not RecheckResult("failed", "it is another model")
    assert not RecheckResult("skipped", "it is too large")


def test_an_fsm_file_is_checked_as_well(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["convert", "x.aut", "--to", "fsm", "-o", "x.fsm"]) == 0
    assert run(["check", "x.fsm", "--property", "EF done(ship)"]) == 0
    (folder / "long.fsm").write_text("---\n" + "\n" * 70_000 + '---\n1 2 "pay"\n')
    assert run(["equivalent", "long.fsm", "x.fsm"]) == 1
    (folder / "long.fsm").unlink()
    capsys.readouterr()
    (folder / "x.yaml").write_text("---\n1 2\n", encoding="utf-8")
    assert run(["check", "x.yaml"]) == 2
    assert "not recognised" in capsys.readouterr().out
    (folder / "unbounded.pnml").unlink()
    assert run(["check", ".", "--property", "deadlock"]) == 1
    assert "x.fsm" in capsys.readouterr().out


def test_misspelt_labels_are_answered_with_labels(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    twice = 'des (0, 3, 3)\n(0, "pay", 1)\n(1, "pay", 2)\n(2, "ship", 0)\n'
    (folder / "twice.aut").write_text(twice, encoding="utf-8")
    for formula in ("F done(payy)", "EF enabled(payy)", "<payy>true"):
        assert run(["check", "twice.aut", "--property", formula]) == 2
        told = capsys.readouterr()
        assert told.err == "netproof: the model has nothing called 'payy'; did you mean 'pay'?\n"
        assert "assumed" not in told.out


def test_words_of_refinements_and_distinctions(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "y.aut").write_text('des (0, 2, 3)\n(0, "pay", 1)\n(0, "see", 2)\n', "utf-8")
    assert run(["refine", "x.aut", "y.aut", "--relation", "weak-simulation"]) == 1
    assert "only the implementation has <<see>>true" in capsys.readouterr().out
    assert run(["equivalent", "x.aut", "y.aut"]) == 1
    assert "only the second has <see>true" in capsys.readouterr().out
    assert run(["refine", "x.aut", "y.aut", "--relation", "branching"]) == 2
    assert "an equivalence and no refinement" in capsys.readouterr().err
    assert run(["equivalent", "x.aut", "y.aut", "--budget-seconds", "1e-9"]) == 3
    assert capsys.readouterr().out == "UNKNOWN strong: the time budget is used up\n"


def test_names_in_sentences_are_written_as_they_are() -> None:
    for text, wanted in [
        ("paid U shipped", "paid holds until shipped holds, which comes."),
        ("(G p) || q", "(Always p holds) or q holds."),
        ("F paid", "At some time paid holds."),
    ]:
        assert formula_in_english(parse_formula(text)) == wanted
    assert clause_in_english(parse_formula("Paid U shipped")).startswith("Paid holds")


def test_a_name_alone_is_answered_in_whole_sentences(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert folder.is_dir()
    assert run(["check", "x.aut", "--property", "AG"]) == 2
    assert "there is no property 'AG'. netproof check --help lists them" in capsys.readouterr().err
    assert run(["check", "x.aut", "--property", "deadlok"]) == 2
    assert "'deadlok'; did you mean deadlock? netproof check" in capsys.readouterr().err


SEVERAL = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
<collaboration id="c"><participant id="A" name="Shop" processRef="P"><participantMultiplicity/>
</participant></collaboration><process id="P"><startEvent id="s"/><endEvent id="e"/>
<sequenceFlow id="f" sourceRef="s" targetRef="e"/></process></definitions>
"""


def test_what_is_approximated_is_compared_with_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "several.bpmn").write_text(SEVERAL, encoding="utf-8")
    for command in (
        ["refine", "several.bpmn", "several.bpmn"],
        ["refine", "several.bpmn", "x.aut", "--json"],
        ["equivalent", "x.aut", "several.bpmn"],
        ["equivalent", "several.bpmn", "several.bpmn"],
        ["spectrum", "several.bpmn", "x.aut", "--json"],
    ):
        assert run(command) == 3, command
        told = capsys.readouterr()
        assert "more or fewer runs than it has" in told.out + told.err
    with pytest.raises(UndecidedError, match="more or fewer runs"):
        netproof.spectrum("several.bpmn", "several.bpmn")
    for command in (["minimise", "several.bpmn"], ["convert", "several.bpmn", "--to", "aut"]):
        assert run(command) == 0
        assert "A: under-approximation: " in capsys.readouterr().err


def test_the_help_lists_every_property() -> None:
    named = {word.rstrip(",") for word in CHECK.split("\n\n")[0].split()}
    assert named.issuperset(KINDS)


def test_systems_are_converted_to_what_holds_them(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for form in ("pnml", "dot", "json", "aut", "fsm", "lts"):
        assert run(["convert", "x.aut", "--to", form, "-o", f"y.{form}"]) == 0
    assert run(["check", "y.pnml", "--property", "EF done(ship)"]) == 0
    assert (folder / "y.json").read_text() == (folder / "y.lts").read_text()
    capsys.readouterr()
    for form in ("cspm", "definition"):
        assert run(["convert", "x.aut", "--to", form]) == 2
        told = capsys.readouterr().err
        assert "this is a transition system, which is written as pnml, dot" in told
        assert told.count("netproof:") == 1
    large = "".join(f'({state}, "a", {state + 1})\n' for state in range(100_001))
    (folder / "large.aut").write_text(f"des (0, 100001, 100002)\n{large}", encoding="utf-8")
    assert run(["convert", "large.aut", "--to", "pnml"]) == 2
    assert "too large as a net of one token; expected at most 100000\n" in capsys.readouterr().err
    assert run(["check", "large.aut", "--property", "safeness", "--property", "EF dead"]) == 0
    assert "UNKNOWN" not in capsys.readouterr().out
    assert run(["check", "large.aut", "--property", "persistence", "--property", "EF dead"]) == 3
    ended = capsys.readouterr()
    assert "asked of the system as a net" in ended.out
    assert not ended.err


def test_what_is_too_large_is_unknown(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert folder.is_dir()
    monkeypatch.setattr(incidence, "MAX_DENSE", 0)
    assert run(["check", "unbounded.pnml", "--property", "A (G enabled(t))"]) == 3
    told = capsys.readouterr()
    assert "UNKNOWN" in told.out
    assert not told.err


def test_the_help_of_minimise_names_every_format_it_writes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["minimise", "--help"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    for name in ("x.aut", "x.fsm", "x.dot", "x.json"):
        assert system_ending(name) == name[2:]
        assert name in told
