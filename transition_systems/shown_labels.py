"""Labels as a reader sees them."""

from __future__ import annotations

__all__ = ["shown_label"]


def shown_label(name: str) -> str:
    """Return a label for a sentence: one without a letter to see, between quotation marks.

    Examples
    --------
    >>> shown_label("pay"), shown_label("")
    ('pay', '""')
    """
    return name if name.strip() else f'"{name}"'
