"""Conditions of flows: the text as written and, where it parses, the typed expression."""

from __future__ import annotations

from transition_systems.errors import ExpressionError
from transition_systems.expressions.parse import parse_expression
from transition_systems.source_span import SourceSpan
from translators.workflow.graph import Condition

__all__ = ["condition_of"]

_LONGEST = 4096


def condition_of(text: str, span: SourceSpan | None) -> Condition:
    """Return a condition with its text and, where it parses, its expression.

    Parameters
    ----------
    text
        As written, the wrapping of engines (``${...}``) included; may be empty, for a flow that is
        only drawn as conditional.
    span
        Where it was written.

    Returns
    -------
    Condition
        Without expression where the text is of another language.

    Examples
    --------
    >>> condition_of("${approved}", None).expression
    Name(name='approved')
    >>> condition_of("[Vacation Approval] is fine", None).expression is None
    True
    """
    written = text.strip()
    expression = None
    if written and len(written) <= _LONGEST:
        try:
            expression = parse_expression(written, span=span)
        except ExpressionError:
            expression = None
    return Condition(text=written, expression=expression, span=span)
