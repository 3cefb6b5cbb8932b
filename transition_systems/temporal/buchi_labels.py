"""Sets of letters as cubes: which atoms must hold and which must not."""

from __future__ import annotations

__all__ = ["Cube", "cubes_of"]

Cube = tuple[tuple[int, bool], ...]
"""Atoms with the value that they must have."""


def cubes_of(letters: int, n_atoms: int) -> list[Cube]:
    """Return cubes that cover a set of letters and nothing else; none can be left out.

    Parameters
    ----------
    letters
        The set: bit ``code`` stands for the letter in which atom ``i`` holds when bit ``i`` of
        the code is set.
    n_atoms
        The number of atoms.

    Notes
    -----
    S. Minato: Fast generation of irredundant sum-of-products forms from binary decision diagrams.
    SASIMI 1992.

    Examples
    --------
    >>> cubes_of(0b1110, 2)
    [((0, True),), ((1, True),)]
    """
    return _cover(letters, letters, n_atoms)[1]


def _cover(least: int, most: int, n_atoms: int) -> tuple[int, list[Cube]]:
    """Return a set between two sets, and cubes for it."""
    if not least:
        return 0, []
    full = (1 << (1 << n_atoms)) - 1
    if most == full:
        return full, [()]
    half = 1 << (n_atoms - 1)
    low = (1 << half) - 1
    least_no, least_yes, most_no, most_yes = least & low, least >> half, most & low, most >> half
    no, no_cubes = _cover(least_no & ~most_yes, most_no, n_atoms - 1)
    yes, yes_cubes = _cover(least_yes & ~most_no, most_yes, n_atoms - 1)
    rest = (least_no & ~no) | (least_yes & ~yes)
    both, both_cubes = _cover(rest, most_no & most_yes, n_atoms - 1)
    atom = n_atoms - 1
    cubes = [
        *both_cubes,
        *((*cube, (atom, False)) for cube in no_cubes),
        *((*cube, (atom, True)) for cube in yes_cubes),
    ]
    return (no | both) | (yes | both) << half, cubes
