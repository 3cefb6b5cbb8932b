"""The token game: one source of truth, hostile names, witnesses, messages of a browser, fallbacks."""

from __future__ import annotations

import base64
import json
import random
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

import netproof
from fsm import DFA, Machine, Network, Vector
from netproof import kernel, progress_bar, token_game
from netproof.games import MachineGame
from netproof.playing import MAX_STEPS
from netproof.report.html import html_text
from netproof.workflow_game import WorkflowGame
from petri import PetriNet, Transition
from petri.firing import enabled_transitions, fire
from transition_systems.errors import UsageError
from transition_systems.lts import LTS
from transition_systems.progress import Progress
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
    with pytest.raises(UsageError, match="not now"):
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
    started = time.monotonic()
    game = netproof.play(ring(1_500), seed=1)
    monkeypatch.setattr(token_game, "is_watched", lambda: True)
    bundle = game.random(5)._repr_mimebundle_()
    assert bundle["image/svg+xml"]
    if token_game._widget_class() is not None:
        assert "of 3000 nodes are drawn" in game.widget().scene["note"]
    assert time.monotonic() - started < 12


def test_anywidget_and_ipython_are_not_imported_until_needed() -> None:
    code = (
        "import sys, netproof\nfrom petri import PetriNet\n"
        "game = netproof.play(PetriNet(places=['p'], transitions=[], name='n'))\n"
        "repr(game)\nprint([m for m in ('anywidget', 'IPython', 'ipywidgets') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.strip() == "[]", done.stderr


# progress


class Handle:
    def __init__(self) -> None:
        self.shown: list[dict[str, str]] = []

    def update(self, data: dict[str, str], raw: bool) -> None:
        assert raw
        self.shown.append(data)


@pytest.fixture
def handle(monkeypatch: pytest.MonkeyPatch) -> Handle:
    display = pytest.importorskip("IPython.display")
    found = Handle()

    def show(data: dict[str, str], *, raw: bool, display_id: bool) -> Handle:
        assert raw
        assert display_id
        found.shown.append(data)
        return found

    monkeypatch.setattr(display, "display", show)
    monkeypatch.setattr(progress_bar, "is_watched", lambda: True)
    return found


def test_a_bar_tells_states_and_files_a_few_times_a_second(
    handle: Handle, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr(progress_bar.time, "monotonic", lambda: clock[0])
    with progress_bar.ProgressBar(2) as bar:
        for _ in range(200):
            clock[0] += 0.01
            bar.tell(Progress(stage="reachability", states=1_000, seconds=0.5))
        bar.finished("<a>.bpmn")
        clock[0] += 1
        bar.finished("<b>.bpmn")
    assert 5 <= len(handle.shown) <= 9
    assert handle.shown[0]["text/plain"] == (
        "0/2 files · reachability: 1,000 states, 2,000 states/s"
    )
    assert "&lt;b&gt;.bpmn" in handle.shown[-2]["text/html"]
    assert 'value="1.0000"' in handle.shown[-2]["text/html"]
    assert handle.shown[-1]["text/plain"] == "2 files in 3.0 s"


def test_what_is_quick_shows_no_bar(handle: Handle) -> None:
    netproof.check(ring(2))
    assert handle.shown == []


def test_an_interrupted_call_keeps_what_was_done(
    handle: Handle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress_bar, "DELAY", 0.0)
    monkeypatch.setattr(progress_bar, "INTERVAL", 0.0)
    checked = netproof.api.check_sources

    def cut(*given: Any, **more: Any) -> Any:
        for number, item in enumerate(checked(*given, **more)):
            if number == 2:
                raise KeyboardInterrupt
            yield item

    monkeypatch.setattr(netproof.api, "check_sources", cut)
    found = netproof.check_many(sorted(EXAMPLES.glob("*.bpmn"))[:4], "deadlock")
    assert found.interrupted
    assert len(found) == 2
    assert "interrupted: 2 of 4 files" in handle.shown[-1]["text/plain"]
    assert "interrupted before the end" in found._repr_mimebundle_()["text/html"]


def test_nobody_watches_outside_a_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    class Kernel:
        allow = True

        def get_parent(self, channel: str) -> dict[str, Any]:
            assert channel == "shell"
            return {"content": {"allow_stdin": self.allow}}

    class Shell:
        kernel = Kernel()

    class Module:
        get_ipython = staticmethod(Shell)

    monkeypatch.setitem(sys.modules, "IPython", Module)
    assert kernel.is_watched()
    monkeypatch.setattr(Kernel, "allow", False)
    assert not kernel.is_watched()
    monkeypatch.setattr(Shell, "kernel", None)
    assert not kernel.is_watched()
    monkeypatch.delitem(sys.modules, "IPython")
    assert not kernel.is_watched()


# everything shows itself


def test_verdicts_reports_runs_and_tables_show_themselves() -> None:
    report = netproof.check(EXAMPLES / "invoice-deadlock.bpmn")
    entry = report.models[0].verdicts[0]
    shown = entry._repr_mimebundle_()
    assert shown["text/plain"].startswith("✗ VIOLATED soundness")
    assert "<details" in shown["text/html"]
    assert "evidence and cost" in entry.verdict._repr_mimebundle_()["text/html"]
    assert entry.witness is not None
    run = entry.witness._repr_mimebundle_()
    assert run["text/plain"].startswith("run of 4 steps: ")
    assert run["text/html"].count("<li") == 4
    html = report._repr_mimebundle_()["text/html"]
    assert "<svg" in html
    assert html.count("rechecked</div>") == len(report.models[0].verdicts)
    long = Run(initial={}, steps=tuple(
        Step(action="t", label="<b>\u202e", state={}) for _ in range(1_000)
    ))  # fmt: skip
    text = long._repr_mimebundle_()["text/html"]
    assert "800 steps are left out" in text
    assert "<b>" not in text


def test_a_table_sorts_and_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = tmp_path / "a <b> & c.bpmn"
    shutil.copy(EXAMPLES / "invoice-deadlock.bpmn", odd)
    monkeypatch.chdir(tmp_path)
    found = netproof.check_many([odd, EXAMPLES / "order-process.bpmn", "none.bpmn"], "deadlock")
    html = found._repr_mimebundle_()["text/html"]
    assert html == found._repr_html_() == found._repr_mimebundle_()["text/html"]
    assert 'href="./a%20%3Cb%3E%20&amp;%20c.bpmn"' in html
    assert "<b> & c" not in html
    assert html.count("<th ") == 3
    assert "aria-sort" in html
    assert html.count("data-to=") == 1
    assert "<b>3 files</b> · 1 all good · 1 violated · 1 unreadable" in html


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
