"""SARIF 2.1.0 (OASIS Standard, errata 01), within the limits of GitHub's code scanning."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from netproof.report.findings import Finding, findings_of, outline_for
from netproof.report.model import ModelReport, Report
from netproof.report.outline import Outline
from netproof.report.rules import INTERNAL, REFUSED, UNREADABLE, Rule, rule_of
from netproof.report.text import plain, relative_uri, repository_root, without_local_paths
from transition_systems.run import Lasso, Run
from transition_systems.source_span import SourceSpan
from transition_systems.verdict import Outcome

__all__ = ["sarif_log", "sarif_text"]

SCHEMA_URI = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
MAX_RESULTS = 25_000
MAX_STEPS = 1_000
MAX_ALL_STEPS = 100_000
MAX_RELATED = 50
MAX_MESSAGE = 1_000
MAX_PACKED = 9_500_000
ROOT = "%SRCROOT%"


def sarif_text(report: Report, *, root: Path | None = None, passes: bool = False) -> str:
    """Return a report as SARIF; packed by gzip it has less than 10 MB.

    Parameters
    ----------
    report
        The report.
    root
        The folder to which paths are relative; the repository around the current folder.
    passes
        Also write a result of kind ``pass`` for each verdict HOLDS.
    """
    steps, results = MAX_ALL_STEPS, MAX_RESULTS
    while True:
        log = sarif_log(report, root=root, passes=passes, max_steps=steps, max_results=results)
        text = json.dumps(log, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
        data = text.encode("utf-8")
        if len(data) <= MAX_PACKED or len(gzip.compress(data, 6)) <= MAX_PACKED:
            return text
        if steps:
            steps = steps // 4 if steps > 1_000 else 0
        else:
            results //= 2


def sarif_log(
    report: Report,
    *,
    root: Path | None = None,
    passes: bool = False,
    max_steps: int = MAX_ALL_STEPS,
    max_results: int = MAX_RESULTS,
) -> dict[str, Any]:
    """Return the log object; what goes beyond the limits is left out and a notification says so."""
    writer = _Writer(root or repository_root(), max_steps)
    found: list[tuple[int, dict[str, Any]]] = []
    for model in report.models:
        found += writer.results(model, passes)
    found.sort(key=lambda item: item[0])
    left_out = len(found) - max_results
    results = [result for _, result in found[:max_results]]
    notes = list(writer.notes)
    if left_out > 0:
        notes.append(_note("warning", f"{left_out} results are left out: too many for one run."))
    if writer.cut:
        notes.append(_note("note", f"The runs of {writer.cut} results are cut or left out."))
    used = {result["ruleId"] for result in results}
    rules = sorted({r.id: r for r in writer.rules if r.id in used}.values(), key=lambda r: r.id)
    index = {rule.id: number for number, rule in enumerate(rules)}
    for result in results:
        result["ruleIndex"] = index[result["ruleId"]]
    return {
        "$schema": SCHEMA_URI,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "netproof",
                        "version": report.versions.get("netproof", "0"),
                        "semanticVersion": report.versions.get("netproof", "0"),
                        "rules": [_rule(rule) for rule in rules],
                    }
                },
                "automationDetails": {"id": "netproof/"},
                "originalUriBaseIds": {
                    ROOT: {"description": {"text": "The root of the repository."}}
                },
                "columnKind": "unicodeCodePoints",
                "invocations": [
                    {
                        "executionSuccessful": not writer.failed,
                        "toolExecutionNotifications": notes,
                    }
                ],
                "results": results,
            }
        ],
    }


def _note(level: str, text: str) -> dict[str, Any]:
    return {"level": level, "message": {"text": text}}


def _rule(rule: Rule) -> dict[str, Any]:
    level = {REFUSED.id: "warning"}.get(rule.id, "error")
    return {
        "id": rule.id,
        "name": rule.name,
        "shortDescription": {"text": rule.short},
        "fullDescription": {"text": rule.help},
        "help": {"text": rule.help, "markdown": f"{rule.help}\n\n[More]({rule.uri})"},
        "helpUri": rule.uri,
        "defaultConfiguration": {"level": level},
        "properties": {"tags": ["workflow"], "precision": "very-high"},
    }


class _Writer:
    """Results of files, with what is left of the bound on steps."""

    def __init__(self, root: Path, max_steps: int) -> None:
        self.root = root
        self.steps_left = max_steps
        self.cut = 0
        self.failed = False
        self.rules: list[Rule] = []
        self.notes: list[dict[str, Any]] = []
        self.uris: dict[str, str] = {}

    def results(self, model: ModelReport, passes: bool) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield the results of a file, each with its rank (the worst first)."""
        if model.error is not None:
            yield 0, self._error(model)
            return
        outline = outline_for(model)
        for finding in findings_of(model, outline):
            rank = {"error": 1, "warning": 2, "note": 3}[finding.level]
            rank = 4 if finding.entry.outcome is Outcome.UNKNOWN else rank
            yield rank, self._finding(model, finding, outline)
        for item in model.ledger.refused:
            text = (
                f"{item.kind} {item.element} was refused: {item.note or 'it has no meaning here'}"
            )
            yield (
                2,
                self._result(model, REFUSED, "warning", text, item.span, f"refused:{item.element}"),
            )
        for entry in model.verdicts:
            if entry.rechecked == "failed":
                self.failed = True
                text = f"the evidence about {entry.name} failed its recheck: {entry.recheck_reason}"
                yield 0, self._result(model, INTERNAL, "error", text, None, entry.name)
            if passes and entry.outcome is Outcome.HOLDS:
                text = entry.verdict.explain()
                result = self._result(model, rule_of(entry.name), "none", text, None, entry.name)
                yield 5, {**result, "kind": "pass"}

    def _error(self, model: ModelReport) -> dict[str, Any]:
        rule = INTERNAL if model.internal else UNREADABLE
        self.failed = self.failed or model.internal
        error = model.error or ""
        span = error_place(error, model.source)
        result = self._result(model, rule, "error", error, span, rule.name)
        self.notes.append(
            {
                **_note("error", result["message"]["text"]),
                "locations": result["locations"],
                "descriptor": {"id": rule.id},
            }
        )
        return result

    def _finding(self, model: ModelReport, finding: Finding, outline: Outline) -> dict[str, Any]:
        entry = finding.entry
        unknown = entry.outcome is Outcome.UNKNOWN
        text = f"{entry.name}: {finding.text}"
        level = "note" if unknown else finding.level
        result = self._result(model, finding.rule, level, text, finding.span, None)
        result["partialFingerprints"] = _prints(finding.fingerprint)
        result["properties"] = {
            "property": plain(entry.name, MAX_MESSAGE),
            "outcome": str(entry.outcome),
            "exactness": str(entry.verdict.exactness),
            "elements": [plain(id, 200) for id in finding.elements[:MAX_RELATED]],
        }
        related = self._related(model, finding, outline)
        if related:
            result["relatedLocations"] = related
        if entry.witness is not None and not unknown:
            flow = self._code_flow(model, entry.witness, outline)
            if flow is not None:
                result["codeFlows"] = [flow]
        if entry.accepted is not None:
            kind = "inSource" if entry.accepted.kind == "suppressed" else "external"
            reason = plain(entry.accepted.reason, MAX_MESSAGE)
            result["suppressions"] = [{"kind": kind, "status": "accepted", "justification": reason}]
        return result

    def _result(
        self,
        model: ModelReport,
        rule: Rule,
        level: str,
        text: str,
        span: SourceSpan | None,
        key: str | None,
    ) -> dict[str, Any]:
        self.rules.append(rule)
        result: dict[str, Any] = {
            "ruleId": rule.id,
            "level": level,
            "kind": "fail",
            "message": {"text": self._text(model, text)},
            "locations": [self._location(model, span)],
        }
        if key is not None:
            from netproof.report.findings import fingerprint

            found = fingerprint(rule.id, Outcome.UNKNOWN, (key,))
            result["partialFingerprints"] = _prints(found)
        return result

    def _text(self, model: ModelReport, text: str) -> str:
        text = without_local_paths(text, model.source, self.root)
        return plain(text, MAX_MESSAGE) or "?"

    def _uri(self, source: str) -> str:
        if source not in self.uris:
            self.uris[source] = relative_uri(source, self.root)
        return self.uris[source]

    def _location(self, model: ModelReport, span: SourceSpan | None) -> dict[str, Any]:
        region: dict[str, int] = {"startLine": 1}
        if span is not None and span.line:
            region = {"startLine": span.line}
            if span.column:
                region["startColumn"] = span.column
            if span.end_line and span.end_line >= span.line:
                region["endLine"] = span.end_line
                if span.end_column and span.column:
                    region["endColumn"] = span.end_column
        location: dict[str, Any] = {
            "physicalLocation": {
                "artifactLocation": {
                    "uri": self._uri(model.source),
                    "uriBaseId": ROOT,
                },
                "region": region,
            }
        }
        if span is not None and span.element:
            name = plain(span.element, 200)
            location["logicalLocations"] = [{"name": name, "kind": "element"}]
        return location

    def _related(
        self, model: ModelReport, finding: Finding, outline: Outline
    ) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for id in islice(finding.elements, MAX_RELATED):
            span = outline.place(id)
            if span is not None and span.line:
                location = self._location(model, span)
                found.append({**location, "id": len(found), "message": {"text": plain(id, 200)}})
        return found

    def _code_flow(
        self, model: ModelReport, run: Run | Lasso, outline: Outline
    ) -> dict[str, Any] | None:
        """Return the run as one thread flow for each pool or process."""
        numbered = list(enumerate(run.steps, start=1))
        allowed = min(MAX_STEPS, self.steps_left)
        if not numbered:
            return None
        if len(numbered) > allowed:
            self.cut += 1
            if allowed < 2:
                return None
            head = allowed // 2
            numbered = [*numbered[:head], *numbered[len(numbered) - (allowed - head) :]]
        self.steps_left -= len(numbered)
        loop = run.loop_start + 1 if isinstance(run, Lasso) else None
        threads: dict[str, list[dict[str, Any]]] = {}
        titles: dict[str, str] = {}
        for number, step in numbered:
            owner = outline.elements.get(outline.owner(step.action))
            thread = "process" if owner is None else owner.thread_id or owner.thread
            titles[thread] = "process" if owner is None else owner.thread
            text = f"{number}. {step.label}"
            if number == loop:
                text += " (from here on repeated for ever)"
            span = step.source or (None if owner is None else owner.span)
            location = self._location(model, span)
            location["message"] = {"text": plain(text, 300)}
            importance = "essential" if number == len(run) else "important"
            threads.setdefault(thread, []).append(
                {"location": location, "executionOrder": number, "importance": importance}
            )
        return {
            "message": {"text": f"The run, {len(run)} steps, by pool or process."},
            "threadFlows": [
                {
                    "id": plain(thread, 200, line=True),
                    "message": {"text": plain(titles[thread], 200, line=True) or "process"},
                    "locations": locations,
                }
                for thread, locations in threads.items()
            ],
        }


def _prints(found: str) -> dict[str, str]:
    # GitHub tells alerts apart by primaryLocationLineHash; given here, it does not hash the line
    return {"netproof/v1": found, "primaryLocationLineHash": f"{found[:16]}:1"}


def error_place(error: str, source: str) -> SourceSpan | None:
    """Return the place that an error's text begins with (``file:line:column: ...``).

    Examples
    --------
    >>> place = error_place("a.bpmn:3:7: a DOCTYPE is refused", "a.bpmn")
    >>> (place.line, place.column) if place else None
    (3, 7)
    """
    rest = error.removeprefix(source) if source and error.startswith(source) else ""
    numbers: list[int] = []
    for part in rest.split(":", 3)[1:3]:
        if not part.isdecimal() or not 0 < len(part) < 10 or int(part) == 0:
            break
        numbers.append(int(part))
    if not numbers:
        return None
    return SourceSpan(file=source, line=numbers[0], column=numbers[1] if numbers[1:] else None)
