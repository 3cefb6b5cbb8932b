"""Nets for tests of reductions."""

from __future__ import annotations

from petri import PetriNet


def parallel(branches: int, tasks: int) -> PetriNet:
    """Return one block of parallel branches with tasks in a row."""
    arcs: list[tuple[str, str]] = [("i", "fork"), ("join", "o")]
    for b in range(branches):
        arcs.append(("fork", f"p{b}_0"))
        for t in range(tasks):
            arcs.extend([(f"p{b}_{t}", f"t{b}_{t}"), (f"t{b}_{t}", f"p{b}_{t + 1}")])
        arcs.append((f"p{b}_{tasks}", "join"))
    names = dict.fromkeys(name for arc in arcs for name in arc)
    kinds = {n: n[0] in "io" or n[0] == "p" for n in names}
    kinds["join"] = kinds["fork"] = False
    return PetriNet(
        places=[n for n in names if kinds[n]],
        transitions=[n for n in names if not kinds[n]],
        arcs=arcs,
        initial={"i": 1},
    )
