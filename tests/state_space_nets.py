"""Nets with known numbers of states, for tests of state spaces."""

from __future__ import annotations

from petri import PetriNet


def philosophers(n: int) -> PetriNet:
    """n philosophers who take left, then right, and put both back at once."""
    arcs = []
    for i in range(n):
        left, right = f"fork{i}", f"fork{(i + 1) % n}"
        arcs += [(f"think{i}", f"left{i}"), (left, f"left{i}"), (f"left{i}", f"wait{i}")]
        arcs += [(f"wait{i}", f"right{i}"), (f"right{i}", f"eat{i}"), (f"eat{i}", f"put{i}")]
        arcs += [(f"put{i}", f"think{i}")]
        if n == 1:
            arcs += [(right, f"right{i}", 2), (f"put{i}", left)]
        else:
            arcs += [(right, f"right{i}"), (f"put{i}", left), (f"put{i}", right)]
    places = [f"{p}{i}" for p in ("think", "fork", "wait", "eat") for i in range(n)]
    transitions = [f"{t}{i}" for t in ("left", "right", "put") for i in range(n)]
    initial = {f"{p}{i}": 1 for p in ("think", "fork") for i in range(n)}
    return PetriNet(places=places, transitions=transitions, arcs=arcs, initial=initial)


def kanban(n: int) -> PetriNet:
    """The Kanban system (Ciardo and Tilgner, 1996) with n cards in each of its four cells."""
    arcs = []
    for cell in range(1, 5):
        arcs += [(f"m{cell}", f"ok{cell}"), (f"ok{cell}", f"out{cell}")]
        arcs += [(f"m{cell}", f"redo{cell}"), (f"redo{cell}", f"b{cell}")]
        arcs += [(f"b{cell}", f"back{cell}"), (f"back{cell}", f"m{cell}")]
    arcs += [("c1", "in1"), ("in1", "m1"), ("out4", "leave4"), ("leave4", "c4")]
    arcs += [("out1", "fork"), ("c2", "fork"), ("c3", "fork")]
    arcs += [("fork", "c1"), ("fork", "m2"), ("fork", "m3")]
    arcs += [("out2", "join"), ("out3", "join"), ("c4", "join")]
    arcs += [("join", "c2"), ("join", "c3"), ("join", "m4")]
    return PetriNet(
        places=[f"{p}{cell}" for cell in range(1, 5) for p in ("m", "b", "out", "c")],
        transitions=[f"{t}{c}" for c in range(1, 5) for t in ("ok", "redo", "back")]
        + ["in1", "fork", "join", "leave4"],
        arcs=arcs,
        initial={f"c{cell}": n for cell in range(1, 5)},
    )
