"""Rechecking a written report: each source is read again, each verdict proved again."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from netproof.net_formulas import net_formula
from netproof.properties import AskedFormula, asked_properties
from netproof.recheck.begun import begun_net
from netproof.recheck.bounds import OPEN_NAMES
from netproof.recheck.check import recheck_verdict
from netproof.recheck.counted import kind_of_soundness
from netproof.recheck.net_table import NetTable
from netproof.recheck.result import (
    MALFORMED,
    RecheckResult,
    RefusedError,
    SkippedError,
    Watch,
)
from netproof.recheck.said import (
    avoids,
    carries,
    own_exactness,
    shown_assumptions,
    shown_ledger,
    shows_witness,
    worth,
)
from netproof.recheck.sources import Sources
from netproof.recheck.systems import asked_of_system, reported_system
from netproof.recheck.workflow_questions import question_for
from petri.last_steps import LastSteps
from petri.net import PetriNet
from transition_systems.budget import Budget
from transition_systems.errors import InputError
from transition_systems.evidence import Evidence, evidence_from_dict
from transition_systems.properties.predicates import Predicate
from transition_systems.verdict import Outcome
from translators.ledger import Entry, Ledger
from translators.named_system import NamedSystem
from translators.to_petri.translation import NetTranslation, workflow_to_net

__all__ = ["ReportedResult", "recheck_report"]

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
    digest: str
    ledger: Ledger
    given: PetriNet | None = None
    translation: NetTranslation | None = None
    system: NamedSystem | None = None

    @property
    def net(self) -> PetriNet:
        """The net; that of a transition system is made anew each time."""
        if self.given is None:
            if self.system is None:
                raise RefusedError("the source is no net")
            return self.system.net()
        return self.given


@dataclass(frozen=True, slots=True)
class _Answer:
    """A verdict of the report, its recheck, and whether it hangs on what the ledger leaves out."""

    said: Mapping[str, Any]
    result: RecheckResult
    evidence: Evidence | None = None
    doubtful: bool = False


def recheck_report(
    report: str | os.PathLike[str] | Mapping[str, Any],
    *,
    root: str | os.PathLike[str] | None = None,
    budget: Budget | None = None,
    sources: Sources | None = None,
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
    sources
        Reads the sources; shared by reports on one file, it is read once.

    Returns
    -------
    list of ReportedResult
        In the order of the report. A source that is gone or has changed fails. Verdicts that are
        UNKNOWN, and models that come from no file, are skipped. A summary that counts other
        verdicts fails, with one more result.

    Raises
    ------
    InputError
        When the report itself is no report.

    Notes
    -----
    Also checked are the ledger, the assumptions, the exactness and the run that is shown. An
    element that is approximated only where a state is reachable must be in the report's ledger,
    or the evidence must show that no such state is. Explanations are words, and are not checked.

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
    known = Sources() if sources is None else sources
    results: list[ReportedResult] = []
    for entry in data["models"]:
        results.extend(_model_results(known, entry, base, starts, limit))
    if "summary" in data and all(entry.result.status != "failed" for entry in results):
        wrong = _miscounted(data["summary"], len(data["models"]), results)
        if wrong is not None:
            told = RecheckResult("failed", wrong)
            results.append(ReportedResult(source="?", property="summary", outcome="?", result=told))
    return results


def _miscounted(summary: object, files: int, results: list[ReportedResult]) -> str | None:
    """Return in what the summary of a report is not that of its verdicts."""
    said = summary if isinstance(summary, Mapping) else {}
    counts = {str(one): sum(entry.outcome == one for entry in results) for one in Outcome}
    for name, count in {"files": files, **counts}.items():
        if said.get(name) != count:
            return f"the summary says {name}: {said.get(name)!r:.40}; the report has {count}"
    return None


def _read_json(path: str | os.PathLike[str]) -> Mapping[str, Any]:
    try:
        data = json.loads(Path(path).read_bytes(), object_pairs_hook=_once)
    except OSError as error:
        raise InputError(f"the report cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"the report is no JSON: {error}") from error
    if not isinstance(data, Mapping):
        raise InputError("this is no report", expected="a JSON object")
    return data


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of a report; one key said twice could be read in two ways."""
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice!r:.60} stands twice in one object")
    return found


def _model_results(
    sources: Sources, entry: object, root: Path, starts: object, budget: Budget
) -> Iterator[ReportedResult]:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("verdicts"), list):
        broken = RecheckResult("failed", "an entry of the report is malformed")
        yield ReportedResult(source="?", property="?", outcome="?", result=broken)
        return
    source = str(entry.get("source"))
    model: _Model | RecheckResult
    try:
        model = _load(sources, source, root, entry.get("format"), starts, budget)
    except SkippedError as error:
        model = RecheckResult("skipped", str(error))
    except RefusedError as error:
        model = RecheckResult("failed", str(error))
    except MALFORMED as error:
        model = RecheckResult("failed", f"the source cannot be read as it was: {error}")
    answers: list[_Answer] = []
    omitted: list[tuple[Predicate, Entry]] = []
    if not isinstance(model, RecheckResult):
        try:
            if entry.get("error") is not None:
                raise RefusedError("the report says that the file could not be read")
            ledger, omitted = shown_ledger(entry, model.ledger, model.translation)
            model = replace(model, ledger=ledger)
        except RefusedError as error:
            model = RecheckResult("failed", str(error))
    for verdict in entry["verdicts"]:
        said: Mapping[str, Any] = verdict if isinstance(verdict, Mapping) else {}
        if isinstance(model, RecheckResult):
            answers.append(_Answer(said, model))
        else:
            answers.append(_verdict(said, model, omitted, budget))
    if not isinstance(model, RecheckResult) and any(answer.doubtful for answer in answers):
        answers = _settled(answers, model, omitted, budget)
    for answer in answers:
        name, outcome = str(answer.said.get("property")), str(answer.said.get("outcome"))
        yield ReportedResult(source=source, property=name, outcome=outcome, result=answer.result)


def _settled(
    answers: list[_Answer], model: _Model, omitted: list[tuple[Predicate, Entry]], budget: Budget
) -> list[_Answer]:
    """Ask the evidence whether the entries that the report leaves out are out of reach."""
    conditions = [predicate for predicate, _ in omitted]
    where = omitted[0][1].element
    table, watch = NetTable(model.net), Watch(budget)
    told: set[bool | None] = set()
    try:
        for answer in answers:
            if answer.evidence is not None and answer.result.passed:
                told.add(avoids(answer.evidence, conditions, table, watch))
    except SkippedError:
        told.discard(True)
    if True in told and False not in told:
        return answers
    unknown = f"whether the source is approximated at {where} is not shown by the evidence"
    result = RecheckResult("skipped", unknown)
    if False in told:
        result = RecheckResult("failed", f"the report leaves out that {where} is approximated")
    return [replace(one, result=result) if one.doubtful else one for one in answers]


def _load(
    sources: Sources, source: str, root: Path, format: object, starts: object, budget: Budget
) -> _Model:
    if source == "-" or source.startswith("<"):
        raise SkippedError("the model does not come from a file that can be read again")
    if starts not in ("one", "all"):
        raise RefusedError(f"there is no reading of several starts {starts!r:.40}")
    try:
        data = (root / source).read_bytes()
    except (OSError, ValueError) as error:
        raise RefusedError(f"the source {source} cannot be read again: {error}") from error
    result, digest = sources.read(data, source, format)
    if isinstance(result, PetriNet):
        return _Model(given=result, digest=digest, ledger=Ledger())
    if isinstance(result, NamedSystem):
        return _Model(system=result, digest=digest, ledger=Ledger())
    reading: Literal["one", "all"] = "one" if starts == "one" else "all"
    translation = workflow_to_net(result.graph, starts=reading, budget=budget)
    return _Model(
        given=translation.net,
        digest=digest,
        ledger=result.ledger + translation.ledger,
        translation=translation,
    )


def _memory(asked: str | AskedFormula, model: _Model) -> LastSteps | None:
    if isinstance(asked, str) or asked.formula is None:
        return None
    return net_formula(asked, model.net, model.translation).memory


def _verdict(
    said: Mapping[str, Any],
    model: _Model,
    omitted: list[tuple[Predicate, Entry]],
    budget: Budget,
) -> _Answer:
    outcome, name, data = said.get("outcome"), said.get("property"), said.get("evidence")
    doubtful = False
    try:
        if not isinstance(name, str) or outcome not in tuple(Outcome):
            raise RefusedError("a verdict of the report is malformed")
        abstract = said.get("abstract_outcome")
        claimed = outcome != Outcome.UNKNOWN
        if not claimed and (abstract is None or data is None):
            raise SkippedError("the outcome is UNKNOWN, which claims nothing")
        if data is None:
            raise RefusedError("the verdict comes without evidence")
        open_name = name.startswith(OPEN_NAMES) or kind_of_soundness(name)
        asked = name if open_name else asked_properties([name])[0]
        evidence = evidence_from_dict(data)
        if model.system is not None and not open_name and asked_of_system(asked):
            result = reported_system(said, asked, evidence, model.system, model.digest, budget)
            return _Answer(said, result, evidence)
        if claimed:
            holds = outcome == Outcome.HOLDS
            own_exactness(asked, holds, evidence, model.ledger, said.get("exactness"))
            shown_assumptions(said, asked, model.net, model.translation)
            shows_witness(said.get("witness"), evidence, model.translation, _memory(asked, model))
            whole = model.ledger.extended([entry for _, entry in omitted])
            doubtful = not carries(holds, worth(asked, holds, evidence, whole))
        question = question_for(asked, model.net, model.translation)
        net = question.net or begun_net(name, model.net, evidence.claim.model_digest)
    except RefusedError as error:
        return _Answer(said, RecheckResult("failed", str(error)))
    except SkippedError as error:
        return _Answer(said, RecheckResult("skipped", str(error)))
    except MALFORMED as error:
        return _Answer(said, RecheckResult("failed", f"the verdict is malformed: {error}"))
    translation = model.translation
    result = recheck_verdict(
        name,
        str(outcome if claimed else abstract),
        evidence,
        net,
        question=question,
        source_digest=model.digest,
        translation=None if translation is None else translation.version,
        budget=budget,
    )
    return _Answer(said, result, evidence, doubtful and result.passed)
