"""The token game: one source of truth, hostile names, witnesses, messages of a browser, fallbacks."""

from __future__ import annotations

import base64
import json
import random
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

import netproof
from devtools import not_hanging
from fsm import DFA, Machine, Network, Vector
from netproof import token_game
from netproof.games import MachineGame
from netproof.playing import MAX_STEPS
from netproof.report.html import html_text
from netproof.workflow_game import WorkflowGame
from petri import PetriNet, Transition
from petri.firing import enabled_transitions, fire
from transition_systems.errors import UsageError
from transition_systems.lts import LTS
from transition_systems.run import Lasso, Run, Step
from translators.workflow.token_game import TokenGame

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
WIDGET = "application/vnd.jupyter.widget-view+json"
pytestmark = pytest.mark.filterwarnings("ignore")
needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="dot is not on the PATH")


def ring(n: int) -> PetriNet:
    arcs = [(f"p{i}", f"t{i}") for i in range(n)]
    arcs += [(f"t{i}", f"p{(i + 1) % n}") for i in range(n)]
    return PetriNet(
        places=[f"p{i}" for i in range(n)], transitions=[f"t{i}" for i in range(n)], arcs=arcs,
        initial={"p0": 2}, name="ring",
    )  # fmt: skip


def lamp() -> Machine:
    return Machine(
        name="lamp", states=["off", "on", "broken"], initial="off", final=["off"],
        transitions=[("off", "press", "on"), ("on", "press", "off"), ("on", "hit", "broken")],
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(5))
def test_a_net_is_played_by_the_firing_rule(seed: int) -> None:
    net = ring(5)
    game = netproof.play(net, seed=seed)
    marking: Any = net.initial
    choose = random.Random(seed)
    for _ in range(30):
        assert game.enabled == enabled_transitions(net, marking)
        name = choose.choice(game.enabled)
        marking = fire(net, marking, name)
        game.fire(name)
        assert game.tokens == marking.to_dict()
    assert game.run == net.run(net.initial, game.run.actions).__class__(
        initial=game.run.initial, steps=game.run.steps
    )
    assert netproof.play(net, game.run).history == game.history


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.*")), ids=lambda p: p.stem)
def test_a_workflow_is_played_by_its_token_game_and_follows_its_witnesses(path: Path) -> None:
    if path.suffix == ".md":
        return
    report = netproof.check(path).models[0]
    graph = report.model.graph
    rules = TokenGame(graph)
    game = netproof.play(graph, seed=7)
    for _ in range(40):
        targets = {step.state for step in rules.steps(game.state)}
        assert {choice.target for choice in game.choices} == targets
        known = {node.id for node in graph.nodes}
        assert set(game.enabled) <= known
        labels = [choice.label for choice in game.choices]
        assert len(set(labels)) == len(labels), "what is to be chosen differs in words"
        if not game.choices:
            break
        game.random()
        assert game.state in targets
    for entry in report.verdicts:
        for witness in (entry.witness, entry.verdict):
            if entry.witness is None:
                continue
            followed = netproof.play(path, witness)
            assert len(followed.witness) == len(entry.witness)
            assert all(step.state is not None for step in followed.witness)
            counts = {id: n for id, n in entry.witness.last.items() if n}
            assert followed.tokens == counts
            for step, played in zip(entry.witness.steps, followed.witness, strict=True):
                assert dict(played.tokens) == {k: v for k, v in step.state.items() if v}


def test_where_it_is_stuck_is_pointed_at() -> None:
    game = netproof.play(netproof.check(EXAMPLES / "invoice-deadlock.bpmn"))
    assert game.over
    assert game.waiting == ["join"]
    assert not game.undo().over
    assert game.waiting == []


def test_what_cannot_be_fired_is_told_with_what_can() -> None:
    game = netproof.play(EXAMPLES / "invoice-deadlock.bpmn")
    with pytest.raises(UsageError, match=r"^there is no element 'nope'"):
        game.fire("nope")
    with pytest.raises(UsageError, match=r"no element 'managr'; did you mean 'manager'"):
        game.fire("managr")
    with pytest.raises(UsageError, match=r"no element 'Approve by manager'; .*'manager'"):
        game.fire("Approve by manager")
    with pytest.raises(UsageError, match=r"^'manager' cannot happen now; enabled: 'arrived'$"):
        game.fire("manager")
    stuck = netproof.play(netproof.check(EXAMPLES / "invoice-deadlock.bpmn"))
    with pytest.raises(UsageError, match=r"cannot happen now; enabled: nothing"):
        stuck.fire("manager")
    machine = netproof.play(LTS.from_arcs(2, [(0, "go", 1)]))
    with pytest.raises(UsageError, match="there is no element 'gone'; did you mean 'go'"):
        machine.fire("gone")


def test_undo_redo_reset_jump_and_a_new_way_from_the_middle() -> None:
    net = ring(3)
    game = netproof.play(net, net.run(net.initial, ["t0", "t0", "t1"]), seed=1)
    assert game.position == 3
    assert game.jump(1).tokens == {"p0": 1, "p1": 1}
    assert len(game.history) == 3
    game.fire("t1")
    assert [item.action for item in game.history] == ["t0", "t1"]
    assert game.undo().undo().undo().position == 0
    assert game.redo().position == 1
    game.random(5)
    first = game.run.actions
    assert len(game.jump(3).history) == 3
    assert game.reset().history == []
    again = netproof.play(net, seed=1).random(8).run
    assert netproof.play(net, seed=1).random(8).run == again
    assert len(first) == 6
    with pytest.raises(UsageError, match=r"'t2' cannot happen now; enabled: 't0'$"):
        game.fire("t2")
    with pytest.raises(UsageError, match="no run of this model: step 2"):
        netproof.play(net, Run(initial={"p0": 2}, steps=(
            Step(action="t0", label="t0", state={}), Step(action="t2", label="t2", state={}),
        )))  # fmt: skip


def test_random_play_ends_at_the_limit() -> None:
    game = netproof.play(ring(2), seed=0).random(MAX_STEPS + 50)
    assert len(game.history) == MAX_STEPS
    with pytest.raises(UsageError, match="start again"):
        game.fire(game.choices[0])


def test_machines_automata_networks_and_systems() -> None:
    game = netproof.play(lamp())
    assert [c.label for c in game.fire("press").choices] == [
        "“\u2068hit\u2069” leads to “\u2068broken\u2069”",
        "“\u2068press\u2069” leads to “\u2068off\u2069”",
    ]
    assert game.tokens == {"state 1": 1}
    assert game.fire("hit").over
    assert game.waiting == ["state 2"]
    dfa = DFA(
        states=["a", "b"], alphabet=["x"], initial="a", final=["b"],
        transitions=[("a", "x", "b"), ("b", "x", "b")],
    )  # fmt: skip
    assert netproof.play(dfa).random(3).game.title == "automaton"
    two = Network(
        machines=(lamp(), Machine(name="m", states=["0"], initial="0", transitions=[("0", "t", "0")])),
        vectors=(Vector(name="v", label="press", parts=(("lamp", ("press",)), ("m", ("t",)))),),
    )  # fmt: skip
    assert isinstance(netproof.play(two).random(2).game, MachineGame)
    several = LTS.from_arcs(3, [(0, "a", 2), (1, None, 2)], initial=[0, 1])
    begun = netproof.play(several)
    assert begun.tokens == {}
    assert [c.element for c in begun.choices] == ["state 0", "state 1"]
    begun.fire(begun.choices[1])
    assert "τ" in begun.choices[0].label
    lasso = Lasso(
        initial=0, loop_start=0,
        steps=(Step(action="press", label="press", state=1),
               Step(action="press", label="press", state=0)),
    )  # fmt: skip
    assert netproof.play(lamp(), lasso).position == 2


ODD = ["<script>alert(1)</script>", 'a" onload="x', "审批", "\u202eabc", "🚚 & co", "]]>", "a\x00b"]


@needs_dot
@pytest.mark.parametrize("name", ODD)
def test_names_of_a_file_are_text(name: str) -> None:
    pytest.importorskip("anywidget")
    net = PetriNet(
        places=["p"], transitions=[Transition(id="t", label=name, name=name)], arcs=[("p", "t")],
        initial={"p": 1}, name=name,
    )  # fmt: skip
    machine = Machine(name=name, states=["s", name], initial="s", transitions=[("s", name, name)])
    for game in (netproof.play(net), netproof.play(machine)):
        made = game.widget()
        root = ET.fromstring(made.scene["svg"])
        names = {item.tag.rsplit("}", 1)[-1] for item in root.iter()}
        assert "script" not in names
        assert not [key for item in root.iter() for key in item.attrib if key.startswith("on")]
        assert "\u202e" not in json.dumps(made.get_state(), ensure_ascii=False, default=str)
        picture = game._repr_mimebundle_()["image/svg+xml"]
        assert "<script" not in picture


def test_a_browser_is_told_and_obeyed() -> None:
    pytest.importorskip("anywidget")
    game = netproof.play(ring(3), seed=4)
    made = game.widget()
    sent: list[Any] = []
    made.send = lambda content, buffers=None: sent.append(content)
    game._told({"do": "hello"})
    assert sent == [{"live": True}]
    assert made.now["choices"][0][1] == "“\u2068t0\u2069” fires"
    serial = made.now["serial"]
    game._told({"do": "fire", "number": 0, "serial": serial})
    assert made.position == len(made.history) == 1
    game._told({"do": "fire", "number": 0, "serial": serial})
    assert made.position == 1, "an answer to what was shown before is left out"
    for strange in (None, 3, {}, {"do": "fire", "number": "0", "serial": made.now["serial"]},
                    {"do": "fire", "number": 99, "serial": made.now["serial"]}):  # fmt: skip
        game._told(strange)
    assert made.position == 1
    made.position = 0
    assert game.position == 0
    assert made.now["at"] == 0
    game._told({"do": "random", "serial": made.now["serial"]})
    owner, changed, text = made.history[0]
    ids = made.names["elements"]
    assert (ids[owner], text) == ("t0", "“\u2068t0\u2069” fires")
    assert {ids[i]: n for i, n in changed} == {"p0": 1, "p1": 1}
    game._told({"do": "reset", "serial": made.now["serial"]})
    assert made.history == []


def test_the_report_and_the_widget_run_the_same_script() -> None:
    player = (ROOT / "netproof/report/html_assets/player.js").read_text(encoding="utf-8")
    assert player in html_text(netproof.check(ring(2), "deadlock"))
    assert player in token_game._script()


def test_the_script_is_a_module_without_mistakes(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not on the PATH")
    place = tmp_path / "widget.mjs"
    place.write_text(token_game._script(), encoding="utf-8")
    done = subprocess.run(
        [node, "--check", str(place)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_without_a_kernel_the_picture_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    game = netproof.play(netproof.check(EXAMPLES / "purchase-two-pools.bpmn"))
    bundle = game._repr_mimebundle_()
    assert WIDGET not in bundle
    assert "blamed" in bundle["image/svg+xml"]
    monkeypatch.setattr(token_game, "is_watched", lambda: True)
    if token_game._widget_class() is not None:
        assert WIDGET in game._repr_mimebundle_()
    monkeypatch.setattr(token_game, "_widget_class", lambda: None)
    bundle = netproof.play(ring(2))._repr_mimebundle_()
    assert WIDGET not in bundle
    assert "netproof[notebooks]" in bundle["text/plain"]
    monkeypatch.setattr(token_game.Play, "svg", lambda _: 1 / 0)
    assert "no picture: ZeroDivisionError" in game._repr_mimebundle_()["text/plain"]


def test_a_large_model_blocks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with not_hanging():
        game = netproof.play(ring(1_500), seed=1)
        monkeypatch.setattr(token_game, "is_watched", lambda: True)
        bundle = game.random(5)._repr_mimebundle_()
        assert bundle["image/svg+xml"]
        if token_game._widget_class() is not None:
            assert "of 3000 nodes are drawn" in game.widget().scene["note"]


def test_anywidget_and_ipython_are_not_imported_until_needed() -> None:
    code = (
        "import sys, netproof\nfrom petri import PetriNet\n"
        "game = netproof.play(PetriNet(places=['p'], transitions=[], name='n'))\n"
        "repr(game)\nprint([m for m in ('anywidget', 'IPython', 'ipywidgets') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.strip() == "[]", done.stderr


def test_nbconvert_shows_the_picture(tmp_path: Path) -> None:
    nbformat = pytest.importorskip("nbformat", reason="the extra 'notebooks' is not installed")
    nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed")
    nbconvert = pytest.importorskip("nbconvert", reason="nbconvert is not installed")
    pytest.importorskip("ipykernel", reason="the extra 'notebooks' is not installed")
    shutil.copy(EXAMPLES / "invoice-deadlock.bpmn", tmp_path)
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\nimport netproof\n"
        "netproof.play(netproof.check('invoice-deadlock.bpmn'))"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    nbclient.NotebookClient(
        notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    data = notebook.cells[0].outputs[0]["data"]
    assert WIDGET not in data
    page, _ = nbconvert.HTMLExporter().from_notebook_node(notebook)
    parts = page.split('src="data:image/svg+xml;base64,')[1:]
    pictures = [base64.b64decode(part.split('"')[0]).decode("utf-8") for part in parts]
    assert [p for p in pictures if "blamed" in p and "Approve by" in p]


def test_the_game_of_a_graph_names_every_way_of_an_element() -> None:
    graph = netproof.load(EXAMPLES / "order-process.bpmn").graph
    assert graph is not None
    game = WorkflowGame(graph)
    seen = [game.initial]
    for state in seen:
        for choice in game.choices(state):
            assert choice.label
            assert choice.label[0] in "“⁨" or choice.label[0].isupper()
            if choice.target not in seen:
                seen.append(choice.target)
    assert len(seen) > 5


def test_what_was_refused_is_said() -> None:
    pytest.importorskip("anywidget")
    from workflow_text import drawn

    graph = drawn("start a\ncomplex b\ntask c\na > b > c")
    assert netproof.check(graph, "deadlock").models[0].ledger.refused
    assert "refused: b" in netproof.play(graph).widget().scene["warning"]
    sound = netproof.load(EXAMPLES / "order-process.bpmn")
    assert netproof.play(sound).widget().scene["warning"] == ""
