"""Workflows of industrial shape: blocks, bridges between branches, loops with several exits.

    python examples/generators/industrial.py FOLDER [--count 5000] [--seed 1]

Each has 15 to 80 tasks and up to 60 gateways. They start as nested blocks; then branches of a
choice are bridged, branches of a parallel block are synchronised, loops get further exits, some
branches end by themselves, and in about two fifths of them one to three random edits follow (a
gateway of another kind, an edge from anywhere to anywhere), most of which make them unsound. Some
have wide parallel blocks with a million markings and more. The same seed makes the same files.
"""

from __future__ import annotations

import argparse
import random
from dataclasses import dataclass, field
from pathlib import Path

from blocks import diagram

__all__ = ["Drawing", "industrial", "series_parallel"]

XOR, AND, TASK = "exclusiveGateway", "parallelGateway", "task"
MOST_GATEWAYS = 60


@dataclass(slots=True)
class Drawing:
    """A diagram on its way: nodes by id, and edges in order."""

    random: random.Random
    nodes: dict[str, str] = field(default_factory=dict)
    edges: list[tuple[str, str]] = field(default_factory=list)
    gateways: int = 0
    count: int = 0

    def node(self, kind: str) -> str:
        """Add a node and return its id."""
        self.count += 1
        short = {XOR: "xor", AND: "and", TASK: "task", "startEvent": "start", "endEvent": "end"}
        name = f"{short[kind]}{self.count}"
        self.nodes[name] = kind
        self.gateways += kind in (XOR, AND)
        return name

    def edge(self, source: str, target: str) -> None:
        """Add an edge."""
        self.edges.append((source, target))

    def on_edge(self, number: int, kind: str) -> str:
        """Put a node on an edge and return its id."""
        source, target = self.edges[number]
        name = self.node(kind)
        self.edges[number] = (source, name)
        self.edge(name, target)
        return name

    def text(self) -> str:
        """Return the diagram as BPMN."""
        return diagram([(kind, name) for name, kind in self.nodes.items()], self.edges)

    # Each of the following adds a part with some tasks between two nodes.

    def part(self, source: str, target: str, tasks: int, *, parallel: bool = False) -> None:
        """Add a sequence of parts."""
        at = source
        while tasks:
            size = tasks if tasks < 4 else self.random.randint(1, tasks)
            tasks -= size
            at = self._one(at, size, parallel)
        if at != target:
            self.edge(at, target)

    def _one(self, source: str, tasks: int, parallel: bool) -> str:
        choose = self.random.random()
        if tasks < 3 or self.gateways > MOST_GATEWAYS - 8:
            for _ in range(tasks):
                name = self.node(TASK)
                self.edge(source, name)
                source = name
            return source
        if choose < 0.4:
            return self._choice(source, tasks, parallel)
        if choose < 0.7:
            return self._fork(source, tasks)
        if choose < 0.8 and tasks >= 6:
            return self._crossed(source, tasks, parallel)
        return self._loop(source, tasks, parallel)

    def _shares(self, tasks: int, parts: int) -> list[int]:
        cuts = sorted(self.random.sample(range(1, tasks), parts - 1))
        return [b - a for a, b in zip([0, *cuts], [*cuts, tasks], strict=True)]

    def _branches(self, source: str, target: str, tasks: int, parallel: bool) -> list[range]:
        """Add branches; return for each the numbers of its edges."""
        parts = self.random.randint(2, min(4, tasks))
        found = []
        for size in self._shares(tasks, parts):
            first = len(self.edges)
            self.part(source, target, size, parallel=parallel)
            found.append(range(first, len(self.edges)))
        return found

    def _choice(self, source: str, tasks: int, parallel: bool) -> str:
        split, join = self.node(XOR), self.node(XOR)
        self.edge(source, split)
        ways = self._branches(split, join, tasks, parallel)
        if self.random.random() < 0.6 and self.gateways < MOST_GATEWAYS - 4:
            self._bridge(ways, XOR)
        if not parallel and self.random.random() < 0.15:
            out = self.on_edge(self.random.choice(ways[0]), XOR)
            self.edge(out, self.node("endEvent"))
        return join

    def _fork(self, source: str, tasks: int) -> str:
        split, join = self.node(AND), self.node(AND)
        self.edge(source, split)
        ways = self._branches(split, join, tasks, parallel=True)
        if self.random.random() < 0.6 and self.gateways < MOST_GATEWAYS - 4:
            self._bridge(ways, AND)
        return join

    def _crossed(self, source: str, tasks: int, parallel: bool) -> str:
        """Choose which tasks are done in parallel: the ways join crosswise."""
        split, join = self.node(XOR), self.node(AND)
        self.edge(source, split)
        forks, joins = [self.node(AND) for _ in range(2)], [self.node(XOR) for _ in range(2)]
        sizes = iter(self._shares(tasks, 6))
        for fork in forks:
            self.part(split, fork, next(sizes), parallel=parallel)
            for met in joins:
                self.part(fork, met, next(sizes), parallel=True)
        for met in joins:
            self.edge(met, join)
        return join

    def _loop(self, source: str, tasks: int, parallel: bool) -> str:
        enter, leave = self.node(XOR), self.node(XOR)
        self.edge(source, enter)
        there, back = self._shares(tasks, 2)
        first = len(self.edges)
        self.part(enter, leave, there, parallel=parallel)
        body = range(first, len(self.edges))
        self.part(leave, enter, back, parallel=parallel)
        after = self.node(XOR)
        self.edge(leave, after)
        if self.random.random() < 0.5 and self.gateways < MOST_GATEWAYS - 2:
            top = [n for n in body if enter == self.edges[n][0] or self._plain(n)]
            if top:
                self.edge(self.on_edge(self.random.choice(top), XOR), after)
        return after

    def _plain(self, number: int) -> bool:
        return all(self.nodes[name] == TASK for name in self.edges[number])

    def _bridge(self, ways: list[range], kind: str) -> None:
        """Lead from the first edge of a way to the last one of another."""
        one, other = self.random.sample(ways, 2)
        if len(one) and len(other):
            start, end = one[0], other[-1]
            # The last edge of a way that consists of one is its first as well.
            self.edge(self.on_edge(start, kind), self.on_edge(end, kind))

    def wide_block(self, source: str, tasks: int) -> str:
        """Add a parallel block with ten branches and more, which has a million markings."""
        branches = max(10, min(tasks, 14))
        split, join = self.node(AND), self.node(AND)
        self.edge(source, split)
        for _ in range(branches):
            self.part(split, join, max(1, tasks // branches), parallel=True)
        return join

    def disturb(self) -> None:
        """Do one random edit."""
        if self.random.random() < 0.5:
            gates = [name for name, kind in self.nodes.items() if kind in (XOR, AND)]
            if gates:
                name = self.random.choice(gates)
                self.nodes[name] = AND if self.nodes[name] == XOR else XOR
        elif self.gateways < MOST_GATEWAYS - 1:
            one, other = self.random.sample(range(len(self.edges)), 2)
            kinds = self.random.choices((XOR, AND), k=2)
            self.edge(self.on_edge(one, kinds[0]), self.on_edge(other, kinds[1]))


def industrial(seed: int) -> Drawing:
    """Return one workflow."""
    chance = random.Random(seed)
    drawing = Drawing(chance)
    start, end = drawing.node("startEvent"), drawing.node("endEvent")
    tasks = round(chance.triangular(15, 80, 30))
    at = start
    if chance.random() < 0.08 and tasks >= 24:
        some = chance.randint(10, tasks - 10)
        at = drawing.wide_block(start, some)
        tasks -= some
    drawing.part(at, end, tasks)
    if chance.random() < 0.4:
        for _ in range(chance.randint(1, 3)):
            drawing.disturb()
    return drawing


def series_parallel(drawing: Drawing) -> bool:
    """Return whether series and parallel fusion alone make the diagram one edge.

    Series: a node with one edge in and one out goes; two gateways of one kind become one, where
    the edge between them is the only one out of the first or into the second. Parallel: several
    edges from one gateway to another of the same kind become one; an edge from an exclusive gateway
    to itself goes.
    """
    kinds = drawing.nodes
    out: dict[str, list[str]] = {name: [] for name in kinds}
    into: dict[str, list[str]] = {name: [] for name in kinds}
    for source, target in drawing.edges:
        out[source].append(target)
        into[target].append(source)
    waiting = list(kinds)
    while waiting:
        name = waiting.pop()
        if name not in kinds or name not in out:
            continue
        for target in set(out[name]):
            same = out[name].count(target)
            fuses = target != name and kinds[name] == kinds[target] and kinds[name] in (XOR, AND)
            if same > 1 and fuses:
                for _ in range(same - 1):
                    out[name].remove(target)
                    into[target].remove(name)
                waiting += [name, target]
        if name in out[name] and kinds[name] == XOR:
            out[name].remove(name)
            into[name].remove(name)
            waiting.append(name)
        if len(out[name]) == len(into[name]) == 1 and out[name] != [name]:
            before, after = into[name][0], out[name][0]
            out[before][out[before].index(name)] = after
            into[after][into[after].index(name)] = before
            del out[name], into[name]
            waiting += [before, after]
            continue
        for target in set(out[name]):
            alone = len(out[name]) == 1 or len(into[target]) == 1
            if target != name and kinds[name] == kinds[target] in (XOR, AND) and alone:
                _merge(name, target, into, out)
                waiting += [name, *out[name], *into[name]]
                break
    return len(out) == 2


def _merge(name: str, target: str, into: dict[str, list[str]], out: dict[str, list[str]]) -> None:
    """Make one gateway of two, without the edge between them."""
    out[name].remove(target)
    into[target].remove(name)
    for after in out.pop(target):
        into[after][into[after].index(target)] = name
        out[name].append(after)
    for before in into.pop(target):
        out[before][out[before].index(target)] = name
        into[name].append(before)


def main() -> None:
    """Write the files and say how many of them series and parallel fusion reduce."""
    parser = argparse.ArgumentParser(description="Write workflows of industrial shape.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    fused = 0
    for number in range(arguments.count):
        drawing = industrial(1_000_003 * arguments.seed + number)
        fused += series_parallel(drawing)
        path = arguments.folder / f"workflow-{number:05d}.bpmn"
        path.write_text(drawing.text(), encoding="utf-8")
    print(f"{arguments.count} workflows, {fused} of them reduced by series and parallel fusion")


if __name__ == "__main__":
    main()
