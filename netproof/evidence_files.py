"""Evidence as files in a folder: one report for each verdict, SMT-LIB scripts beside it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from netproof.recheck.report import ReportedResult, recheck_report
from netproof.report.model import ModelReport, Report, VerdictReport
from petri.net import PetriNet
from transition_systems.budget import Budget
from transition_systems.errors import InputError
from transition_systems.evidence import (
    Evidence,
    InvariantEvidence,
    LinearProof,
    Parts,
    ReductionEvidence,
)

__all__ = ["recheck_folder", "write_evidence"]

NAME = re.compile(r"[^A-Za-z0-9_.]+")
LONGEST = 60
SUFFIX = ".evidence.json"


def write_evidence(report: Report, folder: str | os.PathLike[str]) -> list[Path]:
    """Write the evidence of each verdict of a report to a file of its own.

    Parameters
    ----------
    report
        What was checked.
    folder
        Is made where there is none. Files of the same names are overwritten.

    Returns
    -------
    list of Path
        Of the evidence. Each file is a report with one verdict, ``NUMBER-SOURCE-PROPERTY
        .evidence.json``; an inductive invariant has the script ``....smt2`` beside it, all queries
        of which plain ``z3`` answers with ``unsat``.

    Notes
    -----
    A linear proof is written as SMT-LIB where the model is at hand: with one file checked.
    """
    base = Path(folder)
    base.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for model in report.models:
        for verdict in model.verdicts:
            if verdict.evidence is None:
                continue
            source, name = _short(Path(model.source).stem), _short(verdict.name)
            stem = base / f"{len(written) + 1:04d}-{source}-{name}"
            written.append(_write(report, model, verdict, stem))
    return written


def _short(text: str) -> str:
    return NAME.sub("_", text)[:LONGEST].strip("_.") or "model"


def _write(report: Report, model: ModelReport, verdict: VerdictReport, stem: Path) -> Path:
    path = stem.with_name(stem.name + SUFFIX)
    one = replace(report, models=(replace(model, verdicts=(verdict,)),))
    beside = path.with_suffix(".part")
    beside.write_text(json.dumps(one.to_dict(), ensure_ascii=False), encoding="utf-8")
    os.replace(beside, path)  # a file is there as a whole, whenever the process ends
    assert verdict.evidence is not None
    net = _net(model)
    scripts = list(_scripts(verdict.evidence, net))
    for number, script in enumerate(scripts):
        tail = ".smt2" if len(scripts) == 1 else f".{number + 1}.smt2"
        stem.with_name(stem.name + tail).write_text(script, encoding="utf-8")
    return path


def _net(model: ModelReport) -> PetriNet | None:
    if model.translation is not None:
        found = model.translation.net
    else:
        found = None if model.model is None else model.model.net
    return found if isinstance(found, PetriNet) else None


def _scripts(evidence: Evidence, net: PetriNet | None) -> Iterator[str]:
    """Yield the SMT-LIB scripts of the invariants in a piece of evidence."""
    match evidence:
        case InvariantEvidence(smtlib=script):
            yield script
        case LinearProof() if net is not None:
            from petri.induction.linear_smtlib import linear_proof_smtlib

            yield linear_proof_smtlib(net, evidence)
        case Parts(parts=parts):
            for _, part in parts:
                yield from _scripts(part, net)
        case ReductionEvidence(inner=InvariantEvidence(smtlib=script)):
            yield script
        case _:
            return


def recheck_folder(
    folder: str | os.PathLike[str],
    *,
    root: str | os.PathLike[str] | None = None,
    budget: Budget | None = None,
) -> list[tuple[Path, ReportedResult]]:
    """Recheck every evidence file of a folder, as :func:`netproof.recheck.recheck_report` does.

    Parameters
    ----------
    folder
        Where :func:`write_evidence` wrote.
    root
        The directory from which relative sources are found; by default the current one.
    budget
        Seconds for all files; bytes for each piece of evidence.

    Returns
    -------
    list of (Path, ReportedResult)
        In the order of the names, with those in folders inside.

    Raises
    ------
    InputError
        When there is no evidence file, or one is no report.
    """
    limit = (budget or Budget()).fixed()
    files = sorted(Path(folder).rglob("*" + SUFFIX))
    if not files:
        raise InputError(
            f"there is no evidence in {os.fspath(folder)}", expected=f"files *{SUFFIX}",
            mend="write them with netproof check --evidence-dir",
        )  # fmt: skip
    return [
        (path, result) for path in files for result in recheck_report(path, root=root, budget=limit)
    ]
