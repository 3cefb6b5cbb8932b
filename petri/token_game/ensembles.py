"""Many replicas of a net at once, in independently seeded blocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np

from petri.net import PetriNet
from petri.token_game.arguments import chosen_engine, default_blocks, whole_number
from petri.token_game.array_play import ArrayBlock, play_block
from petri.token_game.choices import BlockChoices, weights_of
from petri.token_game.ensemble_result import Clock, Ensemble, Visits
from petri.token_game.markings_view import ArrayMarkings, WordMarkings
from petri.token_game.policies import Policy, Uniform, Weighted
from petri.token_game.sliced_game import SlicedGame
from petri.token_game.sliced_net import BitLayout, layout_of
from petri.token_game.sliced_play import NumpyPlayer, Player
from petri.token_game.sliced_state import SlicedState
from petri.token_game.token_bounds import MAX_BOUND, found_bounds, given_bounds
from transition_systems.budget import Budget, Meter
from transition_systems.errors import UsageError
from transition_systems.progress import Progress, ProgressCallback
from transition_systems.properties.predicates import Predicate

__all__ = ["Engine", "Method", "ensemble"]

Engine = Literal["auto", "numpy", "kernel"]
Method = Literal["auto", "bits", "arrays"]


def ensemble(
    net: PetriNet,
    *,
    replicas: int,
    firings: int | None = None,
    attempts: int | None = None,
    seed: int = 0,
    policy: Policy | None = None,
    blocks: int | None = None,
    bound: int | Mapping[str, int] | None = None,
    marking: Mapping[str, int] | None = None,
    until: Predicate | None = None,
    watch: Mapping[str, Predicate] | None = None,
    every: int | None = None,
    method: Method = "auto",
    engine: Engine = "auto",
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
) -> Ensemble:
    """Play many replicas of a net and return how they end, with counts and intervals.

    Parameters
    ----------
    net
        Any place/transition net.
    replicas
        How many.
    firings, attempts
        The clock, one of the two. ``firings``: every replica stops after exactly so many firings
        (or where nothing is enabled). ``attempts``: every replica attempts so many transitions,
        one after the other, and fires those that are enabled in it (uniformised time).
    seed
        The result depends on the arguments and the seed, not on the engine.
    policy
        ``Uniform()`` by default, or ``Weighted``; all others are played on arrays.
    blocks
        How many independently seeded blocks; by default 32, fewer where they would hold less than
        64 replicas each, but at least 8, and more where they would hold more than 4,096, but at
        most 1,024. Replicas of a block are alike in choices that each makes only once, so that an
        interval for these needs many blocks (200 or more), or ``method="arrays"``, whose replicas
        are independent; with as many blocks as replicas they are so on bits too.
    bound
        The largest number of tokens in a place, for all or by place; a replica that would exceed
        it is an error. By default bounds are found and proved.
    marking
        Where the game starts; by default the initial marking.
    until
        A replica stops in the first marking where this holds, see ``first_passage``.
    watch
        Predicates by name whose visits are counted along the way, until a replica stops, see
        ``visits``.
    every
        In the clock of attempts: they are counted after every so many attempts, by default as
        many as the net has transitions.
    method
        ``"bits"``: bounded nets, one bit of a word for each replica. ``"arrays"``: integers, any
        net and policy, and independent replicas. ``"auto"``: bits where bounds are known.
    engine
        ``"numpy"``, ``"kernel"`` (compiled, needs the extra ``fast``), or ``"auto"``: the kernel
        for large ensembles where it is installed. The results are the same.
    budget
        Seconds, at most; what was reached is returned with ``complete`` false: all replicas as
        far as they came, or, on arrays, the blocks that were played to their end.
    progress
        Is told about firings (``states``), replicas that go on (``frontier``) and attempts
        (``arcs``).

    Returns
    -------
    Ensemble

    Raises
    ------
    UsageError
        For arguments that have no meaning, or ``method="bits"`` without bounds.
    FiringError
        When a replica would exceed a bound, or 2**62 tokens on arrays.

    Notes
    -----
    In a block all replicas share two sequences of transitions, drawn uniformly or by weight, and
    at each attempt a coin of its own tells each replica which of the two it attempts (sharing a
    single one they would remain copies of each other). Where the attempted transition is not
    enabled a replica does nothing, so what it fires next is an exactly uniform (weighted) choice
    among the enabled: choice by rejection. One attempt is O(arcs of the transition x bits)
    operations on words of 64 replicas.
    E. Biham: A fast new DES implementation in software. FSE 1997 (bit slicing).
    A. Jensen: Markoff chains as an aid in the study of Markoff processes. Skandinavisk
    Aktuarietidskrift 36, 1953 (uniformisation).

    Examples
    --------
    >>> net = PetriNet(places=["p", "q"], transitions=["t", "u"], initial={"p": 1},
    ...                arcs=[("p", "t"), ("t", "q"), ("q", "u"), ("u", "p")])
    >>> result = ensemble(net, replicas=1000, firings=5, seed=1)
    >>> result.firing_count("t").mean, result.tokens("q").tolist() == [1] * 1000
    (3.0, True)
    """
    if (firings is None) == (attempts is None):
        raise UsageError("give one clock: firings=... or attempts=...")
    clock: Clock = "attempts" if firings is None else "firings"
    amount = whole_number(clock, firings if firings is not None else attempts, 0)
    replicas = whole_number("replicas", replicas, 1)
    blocks = default_blocks(replicas) if blocks is None else whole_number("blocks", blocks, 1)
    if blocks > replicas:
        raise UsageError(f"{replicas} replicas do not fill {blocks} blocks")
    count = len(net.transition_ids)
    every = max(1, count) if every is None else whole_number("every", every, 1)
    if marking is not None:
        net = net.replace(initial=marking)
    policy = Uniform() if policy is None else policy
    plain = isinstance(policy, Uniform | Weighted)
    if clock == "attempts" and not plain:
        raise UsageError("the clock of attempts has the policies Uniform and Weighted only")
    if method == "bits" and not plain:
        raise UsageError("words of bits have the policies Uniform and Weighted; use arrays")
    meter = (Budget() if budget is None else budget).start()
    layout = None
    if method != "arrays" and plain and count:
        layout = _layout(net, replicas, blocks, bound)
        if layout is None and method == "bits":
            raise UsageError("no bounds were found; give bound=..., or method='arrays'")
    options: dict[str, Any] = {
        "clock": clock, "amount": amount, "until": until, "watch": dict(watch or {}),
        "every": every,
    }  # fmt: skip
    seeds = np.random.SeedSequence(whole_number("seed", seed, 0)).spawn(blocks)
    weights = weights_of(net, dict(policy.weights)) if isinstance(policy, Weighted) else None
    if layout is not None:
        return _on_bits(net, layout, options, weights, seeds, engine, meter, progress)
    if bound is not None and method != "arrays":
        raise UsageError("on arrays no bound is watched; leave bound= out")
    if engine == "kernel":
        raise UsageError("ensembles on arrays are played by numpy; the kernel plays words of bits")
    return _on_arrays(net, policy, options, weights, seeds, replicas, meter, progress)


def _layout(
    net: PetriNet, replicas: int, blocks: int, bound: int | Mapping[str, int] | None
) -> BitLayout | None:
    if bound is not None:
        bounds = given_bounds(net, bound, net.initial)
        return layout_of(bounds, replicas=replicas, blocks=blocks, checked=True)
    found = found_bounds(net)
    if found is None or int(found.max(initial=0)) > MAX_BOUND:
        return None
    return layout_of(found, replicas=replicas, blocks=blocks, checked=False)


def _on_bits(
    net: PetriNet,
    layout: BitLayout,
    options: dict[str, Any],
    weights: Any,
    seeds: list[np.random.SeedSequence],
    engine: str,
    meter: Meter,
    progress: ProgressCallback | None,
) -> Ensemble:
    count = len(net.transition_ids)
    full = np.ones(count) if weights is None else weights
    game = SlicedGame(net, layout, weights=full, **options)
    used = chosen_engine(engine, work=int(layout.sizes.sum()) * options["amount"])
    make: Callable[[SlicedState], Player] = NumpyPlayer
    if used == "kernel":
        from petri.token_game.sliced_compiled import KernelPlayer

        make = KernelPlayer
    reason = game.play(make, BlockChoices(count, weights, seeds, layout.n_words), meter, progress)
    state = game.state
    return Ensemble(
        net=net, clock=options["clock"], amount=options["amount"], method="bits", engine=used,
        reason=reason, sizes=layout.sizes, fired=state.fired, attempts=state.attempts,
        dead=game.dead(), correlated=bool((layout.sizes > 1).any()),
        final=WordMarkings(layout, state.words), weights=full, passage=game.passage(),
        visits=game.visits(),
    )  # fmt: skip


def _on_arrays(
    net: PetriNet,
    policy: Policy,
    options: dict[str, Any],
    weights: Any,
    seeds: list[np.random.SeedSequence],
    replicas: int,
    meter: Meter,
    progress: ProgressCallback | None,
) -> Ensemble:
    share, rest = divmod(replicas, len(seeds))
    sizes = np.array([share + (block < rest) for block in range(len(seeds))], dtype=np.int64)
    done: list[ArrayBlock] = []
    whole = True
    for seed, size in zip(seeds, sizes.tolist(), strict=True):
        block = play_block(net, policy, replicas=size, seed=seed, meter=meter, **options)
        whole = block.complete
        if whole or not done:
            done.append(block)
        if progress is not None:
            states = sum(int(block.fired.sum()) for block in done)
            left = int(sizes[len(done) :].sum())
            progress(
                Progress(stage="token game", states=states, frontier=left, seconds=meter.seconds)
            )
        if not whole:
            break
    sizes = sizes[: len(done)]
    time, time_of, firing, firing_of = (
        np.array(part) for part in zip(*(block.visits for block in done), strict=True)
    )
    visits = {
        name: Visits(time[:, number], time_of, firing[:, number], firing_of)
        for number, name in enumerate(options["watch"])
    }
    passage = np.concatenate([block.passage for block in done])
    full = np.ones(len(net.transition_ids)) if weights is None else weights
    return Ensemble(
        net=net, clock=options["clock"], amount=options["amount"], method="arrays",
        engine="numpy", sizes=sizes, fired=np.array([block.fired for block in done]),
        reason=None if whole else "the time budget is used up",
        attempts=max(block.attempts for block in done),
        dead=np.concatenate([block.dead for block in done]), correlated=False,
        final=ArrayMarkings(np.concatenate([b.markings for b in done], axis=1)), weights=full,
        passage=None if options["until"] is None else passage, visits=visits,
    )  # fmt: skip
