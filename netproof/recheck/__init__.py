"""Rechecking: does a piece of evidence prove what it claims?

The code here is other code than that of the engines. It reads models with the readers, computes
enabledness, firing, predicates and equivalences itself, and believes nothing that a piece of
evidence says but what it can verify.
"""

from __future__ import annotations

from netproof.recheck.automata import Automaton, recheck_automata
from netproof.recheck.check import recheck, recheck_verdict
from netproof.recheck.equivalence import recheck_equivalence
from netproof.recheck.livelocks import recheck_livelock
from netproof.recheck.ltl import recheck_ltl
from netproof.recheck.mu import recheck_mu
from netproof.recheck.questions import Goal, Question
from netproof.recheck.report import ReportedResult, recheck_report
from netproof.recheck.result import RecheckResult
from netproof.recheck.sources import Sources, source_digest
from netproof.recheck.temporal import recheck_temporal
from netproof.recheck.workflow_questions import question_for

__all__ = [
    "Automaton",
    "Goal",
    "Question",
    "RecheckResult",
    "ReportedResult",
    "Sources",
    "question_for",
    "recheck",
    "recheck_automata",
    "recheck_equivalence",
    "recheck_livelock",
    "recheck_ltl",
    "recheck_mu",
    "recheck_report",
    "recheck_temporal",
    "recheck_verdict",
    "source_digest",
]
