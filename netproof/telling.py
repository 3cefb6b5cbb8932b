"""Telling a caller of the verdicts on a model so far, the others as UNKNOWN."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from netproof.properties import AskedFormula
from netproof.report.model import ModelReport, VerdictReport
from transition_systems.verdict import Exactness, Outcome, Statistics, Verdict

__all__ = ["LATE", "Publish", "Tell", "refused", "teller"]

LATE = "the call ended before it was done"
Publish = Callable[[ModelReport], None]
Tell = Callable[[dict[int, VerdictReport]], None]


def refused(name: str | AskedFormula, reason: str) -> Verdict:
    """Return the verdict UNKNOWN, with its reason, of a property that was not decided.

    Examples
    --------
    >>> refused("deadlock", "there was no time").outcome
    <Outcome.UNKNOWN: 'UNKNOWN'>
    """
    text = name if isinstance(name, str) else name.text
    return Verdict(
        property=text,
        outcome=Outcome.UNKNOWN,
        reason=reason,
        exactness=Exactness.NONE,
        statistics=Statistics(method="none"),
    )


def teller(
    names: Sequence[str | AskedFormula],
    report: Callable[[Sequence[VerdictReport]], ModelReport],
    publish: Publish | None,
    states: int,
) -> Tell:
    """Return what tells a caller of the verdicts so far, the others as UNKNOWN.

    Parameters
    ----------
    names
        What is asked.
    report
        Makes the report of a model from its verdicts.
    publish
        The caller; ``None`` where nobody wants to know.
    states
        How many states were seen.
    """

    def tell(entries: dict[int, VerdictReport]) -> None:
        if publish is not None:
            why = f"{LATE}; {states} states were seen"
            publish(report([
                entries.get(number) or VerdictReport(verdict=refused(name, why))
                for number, name in enumerate(names)
            ]))  # fmt: skip

    return tell
