"""Rechecking a written report: each source is read again, each verdict proved again."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

from netproof.properties import KINDS, AskedFormula, asked_properties
from netproof.recheck.check import recheck_verdict
from netproof.recheck.result import (
    MALFORMED,
    RecheckResult,
    RefusedError,
    SkippedError,
)
from netproof.recheck.workflow_questions import question_for
from petri.net import PetriNet
from transition_systems.budget import Budget
from transition_systems.errors import InputError
from transition_systems.evidence import Evidence, Parts, evidence_from_dict
from transition_systems.verdict import Exactness, Outcome
from translators.formats import detect_format, format_named
from translators.ledger import Ledger, PropertyKind
from translators.to_petri.translation import NetTranslation, workflow_to_net

__all__ = ["ReportedResult", "recheck_report", "source_digest"]

SCHEMA = "netproof/report/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedResult:
    """The recheck of one verdict of a report.

    Parameters
    ----------
    source
        The file, as the report names it.
    property, outcome
        The verdict.
    result
        The answer.
    """

    source: str
    property: str
    outcome: str
    result: RecheckResult


@dataclass(frozen=True, slots=True, kw_only=True)
class _Model:
    net: PetriNet
    digest: str
    ledger: Ledger
    translation: NetTranslation | None = None


def source_digest(data: bytes) -> str:
    """Return the digest by which evidence names its source: ``sha256:`` and 64 hex digits.

    Parameters
    ----------
    data
        The bytes of the file.

    Returns
    -------
    str

    Examples
    --------
    >>> source_digest(b"")[:15]
    'sha256:e3b0c442'
    """
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def recheck_report(
    report: str | os.PathLike[str] | Mapping[str, Any],
    *,
    root: str | os.PathLike[str] | None = None,
    budget: Budget | None = None,
) -> list[ReportedResult]:
    """Decide for each verdict of a report whether its evidence proves it.

    Parameters
    ----------
    report
        The path of a JSON report, or its data.
    root
        The directory from which relative sources are found; by default the current one.
    budget
        Seconds for the whole report; bytes for each piece of evidence.

    Returns
    -------
    list of ReportedResult
        In the order of the report. A source that is gone or has changed fails. Verdicts that are
        UNKNOWN, and models that come from no file, are skipped.

    Raises
    ------
    InputError
        When the report itself is no report.

    Notes
    -----
    An element that is approximated only where a state is reachable is told in the report's ledger
    when it is; the recheck asks for what every reading of the file is sure to approximate.

    Examples
    --------
    >>> recheck_report({"schema": "netproof/report/1", "options": {}, "models": []})
    []
    """
    data = report if isinstance(report, Mapping) else _read_json(report)
    if data.get("schema") != SCHEMA or not isinstance(data.get("models"), list):
        raise InputError("this is no report", found=f"{data.get('schema')!r:.60}", expected=SCHEMA)
    options = data.get("options")
    starts = options.get("starts", "one") if isinstance(options, Mapping) else "one"
    limit = (budget or Budget()).fixed()
    base = Path(root) if root is not None else Path()
    results: list[ReportedResult] = []
    for entry in data["models"]:
        results.extend(_model_results(entry, base, starts, limit))
    return results


def _read_json(path: str | os.PathLike[str]) -> Mapping[str, Any]:
    try:
        data = json.loads(Path(path).read_bytes())
    except OSError as error:
        raise InputError(f"the report cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"the report is no JSON: {error}") from error
    if not isinstance(data, Mapping):
        raise InputError("this is no report", expected="a JSON object")
    return data


def _model_results(
    entry: object, root: Path, starts: object, budget: Budget
) -> Iterator[ReportedResult]:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("verdicts"), list):
        broken = RecheckResult("failed", "an entry of the report is malformed")
        yield ReportedResult(source="?", property="?", outcome="?", result=broken)
        return
    source = str(entry.get("source"))
    model: _Model | RecheckResult
    try:
        model = _load(source, root, entry.get("format"), starts, budget)
    except SkippedError as error:
        model = RecheckResult("skipped", str(error))
    except RefusedError as error:
        model = RecheckResult("failed", str(error))
    except MALFORMED as error:
        model = RecheckResult("failed", f"the source cannot be read as it was: {error}")
    for verdict in entry["verdicts"]:
        said: Mapping[str, Any] = verdict if isinstance(verdict, Mapping) else {}
        result = model if isinstance(model, RecheckResult) else _verdict(said, model, budget)
        name, outcome = str(said.get("property")), str(said.get("outcome"))
        yield ReportedResult(source=source, property=name, outcome=outcome, result=result)


def _load(source: str, root: Path, format: object, starts: object, budget: Budget) -> _Model:
    if source == "-" or source.startswith("<"):
        raise SkippedError("the model does not come from a file that can be read again")
    if starts not in ("one", "all"):
        raise RefusedError(f"there is no reading of several starts {starts!r:.40}")
    try:
        data = (root / source).read_bytes()
    except (OSError, ValueError) as error:
        raise RefusedError(f"the source {source} cannot be read again: {error}") from error
    chosen = format_named(format) if isinstance(format, str) else detect_format(data)
    file = BytesIO(data)
    file.name = source
    result = chosen.read(file)
    digest = source_digest(data)
    if isinstance(result, PetriNet):
        return _Model(net=result, digest=digest, ledger=Ledger())
    reading: Literal["one", "all"] = "one" if starts == "one" else "all"
    translation = workflow_to_net(result.graph, starts=reading, budget=budget)
    return _Model(
        net=translation.net,
        digest=digest,
        ledger=result.ledger + translation.ledger,
        translation=translation,
    )


def _verdict(said: Mapping[str, Any], model: _Model, budget: Budget) -> RecheckResult:
    outcome, name, data = said.get("outcome"), said.get("property"), said.get("evidence")
    try:
        if not isinstance(name, str) or outcome not in tuple(Outcome):
            raise RefusedError("a verdict of the report is malformed")
        abstract = said.get("abstract_outcome")
        if outcome == Outcome.UNKNOWN and (abstract is None or data is None):
            raise SkippedError("the outcome is UNKNOWN, which claims nothing")
        if data is None:
            raise RefusedError("the verdict comes without evidence")
        asked = asked_properties([name])[0]
        evidence = evidence_from_dict(data)
        if outcome != Outcome.UNKNOWN:
            _carries(asked, outcome == Outcome.HOLDS, evidence, model.ledger)
        question = question_for(asked, model.net, model.translation)
    except RefusedError as error:
        return RecheckResult("failed", str(error))
    except SkippedError as error:
        return RecheckResult("skipped", str(error))
    except MALFORMED as error:
        return RecheckResult("failed", f"the verdict is malformed: {error}")
    translation = model.translation
    return recheck_verdict(
        name,
        str(abstract if outcome == Outcome.UNKNOWN else outcome),
        evidence,
        model.net,
        question=question,
        source_digest=model.digest,
        translation=None if translation is None else translation.version,
        budget=budget,
    )


def _carries(asked: str | AskedFormula, holds: bool, evidence: Evidence, ledger: Ledger) -> None:
    """Refuse an outcome on the net that does not carry over to an approximated source."""
    if ledger.refused:
        raise RefusedError("the source has refused elements, so that nothing about it is proved")
    kinds = [asked.kind if isinstance(asked, AskedFormula) else KINDS[asked]]
    if asked == "soundness" and not holds and isinstance(evidence, Parts) and evidence.parts:
        kinds.append(KINDS.get(evidence.parts[0][0], PropertyKind.BRANCHING))
    enough = {Exactness.EXACT, Exactness.PROOFS_ONLY if holds else Exactness.BUGS_ONLY}
    if not any(ledger.exactness(kind) in enough for kind in kinds):
        raise RefusedError("the source is approximated, and the outcome does not carry over to it")
