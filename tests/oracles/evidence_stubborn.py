"""Second checker of stubborn sets: what the sets are for, looked up in the whole state space."""

from __future__ import annotations

from typing import Any

from oracles.evidence_net import Marking, Plain, Said, need, row, states_of, table
from oracles.evidence_sets import firsts, walked

Data = dict[str, Any]
MOST = 2000  # states of an unbounded net that are looked at


def stubborn_shows(net: Plain, data: Data, claim: Said) -> None:
    need(claim.shape in ("AG", "EF AG", "AG EF") and claim.test is not None)
    assert claim.test is not None
    states = states_of(net, data["states"])
    lines = table(data["stubborn"], max(1, -(-len(net.transitions) // 8)))
    need(len(lines) == len(states))
    sets: dict[Marking, set[str]] = {
        m: {t for k, t in enumerate(net.transitions) if line[k // 8] >> (k % 8) & 1}
        for m, line in firsts(states, lines).items()
    }
    back = claim.shape == "AG EF"
    if claim.shape == "EF AG":
        need(data["run"] is not None and walked(net, data["run"])[-1][1] in sets)
    else:
        need(net.initial in sets)
    following: dict[Marking, list[Marking]] = {}
    for m, chosen in sets.items():
        following[m] = [after for t, after in net.steps(m) if t in chosen]
        need(all(after in sets for after in following[m]))
        _swaps(net, m, chosen, strict=back)
        if not back:
            need(claim.test(m) and not _leads_out(net, m, chosen, claim))
    if back:
        ranks = row(data["rank"], len(states)), row(data["full"], len(states))
        full = {m: {t for t, _ in net.steps(m)} <= chosen for m, chosen in sets.items()}
        for given, zero in zip(ranks, (claim.test, full.__getitem__), strict=True):
            rank = firsts(states, given)
            for m, r in rank.items():
                need(r >= 0)
                need(zero(m) if r == 0 else any(rank[after] < r for after in following[m]))


def _swaps(net: Plain, start: Marking, chosen: set[str], *, strict: bool) -> None:
    """Where the first step of the set comes after others, it can come first; ``strict``: it stays."""
    for t in chosen:
        able = net.enabled(start, t)
        first = (start, net.fire(start, t) if able else None)
        seen, todo = {first}, [first]
        while todo:
            now, moved = todo.pop()
            if net.enabled(now, t):
                need(moved is not None)
            else:
                need(not (strict and able))
            for u, after in net.steps(now):
                if u in chosen:
                    continue
                both = moved is not None and net.enabled(moved, u)
                item = (after, net.fire(moved, u) if moved is not None and both else None)
                if item not in seen and len(seen) < MOST:
                    seen.add(item)
                    todo.append(item)


def _leads_out(net: Plain, start: Marking, chosen: set[str], claim: Said) -> bool:
    """Whether steps outside the set alone lead out of what is claimed."""
    assert claim.test is not None
    seen, todo = {start}, [start]
    while todo:
        now = todo.pop()
        if not claim.test(now):
            return True
        for u, after in net.steps(now):
            if u not in chosen and after not in seen and len(seen) < MOST:
                seen.add(after)
                todo.append(after)
    return False
