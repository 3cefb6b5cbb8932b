"""A run as a sequence diagram: who does what, in order, with messages between them; Mermaid, SVG.

Lifelines are the pools of a workflow that act, and in a pool with lanes these, or the components of
a net that is made of state machines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from netproof.report.outline import Element, Outline
from netproof.report.text import plain
from transition_systems.evidence_ltl import STAYS
from transition_systems.run import Lasso, Run, Step

__all__ = ["SequenceDiagram", "SequenceEvent", "sequence_diagram"]

LONGEST, MOST_EVENTS = 60, 200
_CODES = {"#": "#35;", ";": "#59;", "<": "#lt;", ">": "#gt;", "&": "#amp;", '"': "#quot;"}
COLUMN, ROW, TOP, LEFT, HEAD, TAG = 280, 40, 60, 30, 30, 26
STYLE = (
    "text{font:13px sans-serif;fill:#1a1a1a}.head{font-weight:bold}"
    ".life{stroke:#9aa3ad;stroke-dasharray:5 4}.box{fill:#eef3f8;stroke:#4a6785}"
    ".note{fill:#fff8e1;stroke:#b89b4a}.way{stroke:#1f4e79;stroke-width:1.5}"
    ".loop{fill:none;stroke:#b42318;stroke-width:1.5}.tag{fill:#b42318;font-weight:bold}"
    ".halo{fill:#fff;stroke:none}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceEvent:
    """One step: what happens on a lifeline, or a message from one to others.

    Parameters
    ----------
    text
        What happens.
    at
        The lifeline that acts, by number.
    sender
        The lifeline from which a message is received.
    others
        The lifelines that take part.
    """

    text: str
    at: int
    sender: int | None = None
    others: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceDiagram:
    """Lifelines and events in order.

    Parameters
    ----------
    lifelines
        Their titles.
    events
        In order.
    loop_start
        The event with which the part begins that is repeated for ever; ``None`` for a finite run.
    """

    lifelines: tuple[str, ...]
    events: tuple[SequenceEvent, ...]
    loop_start: int | None = None

    def to_mermaid(self) -> str:
        """Return the diagram as the text of a Mermaid sequence diagram.

        Examples
        --------
        >>> event = SequenceEvent(text="pays; at last", at=0)
        >>> print(SequenceDiagram(lifelines=("Buyer",), events=(event,), loop_start=0).to_mermaid())
        sequenceDiagram
          participant L0 as Buyer
          loop for ever
            Note over L0: pays#59; at last
          end
        """
        lines = ["sequenceDiagram"]
        lines += [f"  participant L{i} as {_mermaid(t)}" for i, t in enumerate(self.lifelines)]
        for number, event in enumerate(self.events):
            if number == self.loop_start:
                lines.append("  loop for ever")
            indent = "    " if self.loop_start is not None and number >= self.loop_start else "  "
            text = _mermaid(event.text)
            if event.sender is not None:
                lines.append(f"{indent}L{event.sender}->>L{event.at}: {text}")
            elif event.others:
                ends = sorted((event.at, *event.others))
                lines.append(f"{indent}Note over L{ends[0]},L{ends[-1]}: {text}")
            else:
                lines.append(f"{indent}Note over L{event.at}: {text}")
        if self.loop_start is not None:
            lines.append("  end")
        return "\n".join(lines)

    def to_svg(self) -> str:
        """Return the diagram as a picture."""
        column = max(COLUMN, 8 * LONGEST if len(self.lifelines) == 1 else 0)
        width = 2 * LEFT + column * len(self.lifelines)
        tag = 0 if self.loop_start is None else TAG
        bottom = TOP + ROW * len(self.events) + tag + 14
        height = bottom + 10
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" role="img">',
            f"<title>sequence diagram of {len(self.events)} steps</title>",
            f"<style>{STYLE}</style>",
            f'<rect class="halo" width="{width}" height="{height}"/>',
        ]
        centres = [LEFT + column * i + column // 2 for i in range(len(self.lifelines))]
        for centre, title in zip(centres, self.lifelines, strict=True):
            parts.append(
                f'<line class="life" x1="{centre}" y1="{HEAD + 15}" x2="{centre}" y2="{bottom}"/>'
            )
            parts += _box(centre, HEAD, column - 20, title, "box", "head")
        if self.loop_start is not None:
            above = TOP + ROW * self.loop_start + 4
            parts.append(
                f'<rect class="loop" x="8" y="{above}" width="{width - 16}" '
                f'height="{bottom - above - 6}" rx="4"/>'
            )
            parts.append(f'<text class="tag" x="14" y="{above + 15}">for ever</text>')
        for number, event in enumerate(self.events):
            down = tag if self.loop_start is not None and number >= self.loop_start else 0
            y = TOP + ROW * number + ROW // 2 + down
            parts += self._event(event, y, centres, column)
        return "\n".join([*parts, "</svg>"]) + "\n"

    def _event(self, event: SequenceEvent, y: int, centres: list[int], column: int) -> list[str]:
        at = centres[event.at]
        if event.sender is None:
            ends = [at, *(centres[other] for other in event.others)]
            middle, span = (min(ends) + max(ends)) // 2, max(ends) - min(ends)
            return _box(middle, y, span + column - 20, event.text, "note", "")
        start = centres[event.sender]
        way = 1 if at >= start else -1
        tip = at - 2 * way
        room = max(12, (abs(at - start) - 16) // 7)
        return [
            f'<line class="way" x1="{start}" y1="{y + 6}" x2="{tip}" y2="{y + 6}"/>',
            f'<polygon fill="#1f4e79" points="{tip},{y + 6} {tip - 9 * way},{y + 2} '
            f'{tip - 9 * way},{y + 10}"/>',
            f'<text x="{(start + at) // 2}" y="{y}" text-anchor="middle">'
            f"{escape(plain(event.text, room, line=True))}</text>",
        ]


def _box(centre: int, y: int, width: int, text: str, kind: str, font: str) -> list[str]:
    letter = 8 if font == "head" else 7  # the width of one, in pixels
    shown = plain(text, max(4, (width - 12) // letter), line=True)
    found = [
        f'<rect class="{kind}" x="{centre - width // 2}" y="{y - 15}" width="{width}" height="28" '
        'rx="4"/>',
        f'<text class="{font}" x="{centre}" y="{y + 4}" text-anchor="middle">{escape(shown)}',
    ]
    whole = plain(text, line=True)
    tip = "" if whole == shown else f"<title>{escape(whole)}</title>"
    return [found[0], f"{found[1]}{tip}</text>"]


def _mermaid(text: str) -> str:
    short = plain(text, LONGEST, line=True) or "-"
    return "".join(_CODES.get(letter, letter) for letter in short)


def sequence_diagram(
    outline: Outline,
    run: Run | Lasso,
    *,
    components: Mapping[str, Sequence[str]] | None = None,
) -> SequenceDiagram:
    """Return a run on the user's own model as a sequence diagram.

    Parameters
    ----------
    outline
        The elements of the model.
    run
        The run; its first 200 steps are shown.
    components
        For a net, for each transition the titles of the components that it moves.

    Returns
    -------
    SequenceDiagram
        A workflow has a lifeline for each pool or lane that acts, in the order in which they do;
        where several pools act, lanes are named with theirs. Where a step takes a message, an
        arrow comes from the pool or lane that sent it.

    Examples
    --------
    >>> run = Run(initial={}, steps=(Step(action="t", label="t fires", state={}),))
    >>> sequence_diagram(Outline(), run, components={"t": ["left", "right"]}).lifelines
    ('left', 'right')
    """
    moved = components or {}
    numbers: dict[str, int] = {}
    events: list[SequenceEvent] = []

    def lifeline(title: str) -> int:
        return numbers.setdefault(title, len(numbers))

    acting = [outline.elements.get(outline.owner(step.action)) for step in run.steps]
    pools = {element.thread for element in acting if element is not None}

    def title(element: Element) -> str:
        if not element.lane:
            return element.thread
        return element.lane if len(pools) < 2 else f"{element.lane} ({element.thread})"

    before = run.initial
    for element, step in zip(acting[:MOST_EVENTS], run.steps, strict=False):
        titles = list(moved.get(step.action, ()))
        if not titles:  # where nobody acts, it is told of one that is there
            own = "" if element is None else title(element)
            titles = [own or next(iter(numbers), "the model")]
        at = lifeline(titles[0])
        source = _sender(outline, before, step)
        sender = None if source is None else title(source)
        events.append(
            SequenceEvent(
                text=step.label,
                at=at,
                sender=None if sender is None else lifeline(sender),
                others=tuple(lifeline(other) for other in titles[1:]),
            )
        )
        before = step.state
    for number, step in enumerate(run.steps[:MOST_EVENTS]):
        if step.action == STAYS and len(numbers) > 1:
            everyone = tuple(range(1, len(numbers)))
            events[number] = SequenceEvent(text=step.label, at=0, others=everyone)
    loop = run.loop_start if isinstance(run, Lasso) and run.loop_start < len(events) else None
    return SequenceDiagram(
        lifelines=tuple(numbers) or ("the model",), events=tuple(events), loop_start=loop
    )


def _sender(outline: Outline, before: object, step: Step) -> Element | None:
    """Return the sender of the message that a step takes, where its pool is another one."""
    if not isinstance(before, Mapping) or not isinstance(step.state, Mapping):
        return None
    owner = outline.owner(step.action)
    here = outline.elements.get(owner)
    for id, count in before.items():
        link = outline.links.get(str(id))
        if link is None or not link.message or step.state.get(id, 0) >= count:
            continue
        source = outline.elements.get(link.source)
        if here is not None and source is not None and source.thread != here.thread:
            return source
    return None
