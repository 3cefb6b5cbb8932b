"""The doctor looks at every package that the project declares as its core."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from netproof.doctor import examine

PYPROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"
MODULES = {"z3-solver": "z3", "python-sat": "pysat", "python-flint": "flint"}


def test_every_core_dependency_is_looked_at() -> None:
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    declared = {re.split(r"[>=;\[ ]", line)[0] for line in project["dependencies"]}
    declared.discard("pygraphviz")  # named apart: it is not there on every system
    told = " ".join(finding.text for finding in examine())
    missing = [name for name in declared if f"{MODULES.get(name, name)} " not in told]
    assert not missing
