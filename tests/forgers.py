"""Forgers: for each kind of evidence many changes that take its proof away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

import forgers_theorems
from oracles.diagrams import inductive
from petri import PetriNet
from recheck_support import (
    DEEP,
    LOOP,
    SPIN,
    cases,
    forged_claims,
    forged_run,
    forged_states,
    with_claim,
)
from transition_systems.evidence import (
    Evidence,
    Parts,
)
from transition_systems.run import Lasso

CASES = cases()

Forged = Iterator[tuple[str, Evidence]]


def _run(net: PetriNet, evidence: Any) -> Forged:
    for what, run in forged_run(evidence.run):
        if not (evidence.claim.formula.startswith("occur") and "left out" in what):
            yield what, replace(evidence, run=run)
    for k in range(len(evidence.run)):
        short = replace(evidence.run, steps=evidence.run.steps[:k])
        if not (evidence.claim.formula.startswith("occur") and k >= 2):
            yield f"cut after {k}", replace(evidence, run=short)
    if evidence.claim.formula.startswith("occur"):
        yield "one more", with_claim(evidence, formula='occur ["go", "back", "exit", "on"]')
        yield "no list", with_claim(evidence, formula='occur {"go": 1}')
        yield "no text", with_claim(evidence, formula='occur ["go", 1]')
    else:
        goal = evidence.claim.formula.removeprefix("EF ")
        yield "claim negated", with_claim(evidence, formula=f"EF !({goal})")


def _lasso(net: PetriNet, evidence: Any) -> Forged:
    lasso = evidence.lasso
    for what, run in forged_run(lasso):
        yield what, replace(evidence, lasso=run)
    length = len(lasso)
    for start in (-1, length, length + 1, None, True, 1.0):
        if start is not True or lasso.loop_start != 1:
            yield f"loop at {start}", replace(evidence, lasso=replace(lasso, loop_start=start))
    open_end = Lasso(initial=lasso.initial, steps=lasso.steps[:-1], loop_start=lasso.loop_start)
    yield "not closed", replace(evidence, lasso=open_end)
    if net in (LOOP, DEEP):
        fair = "infinite run under strong fairness"
        yield "not fair", with_claim(evidence, formula=fair)


def _pump(net: PetriNet, evidence: Any) -> Forged:
    lasso = evidence.lasso
    for what, run in forged_run(lasso):
        yield what, replace(evidence, lasso=run)
    for start in range(len(lasso)):
        if start != lasso.loop_start:
            yield f"pump at {start}", replace(evidence, lasso=replace(lasso, loop_start=start))
    still = net.run(net.initial, ["start", "end"])
    for k in (0, 1):
        flat = Lasso(initial=still.initial, steps=still.steps, loop_start=k)
        yield f"no growth from {k}", replace(evidence, lasso=flat)
    yield "no cycle", replace(evidence, lasso=replace(lasso, loop_start=len(lasso)))


def _closed_set(net: PetriNet, evidence: Any) -> Forged:
    yield from forged_states(evidence)
    goal = evidence.claim.formula.removeprefix("AG ")
    yield "claim negated", with_claim(evidence, formula=f"AG !({goal})")
    yield "claim of one place", with_claim(evidence, formula=f"AG {net.place_ids[0]} >= 1")


def _ranked(net: PetriNet, evidence: Any) -> Forged:
    yield from forged_states(evidence)
    for i, r in enumerate(evidence.rank):
        changed = evidence.rank.copy()
        changed[i] = -1
        yield f"rank {i} negative", replace(evidence, rank=changed)
        if r > 0:
            changed = evidence.rank.copy()
            changed[i] = 0
            yield f"rank {i} zero", replace(evidence, rank=changed)
            lowest = np.full_like(evidence.rank, int(r))
            lowest[evidence.rank == 0] = 0
            if r > 1 or (evidence.rank > 1).any():
                yield f"all of rank {r}", replace(evidence, rank=lowest)
    yield from _rank_shapes(evidence)
    goal = evidence.claim.formula.removeprefix("AG EF ")
    yield "claim negated", with_claim(evidence, formula=f"AG EF !({goal})")


def _rank_shapes(evidence: Any) -> Forged:
    rank = evidence.rank
    yield "ranks swapped end for end", replace(evidence, rank=rank.max() + 1 - rank)
    yield "a rank too few", replace(evidence, rank=rank[:-1])
    yield "a rank too many", replace(evidence, rank=np.append(rank, 0))
    yield "ranks as floats", replace(evidence, rank=rank.astype(float))
    yield "ranks as a column", replace(evidence, rank=rank[:, None])
    yield "no ranks", replace(evidence, rank=None)


def _measure(net: PetriNet, evidence: Any) -> Forged:
    yield from forged_states(evidence)
    flat = np.zeros_like(evidence.rank)
    yield "flat", replace(evidence, rank=flat)
    top = int(evidence.rank.argmax())
    for i in range(len(evidence.rank)):
        if i != top:
            changed = evidence.rank.copy()
            changed[i] = evidence.rank.max() + 1
            yield f"rank {i} too high", replace(evidence, rank=changed)
    yield from _rank_shapes(evidence)


def _fair(net: PetriNet, evidence: Any) -> Forged:
    yield from forged_states(evidence)
    loops = np.flatnonzero((evidence.helpful >= 0).any(axis=1))
    for helper in range(-2, len(evidence.actions) + 1):
        changed = evidence.helpful.copy()
        if (changed[loops, 0] == helper).all():
            continue
        changed[loops, 0] = helper
        yield f"helper {helper}", replace(evidence, helpful=changed)
    for i in loops if len(loops) > 1 else ():
        changed = evidence.helpful.copy()
        changed[i, 0] = -1
        yield f"helper of {i} left out", replace(evidence, helpful=changed)
    yield "no levels", replace(evidence, rank=evidence.rank[:, :0], helpful=evidence.helpful[:, :0])
    low = evidence.rank.copy()
    low[:, 0] = low[:, 0].max() - low[:, 0]
    yield "ranks upside down", replace(evidence, rank=low)
    yield "ranks of one level", replace(evidence, rank=evidence.rank[:, 0])
    yield "ranks too few", replace(evidence, rank=evidence.rank[1:])
    yield "helpers too few", replace(evidence, helpful=evidence.helpful[1:])
    yield "floats", replace(evidence, rank=evidence.rank.astype(float))
    yield "another order", replace(evidence, actions=evidence.actions[::-1])
    yield "ghosts", replace(evidence, actions=("ghost",) * len(evidence.actions))
    yield "no names", replace(evidence, actions=())
    for i in loops if len(loops) > 1 else ():
        changed = evidence.rank.copy()
        changed[i, 0] = 99
        yield f"{i} above its component", replace(evidence, rank=changed)
    if net is not SPIN:
        text = "terminates under weak fairness"
        yield "weak", with_claim(evidence, formula=text)
    if evidence.rank.shape[1] > 1:
        cut = replace(evidence, rank=evidence.rank[:, :1], helpful=evidence.helpful[:, :1])
        if net is DEEP:
            yield "the second level is left out", cut


def _trap(net: PetriNet, evidence: Any) -> Forged:
    yield from forged_states(evidence)
    for what, run in forged_run(evidence.run):
        yield what, replace(evidence, run=run)
    for k in range(len(evidence.run)):
        short = replace(evidence.run, steps=evidence.run.steps[:k])
        yield f"cut after {k}", replace(evidence, run=short)
    goal = evidence.claim.formula.removeprefix("EF AG ")
    yield "claim negated", with_claim(evidence, formula=f"EF AG !({goal})")


def _bound(net: PetriNet, evidence: Any) -> Forged:
    yield from forged_states(evidence)
    for what, run in forged_run(evidence.run):
        yield what, replace(evidence, run=run)
    for wrong in (evidence.bound - 1, evidence.bound + 1, 0, 9, -1, None, "1", 1.5):
        if wrong != evidence.bound:
            yield f"bound {wrong}", replace(evidence, bound=wrong)
            claimed = with_claim(evidence, formula=f"bounded by {wrong}")
            yield f"claim {wrong}", claimed
            yield f"both {wrong}", replace(claimed, bound=wrong)


def _invariant(net: PetriNet, evidence: Any) -> Forged:
    for wrong in ("true", "false", "p <= 1", "q == 0", "p >= 1", "state equations", "", "AG p",
                  "ghost >= 1", "p + q + o <= 1 &&", "p + 2 q + o == 1", "dead", "!dead", "o == 0",
                  "enabled(ghost)", "p + q + o >= 0"):  # fmt: skip
        yield f"invariant {wrong}", replace(evidence, invariant=wrong)
    for wrong in ("AG p >= 1", "AG q == 0", "AG !dead", "AG o == 0", "AG p + q + o == 2"):
        yield f"claim {wrong}", with_claim(evidence, formula=wrong)


def _structure(net: PetriNet, evidence: Any) -> Forged:
    sets = dict(evidence.sets)

    def made(changed: Any) -> Evidence:
        return replace(evidence, sets=tuple(changed.items()))

    opposite = {"workflow net": "not a workflow net", "not a workflow net": "workflow net"}
    yield "opposite", with_claim(evidence, formula=opposite[evidence.claim.formula])
    for key, nodes in sets.items():
        if net.name == "lost" and key in ("unreachable", "hopeless"):
            continue  # two sets that each suffice: forged below
        yield f"{key} missing", made({k: v for k, v in sets.items() if k != key})
        yield f"{key} renamed", made({k + "s" * (k == key): v for k, v in sets.items()})
        yield f"{key} with a ghost", made({**sets, key: (*nodes, "ghost")})
        for i in range(len(nodes)):
            yield f"{key} without {i}", made({**sets, key: (*nodes[:i], *nodes[i + 1 :])})
            yield f"{key} twice {i}", made({**sets, key: (*nodes, nodes[i])})
        if len(nodes) > 1 and key in ("forward", "backward"):
            yield f"{key} turned", made({**sets, key: nodes[::-1]})
    if net.name == "lost":
        for key in ("unreachable", "hopeless"):
            for wrong in (net.place_ids, ("t",), ("i",), ("o",), ("ghost",)):
                yield f"{key} {wrong}", made({**sets, key: wrong})
        yield "nothing cut off", made({**sets, "unreachable": (), "hopeless": ()})
    yield "a set twice", replace(evidence, sets=(*evidence.sets, evidence.sets[0]))
    yield "no sets", replace(evidence, sets=())


def _parts(net: PetriNet, evidence: Any) -> Forged:
    parts = evidence.parts
    claim = evidence.claim.formula
    for i, (name, part) in enumerate(parts):

        def made(*new: Any, i: int = i) -> Evidence:
            return replace(evidence, parts=(*parts[:i], *new, *parts[i + 1 :]))

        yield f"part {i} missing", made()
        yield f"part {i} twice", made((name, part), (name, part))
        if not claim.startswith("occur"):
            yield f"part {i} renamed", made(("something", part))
            yield f"part {i} copied", made((name, part), (name + " again", part))
            for other in ("option-to-complete", "proper-completion", "no-dead-x", "unbounded"):
                if other != name and not (other[:7] == name[:7] == "no-dead"):
                    yield f"part {i} as {other}", made((other, part))
        for what, forged in FORGE[part.kind](net, part) if part.kind != "parts" else ():
            yield f"part {i}: {what}", made((name, forged))
        for what, forged in forged_claims(net, part):
            if not what.startswith("claim occur"):
                yield f"part {i}: {what}", made((name, forged))
    yield "no parts", replace(evidence, parts=())
    deep: Evidence = evidence
    for _ in range(5):
        deep = Parts(claim=evidence.claim, parts=(("a", deep),))
    yield "nested", deep
    opposite = {"sound": "not sound", "not sound": "sound"}
    if claim in opposite:
        yield "opposite", with_claim(evidence, formula=opposite[claim])


GOOD: dict[str | None, Callable[[Any], bool]] = {
    "fork": lambda m: max(m.values()) <= 1,
    "loop": lambda m: m["p"] + m["q"] <= 1,
    "deep": lambda m: sum(m.values()) == 1,
    "late": lambda m: max(m.values()) <= 2,
}


def _diagram(net: PetriNet, evidence: Any) -> Forged:
    """No change of a node or a field that loses a marking that can be reached gets through."""
    nodes, fields, names = evidence.nodes, evidence.fields, evidence.names
    n = len(nodes)

    def made(**changes: Any) -> Evidence:
        return replace(evidence, **changes)

    for i in range(n):
        for column, wrong in ((0, -1), (0, 99), (1, -1), (1, i + 2), (2, n + 2), (2, i + 2)):
            changed = nodes.copy()
            changed[i, column] = wrong
            yield f"node {i} has {wrong} in {column}", made(nodes=changed)
        dropped = np.delete(nodes, i, axis=0)
        dropped[:, 1:] -= dropped[:, 1:] > i + 1
        if not inductive(net, made(nodes=dropped), GOOD[net.name]):
            yield f"node {i} is dropped", made(nodes=dropped)
    swapped = nodes.copy()
    swapped[:, [1, 2]] = swapped[:, [2, 1]]
    yield "children swapped everywhere", made(nodes=swapped)
    yield "levels reversed", made(nodes=np.column_stack([nodes[::-1, 0], nodes[:, 1:]]))
    for i in range(n):
        if 1 not in nodes[i, 1:]:
            empty = nodes.copy()
            empty[i, 1:] = 0
            yield f"node {i} is empty", made(nodes=empty)
    yield "no nodes left", made(nodes=nodes[:0])
    yield "flat nodes", made(nodes=nodes.reshape(-1))
    yield "nodes as floats", made(nodes=nodes.astype(float))
    yield "no nodes", made(nodes=None)
    yield "a column too few", made(nodes=nodes[:, :2])
    one = np.array([[int(nodes[:, 0].min()), 0, 1]])
    yield "the last node is another", made(nodes=np.vstack([nodes, one]))
    yield "names swapped", made(names=(names[1], names[0], *names[2:]))
    yield "names reversed", made(names=names[::-1])
    yield "a name too few", made(names=names[1:])
    yield "a ghost", made(names=("ghost", *names[1:]))
    for wrong in (-1, 0, 63, 2**40):
        changed = fields.copy()
        changed[0, 1] = wrong
        yield f"a field of {wrong} variables", made(fields=changed)
    for wrong in (-1, int(fields[:, 1].sum()), 2**40, int(fields[1, 0]) + 1):
        changed = fields.copy()
        changed[0, 0] = wrong
        yield f"a field at {wrong}", made(fields=changed)
    for i, (_, bits, code) in enumerate(fields.tolist()):
        for wrong in (-1, 1 << bits, 2**40, 0 if code else 1, 2 if code == 1 else 1):
            changed = fields.copy()
            changed[i, 2] = wrong
            if (
                wrong not in (0, 1)
                or code
                or not inductive(net, made(fields=changed), GOOD[net.name])
            ):
                yield f"code {wrong} of place {i}", made(fields=changed)
    yield "fields as floats", made(fields=fields.astype(float))
    yield "a field too few", made(fields=fields[1:])
    yield "no fields", made(fields=None)
    turned = fields.copy()
    turned[:, 0] = (fields[:, 0] + fields[:, 1]).max() - fields[:, 0] - fields[:, 1]
    if not inductive(net, made(fields=turned), GOOD[net.name]):
        yield "order turned", made(fields=turned)
    if evidence.run is None:
        yield "a run of no use", made(run=net.run(net.initial, []))
        goal = evidence.claim.formula.removeprefix("AG ")
        yield "claim negated", with_claim(evidence, formula=f"AG !({goal})")
        yield "claim of one place", with_claim(evidence, formula=f"AG {names[0]} >= 1")
        yield "a bound without a run", with_claim(evidence, formula="bounded by 1")
        return
    yield "without a run", made(run=None)
    for what, run in forged_run(evidence.run):
        yield what, made(run=run)
    for k in (0, 1, 3, 9):
        yield f"bounded by {k}", with_claim(evidence, formula=f"bounded by {k}")


FORGE: dict[str, Callable[[PetriNet, Any], Forged]] = {
    "run": _run, "lasso": _lasso, "pump": _pump, "closed-set": _closed_set,
    "ranked-set": _ranked, "measure": _measure, "fair-measure": _fair, "trap": _trap,
    "bound": _bound, "invariant": _invariant, "structure": _structure, "parts": _parts,
    "decision-diagram": _diagram, "linear-proof": forgers_theorems.linear,
    "marked-circuits": forgers_theorems.circuits, "rank-theorem": forgers_theorems.rank,
    "stubborn-sets": forgers_theorems.stubborn, "well-structured": forgers_theorems.well_structured,
}  # fmt: skip
