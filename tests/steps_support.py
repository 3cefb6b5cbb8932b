"""Runs the ``run`` steps of an action or a workflow as GitHub's runner does, without a network.

Expressions are replaced by a small reader of just the few forms that the files use; what it does
not know is an error, so that nothing passes unseen.
"""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
SHELL = ["bash", "--noprofile", "--norc", "-eo", "pipefail"]


@dataclass
class Runner:
    """One job: its folder, its inputs, what steps have put out."""

    folder: Path
    workspace: Path
    inputs: Mapping[str, str] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    summary: str = ""
    log: str = ""
    failed: int | None = None

    def value(self, expression: str) -> str:
        """The value of ``inputs.x``, ``steps.a.outputs.b`` or ``github.action_path``."""
        if match := re.fullmatch(r"inputs\.([\w-]+)", expression):
            return self.inputs[match[1]]
        if match := re.fullmatch(r"steps\.([\w-]+)\.outputs\.([\w-]+)", expression):
            return self.outputs.get(match[1], {}).get(match[2], "")
        if expression == "github.action_path":
            return str(ROOT)
        raise AssertionError(f"an expression that this runner does not know: {expression}")

    def filled(self, text: str) -> str:
        return EXPRESSION.sub(lambda match: self.value(match[1]), str(text))

    def wanted(self, condition: str | None) -> bool:
        """Whether a step is run: comparisons with a literal, ``always()``, joined by ``&&``."""
        parts = [] if condition is None else condition.split(" && ")
        if "always()" not in parts and self.failed is not None:
            return False
        return all(self._part(part) for part in parts)

    def _part(self, part: str) -> bool:
        if part == "always()":
            return True
        if match := re.fullmatch(r"hashFiles\('([\w.]+)'\) != ''", part):
            return (self.workspace / match[1]).is_file()
        match = re.fullmatch(r"(\S+) (==|!=) '([\w-]*)'", part)
        assert match is not None, f"a condition that this runner does not know: {part}"
        return (self.value(match[1]) == match[3]) == (match[2] == "==")

    def play(
        self, steps: list[dict[str, Any]], uses: Callable[[dict[str, Any]], dict[str, str]]
    ) -> None:
        """Run the steps; ``uses`` stands for the actions of others and returns their outputs."""
        for number, step in enumerate(steps):
            if not self.wanted(step.get("if")):
                continue
            if "uses" in step:
                given = {**step, "with": {k: self.filled(v) for k, v in step["with"].items()}}
                self.outputs[step.get("id", str(number))] = uses(given)
                continue
            self._run(step, number)

    def _run(self, step: dict[str, Any], number: int) -> None:
        name = step.get("id", str(number))
        script, out, summary = (self.folder / f"{kind}-{number}" for kind in ("run", "out", "sum"))
        script.write_text(step["run"], encoding="utf-8")
        out.touch()
        summary.touch()
        temp = self.folder / "temp"
        temp.mkdir(exist_ok=True)
        env = {
            "PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C.UTF-8",
            "GITHUB_OUTPUT": str(out), "GITHUB_STEP_SUMMARY": str(summary),
            "RUNNER_TEMP": str(temp), "RUNNER_OS": "Linux", **self.env,
            **{key: self.filled(value) for key, value in step.get("env", {}).items()},
        }  # fmt: skip
        done = subprocess.run(
            [*SHELL, str(script)], cwd=self.workspace, env=env, text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            encoding="utf-8",
        )  # fmt: skip
        self.log += done.stdout
        self.summary += summary.read_text(encoding="utf-8")
        rows = (line.partition("=") for line in out.read_text(encoding="utf-8").splitlines())
        self.outputs[name] = {key: value for key, _, value in rows}
        if done.returncode:
            self.failed = done.returncode


def executable(path: Path, text: str) -> Path:
    """Write a program."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def harmless(folder: Path) -> Path:
    """A folder for the PATH in which ``sudo`` and ``apt-get`` only note how they were called."""
    note = f'#!/bin/sh\necho "$(basename "$0") $*" >>"{folder}/calls"\n'
    executable(folder / "sudo", note + 'exec "$@"\n')
    executable(folder / "apt-get", note)
    return folder


def wheel_of_here(folder: Path) -> Path:
    """A wheel whose installation is this checkout with the packages of this Python: no network."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "netproof-0+here-py3-none-any.whl"
    info = "netproof-0+here.dist-info"
    places = dict.fromkeys([str(ROOT), *(sysconfig.get_path(n) for n in ("purelib", "platlib"))])
    places |= dict.fromkeys(place for place in sys.path if place.endswith("-packages"))
    files = {
        "netproof_here.pth": "\n".join(places) + "\n",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: netproof\nVersion: 0+here\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": "[console_scripts]\nnetproof = netproof.__main__:main\n",
    }
    record = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in {**files, f"{info}/RECORD": record}.items():
            archive.writestr(name, text)
    return path
