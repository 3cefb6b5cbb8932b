"""The pytest plug-in: workflow files as test files, one test for each property.

pytest loads this module in every project where netproof is installed, so it imports nothing and
does nothing until files are asked for, by ``netproof_files`` in the settings of pytest or by
``--netproof`` on its command line. All the rest is in :mod:`netproof.pytest_items`.
"""

from __future__ import annotations

import pytest

__all__ = ["pytest_addoption", "pytest_configure"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the option and the settings."""
    group = parser.getgroup("netproof", "workflow files as tests")
    group.addoption(
        "--netproof", action="append", default=[], metavar="GLOB", dest="netproof_globs",
        help="also collect workflow files: a file, a folder or a pattern; may be repeated",
    )  # fmt: skip
    add = parser.addini
    add("netproof_files", "workflow files to collect: files, folders, patterns", "args", [])
    add(
        "netproof_properties", "properties of workflow files, or one formula a line", "linelist", []
    )
    add(
        "netproof_unknown", "what a property without a verdict does: skip or fail", "string", "skip"
    )
    add("netproof_budget_seconds", "wall time for one workflow file", "string", "")


def pytest_configure(config: pytest.Config) -> None:
    """Begin to collect workflow files, where some are asked for."""
    config.addinivalue_line("markers", "netproof: a property of a workflow file")
    if not config.getoption("netproof_globs") and not config.getini("netproof_files"):
        return
    if config.getoption("help", False):
        return
    from netproof.pytest_items import WorkflowFiles

    config.pluginmanager.register(WorkflowFiles(config), "netproof-files")
