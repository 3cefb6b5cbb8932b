"""Reductions of large nets within a budget of seconds."""

from __future__ import annotations

import random

from devtools import within_cpu_seconds
from petri import PetriNet
from petri.reductions import Preserved, reduce_net
from transition_systems.budget import Budget


def test_each_rule_ends_with_the_time() -> None:
    generator, size = random.Random(1), 8_000
    arcs = list[tuple[str, str]]()
    for number in range(size):
        arcs += [(f"p{p}", f"t{number}") for p in generator.sample(range(size), 3)]
        arcs += [(f"t{number}", f"p{p}") for p in generator.sample(range(size), 3)]
    net = PetriNet(
        places=[f"p{i}" for i in range(size)],
        transitions=[f"t{i}" for i in range(size)],
        arcs=arcs,
        initial={f"p{i}": 1 for i in range(0, size, 2)},
    )
    preserved = Preserved(bounds="finite", deadlock=False)
    with within_cpu_seconds(1):
        small = reduce_net(net, preserved, budget=Budget(seconds=1))
    assert small.steps
