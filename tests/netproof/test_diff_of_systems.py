"""Differences of transition systems: told of states and steps."""

from __future__ import annotations

from pathlib import Path

import netproof
from netproof.difference.system_elements import SystemChanges
from transition_systems.lts import LTS
from transition_systems.readwrite.aut import write_aut
from translators.named_system import NamedSystem


def told(old: LTS, new: LTS) -> list[str]:
    changes = SystemChanges(NamedSystem(lts=old), NamedSystem(lts=new)).changes()
    return [f"{change.change}: {change.sentence()}" for change in changes]


def test_states_and_steps() -> None:
    old = LTS.from_arcs(3, [(0, "a", 1), (1, "b", 2), (2, None, 0)])
    new = LTS.from_arcs(4, [(0, "a", 1), (1, "c", 2), (2, None, 0), (2, "d. x", 3)])
    assert told(old, new) == [
        "removed: step “b” from s1 to s2",
        "added: state s3",
        "added: step “c” from s1 to s2",
        "added: step “d. x” from s2 to s3",
    ]
    assert told(old, old) == []


def test_ends_atoms_and_the_start() -> None:
    arcs = [(0, "a", 1), (1, "b", 2), (2, "c", 0)]
    old = LTS.from_arcs(3, arcs, atoms={"p": [True, False, False]})
    new = LTS.from_arcs(3, [(0, "a", 1), (1, "b", 0), (2, "c", 0)], initial=[1],
                        atoms={"p": [True, True, False]})  # fmt: skip
    assert told(old, new) == [
        "redirected: step “b”: from s1 to s2 → from s1 to s0",
        "attribute: atom p: holds in s0 → s0, s1",
        "attribute: the start: state s0 → s1",
    ]


def test_two_files(tmp_path: Path) -> None:
    files = [str(tmp_path / name) for name in ("old.aut", "new.aut")]
    write_aut(LTS.from_arcs(2, [(0, "pay", 1), (1, "ship", 0)]), files[0])
    write_aut(LTS.from_arcs(3, [(0, "pay", 1), (1, "ship", 0), (1, "{end}", 2)]), files[1])
    found = netproof.diff(*files)
    assert [verdict.property for verdict in found.verdicts] == ["deadlock", "no-dead-transitions"]
    assert found.verdicts[0].change == "worse"
    text = str(found)
    assert "step “{end}” from s1 to s2" in text
    for word in ("place", "transition ", "marking", " net "):
        assert word not in text, word
