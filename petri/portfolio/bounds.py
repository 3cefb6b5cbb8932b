"""Exact bounds: the largest number of tokens that places ever hold, with proof and run."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from petri.arguments import require_arguments
from petri.decision import claim
from petri.memory import advised
from petri.net import PetriNet
from petri.portfolio.batch import Batch
from petri.portfolio.questions import UNBOUNDED, Answer, Most, sum_is
from transition_systems.budget import NO_MEMORY, Budget
from transition_systems.errors import ExpressionError, UsageError
from transition_systems.evidence import ClosedSet, Evidence, Parts
from transition_systems.progress import ProgressCallback
from transition_systems.properties.format import format_terms
from transition_systems.properties.formulas import always_everywhere
from transition_systems.properties.parse import parse_predicate
from transition_systems.properties.predicates import Compare, conjunction
from transition_systems.verdict import Outcome, Statistics, Verdict

__all__ = ["BOUND", "BOUNDS", "Bound", "Bounds", "bounds", "summed_places"]

BOUND, BOUNDS = "bound ", "bounds"
SECONDS = 60.0
LISTED = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """The exact bound of the tokens in a place, or in some places together.

    Parameters
    ----------
    places
        Ids; a place that is named twice counts twice.
    most
        The number that is reached and never exceeded; ``None`` where there is none or it is open.
    verdict
        HOLDS: of ``bound p = 3`` with a proof that 3 is never exceeded and a run to 3 tokens, or of
        ``unbounded p`` with a run and a pump. UNKNOWN with what was seen.
    """

    places: tuple[str, ...]
    most: int | None
    verdict: Verdict

    @property
    def unbounded(self) -> bool:
        """Whether it is proved that there is no bound."""
        return self.verdict.holds and self.most is None

    @property
    def terms(self) -> str:
        """The sum as text."""
        return format_terms(sum_is(self.places, ">=", 0).terms)

    def __str__(self) -> str:
        if self.unbounded:
            return f"{self.terms} has no bound"
        return f"{self.terms} <= {'?' if self.most is None else self.most}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds(Mapping[str, Bound]):
    """The exact bounds of a net: a mapping from a place, or the text of a sum, to its bound.

    Parameters
    ----------
    bounds
        In the order asked for.
    verdict
        HOLDS where all of them are known, with the evidence of all; else UNKNOWN.
    """

    bounds: tuple[Bound, ...]
    verdict: Verdict

    def __getitem__(self, name: str) -> Bound:
        for bound in self.bounds:
            if name in (bound.terms, "+".join(bound.places)):
                return bound
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return ("+".join(bound.places) if len(bound.places) == 1 else bound.terms
                for bound in self.bounds)  # fmt: skip

    def __len__(self) -> int:
        return len(self.bounds)

    def __str__(self) -> str:
        return "\n".join(map(str, self.bounds))


def bounds(
    net: PetriNet,
    *,
    places: Sequence[str | tuple[str, ...]] | None = None,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    seed: int | None = None,
    parallel: bool = True,
) -> Bounds:
    """Decide the exact bound of each place: the most tokens that it ever holds.

    Parameters
    ----------
    net
        Any place/transition net.
    places
        Ids of places; a tuple asks for what its places ever hold together. By default each place.
    budget
        60 seconds by default.
    progress, seed, parallel
        As for :func:`petri.decide`.

    Returns
    -------
    Bounds
        A bound for each with a verdict of its own, and a verdict for all together.

    Raises
    ------
    UsageError
        For a place that the net does not have, a text instead of a list, and an empty sum.

    Notes
    -----
    The portfolio is asked, as :func:`petri.decide` does: markings listed, runs by random walks, the
    state equation and induction for what is never exceeded, pumps and the minimal coverability set
    for unbounded nets. Decidable (Karp and Miller, 1969).

    Examples
    --------
    >>> net = PetriNet.from_arrays([[2, 0], [0, 1]], [[0, 2], [1, 0]], [5, 0])
    >>> found = bounds(net, places=["p1", "p2", ("p1", "p2")])
    >>> print(found)
    p1 <= 5
    p2 <= 2
    p1 + p2 <= 5
    >>> found["p2"].verdict.property, found.verdict.outcome
    ('bound p2 = 2', <Outcome.HOLDS: 'HOLDS'>)
    """
    require_arguments(net, budget=budget, seed=seed, progress=progress)
    started = time.monotonic()
    limit = budget or Budget()
    if limit.remaining() is None:
        limit = replace(limit, seconds=SECONDS)
    given: Any = places
    if isinstance(given, str | bytes) or not (given is None or isinstance(given, Iterable)):
        kind = "the text " if isinstance(given, str) else ""
        raise UsageError(f"the places are asked for as a list, not as {kind}{given!r:.60}")
    asked: list[str | tuple[str, ...]] = [*(net.place_ids if places is None else places)]
    sums = [tuple(p) if isinstance(p, tuple | list) else (p,) for p in asked]
    for place in (place for names in sums for place in names):
        net.place_index(place)
    if not all(sums):
        raise UsageError("a sum of no places has no bound worth asking for")
    answers: dict[int, Answer] = {}
    batch = Batch(
        net, [Most(names) for names in sums], budget=limit.fixed(), tell=answers.__setitem__,
        parallel=parallel, progress=progress, seed=seed,
    )  # fmt: skip
    short = ""
    try:
        batch.run()
    except MemoryError:
        short = NO_MEMORY
    told = advised(short or f"no answer from {', '.join(batch.told) or 'the engines'}")
    space = batch.space
    statistics = Statistics(
        method="portfolio",
        states=0 if space is None else space.n_states,
        arcs=0 if space is None else space.n_arcs,
        seconds=time.monotonic() - started,
        peak_bytes=0 if space is None else space.peak_bytes,
    )
    found = tuple(
        _bound(net, names, answers.get(number), _open(batch, number, told), statistics)
        for number, names in enumerate(sums)
    )
    name = BOUNDS
    if places is not None:
        listed = json.dumps([bound.terms for bound in found], ensure_ascii=False)
        name = f"{BOUNDS} of {listed}"
    whole = _whole(net, name, found, statistics)
    return Bounds(bounds=found, verdict=whole)


def _open(batch: Batch, number: int, told: str) -> str:
    """Return why a bound is open, with what was seen."""
    seen = batch.lower.get(number)
    return told if seen is None else f"{told}; {seen[0]} were seen"


def _bound(
    net: PetriNet, names: tuple[str, ...], answer: Answer | None, told: str, statistics: Statistics
) -> Bound:
    terms = format_terms(sum_is(names, ">=", 0).terms)

    def said(name: str, evidence: Evidence, sentence: str) -> Verdict:
        assert answer is not None
        return Verdict(
            property=name, outcome=Outcome.HOLDS, evidence=evidence, explanation=(sentence,),
            statistics=replace(statistics, method=answer.method),
        )  # fmt: skip

    if answer is None or not answer.evidence:
        if answer is not None:
            told = f"answered by {answer.method}, but {answer.lacking}"
        unknown = Verdict(
            property=f"{BOUND}{terms}", outcome=Outcome.UNKNOWN, statistics=statistics, reason=told
        )
        return Bound(places=names, most=None, verdict=unknown)
    if answer.value == UNBOUNDED:
        sentence = f"The tokens in {terms} can grow without bound."
        verdict = said(f"unbounded {terms}", answer.evidence[0], sentence)
        return Bound(places=names, most=None, verdict=verdict)
    most = int(answer.value)
    name = f"{BOUND}{terms} = {most}"
    upper, lower = answer.evidence
    evidence = Parts(claim=claim(net, name), parts=(("upper", upper), ("lower", lower)))
    sentence = f"There are never more than {most} tokens in {terms}, and at some time so many."
    return Bound(places=names, most=most, verdict=said(name, evidence, sentence))


def _whole(net: PetriNet, name: str, found: tuple[Bound, ...], statistics: Statistics) -> Verdict:
    """Return one verdict about all bounds."""
    missing = [bound for bound in found if bound.verdict.unknown]
    if missing:
        why = f"{len(missing)} of {len(found)} bounds are open, the first that of "
        return Verdict(
            property=name, outcome=Outcome.UNKNOWN, statistics=statistics,
            reason=f"{why}{missing[0].terms}: {missing[0].verdict.reason}",
            parts=tuple(bound.verdict for bound in found),
        )  # fmt: skip
    evidence = Parts(claim=claim(net, name), parts=tuple(_pieces(net, found)))
    return Verdict(
        property=name, outcome=Outcome.HOLDS, statistics=statistics, evidence=evidence,
        explanation=_sentences(found), parts=tuple(bound.verdict for bound in found),
    )  # fmt: skip


def _pieces(net: PetriNet, found: tuple[Bound, ...]) -> Iterator[tuple[str, Evidence]]:
    """Yield the evidence of all; of one set of markings there is one part about all of them."""
    shared: dict[int, tuple[ClosedSet, list[Compare]]] = {}
    for bound in found:
        piece = bound.verdict.evidence
        assert piece is not None
        if not isinstance(piece, Parts):
            yield bound.terms, piece
            continue
        assert bound.most is not None
        (_, upper), (_, lower) = piece.parts
        if isinstance(upper, ClosedSet):
            known = shared.setdefault(id(upper.states), (upper, []))
            known[1].append(sum_is(bound.places, "<=", bound.most))
        else:
            yield f"at most in {bound.terms}", upper
        yield f"reached in {bound.terms}", lower
    for number, (closed, limits) in enumerate(shared.values(), start=1):
        about = claim(net, always_everywhere(conjunction(*limits)))
        yield f"never more {number}", replace(closed, claim=about)


def _sentences(found: tuple[Bound, ...]) -> tuple[str, ...]:
    """Return what the bounds are, the places with the same one together."""
    groups: dict[int | None, list[str]] = {}
    for bound in found:
        groups.setdefault(bound.most, []).append(bound.terms)
    lines: list[str] = []
    for most in sorted(groups, key=lambda most: (most is None, most or 0)):
        names = groups[most]
        listed = ", ".join(names[:LISTED])
        if len(names) > LISTED:
            listed += f" and {len(names) - LISTED} more"
        if most is None:
            lines.append(f"Without bound: {listed}.")
        else:
            lines.append(f"At most {most} token{'s' * (most != 1)}, and at some time so many: "
                         f"{listed}.")  # fmt: skip
    return tuple(lines) or ("There are no places of which the bound is asked.",)


def summed_places(net: PetriNet, text: str) -> tuple[str, ...]:
    """Return the places of a sum, as often as they are counted in it.

    Raises
    ------
    UsageError
        For a text that is no sum of places with positive factors.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> summed_places(net, "p1 + 2 p2")
    ('p1', 'p2', 'p2')
    """
    wrong = f"{text!r} is no sum of places, like p + 2 q"
    try:
        predicate = parse_predicate(f"{text} >= 0")
    except ExpressionError as error:
        raise UsageError(wrong) from error
    if not isinstance(predicate, Compare) or any(n < 1 for _, n in predicate.terms):
        raise UsageError(wrong)
    if predicate.bound or sum(n for _, n in predicate.terms) > len(net.place_ids) * 100:
        raise UsageError(f"{text!r} is no sum of places with small factors, like p + 2 q")
    return tuple(place for place, count in predicate.terms for _ in range(count))
