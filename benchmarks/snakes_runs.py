"""Plays or counts a net with SNAKES; run by the Python of an environment that has it.

::

    python benchmarks/snakes_runs.py play|count NET.json

NET.json holds ``places`` (names with tokens), ``transitions`` and ``arcs`` (source, target,
weight). One line is printed: firings per CPU second, or states, arcs and CPU seconds.
"""

from __future__ import annotations

import json
import random
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

FIRINGS, RUNS = 1_000, 3


def read(path: str) -> Any:
    """Return a net of SNAKES with black tokens."""
    snakes: Any = import_module("snakes.nets")
    dot = snakes.dot
    data = json.loads(Path(path).read_text(encoding="utf-8"))
    net = snakes.PetriNet("net")
    for name, tokens in data["places"].items():
        net.add_place(snakes.Place(name, [dot] * tokens))
    for name in data["transitions"]:
        net.add_transition(snakes.Transition(name))
    for source, target, weight in data["arcs"]:
        label = snakes.Value(dot) if weight == 1 else snakes.MultiArc([snakes.Value(dot)] * weight)
        if source in data["places"]:
            net.add_input(source, target, label)
        else:
            net.add_output(target, source, label)
    return net


def play(net: Any) -> float:
    """Return firings per CPU second of random runs, the best of several."""
    start, chance, best = net.get_marking(), random.Random(1), 0.0
    transitions = net.transition()
    for _ in range(RUNS):
        net.set_marking(start)
        began = time.process_time()
        for _ in range(FIRINGS):
            able = [(t, mode) for t in transitions for mode in t.modes()]
            transition, mode = chance.choice(able)
            transition.fire(mode)
        best = max(best, FIRINGS / (time.process_time() - began))
    return best


def count(net: Any) -> list[float]:
    """Return states, arcs and CPU seconds of the whole state graph."""
    snakes: Any = import_module("snakes.nets")
    began = time.process_time()
    graph = snakes.StateGraph(net)
    graph.build()
    states = len(graph)
    arcs = sum(sum(1 for _ in graph.successors(state)) for state in range(states))
    return [states, arcs, time.process_time() - began]


if __name__ == "__main__":
    found = read(sys.argv[2])
    print(json.dumps(play(found) if sys.argv[1] == "play" else count(found)))
