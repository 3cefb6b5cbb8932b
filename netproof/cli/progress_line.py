"""One line of progress on standard error, when that is a terminal."""

from __future__ import annotations

import sys
import time
from types import TracebackType

from transition_systems.progress import Progress

__all__ = ["ProgressLine"]

INTERVAL = 0.2
WIDTH = 78


class ProgressLine:
    """Tells files done, the stage, states and states per second; silent elsewhere."""

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
        self._show(
            f"{self.done}/{self.files} files · {progress.stage}: {progress.states:,} states, "
            f"{progress.rate:,.0f} states/s"
        )

    def finished(self, source: str) -> None:
        """Count a file."""
        self.done += 1
        if self.active and time.monotonic() - self.last >= INTERVAL:
            self._show(f"{self.done}/{self.files} files · {source}")

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
