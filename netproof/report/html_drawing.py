"""What every drawing of a page is made of: its frame with the style sheet, and names in lines."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from translators.workflow.shapes import style_sheet

__all__ = ["POINTS_PER_INCH", "framed", "written_lines"]

POINTS_PER_INCH = 72.0
LINE, MIDDLE = 13, 4


def framed(parts: Iterable[str], width: float, height: float, margin: float, title: str) -> str:
    """Return parts of a drawing as one SVG whose colours are those of the style sheet.

    Parameters
    ----------
    parts
        Markup.
    width, height
        Of everything, margins included.
    margin
        How far the drawing begins from the left and from above.
    title
        For those who do not see the picture.
    """
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="{-margin:.1f} {-margin:.1f} {width:.1f} {height:.1f}" role="img" '
        f'aria-label="{escape(title, quote=True)}">'
        f"{style_sheet()}{''.join(parts)}</svg>"
    )


def written_lines(lines: list[str], x: float, y: float, *, below: bool = False) -> str:
    """Return lines of text around a point, or from it downwards.

    Parameters
    ----------
    lines
        The text.
    x, y
        The middle of the lines; of the first one when they stand ``below``.
    below
        Whether ``y`` is the foot of the first line.
    """
    first = y if below else y + MIDDLE - LINE / 2 * (len(lines) - 1)
    return "".join(
        f'<text x="{x:.1f}" y="{first + LINE * i:.1f}" text-anchor="middle">{escape(line)}</text>'
        for i, line in enumerate(lines)
    )
