"""The other kinds of soundness, asked by name of a net or of the net of a workflow."""

from __future__ import annotations

from petri.net import PetriNet
from petri.soundness import OneSink, SoundnessGoal, sound, to_one_sink
from petri.soundness.variants import sound_as
from transition_systems.budget import Budget
from transition_systems.errors import UnsupportedError, UsageError
from transition_systems.progress import ProgressCallback
from transition_systems.run import Lasso
from transition_systems.verdict import Verdict

__all__ = ["decide_kind"]


def decide_kind(
    name: str,
    net: PetriNet,
    *,
    goal: SoundnessGoal | None,
    budget: Budget,
    progress: ProgressCallback | None = None,
    pump: Lasso | None = None,
) -> Verdict:
    """Decide a kind of soundness that is asked by its name as a property.

    Parameters
    ----------
    name
        ``weak-soundness``, ``relaxed-soundness``, ``easy-soundness``, ``lazy-soundness``,
        ``soundness-without-fairness``, ``generalised-soundness``, or with a number
        ``2-soundness`` or ``up-to-2-soundness``.
    net
        The net.
    goal
        What completion means; ``None`` for a net that is no workflow net. Lazy soundness and those
        for several tokens speak of the source and the sink of the net, not of a goal; several ends
        of a workflow are led to one sink first where each case reaches just one of them.
    budget, progress
        Limits and a callback.
    pump
        A run and a pump of the net that were found before.

    Returns
    -------
    Verdict

    Raises
    ------
    UsageError
        For a net of which this cannot be asked, with the reason.

    Notes
    -----
    The definitions are those of W. M. P. van der Aalst et al.: Soundness of workflow nets. Formal
    Aspects of Computing 23, 2011; see :func:`petri.soundness.variants.sound_as`.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> decide_kind("2-soundness", net, goal=None, budget=Budget(seconds=5)).outcome
    <Outcome.HOLDS: 'HOLDS'>
    """
    if name == "soundness-without-fairness":
        return sound(
            net, goal=goal, occurs_name="no-dead-activities" if goal else "no-dead-transitions",
            fairness=False, budget=budget, progress=progress, pump=pump,
        )  # fmt: skip
    kind, k = name.removesuffix("-soundness"), None
    number = kind.removeprefix("up-to-")
    if number.isdecimal():
        kind, k = ("k" if number == kind else "up-to-k"), int(number)
    if kind not in ("weak", "relaxed", "easy", "lazy", "k", "up-to-k", "generalised"):
        raise UsageError(f"there is no property {name!r}")
    one = None
    if goal is not None and kind in ("lazy", "k", "up-to-k", "generalised"):
        one = _one_end(net, goal, budget)
    if one is None:
        return sound_as(net, kind, goal=goal, k=k, budget=budget, progress=progress)
    verdict = sound_as(one.net, kind, k=k, budget=budget, progress=progress)
    if verdict.unknown:
        return verdict
    return verdict.with_(explanation=(one.why, *verdict.explanation))


def _one_end(net: PetriNet, goal: SoundnessGoal, budget: Budget) -> OneSink | None:
    """Return a net with several ends with one sink; ``None`` where there is one already."""
    if sum(not net.postset(place) for place in net.place_ids) < 2:
        return None
    try:
        one = to_one_sink(net, goal, budget=budget)
    except UnsupportedError as error:
        raise UsageError(f"the net has several ends, and cannot be given one: {error}") from error
    if one.way != "merged":
        raise UsageError(
            "the net has several ends, and a case may reach more than one of them; with one end for"
            f" all, the tokens of several cases could not be told apart. {one.why}"
        )
    return one
