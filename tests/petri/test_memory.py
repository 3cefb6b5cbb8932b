"""No more memory: UNKNOWN with what was found and what to do, from every decision on nets."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

import petri
import transition_systems.budget
from petri import PetriNet, reachability_graph
from petri.ctl import ctl
from petri.ctl_star import ctl_star
from petri.ltl import ltl
from petri.memory import ADVICE, advised
from petri.mu_calculus import mu
from petri.state_space.coverability import coverability_graph
from petri.state_space.minimal_cover import minimal_coverability_set
from petri.state_space.symbolic import oxidd_diagrams
from transition_systems.budget import NO_MEMORY, Budget
from transition_systems.errors import UndecidedError
from transition_systems.verdict import Outcome, Verdict

# Twelve branches side by side: 4,098 markings.
BRANCHES = 12
BLOCK = PetriNet(
    places=["i", *(f"{x}{n}" for n in range(BRANCHES) for x in "ab"), "o"],
    transitions=["fork", *(f"t{n}" for n in range(BRANCHES)), "join"],
    arcs=[
        ("i", "fork"),
        ("join", "o"),
        *(arc for n in range(BRANCHES) for arc in (("fork", f"a{n}"), (f"a{n}", f"t{n}"))),
        *(arc for n in range(BRANCHES) for arc in ((f"t{n}", f"b{n}"), (f"b{n}", "join"))),
    ],
    initial=["i"],
)
QUESTIONS: dict[str, Callable[[PetriNet], Verdict]] = {
    "always_reachable": lambda net: petri.always_reachable(net, "o >= 1"),
    "bounded": petri.bounded,
    "concurrent": lambda net: petri.concurrent(net, "i", "o"),
    "coverable": lambda net: petri.coverable(net, {"o": 2}, method="explicit"),
    "ctl": lambda net: ctl(net, "AF o >= 1"),
    "ctl_star": lambda net: ctl_star(net, "A F o >= 1"),
    "deadlock": petri.deadlock,
    "decide": lambda net: petri.decide(
        net, "AG o <= 1", parallel=False, budget=Budget(seconds=0.5)
    ),
    "easy": lambda net: petri.sound(net, kind="easy"),
    "invariant": lambda net: petri.invariant(net, "o <= 1"),
    "live": petri.live,
    "ltl": lambda net: ltl(net, "F o >= 1"),
    "mu": lambda net: mu(net, "mu X. {o >= 1} || <join> X || <t0> X"),
    "mutual_exclusion": lambda net: petri.mutual_exclusion(net, ["i", "o"]),
    "no_dead_transitions": petri.no_dead_transitions,
    "persistent": petri.persistent,
    "reachable": lambda net: petri.reachable(net, "o >= 2"),
    "relaxed": lambda net: petri.sound(net, kind="relaxed"),
    "reversible": petri.reversible,
    "safe": petri.safe,
    "sound": petri.sound,
    "stable_place": petri.stable_place,
    "terminates": petri.terminates,
}


def limited_after(monkeypatch: pytest.MonkeyPatch, looks: int) -> None:
    """Let the reserve be gone after so many looks at it."""
    left = [looks]

    def is_left(_: int = 0) -> bool:
        left[0] -= 1
        return left[0] >= 0

    monkeypatch.setattr(transition_systems.budget, "_memory_is_limited", lambda: True)
    monkeypatch.setattr(transition_systems.budget, "_memory_is_left", is_left)


@pytest.mark.parametrize("asked", QUESTIONS)
def test_a_question_without_any_memory_is_unknown_with_advice(
    asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any, **__: Any) -> Any:
        raise MemoryError

    for name in ("empty", "zeros", "ones", "full", "flatnonzero", "unique"):
        monkeypatch.setattr(np, name, refused)
    verdict = QUESTIONS[asked](BLOCK)
    if verdict.outcome is not Outcome.UNKNOWN:
        return  # it needs none of these
    assert verdict.evidence is None
    assert ADVICE in str(verdict.reason)


@cache
def outcome(asked: str) -> Outcome:
    """Return the answer to a question where there is memory enough."""
    return QUESTIONS[asked](BLOCK).outcome


@pytest.mark.parametrize("looks", [0, 1, 3])
@pytest.mark.parametrize("asked", QUESTIONS)
def test_what_ends_for_want_of_memory_is_never_wrong(
    asked: str, looks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited_after(monkeypatch, looks)
    verdict = QUESTIONS[asked](BLOCK)
    monkeypatch.undo()
    if not verdict.unknown:
        assert verdict.outcome is outcome(asked)
    elif asked != "decide":  # which lists the engines in vain
        assert NO_MEMORY in str(verdict.reason)


@pytest.mark.parametrize("looks", [0, 1, 4, 9])
def test_a_graph_leaves_room_when_the_reserve_is_touched(
    looks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = reachability_graph(BLOCK)
    limited_after(monkeypatch, looks)
    graph = reachability_graph(BLOCK)
    monkeypatch.undo()
    assert not graph.complete
    assert graph.reason == NO_MEMORY
    assert 1 <= graph.n_states < whole.n_states
    assert np.array_equal(graph.markings, whole.markings[: graph.n_states])
    assert len(graph.targets) == len(graph.labels) == len(graph.sources) == graph.n_arcs
    assert graph.n_arcs == 0 or graph.targets.max() < graph.n_states
    assert np.array_equal(graph.targets, whole.targets[: graph.n_arcs])
    goon = graph.continued()
    assert goon.complete
    assert np.array_equal(goon.targets, whole.targets)


@pytest.mark.parametrize("cover", [coverability_graph, minimal_coverability_set])
def test_covers_keep_what_was_found(
    cover: Callable[[PetriNet], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    limited_after(monkeypatch, 3)
    found = cover(BLOCK)
    assert not found.complete
    assert found.reason == NO_MEMORY


def test_a_meter_tells_that_the_reserve_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    limited_after(monkeypatch, 0)
    meter = Budget().start()
    assert meter.exhausted() == NO_MEMORY
    with pytest.raises(UndecidedError, match=NO_MEMORY):
        meter.require_time()


def test_advice_is_given_once() -> None:
    once = advised(f"{NO_MEMORY}; 3 states were seen")
    assert ADVICE in once
    assert advised(once) == once


def test_a_store_of_diagrams_takes_the_room_that_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def require(wanted: int, room: int = 3 << 30) -> None:
        if wanted > room:
            raise MemoryError

    monkeypatch.setattr(oxidd_diagrams, "require_memory", require)
    assert oxidd_diagrams._room(1 << 26) == 1 << 25
    assert oxidd_diagrams._room(1 << 20) == 1 << 20
    monkeypatch.setattr(oxidd_diagrams, "require_memory", lambda wanted: require(wanted, 1 << 20))
    with pytest.raises(MemoryError):
        oxidd_diagrams._room(1 << 26)


LIMITED = """
import resource
import petri
from petri import PetriNet
k = 24
net = PetriNet(
    places=["i", *(f"{x}{n}" for n in range(k) for x in "ab"), "o"],
    transitions=["f", *(f"t{n}" for n in range(k))],
    arcs=[("i", "f"), *(a for n in range(k) for a in
          (("f", f"a{n}"), (f"a{n}", f"t{n}"), (f"t{n}", f"b{n}")))],
    initial=["i"],
)
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + (110 << 20),) * 2)
verdict = petri.reachable(net, "o >= 1", method="explicit")
print(verdict.outcome, verdict.statistics.states > 1000, verdict.reason)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits of address space")
def test_a_process_with_little_memory_answers() -> None:
    done = subprocess.run([sys.executable, "-c", LIMITED], capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout.startswith(f"UNKNOWN True {NO_MEMORY} ({ADVICE})")
