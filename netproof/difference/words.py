"""What elements are called in plain words."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from translators.workflow.graph import EventKind, Node, Trigger
from translators.workflow.index import GraphIndex

__all__ = ["flow_ends", "in_quotes", "joined", "node_kind", "node_title"]

ACTIVITIES = {
    "task": "task",
    "call": "call activity",
    "sub-process": "sub-process",
    "event-sub-process": "event sub-process",
    "transaction": "transaction",
    "ad-hoc": "ad-hoc sub-process",
    "business-rule": "business rule task",
}
EVENTS = {EventKind.CATCH: "catching event", EventKind.THROW: "throwing event"}


def in_quotes(text: str | None) -> str | None:
    """Return a name on one line in quotes, ``None`` for no name."""
    plain = " ".join((text or "").split())
    return f"“{plain}”" if plain else None


def joined(texts: list[str], *, word: str = "and", most: int = 6) -> str:
    """Return texts as an enumeration.

    Examples
    --------
    >>> joined(["a", "b", "c"], word="or")
    'a, b or c'
    """
    if len(texts) > most:
        texts = [*texts[: most - 1], f"{len(texts) - most + 1} more"]
    if len(texts) < 2:
        return "".join(texts)
    return f"{', '.join(texts[:-1])} {word} {texts[-1]}"


def node_kind(node: Node) -> str:
    """Return what a node is: ``user task``, ``parallel gateway``, ``message start event``."""
    if node.activity is not None:
        return ACTIVITIES.get(node.activity, f"{node.activity} task")
    if node.gateway is not None:
        return f"{node.gateway} gateway"
    assert node.event is not None
    trigger = "" if node.trigger is Trigger.NONE else f"{node.trigger} "
    return trigger + EVENTS.get(node.event, f"{node.event} event")


def node_title(node: Node) -> str:
    """Return the name of a node in quotes, or its id."""
    return in_quotes(node.name) or node.id


def flow_ends(index: GraphIndex, source: str, target: str) -> str:
    """Return between which elements a flow lies."""
    return f"from {_end(index, source)} to {_end(index, target)}"


@lru_cache(maxsize=4)
def _kinds(index: GraphIndex) -> Counter[str]:
    return Counter(node_kind(node) for node in index.graph.nodes)


def _end(index: GraphIndex, id: str) -> str:
    node = index.node.get(id)
    if node is None:
        pool = next((p for p in index.graph.pools if p.id == id), None)
        return id if pool is None else f"pool {in_quotes(pool.name) or pool.id}"
    if node.name:
        return node_title(node)
    same = _kinds(index)[node_kind(node)]
    return f"the {node_kind(node)}" if same == 1 else f"{node_kind(node)} {node.id}"
