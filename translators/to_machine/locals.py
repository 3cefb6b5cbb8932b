"""The local machines that a workflow is made of: counters, runs of activities, flags.

Each machine knows only its own tokens; what they mean together is said by the vectors.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations_with_replacement

from fsm.machine import Machine

__all__ = ["OVERFLOW", "Run", "counter", "end_counter", "flag", "run_name", "runs", "stateless"]

OVERFLOW = "overflow"

Run = frozenset[str]
Steps = list[tuple[str, str, str]]


def counter(name: str, capacity: int, *, initial: int = 0, final: str = "empty") -> Machine:
    """Return a machine that counts tokens up to a capacity, and falls into ``overflow`` beyond.

    Actions: ``put``, ``take``, ``take-if-any``, ``some`` (a test), ``none`` (a test), ``clear``.

    Parameters
    ----------
    name, capacity
        Its name; the largest number of tokens.
    initial
        Tokens at the beginning.
    final
        ``"empty"`` when the machine is done without tokens, ``"any"`` when it always is.
    """
    states = [str(i) for i in range(capacity + 1)]
    steps: Steps = [("0", "none", "0"), ("0", "take-if-any", "0"), ("0", "clear", "0")]
    for i in range(capacity):
        steps.append((states[i], "put", states[i + 1]))
        steps.append((states[i + 1], "take", states[i]))
        steps.append((states[i + 1], "take-if-any", states[i]))
        steps.append((states[i + 1], "some", states[i + 1]))
        steps.append((states[i + 1], "clear", "0"))
    steps.append((states[capacity], "put", OVERFLOW))
    return Machine(
        name=name,
        states=[*states, OVERFLOW],
        initial=states[initial],
        transitions=steps,
        final=["0"] if final == "empty" else states,
        forbidden=[OVERFLOW],
    )


def end_counter(name: str) -> Machine:
    """Return the machine of an end event: not reached, once, or more often than once."""
    return Machine(
        name=name,
        states=["none", "once", "many"],
        initial="none",
        transitions=[
            ("none", "put", "once"), ("once", "put", "many"), ("many", "put", "many"),
            ("none", "clear", "none"), ("once", "clear", "none"), ("many", "clear", "none"),
        ],
        final=["none", "once", "many"],
    )  # fmt: skip


def flag(name: str) -> Machine:
    """Return the machine of an event sub-process: ready, or triggered in this run of its scope."""
    return Machine(
        name=name,
        states=["ready", "triggered"],
        initial="ready",
        transitions=[
            ("ready", "trigger", "triggered"), ("ready", "is-ready", "ready"),
            ("triggered", "was-triggered", "triggered"),
            ("ready", "clear", "ready"), ("triggered", "clear", "ready"),
        ],
        final=["ready", "triggered"],
    )  # fmt: skip


def stateless(name: str) -> Machine:
    """Return the machine of a node without memory: a gateway or an event that passes tokens on."""
    return Machine(
        name=name, states=["here"], initial="here", transitions=[("here", "act", "here")],
        final=["here"],
    )  # fmt: skip


def run_name(run: Run) -> str:
    """Return the name of the state of one run: what has happened in it."""
    return "+".join(("running", *sorted(run)))


def runs(
    name: str,
    marks: Iterable[Run],
    turns: Iterable[tuple[Run, Run]],
    enters: Iterable[Run],
    *,
    capacity: int | None,
) -> Machine:
    """Return the machine of an activity: which runs are under way, and what happened in each.

    Actions, with ``r`` and ``s`` names of runs: ``enter r``, ``leave r``, ``r to s``; the tests
    ``some`` and ``none``; and ``clear``.

    Parameters
    ----------
    name
        Its name.
    marks
        What one run can be.
    turns
        How one run can change.
    enters
        What a run can be when it begins.
    capacity
        The largest number of runs at the same time, beyond which the machine falls into
        ``overflow``; ``None`` for a sub-process, where a second token waits outside.
    """
    names = [run_name(run) for run in marks]
    limit = 1 if capacity is None else capacity
    sets: list[tuple[str, ...]] = [
        chosen for size in range(limit + 1) for chosen in combinations_with_replacement(names, size)
    ]
    called = {chosen: " & ".join(chosen) or "idle" for chosen in sets}
    order = {n: i for i, n in enumerate(names)}

    def sorted_by_order(chosen: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(chosen, key=order.__getitem__))

    steps: Steps = []
    for chosen in sets:
        here = called[chosen]
        steps.append((here, "some" if chosen else "none", here))
        steps.append((here, "clear", "idle"))
        for run in enters:
            entering = run_name(run)
            if len(chosen) < limit:
                more = called[sorted_by_order((*chosen, entering))]
                steps.append((here, f"enter {entering}", more))
            elif capacity is not None:
                steps.append((here, f"enter {entering}", OVERFLOW))
        for gone in set(chosen):
            rest = list(chosen)
            rest.remove(gone)
            steps.append((here, f"leave {gone}", called[tuple(rest)]))
            for before, after in turns:
                if run_name(before) == gone:
                    new = called[sorted_by_order((*rest, run_name(after)))]
                    steps.append((here, f"{gone} to {run_name(after)}", new))
    states = [called[chosen] for chosen in sets]
    over = [] if capacity is None else [OVERFLOW]
    return Machine(
        name=name, states=[*states, *over], initial="idle", transitions=steps, final=["idle"],
        forbidden=over,
    )  # fmt: skip
