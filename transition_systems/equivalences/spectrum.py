"""All equivalences and preorders of the linear time - branching time spectrum at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from transition_systems.budget import Budget
from transition_systems.equivalences.inclusions import IMPLIED, SPECTRUM, Decide, Notion, implied_by
from transition_systems.lts import FINAL, LTS
from transition_systems.progress import Progress, ProgressCallback
from transition_systems.verdict import Outcome, Statistics, Verdict

__all__ = ["Entry", "Spectrum", "SpectrumLine", "spectrum"]

Side = Literal["equal", "below", "above"]
SIDES: tuple[Side, ...] = ("equal", "below", "above")
SCHEMA = "netproof/spectrum/1"
SHARE = 4
SHOWN: dict[Side, str] = {"equal": "", "below": " (below)", "above": " (above)"}

# Asked in this order unless an answer follows: what is cheap and tells much comes first.
ORDER = (
    "strong", "isomorphism", "trace", "weak", "weak-trace", "divergence-weak", "branching",
    "divergence-branching", "failures", "ready-simulation", "weak-failures", "simulation",
    "weak-simulation", "completed-trace", "weak-completed-trace", "completed-simulation",
    "ready-trace", "readiness", "failure-trace", "failures-divergences", "weak-ready-trace",
    "weak-readiness", "weak-failure-trace", "2-nested-simulation", "weak-ready-simulation",
    "coupled-simulation", "possible-futures", "weak-possible-futures", "impossible-futures",
    "weak-impossible-futures",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One answer of the spectrum.

    Parameters
    ----------
    verdict
        The answer with its evidence; where it follows from another one, that one.
    because
        What it follows from: the name of a relation, with a direction where it is a preorder;
        ``None`` where it was decided itself.
    """

    verdict: Verdict
    because: str | None = None

    @property
    def outcome(self) -> Outcome:
        """The outcome; of what the verdict is about, this may be the other direction."""
        return self.verdict.outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class SpectrumLine:
    """What one relation says about two systems.

    Parameters
    ----------
    relation
        Its name.
    phrase
        What it compares.
    weak
        Whether it abstracts from silent steps.
    equal
        Whether the systems are equivalent.
    below, above
        Whether the first is below the second in its preorder, and the other way; ``None`` where
        there is no preorder.
    """

    relation: str
    phrase: str
    weak: bool
    equal: Entry
    below: Entry | None = None
    above: Entry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spectrum:
    """Two systems in the spectrum: a line for each relation, finer ones before coarser ones.

    Examples
    --------
    >>> late = LTS.from_arcs(4, [(0, "a", 1), (1, "b", 2), (1, "c", 3)])
    >>> early = LTS.from_arcs(5, [(0, "a", 1), (0, "a", 2), (1, "b", 3), (2, "c", 4)])
    >>> found = spectrum(late, early)
    >>> found.finest(), found.coarsest()[0]
    (('completed-trace',), 'weak-simulation')
    """

    lines: tuple[SpectrumLine, ...]

    def __getitem__(self, relation: str) -> SpectrumLine:
        return next(line for line in self.lines if line.relation == relation)

    def outcome(self, relation: str, side: Side = "equal") -> Outcome | None:
        """Return an outcome; ``None`` where the relation has no such preorder."""
        entry: Entry | None = getattr(self[relation], side)
        return None if entry is None else entry.outcome

    def finest(self) -> tuple[str, ...]:
        """Return the equivalences that hold and that no other one which holds implies."""
        held = [line.relation for line in self.lines if line.equal.verdict.holds]
        return tuple(n for n in held if not any(n in implied_by(other) for other in held))

    def coarsest(self) -> tuple[str, ...]:
        """Return the equivalences that fail and that imply no other one which fails."""
        failed = {line.relation for line in self.lines if line.equal.verdict.violated}
        return tuple(
            line.relation
            for line in self.lines
            if line.relation in failed and not failed & implied_by(line.relation)
        )

    def explain(self) -> str:
        """Return in a sentence or two what the systems share and what parts them."""
        texts = [
            f"The systems are {_listed((self[name].phrase for name in self.finest()), 'and')}."
            if self.finest()
            else "The systems are not equal in any sense of the spectrum that is known.",
        ]
        if self.coarsest():
            parted = _listed((self[name].phrase for name in self.coarsest()), "or")
            texts.append(f"They are not {parted}.")
        unknown = sum(line.equal.verdict.unknown for line in self.lines)
        if unknown:
            texts.append(f"Of {unknown} equivalences it is not known.")
        return " ".join(texts)

    def __repr__(self) -> str:
        from transition_systems.equivalences.spectrum_pictures import spectrum_text

        return spectrum_text(self)

    def svg(self) -> str:
        """Return the spectrum as a picture: what holds in colour, finer notions above."""
        from transition_systems.equivalences.spectrum_pictures import spectrum_svg

        return spectrum_svg(self)

    def _repr_html_(self) -> str:
        from transition_systems.equivalences.spectrum_pictures import spectrum_html

        return spectrum_html(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the spectrum as JSON data; evidence stands where it was found."""
        return {
            "schema": SCHEMA,
            "explanation": self.explain(),
            "finest": list(self.finest()),
            "coarsest": list(self.coarsest()),
            "lines": [
                {
                    "relation": line.relation,
                    "weak": line.weak,
                    **{side: _entry_data(getattr(line, side)) for side in SIDES},
                }
                for line in self.lines
            ],
        }


def _listed(names: Iterable[str], word: str) -> str:
    *most, last = names
    return f"{', '.join(most)} {word} {last}" if most else last


def _entry_data(entry: Entry | None) -> dict[str, Any] | None:
    if entry is None:
        return None
    verdict = entry.verdict
    own = entry.because is None and verdict.evidence is not None
    return {
        "outcome": str(verdict.outcome),
        "because": entry.because,
        "reason": verdict.reason,
        "explanation": verdict.explain(),
        "evidence": verdict.evidence.to_dict() if own and verdict.evidence else None,
        "seconds": verdict.statistics.seconds if own else 0.0,
    }


def spectrum(
    a: LTS,
    b: LTS,
    *,
    atoms: Collection[str] = (),
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
) -> Spectrum:
    """Decide every equivalence and preorder of the spectrum for two systems, strong and weak.

    A relation is decided only where its answer does not follow from those that are known: one that
    holds implies all coarser ones, one that fails all finer ones.

    Parameters
    ----------
    a, b
        The systems; labels and atoms are compared by name.
    atoms
        Atoms that count beside ``final``.
    budget
        What all may use together; no relation gets more than its share of the time.
    progress
        Told before each decision.

    Returns
    -------
    Spectrum
        A line for each relation: whether the systems are equivalent, and where there is a
        preorder whether ``a`` is below ``b`` (it does no more than ``b``) and the other way, each
        with evidence, its own or that of the relation it follows from.

    Raises
    ------
    UsageError
        When the systems do not fit together.

    Notes
    -----
    Complexity as the relations that are asked: at most about n² steps for simulations, exponential
    in the worst case for traces, failures and futures of nondeterministic systems. R. van Glabbeek,
    The linear time - branching time spectrum I (2001) and II (1993).

    Examples
    --------
    >>> once = LTS.from_arcs(2, [(0, "a", 1)])
    >>> slow = LTS.from_arcs(3, [(0, None, 1), (1, "a", 2)])
    >>> spectrum(once, slow).explain()
    'The systems are divergence-preserving branching bisimilar. They are not trace equivalent.'
    """
    search = _Search(a, b, tuple(sorted({*atoms} - {FINAL})), budget or Budget())
    for number, name in enumerate(ORDER):
        if progress is not None:
            seconds = search.meter.seconds
            progress(Progress(stage=name, states=number, frontier=len(ORDER), seconds=seconds))
        search.ask(name, len(ORDER) - number)
    return Spectrum(lines=tuple(search.line(name) for name in IMPLIED))


class _Search:
    def __init__(self, a: LTS, b: LTS, atoms: tuple[str, ...], budget: Budget) -> None:
        self.a, self.b, self.atoms = a, b, atoms
        self.budget = budget.fixed()
        self.meter = self.budget.start()
        self.known: dict[tuple[str, Side], Entry] = {}

    def ask(self, name: str, left: int) -> None:
        """Decide what is not known of a relation, and note what follows."""
        notion = SPECTRUM[name]
        if (name, "equal") not in self.known:
            self._note(name, "equal", self._decided(notion, notion.equal, self.a, self.b, left))
        if notion.below is None:
            return
        pairs: tuple[tuple[Side, LTS, LTS], ...] = (
            ("below", self.a, self.b),
            ("above", self.b, self.a),
        )
        for side, lower, upper in pairs:
            if (name, side) not in self.known:
                self._note(name, side, self._decided(notion, notion.below, lower, upper, left))

    def _decided(self, notion: Notion, asked: Decide, one: LTS, other: LTS, left: int) -> Verdict:
        """Ask one question, unless the time is over."""
        if self.meter.out_of_time():
            reason, none = "the time budget is used up", Statistics(method="none")
            return Verdict(
                property=notion.phrase, outcome=Outcome.UNKNOWN, reason=reason, statistics=none
            )
        return asked(one, other, self.atoms, self._share(left))

    def line(self, name: str) -> SpectrumLine:
        """Return what was found of a relation."""
        notion = SPECTRUM[name]
        entries = {side: self.known.get((name, side)) for side in SIDES}
        equal = entries["equal"]
        assert equal is not None
        return SpectrumLine(
            relation=name,
            phrase=notion.phrase,
            weak=notion.weak,
            equal=equal,
            below=entries["below"],
            above=entries["above"],
        )

    def _share(self, left: int) -> Budget:
        remaining = self.budget.remaining()
        if remaining is None:
            return self.budget
        return replace(self.budget, seconds=SHARE * remaining / (left + SHARE - 1))

    def _note(self, name: str, side: Side, verdict: Verdict) -> None:
        self.known[name, side] = Entry(verdict=verdict)
        if verdict.unknown:
            return
        waiting: list[tuple[str, Side]] = [(name, side)]
        while waiting:
            here = waiting.pop()
            for other, at in self._following(*here):
                entry = self.known.get((other, at))
                if entry is None or entry.verdict.unknown:
                    because = f"{name}{SHOWN[side]}"
                    self.known[other, at] = Entry(verdict=verdict, because=because)
                    waiting.append((other, at))

    def _following(self, name: str, side: Side) -> Iterator[tuple[str, Side]]:
        """Yield the answers that have the same outcome as one that is known."""
        holds = self.known[name, side].verdict.holds
        ordered = SPECTRUM[name].below is not None
        others = IMPLIED[name] if holds else [n for n in IMPLIED if name in IMPLIED[n]]
        for other in others:
            if side == "equal" or SPECTRUM[other].below is not None:
                yield other, side
            elif not holds:
                yield other, "equal"
        if holds and side == "equal":
            for other in (name, *others):
                for at in self._orders(other):
                    yield other, at
        if side != "equal" and not holds:
            yield name, "equal"
        if not holds:
            # Of two systems that are not equal, the one that is below is not above.
            turned: tuple[tuple[Side, Side], ...] = (("below", "above"), ("above", "below"))
            for at, back in turned:
                entry = self.known.get((name, at))
                if side == "equal" and ordered and entry is not None and entry.verdict.holds:
                    yield name, back

    @staticmethod
    def _orders(name: str) -> tuple[Side, ...]:
        return ("below", "above") if SPECTRUM[name].below is not None else ()
