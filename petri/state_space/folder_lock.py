"""One process for each folder: a lock that ends with the process that holds it.

The lock is one of the system where there is one, which goes when the process goes, however it
ends. On file systems without locks it is a file that names the process; a file of a process of this
machine that has ended is taken over.
"""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

from transition_systems.errors import UsageError

__all__ = ["FolderLock"]

NAME = "search.lock"
OWNER = "search.owner"


class _Held(Exception):
    """Another process holds the lock; says which one, if that is known."""


class FolderLock:
    """A folder that no other process may use.

    Parameters
    ----------
    folder
        The folder, which exists.

    Raises
    ------
    UsageError
        When another process, or another search in this one, holds the lock.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._owner: Path | None = None
        self._descriptor: int | None = os.open(folder / NAME, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            try:
                _lock(self._descriptor)
            except OSError:  # there are no locks on this file system
                self._own(folder / OWNER)
        except _Held as held:
            holder = str(held) or _said(self._descriptor) or "unknown"
            os.close(self._descriptor)
            raise UsageError(
                f"another search is going on in {folder} (process {holder}); "
                "wait for it, end it, or give another folder"
            ) from None
        if sys.platform != "win32":  # there, what is locked cannot be read
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, _name().encode(), 0)

    def _own(self, path: Path) -> None:
        """Write the file that names this process, unless it names another one that lives."""
        for _ in range(2):
            try:
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
            except FileExistsError:
                holder = _read(path)
                if _lives(holder):
                    raise _Held(f"{holder}, which {path} names") from None
                path.unlink(missing_ok=True)
                continue
            os.write(descriptor, _name().encode())
            os.close(descriptor)
            self._owner = path
            return
        raise _Held("unknown")

    def release(self) -> None:
        """Let others have the folder."""
        if self._owner is not None:
            self._owner.unlink(missing_ok=True)
        if self._descriptor is not None:
            os.close(self._descriptor)
        self._descriptor = self._owner = None


def _name() -> str:
    return f"{os.getpid()} on {socket.gethostname()}"


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _said(descriptor: int) -> str:
    try:
        return os.read(descriptor, 200).decode(errors="replace").strip()
    except OSError:
        return ""


def _lives(holder: str) -> bool:
    """Return whether a process may still live; one of another machine always may."""
    number, _, host = holder.partition(" on ")
    if host != socket.gethostname() or not number.isdigit() or os.name != "posix":
        return bool(holder)
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            raise _Held from None
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _Held from None
