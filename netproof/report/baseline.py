"""Baselines: what was not good when a baseline was written is known, and does not fail again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from netproof.report.findings import findings_of
from netproof.report.model import Accepted, ModelReport, Report, VerdictReport
from netproof.report.text import relative_path, repository_root, unique_path
from transition_systems.errors import InputError, UsageError
from transition_systems.source_span import SourceSpan
from transition_systems.verdict import Outcome

__all__ = [
    "BASELINE", "apply_baseline", "baseline_pairs", "baseline_text", "read_baseline",
    "write_baseline",
]  # fmt: skip

BASELINE = "netproof/baseline/1"
FIELDS = ("file", "property", "outcome", "rule", "elements", "fingerprint")


def baseline_text(report: Report, *, root: Path | None = None) -> str:
    """Return the baseline of a report as JSON: sorted, the same for the same findings.

    What the files themselves suppress is not part of it; neither are files that cannot be read.

    Examples
    --------
    >>> baseline_text(Report(models=())).replace("\\n", "")
    '{ "schema": "netproof/baseline/1", "findings": []}'
    """
    rows = {(row["file"], row["fingerprint"]): row for row in _rows(report, root)}
    ordered = sorted(
        rows.values(), key=lambda r: (r["file"], r["rule"], r["property"], r["fingerprint"])
    )
    return json.dumps({"schema": BASELINE, "findings": ordered}, indent=1) + "\n"


def baseline_pairs(report: Report, *, root: Path | None = None) -> frozenset[tuple[str, str]]:
    """Return the pairs of file and fingerprint of which the report's baseline is made."""
    return frozenset((row["file"], row["fingerprint"]) for row in _rows(report, root))


def _rows(report: Report, root: Path | None) -> list[dict[str, Any]]:
    folder = root or repository_root()
    rows: list[dict[str, Any]] = []
    for model in report.models:
        file = unique_path(model.source, folder)
        for finding in findings_of(model):
            accepted = finding.entry.accepted
            if accepted is not None and accepted.kind == "suppressed":
                continue
            values = (
                file, finding.entry.name, str(finding.entry.outcome), finding.rule.id,
                sorted(finding.elements), finding.fingerprint,
            )  # fmt: skip
            rows.append(dict(zip(FIELDS, values, strict=True)))
    return rows


def write_baseline(report: Report, path: str, *, root: Path | None = None) -> None:
    """Write the baseline of a report to a file.

    Raises
    ------
    UsageError
        When the file cannot be written.
    """
    try:
        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(baseline_text(report, root=root), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"the baseline cannot be written to {path}: {error.strerror}") from error


def read_baseline(path: str) -> frozenset[tuple[str, str]]:
    """Return the pairs of file and fingerprint of a baseline.

    Raises
    ------
    InputError
        When the file cannot be read or is no baseline.
    """
    span = SourceSpan(file=path)
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the baseline cannot be read: {error}", span=span) from error
    try:
        data: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"the baseline is no JSON: {error}", span=span) from error
    if not isinstance(data, dict) or data.get("schema") != BASELINE:
        raise InputError(
            "this is no baseline of netproof", span=span, expected=f'"schema": "{BASELINE}"',
            mend="Write it with --write-baseline",
        )  # fmt: skip
    rows: Any = data.get("findings")
    if not isinstance(rows, list):
        raise InputError("a baseline has a list of findings", span=span)
    return frozenset(_pair(row, span) for row in rows)


def _pair(row: Any, span: SourceSpan) -> tuple[str, str]:
    if not isinstance(row, Mapping):
        raise InputError("a finding of a baseline is an object", span=span, found=repr(row)[:80])
    file, found = row.get("file"), row.get("fingerprint")
    if not isinstance(file, str) or not isinstance(found, str):
        raise InputError("a finding of a baseline has a file and a fingerprint", span=span)
    return file, found


def apply_baseline(
    report: Report, known: frozenset[tuple[str, str]], path: str, *, root: Path | None = None
) -> Report:
    """Return the report with the verdicts that a baseline knows accepted.

    Parameters
    ----------
    report
        The report.
    known
        The pairs of :func:`read_baseline`.
    path
        The baseline's path, for the reason that is shown.
    root
        The folder to which the baseline's paths are relative; the repository by default.
    """
    folder = root or repository_root()
    reason = f"in the baseline {relative_path(path, folder)}"
    models = tuple(_known(model, known, reason, folder) for model in report.models)
    return replace(report, models=models)


def _known(
    model: ModelReport, known: frozenset[tuple[str, str]], reason: str, root: Path
) -> ModelReport:
    file = unique_path(model.source, root)
    prints = {f.entry.name: f.fingerprint for f in findings_of(model)}

    def accept(entry: VerdictReport) -> VerdictReport:
        if entry.outcome is Outcome.HOLDS or entry.accepted is not None:
            return entry
        if (file, prints[entry.name]) not in known:
            return entry
        return replace(entry, accepted=Accepted(kind="known", reason=reason))

    return replace(model, verdicts=tuple(accept(entry) for entry in model.verdicts))
