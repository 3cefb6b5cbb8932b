"""What every reader of workflow files returns: the graph and the ledger of its reading."""

from __future__ import annotations

from dataclasses import dataclass

from translators.ledger import Ledger
from translators.workflow.graph import WorkflowGraph

__all__ = ["ReadResult"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadResult:
    """A workflow graph as read, with what the reader has to say about the file.

    Parameters
    ----------
    graph
        The graph.
    ledger
        Elements without effect, refused elements and repairs. What is mapped or abstracted is
        added by the map that gives the graph its meaning.
    """

    graph: WorkflowGraph
    ledger: Ledger
