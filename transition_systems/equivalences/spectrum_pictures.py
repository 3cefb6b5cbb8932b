"""The spectrum as text, as a table for notebooks and as a picture of its lattice."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from transition_systems.draw import fitted_svg, svg_or_text, text_svg
from transition_systems.equivalences.inclusions import IMPLIED, implied_by
from transition_systems.readwrite.graphviz_text import graphviz_string
from transition_systems.showing import badge
from transition_systems.verdict import Outcome

if TYPE_CHECKING:
    from transition_systems.equivalences.spectrum import Entry, Spectrum, SpectrumLine

__all__ = ["spectrum_dot", "spectrum_html", "spectrum_svg", "spectrum_text"]

MARKS = {Outcome.HOLDS: "✓", Outcome.VIOLATED: "✗", Outcome.UNKNOWN: "?"}
COLOURS = {
    Outcome.HOLDS: ("#e3f5e8", "#156c32"),
    Outcome.VIOLATED: ("#fde9e7", "#a3201a"),
    Outcome.UNKNOWN: ("#fdf2d0", "#6b4e00"),
}
TITLES = ("silent steps count", "silent steps do not count")
CELL = "padding:.1em .7em;text-align:left"


def _mark(entry: Entry | None) -> str:
    return "" if entry is None else MARKS[entry.outcome]


def spectrum_text(found: Spectrum) -> str:
    """Return the spectrum as lines of text: finer relations above, a column for each direction."""
    width = max(len(line.relation) for line in found.lines) + 4
    rows = [found.explain()]
    for weak, title in enumerate(TITLES):
        rows += ["", f"{title:<{width}}  a = b   a ≤ b   b ≤ a   from"]
        for line in found.lines:
            if line.weak is bool(weak):
                marks = [f"{_mark(entry):^5}" for entry in (line.equal, line.below, line.above)]
                name = f"  {line.relation}"
                rows.append(f"{name:<{width}}  {'   '.join(marks)}   {line.equal.because or ''}")
    return "\n".join(row.rstrip() for row in rows)


def spectrum_html(found: Spectrum) -> str:
    """Return the spectrum as a table with its picture, for a notebook."""
    parts = [f"<p>{escape(found.explain())}</p>", fitted_svg(spectrum_svg(found))]
    for weak, title in enumerate(TITLES):
        heads = (title, "a = b", "a ≤ b", "b ≤ a", "what shows it")
        cells = "".join(f'<th style="{CELL}">{head}</th>' for head in heads)
        rows = [_row(line) for line in found.lines if line.weak is bool(weak)]
        parts.append(
            f"<table><thead><tr>{cells}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
        )
    return "".join(parts)


def _row(line: SpectrumLine) -> str:
    entries = (line.equal, line.below, line.above)
    shown = ["" if entry is None else badge(entry.outcome) for entry in entries]
    because = line.equal.because
    why = line.equal.verdict.reason or line.equal.verdict.explain()
    text = f"follows from {because}" if because else why
    cells = [escape(line.relation), *shown, escape(text if len(text) < 200 else f"{text[:200]} …")]
    return "<tr>" + "".join(f'<td style="{CELL}">{cell}</td>' for cell in cells) + "</tr>"


def spectrum_dot(found: Spectrum) -> str:
    """Return the lattice in the DOT language: an arrow from each relation to those it implies."""
    rows = [
        "digraph spectrum {",
        '  rankdir=TB; nodesep=0.25; ranksep=0.45; fontname="Helvetica";',
        '  node [shape=box, style="rounded,filled", fontname="Helvetica", fontsize=11];',
        '  edge [color="#888888", arrowsize=0.6];',
    ]
    for line in found.lines:
        paper, ink = COLOURS[line.equal.outcome]
        text = f"{MARKS[line.equal.outcome]} {line.relation}"
        orders = [
            f"{sign}: {_mark(entry)}"
            for sign, entry in (("a ≤ b", line.below), ("b ≤ a", line.above))
            if entry is not None and line.equal.outcome is not Outcome.HOLDS
        ]
        label = graphviz_string("\n".join([text, "   ".join(orders)]) if orders else text)
        dashed = ', style="rounded,filled,dashed"' if line.weak else ""
        rows.append(
            f"  {_node(line.relation)} [label={label}, fillcolor={graphviz_string(paper)}, "
            f"color={graphviz_string(ink)}, fontcolor={graphviz_string(ink)}{dashed}];"
        )
    for name, coarser in IMPLIED.items():
        for other in coarser:
            if not any(other in implied_by(between) for between in coarser):
                rows.append(f"  {_node(name)} -> {_node(other)};")
    note = "dashed: silent steps do not count; an arrow leads to what is implied"
    return "\n".join([*rows, f"  label={graphviz_string(note)}; fontsize=10;", "}", ""])


def _node(name: str) -> str:
    return graphviz_string(name)


def spectrum_svg(found: Spectrum) -> str:
    """Return the lattice as SVG; the table as text where no layout could be computed in time."""
    text = spectrum_text(found)
    svg, _ = svg_or_text(spectrum_dot(found), text)
    return svg if svg is not None else text_svg(text.splitlines())
