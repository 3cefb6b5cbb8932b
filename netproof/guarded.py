"""One file, whatever it holds: an entry of the report comes back, never an exception."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from netproof.checking import CheckOptions, check_path, not_reached
from netproof.report.model import ModelReport
from netproof.report.suppressions import with_suppressions
from transition_systems.errors import UsageError
from transition_systems.progress import ProgressCallback

__all__ = ["guarded"]


def guarded(
    source: str,
    options: CheckOptions,
    progress: ProgressCallback | None = None,
    publish: Callable[[ModelReport], None] | None = None,
) -> ModelReport:
    """Check one file; a fault of the file, or of ours, becomes the error of its entry.

    Parameters
    ----------
    source, options
        The path, and how; a budget that is used up already gives UNKNOWN verdicts.
    progress, publish
        As for :func:`netproof.checking.check_path`.
    """
    if options.seconds <= 0:
        return not_reached(source, options, "the total time was used up before its turn")
    try:
        return with_suppressions(check_path(source, options, progress=progress, publish=publish))
    except UsageError as error:
        return ModelReport(source=source, error=str(error))
    except Exception as error:  # one bad file does not stop the rest
        kind = type(error).__name__
        text = f"internal error: {kind}: {error} ({_place(error)}); please report it"
        return ModelReport(source=source, error=text, internal=True)


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "unknown place"
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
