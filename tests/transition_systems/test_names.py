"""The names of the package: all there, the same for type checkers, and cheap to import."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import transition_systems


def test_every_name_is_there_once() -> None:
    names = transition_systems.__all__
    assert len(names) == len(set(names))
    assert set(names) <= set(dir(transition_systems))
    for name in names:
        assert getattr(transition_systems, name) is not None
    missing = "nonsense"
    with pytest.raises(AttributeError, match=missing):
        getattr(transition_systems, missing)


def test_type_checkers_see_the_same_names() -> None:
    tree = ast.parse(Path(transition_systems.__file__).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    seen: dict[str, tuple[str, str]] = {}
    for statement in block.body:
        assert isinstance(statement, ast.ImportFrom)
        for alias in statement.names:
            seen[alias.asname or alias.name] = (statement.module or "", alias.name)
    assert {*seen, "__version__"} == set(transition_systems.__all__)
    for name, (module, original) in seen.items():
        __import__(module)
        there = getattr(sys.modules[module], original)
        assert getattr(transition_systems, name) is there


def test_importing_everything_costs_numpy_only() -> None:
    code = (
        "import sys, transition_systems as t\n"
        "assert 'numpy' not in sys.modules\n"
        "for name in t.__all__: getattr(t, name)\n"
        "heavy = ('z3', 'networkx', 'scipy', 'graphviz', 'pygraphviz', 'rich', 'ruamel')\n"
        "print([name for name in heavy if name in sys.modules])\n"
    )
    root = Path(transition_systems.__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
