"""Settings: ``[tool.netproof]`` in ``pyproject.toml``, or ``netproof.toml``, then the arguments."""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Literal

from netproof.checking import DEFAULT_SECONDS, CheckOptions
from netproof.properties import read_as
from netproof.report.policy import split_items
from transition_systems.errors import InputError, UsageError
from transition_systems.properties.names import nearest_names
from transition_systems.source_span import SourceSpan

__all__ = ["PathSettings", "Settings", "load_settings", "settings_for", "settings_in"]

KEYS: dict[str, type | tuple[type, ...]] = {
    "properties": list,
    "budget-seconds": (int, float),
    "budget-states": int,
    "starts": str,
    "jobs": int,
    "exclude": list,
    "fail-on": list,
    "warn-on": list,
    "baseline": str,
    "recheck": bool,
    "paths": list,
}
PATH_KEYS = ("match", "properties", "budget-seconds", "budget-states", "starts")


@dataclass(frozen=True, slots=True, kw_only=True)
class PathSettings:
    """What is different for the paths that match a pattern."""

    match: str
    properties: tuple[str, ...] | None = None
    budget_seconds: float | None = None
    budget_states: int | None = None
    starts: Literal["one", "all"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings in force."""

    properties: tuple[str, ...] = ()
    budget_seconds: float = DEFAULT_SECONDS
    budget_states: int | None = None
    starts: Literal["one", "all"] = "one"
    jobs: int = 1
    exclude: tuple[str, ...] = ()
    fail_on: tuple[str, ...] = ("violated", "unknown", "error")
    warn_on: tuple[str, ...] = ()
    baseline: str | None = None
    recheck: bool = True
    format: str | None = None
    paths: tuple[PathSettings, ...] = ()
    source: str | None = None

    def check_options(self) -> CheckOptions:
        """Return the options of a check without what is particular to a path."""
        return CheckOptions(
            properties=self.properties, seconds=self.budget_seconds, states=self.budget_states,
            starts=self.starts, format=self.format, recheck=self.recheck,
        )  # fmt: skip

    def to_toml(self) -> str:
        """Return the settings as TOML, with a comment on where they come from."""
        where = self.source or "no configuration file; defaults and arguments"
        lines = [f"# {where}", f"properties = {_toml(list(self.properties))}"]
        lines.append(f"budget-seconds = {self.budget_seconds}")
        if self.budget_states is not None:
            lines.append(f"budget-states = {self.budget_states}")
        lines += [
            f"starts = {_toml(self.starts)}", f"jobs = {self.jobs}",
            f"exclude = {_toml(list(self.exclude))}", f"fail-on = {_toml(list(self.fail_on))}",
            f"warn-on = {_toml(list(self.warn_on))}", f"recheck = {_toml(self.recheck)}",
        ]  # fmt: skip
        if self.baseline is not None:
            lines.append(f"baseline = {_toml(self.baseline)}")
        for path in self.paths:
            lines += ["", "[[paths]]", f"match = {_toml(path.match)}"]
            for key in ("properties", "budget_seconds", "budget_states", "starts"):
                value = getattr(path, key)
                if value is not None:
                    shown = list(value) if isinstance(value, tuple) else value
                    lines.append(f"{key.replace('_', '-')} = {_toml(shown)}")
        return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return str(value)


def load_settings(arguments: argparse.Namespace) -> Settings:
    """Return the settings of the nearest configuration file, overridden by the arguments.

    Raises
    ------
    InputError
        For a file that is no TOML, an unknown key (with the nearest), or a value of a wrong type.
    """
    settings = Settings() if arguments.no_config else settings_in(Path.cwd())
    changes: dict[str, Any] = {"format": arguments.format}
    if arguments.properties:
        changes["properties"] = tuple(arguments.properties)
        changes["paths"] = tuple(replace(p, properties=None) for p in settings.paths)
    if arguments.budget_seconds is not None:
        changes["budget_seconds"] = arguments.budget_seconds
        base = changes.get("paths", settings.paths)
        changes["paths"] = tuple(replace(p, budget_seconds=None) for p in base)
    for name in ("budget_states", "starts", "jobs"):
        if getattr(arguments, name) is not None:
            changes[name] = getattr(arguments, name)
    if arguments.exclude:
        changes["exclude"] = settings.exclude + tuple(arguments.exclude)
    for name in ("fail_on", "warn_on"):
        if getattr(arguments, name) is not None:
            changes[name] = split_items(getattr(arguments, name))
            if name == "fail_on" and not changes[name]:
                raise UsageError("--fail-on names nothing; --exit-zero lets nothing fail")
    if arguments.baseline is not None:
        changes["baseline"] = arguments.baseline
    if arguments.no_recheck:
        changes["recheck"] = False
    return _read_as(replace(settings, **changes), arguments)


def _read_as(settings: Settings, arguments: argparse.Namespace) -> Settings:
    """Return the settings with the formulas as ``--weak`` and ``--fairness`` want them read."""
    if not arguments.weak and arguments.fairness is None:
        return settings

    def read(texts: tuple[str, ...]) -> tuple[str, ...]:
        fairness = None if arguments.fairness is None else f"{arguments.fairness}-fairness"
        return tuple(read_as(text, weak=arguments.weak, fairness=fairness) for text in texts)

    paths = [
        path if path.properties is None else replace(path, properties=read(path.properties))
        for path in settings.paths
    ]
    return replace(settings, properties=read(settings.properties), paths=tuple(paths))


def settings_for(settings: Settings, source: str) -> CheckOptions:
    """Return the options for one path; later patterns win."""
    options = settings.check_options()
    for path in settings.paths:
        if not fnmatch(source.replace("\\", "/"), path.match):
            continue
        options = replace(
            options,
            properties=options.properties if path.properties is None else path.properties,
            seconds=options.seconds if path.budget_seconds is None else path.budget_seconds,
            states=options.states if path.budget_states is None else path.budget_states,
            starts=options.starts if path.starts is None else path.starts,
        )
    return options


def settings_in(folder: Path) -> Settings:
    """Return the settings of the configuration file nearest to a folder, upwards; or the defaults.

    Raises
    ------
    InputError
        As for :func:`load_settings`.
    """
    for place in (folder, *folder.parents):
        own = place / "netproof.toml"
        if own.is_file():
            return _placed(_settings(_read(own), str(own)), place)
        project = place / "pyproject.toml"
        if project.is_file():
            table = _read(project).get("tool", {})
            if isinstance(table, dict) and "netproof" in table:
                found = _settings(table["netproof"], f"{project} [tool.netproof]")
                return _placed(found, place)
            return Settings()
    return Settings()


def _placed(settings: Settings, folder: Path) -> Settings:
    """Return the settings with the baseline's path relative to the configuration file."""
    if settings.baseline is None:
        return settings
    return replace(settings, baseline=str(folder / settings.baseline))


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(
            f"the configuration cannot be read: {error}", span=SourceSpan(file=str(path))
        ) from error


def _settings(table: Any, source: str) -> Settings:
    _check_keys(table, KEYS, source)
    values: dict[str, Any] = {key.replace("-", "_"): value for key, value in table.items()}
    for key in ("properties", "exclude", "fail_on", "warn_on"):
        if key in values:
            values[key] = _strings(values[key], key, source)
    if values.get("starts", "one") not in ("one", "all"):
        raise InputError("starts is 'one' or 'all'", span=SourceSpan(file=source))
    paths: list[PathSettings] = []
    for entry in values.pop("paths", []):
        _check_keys(entry, {key: KEYS.get(key, str) for key in PATH_KEYS}, source)
        if "match" not in entry:
            raise InputError("an entry of paths needs a match", span=SourceSpan(file=source))
        data = {key.replace("-", "_"): value for key, value in entry.items()}
        if "properties" in data:
            data["properties"] = _strings(data["properties"], "properties", source)
        paths.append(PathSettings(**data))
    if "budget_seconds" in values:
        values["budget_seconds"] = float(values["budget_seconds"])
    return Settings(**values, paths=tuple(paths), source=source)


def _check_keys(table: Any, known: Mapping[str, type | tuple[type, ...]], source: str) -> None:
    if not isinstance(table, dict):
        raise InputError("a table was expected", span=SourceSpan(file=source), found=repr(table))
    for key, value in table.items():
        if key not in known:
            close = nearest_names(key, known)
            mend = f"Did you mean {close[0]}?" if close else f"Known: {', '.join(known)}."
            raise InputError(f"unknown key {key!r}", span=SourceSpan(file=source), mend=mend)
        kind = known[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise InputError(
                f"the value of {key} is of a wrong type", span=SourceSpan(file=source),
                found=type(value).__name__,
            )  # fmt: skip


def _strings(value: Any, key: str, source: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise UsageError(f"{source}: {key} is a list of strings")
    return tuple(value)
