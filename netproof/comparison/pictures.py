"""Two versions drawn side by side, each with its part of the play on it."""

from __future__ import annotations

import re
from html import escape

from netproof.comparison.model import Comparison, Version
from netproof.comparison.text import language_sentence
from netproof.pictures import run_svg
from netproof.report.text import plain
from transition_systems.draw import fitted_svg
from transition_systems.showing import outcome_text

__all__ = ["comparison_html", "comparison_svg"]

_SIZE = re.compile(r'<svg\b[^>]*?\bwidth="([\d.]+)(?:pt)?"[^>]*?\bheight="([\d.]+)(?:pt)?"')
_STYLE = re.compile(r'\sstyle="[^"]*"')
GAP = 18.0


def _version_svg(comparison: Comparison, side: int) -> str:
    version: Version = (comparison.old, comparison.new)[side]
    caption = f"{('First', 'Second')[side]}: {plain(version.model.source, 200, line=True)}."
    if comparison.play is not None and side == 1:
        caption += f" {comparison.ending()}"
    return run_svg(
        version.model, version.translation, version.run, version.told, caption, version.lacking
    )


def comparison_svg(comparison: Comparison) -> str:
    """Return both models in one SVG, the old one above the new one."""
    parts: list[str] = []
    y, width = 0.0, 0.0
    for side in (0, 1):
        svg = _version_svg(comparison, side)
        found = _SIZE.search(svg)
        if found is None:
            raise ValueError("a drawing does not tell its size")
        wide, high = float(found[1]), float(found[2])
        head, rest = svg[svg.index("<svg") :].split(">", 1)
        head = _STYLE.sub("", head).replace("<svg ", f'<svg x="0" y="{y:.1f}" ', 1)
        parts.append(f"{head}>{rest}")
        y, width = y + high + GAP, max(width, wide)
    title = escape(plain(str(comparison.verdict.outcome), 200, line=True), quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{y - GAP:.0f}" '
        f'viewBox="0 0 {width:.1f} {y - GAP:.1f}" role="img" aria-label="{title}">'
        f"{''.join(parts)}</svg>"
    )


def comparison_html(comparison: Comparison) -> str:
    """Return the comparison for a notebook: the verdict, the play in words, both diagrams."""
    verdict = comparison.verdict
    said = plain(verdict.reason or verdict.explanation[0], 600, line=True)
    rows = [
        f"<p><b>{outcome_text(verdict.outcome)} {escape(comparison.relation)}</b>: "
        f"{escape(said)}<br>",
        f"language: {escape(plain(language_sentence(comparison), 2_000, line=True))}</p>",
    ]
    lines = comparison.lines()
    if lines:
        turns = "".join(f"<li>{escape(plain(line, 600, line=True))}</li>" for line in lines[:-1])
        rows.append(f"<ol>{turns}</ol><p><b>{escape(plain(lines[-1], 600, line=True))}</b></p>")
    for side in (0, 1):
        picture = fitted_svg(_version_svg(comparison, side))
        rows.append(f"<figure style='margin:.5em 0'>{picture}</figure>")
    return f"<div style='text-align:left'>{''.join(rows)}</div>"
