"""Second checker of well-structured nets: all paths, all sets of places."""

from __future__ import annotations

import itertools
from typing import Any

from oracles.evidence_net import Plain, Said, need
from oracles.evidence_truth import classical, ends


def well_structured_shows(net: Plain, data: dict[str, Any], claim: Said) -> None:
    """The claim is ``sound``, and the net closed from sink to source has the premises."""
    need(claim.phrase == "sound")
    found, goal = ends(net), classical(net)
    need(found is not None and goal is not None)
    assert found is not None
    assert goal is not None
    need((data["source"], data["sink"]) == tuple(found))
    need(goal[0] == frozenset({(found[1], 1)}))
    name = "*closing*"
    pre = {**net.pre, name: {found[1]: 1}}
    post = {**net.post, name: {found[0]: 1}}
    need(all(n == 1 for side in (pre, post) for row in side.values() for n in row.values()))
    after: dict[str, list[str]] = {p: [t for t in pre if p in pre[t]] for p in net.places}
    after |= {t: list(post[t]) for t in pre}
    need(not any(handle(after, a, b) for a in pre for b in net.places))
    need(not any(handle(after, a, b) for a in net.places for b in pre))
    empty = [p for p in net.places if p != found[0]]
    for size in range(1, len(empty) + 1):
        for some in map(set, itertools.combinations(empty, size)):
            need(any(some & set(post[t]) and not some & set(pre[t]) for t in pre))


def handle(after: dict[str, list[str]], start: str, end: str) -> bool:
    """Whether two paths share nothing but these ends."""
    inner: list[frozenset[str]] = []
    todo: list[tuple[str, ...]] = [(start,)]
    while todo:
        path = todo.pop()
        for node in after[path[-1]]:
            if node == end:
                inner.append(frozenset(path[1:]))
            elif node not in path:
                todo.append((*path, node))
    return any(not a & b for a, b in itertools.combinations(inner, 2))
