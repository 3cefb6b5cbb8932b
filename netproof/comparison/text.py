"""A comparison as lines to read."""

from __future__ import annotations

from netproof.comparison.model import Comparison, Version
from netproof.difference.run_changes import RunDifference
from netproof.report.text import plain

__all__ = ["comparison_text", "language_sentence"]

MOST = 40


def comparison_text(comparison: Comparison) -> str:
    """Return verdict, languages and the play, as text that ends with a line break."""
    verdict = comparison.verdict
    lines = [
        _version("first ", comparison.old),
        _version("second", comparison.new),
        f"{verdict.outcome} {comparison.relation}: {verdict.reason or verdict.explanation[0]}",
        f"language: {language_sentence(comparison)}",
    ]
    told = comparison.lines()
    if told:
        lines.append("a play that tells them apart:")
        shown = told if len(told) <= MOST else [*told[: MOST - 1], "...", told[-1]]
        lines += [f"  {number}. {line}" for number, line in enumerate(shown[:-1], start=1)]
        lines.append(f"  {shown[-1]}")
    if verdict.evidence is not None:
        recheck = comparison.recheck
        why = f": {recheck.reason}" if recheck.reason else ""
        lines.append(f"evidence: {verdict.evidence.kind}, recheck {recheck.status}{why}")
    return "".join(f"{_plain(line)}\n" for line in lines)


def _plain(line: str) -> str:
    words = line.lstrip(" ")
    return " " * (len(line) - len(words)) + plain(words, 2_000, line=True)


def _version(which: str, version: Version) -> str:
    least = "" if version.complete else "at least "
    plural = "" if version.states == 1 else "s"
    size = f", {least}{version.states:,} state{plural}" if version.states else ""
    return f"{which} {version.model.source}  ({version.model.format}{size})"


def language_sentence(comparison: Comparison) -> str:
    """Return how the languages differ, as a sentence."""
    gained, lost = comparison.language.gained, comparison.language.lost
    if gained.status == lost.status == "none":
        return "the same"
    return f"{_run(lost, 'the first')}; {_run(gained, 'the second')}"


def _run(run: RunDifference, which: str) -> str:
    if run.status == "unknown":
        return f"not known of {which}: {run.reason}"
    if run.status == "none":
        return f"nothing that only {which} allows"
    steps = ", ".join(step.label for step in run.steps) or "the start"
    return f"only {which} allows {steps}" + (", and the end" if run.ends else "")
