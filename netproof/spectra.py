"""The spectrum of two behaviours from files, nets, workflows or systems, and its recheck."""

from __future__ import annotations

from collections.abc import Iterator

from netproof.behaviours import Given, behaviour_of
from netproof.check_options import default_budget
from netproof.recheck import RecheckResult, recheck_equivalence
from transition_systems.budget import Budget
from transition_systems.equivalences.spectrum import SIDES, Entry, Spectrum
from transition_systems.equivalences.spectrum import spectrum as spectrum_of_systems
from transition_systems.evidence import Evidence
from transition_systems.lts import LTS
from transition_systems.lts_data import pair_digest
from transition_systems.progress import ProgressCallback

__all__ = ["evidence_pieces", "rechecked_spectrum", "spectrum"]

LATE = "the time budget was used up before the evidence was rechecked"


def spectrum(
    a: Given,
    b: Given,
    *,
    budget: Budget | float | None = None,
    progress: ProgressCallback | None = None,
) -> Spectrum:
    """Decide every equivalence and preorder of the spectrum for two behaviours.

    Parameters
    ----------
    a, b
        Systems, or paths of files that ``netproof equivalent`` reads: ``.aut``, FSM, JSON, nets,
        workflows.
    budget
        Seconds, or a budget, for everything together; 30 seconds by default.
    progress
        Told before each decision.

    Returns
    -------
    Spectrum
        A line for each relation, with evidence; a table and a picture in a notebook.

    Raises
    ------
    InputError
        When a file cannot be read.
    UsageError
        For what is neither a system nor a path.
    UndecidedError
        When the budget ends before the markings of a net are found, or a workflow was read with
        more or fewer runs than it has.

    Notes
    -----
    As :func:`transition_systems.spectrum`, with all atoms of the systems.

    Examples
    --------
    >>> from transition_systems import LTS
    >>> once, twice = LTS.from_arcs(2, [(0, "a", 1)]), LTS.from_arcs(3, [(0, "a", 1), (1, "a", 2)])
    >>> spectrum(once, twice).outcome("simulation", "below")
    <Outcome.HOLDS: 'HOLDS'>
    """
    limit = default_budget(budget)
    systems = [behaviour_of(given, budget=limit) for given in (a, b)]
    atoms = {name for lts in systems for name in lts.atoms}
    return spectrum_of_systems(systems[0], systems[1], atoms=atoms, budget=limit, progress=progress)


def rechecked_spectrum(
    found: Spectrum,
    a: LTS,
    b: LTS,
    *,
    budget: Budget | None = None,
    results: dict[tuple[str, str], RecheckResult] | None = None,
) -> dict[tuple[str, str], RecheckResult]:
    """Return for each answer with evidence of its own what the recheck says of it.

    ``results``, if given, is filled on the way; what is not reached in time is skipped.
    """
    forward = pair_digest(a, b)
    results = {} if results is None else results
    meter = (budget or Budget()).start()
    for relation, side, evidence in _pieces(found):
        if meter.out_of_time():
            results[relation, side] = RecheckResult("skipped", LATE)
            continue
        pair = (a, b) if evidence.claim.model_digest == forward else (b, a)
        results[relation, side] = recheck_equivalence(evidence, *pair, budget=budget)
    return results


def evidence_pieces(found: Spectrum) -> int:
    """Return how many answers have evidence of their own."""
    return sum(1 for _ in _pieces(found))


def _pieces(found: Spectrum) -> Iterator[tuple[str, str, Evidence]]:
    for line in found.lines:
        for side in SIDES:
            entry: Entry | None = getattr(line, side)
            if entry is None or entry.because is not None or entry.verdict.evidence is None:
                continue
            yield line.relation, side, entry.verdict.evidence
