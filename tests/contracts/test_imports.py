"""What an import costs, and that the exported names are the same for everyone."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("transition_systems", "petri", "process_algebra", "fsm", "translators", "netproof")
HEAVY = {
    "scipy",
    "networkx",
    "z3",
    "rich",
    "ruamel",
    "graphviz",
    "pygraphviz",
    "matplotlib",
    "pandas",
}


def loaded_by(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return {name.split(".")[0] for name in done.stdout.split()}


@pytest.mark.parametrize("package", PACKAGES)
def test_importing_a_package_loads_nothing_heavy(package: str) -> None:
    assert not loaded_by(f"import {package}") & HEAVY


def test_the_help_loads_not_even_numpy() -> None:
    code = "from netproof.__main__ import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass"
    assert "numpy" not in loaded_by(code)


@pytest.mark.parametrize("package", PACKAGES)
def test_exported_names_exist_and_are_sorted(package: str) -> None:
    module = import_module(package)
    names = module.__all__
    assert len(names) == len(set(names))
    for name in names:
        assert getattr(module, name) is not None, name
    assert set(names) <= set(dir(module))
    starred: dict[str, object] = {}
    exec(f"from {package} import *", starred)
    assert set(names) <= set(starred)


@pytest.mark.parametrize("package", PACKAGES)
def test_no_submodule_shadows_an_exported_function(package: str) -> None:
    """Importing a submodule sets the package's attribute of its name; a function must survive it."""
    import pkgutil

    module = import_module(package)
    for found in pkgutil.iter_modules(module.__path__):
        if found.name in module.__all__:
            before = getattr(module, found.name)
            import_module(f"{package}.{found.name}")
            assert getattr(module, found.name) is before
            code = (
                f"import {package}.{found.name}, {package}\n"
                f"assert callable({package}.{found.name}), {package}.{found.name}"
            )
            subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_the_names_for_type_checkers_are_those_of_the_run_time() -> None:
    """What a package exports lazily is imported for type checkers under the same names."""
    import ast

    for package in ("netproof", "transition_systems"):
        module = import_module(package)
        tree = ast.parse((ROOT / package / "__init__.py").read_text(encoding="utf-8"))
        typed = {
            alias.asname or alias.name
            for node in tree.body
            if isinstance(node, ast.If)
            for line in node.body
            if isinstance(line, ast.ImportFrom)
            for alias in line.names
        }
        plain = {n for n in module.__all__ if n in vars(module) and n.startswith("__")}
        assert typed | plain == set(module.__all__)


def test_there_is_no_init_file_under_tests() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_no_file_is_longer_than_400_lines() -> None:
    long = [
        str(path.relative_to(ROOT))
        for package in (*PACKAGES, "tests", "benchmarks", "check")
        for path in (ROOT / package).rglob("*.py")
        if len(path.read_text(encoding="utf-8").splitlines()) > 400
    ]
    assert not long


def test_nothing_evaluates_text_as_code() -> None:
    """``eval`` and ``exec`` occur nowhere in the product."""
    import ast

    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    assert node.func.id not in ("eval", "exec", "compile"), path
