"""Tools of tests: guards against what never ends; JupyterLab and Chromium, asked and clicked."""

from __future__ import annotations

import base64
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

__all__ = [
    "CHROMIUM",
    "HANG",
    "MARGIN",
    "Page",
    "chromium",
    "jupyter_lab",
    "not_hanging",
    "notebook_of",
    "opened",
    "waited",
    "within_cpu_seconds",
]

ROOT = Path(__file__).parents[1]
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--hide-scrollbars", "--remote-debugging-port=0", "--remote-allow-origins=*",
)  # fmt: skip
PATIENCE = 120.0  # a busy machine is slow; a quiet one needs a tenth of it
# Other work on the machine may make anything ten times slower, so no test compares wall time with
# what it should be. What is guarded takes a second or two by itself, and for ever if it hangs.
HANG = 120.0
MARGIN = 10.0  # CPU time, too, grows where others share the processor and its memory


@contextmanager
def not_hanging(seconds: float = HANG) -> Iterator[None]:
    """End what runs inside with an error when it hangs; how long it takes is no matter otherwise.

    It is a guard against what never ends, not a measurement: at least a minute, where the code
    inside needs a second or two. Where there are signals it is ended in the middle, as soon as the
    interpreter has its turn; elsewhere the limit of pytest ends it.
    """
    assert seconds >= 60, "less than a minute is a measurement, and depends on the machine's load"
    if not hasattr(signal, "SIGALRM") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ended(*_: object) -> None:
        raise AssertionError(f"it hangs: no end in {seconds:.0f} seconds")

    # The limit of pytest uses the same signal: its timer goes on afterwards.
    before = signal.signal(signal.SIGALRM, ended)
    left, _ = signal.setitimer(signal.ITIMER_REAL, seconds)
    started = time.monotonic()
    try:
        yield
    finally:
        signal.signal(signal.SIGALRM, before)
        rest = max(0.001, left - (time.monotonic() - started)) if left else 0.0
        signal.setitimer(signal.ITIMER_REAL, rest)


@contextmanager
def within_cpu_seconds(seconds: float) -> Iterator[None]:
    """Fail when what runs inside, or a process that ends inside, uses ten times these CPU seconds.

    For what only a clock can tell: that a budget of seconds is kept, or that a time is not quadratic.
    """

    def used() -> float:
        now = os.times()
        return now.user + now.system + now.children_user + now.children_system

    began = used()
    with not_hanging():
        yield
    assert used() - began < MARGIN * seconds


def notebook_of(*cells: str) -> str:
    """Return a notebook with these code cells, not run, as text."""
    return json.dumps({
        "nbformat": 4, "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        "cells": [
            {"cell_type": "code", "id": f"c{i}", "metadata": {}, "source": cell, "outputs": [],
             "execution_count": None}
            for i, cell in enumerate(cells)
        ],
    })  # fmt: skip


def waited(what: str, found: Any, seconds: float = PATIENCE) -> Any:
    """Return what is found at last, asked for ten times a second."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = found()
        if value:
            return value
        time.sleep(0.1)
    raise AssertionError(f"{what} did not come in {seconds:.0f} seconds")


def _ended(process: subprocess.Popen[Any]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)


@contextmanager
def jupyter_lab(folder: Path) -> Iterator[str]:
    """Run JupyterLab on a folder, with settings of its own; yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = folder / ".home"
    names = (
        "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR",
        "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR",
    )  # fmt: skip
    places = {name: str(home / name.lower()) for name in names}
    environment = {**os.environ, **places, "PYTHONPATH": str(ROOT), "JUPYTER_PLATFORM_DIRS": "1"}
    settings = Path(places["JUPYTERLAB_SETTINGS_DIR"]) / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True)
    (settings / "tracker.jupyterlab-settings").write_text('{"windowingMode": "none"}')
    news = settings.parent / "apputils-extension"
    news.mkdir()
    (news / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}')
    log = folder / ".lab.log"
    with log.open("wb") as written:
        process = subprocess.Popen(
            [
                sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root",
                "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0",
                "--IdentityProvider.token=", "--ServerApp.password=",
                f"--ServerApp.root_dir={folder}", "--LabApp.expose_app_in_browser=True",
                "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
                "--LabApp.news_url=None", "--LabApp.extension_manager=readonly",
            ],
            stdout=written, stderr=written, cwd=folder, env=environment,
        )  # fmt: skip
        address = f"http://127.0.0.1:{port}"

        def answers() -> bool:
            assert process.poll() is None, log.read_text("utf-8", "replace")[-2_000:]
            try:
                with urllib.request.urlopen(f"{address}/api", timeout=5):
                    return True
            except (urllib.error.URLError, OSError):
                return False

        try:
            waited("JupyterLab", answers)
            yield address
        finally:
            _ended(process)


class Page:
    """One page of a browser, by the DevTools protocol."""

    def __init__(self, address: str) -> None:
        import websocket

        self.socket = websocket.create_connection(address, timeout=60)
        self.numbers = itertools.count(1)
        self.said: list[str] = []
        self.send("Runtime.enable")
        self.send("Page.enable")
        self.send("Emulation.setFocusEmulationEnabled", enabled=True)

    def send(self, method: str, **parameters: Any) -> Any:
        """Send a command and return its result."""
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("method") == "Runtime.exceptionThrown":
                details = answer["params"]["exceptionDetails"]
                self.said.append(str(details.get("exception", details).get("description", details)))
            if answer.get("id") == number:
                assert "error" not in answer, answer
                return answer["result"]

    def told(self, code: str) -> Any:
        """Run code in the page and return the value of its ``return``."""
        answer = self.send(
            "Runtime.evaluate", expression=f"(async () => {{{code}}})()", awaitPromise=True,
            returnByValue=True,
        )  # fmt: skip
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait(self, code: str, seconds: float = PATIENCE) -> Any:
        """Wait until an expression is true, and return its value."""
        return waited(code, lambda: self.told(f"return {code}"), seconds)

    def key(self, key: str, code: str = "") -> None:
        """Press a key, as a person does."""
        text = {"text": key} if len(key) == 1 else {}
        names: dict[str, Any] = {"key": key, "code": code or key, **text}
        numbers = {"ArrowLeft": 37, "ArrowRight": 39, " ": 32, "Escape": 27, "Enter": 13}
        names["windowsVirtualKeyCode"] = numbers.get(key, 0)
        self.send("Input.dispatchKeyEvent", type="keyDown", **names)
        self.send("Input.dispatchKeyEvent", type="keyUp", **names)

    def click(self, x: float, y: float) -> None:
        """Click at a place of the window, as a person does."""
        for kind in ("mousePressed", "mouseReleased"):
            self.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def picture(self, place: Path) -> None:
        """Write a picture of the window."""
        place.write_bytes(base64.b64decode(self.send("Page.captureScreenshot")["data"]))


@contextmanager
def chromium(folder: Path, *, width: int = 1280, height: int = 1000) -> Iterator[Page]:
    """Run Chromium with a profile of its own; yield its page."""
    profile = folder / ".profile"
    process = subprocess.Popen(
        [
            CHROMIUM, *OPTIONS, f"--user-data-dir={profile}", f"--window-size={width},{height}",
            "about:blank",
        ],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    page: Page | None = None
    try:
        told = profile / "DevToolsActivePort"
        waited("Chromium", lambda: told.exists() and told.read_text().count("\n"))
        port = told.read_text().split()[0]

        def pages() -> list[str]:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json", timeout=5) as answer:
                found = json.load(answer)
            return [item["webSocketDebuggerUrl"] for item in found if item["type"] == "page"]

        page = Page(waited("a page", pages)[0])
        yield page
    finally:
        if page is not None:
            page.socket.close()
        _ended(process)
        shutil.rmtree(profile, ignore_errors=True)


GAMES = """
window.games = () => {
  const found = [];
  for (const item of document.querySelectorAll(".jp-OutputArea-output *")) {
    const game = item.shadowRoot && item.shadowRoot.querySelector(".game");
    if (game) found.push(game);
  }
  return found;
};
"""


def opened(page: Page, address: str, name: str, cells: int) -> None:
    """Open a notebook in JupyterLab, run all of it, and wait until its last cell is done."""
    page.send("Page.navigate", url=f"{address}/lab/tree/{name}")
    page.wait("!!(window.jupyterapp && document.querySelector('.jp-Notebook .jp-CodeCell'))")
    page.told(f"{GAMES}; await jupyterapp.restored")
    panel = "[...jupyterapp.shell.widgets('main')].find((item) => item.content?.model?.cells)"
    model = f"{panel}?.content.model.cells"
    page.wait(f"{model}?.length === {cells}")
    page.told(f"jupyterapp.shell.activateById({panel}.id)")
    page.told("await new Promise((done) => setTimeout(done, 300))")
    page.told("jupyterapp.commands.execute('notebook:run-all-cells')")
    asked = "document.querySelector('.jp-Dialog .jp-mod-accept')"
    page.wait(f"{model}.get({cells - 1}).executionCount || ({asked}?.click(), false)")
