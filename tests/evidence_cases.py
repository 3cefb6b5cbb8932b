"""Evidence files of every kind about small nets."""

from __future__ import annotations

import hashlib
import json
import random
import runpy
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import petri
from engine_cases import random_goal, random_net, random_safe_net
from linear_cases import random_free_choice
from netproof.assumed import assumptions
from netproof.evidence_files import write_evidence
from netproof.report.model import ModelReport, Report, VerdictReport
from petri import PetriNet, read_pnml, write_pnml
from petri.decision import claim, equals_marking, stamped
from petri.home import reversible
from petri.live import live
from petri.out_of_reach import out_of_reach
from petri.persistence import persistent
from petri.portfolio import Most
from petri.portfolio.covering import CoveringAnswers
from petri.portfolio.questions import UNBOUNDED
from petri.reductions.answers import ReducedNet
from petri.soundness import SoundnessGoal, sound_as, started, workflow_goal
from petri.stable_places import stable_place
from petri.state_space.growing_runs import growing_runs
from petri.state_space.minimal_cover import minimal_coverability_set
from petri.structure.falling_sums import falling_weights
from petri.structure.siphons_traps import maximal_trap
from petri.stubborn_sets import always_reachable_by_stubborn_sets
from recheck_support import NETS
from reduction_nets import parallel
from transition_systems.budget import Budget
from transition_systems.errors import NetproofError, UsageError
from transition_systems.evidence import (
    FallingSumEvidence,
    GrowingRunsEvidence,
    MarkedTrapEvidence,
    RisingSumEvidence,
    RunEvidence,
)
from transition_systems.properties.format import format_formula
from transition_systems.properties.formulas import Unary, always_everywhere, possible
from transition_systems.properties.parse import parse_predicate
from transition_systems.properties.predicates import Compare
from transition_systems.properties.walk import negate
from transition_systems.verdict import Outcome, Statistics, Verdict

FEW = Budget(states=400, seconds=5)
BRIEF = Budget(states=2_000, seconds=1)
Data = dict[str, Any]


GENERATORS = Path(__file__).parents[1] / "examples" / "generators"
LARGE = SimpleNamespace(**runpy.run_path(str(GENERATORS / "nets.py")))


def random_workflow_net(seed: int) -> PetriNet:
    """A workflow net grown from one step: rows, choices, loops, and parallel places; rarely spoilt."""
    rng = random.Random(seed)
    arcs = [("i", "t0"), ("t0", "o")]
    for n in range(1, rng.randint(2, 6)):
        rule = rng.random()
        steps = sorted({b for a, b in arcs if b[0] == "t"})
        places = sorted({a for a, b in arcs if a[0] == "p"})
        step = rng.choice(steps)
        before = [a for a, b in arcs if b == step]
        after = [b for a, b in arcs if a == step]
        if rule < 0.4:
            arcs = [(a, b) for a, b in arcs if a != step]
            arcs += [(step, f"p{n}"), (f"p{n}", f"t{n}"), *((f"t{n}", b) for b in after)]
        elif rule < 0.6 or not places:
            arcs += [*((a, f"t{n}") for a in before), *((f"t{n}", b) for b in after)]
        elif rule < 0.75:
            place = rng.choice(places)
            arcs += [(place, f"t{n}"), (f"t{n}", place)]
        else:
            place = rng.choice(places)
            arcs += [(f"p{n}", b) for a, b in arcs if a == place]
            arcs += [(a, f"p{n}") for a, b in arcs if b == place and rng.random() < 0.95]
    arcs = list(dict.fromkeys(arcs))
    nodes = dict.fromkeys(name for arc in arcs for name in arc)
    return PetriNet(
        places=[n for n in nodes if n[0] != "t"], transitions=[n for n in nodes if n[0] == "t"],
        arcs=arcs, initial=["i"],
    )  # fmt: skip


def spoilt(net: PetriNet, seed: int) -> PetriNet:
    """The net with an arc more or less in most cases."""
    rng = random.Random(seed)
    arcs = [(a.source, a.target) for a in net.arcs]
    inner = [p for p in net.place_ids if p not in ("i", "o")]
    for _ in range(rng.choice((0, 1, 1, 2)) if inner else 0):
        arc = (rng.choice(inner), rng.choice(net.transition_ids))
        arc = rng.choice((arc, arc[::-1]))
        arcs = [a for a in arcs if a != arc] if arc in arcs else [*arcs, arc]
    return net.replace(arcs=arcs)


def other_kinds(net: PetriNet) -> Iterator[Callable[[], Verdict]]:
    """The other kinds of soundness, of the net or of the one that it is started from."""
    tokens = sum(net.initial.to_dict().values())
    if goal_of(net) is not None:
        for kind in ("weak", "lazy", "relaxed", "easy", "generalised"):
            yield lambda kind=kind: sound_as(net, kind, budget=FEW)
        yield lambda: petri.sound(net, fairness=False, budget=FEW)
    if "case.2" in net.place_ids:
        gone = {"start", "start.1", "start.2", "case.1", "case.2"}
        inner = net.replace(
            places=[p for p in net.place_ids if p not in gone],
            transitions=[t for t in net.transition_ids if t not in gone],
            arcs=[(a.source, a.target) for a in net.arcs if not {a.source, a.target} & gone],
            initial=["i"],
        )
        yield lambda: sound_as(inner, "up-to-k", k=2, budget=FEW)
    elif net.initial.to_dict() == {"i": tokens} and tokens > 1:
        inner = net.replace(initial=["i"], final=None)
        yield lambda: sound_as(inner, "k", k=tokens, budget=FEW)
        yield lambda: sound_as(inner, "generalised", k=tokens, budget=FEW)


def small_nets(count: int, first: int = 0) -> Iterator[PetriNet]:
    """Nets of every sort with few places; the markings of most can be listed."""
    if not first:
        yield from NETS
        yield parallel(2, 1)
        yield parallel(2, 2)
    for seed in range(first, first + count):
        yield random_net(seed, most=5, unbounded=seed % 4 == 3)
        yield random_safe_net(seed, most=5)
        yield random_free_choice(seed)
        yield random_workflow_net(seed)
        other = spoilt(random_workflow_net(seed + 1_000), seed)
        yield other
        if petri.workflow_net(other).holds:
            yield started(other, *((2,) if seed % 2 else (1, 2)))
        yield (LARGE.marked_graph if seed % 2 else LARGE.free_choice)(4 + seed % 3, seed=seed)


def by_reduction(net: PetriNet, text: str) -> Verdict:
    """A formula about few places, so that the reduction may take most others."""
    predicate = parse_predicate(text.removeprefix("AG(").removesuffix(")"))
    wanted = [negate(predicate)]
    small = ReducedNet(net, budget=FEW, few=0, places=(), also=wanted, bounds="none")
    return small.invariant(predicate, name=text)


def unbounded_sum(net: PetriNet, rng: random.Random) -> Verdict:
    """A pump that adds to a sum of some places."""
    places = tuple(rng.sample(net.place_ids, min(2, len(net.place_ids))))
    answer = CoveringAnswers(net, FEW).answer(Most(places))
    if answer is None or answer.value != UNBOUNDED or not answer.evidence:
        raise UsageError("the sum is bounded, or nothing shows that it is not")
    (piece,) = answer.evidence
    return Verdict(
        property=piece.claim.formula, outcome=Outcome.HOLDS, evidence=piece,
        statistics=Statistics(method="coverability"),
    )  # fmt: skip


def growing(net: PetriNet) -> Verdict:
    """Runs for every number that add to a place, whether or not a pump does."""
    cover = minimal_coverability_set(net, budget=FEW)
    for element in range(len(cover)):
        for place in cover.omegas(element):
            parts = growing_runs(cover, element, place)
            text = f"unbounded {place}"
            evidence = GrowingRunsEvidence(claim=claim(net, text), sequences=parts)
            return Verdict(
                property=text, outcome=Outcome.HOLDS, evidence=evidence,
                statistics=Statistics(method="coverability"),
            )  # fmt: skip
    raise UsageError("all places are bounded")


def trapped(net: PetriNet) -> Verdict:
    """That the start is never seen again, since places that were empty are marked for ever."""
    start = net.initial.to_dict()
    trap = maximal_trap(net, [place for place in net.place_ids if not start.get(place)])
    if not trap:
        raise UsageError("no trap is empty at the start")
    marked = Compare(tuple((place, 1) for place in trap), ">=", 1)
    found = petri.reachable(net, marked, budget=FEW)
    if not found.holds or not isinstance(found.evidence, RunEvidence):
        raise UsageError("no run marks the trap")
    never = Unary("EF", always_everywhere(negate(equals_marking(net, net.initial))))
    evidence = MarkedTrapEvidence(claim=claim(net, never), run=found.evidence.run, places=trap)
    return Verdict(
        property="reversibility", outcome=Outcome.VIOLATED, evidence=evidence,
        statistics=Statistics(method="trap"),
    )  # fmt: skip


def risen(net: PetriNet) -> Verdict:
    """That the start is never seen again, since a sum of tokens rose that never falls."""
    some = petri.reachability_graph(net, budget=replace(FEW, states=3))
    found = out_of_reach(some, equals_marking(net, net.initial), budget=Budget(seconds=0.1))
    if found is None or not isinstance(found[0], RisingSumEvidence):
        raise UsageError("no sum of tokens shows it")
    return Verdict(
        property="reversibility", outcome=Outcome.VIOLATED, evidence=found[0],
        statistics=Statistics(method="rising-sum"),
    )  # fmt: skip


def fallen(net: PetriNet) -> Verdict:
    """That every run ends, since each step lowers a sum of tokens."""
    return _by_falling_sum(net, "termination", "terminates", Outcome.HOLDS)


def stuck_in_the_end(net: PetriNet) -> Verdict:
    """That a marking without successors is reached, for the same reason."""
    return _by_falling_sum(net, "EF dead", "EF dead", Outcome.HOLDS)


def _by_falling_sum(net: PetriNet, asked: str, about: str, outcome: Outcome) -> Verdict:
    weights = falling_weights(net)
    if weights is None:
        raise UsageError("no sum falls with every step")
    evidence = FallingSumEvidence(claim=claim(net, about), weights=tuple(weights.items()))
    return Verdict(
        property=asked, outcome=outcome, evidence=evidence,
        statistics=Statistics(method="linear-program"),
    )  # fmt: skip


def goal_of(net: PetriNet) -> SoundnessGoal | None:
    """The goal of a workflow net that starts with one token in its source."""
    try:
        return workflow_goal(net)
    except UsageError:
        return None


def verdicts_of(net: PetriNet, seed: int) -> Iterator[Verdict]:
    """Verdicts with evidence of as many kinds as there are; the property is one that is known."""
    rng = random.Random(seed)
    asked: list[Callable[[], Verdict]] = [
        lambda: petri.deadlock(net, budget=FEW),
        lambda: petri.safe(net, budget=FEW),
        lambda: petri.bounded(net, budget=FEW),
        lambda: petri.no_dead_transitions(net, budget=FEW),
        lambda: petri.workflow_net(net),
        lambda: reversible(net, budget=FEW),
        lambda: persistent(net, budget=FEW),
        lambda: stable_place(net, budget=FEW),
        lambda: live(net, budget=FEW),
        lambda: live(net, method="symbolic", budget=FEW),
        lambda: live(net, method="structure", budget=FEW),
        lambda: reversible(net, method="symbolic", budget=FEW),
        lambda: reversible(net, method="structure"),
        lambda: petri.terminates(net, budget=FEW),
        lambda: petri.bounded(net, method="symbolic", budget=FEW),
    ]
    for fairness in ("weak", "strong"):
        asked.append(lambda f=fairness: petri.terminates(net, fairness=f, budget=FEW).with_(property=f"termination-{f}"))  # fmt: skip
    for method in ("structure", "stubborn-sets", "state-equation", "symbolic", "pdr", "unfolding"):
        asked.append(lambda m=method: petri.deadlock(net, method=m, budget=FEW))
    for method in (
        "symbolic",
        "stubborn-sets",
        "z3",
        "state-equation",
        "pdr",
        "k-induction",
        "unfolding",
    ):
        goal = random_goal(net, rng.randrange(10**6))
        name = format_formula(always_everywhere(goal))
        asked.append(lambda m=method, g=goal, n=name: petri.invariant(net, g, method=m, budget=FEW, name=n))  # fmt: skip
        found = format_formula(possible(goal))
        asked.append(lambda g=goal, n=found: petri.reachable(net, g, budget=FEW, name=n))
    asked.append(
        lambda: always_reachable_by_stubborn_sets(
            net, equals_marking(net, net.initial), budget=FEW, name="reversibility"
        )
    )
    asked.append(lambda: petri.bounds(net, budget=BRIEF, parallel=False).verdict)
    asked.append(
        lambda: petri.decide(net, f"bound {net.place_ids[0]}", budget=BRIEF, parallel=False)
    )
    asked.append(lambda: trapped(net))
    asked.append(lambda: risen(net))
    asked += [lambda: fallen(net), lambda: stuck_in_the_end(net)]
    asked.append(lambda: petri.bounded(net, method="structure", budget=FEW))
    asked.append(lambda: unbounded_sum(net, rng))
    asked.append(lambda: growing(net))
    asked.append(lambda: live(net, method="regions", budget=BRIEF))
    asked.append(lambda: reversible(net, method="regions", budget=BRIEF))
    for few in ({}, {"few": 0}):
        small = ReducedNet(net, budget=FEW, **few)
        asked += [small.bounded, small.safe, small.deadlock]
        asked.append(lambda s=small: s.occur(None, name="no-dead-transitions"))
    free = ReducedNet(net, budget=FEW, few=0, places=(), bounds="none")
    asked += [free.deadlock, lambda: free.occur(None, name="no-dead-transitions")]
    for text in ("AG({} <= 1)", "AG({} + {} <= 2)"):
        places = rng.sample(net.place_ids, min(text.count("{}"), len(net.place_ids)))
        if len(places) == text.count("{}"):
            formula = text.format(*places)
            asked.append(lambda t=formula: by_reduction(net, t))
    goal = goal_of(net)
    if goal is not None:
        asked += [lambda m=m: petri.sound(net, method=m, budget=FEW) for m in ("explicit", "reduction", "rank-theorem", "stubborn-sets", "well-structured")]  # fmt: skip
        for few in ({}, {"few": 0}):
            tidy = ReducedNet(net, goal=goal, budget=FEW, **few)
            asked += [tidy.option, tidy.proper]
        asked.append(
            lambda: petri.always_reachable(
                net, goal.completion, budget=FEW, name="option-to-complete"
            )
        )
        asked.append(
            lambda: petri.invariant(net, goal.proper, budget=FEW, name="proper-completion")
        )
    asked += other_kinds(net)
    for ask in asked:
        try:
            verdict = ask()
        except NetproofError:
            continue
        if verdict.evidence is None or verdict.unknown:
            continue
        if verdict.evidence.claim.model_digest == net.digest():
            yield verdict


def kinds_in(data: Data) -> Iterator[str]:
    """The kinds of evidence in a piece, those inside included."""
    yield data["kind"]
    for part in data.get("parts", ()):
        yield from kinds_in(part["evidence"])
    if data.get("inner") is not None:
        yield from kinds_in(data["inner"])


def write_files(net: PetriNet, folder: Path, seed: int) -> tuple[PetriNet, list[Data]]:
    """Write a net and the evidence about it; return the net as read, and the files' data."""
    folder.mkdir(parents=True, exist_ok=True)
    source = folder / "net.pnml"
    write_pnml(net, source)
    net = read_pnml(source)
    digest = f"sha256:{hashlib.sha256(source.read_bytes()).hexdigest()}"
    entries = []
    for verdict in verdicts_of(net, seed):
        assert verdict.evidence is not None
        evidence = stamped(verdict.evidence, source_digest=digest, translation=None)
        taken = assumptions(verdict.property, net, None)
        entry = VerdictReport(verdict=verdict.with_(evidence=evidence, assumptions=taken))
        entries.append(replace(entry, witness=entry.verdict.witness))
    model = ModelReport(
        source="net.pnml", format="pnml", nodes=0, places=len(net.places),
        transitions=len(net.transitions), verdicts=tuple(entries),
    )  # fmt: skip
    files = write_evidence(Report(models=(model,)), folder / "proofs")
    return net, [json.loads(path.read_text(encoding="utf-8")) for path in files]


def verdict_in(file: Data) -> Data:
    found: Data = file["models"][0]["verdicts"][0]
    return found
