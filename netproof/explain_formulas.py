"""Verdicts on temporal formulas, told in the names of the user's model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from netproof.asked_formulas import AskedFormula
from netproof.branches import told_branches
from netproof.explain import named_elements
from netproof.net_formulas import NetFormula
from transition_systems.counted_words import after_steps
from transition_systems.evidence_ltl import STAYS, LtlPrefix
from transition_systems.properties.formulas import Binary, Formula, Negation, State, Unary
from transition_systems.run import Lasso, Run, Step
from transition_systems.temporal.english import clause_in_english, formula_in_english
from transition_systems.temporal.english_mu import mu_sentence
from transition_systems.verdict import Verdict
from translators.to_petri import NetTranslation
from translators.trace_back import element_state, trace_back

__all__ = ["explained_formula"]

MOST_NAMED = 4
FAILS = "it fails"


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
        said, path = mu_sentence(asked.mu, holds=verdict.holds), verdict.witness
        end = f"what is left of it {'holds' if verdict.holds else 'fails'}"
        told = [said]
        if path is not None and path.steps:  # without steps, nothing is left of the formula
            told.append(_shown(translation, about.own(path), never=False, end=end))
        return verdict.with_(explanation=(*told, *asked.reading, *about.notes))
    if asked.pattern is not None and asked.pattern.scope != "globally":
        said = asked.pattern.english()
        clause = f"{said[0].lower()}{said[1:]}"
    else:
        said, clause = formula_in_english(asked.formula), f"{clause_in_english(asked.formula)}."
    told = [said if verdict.holds else f"This does not hold: {clause}"]
    witness = verdict.witness
    if witness is not None and verdict.violated:
        never = isinstance(verdict.evidence, LtlPrefix)

        def own(run: Run | Lasso) -> Run | Lasso:
            mine = about.own(run)
            return mine if translation is None else trace_back(translation, mine)

        def shown(run: Run | Lasso, holds: bool) -> str:
            end = "it is reached" if holds else FAILS
            return _shown(translation, about.own(run), never=never, end=end)

        parts = told_branches(asked.formula, verdict.evidence, own, shown)
        end = FAILS if _is_path(asked.formula) else "a part of the reason is seen"
        told += parts or (_shown(translation, about.own(witness), never=never, end=end),)
    return verdict.with_(explanation=(*told, *asked.reading))


def _is_path(formula: Formula) -> bool:
    """Return whether a formula fails at the end of one path: no connective is around it."""
    while isinstance(formula, Negation):
        formula = formula.operand
    return isinstance(formula, State | Unary | Binary)


def _shown(translation: NetTranslation | None, run: Run | Lasso, *, never: bool, end: str) -> str:
    """Tell in a sentence where a run leads; ``never``: after it the formula cannot hold."""
    count = len(run.stem) if isinstance(run, Lasso) else len(run)
    after = after_steps(count)
    if never:
        return f"{after} it cannot hold any more{_tokens(translation, run.last)}."
    if not isinstance(run, Lasso):
        return f"{after} {end}{_tokens(translation, run.last)}."
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
