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


def moved(tokens: int) -> PetriNet:
    """Tokens that move from a to b one by one: as many levels, of one state each."""
    return PetriNet(
        places=["a", "b"], transitions=["t"], arcs=[("a", "t"), ("t", "b")], initial={"a": tokens}
    )


def ring(places: int, tokens: int) -> PetriNet:
    """Tokens that go round a ring of places, all from the same one."""
    return PetriNet(
        places=[f"p{i}" for i in range(places)],
        transitions=[f"t{i}" for i in range(places)],
        arcs=[(f"p{i}", f"t{i}") for i in range(places)]
        + [(f"t{i}", f"p{(i + 1) % places}") for i in range(places)],
        initial={"p0": tokens},
    )


def branches(n: int, tasks: int) -> PetriNet:
    """A workflow that forks into n branches of some tasks each and joins them."""
    places = ["start", *(f"b{i}_{j}" for i in range(n) for j in range(tasks + 1)), "end"]
    arcs = [("start", "fork"), ("join", "end")]
    for i in range(n):
        arcs += [("fork", f"b{i}_0"), (f"b{i}_{tasks}", "join")]
        for j in range(tasks):
            arcs += [(f"b{i}_{j}", f"t{i}_{j}"), (f"t{i}_{j}", f"b{i}_{j + 1}")]
    transitions = ["fork", *(f"t{i}_{j}" for i in range(n) for j in range(tasks)), "join"]
    return PetriNet(places=places, transitions=transitions, arcs=arcs, initial=["start"])


def slotted_ring(n: int) -> PetriNet:
    """The slotted ring protocol (Pastor, Roig, Cortadella, Badia, 1994) with n nodes."""
    arcs = []
    for i in range(n):
        left = (i - 1) % n

        def step(name: str, taken: str, put: str, at: int = i, before: int = left) -> None:
            for source in taken.split():
                node = before if source.endswith("'") else at
                arcs.append((f"{source[0]}{node}", f"{name}{at}"))
            for target in put.split():
                node = before if target.endswith("'") else at
                arcs.append((f"{name}{at}", f"{target[0]}{node}"))

        step("other", "A", "D")
        step("owner", "A", "B")
        step("write", "B", "D")
        step("go", "B", "H")
        step("get", "F H", "C E")
        step("put", "D F", "C G")
        step("used", "G C'", "F A'")
        step("free", "E C'", "F B'")
    names = ("other", "owner", "write", "go", "get", "put", "used", "free")
    return PetriNet(
        places=[f"{p}{i}" for i in range(n) for p in "ABCDEFGH"],
        transitions=[f"{t}{i}" for i in range(n) for t in names],
        arcs=arcs,
        initial=[f"{p}{i}" for i in range(n) for p in "CE"],
    )


def fms(n: int) -> PetriNet:
    """The flexible manufacturing system (Ciardo and Trivedi, 1993) with n pallets of each kind."""
    steps = {
        "tP1": "P1 -> P1wM1", "tM1": "P1wM1 M1 -> P1M1", "tP1M1": "P1M1 -> P1d M1",
        "tP1e": "P1d -> P1s", "tP1s": "P1s -> P1", "tP1j": "P1d -> P1wP2",
        "tP2": "P2 -> P2wM2", "tM2": "P2wM2 M2 -> P2M2", "tP2M2": "P2M2 -> P2d M2",
        "tP2e": "P2d -> P2s", "tP2s": "P2s -> P2", "tP2j": "P2d -> P2wP1",
        "tx": "P1wP2 P2wP1 -> P12", "tP12": "P12 -> P12wM3", "tM3": "P12wM3 M3 -> P12M3",
        "tP12M3": "P12M3 -> P12s M3", "tP12s": "P12s -> P1 P2",
        "tP3": "P3 -> P3M2", "tP3M2": "P3M2 M2 -> P3s M2", "tP3s": "P3s -> P3",
    }  # fmt: skip
    arcs: list[tuple[str, str]] = []
    for name, step in steps.items():
        taken, put = step.split(" -> ")
        arcs += [(place, name) for place in taken.split()]
        arcs += [(name, place) for place in put.split()]
    places = list(dict.fromkeys(node for arc in arcs for node in arc if node not in steps))
    initial = {"P1": n, "P2": n, "P3": n, "M1": 3, "M2": 1, "M3": 2}
    return PetriNet(places=places, transitions=list(steps), arcs=arcs, initial=initial)


def chains(count: int, length: int) -> PetriNet:
    """So many branches beside each other, each a chain of so many steps."""
    arcs: list[tuple[str, str]] = []
    for b in range(count):
        for n in range(length):
            arcs += [(f"p{b}_{n}", f"t{b}_{n}"), (f"t{b}_{n}", f"p{b}_{n + 1}")]
    names = dict.fromkeys(name for arc in arcs for name in arc)
    return PetriNet(
        places=[n for n in names if n[0] == "p"], transitions=[n for n in names if n[0] == "t"],
        arcs=arcs, initial=[f"p{b}_0" for b in range(count)],
    )  # fmt: skip


def pairs(count: int) -> PetriNet:
    """Return cycles of two places that know nothing of each other: 2 ** count markings."""
    arcs = [
        arc
        for n in range(count)
        for arc in (
            (f"p{n}", f"t{n}"), (f"t{n}", f"q{n}"), (f"q{n}", f"u{n}"), (f"u{n}", f"p{n}"),
        )
    ]  # fmt: skip
    return PetriNet(
        places=[f"{s}{n}" for n in range(count) for s in "pq"],
        transitions=[f"{s}{n}" for n in range(count) for s in "tu"],
        arcs=arcs, initial={f"p{n}": 1 for n in range(count)},
    )  # fmt: skip
