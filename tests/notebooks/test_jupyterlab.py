"""The token game in JupyterLab, in a real browser: clicked, undone, played, followed."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from devtools import CHROMIUM, Page, chromium, jupyter_lab, notebook_of, opened

ROOT = Path(__file__).parents[2]
NEEDED = ("jupyterlab", "anywidget", "websocket")
MISSING = [name for name in NEEDED if importlib.util.find_spec(name) is None]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="there is no Chromium here"),
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}"),
]

NET = """
import netproof
from petri import PetriNet, Transition
odd = "<script>window.hacked = 1</script>"
net = PetriNet(
    places=["idle", "busy"], initial={"idle": 2}, name="Office <img src=x onerror='hacked = 2'>",
    transitions=[Transition(id="begin", label="b", name=odd),
                 Transition(id="审批", label="c", name="审批 🚚 \\u202eabc")],
    arcs=[("idle", "begin"), ("begin", "busy"), ("busy", "审批"), ("审批", "idle")],
)
game = netproof.play(net, seed=1)
game
"""
WORKFLOW = "game = netproof.play('order-process.bpmn', seed=5)\ngame"
STUCK = "netproof.play(netproof.check('purchase-two-pools.bpmn'))"
MACHINE = """
from fsm import Machine
steps = [("off", "press", "on"), ("on", "press", "off"), ("on", "hit", "broken")]
netproof.play(Machine(name="lamp", states=["off", "on", "broken"], initial="off", transitions=steps))
"""
TABLE = "netproof.check_many('*.bpmn', 'deadlock')"
CELLS = (NET, WORKFLOW, STUCK, MACHINE, TABLE)
GAMES = 4


class Shown:
    """One game on the page."""

    def __init__(self, page: Page, number: int) -> None:
        self.page = page
        self.place = f"games()[{number}]"

    def text(self, css: str) -> str:
        return str(self.page.told(f"return {self.place}.querySelector('{css}').textContent"))

    def tokens(self) -> int:
        code = f"{self.place}.querySelectorAll('.layer .token').length"
        return int(self.page.told(f"return {code}"))

    def at(self, words: str) -> None:
        self.page.wait(f"{self.place}.querySelector('.at').textContent === '{words}'")

    def button(self, name: str) -> None:
        self.page.told(f"{self.place}.querySelector('[data-do={name}]').click()")

    def click(self, css: str, nth: int = 0) -> None:
        """Click in the middle of something, with the mouse."""
        found = f"{self.place}.querySelectorAll('{css}')[{nth}]"
        self.page.wait(f"!!{found}")
        x, y = self.page.told(f"""
          const item = {found};
          item.scrollIntoView({{ block: "center" }});
          await new Promise((done) => setTimeout(done, 150));
          const box = item.getBoundingClientRect();
          return [box.left + box.width / 2, box.top + box.height / 2];
        """)
        self.page.click(x, y)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    folder = tmp_path_factory.mktemp("lab")
    (folder / "game.ipynb").write_text(notebook_of(*CELLS), encoding="utf-8")
    for name in ("order-process.bpmn", "purchase-two-pools.bpmn"):
        shutil.copy(ROOT / "examples" / name, folder)
    with jupyter_lab(folder) as address, chromium(folder) as found:
        opened(found, address, "game.ipynb", len(CELLS))
        found.wait("games().length === 4")
        for number in range(GAMES):
            ready = f"games()[{number}].querySelector('.live.note').textContent === ''"
            found.wait(ready)
        yield found
        if place := os.environ.get("NETPROOF_PICTURES"):
            for number in range(GAMES):
                found.told(f"games()[{number}].scrollIntoView()")
                found.picture(Path(place) / f"game-{number}.png")


def test_a_net_is_clicked_and_undone_and_its_labels_are_text(page: Page) -> None:
    game = Shown(page, 0)
    assert game.text(".title b") == "Office <img src=x onerror='hacked = 2'>"
    assert "<script>window.hacked = 1</script>" in game.text(".now button")
    game.click(".can .shape")
    game.at("Step 1 of 1")
    assert game.tokens() == 2
    assert "2 tokens: in place idle · in place busy" in game.text(".where")
    assert "审批 🚚 abc" in game.text(".now"), "marks that turn the direction are taken out"
    game.button("back")
    game.at("Step 0 of 1")
    page.wait(f"{game.place}.querySelectorAll('.now button').length === 1")
    page.key("ArrowRight")
    game.at("Step 0 of 1")
    page.told(f"{game.place}.focus()")
    page.key("ArrowRight")
    game.at("Step 1 of 1")
    page.wait(f"{game.place}.querySelectorAll('.now button').length === 2")
    page.told(f"{game.place}.querySelectorAll('.now button')[1].click()")
    game.at("Step 2 of 2")
    game.button("reset")
    game.at("Step 0 of 0")
    assert page.told("return window.hacked === undefined")
    assert page.told("return document.querySelectorAll('img[src=x]').length") == 0
    assert page.said == []


def test_a_workflow_asks_where_an_element_can_act_in_several_ways(page: Page) -> None:
    game = Shown(page, 1)
    for step in (1, 2, 3):
        game.click(".can .shape")
        game.at(f"Step {step} of {step}")
    page.wait(f"{game.place}.querySelectorAll('.now button').length === 2")
    game.click(".can .shape")
    page.wait(f"{game.place}.querySelectorAll('.ways button').length === 2")
    assert page.told("return games()[1].getRootNode().activeElement.closest('.ways') !== null")
    page.key("Escape")
    page.wait(f"{game.place}.querySelector('.ways') === null")
    game.click(".can .shape")
    page.wait(f"{game.place}.querySelectorAll('.ways button').length === 2")
    words = game.text(".ways button")
    game.click(".ways button")
    game.at("Step 4 of 4")
    assert game.text(".sentence") == words
    assert game.tokens() >= 1


def test_random_play_runs_and_pauses(page: Page) -> None:
    game = Shown(page, 1)
    game.button("reset")
    game.at("Step 0 of 0")
    page.told(f"{game.place}.querySelector('.speed').value = '250'; {game.place}.focus()")
    page.key(" ", "Space")
    step = f"+{game.place}.querySelector('.at').textContent.split(' ')[1]"
    page.wait(f"{step} >= 3")
    page.told(f"{game.place}.focus()")
    page.key(" ", "Space")
    page.wait(f"{game.place}.querySelector('[data-do=play]').textContent.includes('Play')")
    page.told("await new Promise((done) => setTimeout(done, 400))")
    stood = page.told(f"return {step}")
    page.told("await new Promise((done) => setTimeout(done, 500))")
    assert page.told(f"return {step}") == stood


def test_the_witness_is_followed_to_its_end_and_left_for_another_way(page: Page) -> None:
    game = Shown(page, 2)
    game.at("Step 4 of 4")
    assert "it is not complete" in game.text(".remark.stuck")
    blamed = f"{game.place}.querySelectorAll('.diagram .blamed').length"
    assert page.told(f"return {blamed}") == 2
    page.told(f"{game.place}.querySelectorAll('.witness li')[2].click()")
    game.at("Step 2 of 4")
    assert page.told(f"return {blamed}") == 0
    page.wait(f"{game.place}.querySelectorAll('.now button').length >= 1")
    game.click(".can .shape")
    game.at("Step 3 of 3")
    page.told(f"{game.place}.querySelectorAll('.witness li')[4].click()")
    game.at("Step 4 of 4")
    page.wait(f"{blamed} === 2")


def test_a_machine_moves_along_the_arc_that_is_clicked(page: Page) -> None:
    game = Shown(page, 3)
    here = f"{game.place}.querySelector('.here').dataset.element"
    assert page.told(f"return {here}") == "state 0"
    game.click(".can text")
    game.at("Step 1 of 1")
    assert page.told(f"return {here}") == "state 1"
    assert "Now in state" in game.text(".where")
    page.wait(f"{game.place}.querySelectorAll('.now button').length === 2")
    page.told(f"{game.place}.querySelectorAll('.now button')[0].click()")
    game.at("Step 2 of 2")


def test_everything_that_acts_has_a_name_and_a_place_in_the_order(page: Page) -> None:
    nameless = page.told("""
      return games().flatMap((game) => [...game.querySelectorAll("button, input, select, [role]")])
        .filter((item) => !item.textContent.trim() && !item.getAttribute("aria-label"))
        .map((item) => item.outerHTML);
    """)
    assert nameless == []
    assert page.told("return games()[0].querySelector('.can').getAttribute('tabindex')") == "0"
    assert (
        page.told("return games()[0].querySelector('.says').getAttribute('aria-live')") == "polite"
    )
    page.told("document.body.dataset.jpThemeLight = 'false'")
    dark = "getComputedStyle(games()[0]).backgroundColor"
    page.wait(f"{dark} === 'rgb(23, 27, 34)'")
    page.told("document.body.dataset.jpThemeLight = 'true'")
    page.wait(f"{dark} === 'rgb(255, 255, 255)'")


def test_a_table_is_sorted_and_leads_to_the_run(page: Page) -> None:
    names = "[...document.querySelectorAll('tbody tr')].map((row) => row.cells[0].textContent)"
    both = page.told(f"return {names}")
    assert len(both) == 2
    page.told("document.querySelectorAll('th button')[2].click()")
    first = page.told(f"return {names}")
    page.told("document.querySelectorAll('th button')[2].click()")
    assert page.told(f"return {names}") == first[::-1]
    assert first[0].endswith("purchase-two-pools.bpmn"), "violated comes first"
    details = "document.querySelector('.jp-OutputArea-output details[id]').open"
    assert page.told(f"return {details}") is False
    page.told("document.querySelector('a[data-to]').click()")
    assert page.told(f"return {details}") is True
