"""What each transition of a net needs and moves, as lists for loops without arrays."""

from __future__ import annotations

from petri.net import PetriNet

__all__ = ["Moves", "needs_and_moves"]

Moves = list[list[tuple[int, int]]]


def needs_and_moves(net: PetriNet) -> tuple[Moves, Moves]:
    """Return for each transition what it needs, and what it changes.

    Parameters
    ----------
    net
        Any place/transition net.

    Returns
    -------
    needs, moves
        By index of the transition, pairs of the index of a place and a number: the tokens that have
        to be there, and how many more there are afterwards, zeros left out.

    Notes
    -----
    O(arcs).

    Examples
    --------
    >>> needs_and_moves(PetriNet.from_arrays([[1], [2]], [[1], [0]], [1, 2]))
    ([[(0, 1), (1, 2)]], [[(1, -2)]])
    """
    needs: Moves = []
    moves: Moves = []
    for number in range(len(net.transition_ids)):
        need, gives = (
            dict(zip(*(part.tolist() for part in table.row(number)), strict=True))
            for table in (net.pre_arcs, net.post_arcs)
        )
        moved = {p: gives.get(p, 0) - need.get(p, 0) for p in (*need, *gives)}
        needs.append(list(need.items()))
        moves.append([(p, n) for p, n in moved.items() if n])
    return needs, moves
