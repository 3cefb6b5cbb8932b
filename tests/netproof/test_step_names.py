"""A name of a step means all transitions of the step, as the label does in the system of the file."""

from __future__ import annotations

from pathlib import Path

import pytest

import netproof
from petri import PetriNet, Transition
from step_questions import EXAMPLES, asked_of_its_system, outcomes
from transition_systems import UsageError

WORKFLOWS = ("support-ticket", "loan-application", "travel-booking", "hiring-double-welcome",
             "order-process", "purchase-two-pools", "invoice-deadlock")  # fmt: skip
TASK = 'name="Solve problem"'
PATTERNS = (
    '[true*."{0}".true*."{1}"] false', 'EF <"{0}"> <true*."{1}"> true', 'AG ["{0}"] AF ["{1}"] dead',
    'nu X. ["{0}"] <!"{1}"> true && [true] X', 'EF (enabled("{0}") && EF enabled("{1}"))',
    'AG (done("{0}") -> EF enabled("{1}"))', 'G (done("{0}") -> F done("{1}"))',
    'precedence(done("{0}"), done("{1}"))', 'AG (enabled("{0}") -> <"{1}"> true)',
)  # fmt: skip


@pytest.mark.parametrize("name", WORKFLOWS)
def test_as_on_the_transition_system(name: str) -> None:
    ours, systems = asked_of_its_system(name, PATTERNS)
    assert ours == systems


def test_a_completion_after_the_timer_is_one_as_well() -> None:
    path, asked = EXAMPLES / "support-ticket.bpmn", '[true*.slow.true*."solve.complete"] false'
    entry = netproof.check(path, properties=[asked]).models[0].verdicts[0]
    assert (str(entry.outcome), entry.rechecked) == ("VIOLATED", "passed")
    assert entry.witness is not None
    assert len(entry.witness) == 8
    for asked in ('EF (done(slow) && EF done("solve.complete"))', "EF done(solve)"):
        assert outcomes(path, [asked]) == ["HOLDS"]


def test_one_transition_by_its_id() -> None:
    path = EXAMPLES / "support-ticket.bpmn"
    asked = ['[(!slow)*."solve.complete.2"] false', '[(!slow)*."solve.complete"] false']
    assert outcomes(path, asked) == ["HOLDS", "VIOLATED"]


def test_a_start_by_its_label_is_done_not_started() -> None:
    with pytest.raises(UsageError, match=r"'solve.start' is one step: ask for done\(solve.start\)"):
        netproof.check(EXAMPLES / "support-ticket.bpmn", 'EF started("solve.start")')


def drawn(tmp_path: Path, name: str) -> Path:
    path = tmp_path / "x.bpmn"
    text = (EXAMPLES / "support-ticket.bpmn").read_text(encoding="utf-8")
    assert TASK in text
    path.write_text(text.replace(TASK, f'name="{name}"'), encoding="utf-8")
    return path


def test_a_task_drawn_tau_stands_in_quotation_marks(tmp_path: Path) -> None:
    path = drawn(tmp_path, "tau")
    asked = ['["tau"] false && <true> <tau> true', '<true> ["tau"] false', 'EF <"tau"> true',
             "EF done(tau)", 'nu X. ["tau"] [tau] false && [true] X',
             'nu X. [!"tau" && tau] <tau> true && [true] X']  # fmt: skip
    plain = [one.replace('"tau"', "solve") for one in asked]
    plain[3] = "EF done(solve)"
    assert outcomes(path, asked) == outcomes(EXAMPLES / "support-ticket.bpmn", plain)
    assert outcomes(path, asked)[:4] == ["HOLDS"] * 4


def test_an_event_called_tau_is_no_silent_step(tmp_path: Path) -> None:
    path = tmp_path / "x.bpmn"
    text = (EXAMPLES / "support-ticket.bpmn").read_text(encoding="utf-8")
    path.write_text(text.replace('"opened"', '"tau"'), encoding="utf-8")
    assert outcomes(path, ['<"tau"> true', "<tau> true", '<"tau"> <tau> true']) == [
        "HOLDS", "VIOLATED", "HOLDS",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "asked"),
    [("solve.complete", 'EF <"solve.complete"> true'), ("read.start", 'EF done("read.start")'),
     ("read.start", 'EF enabled("read.start")'), ("read.start", '[true*."read.start"] false')],
)  # fmt: skip
def test_a_drawn_name_that_is_also_that_of_a_step_is_ambiguous(
    name: str, asked: str, tmp_path: Path
) -> None:
    path = drawn(tmp_path, name)
    owner = name.partition(".")[0]
    said = f"{name}' is ambiguous: it is the name of solve and a step of {owner}"
    with pytest.raises(UsageError, match=said):
        netproof.check(path, asked)


@pytest.mark.parametrize("asked", ["EF done(Twice)", "EF enabled(Twice)", "EF <Twice> true"])
def test_a_name_that_two_nodes_share(asked: str, tmp_path: Path) -> None:
    text = (EXAMPLES / "support-ticket.bpmn").read_text(encoding="utf-8")
    path = tmp_path / "x.bpmn"
    path.write_text(
        text.replace(TASK, 'name="Twice"').replace('name="Remind the lead"', 'name="Twice"'),
        encoding="utf-8",
    )
    with pytest.raises(
        UsageError, match=r"'Twice' names several elements: solve, remind; use the id"
    ):
        netproof.check(path, asked)


def net(*transitions: Transition) -> PetriNet:
    return PetriNet(
        places=["p", "q", "r"], transitions=transitions, initial=["p"],
        arcs=[("p", transitions[0].id), (transitions[0].id, "q"), ("q", transitions[1].id),
              (transitions[1].id, "r")],
    )  # fmt: skip


def test_an_id_that_is_the_label_of_its_transition_means_the_label() -> None:
    given = net(Transition(id="a", label="a"), Transition(id="a.2", label="a"))
    asked = ['<"a"> <"a"> true', "EF (done(a) && enabled(a))", "F (done(a) && !enabled(a))",
             '<a> <"a.2"> true', '<"a.2"> true']  # fmt: skip
    assert outcomes(given, asked) == ["HOLDS"] * 4 + ["VIOLATED"]


@pytest.mark.parametrize("asked", ["<b> true", "EF done(b)", "EF enabled(b)", '<"b"> true'])
def test_an_id_that_is_the_label_of_another_is_ambiguous(asked: str) -> None:
    given = net(Transition(id="b", label="a"), Transition(id="c", label="b"))
    with pytest.raises(UsageError, match=r"'b' is ambiguous: .* another label, .*\(c\)"):
        netproof.check(given, asked)


def test_tau_of_a_net_is_the_silent_step() -> None:
    given = net(Transition(id="tau", label="see"), Transition(id="b", label=None))
    asked = ['<"tau"> <tau> true', "<tau> true", '<see> true && [!"tau"] false']
    assert outcomes(given, asked) == ["HOLDS", "VIOLATED", "HOLDS"]
