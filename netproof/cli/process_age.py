"""How long this process has been running: starting an interpreter counts for a budget, too."""

from __future__ import annotations

import os
import time
from pathlib import Path

__all__ = ["process_age"]

LONGEST = 30.0  # what is longer than this is another clock
START_TIME = 19  # of the fields behind the name of the command in /proc/self/stat, from 0


def process_age() -> float:
    """Return the wall seconds since the process was started, or the CPU seconds that it used.

    Examples
    --------
    >>> process_age() > 0
    True
    """
    try:
        _, _, rest = Path("/proc/self/stat").read_text(encoding="ascii").rpartition(")")
        started = int(rest.split()[START_TIME]) / os.sysconf("SC_CLK_TCK")
        age = time.clock_gettime(time.CLOCK_BOOTTIME) - started
    except (AttributeError, OSError, ValueError, IndexError):
        return time.process_time()
    used = time.process_time()
    return age if used <= age < used + LONGEST else used
