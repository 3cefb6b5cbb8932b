"""The term and the net of a workflow behave alike: by hand, at random, and on real files."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from random_workflows import random_workflow
from term_systems import net_lts, process_lts, same
from transition_systems.errors import UnsupportedError
from translators.formats import detect_format
from translators.to_process import (
    workflow_to_process,
)
from workflow_cases import CASES
from workflow_text import drawn

EXAMPLES = Path(__file__).parents[2] / "examples"
FOLDER = os.environ.get("NETPROOF_DATA")


@pytest.mark.parametrize("name", CASES)
def test_the_net_behaves_alike(name: str) -> None:
    case = CASES[name]
    graph = drawn(case.text)
    options = {key: value for key, value in case.options.items() if key != "capacity"}
    other = net_lts(graph, **options)
    assert other is not None
    assert same(process_lts(graph, **case.options), other) == ""


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.*")), ids=lambda path: path.name)
@pytest.mark.parametrize("starts", ["one", "all"])
def test_examples_behave_alike(path: Path, starts: str) -> None:
    if path.suffix == ".md":
        pytest.skip("no workflow")
    graph = detect_format(path.read_bytes()).read(path).graph
    other = net_lts(graph, starts=starts)
    assert other is not None
    assert same(process_lts(graph, capacity=2, starts=starts), other) == ""


def test_random_workflows_behave_alike() -> None:
    counts: Counter[str] = Counter()
    for seed in range(400):
        text = random_workflow(seed)
        graph = drawn(text)
        other = net_lts(graph)
        if other is None:
            counts["large for the net"] += 1
            continue
        try:
            mine = process_lts(graph, capacity=3)
        except UnsupportedError:
            counts["unbounded or refused"] += 1
            continue
        difference = same(mine, other)
        assert difference == "", f"seed {seed}: {difference}\n{text}"
        counts["alike"] += 1
    assert counts["alike"] > 350


@pytest.mark.data
@pytest.mark.skipif(FOLDER is None, reason="NETPROOF_DATA is not set")
def test_real_files_behave_alike() -> None:
    counts: Counter[str] = Counter()
    for path in sorted((Path(FOLDER or ".") / "bpmn").rglob("*")):
        if path.suffix not in (".bpmn", ".bpmn2", ".xml"):
            continue
        graph = detect_format(path.read_bytes()).read(path).graph
        other = net_lts(graph)
        if other is None or workflow_to_process(graph).refused:
            counts["none"] += 1
            continue
        difference = same(process_lts(graph, capacity=4), other)
        assert difference == "", f"{path.name}: {difference}"
        counts["alike"] += 1
    assert counts["alike"] >= 175
