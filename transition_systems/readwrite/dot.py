"""Transition systems as files for Graphviz, whole."""

from __future__ import annotations

from transition_systems.draw import lts_dot
from transition_systems.lts import LTS
from transition_systems.readwrite.files import PathOrFile, write_text

__all__ = ["format_lts_dot", "write_lts_dot"]


def format_lts_dot(lts: LTS) -> str:
    """Return a system in the DOT language: all states, final ones in two circles.

    Parameters
    ----------
    lts
        The system.

    Returns
    -------
    str

    Examples
    --------
    >>> format_lts_dot(LTS.from_arcs(2, [(0, "a", 1)])).splitlines()[0]
    'digraph lts {'
    """
    return lts_dot(lts, max_states=lts.n_states)


def write_lts_dot(lts: LTS, path_or_file: PathOrFile) -> None:
    """Write a system to a file for Graphviz.

    Parameters
    ----------
    lts
        The system.
    path_or_file
        A path, or a file that is open for writing.

    Examples
    --------
    >>> import io
    >>> out = io.StringIO()
    >>> write_lts_dot(LTS.from_arcs(1), out)
    >>> out.getvalue().count("s0")
    2
    """
    write_text(path_or_file, format_lts_dot(lts))
