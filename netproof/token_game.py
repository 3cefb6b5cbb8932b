"""The token game in a notebook: click what can happen, go back, play at random, follow a witness.

The rules are in Python; the picture, the controls and the keys are the player of the HTML report.
Where widgets do not run, the picture with the witness is shown.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from importlib.resources import files
from typing import Any, Literal
from xml.etree.ElementTree import tostring

from netproof.games import Game, MachineGame, NetGame, machine_game
from netproof.kernel import is_watched
from netproof.loading import Model, model_of
from netproof.playing import FULL, MAX_STEPS, Playing
from netproof.report.html_lts import lts_drawing
from netproof.report.html_markup import attribute, clean
from netproof.report.html_picture import page_picture, prepared
from netproof.report.model import ModelReport, Report, VerdictReport
from transition_systems.errors import UsageError
from transition_systems.run import Lasso, Run
from transition_systems.verdict import Verdict
from translators.workflow.graph import WorkflowGraph

__all__ = ["Play", "play"]

MAX_CHOICES = 40
LAYOUT_SECONDS = 4.0
SHORTEST = 0.5
INSTALL = "To play it by clicking, install the extra: pip install 'netproof[notebooks]'"
STUCK = "Nothing can happen any more, and it is not complete."
COMPLETE = "Nothing can happen any more: it is complete."
OVER = "Nothing can happen any more."
RECORDED = "This step is shown as it was recorded; go back or start again to play on."
Witness = Run | Lasso | Verdict | VerdictReport


def play(
    model: Any,
    witness: Witness | None = None,
    seed: int | None = None,
    *,
    starts: Literal["one", "all"] = "one",
) -> Play:
    """Play the token game on a model: in a notebook by clicking, anywhere by calling methods.

    Parameters
    ----------
    model
        A path, a model, a workflow graph, a net, a machine, an automaton, a network of machines, a
        transition system, or a report on one model: then its first violation is the witness.
    witness
        A run to follow: of the model or, for a workflow, of its net; or a verdict that has one.
    seed
        Of the random steps; the same seed plays the same.
    starts
        The reading of several start events of a process.

    Returns
    -------
    Play

    Raises
    ------
    InputError
        When a file cannot be read.
    UsageError
        When the witness is no run of the model.

    Examples
    --------
    >>> from petri import PetriNet
    >>> net = PetriNet(places=["p", "q"], transitions=["t"], arcs=[("p", "t"), ("t", "q")],
    ...                initial={"p": 2})
    >>> game = play(net)
    >>> game.enabled
    ('t',)
    >>> game.fire("t").tokens
    {'p': 1, 'q': 1}
    """
    if isinstance(model, Report):
        if len(model.models) != 1:
            raise UsageError("the report has several models: choose one by its number first")
        model = model.models[0]
    if isinstance(model, ModelReport):
        violated = (e for e in model.verdicts if e.verdict.violated and e.witness is not None)
        witness = next(violated, None) if witness is None else witness
        model = model.model or model.source
    run = witness if isinstance(witness, Run | Lasso | None) else witness.witness
    game: Game | None = machine_game(model)
    if game is not None:
        return Play(game, None, run, seed)
    loaded = model_of(model)
    if loaded.net is not None:
        return Play(NetGame(loaded.net), loaded, run, seed)
    from netproof.workflow_game import WorkflowGame

    assert loaded.graph is not None
    return Play(WorkflowGame(loaded.graph, starts), loaded, run, seed)


class Play(Playing):
    """A token game that shows itself in a notebook; made by :func:`play`.

    Parameters
    ----------
    game
        The rules.
    model
        For the picture; ``None`` for a machine.
    witness, seed
        As for :func:`play`.
    """

    def __init__(
        self,
        game: Game,
        model: Model | None = None,
        witness: Run | Lasso | None = None,
        seed: int | None = None,
    ) -> None:
        super().__init__(game, witness, seed)
        self.model = model
        self._loop = witness.loop_start if isinstance(witness, Lasso) else None
        self._widget: Any = None
        self._note = ""
        self._serial = 0
        self._index: dict[str, int] = {}
        self._words: list[str] = []
        self._inside: Mapping[str, str] = {}

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """Return the picture and, where widgets run, the game; never raises."""
        from transition_systems.draw import fitted_svg

        started = time.monotonic()
        try:
            picture = fitted_svg(self.svg())
            bundle: dict[str, Any] = {"text/plain": repr(self), "image/svg+xml": picture}
        except Exception as error:  # a picture must never break a cell
            bundle = {"text/plain": f"{self!r} (no picture: {type(error).__name__}: {error})"}
        try:
            left = max(SHORTEST, LAYOUT_SECONDS - (time.monotonic() - started))
            made = self.widget(seconds=left) if is_watched() else None
        except Exception:  # then the picture is all there is
            made = None
        if made is not None:
            model_id = made.model_id
            view = {"version_major": 2, "version_minor": 0, "model_id": model_id}
            bundle["application/vnd.jupyter.widget-view+json"] = view
        elif _widget_class() is None:
            bundle["text/plain"] += f"\n{INSTALL}"
        return bundle

    def svg(self) -> str:
        """Return the picture with what was played, where it stands now."""
        from petri.draw import net_svg
        from transition_systems.draw import lts_svg
        from translators.workflow.draw import workflow_svg

        told = self.history[self.position - 1].label if self.position else None
        if isinstance(self.game, MachineGame):
            states = [s.state for s in self.history[: self.position]] or [self.game.initial]
            shown = [number for state in states for number in self.game.shown(state)]
            return lts_svg(self.game.lts, highlight=shown)
        assert self.model is not None
        if self.model.net is not None:
            return net_svg(self.model.net, run=self.run if self.position else None)
        graph = self.model.graph
        assert isinstance(graph, WorkflowGraph)
        path = {item.element for item in self.history[: self.position]}
        path.update(*(item.tokens for item in self.history[: self.position]))
        return workflow_svg(graph, path=path, marked=self.tokens, blamed=self.waiting, caption=told)

    def widget(self, *, seconds: float = LAYOUT_SECONDS) -> Any:
        """Return the widget, made when it is first asked for; ``None`` without the extra.

        Parameters
        ----------
        seconds
            Wall time for a layout.
        """
        kind = _widget_class()
        if kind is None or self._widget is not None:
            return self._widget
        drawn = self._drawn(seconds)
        self._inside = {} if drawn is None else drawn[2]
        for id in () if drawn is None else drawn[1]:
            self._number(id)
        made = kind()
        made.scene = {
            "svg": "" if drawn is None else drawn[0], "warning": self.game.warning,
            "note": self._note,
            "title": clean(self.game.title), "kind": self.game.kind, "seed": self.seed,
            "witness": [item.label for item in self.witness], "loop": self._loop,
        }  # fmt: skip
        self._widget = made
        self._changed()
        made.observe(lambda change: self._moved(change["new"]), names="position")
        made.on_msg(lambda _, content, __: self._told(content))
        return made

    def _drawn(self, seconds: float) -> tuple[str, list[str], Mapping[str, str]] | None:
        inside: Mapping[str, str] = {}
        if isinstance(self.game, MachineGame):
            centre = {n for s in self.history for n in self.game.shown(s.state)}
            found = lts_drawing(
                self.game.lts, self.game.name, centre, title=self.game.title,
                seconds=seconds,
            )  # fmt: skip
            if found is None:
                return None
            root, self._note = prepared(found[0], 1), found[1]
        else:
            assert self.model is not None
            held = {id for item in self.history for id in (item.element, *item.tokens)}
            picture = page_picture(self.model, held, 1, seconds=seconds)
            if picture is None:
                return None
            root, self._note, inside = picture
        root.set("xmlns", "http://www.w3.org/2000/svg")
        ids = [group.get("data-element", "") for group in root.findall("g[@data-element]")]
        return tostring(root, encoding="unicode"), ids, inside

    def _number(self, id: str) -> int:
        """Return the number of an element, a new one where it is seen for the first time."""
        name = attribute(id)
        if name not in self._index:
            self._index[name] = len(self._index)
            self._words.append(self.game.words(id))
        return self._index[name]

    def _numbered(self, tokens: Mapping[str, int]) -> list[list[int]]:
        return [[self._number(id), count] for id, count in tokens.items() if count]

    def _changed(self) -> None:
        """Send the history, where it stands and what can happen to the browser."""
        made = self._widget
        if made is None:
            return
        self._serial += 1
        before = self.tokens_at(0)
        start = self._numbered(before)
        steps: list[list[Any]] = []
        for item in self.history:
            ids = dict.fromkeys((*before, *item.tokens))
            changed = [
                [self._number(id), item.tokens.get(id, 0)]
                for id in ids
                if before.get(id, 0) != item.tokens.get(id, 0)
            ]
            steps.append([self._number(item.element), changed, item.label])
            before = dict(item.tokens)
        now = self._now()
        inside = [self._number(self._inside.get(id, id)) for id in list(self._index)]
        with made.hold_sync():
            made.names = {
                "elements": list(self._index), "words": list(self._words),
                "inside": [*inside, *range(len(inside), len(self._index))],
            }  # fmt: skip
            made.start, made.history, made.position = start, steps, self.position
            made.now = now

    def _now(self) -> dict[str, Any]:
        """Return what can happen, and what is to say where nothing can."""
        choices = self.choices
        remark = ""
        if self.recorded:
            remark = RECORDED
        elif self.position >= MAX_STEPS:
            choices, remark = (), f"{FULL}."
        elif not choices:
            remark = STUCK if self.waiting else OVER
            remark = COMPLETE if self.game.is_complete(self.state) else remark
            remark = self.remark or remark
        return {
            "serial": self._serial, "at": self.position, "remark": remark,
            "choices": [[self._number(c.element), c.label] for c in choices[:MAX_CHOICES]],
            "more": max(0, len(choices) - MAX_CHOICES),
            "blamed": [self._number(id) for id in self.waiting],
        }  # fmt: skip

    def _moved(self, position: Any) -> None:
        """Follow a browser that went to another step of the history."""
        if isinstance(position, int) and position != self.position:
            self.go(position)

    def _told(self, content: Any) -> None:
        """Do what a browser asks for; what is out of date or is no request is left out."""
        if not isinstance(content, Mapping):
            return
        do, number = content.get("do"), content.get("number")
        if do == "hello":
            self._widget.send({"live": True})
        elif content.get("serial") != self._serial:
            return
        elif do == "fire" and isinstance(number, int) and self.position < MAX_STEPS:
            choices = self.choices
            if 0 <= number < len(choices):
                self.fire(choices[number])
        elif do == "random":
            self.random()
        elif do == "reset":
            self.reset()
        elif do == "jump" and isinstance(number, int) and self.witness:
            self.jump(number)


@lru_cache(maxsize=1)
def _widget_class() -> Any:
    """Return the widget's class; ``None`` where anywidget is not installed."""
    try:
        anywidget, traitlets = import_module("anywidget"), import_module("traitlets")
    except ImportError:
        return None
    synced: dict[str, Any] = {
        name: kind().tag(sync=True)
        for name, kind in (
            ("scene", traitlets.Dict), ("names", traitlets.Dict), ("start", traitlets.List),
            ("history", traitlets.List), ("position", traitlets.Int), ("now", traitlets.Dict),
        )
    }  # fmt: skip
    return type("TokenGameWidget", (anywidget.AnyWidget,), {"_esm": _script(), **synced})


def _script() -> str:
    """Return the player as a module that shows widgets."""
    folder = files("netproof") / "report" / "html_assets"
    player = (folder / "player.js").read_text(encoding="utf-8")
    style = "".join(
        (folder / name).read_text(encoding="utf-8") for name in ("report.css", "game.css")
    )
    shown = f"netproof.game(model, el, {json.dumps(style)})"
    return f"{player}\nexport default {{ render: ({{ model, el }}) => {shown} }};\n"
