"""One file in the HTML report: what is wrong, the picture with its player, answers, the ledger."""

from __future__ import annotations

import shlex
from html import escape

from netproof.report.html_evidence import EVIDENCE_IN_WORDS
from netproof.report.html_markup import (
    badge,
    clean,
    data_block,
    folded,
    state_badge,
    table,
    terms,
    words,
)
from netproof.report.html_picture import Drawing
from netproof.report.html_views import View, place_words, player_data
from netproof.report.model import ModelReport, VerdictReport
from netproof.report.outline import Outline
from netproof.report.rules import rule_of
from transition_systems.counted_words import counted
from transition_systems.run import Step
from transition_systems.verdict import Exactness, Outcome
from translators.ledger import Entry, Fate

__all__ = ["model_section"]

MAX_LEDGER = 500
OPEN_STEPS = 14
MAX_PLACES = 12
MAX_ERROR = 4_000

EXACTNESS = {
    Exactness.EXACT: "exact: the diagram's own behaviour was analysed",
    Exactness.PROOFS_ONLY: "the analysed model allows more than the diagram: proofs carry over, "
    "faults might not",
    Exactness.BUGS_ONLY: "the analysed model allows less than the diagram: faults carry over, "
    "proofs might not",
    Exactness.NONE: "nothing carries over from the analysed model to the diagram",
}
FATES = {
    Fate.REFUSED: "refused",
    Fate.ABSTRACTED: "approximated",
    Fate.REPAIRED: "repaired",
    Fate.NO_EFFECT: "without effect",
    Fate.MAPPED: "mapped",
}
CONTROLS = (
    ("first", "|‹", "To the start of the run"),
    ("back", "‹ Back", "One step back"),
    ("play", "▶ Play", "Play the run"),
    ("forward", "Next ›", "One step forward"),
    ("last", "›|", "To the end of the run"),
)


def model_section(
    model: ModelReport,
    number: int,
    *,
    name: str,
    views: list[View],
    drawing: Drawing | None,
    outline: Outline,
) -> str:
    """Return everything about one file as a section of the page.

    Parameters
    ----------
    model
        The report on the file.
    number
        Its number on the page, from 1.
    name
        What to call it.
    views
        What the picture can show.
    drawing
        The picture, or ``None`` where there is none.
    outline
        The elements, for names.

    Returns
    -------
    str
    """
    id = f"m{number}"
    head = (
        f'<header><h2 id="{id}-title">{words(name, 300)}</h2>{state_badge(model)}'
        f'<p class="meta">{_size(model)}</p></header>'
    )
    parts = [head]
    if model.error is not None:
        parts.append(f'<pre class="error">{words(model.error, MAX_ERROR)}</pre>')
    if model.verdicts:
        links = "".join(
            f'<li><a href="#{id}-v{i}">{badge(entry)} <span dir="auto">{words(entry.name, 80)}'
            f"</span>{_accepted(entry)}</a></li>"
            for i, entry in enumerate(model.verdicts, start=1)
        )
        parts.append(f'<ul class="answers" aria-label="answers">{links}</ul>')
    parts.append(_player(id, views, drawing, outline))
    if model.verdicts:
        body = "".join(_verdict(f"{id}-v{i}", e) for i, e in enumerate(model.verdicts, start=1))
        parts.append(f"<h3>Answers and their evidence</h3>{body}")
    parts += [_ledger(model), _assumptions(model), _statistics(model)]
    parts.append(_recheck(model, name))
    return (
        f'<section class="model" id="{id}" aria-labelledby="{id}-title">{"".join(parts)}</section>'
    )


def _size(model: ModelReport) -> str:
    if model.error is not None:
        return "could not be read" if not model.internal else "could not be checked"
    net = f"net of {_many(model.places, 'place')} and {_many(model.transitions, 'transition')}"
    kind = words(model.format or "model", 40)
    if model.system:
        size = f"{_many(model.places, 'state')} · {_many(model.transitions, 'arc')}"
        return f"{kind} · {size} · {sum(model.timings.values()):.2f} s"
    return f"{kind} · {_many(model.nodes, 'node')} · {net} · {sum(model.timings.values()):.2f} s"


def _accepted(entry: VerdictReport) -> str:
    if entry.accepted is not None:
        return f" <small>({words(entry.accepted.kind)})</small>"
    if entry.outcome is not Outcome.HOLDS and entry.level != "error":
        return f" <small>({words(entry.level)} only)</small>"
    return ""


def _player(id: str, views: list[View], drawing: Drawing | None, outline: Outline) -> str:
    if drawing is None and not views:
        return ""
    wrong = "".join(_wrong(i, view, several=len(views) > 1) for i, view in enumerate(views))
    picture = '<p class="note">The diagram is not drawn here.</p>'
    if drawing is not None:
        label = 'tabindex="0" role="group" aria-label="diagram"'
        picture = f'<div class="canvas" {label}>{drawing.svg}</div>'
    note = f" {words(drawing.note)}" if drawing is not None and drawing.note else ""
    legend = _legend(views) if drawing is not None else ""
    caption = f"<figcaption>{legend}{note}</figcaption>" if legend or note else ""
    if not views:
        return f'<figure class="picture">{picture}{caption}</figure>'
    controls = "".join(
        f'<button type="button" data-do="{name}" title="{words(title)}" '
        f'aria-label="{words(title)}">{sign}</button>'
        for name, sign, title in CONTROLS
    )
    fit = '<button type="button" data-do="fit" aria-pressed="false" hidden>Whole diagram</button>'
    slider = '<input type="range" min="0" max="0" value="0" aria-label="step of the run">'
    bar = 'class="controls" role="toolbar" aria-label="player" hidden'
    bar = f"<div {bar}>{controls}{slider}{fit}</div>"
    says = _says(views[0], outline)
    steps = "".join(_steps(i, view, outline) for i, view in enumerate(views))
    data = data_block(player_data(views, outline, {} if drawing is None else drawing.stand_ins))
    return (
        f'<figure class="player" data-model="{id}" tabindex="-1">{wrong}{says}{bar}{picture}'
        f'{caption}{steps}<script type="application/json">{data}</script></figure>'
    )


def _legend(views: list[View]) -> str:
    keys: list[tuple[str, str]] = []
    if any(view.steps for view in views):
        keys = [("token", "token"), ("ring", "acts in this step"), ("passed", "the way of the run")]
    if any(view.blamed for view in views):
        violated = any(view.entries[0].outcome is Outcome.VIOLATED for view in views)
        keys.append(("blamed", "here is the fault" if violated else "what it is about"))
    return " ".join(
        f'<span class="key"><i class="k-{css}"></i> {text}</span>' for css, text in keys
    )


def _wrong(number: int, view: View, *, several: bool) -> str:
    """Return what is wrong, in plain words; where there are several views, with a way to choose."""
    entry = view.entries[0]
    title = {Outcome.VIOLATED: "What is wrong", Outcome.UNKNOWN: "Why there is no verdict"}
    text = entry.verdict.reason or entry.verdict.explain()
    choose = ""
    if several:
        pressed = "true" if number == 0 else "false"
        choose = (
            f'<button type="button" class="choose" data-view="{number}" aria-pressed="{pressed}" '
            f"hidden>Show on the diagram</button>"
        )
    css = "wrong bad" if entry.outcome is Outcome.VIOLATED else "wrong open"
    css += " chosen" if number == 0 else ""
    return (
        f'<div class="{css}" data-wrong="{number}"><h3>{title[entry.outcome]} '
        f'<small dir="auto">{words(view.label, 200)}</small></h3>'
        f'<p dir="auto">{words(text[:1].upper() + text[1:], 1_500)}</p>{choose}</div>'
    )


def _says(view: View, outline: Outline) -> str:
    """Return the line that tells the step; without scripts it tells the last one."""
    if not view.steps:
        return '<p class="says" aria-live="polite" hidden></p>'
    number, step = view.steps[-1]
    total = 0 if view.run is None else len(view.run)
    return (
        f'<p class="says" aria-live="polite"><b class="at">Step {number} of {total}</b> '
        f'<span class="sentence" dir="auto">{words(_sentence(step, outline), 600)}</span> '
        f'<span class="where">{_where(step, outline)}</span></p>'
    )


def _where(step: Step, outline: Outline) -> str:
    """Return where the tokens are, or the state of a system, as the player tells it."""
    held = [(id, count) for id, count in dict(step.state).items() if count]
    told = [
        (f"{count} × " if count > 1 else "") + place_words(id, outline)
        for id, count in held[:MAX_PLACES]
    ]
    if len(held) > MAX_PLACES:
        told.append(f"{len(held) - MAX_PLACES} more")
    before = "Tokens: " if outline.atoms is None else "Now "
    return escape(f"{before}{' · '.join(told)}" if told else "No tokens.")


def _sentence(step: Step, outline: Outline) -> str:
    text = " ".join(step.label.split())
    element = outline.elements.get(step.action)
    if element is not None and element.shape == "transition":
        return f"“{text}” fires"
    if element is not None and element.shape == "label":
        return f"“{text}” leads to {', '.join(str(name) for name in step.state)}"
    return text[:1].upper() + text[1:]


def _steps(number: int, view: View, outline: Outline) -> str:
    if not view.steps:
        return ""
    total = 0 if view.run is None else len(view.run)
    items: list[str] = []
    before = 0
    for index, (at, step) in enumerate(view.steps):
        css = ' class="loop"' if index == view.loop else ""
        value = f' value="{at}"' if at != before + 1 else ""
        line = step.source.line if step.source is not None else None
        place = f" <small>line {line}</small>" if line else ""
        text = words(_sentence(step, outline), 600)
        items.append(f'<li{css}{value}><span dir="auto">{text}</span>{place}</li>')
        before = at
    gap = f'<p class="note">{view.left_out:,} steps in the middle are left out; the JSON report '
    gap = gap + "has them all.</p>" if view.left_out else ""
    title = f"The run in words: {total} step{'s' if total != 1 else ''}"
    if view.loop is not None:
        title += ", the last of them repeated for ever"
    body = f'{gap}<ol class="steps">{"".join(items)}</ol>'
    block = folded(title, body, opened=number == 0 and total <= OPEN_STEPS)
    return f'<div class="run" data-run="{number}">{block}</div>'


def _verdict(id: str, entry: VerdictReport) -> str:
    verdict = entry.verdict
    text = verdict.reason or verdict.explain()
    title = (
        f'{badge(entry)} <b dir="auto">{words(entry.name, 300)}</b>{_accepted(entry)} '
        f'<span class="why" dir="auto">{words(text, 1_500)}</span>'
    )
    rule = rule_of(entry.name)
    pairs = [("Rule", f"<code>{words(rule.id)}</code> {words(rule.name)}: {words(rule.help)}")]
    if entry.accepted is not None:
        pairs.append((entry.accepted.kind.capitalize(), words(entry.accepted.reason, 500)))
    if verdict.abstract_outcome is not None:
        pairs.append(("On the approximated model", words(str(verdict.abstract_outcome))))
    pairs.append(("Exactness", words(EXACTNESS[verdict.exactness])))
    if verdict.evidence is None:
        pairs.append(("Evidence", "none: there is no verdict"))
    else:
        kind = verdict.evidence.kind
        said = EVIDENCE_IN_WORDS.get(kind, "")
        pairs.append(("Evidence", f"<code>{words(kind)}</code> {words(said)}"))
        pairs.append(("About", f"<code>{words(verdict.evidence.claim.formula, 400)}</code>"))
    again = {"passed": "passed: independent code agrees", "failed": "failed", "skipped": "skipped"}
    reason = f" ({words(entry.recheck_reason, 400)})" if entry.recheck_reason else ""
    pairs.append(("Recheck", words(again.get(entry.rechecked, entry.rechecked)) + reason))
    count = verdict.statistics
    seen = f"{_many(count.states, 'state')}, {_many(count.arcs, 'arc')}"
    cost = f"{count.method}: {seen}, {count.seconds:.3f} s"
    pairs.append(("Cost", words(cost)))
    return folded(title, terms(pairs), css="verdict", id=id)


def _ledger(model: ModelReport) -> str:
    if not model.ledger.entries:
        return ""
    told = [e for e in model.ledger.entries if e.fate is not Fate.MAPPED]
    told.sort(key=lambda entry: list(FATES).index(entry.fate))
    counts = {
        name: sum(e.fate is fate for e in model.ledger.entries) for fate, name in FATES.items()
    }
    summary = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    rows = [_row(entry) for entry in told[:MAX_LEDGER]]
    body = table(("element", "kind", "fate", "line", "what that means"), rows) if rows else ""
    if not rows:
        body = "<p>Every element of the file has its full meaning in the analysed model.</p>"
    if len(told) > MAX_LEDGER:
        body += f"<p>{len(told) - MAX_LEDGER:,} more are in the JSON report.</p>"
    return folded(f"What became of each element: {words(summary)}", body, css="more")


def _row(entry: Entry) -> list[str]:
    line = str(entry.span.line) if entry.span is not None and entry.span.line else ""
    return [
        f'<span dir="auto">{words(entry.element, 120)}</span>', words(entry.kind, 60),
        words(FATES[entry.fate]), line, f'<span dir="auto">{words(entry.note or "", 500)}</span>',
    ]  # fmt: skip


def _assumptions(model: ModelReport) -> str:
    if not model.assumed:
        return ""
    items = "".join(f'<li dir="auto">{words(text, 1_000)}</li>' for text in model.assumed)
    return folded(f"What is assumed ({len(model.assumed)})", f"<ul>{items}</ul>", css="more")


def _statistics(model: ModelReport) -> str:
    if not model.verdicts:
        return ""
    rows: list[list[str]] = []
    for entry in model.verdicts:
        cost = entry.verdict.statistics
        size = f"{cost.peak_bytes / 1e6:.1f} MB" if cost.peak_bytes else ""
        rows.append([
            f'<span dir="auto">{words(entry.name, 120)}</span>', words(cost.method, 80),
            f"{cost.states:,}", f"{cost.arcs:,}", f"{cost.seconds:.3f}", size,
        ])  # fmt: skip
    stages = ", ".join(f"{words(name)} {value:.3f} s" for name, value in model.timings.items())
    body = table(("property", "method", "states", "arcs", "seconds", "memory"), rows, css="numbers")
    return folded("Statistics", body + (f"<p>{stages}</p>" if stages else ""), css="more")


def _recheck(model: ModelReport, source: str) -> str:
    if not any(entry.verdict.evidence is not None for entry in model.verdicts):
        return ""
    path = words(shlex.quote(clean("FILE" if model.source == "-" else source)), 300)
    digests = {
        entry.verdict.evidence.claim.model_digest
        for entry in model.verdicts
        if entry.verdict.evidence is not None
    }
    stamp = "".join(f"<li><code>{words(digest, 100)}</code></li>" for digest in sorted(digests))
    body = (
        "<p>Do not believe this page: run the evidence through code that shares nothing with the "
        "engines that found it.</p>"
        f"<pre>netproof check {path} --output json=report.json\n"
        "netproof recheck report.json</pre>"
        f"<p>The evidence is about the model with this digest:</p><ul>{stamp}</ul>"
    )
    return folded("How to recheck this", body, css="more")


def _many(number: int, thing: str) -> str:
    return counted(number, thing, grouped=True)
