"""Runs as sequence diagrams, ITF traces and tests that replay them."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

import netproof
from netproof.recheck import recheck_report
from netproof.replaying import replay
from netproof.report.outline import Element, Outline
from netproof.report.sequence import SequenceDiagram, SequenceEvent, sequence_diagram
from netproof.report.terminal import terminal_text
from petri import PetriNet, write_pnml
from transition_systems.errors import InputError, UsageError
from transition_systems.readwrite.itf import format_itf, parse_itf, read_itf, write_itf
from transition_systems.run import Lasso, Run, Step

EXAMPLES = Path(__file__).parents[2] / "examples"
POOLS, TICKET = EXAMPLES / "purchase-two-pools.bpmn", EXAMPLES / "support-ticket.bpmn"
MEETING = PetriNet(
    places=["idle", "busy", "free", "taken"], transitions=["meet", "part", "rest"],
    initial=["idle", "free"],
    arcs=[("idle", "meet"), ("free", "meet"), ("meet", "busy"), ("meet", "taken"),
          ("busy", "part"), ("taken", "part"), ("part", "idle"), ("part", "free"),
          ("idle", "rest"), ("rest", "idle")],
)  # fmt: skip


def written(source: str | PetriNet, formula: str, folder: Path) -> dict[str, str]:
    report = netproof.check(source, properties=[formula])
    files = netproof.write_traces(report, folder)
    return {path.name.partition(".")[2]: path.read_text(encoding="utf-8") for path in files}


def test_a_lasso_of_a_workflow(tmp_path: Path) -> None:
    files = written(str(TICKET), "F done(solve)", tmp_path)
    chart = files["mmd"]
    assert chart.startswith("sequenceDiagram\n  participant L0 as First line\n")
    before, _, loop = chart.partition("  loop for ever\n")
    assert "Ticket opened" in before
    assert "“Ask the customer” completes" in loop
    picture = ElementTree.fromstring(files["svg"])
    texts = [text.text for text in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert "for ever" in texts
    assert "“Read ticket” starts" in texts
    trace = json.loads(files["itf.json"])
    assert trace["#meta"]["format"] == "ITF"
    assert trace["loop"] == 3
    assert len(trace["states"]) == 9


def test_messages_between_pools(tmp_path: Path) -> None:
    files = written(str(POOLS), "F G !dead", tmp_path)
    assert "L0->>L1: message start event “Order arrives” occurs" in files["mmd"]
    assert "Note over L0,L1: nothing more happens" in files["mmd"]
    assert "<polygon" in files["svg"]


def test_the_written_tests_pass_and_can_fail(tmp_path: Path) -> None:
    for number, (source, formula) in enumerate([(POOLS, "F G !dead"), (TICKET, "F done(solve)")]):
        written(str(source), formula, tmp_path / f"w{number}")
    net = tmp_path / "meeting.pnml"
    write_pnml(MEETING, net)
    written(str(net), "F G idle", tmp_path / "n")
    python = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(python, capture_output=True, text=True, check=False)
    assert "3 passed" in done.stdout, done.stdout
    write_pnml(PetriNet(places=MEETING.places, transitions=MEETING.transitions), net)
    done = subprocess.run(python, capture_output=True, text=True, check=False)
    assert "1 failed, 2 passed" in done.stdout, done.stdout


def test_components_of_a_net(tmp_path: Path) -> None:
    pytest.importorskip("pysat")
    chart = written(MEETING, "F G idle", tmp_path)["mmd"]
    assert "participant L0 as idle" in chart
    assert "participant L1 as free" in chart
    assert "Note over L0,L1: meet" in chart
    assert not list(tmp_path.glob("test_*"))  # the net comes from no file


def test_replay() -> None:
    states = replay(MEETING, ["meet", "part"])
    assert states[0] == states[2] == {"idle": 1, "free": 1}
    with pytest.raises(UsageError, match="step 2 the model cannot do 'meet'"):
        replay(MEETING, ["meet", "meet"])
    with pytest.raises(UsageError, match="stays"):
        replay(MEETING, ["(stays)"])


@pytest.mark.parametrize("seed", range(30))
def test_itf_round_trip(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)

    def state() -> dict[str, int]:
        names = rng.sample(["p", "q", "action", "state two"], rng.randint(1, 3))
        return {name: rng.choice((1, 2, 2**60)) for name in names}

    steps = tuple(
        Step(action=name, label=name, state=state()) for name in rng.choices("abc", k=3)
    )  # fmt: skip
    run: Run | Lasso = Run(initial=state(), steps=steps)
    if rng.random() < 0.5:
        run = Lasso(initial=state(), steps=steps, loop_start=rng.randrange(3))
    assert parse_itf(format_itf(run, description="x")) == run
    write_itf(run, tmp_path / "t.itf.json")
    assert read_itf(tmp_path / "t.itf.json") == run


def test_itf_of_other_states_and_what_is_none() -> None:
    run = Run(initial="start", steps=(Step(action="a", label="a", state="end"),))
    assert parse_itf(format_itf(run)) == run
    for text in ("", "[]", "{}", '{"vars": ["x"], "states": [{"x": 1}], "loop": 5}',
                 '{"vars": ["x"], "states": []}'):  # fmt: skip
        with pytest.raises(InputError):
            parse_itf(text)


def test_text_from_files_is_escaped() -> None:
    evil = 'x"]; <script>&\nend\u202e'
    outline = Outline(elements={"t": Element(id="t", title=evil, shape="task", thread=evil)})
    run = Run(initial={}, steps=(Step(action="t", label=evil, state={}),))
    diagram = sequence_diagram(outline, run)
    assert "<script>" not in diagram.to_svg()
    assert "<" not in diagram.to_mermaid()
    assert diagram.to_mermaid().count("\n") == 2
    ElementTree.fromstring(diagram.to_svg())
    empty = SequenceDiagram(lifelines=("a", "b"), events=())
    ElementTree.fromstring(empty.to_svg())
    back = SequenceEvent(text="m", at=0, sender=1)
    assert "L1->>L0: m" in SequenceDiagram(lifelines=("a", "b"), events=(back,)).to_mermaid()


SHOP = """des (0, 6, 4)
(0, "pay", 1)
(1, "ship", 2)
(1, "wait", 1)
(2, "pay", 3)
(3, "ship", 0)
(3, i, 2)
"""


@pytest.mark.parametrize(
    "formula",
    ["G (done(pay) -> F done(ship))", "AG (done(pay) -> AF done(ship))", "A G F s3",
     "strong-fairness: G !done(wait)", "A F G E F done(ship)", "A G E F F done(wait) && A F G s3"],
)  # fmt: skip
def test_runs_of_systems_are_told_by_their_labels(formula: str, tmp_path: Path) -> None:
    source = tmp_path / "shop.aut"
    source.write_text(SHOP, encoding="utf-8")
    report = netproof.check(source, formula)
    assert all(entry.result.passed for entry in recheck_report(report.to_dict()))
    told = terminal_text(report)
    for path in netproof.write_traces(report, tmp_path / "t"):
        if not path.name.endswith(".itf.json"):
            told += path.read_text(encoding="utf-8")
    assert "@" not in told
    run = report.verdicts[0].witness
    if run is not None:
        assert {step.label for step in run.steps} <= {"pay", "ship", "wait", "tau", "(stays)"}
        assert len(replay(source, run.actions)) == len(run) + 1


LANES = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
<collaboration id="c"><participant id="A" name="Shop" processRef="P"/>
<participant id="B" name="Customer" processRef="Q"/>
<messageFlow id="m" sourceRef="order" targetRef="s"/></collaboration>
<process id="P"><laneSet><lane id="L" name="Back  office"><flowNodeRef>s</flowNodeRef>
<flowNodeRef>box</flowNodeRef><childLaneSet><lane id="L1" name="Store"><flowNodeRef>box
</flowNodeRef></lane></childLaneSet></lane><lane id="N"><flowNodeRef>e</flowNodeRef></lane></laneSet>
<startEvent id="s"><messageEventDefinition/></startEvent><subProcess id="box" name="Send">
<startEvent id="is"/><task id="pack" name="Pack"><potentialOwner name="Robot"/></task>
<sequenceFlow id="i1" sourceRef="is" targetRef="pack"/></subProcess><endEvent id="e"/>
<sequenceFlow id="f1" sourceRef="s" targetRef="box"/><sequenceFlow id="f2" sourceRef="box"
 targetRef="e"/></process>
<process id="Q"><task id="order" name="Order"/></process></definitions>
"""


def test_lanes_are_lifelines(tmp_path: Path) -> None:
    file = tmp_path / "shop.bpmn"
    file.write_text(LANES, encoding="utf-8")
    trace = netproof.check(file, "F false").trace()
    titles = trace.diagram.lifelines
    assert set(titles) == {"Customer", "Back office (Shop)", "Store (Shop)", "Shop"}
    by_title = {titles[event.at]: event for event in trace.diagram.events}
    assert by_title["Shop"].text == "end event is reached"  # a lane without a name is none
    message = next(event for event in trace.diagram.events if event.sender is not None)
    assert (titles[message.sender or 0], titles[message.at]) == ("Customer", "Back office (Shop)")
    packed = [event for event in trace.diagram.events if "Pack" in event.text]
    assert {titles[event.at] for event in packed} == {"Store (Shop)"}
    alone = LANES.replace('<process id="Q"><task id="order" name="Order"/></process>', "")
    alone = alone.replace(' processRef="Q"', "").replace('sourceRef="order"', 'sourceRef="B"')
    file.write_text(alone, encoding="utf-8")
    assert netproof.check(file, "F false").trace().diagram.lifelines[0] == "Back office"


def test_a_run_is_had_without_files(tmp_path: Path) -> None:
    report = netproof.check(TICKET, ["soundness", "F done(solve)", "F !dead"])
    trace = report.trace("F done(solve)")
    assert trace.run == report.trace().run == report.verdicts[1].witness
    files = {path.name.partition(".")[2]: path for path in netproof.write_traces(report, tmp_path)}
    for text, ending in [(trace.to_mermaid() + "\n", "mmd"), (trace.to_svg(), "svg"),
                         (trace.to_itf(), "itf.json"), (trace.to_pytest(tmp_path), "py")]:  # fmt: skip
        assert files[ending].read_text(encoding="utf-8") == text
    assert trace._repr_svg_() == trace.to_svg()
    assert repr(trace) == f"<Trace of 'F done(solve)' in {str(TICKET)!r}: 8 steps>"
    with pytest.raises(UsageError, match="no verdict on 'soundness' with a run"):
        report.trace("soundness")
    with pytest.raises(UsageError, match="read from a file"):
        netproof.check(MEETING, "F G idle").trace().to_pytest()
