"""From an answer to its recheck: what the evidence must prove is said here, once."""

from __future__ import annotations

from netproof.loading import Model
from netproof.properties import AskedFormula
from netproof.questions import NetQuestion, lost_messages, question_predicate, start_groups
from netproof.recheck.check import recheck_verdict
from netproof.recheck.questions import Question
from netproof.recheck.result import RecheckResult
from transition_systems.budget import Budget
from transition_systems.properties.formulas import Formula, always_everywhere, possible
from transition_systems.verdict import Verdict

__all__ = ["recheck_answer"]


def recheck_answer(
    question: NetQuestion,
    asked: str | AskedFormula,
    raw: Verdict,
    verdict: Verdict,
    model: Model,
    budget: Budget,
) -> RecheckResult:
    """Recheck the evidence of an answer against the net, the source and the question."""
    translation = question.translation
    final = question.final
    groups = None
    formula: Formula | None = None
    name = raw.property
    if isinstance(asked, AskedFormula):
        predicate = question_predicate(question, asked)
        formula = (always_everywhere if asked.everywhere else possible)(predicate)
    elif asked == "lost-messages":
        formula = always_everywhere(lost_messages(question))
    elif asked == "never-started-pools":
        groups = start_groups(question)
    return recheck_verdict(
        name,
        raw.outcome,
        verdict.evidence,
        question.net,
        question=Question(
            goal=question.goal,
            final=final,
            places=None if translation is None else translation.flow_places,
            groups=groups,
            formula=formula,
        ),
        source_digest=model.source_digest,
        translation=None if translation is None else translation.version,
        budget=budget,
    )
