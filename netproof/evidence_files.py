"""Evidence as files in a folder: one report for each verdict, SMT-LIB scripts beside it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

from netproof.loading import load
from netproof.recheck.net_table import NetTable
from netproof.recheck.replay import Replay
from netproof.recheck.report import ReportedResult, recheck_report
from netproof.recheck.result import RecheckResult, Watch
from netproof.recheck.sources import Sources
from netproof.report.model import ModelReport, Report
from petri.net import PetriNet
from transition_systems.budget import Budget
from transition_systems.errors import InputError, NetproofError, UsageError
from transition_systems.evidence import (
    Evidence,
    InvariantEvidence,
    LinearProof,
    Parts,
    ReductionEvidence,
)
from translators.to_petri.translation import workflow_to_net

__all__ = ["evidence_folder", "linear_script", "recheck_folder", "write_evidence"]

NAME = re.compile(r"[^A-Za-z0-9_.]+")
LONGEST = 60
SUFFIX = ".evidence.json"
OURS = re.compile(r"[0-9]{4,}-[A-Za-z0-9_.]+-[A-Za-z0-9_.]+(\.evidence\.json|(\.[0-9]+)?\.smt2)")


def write_evidence(report: Report, folder: str | os.PathLike[str]) -> list[Path]:
    """Write the evidence of each verdict of a report to a file of its own.

    Parameters
    ----------
    report
        What was checked.
    folder
        Is made where there is none. The evidence files of an earlier call are replaced; all other
        files stay.

    Returns
    -------
    list of Path
        Of the evidence. Each file is a report with one verdict, ``NUMBER-SOURCE-PROPERTY
        .evidence.json``; an inductive invariant or a linear proof has the script ``....smt2``
        beside it, all queries of which plain ``z3`` answers with ``unsat``.

    Raises
    ------
    UsageError
        When the folder cannot be made.

    Notes
    -----
    A linear proof speaks of the net. Where the report came without its models, the source is read
    once more for the script; a source that has changed since has none.
    """
    base = evidence_folder(folder)
    before = {path for path in base.iterdir() if OURS.fullmatch(path.name)}
    written: list[Path] = []
    for model in report.models:
        nets = _Nets(report, model)
        for verdict in model.verdicts:
            if verdict.evidence is None:
                continue
            source, name = _short(Path(model.source).stem), _short(verdict.name)
            stem = base / f"{len(written) + 1:04d}-{source}-{name}"
            one = replace(report, models=(replace(model, verdicts=(verdict,)),))
            path = stem.with_name(stem.name + SUFFIX)
            before -= {path, *_write(one, verdict.evidence, nets, path, stem)}
            written.append(path)
    for path in before:
        path.unlink(missing_ok=True)
    return written


def evidence_folder(folder: str | os.PathLike[str]) -> Path:
    """Make the folder that evidence is to be written to, so that a mistake is seen at once.

    Parameters
    ----------
    folder
        Its path.

    Returns
    -------
    Path

    Raises
    ------
    UsageError
        When it cannot be made.
    """
    base = Path(folder)
    try:
        base.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"the folder {base} cannot be made: {error.strerror}") from error
    return base


def _short(text: str) -> str:
    return NAME.sub("_", text)[:LONGEST].strip("_.") or "model"


def _write(one: Report, evidence: Evidence, nets: _Nets, path: Path, stem: Path) -> Iterator[Path]:
    """Write the evidence of one verdict; yield the scripts beside it."""
    beside = path.with_suffix(".part")
    beside.write_text(json.dumps(one.to_dict(), ensure_ascii=False), encoding="utf-8")
    os.replace(beside, path)  # a file is there as a whole, whenever the process ends
    scripts = list(_scripts(evidence, nets))
    for number, script in enumerate(scripts):
        tail = ".smt2" if len(scripts) == 1 else f".{number + 1}.smt2"
        found = stem.with_name(stem.name + tail)
        found.write_text(script, encoding="utf-8")
        yield found


class _Nets:
    """The net of a model, read when a script asks for it."""

    def __init__(self, report: Report, model: ModelReport) -> None:
        self.model = model
        self.starts: Literal["one", "all"] = (
            "all" if report.options.get("starts") == "all" else "one"
        )
        self.found: PetriNet | None = None
        self.read = False

    def of(self, digest: str) -> PetriNet | None:
        """Return the net of a digest; ``None`` where the source is another now."""
        if not self.read:
            self.read = True
            try:
                self.found = self._net()
            except (NetproofError, OSError):
                self.found = None
        net = self.found
        return net if net is not None and net.digest() == digest else None

    def _net(self) -> PetriNet | None:
        translation, model = self.model.translation, self.model.model
        if translation is not None:
            found: object = translation.net
        else:
            if model is None:
                if self.model.source == "-" or self.model.source.startswith("<"):
                    return None
                model = load(self.model.source, format=self.model.format)
            graph = model.graph
            found = model.net if graph is None else workflow_to_net(graph, starts=self.starts).net
        return found if isinstance(found, PetriNet) else None


def _scripts(evidence: Evidence, nets: _Nets, net: PetriNet | None = None) -> Iterator[str]:
    """Yield the SMT-LIB scripts of a piece of evidence, which may be about a reduced net."""
    match evidence:
        case InvariantEvidence(smtlib=script):
            if script:
                yield script
        case LinearProof():
            digest = evidence.claim.model_digest
            about = nets.of(digest) if net is None else net
            if about is not None and about.digest() == digest:
                yield linear_script(about, evidence)
        case Parts(parts=parts):
            for _, part in parts:
                yield from _scripts(part, nets, net)
        case ReductionEvidence(inner=LinearProof() | Parts() as inner):
            about = nets.of(evidence.claim.model_digest)
            if about is not None:
                replay = Replay.of(evidence.steps, NetTable(about), Watch())
                yield from _scripts(inner, nets, replay.net())
        case ReductionEvidence(inner=inner):
            yield from _scripts(inner, nets)
        case _:
            return


def linear_script(net: PetriNet, proof: LinearProof) -> str:
    """Return the script of a linear proof; the engines are imported only for this."""
    from petri.induction.linear_smtlib import linear_proof_smtlib

    return linear_proof_smtlib(net, proof)


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
        In the order of the names, with those in folders inside. A file that is damaged fails.
        Other files are not looked at.

    Raises
    ------
    InputError
        When there is no evidence file.
    """
    limit = (budget or Budget()).fixed()
    files = sorted(Path(folder).rglob("*" + SUFFIX))
    if not files:
        raise InputError(
            f"there is no evidence in {os.fspath(folder)}", expected=f"files *{SUFFIX}",
            mend="write them with netproof check --evidence-dir",
        )  # fmt: skip
    results: list[tuple[Path, ReportedResult]] = []
    sources = Sources()
    for path in files:
        try:
            found = recheck_report(path, root=root, budget=limit, sources=sources)
        except InputError as error:
            found = [_damaged(error.message)]
        results.extend((path, result) for result in found or [_damaged("it has no verdict")])
    return results


def _damaged(reason: str) -> ReportedResult:
    result = RecheckResult("failed", f"the file is damaged: {reason}")
    return ReportedResult(source="?", property="?", outcome="?", result=result)
