"""An unsound workflow explained and repaired: kind of error, smallest fragment, verified repair."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from netproof.assumed import assumptions
from netproof.loading import Model, model_of
from netproof.net_question import pose
from netproof.report.terminal import ledger_lines
from transition_systems.budget import Budget
from transition_systems.errors import UnsupportedError, UsageError
from transition_systems.readwrite.files import PathOrFile
from transition_systems.verdict import Exactness
from translators.ledger import Ledger, PropertyKind
from translators.repair import Fragment, Repair, repair_workflow, smallest_fragment
from translators.repair.judge import decide_workflow
from translators.repair.order import order_sentences
from translators.workflow.graph import WorkflowGraph
from translators.workflow_errors import WorkflowError, workflow_error

__all__ = ["Diagnosis", "diagnose", "refuse_unwritable", "repaired_text"]

DEFAULT_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What is wrong with a workflow, as small as it gets, and how to mend it.

    Parameters
    ----------
    source
        The path or name of the model.
    error
        The kind of error, with the elements that it is at.
    fragment
        The smallest unsound fragment.
    repair
        The repair, or why there is none.
    graph
        The workflow.
    ledger
        What the reader and the translation left out, abstracted or repaired.
    assumptions
        Sentences that define the question.
    """

    source: str
    error: WorkflowError
    fragment: Fragment
    repair: Repair
    graph: WorkflowGraph
    ledger: Ledger = field(default_factory=Ledger)
    assumptions: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the diagnosis as plain data."""
        return {
            "schema": "netproof/repair/1",
            "source": self.source,
            "error": self.error.to_dict(),
            "fragment": {
                "nodes": list(self.fragment.nodes),
                "kind": str(self.fragment.kind),
                "elements": list(self.fragment.elements),
                "minimal": self.fragment.minimal,
            },
            "repair": self.repair.to_dict(),
            "ledger": self.ledger.to_list(),
            "assumptions": list(self.assumptions),
        }

    def to_json(self) -> str:
        """Return the diagnosis as JSON text."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1) + "\n"

    def text(self) -> str:
        """Return the diagnosis as lines to read."""
        names = {node.id: node.name or node.id for node in self.graph.nodes}
        listed = ", ".join(names.get(node, node) for node in self.fragment.nodes)
        small = "smallest unsound" if self.fragment.minimal else "unsound"
        known = "" if self.fragment.minimal else ", perhaps not the smallest"
        count = len(self.fragment.nodes)
        lines = [
            f"{self.source}: not sound",
            f"  {self.error.text}",
            f"  {small} fragment ({count} node{'' if count == 1 else 's'}{known}): {listed}",
        ]
        lines += self._fragment_lines(names)
        lines += self._repair_lines()
        return "\n".join([*lines, *ledger_lines(self.ledger, self.assumptions), ""])

    def _fragment_lines(self, names: Mapping[str, str]) -> list[str]:
        """Return what the fragment shows, where that is another error or at what closes it."""
        fragment = self.fragment
        outside = [name for name in fragment.elements if name not in fragment.nodes]
        closing = [name for name in outside if name in names or name.endswith(".end")]
        lines: list[str] = []
        if fragment.kind is not self.error.kind:
            lines.append(
                f"    it shows another error of this workflow, {fragment.kind}: no fragment that "
                f"shows the {self.error.kind} alone was found"
            )
        if closing:
            listed = ", ".join(names.get(name, name) for name in closing)
            lines.append(f"    the error shows at {listed}, where the fragment is closed")
        return lines

    def _repair_lines(self) -> list[str]:
        if not self.repair.found:
            return [f"  no repair: {self.repair.reason}"]
        count = len(self.repair.edits)
        fewest = "the fewest" if self.repair.fewest else "perhaps not the fewest"
        exact = self.ledger.exactness(PropertyKind.BRANCHING) is Exactness.EXACT
        proved = "proved sound" if exact else "sound but for what was abstracted"
        head = f"  repair, {proved}: {count} edit{'' if count == 1 else 's'}, {fewest}"
        lines = [head, *(f"    {edit.text(self.graph)}" for edit in self.repair.edits)]
        if self.repair.reordered:
            messages = any(change.messages for change in self.repair.reordered)
            what = "steps and messages" if messages else "steps"
            lines.append(f"  which changes the order of {what}, see whether that is meant:")
            told = order_sentences(self.repair.reordered, self.graph)
            return [*lines, *(f"    {sentence}" for sentence in told)]
        return [*lines, "  which keeps the order of all steps"]


def diagnose(
    model: Model | WorkflowGraph | PathOrFile, *, most: int = 3, budget: Budget | None = None
) -> Diagnosis | None:
    """Tell what is wrong with an unsound workflow and how to mend it; ``None`` if it is sound.

    Parameters
    ----------
    model
        A path, an open file, a loaded model or a workflow graph.
    most
        How many edits a repair has at most.
    budget
        Seconds for the repair; 10 by default.

    Returns
    -------
    Diagnosis or None

    Raises
    ------
    InputError
        When the file cannot be read.
    UsageError
        For a Petri net, and where soundness is not known.

    Examples
    --------
    >>> from translators.workflow import EventKind, Flow, Node, NodeKind, Scope, WorkflowGraph
    >>> graph = WorkflowGraph(id="g", scopes=(Scope(id="p", kind="process"),),
    ...     nodes=(Node(id="s", kind=NodeKind.EVENT, event=EventKind.START, scope="p"),
    ...            Node(id="e", kind=NodeKind.EVENT, event=EventKind.END, scope="p")),
    ...     flows=(Flow(id="f", source="s", target="e", scope="p"),))
    >>> diagnose(graph) is None
    True
    """
    loaded = model_of(model)
    if loaded.graph is None:
        found = "a net" if loaded.system is None else "a transition system"
        raise UsageError(f"only workflows are repaired; this is {found}")
    graph, limit = loaded.graph, (budget or Budget(seconds=DEFAULT_SECONDS)).fixed()
    translation, verdict = decide_workflow(graph, budget=limit)
    if verdict.holds:
        return None
    if verdict.unknown:
        raise UsageError(f"it is not known whether the workflow is sound: {verdict.reason}")
    question = pose(
        translation.net, budget=_part(limit, 0.1), goal=translation.goal,
        translation=translation, safeness=False,
    )  # fmt: skip
    error = workflow_error(translation, verdict)
    met = [entry for predicate, entry in translation.conditions if question.meets(predicate)]
    return Diagnosis(
        source=loaded.source,
        error=error,
        fragment=smallest_fragment(graph, like=error, budget=_part(limit, 0.3)),
        repair=repair_workflow(graph, most=most, budget=limit),
        graph=graph,
        ledger=(loaded.ledger + translation.ledger).extended(met),
        assumptions=assumptions("soundness", translation.net, translation),
    )


def _part(budget: Budget, share: float) -> Budget:
    left = budget.remaining()
    return budget if left is None else Budget(seconds=max(left * share, 0.01)).fixed()


def refuse_unwritable(model: Model) -> None:
    """Raise :class:`UnsupportedError` for a model that cannot be written back after a repair."""
    if model.format == "bpmn" and not os.path.isfile(model.source):
        raise UnsupportedError("a BPMN file is written back from its file, not from a stream")


def repaired_text(model: Model, repair: Repair) -> str:
    """Return the repaired workflow as text in its own format, or as a definition.

    Parameters
    ----------
    model
        The model as it was loaded from a file.
    repair
        A repair that was found.

    Returns
    -------
    str

    Raises
    ------
    UnsupportedError
        Where the file cannot be written back and has no form as a definition.
    """
    if repair.graph is None:
        raise UsageError(f"there is no repair: {repair.reason}")
    refuse_unwritable(model)
    if model.format == "bpmn":
        from translators.repair.bpmn_text import repaired_bpmn

        return repaired_bpmn(Path(model.source).read_bytes(), repair.edits, file=model.source)
    from translators.definition import format_definition

    return format_definition(repair.graph)
