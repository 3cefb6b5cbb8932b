"""The hook in a scratch repository, run by the real pre-commit."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from steps_support import ROOT, executable

pytestmark = pytest.mark.exhaustive

HOOKS = ROOT / ".pre-commit-hooks.yaml"
EXAMPLES = ROOT / "examples"

pytest.importorskip("pre_commit")
if shutil.which("git") is None:
    pytest.skip("git is not installed", allow_module_level=True)


def hook() -> dict[str, Any]:
    (found,) = YAML(typ="safe", pure=True).load(HOOKS.read_text("utf-8"))
    return dict(found)


def environment(home: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "PRE_COMMIT"))}
    who = {
        f"GIT_{r}_{f}": f"a{'@b.c' if f == 'EMAIL' else ''}"
        for r in ("AUTHOR", "COMMITTER")
        for f in ("NAME", "EMAIL")
    }
    return {
        **kept, **who, "HOME": str(home), "PRE_COMMIT_HOME": str(home / "store"),
        "GIT_CONFIG_NOSYSTEM": "1", "PRE_COMMIT_COLOR": "never", "NO_COLOR": "1",
    }  # fmt: skip


def call(folder: Path, env: Mapping[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, env=dict(env), capture_output=True, text=True, check=False,
        encoding="utf-8",
    )  # fmt: skip


def repository(folder: Path, env: Mapping[str, str], files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "first", "--no-verify"]):
        done = call(folder, env, "git", *command)
        assert done.returncode == 0, done.stderr
    return folder


def example(name: str) -> str:
    return (EXAMPLES / name).read_text("utf-8")


@pytest.fixture
def scratch(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """A repository with good workflows of three kinds, and files that are none."""
    env = environment(tmp_path)
    work = tmp_path / "work"
    work.mkdir()
    data = YAML(typ="safe", pure=True).load(example("document-approval.yaml"))
    files = {
        "models/an order.bpmn": example("order-process.bpmn"),
        "approval.workflow.json": json.dumps(data),
        "approval.workflow.yaml": example("document-approval.yaml"),
        "other.yaml": "a: 1\n",
        "notes.txt": "bpmn\n",
    }
    return repository(work, env, files), env


@pytest.fixture
def hooks(tmp_path: Path) -> Path:
    """A repository with the hook as it is published, run by this Python instead of a new one."""
    text = HOOKS.read_text("utf-8")
    program = executable(
        tmp_path / "bin" / "netproof",
        f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(ROOT)!r})\n"
        "from netproof.__main__ import main\nsys.exit(main())\n",
    )
    for old, new in (
        ("language: python", "language: system"),
        ("netproof check", f"{program} check"),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    folder = tmp_path / "hooks"
    folder.mkdir()
    return repository(folder, environment(tmp_path), {HOOKS.name: text})


def try_repo(folder: Path, env: Mapping[str, str], hooks: Path) -> subprocess.CompletedProcess[str]:
    return call(
        folder, env, sys.executable, "-m", "pre_commit", "try-repo", str(hooks), "netproof",
        "--all-files", "--verbose",
    )  # fmt: skip


def test_the_manifest_is_valid_and_a_broken_one_is_not(tmp_path: Path) -> None:
    env = environment(tmp_path)
    command = (sys.executable, "-m", "pre_commit", "validate-manifest")
    assert call(ROOT, env, *command, str(HOOKS)).returncode == 0
    broken = tmp_path / "broken.yaml"
    broken.write_text(HOOKS.read_text("utf-8").replace("entry:", "entrance:"))
    assert call(ROOT, env, *command, str(broken)).returncode == 1


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("a.bpmn", True), ("b/a.BPMN", True), ("a.bpmn2", True), ("a.bpmn20.xml", True),
        ("net.pnml", True), ("a.workflow.json", True), ("a.workflow.yaml", True),
        ("a.workflow.yml", True), (".github/workflows/ci.yml", False), ("a.json", False),
        ("workflow.json", False), ("abpmn", False), ("a.bpmn.png", False), ("a.xml", False),
    ],
)  # fmt: skip
def test_the_files_that_the_hook_takes(name: str, taken: bool) -> None:
    assert (re.search(hook()["files"], name) is not None) == taken


def test_good_files_pass_in_one_call(scratch: tuple[Path, dict[str, str]], hooks: Path) -> None:
    done = try_repo(*scratch, hooks)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Passed" in done.stdout
    assert done.stdout.count("3 files: 3 good") == 1


def test_a_violation_fails_and_shows_the_run(
    scratch: tuple[Path, dict[str, str]], hooks: Path
) -> None:
    folder, env = scratch
    (folder / "models" / "bad invoice.bpmn").write_text(example("invoice-deadlock.bpmn"))
    call(folder, env, "git", "add", "-A")
    done = try_repo(folder, env, hooks)
    assert done.returncode == 1
    assert "exit code: 1" in done.stdout
    assert "models/bad invoice.bpmn" in done.stdout
    assert "start event “Invoice arrived” occurs  (line 10)" in done.stdout
    assert "4 files: 3 good, 1 violated" in done.stdout
    assert "an order.bpmn" not in done.stdout


def test_without_a_workflow_there_is_nothing_to_do(tmp_path: Path, hooks: Path) -> None:
    env = environment(tmp_path)
    folder = tmp_path / "plain"
    folder.mkdir()
    repository(folder, env, {"other.yaml": "a: 1\n"})
    done = try_repo(folder, env, hooks)
    assert done.returncode == 0
    assert "no files to check" in done.stdout


def test_the_hook_stops_a_commit(scratch: tuple[Path, dict[str, str]], hooks: Path) -> None:
    """As in daily work: a configuration, ``pre-commit install``, and a commit of a bad file."""
    folder, env = scratch
    rev = call(hooks, env, "git", "rev-parse", "HEAD").stdout.strip()
    (folder / ".pre-commit-config.yaml").write_text(
        f"repos:\n- repo: {hooks}\n  rev: {rev}\n  hooks:\n  - id: netproof\n"
        "    args: [--property, deadlock]\n"
    )
    done = call(folder, env, sys.executable, "-m", "pre_commit", "install")
    assert done.returncode == 0, done.stdout + done.stderr
    (folder / "bad.bpmn").write_text(example("invoice-deadlock.bpmn"))
    call(folder, env, "git", "add", "-A")
    done = call(folder, env, "git", "commit", "-m", "bad")
    told = done.stdout + done.stderr
    assert done.returncode == 1, told
    assert "✗ VIOLATED deadlock" in told
    assert "soundness" not in told
    call(folder, env, "git", "rm", "-q", "--cached", "bad.bpmn")
    done = call(folder, env, "git", "commit", "-m", "good")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.campaign
def test_the_hook_as_published_in_an_environment_of_its_own(
    scratch: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    """Needs the package index: pre-commit clones this repository and installs it."""
    folder, env = scratch
    clone = tmp_path / "clone"
    done = call(tmp_path, env, "git", "clone", "-q", "--no-hardlinks", str(ROOT), str(clone))
    assert done.returncode == 0, done.stderr
    shutil.copy(HOOKS, clone)
    call(clone, env, "git", "add", "-A")
    call(clone, env, "git", "commit", "-q", "-m", "hook")
    done = try_repo(folder, env, clone)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 files: 3 good" in done.stdout
