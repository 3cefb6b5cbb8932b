"""Pieces of HTML: text made safe, badges, tables of terms, data for scripts.

Nothing from a file gets into a page but through :func:`words` or :func:`data_block`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from html import escape
from typing import Any

from netproof.report.model import ModelReport, VerdictReport
from netproof.report.text import plain
from transition_systems.verdict import Outcome

__all__ = [
    "attribute",
    "badge",
    "clean",
    "data_block",
    "folded",
    "state_badge",
    "table",
    "terms",
    "without_direction",
    "words",
]

_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SPACE = re.compile("[\t\n]")
_QUOTED = re.compile("“([^“”]*)”")

OUTCOMES = {
    Outcome.HOLDS: ("✓", "HOLDS", "good"),
    Outcome.VIOLATED: ("✗", "VIOLATED", "bad"),
    Outcome.UNKNOWN: ("?", "UNKNOWN", "open"),
}
STATES = {
    "ok": ("✓", "all good", "good"),
    "violated": ("✗", "violated", "bad"),
    "unknown": ("?", "no verdict", "open"),
    "error": ("!", "unreadable", "bad"),
    "internal": ("!", "internal error", "bad"),
}

KNOWN = ("•", "nothing new", "open")


def attribute(id: str) -> str:
    r"""Return an id as it comes out of an attribute of a picture.

    Examples
    --------
    >>> attribute("a\nb")
    'a b'
    """
    return _SPACE.sub(" ", plain(id, marks=True))


def without_direction(text: str) -> str:
    """Return a text without the marks that change the direction of what follows them."""
    return _BIDI.sub("", text)


def clean(text: str) -> str:
    r"""Return a text without control characters, and with labels that keep their direction.

    Marks that change the direction of text are taken out, so that a label cannot reorder what
    stands around it; each quoted label is isolated.

    Examples
    --------
    >>> clean("a\u202eb\x00") == "ab\ufffd", clean("“x”") == "“\u2068x\u2069”"
    (True, True)
    """
    return _QUOTED.sub("“\u2068\\1\u2069”", without_direction(plain(text)))


def words(text: str, limit: int | None = None) -> str:
    """Return a text as HTML, for content and for attributes in quotes.

    Examples
    --------
    >>> words('<b title="x">', 5)
    '&lt;b t…'
    """
    cut = text if limit is None else plain(text, limit)
    return escape(clean(cut), quote=True)


def data_block(data: Any) -> str:
    """Return JSON that can stand in a script element: no ``<``, ``>`` or ``&`` is left in it.

    Examples
    --------
    >>> data_block(["</script>"])
    '["\\\\u003c/script\\\\u003e"]'
    """
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def badge(entry: VerdictReport) -> str:
    """Return the outcome of a verdict as a badge: a mark, a word and a colour."""
    mark, name, css = OUTCOMES[entry.outcome]
    return f'<span class="badge {css}"><b aria-hidden="true">{mark}</b> {name}</span>'


def state_badge(model: ModelReport) -> str:
    """Return how a whole file fared as a badge; one with known faults is not called good."""
    mark, name, css = STATES[model.status]
    if model.status == "ok" and any(entry.accepted for entry in model.verdicts):
        mark, name, css = KNOWN
    return f'<span class="badge {css}"><b aria-hidden="true">{mark}</b> {name}</span>'


def folded(title: str, body: str, *, css: str = "", opened: bool = False, id: str = "") -> str:
    """Return content that is shown when its title is clicked; the title is HTML already."""
    attributes = (f' id="{id}"' if id else "") + (f' class="{css}"' if css else "")
    attributes += " open" if opened else ""
    return f"<details{attributes}><summary>{title}</summary>{body}</details>"


def table(head: Iterable[str], rows: Iterable[Iterable[str]], *, css: str = "") -> str:
    """Return a table that scrolls on its own; cells are HTML already, heads are text."""
    top = "".join(f'<th scope="col">{words(name)}</th>' for name in head)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="table">'
        f'<table class="{css}"><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def terms(pairs: Iterable[tuple[str, str]]) -> str:
    """Return terms with what is said about them; the latter is HTML already."""
    items = "".join(f"<div><dt>{words(name)}</dt><dd>{text}</dd></div>" for name, text in pairs)
    return f"<dl>{items}</dl>"
