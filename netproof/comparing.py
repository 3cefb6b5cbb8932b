"""Comparing two models: the verdicts, the elements and the runs that changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from netproof.checking import DEFAULT_SECONDS, CheckOptions, check_model
from netproof.difference.changes import ElementChange, VerdictChange
from netproof.difference.elements import WorkflowChanges
from netproof.difference.model import Difference, Side
from netproof.difference.moved import moved_between
from netproof.difference.net_elements import NetChanges
from netproof.difference.runs import compare_runs, unknown_runs
from netproof.difference.subject import Subject
from netproof.difference.system_elements import SystemChanges
from netproof.loading import Model, model_of
from netproof.properties import NET_DEFAULTS, SYSTEM_DEFAULTS, WORKFLOW_DEFAULTS, asked_properties
from netproof.report.model import ModelReport
from petri import PetriNet
from transition_systems.budget import Budget
from transition_systems.errors import NetproofError, UsageError
from transition_systems.progress import ProgressCallback
from transition_systems.readwrite.files import PathOrFile
from translators.to_petri import workflow_to_net
from translators.workflow.graph import WorkflowGraph

__all__ = ["diff"]

CHECK_SHARE = 0.35
LATE = "the call ended before it was done"
MIXED = (
    "The models are of different kinds: activities and events of the workflow are compared with "
    "the labels of the net, by name; other elements are not compared."
)
SHARED = "Runs are compared on the activities and events that both models have; others are silent."
OPEN = "The {} net has no final marking: where its runs may end is not compared."
OPEN_SYSTEM = "The {} system has not one final state: where its runs may end is not compared."
Comparable: TypeAlias = "Model | WorkflowGraph | PetriNet | PathOrFile"


def diff(
    old: Comparable,
    new: Comparable,
    *,
    properties: str | Iterable[str] | None = None,
    budget: Budget | float | None = None,
    starts: Literal["one", "all"] = "one",
    runs: Literal["all", "shared"] = "all",
    progress: ProgressCallback | None = None,
    publish: Callable[[Difference], None] | None = None,
) -> Difference:
    """Compare two models: verdicts, elements, and the shortest run that only one of them allows.

    Parameters
    ----------
    old, new
        Paths, open files, loaded models, workflow graphs or nets; also of different formats.
    properties
        Names or formulas, as for :func:`netproof.check`.
    budget
        Seconds, or a budget, for everything together; 30 seconds by default.
    starts
        The reading of several start events.
    runs
        ``"all"`` compares everything that can be seen; ``"shared"`` only the activities and events
        that both models have.
    progress
        A callback.
    publish
        Told of the difference as far as it is known, for a caller that may have to end early.

    Returns
    -------
    Difference
        True where something changed.

    Raises
    ------
    InputError
        When a file cannot be read.
    UsageError
        For a property that does not exist, or a name in it that neither model has.

    Notes
    -----
    A run is a sequence of completed activities and occurring events, and whether all may be done
    after it; routing is silent. The runs are compared by subset construction on the fly.

    Examples
    --------
    >>> from petri import PetriNet
    >>> old = PetriNet(places=["p", "q"], transitions=["a"], arcs=[("p", "a"), ("a", "q")],
    ...                initial={"p": 1}, final={"q": 1})
    >>> new = old.replace(transitions=["a", "b"], arcs=[*old.arcs, ("p", "b"), ("b", "q")])
    >>> found = diff(old, new)
    >>> [step.label for step in found.runs.gained.steps], found.runs.lost.status
    (['“b”'], 'none')
    >>> bool(found), bool(diff(old, old))
    (True, False)
    """
    started = time.monotonic()
    limits = budget if isinstance(budget, Budget) else Budget(seconds=budget)
    left = limits.remaining()
    end = started + (DEFAULT_SECONDS if left is None else left)
    names = (properties,) if isinstance(properties, str) else tuple(properties or ())
    asked_properties(names)
    if starts not in ("one", "all") or runs not in ("all", "shared"):
        raise UsageError("starts is 'one' or 'all', runs is 'all' or 'shared'")
    options = CheckOptions(
        properties=names, seconds=end - started, states=limits.states, starts=starts
    )
    return _Comparison(model_of(old), model_of(new), options, runs, end, progress, publish).made()


@dataclass(slots=True)
class _Comparison:
    old: Model
    new: Model
    options: CheckOptions
    seen: Literal["all", "shared"]
    end: float
    progress: ProgressCallback | None
    publish: Callable[[Difference], None] | None

    def made(self) -> Difference:
        pairs, elements = self._elements()
        self.options = replace(self.options, properties=self._asked())
        result = Difference(
            old=Side(source=self.old.source, format=self.old.format),
            new=Side(source=self.new.source, format=self.new.format),
            verdicts=(), elements=elements,
            elements_compared=self.old.is_workflow is self.new.is_workflow, runs=unknown_runs(LATE),
            notes=self._notes(), options={**self.options.to_dict(), "runs": self.seen},
        )  # fmt: skip
        self._tell(result)
        seconds = max(0.0, self.end - time.monotonic()) * CHECK_SHARE
        first, without = self._checked(self.old, seconds)
        result = replace(result, verdicts=_verdicts(first, None, without, {}, {}))
        self._tell(result)
        same = (self.old.graph, self.old.net) == (self.new.graph, self.new.net)
        second, lacking = (first, without) if same else self._checked(self.new, seconds)
        for name in without.keys() & lacking.keys():
            raise without[name]
        verdicts = _verdicts(first, second, without, lacking, pairs)
        assumed = dict.fromkeys((*first.assumed, *second.assumed))
        result = replace(result, verdicts=verdicts, assumptions=tuple(assumed))
        self._tell(result)
        sides = self._subject("old", self.old, first), self._subject("new", self.new, second)
        notes = [
            (OPEN if s.model.system is None else OPEN_SYSTEM).format(s.which)
            for s in sides if s.refusal is None and s.done() is None
        ]  # fmt: skip
        runs = compare_runs(
            *sides, pairs, shared=self.seen == "shared",
            budget=Budget(states=self.options.states, deadline=self.end), progress=self.progress,
        )  # fmt: skip
        return replace(result, runs=runs, notes=(*result.notes, *notes))

    def _asked(self) -> tuple[str, ...]:
        """Return what was asked for, or the defaults that have a meaning for both models."""
        if self.options.properties:
            return self.options.properties
        before, after = _defaults(self.old), _defaults(self.new)
        return tuple(name for name in before if name in after)

    def _tell(self, result: Difference) -> None:
        if self.publish is not None:
            self.publish(result)

    def _elements(self) -> tuple[dict[str, str], tuple[ElementChange, ...]]:
        if self.old.graph is not None and self.new.graph is not None:
            changes = WorkflowChanges(self.old.graph, self.new.graph)
            return changes.nodes, changes.changes()
        if self.old.net is not None and self.new.net is not None:
            systems = self.old.system, self.new.system
            if systems[0] is not None and systems[1] is not None:
                nets: NetChanges = SystemChanges(systems[0], systems[1])
            else:
                nets = NetChanges(self.old.net, self.new.net)
            return nets.nodes, nets.changes()
        return {}, ()

    def _notes(self) -> tuple[str, ...]:
        mixed = self.old.is_workflow is not self.new.is_workflow
        return (*([MIXED] if mixed else []), *([SHARED] if self.seen == "shared" else []))

    def _checked(self, model: Model, seconds: float) -> tuple[ModelReport, dict[str, UsageError]]:
        """Check a model; a question that only the other model can be asked is left out."""
        deadline = min(self.end, time.monotonic() + seconds)
        report = check_model(model, self.options, progress=self.progress, deadline=deadline)
        wrong = {e.name: UsageError(e.reason or "") for e in report.verdicts if e.unusable}
        return replace(report, verdicts=tuple(e for e in report.verdicts if not e.unusable)), wrong

    def _subject(self, which: str, model: Model, report: ModelReport) -> Subject:
        if model.net is not None:
            return Subject(
                which=which, model=model, net=model.net, translation=None, ledger=model.ledger
            )
        assert model.graph is not None
        translation = report.translation or workflow_to_net(
            model.graph, starts=self.options.starts, budget=Budget(deadline=self.end)
        )
        return Subject(
            which=which, model=model, net=translation.net, translation=translation,
            ledger=model.ledger + translation.ledger,
        )  # fmt: skip


def _defaults(model: Model) -> tuple[str, ...]:
    if model.net is None:
        return WORKFLOW_DEFAULTS
    subject = Subject(which="", model=model, net=model.net, translation=None, ledger=model.ledger)
    if subject.completion is not None:
        return WORKFLOW_DEFAULTS
    return NET_DEFAULTS if model.system is None else SYSTEM_DEFAULTS


def _verdicts(
    old: ModelReport,
    new: ModelReport | None,
    without: dict[str, UsageError],
    lacking: dict[str, UsageError],
    pairs: dict[str, str],
) -> tuple[VerdictChange, ...]:
    before = {entry.name: entry for entry in old.verdicts}
    after = {} if new is None else {entry.name: entry for entry in new.verdicts}
    default = LATE if new is None else "it is not asked of this kind of model"
    return tuple(
        VerdictChange(
            property=name, old=before.get(name), new=after.get(name),
            old_reason=None if name in before else _why(without, name, default),
            new_reason=None if name in after else _why(lacking, name, default),
            moved=None if new is None or not pairs else moved_between(old, new, name, pairs),
        )
        for name in dict.fromkeys([*before, *after, *without, *lacking])
    )  # fmt: skip


def _why(errors: dict[str, UsageError], name: str, default: str) -> str:
    error: NetproofError | None = errors.get(name)
    return default if error is None else str(error)
