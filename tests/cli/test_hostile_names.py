"""Names that files can have, options that stand anywhere, and outputs that are not UTF-8."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from command_line import called
from devtools import HANG, waited

pytestmark = pytest.mark.exhaustive

ROOT = Path(__file__).resolve().parent.parent.parent
STUCK = ROOT / "examples" / "invoice-deadlock.bpmn"


def netproof(
    *arguments: str, cwd: Path, **environment: str
) -> subprocess.CompletedProcess[bytes]:  # fmt: skip
    if not environment:
        return called(*arguments, cwd=cwd)
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        [sys.executable, "-m", "netproof", *arguments], cwd=cwd, capture_output=True,
        timeout=120, env={**os.environ, "PYTHONPATH": path, **environment},
    )  # fmt: skip


def test_two_dashes_end_the_options(tmp_path: Path) -> None:
    for name in ("-x.bpmn", "--exit-zero"):
        shutil.copy(STUCK, tmp_path / name)
        done = netproof("check", "--quiet", "--", name, cwd=tmp_path)
        assert done.returncode == 1, done.stderr
        assert name.encode() in done.stdout
    missing = netproof("check", "--", "-x.bpmn", "--exit-zero", "-no.bpmn", cwd=tmp_path)
    assert missing.returncode == 2


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are bytes there")
def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "h").mkdir()
    shutil.copy(STUCK, os.fsencode(tmp_path / "h") + b"/bad\xff.bpmn")
    shutil.copy(STUCK, tmp_path / "h" / "good.bpmn")
    kinds = ("json", "sarif", "markdown", "html", "junit", "github", "xes", "csv", "terminal")
    outputs = [word for kind in kinds for word in ("--output", f"{kind}=r.{kind}")]
    done = netproof("check", "h", *outputs, cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert b"Traceback" not in done.stderr
    for kind in kinds:
        assert (tmp_path / f"r.{kind}").stat().st_size > 100
    models = json.loads((tmp_path / "r.json").read_text("utf-8"))["models"]
    assert [len(model["verdicts"]) for model in models] == [5, 5]


def test_standard_output_that_is_not_unicode(tmp_path: Path) -> None:
    done = netproof("check", str(STUCK), cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert done.returncode == 1, done.stderr
    assert b"VIOLATED" in done.stdout


@pytest.mark.skipif(os.name != "posix", reason="no such names elsewhere")
def test_names_cannot_speak_for_the_program(tmp_path: Path) -> None:
    name = "a\n::error::pwn\x1b[31m.bpmn"
    shutil.copy(STUCK, tmp_path / name)
    (tmp_path / ("broken" + name)).write_text("<a")
    for output in ("terminal", "github", "markdown"):
        done = netproof("check", ".", "--output-format", output, cwd=tmp_path)
        text = (done.stdout + done.stderr).decode()
        assert "\x1b" not in text
        assert not any(line.startswith("::error::pwn") for line in text.splitlines())


def test_a_baseline_knows_files_outside_of_the_repository_apart(tmp_path: Path) -> None:
    for folder in ("a", "b", "repository"):
        (tmp_path / folder).mkdir()
    (tmp_path / "repository" / ".git").mkdir()
    for folder in ("a", "b"):
        shutil.copy(STUCK, tmp_path / folder / "x.bpmn")
    here = tmp_path / "repository"
    one, other = str(tmp_path / "a" / "x.bpmn"), str(tmp_path / "b" / "x.bpmn")
    assert netproof("check", one, "--write-baseline", "base.json", cwd=here).returncode == 0
    known = netproof("check", one, "--baseline", "base.json", "--quiet", cwd=here)
    assert known.returncode == 0
    assert b"known" in known.stdout
    assert b"soundness VIOLATED" in known.stdout
    assert b"0 good, 1 with nothing new" in known.stdout
    assert netproof("check", other, "--baseline", "base.json", cwd=here).returncode == 1
    assert str(tmp_path) not in (here / "base.json").read_text()


def test_usage_that_would_hide_something(tmp_path: Path) -> None:
    for arguments in (
        ("--output", "sarif=s", "--output", "junit=s"), ("--fail-on", ""), ("--fail-on", " , "),
    ):  # fmt: skip
        done = netproof("check", str(STUCK), *arguments, cwd=tmp_path)
        assert done.returncode == 2
        assert done.stderr.count(b"\n") == 1


# The worker process leaves a mark when the second file begins: the first one was heard of then.
SIGNALLED = """
import pathlib
import netproof.guarded as guarded
plain = guarded.check_path
def check_path(source, options, **given):
    if "0001" in source:
        pathlib.Path({mark!r}).touch()
    return plain(source, options, **given)
guarded.check_path = check_path
"""


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_being_asked_to_end_keeps_what_was_done(tmp_path: Path) -> None:
    for number in range(2_000):
        shutil.copy(STUCK, tmp_path / f"{number:04}.bpmn")
    hook, mark = tmp_path / "hook", tmp_path / "mark"
    hook.mkdir()
    (hook / "sitecustomize.py").write_text(SIGNALLED.format(mark=str(mark)))
    path = os.pathsep.join([str(hook), str(ROOT), os.environ.get("PYTHONPATH", "")])
    child = subprocess.Popen(
        [sys.executable, "-m", "netproof", "check", ".", "--output", "json=r.json", "--quiet"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip
    waited("the second file", mark.exists)
    child.terminate()
    _, stderr = child.communicate(timeout=HANG)
    assert child.returncode == 143
    assert b"Traceback" not in stderr
    models = json.loads((tmp_path / "r.json").read_text())["models"]
    assert len(models) == 2_000
    assert models[0]["verdicts"][0]["outcome"] == "VIOLATED"
