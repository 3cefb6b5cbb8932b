"""Small workflows of gateways and tasks: random ones, soundness by definition, repairs by trying."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from translators.repair.draft import Draft
from translators.repair.edits import all_edits, edited, keeps_paths, keeps_single
from translators.workflow import EventKind, Flow, GatewayKind, Node, NodeKind, Scope, WorkflowGraph

MOST_TOKENS = 6
Tokens = frozenset[tuple[str, int]]


def small_workflow(seed: int, *, most: int = 8) -> WorkflowGraph:
    """Return a random workflow in which every node is on a path from the start to the end."""
    chance = random.Random(seed)
    while True:
        names = [f"n{number}" for number in range(chance.randint(3, most - 2))]
        nodes = [_node(name, chance) for name in names]
        nodes.append(Node(id="s", kind=NodeKind.EVENT, event=EventKind.START, scope="p"))
        nodes.append(Node(id="e", kind=NodeKind.EVENT, event=EventKind.END, scope="p"))
        flows = [("s", chance.choice(names)), (chance.choice(names), "e")]
        for _ in range(chance.randint(len(names), 2 * len(names))):
            one, other = chance.sample(names, 2)
            if (one, other) not in flows:
                flows.append((one, other))
        graph = WorkflowGraph(
            id="g", scopes=(Scope(id="p", kind="process"),), nodes=tuple(nodes),
            flows=tuple(Flow(id=f"f{i}", source=a, target=b, scope="p")
                        for i, (a, b) in enumerate(flows)),
        )  # fmt: skip
        if len(Draft(graph).path_nodes()) == len(nodes):
            return graph


def _node(name: str, chance: random.Random) -> Node:
    if chance.random() < 0.3:
        return Node(id=name, kind=NodeKind.ACTIVITY, activity="task", scope="p")
    kind = chance.choice((GatewayKind.EXCLUSIVE, GatewayKind.PARALLEL))
    return Node(id=name, kind=NodeKind.GATEWAY, gateway=kind, scope="p")


def is_sound(draft: Draft) -> bool:
    """Decide by all markings: it can complete, no end is reached twice, each task can happen."""
    into, out = draft.around()
    first = _frozen(Counter(out["s"]))
    seen, waiting = {first: [first]}, [first]
    done: set[str] = set()
    while waiting:
        marking = waiting.pop()
        for name, after in _steps(draft, into, out, Counter(dict(marking))):
            done.add(name)
            if any(n > (1 if f.startswith("end ") else MOST_TOKENS) for f, n in after):
                return False
            if after not in seen:
                seen[after] = []
                waiting.append(after)
            seen[after].append(marking)
    good = [m for m in seen if all(f.startswith("end ") for f, _ in m)]
    reached = set(good)
    while good:
        for before in seen[good.pop()]:
            if before not in reached:
                reached.add(before)
                good.append(before)
    tasks = {n.id for n in draft.nodes.values() if n.is_activity}
    return len(reached) == len(seen) and tasks <= done


def _steps(
    draft: Draft, into: dict[str, list[str]], out: dict[str, list[str]], tokens: Counter[str]
) -> Iterator[tuple[str, Tokens]]:
    for name, node in draft.nodes.items():
        ins, outs = into[name], out[name]
        if node.gateway is GatewayKind.PARALLEL:
            if ins and all(tokens[flow] for flow in ins):
                yield name, _frozen(tokens - Counter(ins) + Counter(outs))
            continue
        for flow in ins:
            if not tokens[flow]:
                continue
            rest = tokens - Counter([flow])
            if node.event is EventKind.END:
                yield name, _frozen(rest + Counter([f"end {name}"]))
            elif node.gateway is GatewayKind.EXCLUSIVE and outs:
                for chosen in outs:
                    yield name, _frozen(rest + Counter([chosen]))
            else:
                yield name, _frozen(rest + Counter(outs))


def _frozen(tokens: Counter[str]) -> Tokens:
    return frozenset((flow, count) for flow, count in tokens.items() if count)


def fewest_edits(graph: WorkflowGraph, most: int) -> int | None:
    """Return how many edits it takes at least, by trying all sets of them."""
    draft = Draft(graph)
    edits = list(all_edits(draft))
    for count in range(1, most + 1):
        for chosen in combinations(edits, count):
            flows = [e.element for e in chosen if e.kind != "change-gateway"]
            if len(set(flows)) < len(flows):
                continue
            after = edited(draft, chosen)
            if keeps_single(draft, after) and keeps_paths(draft, after) and is_sound(after):
                return count
    return None
