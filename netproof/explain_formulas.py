"""Verdicts on temporal formulas, told in the names of the user's model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from netproof.asked_formulas import AskedFormula
from netproof.explain import named_elements
from netproof.net_formulas import NetFormula
from transition_systems.counted_words import after_steps
from transition_systems.evidence_ltl import STAYS, LtlPrefix
from transition_systems.run import Lasso, Run, Step
from transition_systems.temporal.english import clause_in_english, formula_in_english
from transition_systems.verdict import Verdict
from translators.to_petri import NetTranslation
from translators.trace_back import element_state

__all__ = ["explained_formula"]

MOST_NAMED = 4


def explained_formula(
    translation: NetTranslation | None, asked: AskedFormula, about: NetFormula, verdict: Verdict
) -> Verdict:
    """Return the verdict with what the formula says, what the run shows, and how it was read.

    Parameters
    ----------
    translation
        The map from the user's workflow; ``None`` for a net.
    asked, about
        The formula as it was asked, and about the net.
    verdict
        The verdict about the net.
    """
    if verdict.unknown or asked.formula is None:
        return verdict
    if asked.mu is not None:
        word = "holds" if verdict.holds else "does not hold"
        return verdict.with_(explanation=(f"The formula {word} at the start.", *asked.reading))
    if asked.pattern is not None and asked.pattern.scope != "globally":
        said = asked.pattern.english()
        clause = f"{said[0].lower()}{said[1:]}"
    else:
        said, clause = formula_in_english(asked.formula), f"{clause_in_english(asked.formula)}."
    told = [said if verdict.holds else f"This does not hold: {clause}"]
    witness = verdict.witness
    if witness is not None and verdict.violated:
        never = isinstance(verdict.evidence, LtlPrefix)
        told.append(_shown(translation, about.own(witness), never=never))
    return verdict.with_(explanation=(*told, *asked.reading))


def _shown(translation: NetTranslation | None, run: Run | Lasso, *, never: bool) -> str:
    """Tell in a sentence where a run leads; ``never``: after it the formula cannot hold."""
    count = len(run.stem) if isinstance(run, Lasso) else len(run)
    after = after_steps(count)
    if never:
        return f"{after} it cannot hold any more{_tokens(translation, run.last)}."
    if not isinstance(run, Lasso):
        return f"{after} it is seen{_tokens(translation, run.last)}."
    if run.cycle and run.cycle[-1].action == STAYS:
        return f"{after} nothing more happens{_tokens(translation, run.last)}."
    steps = len(run.cycle)
    again = "1 step" if steps == 1 else f"{steps} steps"
    return f"{after}, {again} can be repeated for ever: {_acting(translation, run.cycle)}."


def _tokens(translation: NetTranslation | None, state: Mapping[str, int]) -> str:
    if translation is not None:
        where = named_elements(translation, list(element_state(translation, state)))
    else:
        where = _listed([place for place, count in state.items() if count])
    return f", with tokens on {where}" if where else ""


def _acting(translation: NetTranslation | None, steps: Sequence[Step]) -> str:
    if translation is None:
        return _listed(list(dict.fromkeys(step.label for step in steps)))
    records = [translation.transitions.get(step.action) for step in steps]
    owners = [record.owner for record in records if record is not None]
    return named_elements(translation, list(dict.fromkeys(owners)))


def _listed(names: list[str]) -> str:
    if len(names) > MOST_NAMED:
        names = [*names[: MOST_NAMED - 1], f"{len(names) - MOST_NAMED + 1} more"]
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
