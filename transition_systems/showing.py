"""Verdicts and runs as HTML for notebooks: a sentence with a badge, the evidence folded.

Badges have colours of their own, everything else takes those of the page, so that it can be read
in light and dark. All text is escaped.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from transition_systems.counted_words import counted

if TYPE_CHECKING:
    from transition_systems.run import Lasso, Run
    from transition_systems.verdict import Outcome, Verdict

__all__ = ["badge", "folded", "outcome_text", "run_html", "run_text", "verdict_html"]

MAX_STEPS = 200
MAX_TEXT = 400
SHOWN_STEPS = 30
BADGES = {
    "HOLDS": ("✓", "#e3f5e8", "#156c32"),
    "VIOLATED": ("✗", "#fde9e7", "#a3201a"),
    "UNKNOWN": ("?", "#fdf2d0", "#6b4e00"),
}
FOLD = "margin:.25em 0 .25em .4em"


def outcome_text(outcome: Outcome) -> str:
    """Return an outcome with its mark."""
    return f"{BADGES[str(outcome)][0]} {outcome}"


def badge(outcome: Outcome) -> str:
    """Return an outcome as a badge: a mark, a word, and colours that fit each other."""
    _, paper, ink = BADGES[str(outcome)]
    style = (
        f"background:{paper};color:{ink};border:1px solid {ink};border-radius:1em;padding:0 .55em;"
        "font-weight:600;white-space:nowrap;font-size:.88em"
    )
    return f'<span style="{style}">{outcome_text(outcome)}</span>'


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return escape(text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…")


def _isolated(text: str) -> str:
    """Return text that cannot turn the direction of what stands around it."""
    return f"<bdi>{_cut(text)}</bdi>"


def _state(state: Any) -> str:
    if not isinstance(state, Mapping):
        return _isolated(str(state))
    held = [(str(name), count) for name, count in state.items() if count]
    told = [_isolated(n) + (f" × {c}" if isinstance(c, int) and c > 1 else "") for n, c in held]
    return ", ".join(told[:12]) + (f" and {len(told) - 12} more" if len(told) > 12 else "")


def run_text(run: Run | Lasso) -> str:
    """Return a run in one line.

    Examples
    --------
    >>> from transition_systems.run import Run, Step
    >>> run_text(Run(initial={"p": 1}, steps=(Step(action="t", label="t", state={"q": 1}),)))
    'run of 1 step: t'
    """
    count = len(run)
    labels = [" ".join(step.label.split()) for step in run.steps[:SHOWN_STEPS]]
    more = f"; {count - len(labels)} more" if count > len(labels) else ""
    told = f": {'; '.join(labels)}{more}" if labels else ""
    return f"{run.kind} of {count} step{'' if count == 1 else 's'}{told}"


def run_html(run: Run | Lasso) -> str:
    """Return a run as a list of steps with the state after each; the middle of a long one is left
    out."""
    total = len(run)
    start = getattr(run, "loop_start", None)
    rows: list[str] = []
    for number, step in enumerate(run.steps, start=1):
        if MAX_STEPS // 2 < number <= total - MAX_STEPS // 2 and total > MAX_STEPS:
            if number == MAX_STEPS // 2 + 1:
                left = total - 2 * (MAX_STEPS // 2)
                rows.append(f'<li style="list-style:none">… {left:,} steps are left out …</li>')
            continue
        loop = "↻ from here on for ever: " if start is not None and number == start + 1 else ""
        state = f'<br><small style="opacity:.75">{_state(step.state)}</small>'
        rows.append(f'<li value="{number}">{loop}{_isolated(step.label)}{state}</li>')
    first = _state(run.initial)
    before = f'<small style="opacity:.75">at first: {first}</small>' if first else ""
    return (
        f'<div style="text-align:left">{before}'
        f'<ol style="margin:.2em 0;padding-left:2.6em">{"".join(rows)}</ol></div>'
    )


def folded(title: str, body: str, *, opened: bool = False, id: str = "") -> str:
    """Return content that is shown when its title is clicked; both are HTML already."""
    attributes = (f' id="{id}"' if id else "") + (" open" if opened else "")
    return f'<details style="{FOLD}"{attributes}><summary>{title}</summary>{body}</details>'


def verdict_html(verdict: Verdict, *, witness: Run | Lasso | None = None, more: str = "") -> str:
    """Return a verdict: a sentence with a badge; run, evidence and cost folded.

    Parameters
    ----------
    verdict
        The verdict.
    witness
        The run to show, where it is told in other names than the verdict's own.
    more
        HTML to put with the evidence.

    Returns
    -------
    str
    """
    text = verdict.reason or verdict.explain()
    line = (
        f"<div>{badge(verdict.outcome)} <b>{_isolated(verdict.property)}</b> "
        f"<span>{_isolated(text)}</span></div>"
    )
    run = witness if witness is not None else verdict.witness
    title, steps = "Evidence and cost", ""
    if run is not None and len(run):
        title = (
            f"The {run.kind} of {len(run)} step{'' if len(run) == 1 else 's'}, evidence and cost"
        )
        steps = run_html(run)
    rows: list[tuple[str, str]] = [("exactness", escape(str(verdict.exactness)))]
    evidence = verdict.evidence
    if evidence is not None:
        rows.append(("evidence", f"<code>{escape(evidence.kind)}</code>"))
        rows.append(("about", f"<code>{_cut(evidence.claim.formula)}</code>"))
        rows.append(("model", f"<code>{_cut(evidence.claim.model_digest)}</code>"))
    cost = verdict.statistics
    rows.append((
        "cost", f"{escape(cost.method)}: {_many(cost.states, 'state')}, "
        f"{_many(cost.arcs, 'arc')}, {cost.seconds:.3f} s",
    ))  # fmt: skip
    rows += [("assumed", _isolated(text)) for text in verdict.assumptions]
    items = "".join(
        f'<div style="display:grid;grid-template-columns:7em 1fr;gap:.6em"><span '
        f'style="opacity:.7">{name}</span><span style="overflow-wrap:anywhere">{text}</span></div>'
        for name, text in rows
    )
    parts = "".join(verdict_html(part) for part in verdict.parts)
    if parts:
        parts = f'<div style="margin-top:.4em">Its parts:</div>{parts}'
    line += folded(title, steps + items + more + parts)
    return f'<div style="text-align:left;line-height:1.5">{line}</div>'


def _many(number: int, thing: str) -> str:
    return counted(number, thing, grouped=True)
