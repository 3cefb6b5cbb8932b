"""Forgers of proofs without listed markings: linear proofs, marked circuits, ranks, stubborn sets.

A change may leave a proof a proof: then the second checker says so, and it is not yielded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from oracles.evidence_net import Wrong
from oracles.evidence_whole import shows
from petri import PetriNet
from recheck_support import forged_run, forged_states, with_claim
from transition_systems.evidence import Evidence
from transition_systems.evidence_linear import RULES

Forged = Iterator[tuple[str, Evidence]]


def proves(net: PetriNet, evidence: Evidence) -> bool:
    """Whether the second checker takes a piece of evidence."""
    try:
        shows(net, evidence.to_dict())
    except (Wrong, KeyError, TypeError, ValueError, IndexError, AttributeError):
        return False
    return True


def linear(net: PetriNet, evidence: Any) -> Forged:
    """Steps left out, repeated, with other numbers; facts that are none."""
    for what, made in _linear(net, evidence):
        if not proves(net, made):
            yield what, made


def _linear(net: PetriNet, evidence: Any) -> Forged:
    steps = evidence.steps

    def made(at: int, *new: Any) -> Evidence:
        return replace(evidence, steps=(*steps[:at], *new, *steps[at + 1 :]))

    for k, (rule, number, pairs) in enumerate(steps):
        yield f"step {k} left out", made(k)
        yield f"step {k} twice", made(k, steps[k], steps[k])
        for other in RULES:
            if other != rule:
                yield f"step {k} as {other}", made(k, (other, number, pairs))
        for wrong in (number - 1, number + 1, -1, 0, 99):
            yield f"step {k} with {wrong}", made(k, (rule, wrong, pairs))
        for j, (left, right) in enumerate(pairs):
            for pair in (
                (left + 1, right),
                (left, right + 1),
                (left, -right),
                (-1, right),
                (99, right),
            ):
                changed = (*pairs[:j], pair, *pairs[j + 1 :])
                yield f"pair {j} of step {k} as {pair}", made(k, (rule, number, changed))
            yield (
                f"step {k} without pair {j}",
                made(k, (rule, number, (*pairs[:j], *pairs[j + 1 :]))),
            )
    yield "goes on", replace(evidence, steps=(*steps, ("sum", 1, ((0, 1),))))
    yield "no steps", replace(evidence, steps=())
    yield "no facts", replace(evidence, equalities=(), inequalities=(), siphons=(), traps=())
    for key in ("equalities", "inequalities"):
        for k, flow in enumerate(getattr(evidence, key)):
            rest = getattr(evidence, key)
            for j, (name, weight) in enumerate(flow):
                for pair in ((name, weight + 1), (name, -weight), ("ghost", weight)):
                    flows = (*rest[:k], (*flow[:j], pair, *flow[j + 1 :]), *rest[k + 1 :])
                    yield f"{pair} in {key} {k}", replace(evidence, **{key: flows})
            yield f"{key} {k} twice named", replace(evidence, **{key: (*rest[:k], (*flow, flow[0]), *rest[k + 1 :])})  # fmt: skip
    for key in ("siphons", "traps"):
        for places in ((), ("ghost",), *((p,) for p in net.place_ids)):
            sets = (places, *getattr(evidence, key)[1:])
            yield f"{key} {places}", replace(evidence, **{key: sets})
    for wrong in ("AG false", "AG dead", "EF dead", "AG EF true", "sound"):
        yield f"claim {wrong}", with_claim(evidence, formula=wrong)


def circuits(net: PetriNet, evidence: Any) -> Forged:
    """Orders that leave a transition out, turn it round, or belong to a net that is none."""
    order = evidence.order
    for k, name in enumerate(order):
        yield f"{name} left out", replace(evidence, order=(*order[:k], *order[k + 1 :]))
        yield f"{name} twice", replace(evidence, order=(*order, name))
        yield f"a ghost for {name}", replace(evidence, order=(*order[:k], "ghost", *order[k + 1 :]))
        for j in range(k):
            swapped = list(order)
            swapped[j], swapped[k] = swapped[k], swapped[j]
            made = replace(evidence, order=tuple(swapped))
            if not proves(net, made):
                yield f"{name} swapped with {order[j]}", made
    yield "turned", replace(evidence, order=order[::-1])
    yield "nothing", replace(evidence, order=())
    for wrong in ("AG false", "AG dead", "AG true", "EF dead", "AG EF !dead", "live"):
        yield f"claim {wrong}", with_claim(evidence, formula=wrong)


def rank(net: PetriNet, evidence: Any) -> Forged:
    """Weights that balance nothing, flows too few or dependent."""
    for key in ("places", "transitions"):
        pairs = getattr(evidence, key)
        for k, (name, weight) in enumerate(pairs):
            for pair in ((name, 0), (name, -weight), (name, weight + 1), ("ghost", weight)):
                yield (
                    f"{key}: {pair}",
                    replace(evidence, **{key: (*pairs[:k], pair, *pairs[k + 1 :])}),
                )
            yield f"{key} without {name}", replace(evidence, **{key: (*pairs[:k], *pairs[k + 1 :])})
            yield f"{key} with {name} twice", replace(evidence, **{key: (*pairs, pairs[k])})
    for wrong in (0, -1, evidence.closing + 1):
        if wrong != evidence.closing:
            yield f"closed {wrong} times", replace(evidence, closing=wrong)
    for k, flow in enumerate(evidence.flows):
        rest = evidence.flows
        yield f"without flow {k}", replace(evidence, flows=(*rest[:k], *rest[k + 1 :]))
        yield f"flow {k} twice", replace(evidence, flows=(*rest, flow))
        for j, (name, weight) in enumerate(flow):
            pair = (name, weight + 1)
            changed = (*rest[:k], (*flow[:j], pair, *flow[j + 1 :]), *rest[k + 1 :])
            yield f"flow {k} with {pair}", replace(evidence, flows=changed)
    for wrong in ("AG false", "AG dead", "not sound", "live", "unbounded", "bounded by 1"):
        yield f"claim {wrong}", with_claim(evidence, formula=wrong)


def well_structured(net: PetriNet, evidence: Any) -> Forged:
    """Other ends, other claims; the premises are not in the evidence."""
    names = [*net.place_ids, *net.transition_ids, "ghost", ""]
    for key in ("source", "sink"):
        for name in names:
            if name != getattr(evidence, key):
                yield f"{key} {name}", replace(evidence, **{key: name})
    yield "turned", replace(evidence, source=evidence.sink, sink=evidence.source)
    for wrong in ("AG false", "AG !dead", "not sound", "live", "bounded by 1", "workflow net",
                  "weakly sound", "sound without fairness", "AG EF true"):  # fmt: skip
        yield f"claim {wrong}", with_claim(evidence, formula=wrong)


def stubborn(net: PetriNet, evidence: Any) -> Forged:
    """States that are missing or none, sets with a bit flipped, ranks and runs of no use."""
    for what, made in _stubborn(evidence):
        if not proves(net, made):
            yield what, made


def _stubborn(evidence: Any) -> Forged:
    yield from forged_states(evidence)
    sets = evidence.stubborn
    for i in range(len(sets)):
        for bit in range(sets.shape[1] * 8):
            changed = sets.copy()
            changed[i, bit // 8] ^= np.uint8(1 << bit % 8)
            yield f"bit {bit} of state {i}", replace(evidence, stubborn=changed)
        changed = sets.copy()
        changed[i] = 0
        yield f"an empty set in state {i}", replace(evidence, stubborn=changed)
    yield "no sets", replace(evidence, stubborn=None)
    yield "sets too few", replace(evidence, stubborn=sets[1:])
    yield "sets as floats", replace(evidence, stubborn=sets.astype(float))
    yield "sets too wide", replace(evidence, stubborn=np.hstack([sets, sets]))
    yield "all empty", replace(evidence, stubborn=np.zeros_like(sets))
    if evidence.run is not None:
        for what, run in forged_run(evidence.run):
            yield what, replace(evidence, run=run)
        yield "no run", replace(evidence, run=None)
    for key in ("rank", "full"):
        given = getattr(evidence, key)
        if given is None:
            continue
        yield f"no {key}", replace(evidence, **{key: None})
        yield f"{key} too short", replace(evidence, **{key: given[1:]})
        for i in range(len(given)):
            for wrong in (-1, 0, int(given[i]) + 1, 99):
                changed = given.copy()
                changed[i] = wrong
                yield f"{key} {wrong} in state {i}", replace(evidence, **{key: changed})
    shape, _, goal = evidence.claim.formula.rpartition("G ") if "EF (" not in evidence.claim.formula else evidence.claim.formula.partition("EF ")  # fmt: skip
    yield "claim negated", with_claim(evidence, formula=f"{shape}{_} !({goal})")
