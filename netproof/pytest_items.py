"""Workflow files in pytest: which are collected, and their properties as test items."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Generator, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from netproof.checking import CheckOptions
from netproof.cli.inputs import expand_inputs
from netproof.config import Settings, settings_for, settings_in
from netproof.doctor import shadowed_packages
from netproof.properties import asked_properties
from netproof.pytest_results import Result, default_names, results_of
from netproof.report.baseline import read_baseline
from netproof.report.policy import policy_of, split_items
from transition_systems.errors import InputError, UsageError

__all__ = ["FailedProperty", "PropertyItem", "WorkflowFile", "WorkflowFiles"]


class FailedProperty(Exception):
    """A property that fails its test; the text is what the user reads."""


class WorkflowFiles:
    """The plug-in object of a session that collects workflow files.

    Parameters
    ----------
    config
        Of the session; the files of the settings and of ``--netproof`` are looked up at once.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        try:
            for name, origin in shadowed_packages():
                raise UsageError(
                    f"the package {name!r} is imported from {origin}; another distribution or a "
                    "local file shadows it (see: netproof doctor)"
                )
            self.settings = _settings(config)
            self.policy = policy_of(self.settings.fail_on, self.settings.warn_on)
            path = self.settings.baseline
            self.known = frozenset[tuple[str, str]]() if path is None else read_baseline(path)
            asked_properties(self.settings.properties)
            own = _files(config.getini("netproof_files"), _ini_folder(config), self.settings)
            asked: list[str] = config.getoption("netproof_globs") or []
            named = _files(asked, config.invocation_params.dir, self.settings)
        except (InputError, UsageError) as error:
            raise pytest.UsageError(f"netproof: {error}") from error
        self.unknown_fails = _choice(config, "netproof_unknown", ("skip", "fail")) == "fail"
        self.files = frozenset([*own, *named])
        config.args.extend(self._unnamed(own, named))

    def _unnamed(self, own: list[str], named: list[str]) -> Iterator[str]:
        """Yield the files that pytest has to be told of, beside what it is called with.

        Where the call names paths, they choose among the files of the settings as they do among
        test files, and among the others if they name any of them.
        """
        config = self.config
        folder = config.invocation_params.dir
        given = [os.path.abspath(folder / str(arg).split("::")[0]) for arg in config.args]
        by_hand = config.args_source is pytest.Config.ArgsSource.ARGS
        if by_hand and any(_within(path, given) for path in named):
            return
        for path in named if by_hand else dict.fromkeys([*own, *named]):
            if path not in given:
                yield _argument(path, folder)

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> WorkflowFile | None:
        """Take the files that were asked for."""
        if os.path.abspath(file_path) not in self.files:
            return None
        found: WorkflowFile = WorkflowFile.from_parent(parent, path=file_path)
        found.session_files = self
        return found

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Drop what was collected twice: by its folder, and by its name."""
        seen: set[str] = set()
        kept: list[pytest.Item] = []
        for item in items:
            if isinstance(item, PropertyItem):
                if item.nodeid in seen:
                    continue
                seen.add(item.nodeid)
            kept.append(item)
        items[:] = kept

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Let a skipped property be shown at its file and not at this plug-in."""
        report = yield
        if isinstance(item, PropertyItem) and report.skipped and isinstance(report.longrepr, tuple):
            report.longrepr = (item.file.shown, item.line + 1, report.longrepr[2])
        return report

    def options_for(self, path: Path) -> CheckOptions:
        """Return how to check a file; patterns of the settings match below the root folder."""
        root = self.config.rootpath
        name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
        return settings_for(self.settings, name)


class WorkflowFile(pytest.File):
    """A workflow file; its model is checked once for all of its properties."""

    session_files: WorkflowFiles
    results: dict[str, Result] | None = None
    blamed: str | None = None

    @property
    def shown(self) -> str:
        """The path as a user in the folder of the call would write it."""
        folder = self.config.invocation_params.dir
        return os.fspath(
            self.path.relative_to(folder) if self.path.is_relative_to(folder) else self.path
        )

    def collect(self) -> Iterator[PropertyItem]:
        """Yield one item for each property."""
        options = self.session_files.options_for(self.path)
        names = options.properties or default_names(self.path, options)
        grouped = self.config.pluginmanager.hasplugin("xdist")
        for name in dict.fromkeys(names):
            item: PropertyItem = PropertyItem.from_parent(self, name=name)
            item.add_marker(pytest.mark.netproof)
            if grouped:
                item.add_marker(pytest.mark.xdist_group(name=self.nodeid))
            yield item

    def result(self, name: str) -> Result:
        """Return the result of a property; the first call checks all that were selected.

        That the file cannot be read fails one test; the others are skipped.
        """
        if self.results is None or name not in self.results:
            wanted = [item.name for item in self.session.items if item.parent is self]
            files = self.session_files
            options = replace(
                files.options_for(self.path), properties=tuple(dict.fromkeys([*wanted, name]))
            )
            self.results = results_of(
                self.path, options, policy=files.policy, known=files.known,
                baseline=files.settings.baseline, unknown_fails=files.unknown_fails,
                folder=self.config.invocation_params.dir, root=self.config.rootpath,
            )  # fmt: skip
        result = self.results[name]
        if result.unreadable:
            self.blamed = self.blamed or name
            if self.blamed != name:
                return replace(result, outcome="skipped")
        return result


class PropertyItem(pytest.Item):
    """One property of one workflow file."""

    line = 0

    @property
    def file(self) -> WorkflowFile:
        """The file."""
        assert isinstance(self.parent, WorkflowFile)
        return self.parent

    def runtest(self) -> None:
        """Pass where the property holds; else fail, skip or expect the failure, with its reason."""
        result = self.file.result(self.name)
        self.line = result.line
        vars(self).pop("location", None)  # it is asked for before the check, and kept
        self.user_properties += result.facts
        match result.outcome:
            case "passed":
                return
            case "skipped":
                pytest.skip(result.title)
            case "known":
                pytest.xfail(result.title)
            case "failed":
                raise FailedProperty(result.text)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return the run and what else a reader needs, without a traceback of this plug-in."""
        if not isinstance(excinfo.value, FailedProperty):
            return super().repr_failure(excinfo, style)
        shown = excinfo.getrepr(style="value")
        crash = getattr(shown, "reprcrash", None)
        if crash is not None:  # the place and the words of the short summary
            result = self.file.result(self.name)
            crash.path, crash.lineno, crash.message = self.file.shown, self.line + 1, result.title
        return shown

    def reportinfo(self) -> tuple[os.PathLike[str], int, str]:
        """Return the file and, once it was checked, the line of the element at fault."""
        return self.path, self.line, f"{self.name} in {self.file.shown}"


def _settings(config: pytest.Config) -> Settings:
    """Return the project's settings; what pytest's settings say takes the place of the base."""
    settings = settings_in(config.rootpath)
    names: list[str] = []
    for line in config.getini("netproof_properties"):
        names += split_items(line) if "(" in line else re.split(r"[\s,]+", line.strip(" ,"))
    if names:
        settings = replace(settings, properties=tuple(names))
    text: str = config.getini("netproof_budget_seconds")
    if not text:
        return settings
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 1e9:
        raise UsageError(f"netproof_budget_seconds is a positive number, not {text!r}")
    return replace(settings, budget_seconds=seconds)


def _choice(config: pytest.Config, name: str, known: tuple[str, ...]) -> str:
    value: str = config.getini(name)
    if value not in known:
        raise pytest.UsageError(f"netproof: {name} is {' or '.join(known)}, not {value!r}")
    return value


def _ini_folder(config: pytest.Config) -> Path:
    return config.rootpath if config.inipath is None else config.inipath.parent


def _files(patterns: Iterable[str], folder: Path, settings: Settings) -> list[str]:
    """Return the absolute paths of the files that patterns name, relative to a folder."""
    found: dict[str, None] = {}
    for pattern in patterns:
        path = os.path.join(folder, pattern)
        if not os.path.exists(path):
            path = os.path.join(glob.escape(str(folder)), pattern)
        try:
            matched = expand_inputs([path], exclude=settings.exclude)
        except UsageError:
            matched = []
        matched = [os.path.abspath(file) for file in matched if os.path.isfile(file)]
        if not matched:
            raise UsageError(f"no workflow file matches {pattern!r} in {folder}")
        found.update(dict.fromkeys(matched))
    return list(found)


def _argument(path: str, folder: Path) -> str:
    """Return a path as an argument of pytest, which reads brackets and colons in its own way."""
    near = os.path.relpath(path, folder) if path.startswith(str(folder) + os.sep) else path
    if "[" in near or "::" in near:
        raise pytest.UsageError(
            f"netproof: pytest cannot be called with the path {near!r}: call it with a folder "
            "above it, or give the file another name"
        )
    return near


def _within(path: str, places: Iterable[str]) -> bool:
    return any(path == place or path.startswith(place.rstrip(os.sep) + os.sep) for place in places)
