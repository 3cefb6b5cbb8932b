"""The second checker: does a file with one verdict prove it? By definition, on small nets."""

from __future__ import annotations

import json
import re
from typing import Any

from oracles.evidence_net import Plain, Said, Test, Wrong, implies, marking, need, said
from oracles.evidence_prefix import prefix_shows
from oracles.evidence_reduction import reduction_shows
from oracles.evidence_sets import (
    bound_shows,
    closed_set_shows,
    diagram_shows,
    fair_measure_shows,
    falling_sum_shows,
    lasso_shows,
    marked_trap_shows,
    measure_shows,
    pump_shows,
    ranked_diagrams_shows,
    ranked_set_shows,
    rising_sum_shows,
    run_shows,
    trap_shows,
)
from oracles.evidence_siphons import siphon_traps_shows
from oracles.evidence_stubborn import stubborn_shows
from oracles.evidence_theorems import (
    circuits_shows,
    invariant_shows,
    linear_shows,
    rank_shows,
    structure_shows,
)
from oracles.evidence_truth import World, answer, classical, meaning
from oracles.evidence_unbounded import (
    after_run_shows,
    growing_runs_shows,
    ranked_regions_shows,
    watched_shows,
)
from oracles.evidence_well_structured import well_structured_shows
from oracles.kinds_of_soundness import (
    PHRASES,
    free_choice,
    generalised,
    kind_is_true,
    kind_meaning,
    kind_parts,
    tokens_through,
)
from petri import PetriNet

MANY = 10**6

Data = dict[str, Any]
BY_KIND = {
    "run": run_shows, "lasso": lasso_shows, "pump": pump_shows, "closed-set": closed_set_shows,
    "decision-diagram": diagram_shows, "ranked-set": ranked_set_shows, "measure": measure_shows,
    "fair-measure": fair_measure_shows, "ranked-diagrams": ranked_diagrams_shows, "trap": trap_shows,
    "marked-trap": marked_trap_shows, "rising-sum": rising_sum_shows, "falling-sum": falling_sum_shows, "bound": bound_shows,
    "invariant": invariant_shows, "marked-circuits": circuits_shows, "rank-theorem": rank_shows,
    "siphon-traps": siphon_traps_shows,
    "stubborn-sets": stubborn_shows, "complete-prefix": prefix_shows, "structure": structure_shows,
    "well-structured": well_structured_shows, "growing-runs": growing_runs_shows,
}  # fmt: skip


def shows(net: PetriNet, data: Data, depth: int = 0) -> None:
    """Raise unless a piece of evidence proves its own claim about a net."""
    plain = Plain.of(net)
    need(data["claim"]["model_digest"] == net.digest())
    claim = said(plain, data["claim"]["formula"])
    kind = data["kind"]
    if kind == "linear-proof":
        linear_shows(net, data, claim)
    elif kind == "parts":
        _parts(net, plain, data, claim, depth)
    elif kind == "after-run":
        after_run_shows(net, data, claim, depth, shows)
    elif kind == "ranked-regions":
        ranked_regions_shows(net, data, claim, depth, shows)
    elif kind == "reduction":
        reduction_shows(net, data, claim, depth, shows)
    else:
        BY_KIND[kind](plain, data, claim)


def _parts(net: PetriNet, plain: Plain, data: Data, claim: Said, depth: int) -> None:
    """All parts are proved, and together they are the claim."""
    need(depth < 4)
    parts = [(part["name"], part["evidence"]) for part in data["parts"]]
    if claim.phrase == "not relaxed sound" and [name for name, _ in parts] == ["watched"]:
        watched_shows(net, parts[0][1], depth, shows)
        return
    for _, part in parts:
        shows(net, part, depth + 1)
    named = {name: said(plain, part["claim"]["formula"]) for name, part in parts}
    claims = list(named.values())
    phrase = claim.phrase
    if phrase.startswith("occur-groups "):
        shown = {t for one in claims for t in _listed(one, "occur ")}
        need(all(shown & set(group) for group in json.loads(phrase.removeprefix("occur-groups "))))
    elif phrase == "sound":
        goal = classical(plain)
        need(goal is not None and len(parts) == 3)
        assert goal is not None
        final, improper = goal
        need(_proved(plain, claims, Said("AG EF", lambda m: m == final)))
        need(_proved(plain, claims, Said("AG", lambda m: not improper(m))))
        need(_occurs(plain, claims))
    elif phrase == "not sound":
        goal = classical(plain)
        need(goal is not None and len(parts) == 1)
        assert goal is not None
        final, improper = goal
        need(
            claims[0].phrase.split(" ", 1)[0] == "unbounded"
            or _proved(plain, claims, Said("EF AG", lambda m: m != final))
            or _proved(plain, claims, Said("EF", improper))
            or any(_proved(plain, claims, never(plain, t)) for t in plain.transitions)
        )
    elif phrase == "live":
        home = Said("AG EF", lambda m: m == plain.initial)
        need(
            (_proved(plain, claims, home) and _occurs(plain, claims))
            or all(_proved(plain, claims, can(plain, t)) for t in plain.transitions)
        )
    elif phrase.split(" ", 1)[0] in ("bound", "bounds"):
        _bounds(plain, claims, phrase)
    elif phrase == "no stable place":
        tokens = dict(plain.initial)
        for p in plain.places:
            moved = Said("EF", lambda m, p=p: dict(m).get(p, 0) != tokens.get(p, 0))
            need(_proved(plain, claims, moved))
    else:
        pieces = [(named[name], part) for name, part in parts]
        kind_parts(plain, phrase, pieces, lambda wanted: _proved(plain, claims, wanted))


def _bounds(net: Plain, claims: list[Said], phrase: str) -> None:
    """The claims say from both sides how many tokens there are at most, or that there is no most."""
    if phrase.startswith("bound "):
        found = re.fullmatch(r"bound (\S+) = (\d+)", phrase)
        need(found is not None)
        assert found is not None
        need(_exactly(net, claims, found[1], int(found[2])))
        return
    need(phrase == "bounds")
    for place in net.places:
        need(
            any(claim.phrase == f"unbounded {place}" for claim in claims)
            or any(_exactly(net, claims, place, most) for most in range(30))
        )


def _exactly(net: Plain, claims: list[Said], place: str, most: int) -> bool:
    below = Said("AG", lambda m: dict(m).get(place, 0) <= most)
    above = Said("EF", lambda m: dict(m).get(place, 0) >= most)
    return _proved(net, claims, below) and _proved(net, claims, above)


def never(net: Plain, transition: str) -> Said:
    return Said("AG", lambda m: not net.enabled(m, transition))


def can(net: Plain, transition: str) -> Said:
    return Said("AG EF", lambda m: net.enabled(m, transition))


def _listed(claim: Said, word: str) -> list[str]:
    need(claim.phrase.startswith(word))
    found: list[str] = json.loads(claim.phrase.removeprefix(word))
    return found


def _occurs(net: Plain, claims: list[Said]) -> bool:
    """Whether one of the claims says that every transition occurs."""
    for claim in claims:
        if claim.phrase.startswith("occur-groups "):
            groups = _listed(claim, "occur-groups ")
            if all([t] in groups or any(set(g) <= {t} for g in groups) for t in net.transitions):
                return True
    return False


def _proved(net: Plain, claims: list[Said], wanted: Said) -> bool:
    """Whether one of the claims is, or implies, the wanted one."""
    assert wanted.test is not None
    for claim in claims:
        if claim.test is None:
            continue
        fits = claim.shape == wanted.shape or (claim.shape, wanted.shape) == ("AG", "EF AG")
        if fits and implies(net, claim.test, wanted.test):
            return True
    return False


OPPOSITE = {"AG": "EF", "EF": "AG", "AG EF": "EF AG", "EF AG": "AG EF"}


def _all_limited(net: Plain, test: Test) -> bool:
    """Whether a predicate is false wherever some place is very full, others as well or not."""
    return not any(
        test(marking({**dict(m), **dict.fromkeys(full, MANY)}))
        for m in net.box()
        for place in net.places
        for full in ([place], net.places, [p for p in net.places if p >= place])
    )


def follows(net: Plain, name: str, holds: bool, claim: Said) -> None:
    """Raise unless an outcome of a property follows from a claim."""
    if name == "bounds" or name.startswith(("unbounded ", "bound ")):
        need(holds and claim.phrase == name)
        return
    if name in PHRASES:
        need(claim.phrase == ("" if holds else "not ") + PHRASES[name])
        return
    if name == "generalised-soundness" and holds:
        need(claim.phrase == "sound" and free_choice(net) and classical(net) is not None)
        return
    if name == "generalised-soundness":
        wanted, phrases = tokens_through(net, sum(n for _, n in net.initial)), {}
    else:
        kind = kind_meaning(net, name)
        wanted, phrases = meaning(net, name) if kind is None else (kind, {})
    if wanted is not None:
        assert wanted.test is not None
        test = wanted.test
        if not holds:
            wanted = Said(OPPOSITE[wanted.shape], lambda m: not test(m))
        need(_proved(net, [claim], wanted))
    elif name == "boundedness":
        if not holds:
            need(claim.phrase == "unbounded")
        elif not claim.phrase.startswith("bounded by "):
            need(claim.shape == "AG" and claim.test is not None and _all_limited(net, claim.test))
    elif name == "no-dead-transitions":
        need(
            _occurs(net, [claim]) if holds
            else any(_proved(net, [claim], never(net, t)) for t in net.transitions)
        )  # fmt: skip
    elif name == "stable-place":
        tokens = dict(net.initial)
        still = [
            Said("AG", lambda m, p=p: dict(m).get(p, 0) == tokens.get(p, 0)) for p in net.places
        ]
        need(any(_proved(net, [claim], one) for one in still) if holds
             else claim.phrase == "no stable place")  # fmt: skip
    elif holds:
        need(claim.phrase in phrases["HOLDS"])
    elif name == "liveness":
        lost = [Said("EF AG", never(net, t).test) for t in net.transitions]
        need(any(_proved(net, [claim], one) for one in lost))
    elif name == "soundness":
        need(claim.phrase == "not sound")
    elif name == "workflow-net":
        need(claim.phrase == "not a workflow net")
    else:
        suffix = {"termination": "", "termination-weak": " under weak fairness",
                  "termination-strong": " under strong fairness"}[name]  # fmt: skip
        fair = {"": ("", " under weak fairness", " under strong fairness"),
                " under weak fairness": (" under weak fairness", " under strong fairness"),
                " under strong fairness": (" under strong fairness",)}[suffix]  # fmt: skip
        plain = claim.phrase == "unbounded" and not suffix
        need(plain or claim.phrase in {"infinite run" + one for one in fair})


def _answer(world: World, name: str) -> bool | None:
    """Whether a property holds, on the whole space; None where that is not known."""
    if name in PHRASES:
        return kind_is_true(world, PHRASES[name])
    if name == "generalised-soundness":
        return generalised(world.net)
    kind = kind_meaning(world.net, name)
    return answer(world, name) if kind is None else world.claim(kind)


def _claimed(world: World, claim: Said) -> bool | None:
    if claim.phrase.removeprefix("not ") in PHRASES.values():
        return kind_is_true(world, claim.phrase)
    return world.claim(claim)


def judge(net: PetriNet, world: World, verdict: Data) -> str | None:
    """Return what is wrong with a verdict of a file; ``None`` where it is proved and true."""
    plain = world.net
    name, outcome, data = verdict["property"], verdict["outcome"], verdict["evidence"]
    try:
        need(outcome in ("HOLDS", "VIOLATED") and data is not None)
        holds = outcome == "HOLDS"
        true = _answer(world, name)
        if true is not None and true != holds:
            return "the outcome is false"
        claim = said(plain, data["claim"]["formula"])
        if _claimed(world, claim) is False:
            return "the claim is false"
    except Wrong:
        return "the verdict has no meaning"
    try:
        follows(plain, name, holds, claim)
    except Wrong:
        return "the outcome does not follow from the claim"
    try:
        shows(net, data)
    except (Wrong, KeyError, TypeError, ValueError, IndexError) as error:
        return f"the proof is none ({type(error).__name__} {error})"
    return None
