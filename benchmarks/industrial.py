"""Soundness of 5,000 generated workflows of industrial shape, each decided warm with evidence.

    python benchmarks/industrial.py [--count 5000] [--seed 1] [--full STATES]

The workflows come from ``examples/generators/industrial.py``. Timed is ``petri.sound`` on the net
of each, evidence included, parsing and translation excluded: each net is decided for the first
time, one after the other, up to 5,000 at once (warm: what a session does that has its models in
memory), and each once more where the recheck of another net and the translation of the next come in
between (their code and data then take the processor's caches); both also with every claim of the
evidence put into words and with the digest of its net, which otherwise is done when it is read.
Apart are the recheck of the evidence, and reading and translating. With ``--full`` each net is also
decided by listing its markings, where there are at most so many, and the answers are compared. How
many markings the others have is counted as decision diagrams.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
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
from transition_systems.evidence import Claim, Evidence, Parts, ReductionEvidence  # noqa: E402
from transition_systems.verdict import Verdict  # noqa: E402
from translators.bpmn import parse_bpmn  # noqa: E402
from translators.to_petri import NetTranslation, workflow_to_net  # noqa: E402

OCCURS = "no-dead-activities"
GROUP = 5_000
WARM, BETWEEN = "decided, with evidence", "decided, between rechecks and translations"
WORDS = "the same, each claim in words and with its digest"
RECHECKED, READ = "rechecked", "read and translated"


def translated(text: str) -> NetTranslation:
    """Return the net of a diagram, in memory and with its digest."""
    done = workflow_to_net(parse_bpmn(text).graph)
    assert not done.ledger.refused
    return done


def decided(net: NetTranslation) -> tuple[float, Verdict]:
    """Return the CPU seconds of a decision, and the verdict."""
    began = time.process_time()
    verdict = sound(net.net, goal=net.goal, occurs_name=OCCURS, budget=Budget(seconds=60))
    return time.process_time() - began, verdict


def claims(evidence: Evidence) -> Iterator[Claim]:
    """Yield the claims of evidence and of what it is made of."""
    yield evidence.claim
    if isinstance(evidence, Parts):
        for _, part in evidence.parts:
            yield from claims(part)
    elif isinstance(evidence, ReductionEvidence):
        yield from claims(evidence.inner)


@rare_collection()
def all_written(nets: list[NetTranslation]) -> list[float]:
    """Return the CPU seconds of decisions, one after the other, each with its evidence read."""
    found = []
    for net in nets:
        began = time.process_time()
        _, verdict = decided(net)
        if verdict.evidence is not None:
            assert all(claim.formula and claim.model_digest for claim in claims(verdict.evidence))
        found.append(time.process_time() - began)
    return found


@rare_collection()
def all_decided(nets: list[NetTranslation]) -> list[tuple[float, Verdict]]:
    """Return what :func:`decided` says of nets, one after the other, as a check of many files."""
    return [decided(net) for net in nets]


@rare_collection()
def rechecked(net: NetTranslation, verdict: Verdict) -> float:
    """Return the CPU seconds of a recheck, which must pass."""
    asked = Question(goal=net.goal, final=net.goal.completion, places=())
    began = time.process_time()
    result = recheck_verdict(
        "soundness", verdict.outcome, verdict.evidence, net.net, question=asked
    )
    assert verdict.unknown or result.passed, result
    return time.process_time() - began


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
    return f"| {name.strip()} | " + " | ".join(
        f"{value:.2f}" for value in (statistics.median(ordered), *picked)
    ) + " |"  # fmt: skip


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--full", type=int, default=0, metavar="STATES")
    arguments = parser.parse_args()
    rows = (WARM, WORDS, BETWEEN, f"{WORDS} ", RECHECKED, READ)
    seconds: dict[str, list[float]] = {name: [] for name in rows}
    outcomes, fused, agreed, differ, large = Counter[tuple[str, str]](), 0, 0, list[int](), 0
    decided(translated(industrial(0).text()))
    for first in range(0, arguments.count, GROUP):
        numbers = range(first, min(first + GROUP, arguments.count))
        seeds = [1_000_003 * arguments.seed + number for number in numbers]
        drawings = [industrial(seed) for seed in seeds]
        fused += sum(series_parallel(drawing) for drawing in drawings)
        texts = [drawing.text() for drawing in drawings]
        nets = [translated(text) for text in texts]
        answers = all_decided(nets)
        seconds[WARM] += [spent for spent, _ in answers]
        seconds[WORDS] += all_written([translated(text) for text in texts])
        for seed, text, net, (_, verdict) in zip(seeds, texts, nets, answers, strict=True):
            outcome = str(verdict.outcome)
            outcomes[outcome, verdict.statistics.method] += 1
            seconds[RECHECKED].append(rechecked(net, verdict))
            began = time.process_time()
            fresh = translated(text)
            seconds[READ].append(time.process_time() - began)
            seconds[BETWEEN] += [spent for spent, _ in all_decided([fresh])]
            rechecked(net, verdict)
            seconds[f"{WORDS} "] += all_written([translated(text)])
            if arguments.full:
                listed = by_listing(net, arguments.full)
                agreed += listed == outcome
                differ += [seed] * (listed not in (None, outcome))
                if listed is None:
                    space = state_space(net.net, method="symbolic", budget=Budget(seconds=2))
                    large += space.complete and space.n_states >= 1_000_000
    print(f"load {os.getloadavg()[0]:.1f}, {time.strftime('%Y-%m-%d')}; CPU milliseconds")
    print("| | median | p90 | p99 | most |\n| --- | --- | --- | --- | --- |")
    for name, values in seconds.items():
        print(line(name, values))
    print(f"{dict(outcomes)}; {arguments.count - fused} not reduced by series and parallel fusion")
    if arguments.full:
        print(f"{agreed} equal to full search, different: {differ}; {large} with 1e6 markings")


if __name__ == "__main__":
    main()
