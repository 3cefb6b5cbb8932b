"""An unsound workflow explained and repaired: kind of error, smallest fragment, verified repair."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from netproof.loading import Model, model_of
from transition_systems.budget import Budget
from transition_systems.errors import UnsupportedError, UsageError
from transition_systems.readwrite.files import PathOrFile
from translators.repair import Fragment, Repair, repair_workflow, smallest_fragment
from translators.repair.judge import decide_workflow
from translators.workflow.graph import WorkflowGraph
from translators.workflow_errors import WorkflowError, workflow_error

__all__ = ["Diagnosis", "diagnose", "repaired_text"]

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
    """

    source: str
    error: WorkflowError
    fragment: Fragment
    repair: Repair
    graph: WorkflowGraph

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
        if not self.repair.found:
            return "\n".join([*lines, f"  no repair: {self.repair.reason}", ""])
        count = len(self.repair.edits)
        fewest = "the fewest" if self.repair.fewest else "perhaps not the fewest"
        lines.append(f"  repair, proved sound: {count} edit{'s' if count > 1 else ''}, {fewest}")
        lines += [f"    {edit.text(self.graph)}" for edit in self.repair.edits]
        return "\n".join([*lines, ""])


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
        raise UsageError("only workflows are repaired; this is a net")
    graph, limit = loaded.graph, (budget or Budget(seconds=DEFAULT_SECONDS)).fixed()
    translation, verdict = decide_workflow(graph, budget=limit)
    if verdict.holds:
        return None
    if verdict.unknown:
        raise UsageError(f"it is not known whether the workflow is sound: {verdict.reason}")
    return Diagnosis(
        source=loaded.source,
        error=workflow_error(translation, verdict),
        fragment=smallest_fragment(graph, budget=_part(limit, 0.3)),
        repair=repair_workflow(graph, most=most, budget=limit),
        graph=graph,
    )


def _part(budget: Budget, share: float) -> Budget:
    left = budget.remaining()
    return budget if left is None else Budget(seconds=max(left * share, 0.01)).fixed()


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
    if model.format == "bpmn":
        from translators.repair.bpmn_text import repaired_bpmn

        if not os.path.isfile(model.source):
            raise UnsupportedError("a BPMN file is written back from its file, not from a stream")
        return repaired_bpmn(Path(model.source).read_bytes(), repair.edits, file=model.source)
    from translators.definition import format_definition

    return format_definition(repair.graph)
