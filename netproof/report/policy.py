"""What fails, what warns, what is known: the policy of a call, applied to a report.

An item is an outcome (``violated``, ``unknown``, ``error``), a property (``safeness``: violated or
unknown) or both (``violated:safeness``). The item that says more decides; where an outcome is named
in both lists in the same words, the warning wins.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from netproof.properties import asked_properties, name_alone, property_kind
from netproof.report.model import EXIT_CODES, Report, VerdictReport
from transition_systems.errors import NetproofError, UsageError
from transition_systems.verdict import Outcome

__all__ = ["Policy", "policy_of", "split_items"]

OUTCOMES = ("violated", "unknown", "error")


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Selectors ``(outcome, property)``; ``None`` as property stands for all of them."""

    fail_on: frozenset[tuple[str, str | None]] = frozenset((name, None) for name in OUTCOMES)
    warn_on: frozenset[tuple[str, str | None]] = frozenset()

    def level(self, outcome: str, name: str | None) -> Literal["error", "warning", "note"]:
        """Return what an outcome of a property is worth.

        Examples
        --------
        >>> Policy(warn_on=frozenset({("violated", "safeness")})).level("violated", "safeness")
        'warning'
        """
        for selector in ((outcome, name), (outcome, None)):
            if selector in self.warn_on:
                return "warning"
            if selector in self.fail_on:
                return "error"
        return "note"

    def applied(self, report: Report) -> Report:
        """Return the report with the level of each verdict set."""
        models = tuple(
            replace(model, verdicts=tuple(self._levelled(entry) for entry in model.verdicts))
            for model in report.models
        )
        return replace(report, models=models)

    def _levelled(self, entry: VerdictReport) -> VerdictReport:
        if entry.outcome is Outcome.HOLDS:
            return entry
        level = self.level(entry.outcome.lower(), entry.name)
        return entry if level == entry.level else replace(entry, level=level)

    def exit_code(self, report: Report, *, zero: bool = False) -> int:
        """Return the exit code, worst first: 70 internal, 2 unreadable, 1 violated, 3 unknown.

        Parameters
        ----------
        report
            The report.
        zero
            Fail for internal errors only.
        """
        found: set[str] = set()
        for model in report.models:
            if model.status == "internal":
                return EXIT_CODES["internal"]
            if model.error is not None:
                found.add("error")
            for entry in model.verdicts:
                if entry.accepted is None and entry.outcome is not Outcome.HOLDS:
                    outcome = entry.outcome.lower()
                    if self.level(outcome, entry.name) == "error":
                        found.add(outcome)
        if report.unusable:
            found.add("error")
        if self.level("error", None) != "error":
            found.discard("error")
        if zero:
            return 0
        return next(
            (EXIT_CODES[name] for name in ("error", "violated", "unknown") if name in found), 0
        )


def policy_of(fail_on: Iterable[str], warn_on: Iterable[str] = ()) -> Policy:
    """Return the policy that lists of items mean.

    Raises
    ------
    UsageError
        For an item that is no outcome, no property and no formula.

    Examples
    --------
    >>> policy = policy_of(["violated:soundness", "unknown"], ["violated"])
    >>> policy.level("violated", "soundness"), policy.level("violated", "safeness")
    ('error', 'warning')
    """
    return Policy(
        fail_on=_selectors(fail_on, "--fail-on"), warn_on=_selectors(warn_on, "--warn-on")
    )


def _selectors(items: Iterable[str], option: str) -> frozenset[tuple[str, str | None]]:
    found: set[tuple[str, str | None]] = set()
    for item in items:
        outcome, colon, name = item.partition(":")
        if item in OUTCOMES:
            found.add((item, None))
        elif colon and outcome in OUTCOMES[:2]:
            found.add((outcome, _property(name, option)))
        else:
            known = _property(item, option)
            found.update((word, known) for word in OUTCOMES[:2])
    return frozenset(found)


def _property(name: str, option: str) -> str:
    if property_kind(name) is None:
        try:
            (asked,) = asked_properties([name])
            if name_alone(asked) and '"' not in name:
                raise UsageError(f"there is no property {name!r}; a name of a model is quoted")
        except NetproofError as error:
            raise UsageError(
                f"{option} takes {', '.join(OUTCOMES)}, a property, or OUTCOME:PROPERTY; {error}"
            ) from error
    return name


def split_items(text: str) -> tuple[str, ...]:
    """Return the items of a list with commas; commas in quotes or brackets do not part.

    Examples
    --------
    >>> split_items('violated:AG(!("a, b" && c)), unknown')
    ('violated:AG(!("a, b" && c))', 'unknown')
    """
    items: list[str] = []
    current, depth, quoted = "", 0, False
    for sign in text:
        if sign == '"':
            quoted = not quoted
        elif not quoted and sign in "()":
            depth += 1 if sign == "(" else -1
        if sign == "," and not quoted and depth <= 0:
            items.append(current)
            current = ""
        else:
            current += sign
    items.append(current)
    return tuple(item.strip() for item in items if item.strip())
