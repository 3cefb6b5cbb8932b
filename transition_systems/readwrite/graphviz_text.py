"""Texts in Graphviz files: every label is drawn literally, whatever characters it holds."""

from __future__ import annotations

__all__ = ["graphviz_string"]


def _table() -> dict[int, str]:
    table = {code: chr(0x2400 + code) for code in range(0x20)}
    table[0x7F] = "\u2421"
    table |= dict.fromkeys(range(0x80, 0xA0), "\ufffd")
    table |= dict.fromkeys((0xFFFE, 0xFFFF), "\ufffd")
    table |= {ord("\n"): "\\n", ord("\t"): "    ", ord("\\"): "\\\\"}
    table |= {ord('"'): '\\"', ord("&"): "&amp;"}
    return table


_TABLE = _table()


def graphviz_string(text: str) -> str:
    """Return a quoted Graphviz string that is drawn as exactly this text.

    Graphviz gives a meaning to backslashes (``\\\\N`` is the node's name) and to entities such as
    ``&lt;``; both are escaped. A line feed breaks the line. Other control characters, which no
    output format can hold, are drawn as their symbols.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    str
        The string with its quotes.

    Examples
    --------
    >>> print(graphviz_string('<a> & "b"'), graphviz_string("two\\nlines"))
    "<a> &amp; \\"b\\"" "two\\nlines"
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    clean = lines.encode("utf-8", "replace").decode("utf-8")
    return f'"{clean.translate(_TABLE)}"'
