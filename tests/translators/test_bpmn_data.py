"""The real files named by NETPROOF_DATA: all are read, and mutations of them never crash."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from transition_systems.errors import InputError
from translators.bpmn import detect, parse_bpmn, read_bpmn
from translators_support import check_consistent, mutated

FOLDER = os.environ.get("NETPROOF_DATA")

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(FOLDER is None, reason="NETPROOF_DATA is not set"),
]


def files() -> list[Path]:
    folder = Path(FOLDER or ".") / "bpmn"
    found = [path for path in folder.rglob("*") if path.suffix in (".bpmn", ".bpmn2", ".xml")]
    return sorted(found)


def test_all_files_are_read_consistently() -> None:
    paths = files()
    assert len(paths) == 200
    refused: list[str] = []
    for path in paths:
        assert detect(path.read_bytes()[:65_536]), path
        result = read_bpmn(path)
        check_consistent(result)
        assert result.graph.nodes, path
        if result.ledger.refused:
            refused.append(path.name)
    assert refused == ["nonSchemaConformantXml.bpmn20.xml"]


def test_every_written_flow_is_in_the_graph_or_in_the_ledger() -> None:
    for path in files():
        result = read_bpmn(path)
        written = path.read_text(encoding="utf-8").count("sequenceFlow ")
        dropped = [e for e in result.ledger.entries if e.note and e.note.startswith("dropped")]
        assert len(result.graph.flows) + len(dropped) <= written
        assert len(result.graph.flows) > 0


def test_mutations_of_real_files() -> None:
    random_ = random.Random(7)
    paths = [path for path in files() if path.stat().st_size < 60_000]
    for number in range(300):
        data = mutated(paths[number % len(paths)].read_bytes(), random_)
        try:
            result = parse_bpmn(data)
        except InputError:
            continue
        check_consistent(result)
