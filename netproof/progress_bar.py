"""Progress of a long call in a notebook's cell: one bar, updated a few times a second."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager
from html import escape
from types import TracebackType
from typing import Any

from netproof.cli.progress_line import ProgressLine
from netproof.kernel import is_watched
from transition_systems.progress import Progress, ProgressCallback

__all__ = ["ProgressBar", "progress_display", "watched_progress"]

DELAY = 0.6
INTERVAL = 0.25
MAX_NAME = 60


def progress_display(files: int) -> ProgressBar | ProgressLine:
    """Return what tells progress here: a bar in a cell, else a line where there is a terminal."""
    return ProgressBar(files) if is_watched() else ProgressLine(files)


@contextmanager
def watched_progress(progress: ProgressCallback | None) -> Generator[ProgressCallback | None]:
    """Yield the callback of a call on one model: the given one, else a bar where one is seen."""
    if progress is not None or not is_watched():
        yield progress
        return
    with ProgressBar(1) as bar:
        yield bar.tell


class ProgressBar:
    """A bar below a cell; it comes after 0.6 seconds and ends as one line that says what was done.

    Parameters
    ----------
    files
        How many files there are to do; with one the bar only moves.
    """

    def __init__(self, files: int) -> None:
        self.files = files
        self.done = 0
        self.states = 0
        self.started = time.monotonic()
        self.last = self.started + DELAY - INTERVAL
        self.handle: Any = None

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.handle is None:
            return
        seconds = time.monotonic() - self.started
        what = f"{self.done:,} of {self.files:,} files" if self.files > 1 else "1 model"
        if self.files > 1 and self.done == self.files:
            what = f"{self.files:,} files"
        if self.files == 1:
            what = f"{self.states:,} states"
        cut = kind is not None or (self.files > 1 and self.done < self.files)
        self._send(None, f"{'interrupted: ' if cut else ''}{what} in {seconds:.1f} s")

    def tell(self, progress: Progress) -> None:
        """Show a message of a running analysis, a few times a second."""
        self.states = max(self.states, progress.states)
        if self._is_due():
            told = f"{progress.stage}: {progress.states:,} states, {progress.rate:,.0f} states/s"
            self._show(told)

    def finished(self, source: str) -> None:
        """Count a file."""
        self.done += 1
        if self._is_due():
            name = source if len(source) <= MAX_NAME else "…" + source[1 - MAX_NAME :]
            self._show(name)

    def _is_due(self) -> bool:
        return time.monotonic() - self.last >= INTERVAL

    def _show(self, text: str) -> None:
        self.last = time.monotonic()
        count = f"{self.done:,}/{self.files:,} files · " if self.files > 1 else ""
        share = self.done / self.files if self.files > 1 else None
        self._send(share if share is not None else -1.0, f"{count}{text}")

    def _send(self, share: float | None, text: str) -> None:
        """Show a bar with a share (moving where negative, none where ``None``) and a text."""
        from IPython.display import display

        bar = ""
        if share is not None:
            value = f' value="{share:.4f}"' if share >= 0 else ""
            style = "width:16rem;max-width:40%;height:.9rem;vertical-align:middle"
            bar = f'<progress max="1"{value} style="{style}" aria-label="progress"></progress> '
        look = "font:13px system-ui,sans-serif;opacity:.85"
        html = f'<div style="{look}" role="status">{bar}{escape(text)}</div>'
        data = {"text/plain": text, "text/html": html}
        if self.handle is None:
            self.handle = display(data, raw=True, display_id=True)
        else:
            self.handle.update(data, raw=True)
