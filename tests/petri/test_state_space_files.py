"""Searches in folders: what is written, what is forgotten, what is noticed, who may go on."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from petri.net import PetriNet
from petri.state_space import folder_lock, level_files, levels, narrow_search, search
from petri.state_space.exploring_packed import state_space
from petri.state_space.level_files import LevelFiles
from petri.state_space.levels import LevelStore
from state_space_nets import kanban, moved, philosophers, ring
from transition_systems.budget import Budget
from transition_systems.errors import UsageError
from transition_systems.progress import Progress

ROOT = Path(__file__).parents[2]


def figures(net: PetriNet, folder: Path | None, **limits: Any) -> tuple[int, ...]:
    space = state_space(net, spill=folder, budget=Budget(**limits))
    return (
        space.n_states, space.n_arcs, space.deadlocks, space.max_tokens_in_place,
        space.max_tokens_in_marking, space.depth, int(space.complete),
    )  # fmt: skip


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write small parts into small segments, and a manifest after each."""
    monkeypatch.setattr(levels, "WAITING", 200)
    monkeypatch.setattr(levels, "SECONDS", 0.0)
    monkeypatch.setattr(level_files, "SEGMENT", 3_000)
    monkeypatch.setattr(narrow_search, "STRETCH", 20)
    monkeypatch.setattr(narrow_search, "LOOK", 20)
    monkeypatch.setattr(search, "FLUSH", 1 << 8)


def test_levels_share_files_and_the_disk_is_seldom_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: Counter[str] = Counter()
    wait = os.fsync

    def counted(descriptor: int) -> None:
        calls["fsync"] += 1
        wait(descriptor)

    monkeypatch.setattr(os, "fsync", counted)
    monkeypatch.setattr(levels, "SECONDS", 1e9)
    for worth in (0.0, 1.0):  # with arrays each level is added alone
        monkeypatch.setattr(narrow_search, "WORTH", worth)
        calls.clear()
        folder = tmp_path / str(worth)
        assert figures(moved(1_500), folder) == (1_501, 1_500, 1, 1_500, 1_500, 1_500, 1)
        assert len([*folder.iterdir()]) <= 4
        assert calls["fsync"] <= 20
        assert figures(moved(1_500), folder) == (1_501, 1_500, 1, 1_500, 1_500, 1_500, 1)


@pytest.mark.usefixtures("often")
@pytest.mark.parametrize("worth", [0.0, 0.3, 1.0])
def test_a_search_that_was_cut_off_anywhere_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, worth: float
) -> None:
    """Whatever the folder holds before and after each write is a prefix to go on from."""
    monkeypatch.setattr(narrow_search, "WORTH", worth)
    copies: list[Path] = []
    folder = tmp_path / "folder"

    def watched(old: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*values: Any) -> Any:
            if len(copies) < 400:
                copies.append(tmp_path / f"copy{len(copies)}")
                shutil.copytree(folder, copies[-1])
            return old(*values)

        return wrapper

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", watched(os.replace))
        patch.setattr(os, "fsync", watched(os.fsync))
        patch.setattr(LevelFiles, "append", watched(LevelFiles.append))
        patch.setattr(LevelFiles, "append_widths", watched(LevelFiles.append_widths))
        patch.setattr(LevelFiles, "remove_others", watched(LevelFiles.remove_others))
        expected = figures(philosophers(6), folder)
    monkeypatch.setattr(levels, "SECONDS", 1e9)
    assert len(copies) > 30
    for copy in copies:
        assert figures(philosophers(6), copy) == expected


def test_the_disk_has_the_data_before_the_manifest_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dirty: set[str] = set()
    named: list[set[str]] = []
    append, sync, replace = level_files._Growing.append, level_files._Growing.sync, os.replace

    def appended(self: Any, data: Any) -> None:
        dirty.add(self.path.name)
        append(self, data)

    def synced(self: Any) -> None:
        sync(self)
        dirty.discard(self.path.name)

    def replaced(old: Any, new: Any) -> None:
        named.append(set(dirty))
        replace(old, new)

    monkeypatch.setattr(level_files._Growing, "append", appended)
    monkeypatch.setattr(level_files._Growing, "sync", synced)
    monkeypatch.setattr(os, "replace", replaced)
    monkeypatch.setattr(levels, "SECONDS", 0.0)
    figures(kanban(2), tmp_path)
    assert len(named) > 2
    assert not any(named)


@pytest.mark.usefixtures("often")
@pytest.mark.parametrize("net", [moved(700), kanban(2), philosophers(7)])
def test_budgets_and_folders_in_turns(net: PetriNet, tmp_path: Path) -> None:
    whole = figures(net, None)
    for states in (1, 30, 200, 650, 900):
        part = figures(net, tmp_path, states=states)
        assert not part[-1] or part == whole
    assert figures(net, tmp_path) == whole
    assert figures(net, tmp_path) == whole


def test_an_interruption_keeps_what_was_found(tmp_path: Path) -> None:
    class Asked(KeyboardInterrupt):
        pass

    def impatient(told: Progress) -> None:
        if told.states > 20_000:
            raise Asked

    for net in (kanban(3), moved(60_000)):
        folder = tmp_path / net.place_ids[0]
        with pytest.raises(Asked):
            state_space(net, spill=folder, progress=impatient)
        said = json.loads((folder / "search.json").read_text())
        assert sum(size for size, _ in said["files"]["segments"]) > 8 * 8_000
        assert figures(net, folder) == figures(net, None)


def flipped(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 0x10
    path.write_bytes(data)


@pytest.mark.parametrize("name", ["states-0-0000.bin", "widths-0.bin", "search.json"])
def test_damage_is_noticed(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "good"
    figures(philosophers(5), folder)
    size = (folder / name).stat().st_size
    for at in (0, size // 3, size // 2, size - 2):
        bad = tmp_path / f"bad{at}"
        shutil.copytree(folder, bad)
        flipped(bad / name, at)
        with pytest.raises(UsageError, match="search anew"):
            state_space(philosophers(5), spill=bad)
    for change in (lambda path: os.truncate(path, size - 1), lambda path: path.unlink()):
        bad = tmp_path / f"cut{len([*tmp_path.iterdir()])}"
        shutil.copytree(folder, bad)
        change(bad / name)
        if name == "search.json" and not (bad / name).exists():
            assert figures(philosophers(5), bad) == figures(philosophers(5), None)
            continue
        with pytest.raises(UsageError, match=rf"{'search' if 'json' in name else name}"):
            state_space(philosophers(5), spill=bad)


def test_what_the_manifest_does_not_name_is_forgotten(tmp_path: Path) -> None:
    part = figures(philosophers(6), tmp_path, states=100)
    assert not part[-1]
    for name in ("states-0-0000.bin", "widths-0.bin"):
        with (tmp_path / name).open("ab") as file:
            file.write(b"half a level")
    (tmp_path / "states-0-0001.bin").write_bytes(b"of a segment that was begun")
    (tmp_path / "states-1-0000.bin").write_bytes(b"of another layout")
    assert figures(philosophers(6), tmp_path) == figures(philosophers(6), None)
    assert not (tmp_path / "states-1-0000.bin").exists()


def test_folders_of_the_first_format_are_refused(tmp_path: Path) -> None:
    old = {"format": "netproof/search/1", "generation": 0, "shapes": [[1, 1]], "net": ""}
    (tmp_path / "search.json").write_text(json.dumps(old))
    with pytest.raises(UsageError, match=r"another version.*search/1.*search anew"):
        state_space(kanban(1), spill=tmp_path)


def test_one_search_at_a_time(tmp_path: Path) -> None:
    held = LevelStore(tmp_path)
    with pytest.raises(UsageError, match=f"another search is going on in .*process {os.getpid()}"):
        state_space(kanban(1), spill=tmp_path)
    held.close()
    assert figures(kanban(1), tmp_path)[0] == 160
    assert figures(kanban(1), tmp_path)[0] == 160


def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\nfrom pathlib import Path\n"
        "from petri.state_space.levels import LevelStore\n"
        f"store = LevelStore(Path({str(tmp_path)!r})); print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(UsageError, match=f"process {process.pid} on .*give another folder"):
            LevelStore(tmp_path)
        process.send_signal(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
        process.wait()
    LevelStore(tmp_path).close()


def test_file_systems_without_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: int) -> None:
        raise OSError(errno.ENOLCK, "no locks here")

    monkeypatch.setattr(folder_lock, "_lock", missing)
    owner = tmp_path / "search.owner"
    held = LevelStore(tmp_path)
    assert owner.read_text() == f"{os.getpid()} on {socket.gethostname()}"
    with pytest.raises(UsageError, match="another search"):
        LevelStore(tmp_path)
    held.close()
    assert not owner.exists()
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    owner.write_text(f"{ended.pid} on {socket.gethostname()}")
    LevelStore(tmp_path).close()
    owner.write_text(f"{ended.pid} on some.other.machine")
    with pytest.raises(UsageError, match=r"some\.other\.machine"):
        LevelStore(tmp_path)


def test_files_of_others_are_left_alone(tmp_path: Path) -> None:
    names = (
        "states-2024-01.bin", "states-of-mine.bin", "widths-door.bin", "run-1.tmp", "notes.txt",
    )  # fmt: skip
    for name in names:
        (tmp_path / name).write_text(name)
    for _ in range(2):
        assert state_space(ring(5, 2), spill=tmp_path).complete
    assert all((tmp_path / name).read_text() == name for name in names)


def test_a_file_in_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "net").write_text("")
    with pytest.raises(UsageError, match="is a file; the levels are kept in a folder"):
        state_space(ring(5, 2), spill=tmp_path / "net")


@pytest.mark.parametrize("text", ["{", "[]", "null", "{}"])
def test_a_manifest_that_is_none_is_damaged(tmp_path: Path, text: str) -> None:
    state_space(ring(5, 2), spill=tmp_path)
    (tmp_path / "search.json").write_text(text)
    with pytest.raises(UsageError, match=r"search\.json is damaged") as raised:
        state_space(ring(5, 2), spill=tmp_path)
    assert str(raised.value).count("give another folder") == 1


def test_a_folder_of_another_net_is_told_once(tmp_path: Path) -> None:
    state_space(ring(5, 2), spill=tmp_path)
    with pytest.raises(UsageError, match="holds the search of another net") as raised:
        state_space(ring(6, 2), spill=tmp_path)
    assert str(raised.value).count("give another folder") == 1
