"""Diagrams whose markings explode or whose length does: parallel blocks, and choices in a row.

    python examples/generators/blocks.py FOLDER

writes one parallel block of 10, 15 and 17 branches with a task each, one of 100 branches of 10
tasks, and 500 choices between two tasks, one after the other. All of them are sound; a block of
n branches of k tasks has about (2k + 1) ** n markings.
"""

from __future__ import annotations

import argparse
from pathlib import Path

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"


def diagram(nodes: list[tuple[str, str]], flows: list[tuple[str, str]]) -> str:
    """Return a BPMN text of nodes, as (kind, id), and flows between them."""
    drawn = "".join(f'<{kind} id="{name}"/>\n' for kind, name in nodes)
    joined = "".join(
        f'<sequenceFlow id="flow{number}" sourceRef="{source}" targetRef="{target}"/>\n'
        for number, (source, target) in enumerate(flows)
    )
    process = f'<process id="process">\n{drawn}{joined}</process>'
    return f'<definitions xmlns="{MODEL}">\n{process}\n</definitions>\n'


def parallel_block(branches: int, tasks: int) -> str:
    """Return one parallel block: branches of some tasks in a row."""
    nodes = [("startEvent", "start"), ("parallelGateway", "fork"), ("parallelGateway", "join")]
    nodes.append(("endEvent", "end"))
    flows = [("start", "fork"), ("join", "end")]
    for branch in range(branches):
        row = [f"task{branch}.{number}" for number in range(tasks)]
        nodes += [("task", name) for name in row]
        flows += list(zip(["fork", *row], [*row, "join"], strict=True))
    return diagram(nodes, flows)


def choices(count: int) -> str:
    """Return choices between two tasks, one after the other."""
    nodes, flows, before = [("startEvent", "start"), ("endEvent", "end")], [], "start"
    for number in range(count):
        split, join = f"split{number}", f"join{number}"
        nodes += [("exclusiveGateway", split), ("exclusiveGateway", join)]
        flows.append((before, split))
        for side in ("left", "right"):
            nodes.append(("task", f"{side}{number}"))
            flows += [(split, f"{side}{number}"), (f"{side}{number}", join)]
        before = join
    flows.append((before, "end"))
    return diagram(nodes, flows)


FILES = {
    "parallel-10.bpmn": lambda: parallel_block(10, 1),
    "parallel-15.bpmn": lambda: parallel_block(15, 1),
    "parallel-17.bpmn": lambda: parallel_block(17, 1),
    "parallel-100x10.bpmn": lambda: parallel_block(100, 10),
    "choices-500.bpmn": lambda: choices(500),
}


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description="Write diagrams that explode.")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in FILES.items():
        (folder / name).write_text(make(), encoding="utf-8")


if __name__ == "__main__":
    main()
