"""Whether somebody watches: a notebook's kernel, recognised without importing IPython."""

from __future__ import annotations

import sys
from typing import Any

__all__ = ["is_watched"]


def is_watched() -> bool:
    """Return whether this runs in a kernel whose front end has a person in front of it.

    A program that runs a notebook from top to bottom, such as nbconvert, says that nobody can be
    asked for input: there a widget would be lost and a bar would be left behind.

    Examples
    --------
    >>> is_watched()
    False
    """
    module: Any = sys.modules.get("IPython")
    shell = module.get_ipython() if hasattr(module, "get_ipython") else None
    kernel = getattr(shell, "kernel", None)
    if kernel is None:
        return False
    request: Any = kernel.get_parent("shell") or {}
    return bool(request.get("content", {}).get("allow_stdin", True))
