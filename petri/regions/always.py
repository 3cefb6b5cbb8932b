"""``AG EF P`` of unbounded nets: boxes that lead back to ``P``, or a run from which none does."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from petri.decision import claim
from petri.in_turn import by_portfolio, share_of
from petri.induction.state_equation import refute_reachability
from petri.net import PetriNet
from petri.regions.backwards import Backwards
from petri.regions.boxes import Box, Boxes, facts_of
from petri.regions.goals import boxes_in
from petri.regions.proofs import facts_hold, never_back, ranked_regions
from petri.regions.samples import Samples
from petri.state_space.covering import covering_invariant, prove_by_covering
from transition_systems.budget import Budget
from transition_systems.evidence import AfterRunEvidence, Evidence, RunEvidence
from transition_systems.progress import ProgressCallback
from transition_systems.properties.formulas import Unary, always_everywhere
from transition_systems.properties.predicates import Predicate, conjunction, disjunction
from transition_systems.properties.walk import negate
from transition_systems.run import Run
from transition_systems.verdict import Outcome, Statistics, Verdict

__all__ = ["Regions", "always_by_regions"]

METHOD = "regions"
# Parts of the time: the search for boxes, a proof that they hold every marking, one try elsewhere.
SEARCH, PROOF, TRY = 0.4, 0.4, 0.1
# The seconds of the engines of a try, and how many markings are tried.
SOON, TRIES, HOPES = 0.4, 24, 4
LONG, MOST_BOXES = 120, 400
# The seconds in which a term is written for a solver, and those of a proof.
TERM, LONG_PROOF = 1.5e-5, 10.0
GROWN = 2
OPEN = "boxes of markings that lead back to the goal were found, but none was proved to hold all"


class Regions:
    """What is asked of one net again and again: facts, some markings, its coverability set.

    Parameters
    ----------
    net
        Any place/transition net.
    budget
        The time of all questions.
    progress, seed
        For the engines.
    """

    def __init__(
        self, net: PetriNet, budget: Budget, *, progress: ProgressCallback | None = None,
        seed: int | None = None,
    ) -> None:  # fmt: skip
        self.net, self.budget = net, budget.fixed()
        self.progress, self.seed = progress, seed
        self.boxes = Boxes(net, facts_of(net, self.budget))
        self.plain = Boxes(net, self.boxes.facts, multiples=False)
        self.known = facts_hold(net, self.boxes.facts)
        self.samples = Samples(net, share_of(self.budget, TRY))
        self._covering: list[Predicate | None] = []
        self._last: _Question | None = None

    def decide(self, goal: Predicate, *, name: str, budget: Budget) -> Verdict:
        """Decide ``AG EF P`` of one goal within a part of the budget.

        Where it was the last one that was asked, the boxes that were found then are the first ones.
        """
        started = time.monotonic()
        if self._last is None or self._last.goal != goal:
            self._last = _Question(self, goal)
        found = self._last.answer(budget.fixed())
        statistics = Statistics(method=METHOD, seconds=time.monotonic() - started)
        if isinstance(found, str):
            return Verdict(
                property=name, outcome=Outcome.UNKNOWN, reason=found, statistics=statistics,
                seed=self.seed,
            )  # fmt: skip
        evidence, outcome, sentence = found
        return Verdict(
            property=name, outcome=outcome, evidence=evidence, explanation=(sentence,),
            statistics=statistics, seed=self.seed,
        )  # fmt: skip

    def everywhere(self, good: Predicate, budget: Budget) -> Evidence | Run | None:
        """Return a proof that all reachable markings satisfy a predicate, or a run to another."""
        limit = budget.fixed()
        by_sums = refute_reachability(self.net, negate(good), budget=share_of(limit, TRY))
        if by_sums is not None:
            return by_sums
        if not self._covering:
            self._covering.append(covering_invariant(self.net, budget=share_of(limit, TRY)))
        covering = self._covering[0]
        if covering is not None:
            both = conjunction(covering, self.known)
            proof = prove_by_covering(self.net, good, both, budget=share_of(limit, TRY))
            if proof is not None:
                return proof
        found = by_portfolio(
            self.net, good, everywhere=True, name="everywhere", budget=limit,
            progress=self.progress, seed=self.seed,
        )  # fmt: skip
        if isinstance(found.evidence, RunEvidence) and found.violated:
            return found.evidence.run
        return found.evidence if found.holds else None


def always_by_regions(
    net: PetriNet,
    goal: Predicate,
    *,
    name: str,
    budget: Budget,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
) -> Verdict:
    """Decide ``AG EF P`` by limits of tokens, also where there are infinitely many markings.

    Parameters
    ----------
    net, goal, name
        The net, ``P`` and the name of the question in the verdict.
    budget, progress, seed
        As for :func:`petri.decide`.

    Returns
    -------
    Verdict
        HOLDS with boxes (limits of the tokens of places), from each of which a sequence of
        transitions leads into those before it, the first inside ``P``, and a proof that every
        reachable marking lies in one. VIOLATED with a run to a marking, and a proof that starts
        there that ``P`` is never reached.

    Notes
    -----
    Boxes are searched for backwards from those inside ``P``. A sequence that leads back into its
    box with fewer tokens in a place is repeated until the place is empty, so that places without
    bound can be emptied (or filled) in one box. Where ``P`` only asks for tokens, this is the
    backward coverability algorithm, which ends; then what lies outside of all boxes is lost.
    P. A. Abdulla, K. Cerans, B. Jonsson, Y.-K. Tsay: General decidability theorems for
    infinite-state systems. LICS 1996.

    Examples
    --------
    >>> from transition_systems.properties.predicates import at_least, at_most
    >>> net = PetriNet.from_arrays([[0, 1]], [[1, 0]], [0])
    >>> always_by_regions(net, at_most("p1", 0), name="empty", budget=Budget(seconds=2)).outcome
    <Outcome.HOLDS: 'HOLDS'>
    """
    limit = budget.fixed()
    setting = Regions(net, limit, progress=progress, seed=seed)
    return setting.decide(goal, name=name, budget=limit)


class _Question:
    def __init__(self, setting: Regions, goal: Predicate) -> None:
        self.setting, self.goal, self.limit = setting, goal, setting.budget
        self.net, self.boxes, self.samples = setting.net, setting.boxes, setting.samples
        self.reason = "the goal is not made of limits of the tokens of places"
        self._goal: tuple[list[Box], bool] | None = None
        self._begun: Backwards | None = None

    def answer(self, limit: Budget) -> tuple[Evidence, Outcome, str] | str:
        """Return evidence, an outcome and a sentence; why there is none as text."""
        self.limit = limit
        if self._goal in (None, ([], False)):
            self._goal = boxes_in(self.boxes, self.goal, budget=share_of(limit, TRY))
            self._begun = None
        assert self._goal is not None
        boxes, exact = self._goal
        self.samples.begin()
        if boxes or exact:
            shown = self._search(boxes, exact)
            if shown is not None:
                return shown
        outside = np.flatnonzero(self.samples.outside)
        lost = None
        if exact and any(box.high for box in boxes):
            lost = self._outside([Box(box.low, {}) for box in boxes])
        return lost or self._elsewhere(outside.tolist()) or self.reason

    def _search(
        self, goal: list[Box], exact: bool
    ) -> tuple[Evidence, Outcome, str] | None:  # fmt: skip
        """Search boxes until they hold all markings that are known, then ask whether all."""
        if self._begun is None:
            self._begun = Backwards(self.boxes, goal)
        search, samples = self._begun, self.samples
        meter = share_of(self.limit, SEARCH).fixed().start()
        for one in search.found:
            samples.take(one.box)
        asked = 0
        while not meter.out_of_time():
            if not samples.outside.any() and len(search.found) >= asked:
                found = self._all_inside(search)
                if found is not None and not isinstance(found, Run):
                    return found
                if isinstance(found, Run):
                    samples.add(found)
                    continue
                asked = GROWN * len(search.found)
            if search.ended or search.full:
                break
            for number in search.more(meter):
                samples.take(search.found[number].box)
        if search.ended and exact and samples.outside.any():
            lost = self._outside(goal) if self.boxes.rounds else self._lost(search)
            if lost is not None:
                return lost
        self.reason = OPEN
        return None

    def _all_inside(self, search: Backwards) -> tuple[Evidence, Outcome, str] | Run | None:
        """Return that every reachable marking lies in one of the boxes, or a run to another."""
        numbers = list(search.largest)
        every = self.boxes.tight(Box({}, {}))
        whole = [n for n in numbers if every is not None and every.within(search.found[n].box)]
        inner: Evidence | None = None
        if not whole:
            if len(numbers) > LONG:
                hits = self.samples.hit(search.found[n].box for n in numbers)
                numbers = [n for n, hit in zip(numbers, hits, strict=True) if hit]
            if len(numbers) > MOST_BOXES:
                return None
            inside = disjunction(*(self.boxes.predicate(search.found[n].box) for n in numbers))
            proof = self.setting.everywhere(inside, share_of(self.limit, PROOF))
            if proof is None or isinstance(proof, Run):
                return proof
            inner = proof
        shown = ranked_regions(self.boxes, self.goal, search.found, whole[:1] or numbers, inner)
        return shown, Outcome.HOLDS, f"{_sets(len(shown.regions))} of limits lead back to it."

    def _lost(self, search: Backwards) -> tuple[Evidence, Outcome, str] | None:
        """Return that a marking outside of all boxes is lost; no others lead to the goal."""
        outside = np.flatnonzero(self.samples.outside)
        if not len(outside):
            return None
        run = self.samples.run_to(int(outside[0]))
        boxes = [search.found[n].box for n in search.largest]
        if not self._writable(boxes):
            return None
        inner = never_back(_from(self.net, run), self.goal, self.setting.plain, boxes)
        return self._violated(run, inner)

    def _writable(self, boxes: list[Box]) -> bool:
        """Return whether the terms of a proof about boxes are written soon enough."""
        terms = sum(len(box.low) + len(box.high) for box in boxes) + len(self.boxes.facts)
        seconds, left = terms * len(self.net.transition_ids) * TERM, self.limit.remaining()
        return len(boxes) <= MOST_BOXES and seconds <= (LONG_PROOF if left is None else left / 3)

    def _outside(self, goal: list[Box]) -> tuple[Evidence, Outcome, str] | None:
        """Search for all markings that lead to boxes, and return that one that does not is lost."""
        search = Backwards(self.setting.plain, goal)
        meter = share_of(self.limit, SEARCH / 2).fixed().start()
        self.samples.begin()
        for one in search.found:
            self.samples.take(one.box)
        while not search.ended and not search.full and not meter.out_of_time():
            for number in search.more(meter):
                self.samples.take(search.found[number].box)
            if not self.samples.outside.any():
                return None
        return self._lost(search) if search.ended else None

    def _elsewhere(self, outside: list[int]) -> tuple[Evidence, Outcome, str] | None:
        """Ask the engines whether the goal is out of reach from some marking that is known."""
        tried = list(_spread(outside))
        for number in tried:
            if self.limit.remaining() == 0.0:
                return None
            run = self.samples.run_to(number)
            new = _from(self.net, run)
            inner = refute_reachability(new, self.goal, budget=share_of(self.limit, TRY))
            if inner is not None:
                return self._violated(run, inner)
        for number in tried[:HOPES]:
            left = self.limit.remaining()
            if left == 0.0:
                return None
            run = self.samples.run_to(number)
            share = Budget(seconds=SOON if left is None else min(SOON, left / 2))
            found = by_portfolio(
                _from(self.net, run), negate(self.goal), everywhere=True, name="later",
                budget=share, seed=self.setting.seed,
            )  # fmt: skip
            if found.holds and found.evidence is not None:
                return self._violated(run, found.evidence)
        return None

    def _violated(self, run: Run, inner: Evidence) -> tuple[Evidence, Outcome, str]:
        never = claim(self.net, Unary("EF", always_everywhere(negate(self.goal))))
        steps = f"{len(run)} step{'' if len(run) == 1 else 's'}"
        shown = AfterRunEvidence(claim=never, run=run, inner=inner)
        return shown, Outcome.VIOLATED, f"After {steps} the goal is never reached again."


def _sets(count: int) -> str:
    return f"{count} set{'' if count == 1 else 's'}"


def _from(net: PetriNet, run: Run) -> PetriNet:
    """Return the net that starts where a run ends."""
    return net.replace(initial=run.last)


def _spread(numbers: list[int]) -> Iterator[int]:
    """Yield some of the numbers, from the last and the first to what lies between."""
    step = max(1, len(numbers) // TRIES)
    chosen = numbers[::-1][::step][:TRIES]
    yield from dict.fromkeys([*numbers[:1], *chosen])
