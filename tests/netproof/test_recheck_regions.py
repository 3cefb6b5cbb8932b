"""Regions, what comes after a run, growing runs and watched nets: forged evidence is refused."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

import petri
from netproof.recheck import recheck, recheck_verdict
from petri import PetriNet
from petri.decision import claim
from petri.soundness.relaxed_engines import watched
from transition_systems.budget import Budget
from transition_systems.errors import RecheckError
from transition_systems.evidence import (
    AfterRunEvidence,
    GrowingRunsEvidence,
    Parts,
    RankedRegions,
    evidence_from_dict,
)
from transition_systems.evidence_regions import Region
from transition_systems.evidence_runs import Repeated
from transition_systems.run import Run

FEW = Budget(seconds=5.0)
QUEUE = PetriNet(
    places=["idle", "busy", "buffer"], transitions=["arrive", "take", "done"], initial=["idle"],
    arcs=[("arrive", "buffer"), ("buffer", "take"), ("idle", "take"), ("take", "busy"),
          ("busy", "done"), ("done", "idle")],
)  # fmt: skip
WORKERS = (("idle", 1), ("busy", 1))
AT_LEAST, AT_MOST = WORKERS, tuple((place, -n) for place, n in WORKERS)
# The buffer is emptied by one worker, who is idle or busy.
EMPTIED = RankedRegions(
    claim=claim(QUEUE, "AG EF buffer == 0"),
    sums=(AT_LEAST, AT_MOST),
    regions=(
        Region(box=(("buffer", 0, 0),)),
        Region(box=(("idle", 1, None),), steps=("take", "done"), counter=("buffer", 0), into=(0,)),
        Region(box=(("busy", 1, None),), steps=("done",), into=(1,)),
    ),
    everywhere=(1, 2),
)


@cache
def worked() -> RankedRegions:
    inner = petri.invariant(QUEUE, "idle >= 1 || busy >= 1", budget=FEW).evidence
    assert inner is not None
    return replace(EMPTIED, inner=inner)


def why(evidence: Any, net: PetriNet = QUEUE) -> str:
    result = recheck(evidence, net)
    assert result.status == "failed", evidence
    return str(result.reason)


def region(number: int, **changes: Any) -> RankedRegions:
    good = worked()
    regions = list(good.regions)
    regions[number] = replace(regions[number], **changes)
    return replace(good, regions=tuple(regions))


def test_a_buffer_that_is_emptied_by_hand() -> None:
    good = worked()
    assert recheck(good, QUEUE).passed
    assert evidence_from_dict(good.to_dict()) == good
    assert recheck_verdict("AG EF buffer == 0", "HOLDS", good, QUEUE).passed
    assert recheck_verdict("AG EF buffer == 0", "VIOLATED", good, QUEUE).status == "failed"
    whole = replace(
        good, inner=None, everywhere=(3,),
        regions=(*good.regions, Region(box=(), steps=("arrive",), into=(2,))),
    )  # fmt: skip
    assert "where they should" in why(whole)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (region(0, box=(("buffer", 0, 1),)), "not inside the goal"),
        (region(0, box=(("nix", 0, 0),)), "no place"),
        (region(0, box=(("buffer", 0, 0), ("buffer", 0, 9))), "twice"),
        (region(1, box=()), "'take' is not enabled"),
        (region(1, counter=("idle", 0)), "do not change the place that counts"),
        (region(1, counter=("nix", 0)), "no place"),
        (region(1, counter=("buffer", 3)), "where they should"),
        (region(1, counter=None), "'take' is not enabled"),
        (region(1, steps=("take",)), "where they should"),
        (region(1, steps=("done", "take")), "'done' is not enabled"),
        (region(1, steps=("fly",)), "no transition"),
        (region(1, into=(1,)), "not before it"),
        (region(1, into=(-1,)), "not before it"),
        (region(2, into=(0,)), "where they should"),
        (region(2, steps=()), "not inside the goal"),
        (replace(worked(), everywhere=(1,)), "not about all reachable markings"),
        (replace(worked(), everywhere=(7,)), "that there is not"),
        (replace(worked(), everywhere=()), "not about all reachable markings"),
        (replace(worked(), inner=None), "nothing shows that every reachable marking"),
        (replace(worked(), sums=((("buffer", 1),),)), "'take' lowers a sum"),
        (replace(worked(), sums=((("idle", 1), ("idle", 1)),)), "twice"),
        (replace(worked(), claim=claim(QUEUE, "AG EF buffer == 1")), "not inside the goal"),
        (replace(worked(), claim=claim(QUEUE, "AG buffer == 0")), "proves AG EF statements"),
        (replace(worked(), claim=claim(QUEUE, "EF AG !(buffer == 0)")), "proves AG EF statements"),
    ],
)  # fmt: skip
def test_forged_regions(changed: RankedRegions, told: str) -> None:
    assert told in why(changed)


def test_a_place_that_changes_by_multiples_only() -> None:
    net = PetriNet(
        places=["p"], transitions=["in", "out"], arcs=[("in", "p", 2), ("p", "out", 2)],
        initial={"p": 4},
    )  # fmt: skip
    good = RankedRegions(
        claim=claim(net, "AG EF p == 0"), sums=(), everywhere=(1,),
        regions=(
            Region(box=(("p", 0, 0),)),
            Region(box=(), steps=("out",), counter=("p", 1), into=(0,)),
        ),
    )  # fmt: skip
    assert recheck(good, net).passed
    odd = net.replace(initial={"p": 3})
    moved = replace(good, claim=claim(odd, "AG EF p == 0"))
    assert "no region before" in why(moved, odd) or "where they should" in why(moved, odd)
    ones = net.replace(arcs=[("in", "p"), ("p", "out", 2)])
    assert "should" in why(replace(good, claim=claim(ones, "AG EF p == 0")), ones)


def test_a_place_that_nothing_changes() -> None:
    net = PetriNet(
        places=["lamp", "p"], transitions=["in"], initial=["lamp"],
        arcs=[("in", "p"), ("lamp", "in"), ("in", "lamp")],
    )  # fmt: skip
    good = RankedRegions(
        claim=claim(net, "AG EF p >= 3"), sums=(), everywhere=(1,),
        regions=(
            Region(box=(("p", 3, None),)),
            Region(box=(), steps=("in",), counter=("p", 3), into=(0,)),
        ),
    )  # fmt: skip
    assert recheck(good, net).passed
    dark = net.replace(initial={})
    assert "not enabled" in why(replace(good, claim=claim(dark, "AG EF p >= 3")), dark)


@cache
def lost() -> tuple[PetriNet, AfterRunEvidence]:
    net = PetriNet(
        places=["on", "p"], transitions=["fill", "off"], initial=["on"],
        arcs=[("on", "fill"), ("fill", "on"), ("fill", "p"), ("on", "off")],
    )  # fmt: skip
    verdict = petri.always_reachable(net, "p >= 4", method="regions", budget=FEW)
    assert isinstance(verdict.evidence, AfterRunEvidence)
    return net, verdict.evidence


def test_forged_evidence_after_a_run() -> None:
    net, good = lost()
    assert recheck(good, net).passed
    assert evidence_from_dict(good.to_dict()).to_dict() == good.to_dict()
    start = replace(good, run=net.run(net.initial, ["fill"]))
    assert "another model" in why(start, net)
    assert "initial marking" in why(replace(good, run=Run(initial={"p": 1})), net)
    for formula in ("EF AG !(p >= 3)", "AG !(p >= 4)", "AG EF p >= 4", "EF AG p >= 4", "live"):
        other = replace(good, claim=replace(good.claim, formula=formula))
        assert recheck(other, net).status == "failed", formula
    weaker = replace(good, claim=replace(good.claim, formula="EF AG !(p >= 5)"))
    stronger = replace(good.inner, claim=replace(good.inner.claim, formula="AG !(p >= 3)"))
    assert recheck(replace(weaker, inner=stronger), net).status == "failed"


SLOW = PetriNet(
    places=["a", "b", "p", "q"], transitions=["fill", "turn", "use"], initial=["a"],
    arcs=[("a", "fill"), ("fill", "a"), ("fill", "p"), ("a", "turn"), ("turn", "b"),
          ("b", "use"), ("p", "use"), ("use", "b"), ("use", "q")],
)  # fmt: skip
GROWS = GrowingRunsEvidence(
    claim=claim(SLOW, "unbounded q"),
    sequences=(
        Repeated(actions=("fill",), once=1, each=2), Repeated(actions=("turn",), once=1, each=0),
        Repeated(actions=("use",), once=0, each=2),
    ),
)  # fmt: skip


def sequence(number: int, **changes: Any) -> GrowingRunsEvidence:
    parts = list(GROWS.sequences)
    parts[number] = replace(parts[number], **changes)
    return replace(GROWS, sequences=tuple(parts))


def test_runs_for_every_number() -> None:
    assert recheck(GROWS, SLOW).passed
    assert recheck(sequence(2, once=1), SLOW).passed
    assert recheck(replace(GROWS, claim=claim(SLOW, "unbounded")), SLOW).passed
    assert recheck(replace(GROWS, claim=claim(SLOW, "unbounded p + q")), SLOW).passed


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (sequence(0, each=1), "too few tokens in 'p'"),
        (sequence(0, once=0), None),
        (sequence(2, once=2), "too few tokens in 'p'"),
        (sequence(2, each=0), "do not add to the sum"),
        (sequence(2, each=-1), "less than no times"),
        (sequence(1, once=2), "too few tokens in 'a'"),
        (sequence(1, once=0), "too few tokens in 'b'"),
        (sequence(1, each=1), "too few tokens in 'a'"),
        (sequence(0, actions=("turn",)), "too few tokens in 'a'"),
        (sequence(0, actions=("fly",)), "no transition"),
        (replace(GROWS, sequences=()), "do not add to the sum"),
        (replace(GROWS, claim=claim(SLOW, "unbounded a")), "do not add to the sum"),
        (replace(GROWS, claim=claim(SLOW, "unbounded q - p")), "do not add to the sum"),
        (replace(GROWS, claim=claim(SLOW, "EF q >= 9")), "not this claim"),
        (replace(GROWS, claim=claim(SLOW, "unbounded"), sequences=()), "more and more"),
    ],
)  # fmt: skip
def test_forged_runs_for_every_number(changed: GrowingRunsEvidence, told: str | None) -> None:
    if told is None:
        assert recheck(changed, SLOW).passed
    else:
        assert told in why(changed, SLOW)


def test_malformed_data_is_refused() -> None:
    for good, spoil in (
        (worked().to_dict(), lambda d: d["regions"][1]["counter"].pop()),
        (worked().to_dict(), lambda d: d["regions"][1]["steps"].append(3)),
        (worked().to_dict(), lambda d: d["regions"][1]["into"].append(True)),
        (worked().to_dict(), lambda d: d["sums"][0][0].append(1)),
        (worked().to_dict(), lambda d: d.pop("inner")),
        (GROWS.to_dict(), lambda d: d["sequences"][0].update(once=1.5)),
        (GROWS.to_dict(), lambda d: d.pop("sequences")),
        (lost()[1].to_dict(), lambda d: d.pop("run")),
    ):
        spoil(good)
        with pytest.raises(RecheckError):
            evidence_from_dict(good)


# A step leads where a token is left for ever, so that it is in no run that completes.
LEAVES = PetriNet(
    places=["i", "p", "more", "o"], transitions=["start", "spare", "use", "end"], initial=["i"],
    arcs=[("i", "start"), ("start", "p"), ("p", "spare"), ("spare", "p"), ("spare", "more", 2),
          ("p", "use"), ("more", "use", 2), ("use", "p"), ("use", "more"), ("p", "end"),
          ("end", "o")],
)  # fmt: skip


def test_a_step_after_which_an_unbounded_net_never_completes() -> None:
    verdict = petri.sound(LEAVES, kind="relaxed", budget=FEW)
    assert petri.bounded(LEAVES).violated
    assert verdict.violated, verdict.reason
    evidence = verdict.evidence
    assert isinstance(evidence, Parts)
    ((name, piece),) = evidence.parts
    assert name == "watched"
    assert recheck_verdict("relaxed-soundness", "VIOLATED", evidence, LEAVES).passed
    assert recheck_verdict("relaxed-soundness", "HOLDS", evidence, LEAVES).status == "failed"
    other, (counter,) = watched(LEAVES, [("start",)])
    never = f"AG !(i + p + more <= 0 && o == 1 && {counter} >= 1)"
    forged = replace(piece, claim=claim(other, never))
    assert recheck(replace(evidence, parts=(("watched", forged),)), LEAVES).status == "failed"
    weak = replace(piece, claim=replace(piece.claim, formula=f"AG !(o == 2 && {counter} >= 1)"))
    assert "none of a group occurs" in why(replace(evidence, parts=(("watched", weak),)), LEAVES)
    alone = replace(piece, claim=replace(piece.claim, model_digest=LEAVES.digest()))
    assert "counts one of the groups" in why(replace(evidence, parts=(("watched", alone),)), LEAVES)
