"""Reads of variables that nothing can have written before.

A variable with a default, or that is required as input, has a value from the start. Any other is
reported where it is read (in an input mapping, or in the condition of a transition) and *no*
execution can have written it before: no activity that writes it lies on a way to the reader, and
none can run beside it in another branch of a split. A read that only some executions write before
is not reported.
"""

from __future__ import annotations

from collections import defaultdict

from transition_systems.expressions.ast import Expr, names_in
from transition_systems.source_span import SourceSpan
from translators.definition.check import Expressions
from translators.definition.kinds import GATEWAYS, kind_name
from translators.definition.model import Definition
from translators.definition.problems import Problems
from translators.workflow.graph import GatewayKind

__all__ = ["check_dataflow"]

_ENOUGH = 100


def check_dataflow(definition: Definition, expressions: Expressions, problems: Problems) -> None:
    """Report reads before every write, by a forward may-analysis to its least fixpoint.

    Parameters
    ----------
    definition
        A definition whose structure is right.
    expressions
        Its parsed expressions.
    problems
        Gets a ``read-before-write`` for each.

    Notes
    -----
    O(activities * transitions * variables) at worst; linear in practice.
    """
    if not definition.typed:
        return
    given = {v.name for v in definition.variables if v.required or v.default is not None}
    watched = {v.name for v in definition.variables} - given
    if not watched:
        return
    writes = {
        activity.id: {entry.target for entry in activity.outputs} & watched
        for activity in definition.activities
    }
    graph = _Ways(definition, writes)
    before = graph.written_before()
    for activity in definition.activities:
        for entry in activity.inputs:
            expression = expressions.inputs.get((activity.id, entry.target))
            missing = _missing(expression, watched, before[activity.id])
            _report(graph, activity.id, missing, entry.span, problems)
    for number, transition in enumerate(definition.transitions):
        known = before[transition.source] | writes[transition.source]
        missing = _missing(expressions.conditions.get(number), watched, known)
        if transition.condition_span is not None:
            _report(graph, transition.source, missing, transition.condition_span, problems)


def _missing(expression: Expr | None, watched: set[str], known: set[str]) -> list[str]:
    """Return the watched variables that an expression reads and nothing before it writes."""
    if expression is None:
        return []
    found: list[str] = []
    for name in names_in(expression):
        root = name if name in watched else name.split(".", 1)[0]
        if root in watched and root not in known and root not in found:
            found.append(root)
    return found


def _report(
    graph: _Ways, reader: str, missing: list[str], span: SourceSpan, problems: Problems
) -> None:
    for name in missing:
        if len(problems.found) >= _ENOUGH:
            return
        if graph.written_beside(name, reader):
            continue
        what = "is written only later" if graph.writers[name] else "is never written"
        problems.add(
            "read-before-write",
            f"the variable {name!r} is read here and {what}",
            span,
            mend="Give it a default, mark it as required, or write it before",
        )


class _Ways:
    """The ways between the activities of a definition, and who writes what."""

    def __init__(self, definition: Definition, writes: dict[str, set[str]]) -> None:
        self.writes = writes
        self.after: dict[str, list[str]] = defaultdict(list)
        self.ahead: dict[str, list[str]] = defaultdict(list)
        for transition in definition.transitions:
            self.after[transition.source].append(transition.target)
            self.ahead[transition.target].append(transition.source)
        choices = (GatewayKind.EXCLUSIVE, GatewayKind.EVENT_BASED)
        self.splits = [
            activity.id
            for activity in definition.activities
            if len(self.after[activity.id]) > 1
            and GATEWAYS.get(kind_name(activity.type)) not in choices
        ]
        self.writers: dict[str, list[str]] = defaultdict(list)
        for activity, names in writes.items():
            for name in names:
                self.writers[name].append(activity)
        self._before_writers: dict[str, set[str]] = {}
        self._before_reader: tuple[str, set[str]] = ("", set())

    def written_before(self) -> dict[str, set[str]]:
        """Return which variables may be written on some way before each activity begins."""
        before: dict[str, set[str]] = {activity: set() for activity in self.writes}
        pending = list(reversed(self.writes))
        waiting = set(pending)
        while pending:
            activity = pending.pop()
            waiting.discard(activity)
            known = before[activity] | self.writes[activity]
            for target in self.after[activity]:
                if not known <= before[target]:
                    before[target] |= known
                    if target not in waiting:
                        waiting.add(target)
                        pending.append(target)
        return before

    def leading_to(self, ends: list[str]) -> set[str]:
        """Return the activities from which a way leads to one of some, those included."""
        found = set(ends)
        pending = list(ends)
        while pending:
            for source in self.ahead[pending.pop()]:
                if source not in found:
                    found.add(source)
                    pending.append(source)
        return found

    def written_beside(self, name: str, reader: str) -> bool:
        """Return whether a writer of a variable may run in another branch than the reader."""
        if name not in self._before_writers:
            self._before_writers[name] = self.leading_to(self.writers[name])
        if self._before_reader[0] != reader:
            self._before_reader = (reader, self.leading_to([reader]))
        writing, reading = self._before_writers[name], self._before_reader[1]
        for split in self.splits:
            first = [number for number, t in enumerate(self.after[split]) if t in writing]
            second = [number for number, t in enumerate(self.after[split]) if t in reading]
            if first and second and (len(first) > 1 or len(second) > 1 or first != second):
                return True
        return False
