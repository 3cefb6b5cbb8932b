"""What must hold of a definition: its references, its ways, its types, its reads and writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from transition_systems.errors import ExpressionError
from transition_systems.expressions.ast import Expr, names_in
from transition_systems.expressions.check import check
from transition_systems.expressions.parse import parse_expression
from transition_systems.expressions.types import BOOLEAN, Type
from transition_systems.source_span import SourceSpan
from translators.definition.kinds import END_EVENT, VARIABLE_TYPES, fits, kind_name, typed
from translators.definition.model import Definition
from translators.definition.problems import Problems, nearest

__all__ = ["Expressions", "check_definition", "check_structure"]

_LONGEST = 10_000


class Expressions:
    """The parsed expressions of a definition, by the place where they are written.

    Attributes
    ----------
    conditions
        By the number of the transition.
    inputs
        By activity and target.
    """

    def __init__(self) -> None:
        self.conditions: dict[int, Expr] = {}
        self.inputs: dict[tuple[str, str], Expr] = {}


def check_definition(definition: Definition, problems: Problems) -> Expressions:
    """Check the structure, the expressions and the types of a definition.

    Parameters
    ----------
    definition
        The definition as read.
    problems
        Gets what is wrong.

    Returns
    -------
    Expressions
        The expressions, parsed once.

    Notes
    -----
    Where a definition has no ``variables`` at all, names are free and types are not checked. An
    expression over variables of type ``any``, ``object`` or ``array`` is not checked either.
    """
    check_structure(definition, problems)
    types = _Types(_variable_types(definition, problems))
    expressions = Expressions()
    for number, transition in enumerate(definition.transitions):
        if transition.condition is None or transition.condition_span is None:
            continue
        parsed = _parsed(transition.condition, transition.condition_span, problems)
        if parsed is None:
            continue
        expressions.conditions[number] = parsed
        if definition.typed:
            _check_expression(parsed, transition.condition_span, types, problems, wanted=BOOLEAN)
    for activity in definition.activities:
        for entry in activity.inputs:
            parsed = _parsed(entry.text, entry.span, problems)
            if parsed is None:
                continue
            expressions.inputs[activity.id, entry.target] = parsed
            if definition.typed:
                _check_expression(parsed, entry.span, types, problems)
        for entry in activity.outputs:
            _parsed(entry.text, entry.span, problems)
            if definition.typed and entry.target not in types.kinds:
                problems.add(
                    "unknown-reference",
                    f"the variable {entry.target[:80]!r} does not exist",
                    entry.target_span,
                    mend=nearest(entry.target, types.kinds),
                )
    return expressions


def check_structure(definition: Definition, problems: Problems) -> None:
    """Check that all names lead to activities, that there is a start and an end, and ways."""
    known = {activity.id for activity in definition.activities}
    if not known:
        return

    def unknown(name: str, span: SourceSpan) -> None:
        problems.add(
            "unknown-reference",
            f"the activity {name[:80]!r} does not exist",
            span,
            mend=nearest(name, known),
        )

    if not definition.start:
        problems.add(
            "no-start",
            "there is no start activity",
            definition.start_span,
            mend="Name one with start_activity",
        )
    elif definition.start not in known:
        unknown(definition.start, definition.start_span)
    end_events = {a.id for a in definition.activities if kind_name(a.type) == END_EVENT}
    if not definition.ends and not end_events:
        problems.add(
            "no-end",
            "there is no end activity",
            definition.end_span,
            mend="Name at least one in end_activities",
        )
    for name, span in definition.ends:
        if name not in known:
            unknown(name, span)
    ends = {name for name, _ in definition.ends} | end_events
    loose = False
    for transition in definition.transitions:
        for name, span in zip((transition.source, transition.target), transition.ends, strict=True):
            if name not in known:
                loose = True
                unknown(name, span)
        if transition.source in ends:
            problems.add(
                "transition-from-end",
                f"a transition leaves the end activity {transition.source!r}",
                transition.ends[0],
                mend="It would never be taken: remove it, or the activity from end_activities",
            )
    if definition.start in known and not loose:
        _check_reachable(definition, definition.start, problems)


def _check_reachable(definition: Definition, start: str, problems: Problems) -> None:
    after: dict[str, list[str]] = defaultdict(list)
    for transition in definition.transitions:
        after[transition.source].append(transition.target)
    reached = {start}
    pending = [start]
    while pending:
        for target in after[pending.pop()]:
            if target not in reached:
                reached.add(target)
                pending.append(target)
    for activity in definition.activities:
        if activity.id not in reached:
            problems.add(
                "unreachable-activity",
                f"no way leads from {start!r} to the activity {activity.id!r}",
                activity.span,
                mend="Add a transition to it, or remove it",
            )


class _Types:
    """The types of all variables, and what follows from them for names."""

    def __init__(self, kinds: dict[str, Type | str]) -> None:
        self.kinds = kinds
        self.checked = {name: kind for name, kind in kinds.items() if isinstance(kind, Type)}
        self.members = {member for kind in self.checked.values() for member in kind.members}

    def is_checked(self, name: str) -> bool:
        """Return whether the type of a name is known."""
        return name in self.checked or name in self.members

    def declares(self, name: str) -> bool:
        """Return whether a name is a variable, a part of one, or a member of an enumeration."""
        if name in self.kinds or name in self.members:
            return True
        return any(isinstance(self.kinds.get(root), str) for root in _roots(name))


def _variable_types(definition: Definition, problems: Problems) -> dict[str, Type | str]:
    """Return the types of the variables; check their names and defaults."""
    types: dict[str, Type | str] = {}
    for variable in definition.variables:
        written = variable.type or "any"
        known = typed(written, variable.values)
        if known is None:
            types[variable.name] = "any"
            needs_values = VARIABLE_TYPES.get(written.strip().lower()) == "enumeration"
            problems.add(
                "missing-key" if needs_values else "unknown-type",
                f"the enumeration {variable.name!r} has no values"
                if needs_values
                else f"the type {written[:80]!r} of the variable {variable.name!r} is not known",
                variable.type_span,
                mend=None if needs_values else nearest(written, VARIABLE_TYPES),
            )
            continue
        types[variable.name] = known
        if variable.default is not None and not fits(variable.default, known):
            problems.add(
                "type-mismatch",
                f"the default of the variable {variable.name!r} is not of its type",
                variable.default_span or variable.span,
                found=repr(variable.default)[:80],
                expected=str(known),
            )
    return types


def _parsed(text: str, span: SourceSpan, problems: Problems) -> Expr | None:
    if len(text) > _LONGEST:
        problems.add("bad-expression", f"an expression has more than {_LONGEST} characters", span)
        return None
    try:
        return parse_expression(text, span=span)
    except ExpressionError as error:
        problems.add(
            "bad-expression",
            f"the expression {text.strip()[:80]!r} does not parse: {error.message}",
            span,
            found=error.found,
            expected=error.expected,
            mend=error.mend,
        )
        return None


def _check_expression(
    expression: Expr,
    span: SourceSpan,
    types: _Types,
    problems: Problems,
    *,
    wanted: Type | None = None,
) -> None:
    missing = [name for name in names_in(expression) if not types.declares(name)]
    if missing:
        problems.add(
            "unknown-reference",
            f"the variable {missing[0][:80]!r} does not exist",
            span,
            mend=nearest(missing[0], types.kinds),
        )
        return
    if any(
        name not in types.checked and name not in types.members for name in names_in(expression)
    ):
        return
    try:
        found = check(expression, types.checked)
    except ExpressionError as error:
        problems.add(
            "type-mismatch", error.message, span, found=error.found, expected=error.expected
        )
        return
    if wanted is not None and found != wanted:
        problems.add(
            "type-mismatch", "the condition is no truth", span, found=str(found), expected="boolean"
        )


def _roots(name: str) -> Iterator[str]:
    """Yield the dotted beginnings of a name, the longest first."""
    parts = name.split(".")
    for count in range(len(parts) - 1, 0, -1):
        yield ".".join(parts[:count])
