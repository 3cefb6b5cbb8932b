"""Soundness of 5,000 generated workflows of industrial shape, each decided warm with evidence.

    python benchmarks/industrial.py [--count 5000] [--seed 1] [--full STATES]

The workflows come from ``examples/generators/industrial.py``. Timed is ``petri.sound`` on the net
of each, evidence included, parsing and translation excluded; then the recheck of the evidence, and
apart reading and translating. With ``--full`` each net is also decided by listing its markings,
where there are at most so many, and the answers are compared. How many markings the others have is
counted as decision diagrams.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "examples" / "generators")]

from industrial import industrial, series_parallel  # noqa: E402

from netproof.collecting import rare_collection  # noqa: E402
from netproof.recheck import Question, recheck_verdict  # noqa: E402
from petri import sound  # noqa: E402
from petri.state_space import state_space  # noqa: E402
from petri.state_space.reachability import reachability_graph  # noqa: E402
from transition_systems.budget import Budget  # noqa: E402
from translators.bpmn import parse_bpmn  # noqa: E402
from translators.to_petri import NetTranslation, workflow_to_net  # noqa: E402

OCCURS = "no-dead-activities"


def translated(text: str) -> NetTranslation:
    """Return the net of a diagram, in memory and with its digest."""
    done = workflow_to_net(parse_bpmn(text).graph)
    assert not done.ledger.refused
    return done


@rare_collection()
def decided(net: NetTranslation) -> tuple[float, float, str, str]:
    """Return the seconds of decision and of recheck, the outcome and the method."""
    began = time.process_time()
    verdict = sound(net.net, goal=net.goal, occurs_name=OCCURS, budget=Budget(seconds=60))
    done = time.process_time()
    asked = Question(goal=net.goal, final=net.goal.completion, places=())
    result = recheck_verdict(
        "soundness", verdict.outcome, verdict.evidence, net.net, question=asked
    )
    assert verdict.unknown or result.passed, result
    end = time.process_time()
    return done - began, end - done, str(verdict.outcome), verdict.statistics.method


def by_listing(net: NetTranslation, most: int) -> str | None:
    """Return the outcome on all markings; ``None`` where there are more than so many."""
    graph = reachability_graph(net.net, budget=Budget(states=most))
    if not graph.complete:
        return None
    return str(sound(net.net, goal=net.goal, occurs_name=OCCURS, graph=graph).outcome)


def line(name: str, values: list[float]) -> str:
    """Return a row of the table: median, p90, p99 and the most, in milliseconds."""
    ordered = sorted(1000 * value for value in values)
    picked = [ordered[min(len(ordered) - 1, int(part * len(ordered)))] for part in (0.9, 0.99, 1)]
    return f"| {name} | " + " | ".join(
        f"{value:.2f}" for value in (statistics.median(ordered), *picked)
    ) + " |"  # fmt: skip


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--full", type=int, default=0, metavar="STATES")
    arguments = parser.parse_args()
    read, decide, again = list[float](), list[float](), list[float]()
    outcomes, fused, agreed, differ, large = Counter[tuple[str, str]](), 0, 0, list[int](), 0
    for number in range(arguments.count):
        seed = 1_000_003 * arguments.seed + number
        drawing = industrial(seed)
        fused += series_parallel(drawing)
        text = drawing.text()
        if not number:
            decided(translated(text))
        began = time.process_time()
        net = translated(text)
        read.append(time.process_time() - began)
        seconds, rechecked, outcome, method = decided(net)
        decide.append(seconds)
        again.append(rechecked)
        outcomes[outcome, method] += 1
        if arguments.full:
            listed = by_listing(net, arguments.full)
            agreed += listed == outcome
            differ += [seed] * (listed not in (None, outcome))
            if listed is None:
                space = state_space(net.net, method="symbolic", budget=Budget(seconds=2))
                large += space.complete and space.n_states >= 1_000_000
    print(f"load {os.getloadavg()[0]:.1f}, {time.strftime('%Y-%m-%d')}; CPU milliseconds")
    print("| | median | p90 | p99 | most |\n| --- | --- | --- | --- | --- |")
    print(line("decided, with evidence", decide))
    print(line("rechecked", again))
    print(line("read and translated", read))
    print(f"{dict(outcomes)}; {arguments.count - fused} not reduced by series and parallel fusion")
    if arguments.full:
        print(f"{agreed} equal to full search, different: {differ}; {large} with 1e6 markings")


if __name__ == "__main__":
    main()
