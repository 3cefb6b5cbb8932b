"""Which error a draft has: by the fast search where that can tell, by its net otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from petri.soundness import ErrorKind, sound
from transition_systems.budget import Budget
from transition_systems.verdict import Outcome, Verdict
from translators.repair.draft import Draft, is_core
from translators.repair.search import Finding, find_error, find_errors
from translators.to_petri import NetTranslation, workflow_to_net
from translators.workflow.graph import WorkflowGraph
from translators.workflow_errors import workflow_error

__all__ = ["Error", "Judge", "decide_workflow"]

OCCURS = "no-dead-activities"


@dataclass(frozen=True, slots=True, kw_only=True)
class Error:
    """What is wrong with a draft.

    Parameters
    ----------
    kind, elements
        The kind of error and the elements it is at.
    finding
        What the fast search found, if it did.
    translation, verdict
        The net and the verdict about it, where the fast search could not tell.
    """

    kind: ErrorKind
    elements: tuple[str, ...]
    finding: Finding | None = None
    translation: NetTranslation | None = None
    verdict: Verdict | None = None

    def like(self, other: Error) -> bool:
        """Return whether another error is of the same kind, at one of the same elements.

        Ends, which are the borders of a fragment, are not compared.
        """
        if self.kind is not other.kind:
            return False
        if self.kind is ErrorKind.IMPROPER_COMPLETION:
            return True
        return not set(self.elements).isdisjoint(other.elements)


def decide_workflow(
    graph: WorkflowGraph, *, budget: Budget | None = None
) -> tuple[NetTranslation, Verdict]:
    """Decide soundness of a workflow on its net; UNKNOWN where an element was refused.

    Parameters
    ----------
    graph
        The workflow.
    budget
        Limits.

    Returns
    -------
    tuple of NetTranslation and Verdict
        The verdict is about the net.

    Examples
    --------
    >>> from translators.workflow import EventKind, Flow, Node, NodeKind, Scope, WorkflowGraph
    >>> graph = WorkflowGraph(id="g", scopes=(Scope(id="p", kind="process"),),
    ...     nodes=(Node(id="s", kind=NodeKind.EVENT, event=EventKind.START, scope="p"),
    ...            Node(id="e", kind=NodeKind.EVENT, event=EventKind.END, scope="p")),
    ...     flows=(Flow(id="f", source="s", target="e", scope="p"),))
    >>> decide_workflow(graph)[1].outcome
    <Outcome.HOLDS: 'HOLDS'>
    """
    translation = workflow_to_net(graph, budget=budget)
    verdict = sound(translation.net, goal=translation.goal, occurs_name=OCCURS, budget=budget)
    if translation.ledger.refused:
        first = translation.ledger.refused[0]
        reason = f"{first.kind} {first.element} was refused: {first.note}"
        verdict = verdict.with_(outcome=Outcome.UNKNOWN, evidence=None, reason=reason)
    return translation, verdict


class Judge:
    """Tells of drafts of one workflow whether they are sound, and what is wrong otherwise.

    Parameters
    ----------
    graph
        The workflow.
    budget
        Limits of everything that is asked.
    """

    def __init__(self, graph: WorkflowGraph, *, budget: Budget | None = None) -> None:
        self.core = is_core(graph)
        self.budget = (budget or Budget()).fixed()
        self.asked = 0

    def error(self, draft: Draft, like: Error | None = None) -> Error | str | None:
        """Return an error of the draft, ``None`` where it is sound, a sentence where not known.

        With ``like`` an error of the same kind at the same elements is looked for; the answer
        ``None`` then says that there is none such, as far as the search tells.
        """
        self.asked += 1
        if self.core:
            wanted = None if like is None else lambda f: _as_error(f).like(like)
            found = find_error(draft, wanted)
            if found is None:
                return None
            if isinstance(found, Finding):
                return _as_error(found)
        return self._by_net(draft, like)

    def errors(self, draft: Draft, most: int) -> list[Error] | str:
        """Return several errors of the draft, none where it is sound, or why that is not known."""
        self.asked += 1
        if self.core:
            found = find_errors(draft, most)
            if isinstance(found, str):
                return found
            return [_as_error(finding) for finding in found]
        error = self._by_net(draft, None)
        if isinstance(error, str):
            return error
        return [] if error is None else [error]

    def _by_net(self, draft: Draft, like: Error | None) -> Error | str | None:
        translation, verdict = decide_workflow(draft.whole(), budget=self.budget)
        if verdict.holds:
            return None
        if verdict.unknown:
            return verdict.reason or "not known"
        told = workflow_error(translation, verdict)
        error = Error(
            kind=told.kind, elements=told.elements, translation=translation, verdict=verdict
        )
        return error if like is None or error.like(like) else None


def _as_error(found: Finding) -> Error:
    return Error(kind=found.kind, elements=found.elements, finding=found)
