"""Nets with evidence of every kind, and systematic ways to forge it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

import petri
from petri import PetriNet
from petri.decision import stamped
from petri.state_space.symbolic.answers import SymbolicAnswers
from petri.state_space.symbolic.closure import Closure
from petri.state_space.symbolic.symbolic_net import SymbolicNet
from petri.state_space.symbolic.symbolic_space import SymbolicSpace
from petri.stubborn_sets import always_reachable_by_stubborn_sets
from transition_systems.budget import Budget
from transition_systems.evidence import Claim, Evidence, InvariantEvidence, RunEvidence
from transition_systems.properties.parse import parse_predicate

SOURCE, TRANSLATION = "sha256:" + "5" * 64, "workflow-to-net/1"
Case = tuple[PetriNet, Evidence]


def net_of(text: str, initial: str, name: str) -> PetriNet:
    """``"t: p q > r"`` on each line; the initial marking as for ``Marking.parse``."""
    arcs: list[tuple[str, str]] = []
    places: dict[str, None] = {}
    transitions: list[str] = []
    for line in text.split(";"):
        head, _, tail = line.partition(":")
        before, _, after = tail.partition(">")
        transition = head.strip()
        transitions.append(transition)
        for place in (*before.split(), *after.split()):
            places.setdefault(place)
        arcs += [(p, transition) for p in before.split()]
        arcs += [(transition, p) for p in after.split()]
    marking = petri.Marking.parse(initial)
    return PetriNet(
        places=list(places), transitions=transitions, arcs=arcs, initial=marking, name=name
    )


FORK = net_of("split: i > p q; x: p > r; y: q > s; join: r s > o", "i", "fork")
STUCK = net_of("left: i > p; right: i > q; join: p q > o", "i", "stuck")
GROW = net_of("start: i > m; gen: m > m q; end: m > o; take: q > o", "i", "grow")
SPIN = net_of("spin: p > p; exit: p > o", "p", "spin")
LOOP = net_of("go: p > q; back: q > p; exit: p > o", "p", "loop")
DEEP = net_of("a: p > q; b: q > r; c: r > q; d: q > p; e: p > o; f: r > o", "p", "deep")
EVER = net_of("go: p > q; back: q > p", "p", "ever")
LATE = net_of("t: i > p p; u: p p > o o; v: o > z", "i", "late")
DOUBLE = net_of("t: i > o; u: j > o", "i + j", "double")
LOST = net_of("t: i > o; u: x > x o; v: i > y; w: y > y", "i", "lost")
CAUGHT = net_of("in: p > a; ab: a > b; ba: b > a; out: p > o", "p", "caught")
RINGS = net_of("a: p > q; b: q > p; c: r q > s; d: s > r q", "p + r", "rings")
RELAY = net_of("a: p > q v; b: q > r; c: r v > p", "p", "relay")
CROSS = net_of("a: p > q; b: p > r; c: q > p; d: r > p", "p", "cross")
NETS = (CAUGHT, FORK, STUCK, GROW, SPIN, LOOP, DEEP, EVER, LATE, DOUBLE, LOST, RINGS, RELAY, CROSS)


def evidence_of(verdict: Any) -> Evidence:
    """The evidence of a verdict, with source and translation stamped on it."""
    assert verdict.evidence is not None, verdict
    return stamped(verdict.evidence, source_digest=SOURCE, translation=TRANSLATION)


def cases() -> dict[str, list[Case]]:
    """By kind, nets with evidence that the engines made (or that was written by hand)."""
    found: dict[str, list[Case]] = {}

    def add(net: PetriNet, verdict: Any) -> None:
        evidence = evidence_of(verdict)
        found.setdefault(evidence.kind, []).append((net, evidence))

    add(FORK, petri.reachable(FORK, "r >= 1 && s >= 1"))
    add(STUCK, petri.deadlock(STUCK))
    add(LATE, petri.safe(LATE))
    for net in (EVER, LOOP, DEEP):
        add(net, petri.terminates(net))
    add(LOOP, petri.terminates(LOOP, fairness="weak"))
    add(EVER, petri.terminates(EVER, fairness="strong"))
    add(GROW, petri.bounded(GROW))
    add(FORK, petri.safe(FORK))
    add(LOOP, petri.reachable(LOOP, "p >= 1 && q >= 1"))
    add(DEEP, petri.invariant(DEEP, "p + q + r + o == 1"))
    add(FORK, petri.always_reachable(FORK, "o == 1"))
    add(LOOP, petri.always_reachable(LOOP, "o >= 1"))
    add(STUCK, petri.always_reachable(STUCK, "o >= 1"))
    add(LOOP, petri.always_reachable(LOOP, "p >= 1"))
    add(CAUGHT, petri.always_reachable(CAUGHT, "o >= 1"))
    add(FORK, petri.terminates(FORK))
    add(LATE, petri.terminates(LATE))
    add(SPIN, petri.terminates(SPIN, fairness="weak"))
    add(LOOP, petri.terminates(LOOP, fairness="strong"))
    add(DEEP, petri.terminates(DEEP, fairness="strong"))
    add(FORK, petri.bounded(FORK))
    add(LATE, petri.bounded(LATE))
    add(LOOP, petri.invariant(LOOP, "p + q <= 1", method="z3"))
    add(FORK, petri.safe(FORK, method="symbolic"))
    add(LOOP, petri.reachable(LOOP, "p >= 1 && q >= 1", method="symbolic"))
    add(DEEP, petri.invariant(DEEP, "p + q + r + o == 1", method="symbolic"))
    add(LATE, petri.bounded(LATE, method="symbolic"))
    coded = SymbolicAnswers(DEEP, space=coded_space(DEEP, "p q r"))
    add(DEEP, coded.invariant(parse_predicate("p + q + r + o == 1")))
    for net in (FORK, DOUBLE, LOST):
        add(net, petri.workflow_net(net))
    add(FORK, petri.sound(FORK, method="explicit"))
    add(STUCK, petri.sound(STUCK, method="explicit"))
    add(GROW, petri.sound(GROW, method="explicit"))
    add(LOOP, petri.no_dead_transitions(LOOP))
    add(EVER, petri.deadlock(EVER, method="state-equation"))
    add(FORK, petri.invariant(FORK, "r + s <= 2 && p + r <= 1", method="state-equation"))
    for net in (EVER, RELAY, RINGS, CROSS):
        add(net, petri.deadlock(net, method="structure"))
    add(FORK, petri.sound(FORK, method="rank-theorem"))
    add(FORK, petri.sound(FORK, method="well-structured"))
    add(RINGS, petri.deadlock(RINGS, method="stubborn-sets"))
    add(FORK, petri.invariant(FORK, "o <= 1", method="stubborn-sets"))
    for net, goal in ((CAUGHT, "o == 1"), (FORK, "o == 1"), (RINGS, "p == 1 && q == 0")):
        add(net, always_reachable_by_stubborn_sets(net, parse_predicate(goal)))
    claim = Claim(
        formula="AG p + q + o == 1", model_digest=LOOP.digest(),
        source_digest=SOURCE, translation=TRANSLATION,
    )  # fmt: skip
    by_hand = InvariantEvidence(claim=claim, invariant="p + q + o == 1", smtlib="")
    found["invariant"].append((LOOP, by_hand))
    shown = replace(claim, formula='occur ["go", "back"]')
    run = LOOP.run(LOOP.initial, ["go", "back", "exit"])
    found["run"].append((LOOP, RunEvidence(claim=shown, run=run)))
    return found


def coded_space(net: PetriNet, *groups: str, library: str = "oxidd") -> SymbolicSpace:
    """The symbolic space of a safe net in which groups of places (``"p q"``) share codes."""
    numbers = [tuple(map(net.place_index, group.split())) for group in groups]
    order = list(range(len(net.place_ids)))
    system = SymbolicNet(net, order, [1] * len(order), groups=numbers, library=library)
    closure = Closure(system)
    closure.run(Budget().start())
    assert closure.wide is None
    return SymbolicSpace(
        net, system, closure.states, reason=None, pump=None, seconds=0.0, cpu_seconds=0.0,
        peak_bytes=0,
    )  # fmt: skip


FALSE_CLAIMS = (
    "AG false", "EF false", "AG EF false", "EF AG false", "AG (", "", "AG ghost >= 1",
    "EF ghost >= 1", "AG enabled(ghost)", "AX true", "EG true", "AG AG AG true", "true", "occur 7",
    'occur ["ghost"]', 'occur-groups [["ghost"]]', "occur-groups 3", "occur [", "bounded by 77",
    "bounded by -1", "bounded by 1.5", "strongly bisimilar", "termination", "Sound", "unbounded ",
    "AG (true || ghost >= 1)", "EF (true || enabled(ghost))", "AG EF (true || ghost >= 1)",
    "EF AG (true || enabled(ghost))",
)  # fmt: skip
# True of some nets, but never proved by evidence of another kind.
OTHER_CLAIMS = {
    "EF true": {"run"}, "AG true": {"closed-set", "invariant", "decision-diagram", "stubborn-sets", "complete-prefix"}, "AG EF true": {"ranked-set", "ranked-diagrams", "stubborn-sets"},
    "EF AG true": {"trap", "decision-diagram", "stubborn-sets"}, "unbounded": {"pump"}, "terminates": {"measure"},
    "terminates under weak fairness": {"fair-measure"},
    "terminates under strong fairness": {"fair-measure"}, "infinite run": {"lasso"},
    "infinite run under weak fairness": {"lasso"}, "infinite run under strong fairness": {"lasso"},
    "workflow net": {"structure"}, "not a workflow net": {"structure"}, "sound": {"parts", "rank-theorem", "well-structured"},
    "not sound": {"parts"}, "occur []": {"run"}, "occur-groups []": {"parts"},
}  # fmt: skip


def with_claim(evidence: Evidence, **changes: Any) -> Evidence:
    return replace(evidence, claim=replace(evidence.claim, **changes))


def forged_claims(net: PetriNet, evidence: Evidence) -> Iterator[tuple[str, Evidence]]:
    """The same evidence under claims that it does not prove."""
    digest = evidence.claim.model_digest
    other = net.replace(name="another name").digest()
    for wrong in (other, digest[:-1], digest.upper(), "", digest.removeprefix("sha256:")):
        yield f"model {wrong}", with_claim(evidence, model_digest=wrong)
    for source in ("sha256:" + "6" * 64, None, "", SOURCE.upper()):
        yield f"source {source}", with_claim(evidence, source_digest=source)
    for translation in ("workflow-to-net/0", None, "", "workflow-to-net/1 "):
        yield f"translation {translation}", with_claim(evidence, translation=translation)
    for formula in FALSE_CLAIMS:
        yield f"claim {formula}", with_claim(evidence, formula=formula)
    for formula, kinds in OTHER_CLAIMS.items():
        if evidence.kind not in kinds:
            yield f"claim {formula}", with_claim(evidence, formula=formula)
    yield "claim 7", with_claim(evidence, formula=7)
    yield "claim None", with_claim(evidence, formula=None)


def forged_states(evidence: Any) -> Iterator[tuple[str, Evidence]]:
    """Evidence whose set of states misses a reachable one, or is no set of markings.

    The set must be that of the states reachable from the initial one (or, for a trap, from the
    state into which the run leads).
    """
    states = evidence.states
    rows, names = states.rows, states.names

    def made(rows: Any, names: Any = names) -> Evidence:
        return replace(evidence, states=replace(states, rows=rows, names=names))

    n, width = rows.shape
    for i in range(n):
        changed = rows.copy()
        changed[i] = rows[(i + 1) % n] if n > 1 else rows[i] + 1
        yield f"state {i} replaced", made(changed)
        for j in range(width):
            changed = rows.copy()
            changed[i, j] += 1
            yield f"state {i} has one more in {j}", made(changed)
        changed = rows.copy()
        changed[i, 0] = -1
        yield f"state {i} is negative", made(changed)
        yield f"state {i} is huge", made(rows + np.where(np.arange(n) == i, 2**62, 0)[:, None])
    swapped = rows[:, [1, 0, *range(2, width)]]
    if {tuple(row) for row in swapped} != {tuple(row) for row in rows}:
        yield "two columns swapped", made(swapped)
    yield "two names swapped", made(rows, (names[1], names[0], *names[2:]))
    yield "names reversed", made(rows, names[::-1])
    yield "a column too few", made(rows[:, 1:], names[1:])
    yield "a column too many", made(np.hstack([rows, rows[:, :1]]), (*names, "ghost"))
    yield "a name too few", made(rows, names[1:])
    yield "floats", made(rows.astype(float))
    yield "flat", made(rows.reshape(-1))
    yield "empty", made(rows[:0])
    yield "truth values", made(rows.astype(bool))
    yield "a list", made(rows.tolist())
    yield "nothing", made(None)


def forged_run(run: Any) -> Iterator[tuple[str, Any]]:
    """Runs (or lassos) with a step that is not the net's."""
    first = dict(run.initial)
    for key in first:
        yield f"one more in {key} at first", replace(run, initial={**first, key: first[key] + 1})
    for wrong in ({}, {"ghost": 1}, {**first, "ghost": 0}, None, 7, {1: 1}, "i", [1]):
        if wrong != first:
            yield f"initial {wrong}", replace(run, initial=wrong)
    for key in first:
        for count in (True, 1.0, "1", -1, None, 2**63):
            if count is not True or first[key] == 1:
                yield f"initial {count!r} in {key}", replace(run, initial={**first, key: count})
    for k, step in enumerate(run.steps):

        def made(new: Any, k: int = k) -> Any:
            return replace(run, steps=(*run.steps[:k], *new, *run.steps[k + 1 :]))

        yield f"step {k} is no transition", made([replace(step, action="ghost")])
        yield f"step {k} is None", made([replace(step, action=None)])
        yield f"step {k} leads nowhere", made([replace(step, state={})])
        more = {**step.state, next(iter(step.state)): 9}
        yield f"step {k} leads elsewhere", made([replace(step, state=more)])
        yield f"step {k} twice", made([step, step])
        yield f"step {k} after nothing", made([replace(step, state=run.initial)])
        yield f"step {k} is left out", made([])
