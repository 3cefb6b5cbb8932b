"""The typing examples run under mypy and pyright, strictly."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

pytestmark = pytest.mark.exhaustive

ROOT = Path(__file__).parents[2]
USAGE = Path(__file__).with_name("usage.py")


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_the_typing_examples(checker: str) -> None:
    if find_spec(checker) is None:
        pytest.skip(f"{checker} is not installed (the extra 'dev')")
    options = ["--strict"] if checker == "mypy" else []
    done = subprocess.run(
        [sys.executable, "-m", checker, *options, str(USAGE)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
