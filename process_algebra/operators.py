"""Operators that are shorthands for others."""

from __future__ import annotations

from process_algebra.terms import STOP, ExternalChoice, Parallel, Term

__all__ = ["Interleaving", "choice"]


def Interleaving(*components: Term) -> Term:
    """Return processes side by side that share no event but the tick.

    Parameters
    ----------
    components
        The processes.

    Returns
    -------
    Term

    Examples
    --------
    >>> from process_algebra.terms import SKIP
    >>> print(Interleaving(SKIP, STOP))
    SKIP ||| STOP
    """
    return Parallel(components)


def choice(*branches: Term) -> Term:
    """Return the external choice of any number of branches: of none it is STOP, of one this one.

    Parameters
    ----------
    branches
        The processes.

    Returns
    -------
    Term

    Examples
    --------
    >>> choice()
    Stop()
    """
    if not branches:
        return STOP
    return branches[0] if len(branches) == 1 else ExternalChoice(*branches)
