"""In a notebook: progress in cells, verdicts, runs, reports and tables that show themselves."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

import netproof
from netproof import kernel, progress_bar
from petri import PetriNet
from transition_systems.progress import Progress
from transition_systems.run import Run, Step

EXAMPLES = Path(__file__).parents[2] / "examples"
pytestmark = pytest.mark.filterwarnings("ignore")


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
    netproof.check(PetriNet(places=["p"], transitions=["t"], arcs=[("p", "t")]))
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
