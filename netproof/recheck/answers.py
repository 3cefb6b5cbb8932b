"""Whether the outcome of a property follows from what evidence claims."""

from __future__ import annotations

from netproof.recheck.behaviour import BEHAVIOUR, follows
from netproof.recheck.bounds import OPEN_NAMES
from netproof.recheck.ctl_unfolded import answers_unfolded, supports_with_dead
from netproof.recheck.parts import covers, dead_group, occurring_groups
from netproof.recheck.questions import Question, groups_of, phrases_of, statement_of
from netproof.recheck.soundness_kinds import counts_tokens, sound_for_all
from netproof.recheck.statements import Statement, bounds_all, supports
from petri.net import PetriNet
from transition_systems.evidence import Evidence, ParityStrategy

__all__ = ["follows_from_claim"]


def follows_from_claim(
    name: str, holds: bool, claim: Statement, net: PetriNet, question: Question,
    evidence: Evidence,
) -> bool:  # fmt: skip
    """Return whether an outcome of a property follows from the claim of evidence."""
    if question.formula is None:
        if name in BEHAVIOUR:
            return follows(name, claim, net, holds=holds)
        if name == "generalised-soundness" or (claim.phrase == "sound" and counts_tokens(name)):
            if holds:
                return question.goal is None and sound_for_all(claim, net)
            return supports(claim, statement_of(name, net, question).negated())
        phrases = phrases_of(name)
        if phrases is not None:
            return claim.shape == "phrase" and claim.phrase in phrases[0 if holds else 1]
        if name == "boundedness":
            return bounds_all(claim, net) if holds else claim.phrase == "unbounded"
        if name == "bounds" or name.startswith(OPEN_NAMES):
            return holds and claim.phrase == name
        groups = groups_of(name, net, question)
        if groups is not None:
            if not holds:
                return dead_group(claim, groups)
            return claim.shape == "phrase" and covers(occurring_groups(claim), groups)
    wanted = statement_of(name, net, question)
    wanted = wanted if holds else wanted.negated()
    if isinstance(evidence, ParityStrategy):
        return answers_unfolded(evidence, wanted)
    return supports(claim, wanted) or supports_with_dead(claim, wanted)
