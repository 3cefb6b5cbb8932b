"""One line of progress on standard error, when that is a terminal."""

from __future__ import annotations

import sys
import time
from types import TracebackType

from transition_systems.progress import Progress

__all__ = ["ProgressLine", "progress_text"]

INTERVAL = 0.2
WIDTH = 78


def progress_text(progress: Progress) -> str:
    """Return what is known of a running analysis: states and rate, frontier, memory.

    Examples
    --------
    >>> progress_text(Progress(stage="s", states=3000, frontier=20, seconds=2.0, bytes=5 << 20))
    '3,000 states, 1,500 states/s, frontier 20, 5 MB'
    >>> progress_text(Progress(stage="s", seconds=2.0, bytes=1 << 31))
    '2 s, 2,048 MB'
    """
    parts: list[str] = []
    if progress.states:
        parts += [f"{progress.states:,} states", f"{progress.rate:,.0f} states/s"]
    else:
        parts.append(f"{progress.seconds:.0f} s")
    if progress.frontier:
        parts.append(f"frontier {progress.frontier:,}")
    if progress.bytes:
        parts.append(f"{progress.bytes >> 20:,} MB")
    return ", ".join(parts)


class ProgressLine:
    """Tells files done, the stage, states, their rate, the frontier and memory; silent elsewhere.

    Parameters
    ----------
    files
        How many files there are; with 0 they are not spoken of.
    """

    def __init__(self, files: int) -> None:
        self.files = files
        self.done = 0
        self.current = ""
        self.shown = False
        self.last = 0.0
        self.active = sys.stderr.isatty()

    def __enter__(self) -> ProgressLine:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.clear()

    def tell(self, progress: Progress) -> None:
        """Show a message of a running analysis, a few times a second."""
        if not self.active or time.monotonic() - self.last < INTERVAL:
            return
        self._show(f"{self._files()}{progress.stage}: {progress_text(progress)}")

    def finished(self, source: str) -> None:
        """Count a file."""
        self.done += 1
        if self.active and time.monotonic() - self.last >= INTERVAL:
            self._show(f"{self._files()}{source}")

    def _files(self) -> str:
        return f"{self.done}/{self.files} files · " if self.files else ""

    def _show(self, text: str) -> None:
        self.last = time.monotonic()
        self.shown = True
        sys.stderr.write("\r" + text[:WIDTH].ljust(WIDTH))
        sys.stderr.flush()

    def clear(self) -> None:
        """Remove the line."""
        if self.shown:
            sys.stderr.write("\r" + " " * WIDTH + "\r")
            sys.stderr.flush()
            self.shown = False
