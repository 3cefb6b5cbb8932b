"""What can be wrong with an installation, and how to mend it."""

from __future__ import annotations

import importlib.util
import io
import shutil
import sys
from dataclasses import dataclass
from importlib import import_module, metadata
from pathlib import Path
from typing import Literal

__all__ = ["Finding", "examine", "shadowed_packages"]

PACKAGES = ("transition_systems", "petri", "process_algebra", "fsm", "translators", "netproof")
CORE = (
    "numpy", "scipy", "networkx", "z3", "graphviz", "rich", "ruamel.yaml", "oxidd", "pysat",
    "flint",
)  # fmt: skip
EXTRAS = {
    "pygraphviz": "layout without the dot program; part of the core where it builds",
    "anywidget": "the extra 'notebooks'",
    "jupyterlab": "the extra 'notebooks'",
    "matplotlib": "the extra 'notebooks'",
    "numba": "the extra 'fast'",
    "distributed": "the extra 'cluster'",
}
NET = (
    '<pnml xmlns="http://www.pnml.org/version-2009/grammar/pnml"><net id="n" '
    'type="http://www.pnml.org/version-2009/grammar/ptnet"><page id="g">'
    '<place id="i"><initialMarking><text>1</text></initialMarking></place><place id="o"/>'
    '<transition id="t"/><arc id="a" source="i" target="t"/><arc id="b" source="t" target="o"/>'
    "</page></net></pnml>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at: good, a remark, or bad, with a mend."""

    level: Literal["good", "remark", "bad"]
    text: str
    mend: str | None = None


def shadowed_packages() -> list[tuple[str, str]]:
    """Return the packages of ours that Python would import from somewhere else, with the place.

    ``petri`` and ``translators`` are also names of unrelated distributions.
    """
    own = Path(__file__).resolve().parents[1]
    found: list[tuple[str, str]] = []
    for name in PACKAGES:
        spec = importlib.util.find_spec(name)
        origin = spec.origin if spec is not None else None
        if origin is None or Path(origin).resolve().parents[1] != own:
            found.append((name, origin or "nowhere"))
    return found


def examine() -> list[Finding]:
    """Return the findings, most important first."""
    findings: list[Finding] = [_python()]
    shadowed = shadowed_packages()
    for name, origin in shadowed:
        findings.append(
            Finding(
                level="bad", text=f"the package {name!r} is imported from {origin}",
                mend=f"another distribution or a local file shadows it: uninstall it, or rename "
                f"the local {name}.py or {name}/ folder",
            )
        )  # fmt: skip
    findings += _modules()
    findings.append(_dot())
    if not shadowed:
        findings.append(_main_job())
    return findings


def _python() -> Finding:
    return Finding(level="good", text=f"Python {sys.version.split()[0]}")


def _modules() -> list[Finding]:
    findings: list[Finding] = []
    for name in CORE:
        try:
            import_module(name)
            findings.append(Finding(level="good", text=f"{name} {_version(name)}".strip()))
        except Exception as error:  # a broken binary wheel raises anything
            level: Literal["bad", "remark"] = "bad" if name == "numpy" else "remark"
            findings.append(
                Finding(level=level, text=f"{name} cannot be imported: {error}",
                        mend=f"pip install --force-reinstall {_distribution(name)}")
            )  # fmt: skip
    for name, what in EXTRAS.items():
        if importlib.util.find_spec(name) is None:
            findings.append(Finding(level="remark", text=f"{name} is not installed ({what})"))
    return findings


def _distribution(name: str) -> str:
    return {"z3": "z3-solver", "pysat": "python-sat", "flint": "python-flint"}.get(name, name)


def _version(name: str) -> str:
    try:
        return metadata.version(_distribution(name))
    except metadata.PackageNotFoundError:
        return ""


def _dot() -> Finding:
    if shutil.which("dot"):
        return Finding(level="good", text="dot of Graphviz is on the PATH")
    return Finding(
        level="remark", text="dot of Graphviz is not on the PATH: pictures fall back to text",
        mend="Debian: apt-get install graphviz; macOS: brew install graphviz",
    )  # fmt: skip


def _main_job() -> Finding:
    try:
        from netproof.api import check

        report = check(io.StringIO(NET))
        entry = report.models[0]
        good = report["soundness"].holds and all(v.rechecked == "passed" for v in entry.verdicts)
    except Exception as error:  # the doctor tells whatever is wrong
        return Finding(level="bad", text=f"the main job fails: {type(error).__name__}: {error}")
    if good:
        return Finding(
            level="good", text="the main job works: a net was proved sound and rechecked"
        )
    return Finding(level="bad", text="the main job gives a wrong answer", mend="please report it")
