"""A path beside a strategy in the game of a formula: it is one of the plays of that strategy."""

from __future__ import annotations

from collections.abc import Sequence

from netproof.recheck.parity import Part, parts_of
from netproof.recheck.result import RefusedError, Watch
from transition_systems.evidence import ParityStrategy
from transition_systems.evidence_parity import mu_claim
from transition_systems.lts import LTS
from transition_systems.temporal.mu_parse import parse_mu

__all__ = ["check_play"]


def check_play(evidence: ParityStrategy, lts: LTS, states: Sequence[int], watch: Watch) -> None:
    """Refuse a path that the strategy does not play; the strategy itself is checked before.

    From each position the player's move is the strategy's, the other player's any one; a step of
    the path is a move at a modality. ``states`` are those along the path, whose steps are replayed.
    """
    assert evidence.path is not None
    parts, n = parts_of(parse_mu(evidence.formula)), lts.n_states
    true = evidence.claim.formula == mu_claim(evidence.formula, holds=True)
    own = ("or", "diamond") if true else ("and", "box")
    move = dict(zip(evidence.positions.tolist(), evidence.moves.tolist(), strict=True))

    def spread(some: set[int], state: int) -> set[int]:
        """Return the positions in a state that a play comes to without a step."""
        found, waiting = set(some), list(some)
        while waiting:
            at = waiting.pop()
            part: Part = parts[at // n]
            if part.kind in ("diamond", "box", "predicate"):
                continue
            mine = part.kind in own
            for after in [move[at]] if mine else [one * n + state for one in part.operands]:
                if after not in found:
                    found.add(after)
                    waiting.append(after)
        return found

    here = {states[0]} if states[0] in move else set[int]()
    for step, state, after in zip(evidence.path.steps, states, states[1:], strict=False):
        watch.tick()
        there: set[int] = set()
        for at in spread(here, state):
            part = parts[at // n]
            if part.kind not in ("diamond", "box"):
                continue
            target = part.operands[0] * n + after
            fits = part.labels.has(step.action)
            if fits and (part.kind not in own or move[at] == target):
                there.add(target)
        here = there
    if not here:
        raise RefusedError("the path is no play of the strategy")
