"""The kind of error: each kind on the net that is known for it, and none for a sound net."""

from __future__ import annotations

import pytest

from petri import PetriNet, SoundnessGoal, sound
from petri.soundness import ErrorKind, soundness_error
from transition_systems.errors import UsageError
from transition_systems.properties.predicates import at_most, conjunction


def net(text: str) -> PetriNet:
    """Return the net of lines ``t: p q > r``; the token starts in ``i``."""
    places: dict[str, None] = {}
    arcs: list[tuple[str, str]] = []
    names: list[str] = []
    for line in text.split(";"):
        name, rest = line.split(":")
        before, after = (side.split() for side in rest.split(">"))
        names.append(name.strip())
        places.update(dict.fromkeys([*before, *after]))
        arcs += [(p, names[-1]) for p in before] + [(names[-1], p) for p in after]
    return PetriNet(places=list(places), transitions=names, arcs=arcs, initial=["i"])


CASES = {
    "a: i > p; b: i > q; j: p q > o": (ErrorKind.DEADLOCK_AT_JOIN, ("j",)),
    "a: i > p q; b: p > r; c: q > r; d: r > s; e: s > o": (ErrorKind.LACK_OF_SYNCHRONISATION, None),
    "a: i > p q; b: p > o; c: q > o": (ErrorKind.IMPROPER_COMPLETION, None),
    "a: i > p; b: p > q; c: q > p; d: p z > o; x: i > z p": (ErrorKind.LIVELOCK, None),
    "a: i > p; b: p > p q; c: p > o; d: q > o": (ErrorKind.PUMP, ("b",)),
    "a: i > p; b: p > o; c: i > r s; d: r s > o; e: r > q; f: q s > o": (None, None),
}


@pytest.mark.parametrize("text", CASES)
@pytest.mark.parametrize("method", ["auto", "explicit"])
def test_each_kind(text: str, method: str) -> None:
    kind, transitions = CASES[text]
    verdict = sound(net(text), method=method)
    if kind is None:
        assert verdict.holds
        with pytest.raises(UsageError, match="only a violated verdict"):
            soundness_error(net(text), verdict)
        return
    error = soundness_error(net(text), verdict)
    assert error.kind is kind
    assert error.run is not None
    if transitions is not None:
        assert set(transitions) <= set(error.transitions)


def test_a_dead_part_has_no_run() -> None:
    goal = SoundnessGoal(
        completion=conjunction(), proper=conjunction(), occurs={"b": ("b",), "a": ("a",)}
    )
    small = PetriNet(places=["i", "o", "x"], transitions=["a", "b"],
                     arcs=[("i", "a"), ("a", "o"), ("x", "b"), ("b", "o")], initial=["i"])  # fmt: skip
    error = soundness_error(small, sound(small, goal=goal))
    assert (error.kind, error.transitions, error.run) == (ErrorKind.DEAD_PART, ("b",), None)


def test_a_stuck_token_without_a_join_is_a_plain_deadlock() -> None:
    stuck = PetriNet(places=["i", "p"], transitions=["a"], arcs=[("i", "a"), ("a", "p")],
                     initial=["i"])  # fmt: skip
    goal = SoundnessGoal(completion=conjunction(at_most("p", 0), at_most("i", 0)), proper=conjunction(), occurs={})  # fmt: skip
    error = soundness_error(stuck, sound(stuck, goal=goal))
    assert error.kind is ErrorKind.IMPROPER_COMPLETION  # nothing takes tokens from p: it is an end
    assert error.places == ("p",)
