"""The repair of an unsound workflow: the fewest edits that make it sound, proved before shown."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

from transition_systems.budget import Budget
from transition_systems.errors import UsageError
from transition_systems.verdict import Verdict
from translators.repair.choosing import NONE_LEFT, Chooser
from translators.repair.condense import condensed
from translators.repair.conditions import Term, terms_of, terms_of_paths, terms_of_run
from translators.repair.draft import Draft
from translators.repair.edits import Edit, all_edits, edited, keeps_paths
from translators.repair.fragments import Reducer
from translators.repair.judge import Error, Judge, decide_workflow
from translators.repair.order import Reordered, order_changes
from translators.workflow.graph import EventKind, WorkflowGraph

__all__ = ["Repair", "repair_workflow"]

FEW_NODES = 14
AT_ONCE = 4
SHARE = 0.25
# The candidates, and the seconds, for a repair that changes less of the order than the first one.
MORE_TRIED, MORE_SECONDS = 40, 0.3
UNTURNED = (0, 0, 0)
TRIED = "gateways of the other kind, sequence flows removed, drawn, led elsewhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """A repair, or why there is none.

    Parameters
    ----------
    edits
        The edits; empty where none were found.
    graph
        The workflow after the edits, ``None`` where none were found.
    verdict
        The verdict HOLDS of soundness about the net of that workflow, with evidence.
    fewest
        Whether it is known that no fewer edits of the kinds in
        :func:`translators.repair.edits.all_edits` make the workflow sound.
    tried
        How many candidates were tried.
    seconds
        Wall time.
    reason
        Why there is no repair.
    reordered
        Steps, and with them messages, whose order the repair changes.
    """

    edits: tuple[Edit, ...] = ()
    graph: WorkflowGraph | None = None
    verdict: Verdict | None = None
    fewest: bool = False
    tried: int = 0
    seconds: float = 0.0
    reason: str | None = None
    reordered: tuple[Reordered, ...] = ()

    @property
    def found(self) -> bool:
        """Whether there is a repair."""
        return self.graph is not None

    def to_dict(self) -> dict[str, Any]:
        """Return the repair as plain data, without the workflow."""
        return {
            "edits": [edit.to_dict() for edit in self.edits],
            "found": self.found,
            "fewest": self.fewest,
            "tried": self.tried,
            "seconds": self.seconds,
            "reason": self.reason,
            "reordered": [change.to_dict() for change in self.reordered],
        }


def repair_workflow(graph: WorkflowGraph, *, most: int = 3, budget: Budget | None = None) -> Repair:
    """Look for the fewest edits that make an unsound workflow sound, and prove that they do.

    Parameters
    ----------
    graph
        An unsound workflow.
    most
        How many edits at most.
    budget
        Seconds; 10 by default.

    Returns
    -------
    Repair
        Every node is kept and stays on a path from a start to an end where it was on one, every
        activity occurs in some run, and :func:`petri.sound` holds for the net, with evidence.

    Raises
    ------
    UsageError
        When the workflow is sound already, or that is not known.

    Notes
    -----
    Candidates with fewer edits come first, among these changed joins and removed flows, then
    changed splits, then new and moved flows. Where the first repair found turns the order of
    steps or touches that of messages, a few more of as many edits are looked at, and the one is
    taken that does so least. A candidate that is not sound excludes all those under
    which its error stays (see :mod:`translators.repair.conditions`). In workflows with more than 14
    nodes parts that are sound by themselves are left alone, flows are added and led on only near
    the smallest unsound fragment, and such edits in sets of two and more come last; then two edits
    and more are not known to be the fewest.

    Examples
    --------
    >>> from translators.bpmn import parse_bpmn
    >>> text = '''<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p">
    ... <startEvent id="s"/><task id="a"/><task id="b"/><exclusiveGateway id="x"/>
    ... <parallelGateway id="j"/><endEvent id="e"/>
    ... <sequenceFlow id="f" sourceRef="s" targetRef="x"/>
    ... <sequenceFlow id="g" sourceRef="x" targetRef="a"/>
    ... <sequenceFlow id="h" sourceRef="x" targetRef="b"/>
    ... <sequenceFlow id="k" sourceRef="a" targetRef="j"/>
    ... <sequenceFlow id="m" sourceRef="b" targetRef="j"/>
    ... <sequenceFlow id="n" sourceRef="j" targetRef="e"/></process></definitions>'''
    >>> repair = repair_workflow(parse_bpmn(text).graph)
    >>> len(repair.edits), repair.edits[0].kind, str(repair.verdict.outcome)
    (1, 'change-gateway', 'HOLDS')
    """
    started = time.monotonic()
    limit = (budget or Budget(seconds=10.0)).fixed()
    search = _Search(graph, limit)
    found = search.found(most)
    return replace(found, tried=search.tried, seconds=time.monotonic() - started)


class _Search:
    def __init__(self, graph: WorkflowGraph, budget: Budget) -> None:
        self.graph, self.budget, self.tried = graph, budget, 0
        self.judge = Judge(graph, budget=budget)
        self.base = Draft(graph)
        self.error = self.judge.error(self.base)
        if not isinstance(self.error, Error):
            why = "it is sound" if self.error is None else self.error
            raise UsageError(f"only an unsound workflow is repaired: {why}")
        self.near: frozenset[str] | None = None
        self.whole = self.base
        if len(graph.nodes) > FEW_NODES:
            if self.judge.core:
                self.base, _ = condensed(self.whole)
            self.near = self._near()
        self.chooser = Chooser(self.base, self._edits())
        errors = self.judge.errors(self.base, AT_ONCE)
        for error in [self.error] if isinstance(errors, str) else errors:
            self.chooser.refuse((), self._terms(error, self.base))

    def _edits(self) -> list[Edit]:
        """Return the edits; far from the fragment those that leave no node without a flow."""
        edits = all_edits(self.base, near=self.near)
        if self.near is None:
            return list(edits)
        into, out = self.base.around()
        flows, near = self.base.flows, self.near
        found: list[Edit] = []
        for edit in edits:
            if edit.kind in ("change-gateway", "add-flow"):
                found.append(edit)
                continue
            source, target = flows[edit.element]
            leaves = edit.kind == "redirect-target" or len(out[source]) > 1
            enters = edit.kind == "redirect-source" or len(into[target]) > 1
            if (leaves and enters) or {source, target} <= near:
                found.append(edit)
        return found

    def _near(self) -> frozenset[str]:
        """Return the nodes of the smallest fragment and those that are next to them."""
        self.error = self.judge.error(self.base)
        assert isinstance(self.error, Error)
        left = self.budget.remaining()
        limit = Budget(seconds=None if left is None else left / 4).fixed()
        fragment, _ = Reducer(self.judge, self.error, limit).reduced(self.base)
        ends = (EventKind.START, EventKind.END)
        inner = {n.id for n in fragment.nodes.values() if n.event not in ends}
        inner = (inner | {*self.error.elements}) & self.base.nodes.keys()
        beside = set(inner)
        for source, target in self.base.flows.values():
            if source in inner:
                beside.add(target)
            if target in inner:
                beside.add(source)
        return frozenset(beside)

    def _terms(self, error: Error, draft: Draft) -> set[Term] | None:
        if error.finding is not None:
            return terms_of(error.finding)
        return terms_of_run(error, draft)

    def found(self, most: int) -> Repair:
        """Return the first repair: smallest first in a small workflow.

        In a large one changed gateways and removed flows come first from two edits on.
        """
        levels = [(count, reach) for count in range(1, most + 1) for reach in range(4)]
        if self.near is not None:
            levels.sort(key=lambda level: max(0, level[1] - 1) if level[0] > 1 else 0)
        doubtful = False
        for count, reach in levels:
            left = self.budget.remaining()
            short = self.near is not None and reach == 2 and count == 1
            until = time.monotonic() + left * SHARE if short and left is not None else None
            chosen = self._choice(count, reach)
            while not isinstance(chosen, str):
                if until is not None and time.monotonic() > until:
                    chosen = NONE_LEFT
                    break
                answer = self._try(chosen)
                if isinstance(answer, Repair):
                    fewest = len(chosen) == 1 or (self.near is None and not doubtful)
                    return replace(self._in_order(answer, reach), fewest=fewest)
                doubtful = doubtful or answer
                chosen = self._choice(count, reach)
            if chosen != NONE_LEFT:
                return Repair(reason=f"{chosen} at {count} edits")
        where = "" if self.near is None else " near the fragment"
        doubt = ", and some could not be decided" if doubtful else ""
        return Repair(
            reason=f"none of at most {_edits(most)} was found among: {TRIED}{where}{doubt}"
        )

    def _in_order(self, first: Repair, reach: int) -> Repair:
        """Return the repair of as many edits that changes least in the order of messages, steps."""
        best, count, tried = first, len(first.edits), 0
        left = self.budget.remaining()
        until = time.monotonic() + (MORE_SECONDS if left is None else min(MORE_SECONDS, left / 4))
        self.chooser.refuse(first.edits, None)
        for further in range(reach, 4):
            while _disorder(best)[:3] > UNTURNED:
                if tried >= MORE_TRIED or time.monotonic() > until:
                    return best
                chosen = self._choice(count, further, most=until - time.monotonic())
                if isinstance(chosen, str):
                    break
                tried += 1
                answer = self._try(chosen)
                if isinstance(answer, Repair):
                    best = min(best, answer, key=_disorder)
                    self.chooser.refuse(chosen, None)
        return best

    def _choice(self, count: int, reach: int, most: float | None = None) -> tuple[Edit, ...] | str:
        left = self.budget.remaining()
        if left == 0.0:
            return "the time was used up"
        if most is not None:
            left = most if left is None else min(most, left)
        milliseconds = 60_000 if left is None else int(left * 1000)
        return self.chooser.choose(count, reach=reach, milliseconds=milliseconds)

    def _try(self, chosen: tuple[Edit, ...]) -> Repair | bool:
        """Return the repair if it is one; otherwise exclude it, and say whether in doubt."""
        self.tried += 1
        draft = edited(self.base, chosen)
        if not keeps_paths(self.base, draft):
            self.chooser.refuse(chosen, terms_of_paths(self.base, draft))
            return False
        errors = self.judge.errors(draft, AT_ONCE)
        if errors and not isinstance(errors, str):
            for error in errors:
                self.chooser.refuse(chosen, self._terms(error, draft))
            return False
        if not errors:
            whole = edited(self.whole, chosen).whole()
            _, verdict = decide_workflow(whole, budget=self.budget)
            if verdict.holds:
                changes = order_changes(self.graph, whole)
                return Repair(edits=chosen, graph=whole, verdict=verdict, reordered=changes)
        self.chooser.refuse(chosen, None)
        return True


def _disorder(repair: Repair) -> tuple[int, int, int, int]:
    """Return how much of the order changes: reversed messages, steps; others of either."""
    turned = [one for one in repair.reordered if one.change == "reversed"]
    others = [one for one in repair.reordered if one.change != "reversed"]
    with_messages = (sum(bool(one.messages) for one in part) for part in (turned, others))
    first, second = with_messages
    return first, len(turned), second, len(others)


def _edits(count: int) -> str:
    return "1 edit" if count == 1 else f"{count} edits"
