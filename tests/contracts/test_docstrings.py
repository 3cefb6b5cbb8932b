"""Public docstrings are numpydoc: each exported function has the sections that the house asks for."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from typing import Any

import pytest

PACKAGES = ("transition_systems", "petri", "process_algebra", "fsm", "translators", "netproof")
MODULES = (
    *PACKAGES,
    "petri.soundness",
    "translators.to_petri",
    "translators.to_process",
    "translators.to_machine",
    "translators.workflow",
    "translators.bpmn",
    "translators.definition",
    "netproof.recheck",
    "transition_systems.equivalences",
    "transition_systems.expressions",
    "transition_systems.properties",
)


def exported() -> list[tuple[str, Any]]:
    found: dict[str, Any] = {}
    for module_name in MODULES:
        module = import_module(module_name)
        for name in getattr(module, "__all__", ()):
            value = getattr(module, name)
            if inspect.isfunction(value) or inspect.isclass(value):
                found[f"{value.__module__}.{value.__qualname__}"] = value
    return sorted(found.items())


@pytest.mark.parametrize(("name", "value"), exported(), ids=[name for name, _ in exported()])
def test_public_docstring(name: str, value: Any) -> None:
    text = inspect.getdoc(value) or ""
    first = text.split("\n", 1)[0]
    assert first.endswith((".", "?", ":")), f"{name}: the first line is a sentence: {first!r}"
    if not inspect.isfunction(value):
        return
    sections = set(re.findall(r"^(\w[\w ]*)\n-{3,}$", text, flags=re.M))
    parameters = [p for p in inspect.signature(value).parameters if p not in ("self", "cls")]
    if parameters:
        assert "Parameters" in sections, f"{name} has no section Parameters"
        listed = text.split("Parameters\n", 1)[1]
        missing = [p for p in parameters if not re.search(rf"\b{re.escape(p)}\b", listed)]
        assert not missing, f"{name} does not say what {missing} are"
    annotation = value.__annotations__.get("return")
    if annotation not in (None, "None", "bool", "str", "int"):
        assert "Returns" in sections or "Yields" in sections, f"{name} has no section Returns"
    assert "Examples" in sections or ">>>" in text, f"{name} has no example"
