"""Compiles functions with numba where it is installed; they are ordinary Python otherwise."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any, ParamSpec, TypeVar

__all__ = ["compiled", "has_compiler"]

P = ParamSpec("P")
R = TypeVar("R")


def has_compiler() -> bool:
    """Return whether numba is installed (the extra ``fast``)."""
    return find_spec("numba") is not None


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Return the function compiled, or as it is where there is no compiler.

    Parameters
    ----------
    function
        Works on numbers and arrays only, and calls compiled functions only.

    Returns
    -------
    callable
        Compiled at its first call, and kept on disk for the next process.
    """
    if not has_compiler():
        return function
    numba: Any = import_module("numba")
    compile_: Any = numba.njit(cache=True, nogil=True)
    result: Callable[P, R] = compile_(function)
    return result
