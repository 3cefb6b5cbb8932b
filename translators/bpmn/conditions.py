"""Conditions of flows: the text as written and, where it parses, the typed expression."""

from __future__ import annotations

from transition_systems.errors import ExpressionError
from transition_systems.source_span import SourceSpan
from translators.workflow.graph import Condition

__all__ = ["bare_expression", "condition_of"]

_LONGEST = 4096


def condition_of(text: str, span: SourceSpan | None) -> Condition:
    """Return a condition with its text and, where it parses, its expression.

    Parameters
    ----------
    text
        As written; may be empty, for a flow that is only drawn as conditional.
    span
        Where it was written.

    Returns
    -------
    Condition
    """
    written = text.strip()
    return Condition(text=written, expression=_parsed(bare_expression(written)), span=span)


def bare_expression(text: str) -> str:
    """Return an expression without the wrapping of engines: ``${...}``, ``#{...}``, ``=``.

    Examples
    --------
    >>> bare_expression("${amount > 10}")
    'amount > 10'
    >>> bare_expression("= not(approved)")
    'not(approved)'
    """
    text = text.strip()
    if text[:2] in ("${", "#{") and text.endswith("}") and "{" not in text[2:]:
        return text[2:-1].strip()
    if text.startswith("=") and not text.startswith("=="):
        return text[1:].strip()
    return text


def _parsed(text: str) -> object | None:
    """Return the typed expression, or ``None`` where the text is of another language."""
    if not text or len(text) > _LONGEST:
        return None
    try:
        from transition_systems.expressions import parse_expression
    except ImportError:
        return None
    try:
        expression: object = parse_expression(text)
    except ExpressionError:
        return None
    return expression
