"""Forged evidence by reduction is refused."""

from __future__ import annotations

from dataclasses import replace

from netproof.recheck import recheck
from petri import PetriNet
from petri.reductions.answers import ReducedNet
from petri.soundness import SoundnessGoal, workflow_goal
from reduction_nets import parallel
from transition_systems.evidence import (
    Evidence,
    ReductionEvidence,
    StateSet,
    TrapEvidence,
)
from transition_systems.properties.parse import parse_predicate
from transition_systems.properties.predicates import TRUE


def genuine() -> list[tuple[PetriNet, Evidence]]:
    """Return evidence by reduction of each shape of claim."""
    net = parallel(3, 2)
    goal = workflow_goal(net)
    small = ReducedNet(net, goal=goal)
    found = [(net, v.evidence) for v in (small.option(), small.proper(), small.safe())]
    found += [(net, small.bounded().evidence), (net, small.occur(None, name="x").evidence)]
    stuck = PetriNet(
        places=["i", "a", "b", "c", "d", "o"],
        transitions=["fork", "ta", "tb", "tc", "join"],
        arcs=[
            ("i", "fork"), ("fork", "a"), ("a", "ta"), ("ta", "b"), ("b", "tb"), ("tb", "c"),
            ("c", "join"), ("d", "join"), ("join", "o"), ("c", "tc"), ("tc", "c"),
        ],
        initial={"i": 1},
    )  # fmt: skip
    lost = SoundnessGoal(
        completion=parse_predicate("i + a + b + c + d <= 0"), proper=TRUE, occurs={"g": ("join",)}
    )
    other = ReducedNet(stuck, goal=lost)
    found += [
        (stuck, other.option().evidence),
        (stuck, other.occur(lost.occurs, name="x").evidence),
    ]
    kept = [(n, e) for n, e in found if isinstance(e, ReductionEvidence)]
    assert len(kept) == len(found)
    return [(n, e) for n, e in kept]


def forged(evidence: ReductionEvidence) -> list[tuple[str, Evidence]]:
    """Return changes that take the proof away."""
    steps = evidence.steps
    made: list[tuple[str, Evidence]] = []

    def add(what: str, **changes: object) -> None:
        made.append((what, replace(evidence, **changes)))  # type: ignore[arg-type]

    for k in range(len(steps)):
        add(f"without step {k}", steps=steps[:k] + steps[k + 1 :])
        add(f"step {k} twice", steps=(*steps[: k + 1], *steps[k:]))
        add(f"step {k} unknown", steps=(*steps[:k], ("vanish", *steps[k][1:]), *steps[k + 1 :]))
        add(f"step {k} elsewhere", steps=(*steps[:k], (steps[k][0], "no"), *steps[k + 1 :]))
        add(f"step {k} longer", steps=(*steps[:k], (*steps[k], "o"), *steps[k + 1 :]))
    add("no steps", steps=())
    add("steps no tuples", steps=tuple(list(step) for step in steps))
    add("steps no names", steps=((1, 2),))
    inner = evidence.inner
    for text in (
        "AG p0_0 <= 1",
        "EF dead",
        "AG EF p0_0 >= 5",
        "bounded by 7",
        "sound",
        "unbounded",
    ):
        add(f"claim {text}", claim=replace(evidence.claim, formula=text))
        add(f"inner {text}", inner=replace(inner, claim=replace(inner.claim, formula=text)))
    add("of another net", claim=replace(evidence.claim, model_digest="sha256:0"))
    add("inner of the net itself", inner=replace(inner, claim=evidence.claim))
    add("nested", inner=evidence)
    states = getattr(inner, "states", None)
    if isinstance(states, StateSet) and len(states.rows):
        fewer = StateSet(names=states.names, rows=states.rows[1:])
        if not isinstance(inner, TrapEvidence) or len(states.rows) > 1:
            changes: dict[str, object] = {"states": fewer}
            if hasattr(inner, "rank"):
                changes["rank"] = inner.rank[1:]
            add("a state missing", inner=replace(inner, **changes))  # type: ignore[arg-type]
    return made


def test_forged_reductions_are_refused() -> None:
    count = 0
    for net, evidence in genuine():
        assert isinstance(evidence, ReductionEvidence)
        assert recheck(evidence, net).passed
        for what, piece in forged(evidence):
            if piece == evidence:
                continue
            count += 1
            assert recheck(piece, net).status == "failed", (evidence.claim.formula, what)
    assert count >= 100
