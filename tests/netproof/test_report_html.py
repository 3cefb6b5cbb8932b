"""The HTML report: well-formed, safe, small, without network, the same every time."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pytest

from netproof import check, check_many
from netproof.report.html import html_text
from netproof.report.html_views import MAX_STEPS, player_data, views_of
from netproof.report.model import Accepted, ModelReport, Report
from netproof.report.outline import outline_of
from petri import PetriNet
from translators.workflow.graph import Flow, GatewayKind, Node, NodeKind, Scope, WorkflowGraph

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
VOID = {"meta", "input", "br", "hr", "img", "link"}
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onload='alert(1)",
    "</title></svg></script><b>",
    "--><!-- ]]>",
    "&lt;b&gt; &amp; &#x41;",
    "שלום עולם \u202egnp.exe",
    "مرحبا بالعالم",
    "👩‍👩‍👧‍👦 🚀",
    "x" * 5_000,
    "two\nlines\tand tabs",
]


class Page(HTMLParser):
    """A page taken apart; every element must be closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.inside: dict[str, list[str]] = {"style": [], "script": []}
        self.feed(text)
        self.close()
        assert self.open == [], f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"attribute twice in {tag}: {names}"
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag in self.inside:
            self.inside[tag].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"{tag} was never opened"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in self.inside:
            self.inside[self.open[-1]][-1] += data
        else:
            self.texts.append(data)

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def assert_sound(text: str) -> Page:
    page = Page(text)
    ids = [a["id"] for _, a in page.elements if "id" in a]
    assert len(ids) == len(set(ids)), "an id twice"
    links = {a["href"] for a in page.of("a")}
    assert all(link is not None and link[1:] in ids for link in links)
    for tag, attributes in page.elements:
        assert "style" not in attributes, f"inline style in {tag}"
        assert not [name for name in attributes if name.startswith("on")], tag
        assert tag not in ("link", "img", "iframe", "object", "base", "form"), tag
        assert "src" not in attributes
    for _, attributes in page.elements:
        end = attributes.get("marker-end")
        assert end is None or end[5:-1] in ids
        assert not [v for v in attributes.values() if v and re.match(r"(https?:)?//|data:", v)], tag
    assert not re.search(r"https?://|url\(|@import", "".join(page.inside["style"]))
    assert not re.search(r"https?://|fetch|import\(|XMLHttp", page.inside["script"][-1])
    assert "xmlns" not in text
    return page


def gate(label: str, element: str = "A") -> WorkflowGraph:
    """Return a process in which a choice is joined as if it were parallel: it gets stuck."""
    nodes = (
        Node(id="s", kind=NodeKind.EVENT, event="start", scope="p"),
        Node(id="x", kind=NodeKind.GATEWAY, gateway=GatewayKind.EXCLUSIVE, scope="p", name=label),
        Node(id=element, kind=NodeKind.ACTIVITY, activity="task", scope="p", name=label),
        Node(id="B", kind=NodeKind.ACTIVITY, activity="task", scope="p"),
        Node(id="j", kind=NodeKind.GATEWAY, gateway=GatewayKind.PARALLEL, scope="p"),
        Node(id="e", kind=NodeKind.EVENT, event="end", scope="p", name=label),
    )  # fmt: skip
    pairs = [("s", "x"), ("x", element), ("x", "B"), (element, "j"), ("B", "j"), ("j", "e")]
    flows = tuple(
        Flow(id=f"f{i}", source=a, target=b, scope="p", name=label if i == 1 else None)
        for i, (a, b) in enumerate(pairs)
    )
    scope = Scope(id="p", kind="process", name=label)
    return WorkflowGraph(id="w", name=label, nodes=nodes, flows=flows, scopes=(scope,))


@pytest.mark.parametrize(
    "name", sorted(p.name for p in EXAMPLES.iterdir() if p.is_file() and p.suffix != ".md")
)
def test_examples_are_well_formed_and_small(name: str) -> None:
    report = check(EXAMPLES / name)
    text = html_text(report, root=ROOT)
    page = assert_sound(text)
    assert len(text.encode()) < 150_000
    assert page.of("svg"), "there is a picture"
    for entry in report.models[0].verdicts:
        assert str(entry.outcome) in page.text
        assert entry.name in page.text
    players = [a for a in page.of("figure") if "player" in (a.get("class") or "")]
    assert len(players) == (report.exit_code != 0)


def test_the_counterexample_is_on_the_picture_without_scripts() -> None:
    page = assert_sound(html_text(check(EXAMPLES / "invoice-deadlock.bpmn"), root=ROOT))
    looks = {a["data-element"]: a.get("class") for a in page.of("g") if "data-element" in a}
    assert [id for id, look in looks.items() if look == "blamed"] == ["join"]
    assert sum(a.get("class") == "token" for a in page.of("circle")) == 1
    assert sum(a.get("class") == "ring" for a in page.of("rect")) == 1
    assert "Step 4 of 4" in page.text
    assert "the process is stuck" in page.text.replace("\u2068", "").replace("\u2069", "")
    assert all("hidden" in a for a in page.of("div") if a.get("class") == "controls")


def test_the_data_of_the_player_give_the_states_of_the_run() -> None:
    report = check(EXAMPLES / "hiring-double-welcome.bpmn")
    model = report.models[0]
    outline = outline_of(model.model, model.translation)
    views = views_of(model, outline)
    data = player_data(views, outline, {})
    assert len(views) == len(data["views"]) == 2
    for view, shown in zip(views, data["views"], strict=True):
        assert view.run is not None
        state = dict(shown["start"])
        for step, (owner, changed) in zip(view.run.steps, shown["steps"], strict=True):
            state.update(changed)
            told = {data["elements"][i]: n for i, n in state.items() if n}
            assert told == dict(step.state)
            assert data["elements"][owner] == outline.owner(step.action)


def test_a_policy_allows_just_the_style_and_the_script() -> None:
    page = Page(html_text(check(EXAMPLES / "invoice-deadlock.bpmn"), root=ROOT))
    policy = next(
        a["content"] for a in page.of("meta") if a.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy is not None
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    (style,) = page.inside["style"]
    kinds = [a.get("type") for a in page.of("script")]
    scripts = [t for t, kind in zip(page.inside["script"], kinds, strict=True) if kind is None]
    assert len(scripts) == 1
    for text, name in ((style, "style-src"), (scripts[0], "script-src")):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{name} 'sha256-{digest}'" in policy


@pytest.mark.parametrize("label", HOSTILE, ids=range(len(HOSTILE)))
def test_labels_are_text(label: str) -> None:
    graph = gate(label, element=label[:60])
    report = check(graph)
    assert report.exit_code == 1
    text = html_text(report, root=ROOT)
    page = assert_sound(text)
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"img", "b>"}
    assert len(page.of("script")) == 2
    assert "\u202e" not in page.text
    shown = [v for _, a in page.elements for k, v in a.items() if v and k != "data-element"]
    assert not [value for value in shown if "\u202e" in value]
    data = [t for t, a in zip(page.inside["script"], page.of("script"), strict=True) if "type" in a]
    assert "<" not in data[0]
    drawn = {a.get("data-element") for a in page.of("g")} - {None}
    known = json.loads(data[0])["elements"]
    assert "".join(label[:60].split()) in {"".join(id.split()) for id in known}
    assert set(known) <= drawn, "the script finds what is drawn"
    assert len(text) < 400_000


def test_names_of_files_and_errors_are_text() -> None:
    bad = "<img src=x>\x00\u202e.bpmn"
    model = ModelReport(source=bad, error="<script>alert(1)</script>\nline two")
    page = assert_sound(html_text(Report(models=(model, replace(model, internal=True)))))
    assert not page.of("img")
    assert "<script>alert(1)</script>" in page.text


def test_many_files_have_an_index() -> None:
    paths = [EXAMPLES / "order-process.bpmn", EXAMPLES / "invoice-deadlock.bpmn", "missing.bpmn"]
    report = check_many(paths)
    page = assert_sound(html_text(report, root=ROOT))
    assert [a["href"] for a in page.of("a")][:3] == ["#m2", "#m3", "#m1"], "the worst first"
    assert [s["id"] for s in page.of("section")] == ["m2", "m3", "m1"]
    assert len(page.of("h1")) == 1
    assert "3 files" in page.text.replace("  ", " ")
    assert len(page.of("section")) == 3


def test_files_of_one_name_are_told_apart() -> None:
    models = tuple(ModelReport(source=f"/elsewhere/{n}/model.pnml", error="no") for n in "ab")
    text = assert_sound(html_text(Report(models=models), root=ROOT)).text
    assert "a/model.pnml" in text
    assert "b/model.pnml" in text
    assert "elsewhere" not in text


DATA = os.environ.get("NETPROOF_DATA")


@pytest.mark.data
@pytest.mark.skipif(DATA is None, reason="NETPROOF_DATA is not set")
def test_files_of_many_tools_give_sound_pages() -> None:
    paths = sorted(Path(DATA or ".", "bpmn").rglob("*.bpmn"))[:50]
    report = check_many(paths, budget=2)
    page = assert_sound(html_text(report, root=ROOT))
    assert len(page.of("section")) == len(paths)
    assert len(page.of("svg")) > len(paths) // 2


def test_no_files_at_all() -> None:
    assert "0 files" in assert_sound(html_text(Report(models=()))).text


def test_a_model_that_was_checked_elsewhere_is_drawn_too() -> None:
    report = check(EXAMPLES / "invoice-deadlock.bpmn")
    away = Report(models=tuple(m.without_models() for m in report.models), options=report.options)
    assert html_text(away, root=ROOT) == html_text(report, root=ROOT)


def test_a_file_that_has_changed_since_is_not_drawn(tmp_path: Path) -> None:
    place = tmp_path / "a.bpmn"
    place.write_text((EXAMPLES / "invoice-deadlock.bpmn").read_text())
    away = check(place).models[0].without_models()
    place.write_text((EXAMPLES / "order-process.bpmn").read_text())
    page = assert_sound(html_text(Report(models=(away,)), root=ROOT))
    assert not page.of("svg")
    assert "not drawn here" in page.text
    assert "Step 4 of 4" in page.text


def test_the_output_is_the_same_every_time() -> None:
    report = check(EXAMPLES / "parcel-return.json")
    assert html_text(report, root=ROOT) == html_text(report, root=ROOT)


def test_no_local_folder_is_told() -> None:
    text = html_text(check(EXAMPLES / "invoice-deadlock.bpmn"), root=ROOT)
    assert str(ROOT) not in text
    assert "examples/invoice-deadlock.bpmn" in text


def test_known_verdicts_say_so() -> None:
    model = check(EXAMPLES / "invoice-deadlock.bpmn").models[0]
    entries = [
        replace(e, accepted=Accepted(kind="known", reason="<as agreed>")) for e in model.verdicts
    ]
    known = replace(model, verdicts=tuple(entries))
    page = assert_sound(html_text(Report(models=(known, known))))
    assert "(known)" in page.text
    assert "<as agreed>" in page.text
    assert "all good" not in page.text
    assert "nothing new" in page.text
    hold = sum(e.verdict.holds for e in entries)
    assert f"{hold} of {len(entries)} hold, {len(entries) - hold} known" in page.text


def big(nodes: int) -> WorkflowGraph:
    """Return a line of tasks, each of which is a choice, that ends in a join that waits for ever."""
    made = [Node(id="s", kind=NodeKind.EVENT, event="start", scope="p")]
    made += [
        Node(id=f"t{i}", kind=NodeKind.ACTIVITY, activity="task", scope="p", name=f"Do part {i}")
        for i in range(nodes - 4)
    ]
    made += [
        Node(id="x", kind=NodeKind.GATEWAY, gateway=GatewayKind.EXCLUSIVE, scope="p"),
        Node(id="j", kind=NodeKind.GATEWAY, gateway=GatewayKind.PARALLEL, scope="p"),
        Node(id="e", kind=NodeKind.EVENT, event="end", scope="p"),
    ]
    ids = [node.id for node in made]
    pairs = [*pairwise(ids), ("x", "j")]
    flows = tuple(Flow(id=f"f{i}", source=a, target=b, scope="p") for i, (a, b) in enumerate(pairs))
    scope = Scope(id="p", kind="process")
    return WorkflowGraph(id="w", nodes=tuple(made), flows=flows, scopes=(scope,))


def test_fifty_nodes_stay_far_below_a_megabyte() -> None:
    report = check(big(50))
    assert report.models[0].nodes == 50
    assert report.exit_code == 1
    text = html_text(report, root=ROOT)
    assert_sound(text)
    assert len(text.encode()) < 300_000


def test_nets_have_a_player_and_cycles_say_that_they_are_repeated() -> None:
    net = PetriNet(
        places=["p", "q"], transitions=["t", "u"],
        arcs=[("p", "t"), ("t", "q"), ("q", "u"), ("u", "p"), ("u", "q")], initial={"p": 1},
    )  # fmt: skip
    page = assert_sound(
        html_text(check(net, ["safeness", "termination", "boundedness"]), root=ROOT)
    )
    assert "fires" in page.text
    assert "loop" in {a.get("class") for a in page.of("li")}
    assert {"p", "q", "t", "u"} <= {a.get("data-element") for a in page.of("g")}


def test_long_runs_lose_their_middle_and_keep_their_numbers() -> None:
    count = 2 * MAX_STEPS + 7
    net = PetriNet(
        places=["left", "done", "twice"], transitions=["t", "last"],
        arcs=[("left", "t"), ("t", "done"), ("done", "last", count), ("last", "twice", 2)],
        initial={"left": count},
    )  # fmt: skip
    report = check(net, "AG(!(twice >= 2))", budget=20)
    assert report.exit_code == 1
    page = assert_sound(html_text(report, root=ROOT))
    items = page.of("li")
    numbered = [a["value"] for a in items if "value" in a]
    assert numbered == [str(count + 1 - MAX_STEPS // 2 + 1)]
    assert "are left out" in page.text


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, two: str) -> float:
    high, low = sorted((luminance(one), luminance(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(scheme: str) -> None:
    css = (files("netproof") / "report/html_assets/report.css").read_text(encoding="utf-8")
    light, dark = re.findall(r":root\{([^}]*)\}", css)[:2]
    block = light if scheme == "light" else dark
    colour = dict(re.findall(r"--([\w-]+):(#[0-9a-f]{6})", block))
    for text in ("ink", "soft", "link"):
        for ground in ("page", "card"):
            assert contrast(colour[text], colour[ground]) >= 4.5, (text, ground)
    for name in ("good", "bad", "open"):
        assert contrast(colour[name], colour[f"{name}-bg"]) >= 4.5, name
        assert contrast(colour["ink"], colour[f"{name}-bg"]) >= 4.5, name
    for ground in ("paper", "node", "pool", "way-bg", "fault-bg"):
        assert contrast(colour["text"], colour[ground]) >= 4.5, ground
        assert contrast(colour["act"], colour[ground]) >= 3, ground
    for line in ("stroke", "way", "fault", "token"):
        assert contrast(colour[line], colour["paper"]) >= 3, line
    assert contrast(colour["count"], colour["token"]) >= 4.5
    assert contrast(colour["button-ink"], colour["button"]) >= 4.5


def test_the_script_cannot_end_early() -> None:
    folder = files("netproof") / "report/html_assets"
    for name in ("player.js", "report.css"):
        text = (folder / name).read_text(encoding="utf-8")
        assert "</" not in text
        assert "<!--" not in text
        assert "innerHTML" not in text
        assert "eval" not in text.replace("setInterval", "").replace("clearInterval", "")
