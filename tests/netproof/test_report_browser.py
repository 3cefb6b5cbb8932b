"""The HTML report in headless Chromium: the player shows the step that the address asks for."""

from __future__ import annotations

import json
import re
import shutil
import struct
import subprocess
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from netproof import check, check_many
from netproof.report.html import html_text
from netproof.report.html_views import place_words
from netproof.report.model import Report
from netproof.report.outline import outline_of

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--hide-scrollbars", "--virtual-time-budget=3000",
)  # fmt: skip

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="there is no Chromium here"),
]


class Shown(HTMLParser):
    """What the player has on show."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.stack: list[tuple[str, dict[str, str | None]]] = []
        self.looks: dict[str, str] = {}
        self.tokens = 0
        self.rings: list[dict[str, str | None]] = []
        self.hidden_controls = 0
        self.words: dict[str, str] = {}
        self.current: list[str] = []
        self.title = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag not in ("meta", "input", "br"):
            self.stack.append((tag, found))
        css = found.get("class") or ""
        if tag == "g" and "data-element" in found:
            self.looks[str(found["data-element"])] = css
        self.tokens += css == "token"
        if css == "ring":
            self.rings.append(found)
        if css == "controls":
            self.hidden_controls += "hidden" in found

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.stack.pop()

    def handle_endtag(self, tag: str) -> None:
        while self.stack and self.stack.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        classes = {a.get("class") for _, a in self.stack}
        for name in ("at", "sentence", "where"):
            if name in classes and "says" in classes:
                self.words[name] = self.words.get(name, "") + data
        if any(a.get("aria-current") == "step" for _, a in self.stack):
            self.current.append(data)
        if self.stack and self.stack[-1][0] == "title" and len(self.stack) == 3:
            self.title += data


@dataclass(frozen=True)
class Browser:
    """Chromium with a profile of its own for each call."""

    folder: Path

    def run(self, url: str, *options: str) -> str:
        profile = self.folder / "profile"
        try:
            done = subprocess.run(
                [CHROMIUM, *OPTIONS, f"--user-data-dir={profile}", *options, url],
                capture_output=True, text=True, timeout=90, check=False, encoding="utf-8",
            )  # fmt: skip
        finally:
            shutil.rmtree(profile, ignore_errors=True)
        assert done.returncode == 0, done.stderr[-2_000:]
        return done.stdout

    def page(self, text: str) -> str:
        place = self.folder / "report.html"
        place.write_text(text, encoding="utf-8")
        return place.as_uri()

    def shown(self, text: str, fragment: str = "") -> Shown:
        return Shown(self.run(self.page(text) + fragment, "--dump-dom"))

    def told(self, text: str, code: str, *, width: int = 1200) -> Any:
        """Run code in the page, where the page's own policy is taken away, and return its value."""
        policy = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
        tail = f"<script>document.title = JSON.stringify((() => {{{code}}})())</script></body>"
        changed = policy.sub("", text).replace("</body>", tail)
        dumped = self.run(self.page(changed), "--dump-dom", f"--window-size={width},900")
        return json.loads(Shown(dumped).title)


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    return Browser(tmp_path)


@pytest.fixture(scope="module")
def stuck() -> Report:
    return check(EXAMPLES / "purchase-two-pools.bpmn")


@pytest.mark.parametrize("step", [0, 1, 3])
def test_the_step_in_the_address_is_shown(browser: Browser, stuck: Report, step: int) -> None:
    model = stuck.models[0]
    run = model.verdicts[0].witness
    assert run is not None
    shown = browser.shown(html_text(stuck, root=ROOT), f"#step={step}")
    assert shown.words["at"] == f"Step {step} of {len(run)}"
    state = run.steps[step - 1].state if step else run.initial
    assert shown.tokens == len(state)
    outline = outline_of(model.model, model.translation)
    for id in state:
        assert place_words(id, outline) in shown.words["where"]
    assert shown.hidden_controls == 0
    assert len(shown.rings) == (step > 0)
    if step:
        label = run.steps[step - 1].label
        assert (
            shown.words["sentence"].lower().translate({0x2068: None, 0x2069: None}) == label.lower()
        )
        assert shown.looks[outline.owner(run.steps[step - 1].action)] == "passed"
        assert shown.words["sentence"] in shown.current
    assert "blamed" not in shown.looks.values(), "the fault shows at the end"


def test_the_last_step_is_shown_first_as_without_scripts(browser: Browser, stuck: Report) -> None:
    text = html_text(stuck, root=ROOT)
    shown, still = browser.shown(text), Shown(text)
    assert shown.looks == {id: look.replace("None", "") for id, look in still.looks.items()}
    assert "blamed" in shown.looks.values()
    assert shown.tokens == still.tokens
    assert shown.words["at"] == still.words["at"]
    assert shown.words["sentence"] == still.words["sentence"]
    assert shown.words["where"] == still.words["where"]
    places = [{k: float(r[k] or 0) for k in ("x", "y", "width", "height")} for r in shown.rings]
    assert places == [
        {k: float(r[k] or 0) for k in ("x", "y", "width", "height")} for r in still.rings
    ]


def test_a_run_and_a_file_can_be_chosen_by_address(browser: Browser) -> None:
    report = check_many(
        [EXAMPLES / "invoice-deadlock.bpmn", EXAMPLES / "hiring-double-welcome.bpmn"]
    )
    shown = browser.shown(html_text(report, root=ROOT), "#m2&run=2&step=7")
    assert "Step 7 of 8" in shown.words["at"]


def test_keys_buttons_and_the_slider_move(browser: Browser, stuck: Report) -> None:
    code = """
      const press = (key) => document.body.dispatchEvent(
        new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
      const at = () => document.querySelector(".at").textContent;
      const click = (name) => document.querySelector(`[data-do=${name}]`).click();
      const seen = [at()];
      press("ArrowLeft"); seen.push(at());
      press("ArrowLeft"); press("ArrowRight"); seen.push(at());
      click("first"); seen.push(at());
      click("forward"); seen.push(at());
      click("last"); click("back"); seen.push(at());
      const slider = document.querySelector("input[type=range]");
      slider.value = "2"; slider.dispatchEvent(new Event("input")); seen.push(at());
      document.querySelectorAll(".steps li")[0].click(); seen.push(at());
      press("Home"); seen.push(at());
      press("End"); seen.push(at());
      press(" "); seen.push(document.querySelector("[data-do=play]").getAttribute("aria-label"));
      press(" "); seen.push(document.querySelector("[data-do=play]").getAttribute("aria-label"));
      return seen;
    """
    seen = browser.told(html_text(stuck, root=ROOT), code)
    steps = [4, 3, 3, 0, 1, 3, 2, 1, 0, 4]
    assert seen[:-2] == [f"Step {step} of 4" for step in steps]
    assert seen[-2:] == ["Pause", "Play the run"]


def test_the_policy_lets_the_player_run_and_nothing_else(browser: Browser, stuck: Report) -> None:
    text = html_text(stuck, root=ROOT)
    foreign = "<script>document.title = 'taken over'</script>"
    shown = browser.shown(text.replace("</main>", f"{foreign}</main>"))
    assert "taken over" not in shown.title
    assert shown.hidden_controls == 0, "our own script runs"


def test_nothing_is_wider_than_a_phone(browser: Browser) -> None:
    report = check_many(sorted(str(p) for p in EXAMPLES.glob("*.bpmn")))
    code = """
      document.querySelectorAll("details").forEach((item) => { item.open = true; });
      document.body.style.margin = "0";
      document.body.style.width = "340px";
      const wide = [...document.querySelectorAll("body *")].filter((item) =>
        !item.closest(".canvas, .scroll") && item.getBoundingClientRect().right > 340);
      return wide.map((item) => item.tagName + "." + item.getAttribute("class"));
    """
    assert browser.told(html_text(report, root=ROOT), code, width=500) == []


@pytest.mark.parametrize(("scheme", "width"), [("1", 1280), ("0", 1280), ("1", 500), ("0", 500)])
def test_screenshots(browser: Browser, stuck: Report, scheme: str, width: int) -> None:
    picture = browser.folder / "shot.png"
    browser.run(
        browser.page(html_text(stuck, root=ROOT)), f"--screenshot={picture}",
        f"--window-size={width},900", f"--blink-settings=preferredColorScheme={scheme}",
    )  # fmt: skip
    data = picture.read_bytes()
    assert data.startswith(b"\x89PNG")
    assert struct.unpack(">II", data[16:24]) == (width, 900)
    assert len(data) > 20_000, "something is on it"
