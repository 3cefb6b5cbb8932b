"""From an answer to its recheck: the question is stated anew, apart from the code that asked it."""

from __future__ import annotations

from netproof.loading import Model
from netproof.net_question import NetQuestion
from netproof.properties import AskedFormula
from netproof.recheck.begun import begun_net
from netproof.recheck.check import recheck_verdict
from netproof.recheck.result import RecheckResult
from netproof.recheck.workflow_questions import question_for
from transition_systems.budget import Budget
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
    """Recheck the evidence of an answer against the net and the question.

    Parameters
    ----------
    question
        The net and its translation.
    asked
        The property or formula.
    raw
        The verdict about the net.
    verdict
        The verdict as it is told, with stamped evidence.
    model
        Where the net came from.
    budget
        Time for the recheck.

    Returns
    -------
    RecheckResult
    """
    translation, net = question.translation, question.net
    question_asked = question_for(asked, question.net, translation)
    if question_asked.net is not None:
        net = question_asked.net
    elif verdict.evidence is not None:
        net = begun_net(raw.property, net, verdict.evidence.claim.model_digest)
    return recheck_verdict(
        raw.property,
        raw.outcome,
        verdict.evidence,
        net,
        question=question_asked,
        source_digest=model.source_digest,
        translation=None if translation is None else translation.version,
        budget=budget,
        table=question.table() if net is question.net else None,
    )
