"""The evidence of contest answers as files that ``netproof recheck`` takes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from netproof.contest.categories import ContestQuestion
from netproof.contest.questions import Shown
from netproof.evidence_files import write_evidence
from netproof.loading import Model
from netproof.report.model import ModelReport, Report, VerdictReport
from petri.decision import stamped
from transition_systems.verdict import Statistics, Verdict

__all__ = ["EvidenceFolder"]


class EvidenceFolder:
    """Writes what proves each answer into a folder of its own, named by the formula.

    Parameters
    ----------
    model
        The net, as it was read.
    questions
        The formulas.
    folder
        Where the folders go.
    """

    def __init__(
        self, model: Model, questions: Sequence[ContestQuestion], folder: str | os.PathLike[str]
    ) -> None:
        self.model, self.questions = model, questions
        self.folder = Path(folder)

    def keep(self, number: int, shown: list[Shown]) -> None:
        """Write what proves one answer."""
        entries = [
            VerdictReport(
                verdict=Verdict(
                    property=item.property,
                    outcome=item.outcome,
                    statistics=Statistics(method="contest"),
                    evidence=stamped(
                        item.evidence, source_digest=self.model.source_digest, translation=None
                    ),
                )
            )
            for item in shown
        ]
        entries = [replace(entry, witness=entry.verdict.witness) for entry in entries]
        net = self.model.net
        assert net is not None
        report = ModelReport(
            source=self.model.source,
            format=self.model.format,
            nodes=len(net.places) + len(net.transitions),
            places=len(net.places),
            transitions=len(net.transitions),
            ledger=self.model.ledger,
            verdicts=tuple(entries),
            model=self.model,
        )
        write_evidence(Report(models=(report,)), self.folder / self.questions[number].id)
