"""``netproof mcc``: an instance of the Model Checking Contest, answered in the contest's lines.

What is heavy is imported by the work itself, which is done in another process.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from netproof.contest.teller import Teller, told_in_time
from transition_systems.errors import UsageError

__all__ = ["run"]

DEFAULT_SECONDS = 3600.0
# Kept back from the engines, and from the last word, for what ending costs.
FOR_ENGINES, FOR_THE_END = 1.5, 0.6


def run(arguments: argparse.Namespace) -> int:
    """Print one line for each formula of a category; exit code 0, or 2 for unreadable input."""
    began: float = arguments.began
    directory = Path(arguments.directory)
    if not directory.is_dir():
        raise UsageError(f"{arguments.directory} is no folder with a model.pnml")
    seconds = arguments.budget_seconds or DEFAULT_SECONDS

    def ids() -> list[str]:
        from netproof.contest.categories import questions_of

        return [question.id for question in questions_of(directory, arguments.category)]

    def work(teller: Teller) -> None:
        from netproof.contest.answering import ContestAnswers
        from netproof.contest.categories import questions_of
        from netproof.loading import load

        questions = questions_of(directory, arguments.category)
        teller.ask([question.id for question in questions])
        model = load(str(directory / "model.pnml"), format="pnml")
        assert model.net is not None
        keep = None
        if arguments.evidence_dir is not None:
            from netproof.contest.evidence import EvidenceFolder

            keep = EvidenceFolder(model, questions, arguments.evidence_dir).keep
        deadline = began + max(seconds - FOR_ENGINES, 0.8 * seconds - FOR_THE_END)
        ContestAnswers(
            model.net, questions, deadline=deadline, tell=teller.tell, keep=keep, warn=_warn
        ).run()

    ends = began + seconds - FOR_THE_END
    return told_in_time(work, ids=ids, ends=ends, alone=arguments.alone)


def _warn(reason: str) -> None:
    """Say on the error output why a formula is not computed; the lines have no place for it."""
    sys.stderr.write(f"netproof: {' '.join(reason.split())}\n")
    sys.stderr.flush()
