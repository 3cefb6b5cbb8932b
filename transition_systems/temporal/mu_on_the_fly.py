"""The modal mu-calculus decided while the game of a system and a formula is explored.

Each time the number of known positions has grown fourfold, the part that is known is solved twice:
once the positions whose moves are not known yet count as lost for the player who shows that the
formula holds, once as won. What this player wins in the first game, and the other one in the
second, is so in the whole game, however large it is, without a bound too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transition_systems.budget import OUT_OF_TIME, Budget
from transition_systems.counted_words import counted
from transition_systems.csr import row_arcs
from transition_systems.errors import UndecidedError, UsageError
from transition_systems.evidence_data import Claim, StateSet
from transition_systems.evidence_parity import ParityStrategy, mu_claim
from transition_systems.explore import Exploration, explore
from transition_systems.lts import LTS, TAU_NAME, TICK_NAME
from transition_systems.progress import ProgressCallback
from transition_systems.protocols import ExplicitSystem
from transition_systems.temporal.mu_formulas import MuFormula, format_mu, same_mu
from transition_systems.temporal.mu_game import mu_nodes, require_labels
from transition_systems.temporal.mu_lazy_game import LazyGame, PredicateValues
from transition_systems.temporal.mu_parse import parse_mu
from transition_systems.temporal.mu_play import nearest_play, play_of, played, with_states
from transition_systems.temporal.parity_games import ParityGame, strategies
from transition_systems.verdict import Outcome, Statistics, Verdict

__all__ = ["check_mu_on_the_fly"]

Words = NDArray[np.uint64]
Indices = NDArray[np.int64]
Bools = NDArray[np.bool_]
FIRST, GROWTH = 2_000, 4
# The part of the time that is left for exploring; the rest is for the games.
EXPLORING = 0.7


def check_mu_on_the_fly(
    system: ExplicitSystem, formula: MuFormula | str, *, model_digest: Callable[[], str],
    holds: PredicateValues | None = None, direct: bool = False,
    state: Callable[[Words], Any] | None = None,
    space: Callable[[Words], StateSet] | None = None, labels: Collection[str] = (),
    budget: Budget | None = None, progress: ProgressCallback | None = None,
) -> Verdict:  # fmt: skip
    """Decide whether a formula of the mu-calculus holds in every initial state of a model.

    Parameters
    ----------
    system
        The semantics of the model; it need not have finitely many states.
    formula
        The formula, or its text, over the labels of the system.
    model_digest
        Gives the digest of the model, for the claim.
    holds
        Gives for a state predicate and rows of words its values; by default the system's own
        ``holds``. It is asked about atoms and comparisons, or with ``direct`` about whole
        predicates, ``enabled(label)`` and ``dead`` among them.
    direct
        See ``holds``.
    state
        Gives for a row of words the state as plain data; by default ``system.decode``.
    space
        Gives some states as a set for the evidence; without it a recheck needs the system of these
        states.
    labels
        Labels that may be asked for although the system does not have them.
    budget, progress
        Seconds, positions of the game (a state with a part of the formula), bytes; a callback.

    Returns
    -------
    Verdict
        HOLDS or VIOLATED as soon as the explored part of the game decides, with the strategy of
        the winner there (:class:`~transition_systems.evidence_parity.ParityStrategy`), which never
        comes to a position that was not explored. UNKNOWN when the budget ends before.

    Raises
    ------
    ExpressionError
        For a text that is no formula, and for a label that is unknown, with the nearest.
    UsageError
        For a variable that is not bound, or is negated, and when predicates are asked for and
        nothing tells their values.

    Notes
    -----
    At most a third more than the last two games, each as for
    :func:`~transition_systems.temporal.mu_calculus.mu_states` on the positions that a play can come
    to. It ends where the game is finite, or one of the players wins by finitely many positions.
    C. Stirling, D. Walker: Local model checking in the modal mu-calculus. Theoretical Computer
    Science 89, 1991.

    Examples
    --------
    >>> class Counter:
    ...     labels = ("more",)
    ...     def initial(self):
    ...         return np.array([[0]], dtype=np.uint64)
    ...     def successors(self, block):
    ...         rows = np.arange(len(block))
    ...         return rows, np.zeros(len(block), dtype=np.int32), block + np.uint64(1)
    ...     def holds(self, predicate, states):
    ...         return states[:, 0] == 7
    ...     def decode(self, row):
    ...         return int(row[0])
    ...     def reencode(self, seen):
    ...         return seen
    >>> verdict = check_mu_on_the_fly(Counter(), "<true*> seven", model_digest=lambda: "counter")
    >>> verdict.outcome, len(verdict.witness)
    (<Outcome.HOLDS: 'HOLDS'>, 7)
    """
    limit = (budget or Budget()).fixed()
    meter = replace(limit, states=None).start()
    tree = parse_mu(formula) if isinstance(formula, str) else formula
    text = format_mu(tree)
    given, tree = tree, parse_mu(text)
    if not same_mu(given, tree):
        raise UsageError(f"the formula has a variable that is not bound, or no name: {text:.80}")
    nodes = mu_nodes(tree)
    require_labels(nodes, (*system.labels, *labels))
    game = LazyGame(system, nodes, holds, direct)
    found: Exploration | None = None
    pace = 0.0  # seconds for each position of the last game
    outcome, proof, reason, before, most = Outcome.UNKNOWN, None, None, (-1, -1), FIRST
    while outcome is Outcome.UNKNOWN:
        states = most if limit.states is None else min(most, limit.states)
        found = explore(
            game, budget=_exploring(limit, states), progress=progress, stage="game", resume=found
        )  # fmt: skip
        size = (len(found.states), found.expanded)
        if meter.end is not None and time.monotonic() + pace * size[0] > meter.end:
            reason = OUT_OF_TIME
            break
        began = time.monotonic()
        try:
            part = _Part(game, found, limit)
            true = part.decided()
            if true is not None:
                outcome = Outcome.HOLDS if true else Outcome.VIOLATED
                claim = Claim.when_read(mu_claim(text, holds=true), model_digest)
                proof = part.proof(text, claim, true, state or system.decode, space, meter.look)
                break
        except UndecidedError as error:
            outcome, reason = Outcome.UNKNOWN, str(error)
            break
        pace = (time.monotonic() - began) / size[0]
        reason = meter.exhausted(bytes=found.bytes)
        spent = len(found.states) <= states and found.reason
        if reason is not None or spent or states < most or size == before:
            reason = reason or found.reason
            break
        before, most = size, GROWTH * max(most, len(found.states))
    assert found is not None
    if outcome is Outcome.UNKNOWN:
        positions = counted(len(found.states), "position", grouped=True)
        were, do = ("was", "does") if len(found.states) == 1 else ("were", "do")
        reason = (
            f"{reason}; the {positions} of the game that {were} looked at {do} not decide "
            "the formula"
        )
    return Verdict(
        property=text, outcome=outcome, evidence=proof,
        reason=reason if outcome is Outcome.UNKNOWN else None,
        statistics=Statistics(
            method="parity game on the fly", states=len(found.states), arcs=found.arcs,
            seconds=meter.seconds, peak_bytes=found.bytes,
        ),
    )  # fmt: skip


def _exploring(limit: Budget, states: int) -> Budget:
    """Return the part of a budget for exploring up to a number of positions."""
    left = limit.remaining()
    seconds = None if left is None else EXPLORING * left
    return Budget(states=states, seconds=seconds, bytes=limit.bytes)


class _Part:
    """The explored part of a game.

    Its positions have the numbers of the exploration; three more are where a move leads that ends
    the game, for Even and for Odd, and the one from which nothing is known.
    """

    def __init__(self, lazy: LazyGame, found: Exploration, limit: Budget) -> None:
        self.lazy, self.found, self.limit = lazy, found, limit
        nodes, count = lazy.nodes, len(found.states)
        self.part, false = lazy.truth(found.states[:, -1].astype(np.int64))
        self.odd_part = np.array([node.kind in ("and", "box") for node in nodes])
        kinds = np.array([node.kind for node in nodes])[self.part]
        leaf = kinds == "predicate"
        won, lost, unknown = count, count + 1, count + 2
        end = np.full(count, -1, dtype=np.int64)
        end[leaf] = np.where(false[leaf], lost, won)
        stuck = ~leaf
        stuck[found.source] = False
        end[stuck] = np.where(kinds[stuck] == "diamond", lost, won)
        end[found.expanded :][~leaf[found.expanded :]] = unknown
        ended = np.flatnonzero(end >= 0)
        inner = end[found.source] < 0
        tails = np.concatenate([found.source[inner], ended, [won, lost, unknown]])
        heads = np.concatenate([found.target[inner], end[ended], [won, lost, unknown]])
        order = np.argsort(tails, kind="stable")
        self.offsets = np.zeros(count + 4, dtype=np.int64)
        np.cumsum(np.bincount(tails, minlength=count + 3), out=self.offsets[1:])
        self.heads = heads[order]
        self.odd = np.zeros(count + 3, dtype=np.bool_)
        self.odd[:count] = self.odd_part[self.part]
        self.priority = np.zeros(count + 3, dtype=np.int64)
        self.priority[:count] = np.array([node.priority for node in nodes])[self.part]
        self.priority[lost] = 1
        self.whole = not (end == unknown).any()
        self.starts = np.flatnonzero(found.parent[: len(lazy.system.initial())] < 0)

    def decided(self) -> bool | None:
        """Return whether the formula holds in all initial states; ``None`` where that is open."""
        for even in (True,) if self.whole else (True, False):
            priority = self.priority.copy()
            priority[-1] = 1 if even else 0
            self.game = ParityGame(self.offsets, self.heads, self.odd, priority)
            self.even, self.move = strategies(self.game, budget=self.limit)
            true = bool(self.even[self.starts].all())
            if true is even or self.whole:
                return true
        return None

    def proof(
        self, text: str, claim: Claim, true: bool, state: Callable[[Words], Any],
        space: Callable[[Words], StateSet] | None, look: Callable[[], None],
    ) -> ParityStrategy:  # fmt: skip
        """Return the strategy of the winner, on the states that it comes to."""
        starts = self.starts if true else self.starts[~self.even[self.starts]]
        own = self._small(starts, true)
        if not true and len(starts) > 1:
            best, _ = nearest_play(own.game, self.lazy.nodes, own.lts, own.move, own.first, look)
            own = self._small(starts[own.first == best[0]], true)
        path = None
        if len(own.first):
            path = play_of(
                own.game, self.lazy.nodes, own.lts, own.move, int(own.first[0]), odd=not true,
                look=look,
            )  # fmt: skip
        mine = (own.game.odd[own.positions] != true) & (own.move[own.positions] < own.ends)
        return ParityStrategy(
            claim=claim, formula=text, positions=own.positions,
            moves=np.where(mine, own.move[own.positions], -1),
            space=None if space is None else space(own.rows),
            path=None if path is None else with_states(path, lambda one: state(own.rows[one])),
        )  # fmt: skip

    def _small(self, starts: Indices, true: bool) -> _Strategy:
        """Return the part of the game that the winner comes to from some positions."""
        nodes, found, count = self.lazy.nodes, self.found, len(self.found.states)
        reach = played(self.game, starts, self.move, odd=not true)
        reach = reach[reach < count]
        rows, home = np.unique(found.states[reach, :-1], axis=0, return_inverse=True)
        home = home.reshape(-1).astype(np.int64)
        n, parts = len(rows), self.part[reach]
        ends = len(nodes) * n
        number = np.full(count + 3, -1, dtype=np.int64)
        number[reach] = parts * n + home
        number[count : count + 2] = ends, ends + 1
        arcs = row_arcs(self.offsets, reach)
        tails = np.repeat(number[reach], self.offsets[reach + 1] - self.offsets[reach])
        heads = number[self.heads[arcs]]
        tails, heads = tails[heads >= 0], heads[heads >= 0]
        idle = np.ones(ends + 2, dtype=np.bool_)
        idle[tails] = False
        tails = np.concatenate([tails, np.flatnonzero(idle)])
        heads = np.concatenate([heads, np.flatnonzero(idle)])
        offsets = np.zeros(ends + 3, dtype=np.int64)
        np.cumsum(np.bincount(tails, minlength=ends + 2), out=offsets[1:])
        odd = np.concatenate([np.repeat(self.odd_part, n), [False, False]])
        priority = np.zeros(ends + 2, dtype=np.int64)
        game = ParityGame(offsets, heads[np.argsort(tails, kind="stable")], odd, priority)
        move = np.full(ends + 2, ends, dtype=np.int64)
        move[number[reach]] = number[self.move[reach]]
        # What a predicate does not decide was not explored; it is as the winner wants it.
        known = [number[reach]]
        for place, node in enumerate(nodes):
            if node.kind == ("and" if true else "or"):
                states = home[parts == place]
                known += [one * n + states for one in node.operands
                          if nodes[one].kind == "predicate"]  # fmt: skip
        return _Strategy(
            game=game, move=move, ends=ends, first=number[starts] % max(1, n), rows=rows,
            lts=self._steps(reach, home, n), positions=np.unique(np.concatenate(known)),
        )  # fmt: skip

    def _steps(self, reach: Indices, home: Indices, n: int) -> LTS:
        """Return the steps between the states of some positions, as far as a play makes them."""
        found = self.found
        place = np.full(len(found.states), -1, dtype=np.int64)
        place[reach] = home
        made = (found.label > 0) & (place[found.source] >= 0) & (place[found.target] >= 0)
        visible = [name for name in self.lazy.system.labels if name not in (TAU_NAME, TICK_NAME)]
        names = (TAU_NAME, TICK_NAME, *dict.fromkeys(visible))
        index = {name: number for number, name in enumerate(names)}
        labels = np.array([index[name] for name in self.lazy.system.labels], dtype=np.int32)
        return LTS.from_arrays(
            n, place[found.source[made]], labels[found.label[made] - 1],
            place[found.target[made]], label_names=names, initial=[],
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Strategy:
    """The positions of a strategy, numbered as in the evidence: ``part * n + state``."""

    game: ParityGame
    move: Indices
    ends: int
    first: Indices
    rows: Words
    lts: LTS
    positions: Indices
