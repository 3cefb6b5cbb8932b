"""What a picture in the HTML report can show: runs step by step, and elements to point at.

Verdicts with one and the same run share a view. A view is plain data: indices into the list of
elements, and for each step who acts and what changes, so that it stays small.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from netproof.report.findings import elements_of
from netproof.report.html_markup import attribute, clean
from netproof.report.model import ModelReport, VerdictReport
from netproof.report.outline import Outline
from transition_systems.run import Lasso, Run, Step
from transition_systems.verdict import Outcome

__all__ = ["MAX_STEPS", "View", "place_words", "player_data", "views_of"]

MAX_STEPS = 1_000
MAX_WORDS = 160
MAX_ID = 20
EVENTS = {"start": "a start event", "event": "an event", "end": "an end event"}


@dataclass(slots=True, kw_only=True)
class View:
    """Something to show on the picture.

    Parameters
    ----------
    entries
        The verdicts that it belongs to, the first one first.
    run
        What to step through; ``None`` where elements are only pointed at.
    steps
        The steps that are shown, with their numbers from 1; the middle of a very long run is
        left out.
    blamed
        Elements to point at when the last step is shown.
    """

    entries: list[VerdictReport]
    run: Run | Lasso | None
    steps: list[tuple[int, Step]] = field(default_factory=list)
    blamed: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        """The names of the properties."""
        return ", ".join(dict.fromkeys(entry.name for entry in self.entries))

    @property
    def left_out(self) -> int:
        """How many steps are not shown."""
        return 0 if self.run is None else len(self.run) - len(self.steps)

    @property
    def loop(self) -> int | None:
        """The index of the first shown step that is repeated for ever."""
        if not isinstance(self.run, Lasso):
            return None
        first = self.run.loop_start + 1
        return next((i for i, (number, _) in enumerate(self.steps) if number >= first), None)

    def passed(self, outline: Outline) -> set[str]:
        """Return the elements that acted or held a token at any time of the run."""
        if self.run is None:
            return set()
        found = {outline.owner(step.action) for step in self.run.steps}
        for state in (self.run.initial, *(step.state for step in self.run.steps)):
            found.update(_tokens(state))
        return found


def views_of(model: ModelReport, outline: Outline) -> list[View]:
    """Return what the verdicts of a model that are not good have to show.

    Parameters
    ----------
    model
        The report on one file.
    outline
        Its elements.

    Returns
    -------
    list of View
        Runs first as verdicts come; a verdict without a run points at elements.
    """
    views: list[View] = []
    known: dict[tuple[str, ...], View] = {}
    for entry in model.verdicts:
        if entry.outcome is Outcome.HOLDS:
            continue
        blamed = [id for id in elements_of(model, entry, outline) if id]
        run = entry.witness
        key = ("", *sorted(blamed)) if run is None else (run.kind, *run.actions)
        if run is None and not blamed:
            continue
        if key in known:
            known[key].entries.append(entry)
            continue
        view = View(entries=[entry], run=run, blamed=blamed)
        if run is not None:
            numbered = list(enumerate(run.steps, start=1))
            half = MAX_STEPS // 2
            view.steps = numbered if len(numbered) <= MAX_STEPS else (
                numbered[:half] + numbered[-half:]
            )  # fmt: skip
        known[key] = view
        views.append(view)
    return views


def place_words(id: str, outline: Outline) -> str:
    """Return where a token is, in words; of a transition system its state, or what holds there.

    Examples
    --------
    >>> place_words("p", Outline()), place_words("s1", Outline(atoms=frozenset()))
    ('at p', 'in state s1')
    """
    link = outline.links.get(id)
    if link is not None and link.message:
        text = f"message “{link.title}” under way"
        if not link.title:
            text = f"a message to {_name(link.target, outline)} under way"
    elif link is not None:
        text = f"on the way to {_name(link.target, outline)}"
        if link.title:
            text = f"on “{link.title}”"
    elif outline.atoms is not None:
        text = f"{id} holds" if id in outline.atoms else f"in state {id}"
    else:
        element = outline.elements.get(id)
        inside = element is not None and element.shape in ("task", "place", "state")
        text = f"{'in' if inside else 'at'} {_name(id, outline)}"
    return clean(text if len(text) <= MAX_WORDS else text[: MAX_WORDS - 1] + "…")


def _name(id: str, outline: Outline) -> str:
    element = outline.elements.get(id)
    if element is None:
        return id
    if element.shape == "gateway":
        return f"the gateway “{element.title}”" if element.title else f"the gateway {id}"
    if element.shape in ("place", "state"):
        return f"{element.shape} {element.title}"
    if element.title == id and len(id) > MAX_ID and element.shape in EVENTS:
        return EVENTS[element.shape]
    return f"“{element.title or id}”"


def player_data(views: list[View], outline: Outline, inside: Mapping[str, str]) -> dict[str, Any]:
    """Return the views as data for the player.

    Parameters
    ----------
    views
        What can be shown.
    outline
        The elements, for their names.
    inside
        For elements that are not drawn, the drawn activity around them.

    Returns
    -------
    dict
        ``elements`` (ids), ``words`` (where a token there is), ``held`` (what stands before these
        words), ``inside`` (the index of the
        element that stands for it on the picture), and ``views``, each with ``start``
        (pairs of index and count), ``steps`` (acting element, changed counts), ``loop`` and
        ``blamed``.
    """
    index: dict[str, int] = {}

    def number(id: str) -> int:
        return index.setdefault(id, len(index))

    shown: list[dict[str, Any]] = []
    for view in views:
        state = {} if view.run is None else _tokens(view.run.initial)
        start = [[number(id), count] for id, count in state.items()]
        steps: list[list[Any]] = []
        for _, step in view.steps:
            after = _tokens(step.state)
            changed = [
                [number(id), after.get(id, 0)]
                for id in dict.fromkeys((*state, *after))
                if state.get(id, 0) != after.get(id, 0)
            ]
            steps.append([number(outline.owner(step.action)), changed])
            state = after
        repeats = view.loop is not None and isinstance(view.run, Lasso) and _repeats(view.run)
        shown.append({
            "start": start, "steps": steps, "loop": view.loop if repeats else None,
            "blamed": [number(id) for id in view.blamed],
        })  # fmt: skip
    ids = list(index)
    places = [number(inside.get(id, id)) for id in ids]
    return {
        "elements": [attribute(id) for id in index],
        "words": [place_words(id, outline) for id in index],
        "held": "Tokens: " if outline.atoms is None else "Now ",
        "inside": [*places, *range(len(ids), len(index))],
        "views": shown,
    }


def _repeats(run: Lasso) -> bool:
    before = run.steps[run.loop_start - 1].state if run.loop_start else run.initial
    return _tokens(before) == _tokens(run.last)


def _tokens(state: Any) -> dict[str, int]:
    if not isinstance(state, Mapping):
        return {}
    return {str(id): int(count) for id, count in state.items() if count}
