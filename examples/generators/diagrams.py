"""Random BPMN diagrams of a given size, as people draw them: mostly right, now and then wrong.

    python examples/generators/diagrams.py FOLDER --count 1000 --nodes 20 50 --seed 1

Each diagram is made of tasks, choices, parallel blocks, loops, sub-processes, boundary timers,
event-based choices and early ends; in about one of eight a gateway is swapped, a flow is left out
or one is added. The same seed gives the same files.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path
from xml.sax.saxutils import quoteattr

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
VERBS = ("Check", "Send", "Book", "Pack", "Sign", "Pay", "Review", "File", "Order", "Call")
THINGS = ("invoice", "order", "claim", "parcel", "contract", "request", "report", "offer")


class Diagram:
    """One process under construction.

    Parameters
    ----------
    seed
        Decides everything.
    size
        About how many nodes are wanted.
    """

    def __init__(self, seed: int, size: int) -> None:
        self.random = random.Random(seed)
        self.left = size
        self.count = 0
        self.scopes: list[list[str]] = [[]]
        self.flows: list[list[list[str]]] = [[]]
        self.fork_depth = 0

    def node(self, kind: str, *, name: str = "", body: str = "", more: str = "") -> str:
        """Add a node to the innermost scope and return its id."""
        self.count += 1
        self.left -= 1
        identifier = f"n{self.count}"
        told = f" name={quoteattr(name)}" if name else ""
        self.scopes[-1].append(f'<{kind} id="{identifier}"{told}{more}>{body}</{kind}>')
        return identifier

    def task(self) -> str:
        """Add a task with a name of its own."""
        kind = self.random.choice(("task", "userTask", "serviceTask", "manualTask"))
        name = f"{self.random.choice(VERBS)} {self.random.choice(THINGS)} {self.count}"
        return self.node(kind, name=name)

    def flow(self, source: str, target: str) -> None:
        """Connect two nodes of the innermost scope."""
        self.flows[-1].append([source, target])

    def block(self, depth: int) -> tuple[str, str]:
        """Add a block and return where it begins and ends."""
        if depth == 0 or self.left <= 1:
            name = self.task()
            return name, name
        kinds = ["task", "series", "series", "choice", "choice", "parallel", "loop", "timer"]
        kinds += ["sub", "race", "early"]
        kind = self.random.choice(kinds)
        if kind == "task":
            return self.task_block()
        made: tuple[str, str] = getattr(self, kind)(depth - 1)
        return made

    def task_block(self) -> tuple[str, str]:
        """Add a task as a block."""
        name = self.task()
        return name, name

    def series(self, depth: int) -> tuple[str, str]:
        """Two blocks, one after the other."""
        first, middle = self.block(depth)
        then, last = self.block(depth)
        self.flow(middle, then)
        return first, last

    def _branches(self, split: str, join: str, depth: int, least: int = 2) -> None:
        for _ in range(self.random.choice((least, least, 2, 3, 4))):
            first, last = self.block(depth)
            self.flow(split, first)
            self.flow(last, join)

    def choice(self, depth: int) -> tuple[str, str]:
        """A choice with two to four ways."""
        split, join = self.node("exclusiveGateway"), self.node("exclusiveGateway")
        self._branches(split, join, depth)
        return split, join

    def parallel(self, depth: int) -> tuple[str, str]:
        """A parallel block with two to four branches."""
        split, join = self.node("parallelGateway"), self.node("parallelGateway")
        self.fork_depth += 1
        self._branches(split, join, depth)
        self.fork_depth -= 1
        return split, join

    def loop(self, depth: int) -> tuple[str, str]:
        """A body that may be repeated."""
        merge, split = self.node("exclusiveGateway"), self.node("exclusiveGateway")
        first, last = self.block(depth)
        self.flow(merge, first)
        self.flow(last, split)
        self.flow(split, merge)
        return merge, split

    def timer(self, depth: int) -> tuple[str, str]:
        """A task that a timer interrupts, with a way round."""
        task = self.task()
        more = f' attachedToRef="{task}"'
        late = self.node(
            "boundaryEvent", name="too late", body="<timerEventDefinition/>", more=more
        )
        merge = self.node("exclusiveGateway")
        first, last = self.block(min(depth, 1))
        self.flow(task, merge)
        self.flow(late, first)
        self.flow(last, merge)
        return task, merge

    def race(self, depth: int) -> tuple[str, str]:
        """An event-based choice between a message and a timer."""
        split, join = self.node("eventBasedGateway"), self.node("exclusiveGateway")
        for definition in ("message", "timer"):
            event = self.node(
                "intermediateCatchEvent", name=definition, body=f"<{definition}EventDefinition/>"
            )
            first, last = self.block(min(depth, 1))
            self.flow(split, event)
            self.flow(event, first)
            self.flow(last, join)
        return split, join

    def early(self, depth: int) -> tuple[str, str]:
        """A choice of which one way ends the process; only where nothing runs beside it."""
        if self.fork_depth:
            return self.task_block()
        split = self.node("exclusiveGateway")
        first, last = self.block(depth)
        self.flow(split, first)
        self.flow(split, self.node("endEvent", name="ended early"))
        return split, last

    def sub(self, depth: int) -> tuple[str, str]:
        """An embedded sub-process."""
        self.scopes.append([])
        self.flows.append([])
        outside, self.fork_depth = self.fork_depth, 0
        start = self.node("startEvent")
        first, last = self.block(depth)
        end = self.node("endEvent")
        self.flow(start, first)
        self.flow(last, end)
        self.fork_depth = outside
        body = self._closed()
        name = self.node("subProcess", name=f"Handle {self.random.choice(THINGS)}", body=body)
        return name, name

    def _closed(self) -> str:
        """Return the content of the innermost scope and leave it."""
        number = len(self.scopes)
        drawn = [
            f'<sequenceFlow id="f{number}_{self.count}_{i}" sourceRef="{a}" targetRef="{b}"/>'
            for i, (a, b) in enumerate(self.flows.pop())
        ]
        return "".join(self.scopes.pop() + drawn)

    def spoil(self) -> None:
        """Make one mistake as people make them."""
        what = self.random.choice(("gateway", "gateway", "flow out", "flow in"))
        nodes, flows = self.scopes[0], self.flows[0]
        swaps = {"<exclusiveGateway": "<parallelGateway", "<parallelGateway": "<exclusiveGateway"}
        found = [i for i, text in enumerate(nodes) if text.startswith(tuple(swaps))]
        if what == "gateway" and found:
            index = self.random.choice(found)
            for old, new in swaps.items():
                if nodes[index].startswith(old):
                    closed = nodes[index].replace(f"</{old[1:]}", f"</{new[1:]}")
                    nodes[index] = closed.replace(old, new, 1)
                    break
        elif what == "flow out" and len(flows) > 3:
            del flows[self.random.randrange(1, len(flows))]
        else:
            (a, _), (_, b) = self.random.choice(flows), self.random.choice(flows)
            if a != b:
                flows.append([a, b])

    def text(self, name: str, wrong: bool) -> str:
        """Return the whole file."""
        start = self.node("startEvent", name="start")
        first, last = self.block(6)
        while self.left > 4:
            then, end = self.block(5)
            self.flow(last, then)
            last = end
        end = self.node("endEvent", name="done")
        self.flow(start, first)
        self.flow(last, end)
        if wrong:
            self.spoil()
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<definitions xmlns="{MODEL}" '
            f'targetNamespace="urn:generated">\n<process id="{name}">'
            f"{self._closed()}</process>\n</definitions>\n"
        )


def diagram(seed: int, least: int = 20, most: int = 50) -> str:
    """Return a BPMN file with between ``least`` and ``most`` nodes."""
    draw = random.Random(seed)
    wrong = draw.random() < 0.125
    while True:
        made = Diagram(draw.randrange(1 << 30), draw.randint(least - 4, max(least, most - 6)))
        text = made.text(f"process_{seed}", wrong)
        if least <= made.count <= most:
            return text


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=1_000)
    parser.add_argument("--nodes", type=int, nargs=2, default=(20, 50))
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for number in range(arguments.count):
        text = diagram(arguments.seed * 1_000_003 + number, *arguments.nodes)
        (arguments.folder / f"diagram-{number:04}.bpmn").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
