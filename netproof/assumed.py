"""What a verdict takes for granted beyond the model: fairness belongs to what asks for it.

The assumptions of a translation define the model, and so every question about it. That no choice is
neglected for ever does not: soundness is meant so, a formula only where it says so.
"""

from __future__ import annotations

from itertools import pairwise

from netproof.asked_formulas import AskedFormula
from netproof.properties import LIVELOCK, soundness_kind
from petri import PetriNet
from translators.to_petri.translation import NetTranslation

__all__ = ["FAIR_CHOICES", "TAU_SILENT", "assumptions", "labelled_tau", "own_assumptions"]

FAIR_CHOICES = (
    "No choice is neglected for ever: a run that can still complete does not go round for ever."
)
TAU_SILENT = "Transitions with the label tau are silent, as those without a label."
OF_ONE_RUN = ("easy-soundness", "relaxed-soundness", "soundness-without-fairness")


def assumptions(
    asked: str | AskedFormula, net: PetriNet, translation: NetTranslation | None
) -> tuple[str, ...]:
    """Return everything that a verdict takes for granted.

    Parameters
    ----------
    asked
        The property.
    net
        The net that was analysed.
    translation
        Where it comes from; ``None`` for a net of the user's.

    Examples
    --------
    >>> net = PetriNet.from_arrays([[1]], [[1]], [1])
    >>> assumptions("soundness", net, None) == (FAIR_CHOICES,), assumptions("deadlock", net, None)
    (True, ())
    """
    given = () if translation is None else translation.assumptions
    return (*given, *own_assumptions(asked, net))


def own_assumptions(asked: str | AskedFormula, net: PetriNet) -> tuple[str, ...]:
    """Return the fairness under which a property is asked, and which labels are silent.

    Termination under fairness says it by its name. Soundness is meant under fairness, which says
    nothing where every run ends anyway: where the net has no circuit. That ``tau`` is the label of
    silent steps is said where silence matters, of a net that has it.
    """
    if isinstance(asked, AskedFormula):
        told = (asked.weak or asked.mu is not None) and labelled_tau(net)
        return (*asked.assumptions, *([TAU_SILENT] if told else []))
    if asked in LIVELOCK:
        return (TAU_SILENT,) if labelled_tau(net) else ()
    meant = asked in ("soundness", "option-to-complete") or soundness_kind(asked)
    return (FAIR_CHOICES,) if meant and asked not in OF_ONE_RUN and _goes_round(net) else ()


def labelled_tau(net: PetriNet) -> bool:
    """Return whether a transition is silent because of its label.

    Examples
    --------
    >>> [labelled_tau(PetriNet(places=[], transitions=[label])) for label in ("tau", "a")]
    [True, False]
    """
    return any(node.silent and node.label is not None for node in net.transitions)


def _goes_round(net: PetriNet) -> bool:
    """Return whether the net has a circuit: what all arcs into come from is taken out till then."""
    starts, inputs = net.pre_arcs.offsets.tolist(), net.pre_arcs.places.tolist()
    ends, outputs = net.post_arcs.offsets.tolist(), net.post_arcs.places.tolist()
    users: list[list[int]] = [[] for _ in net.place_ids]
    for number, (a, b) in enumerate(pairwise(starts)):
        for place in inputs[a:b]:
            users[place].append(number)
    givers = [0] * len(net.place_ids)
    for place in outputs:
        givers[place] += 1
    waits = [b - a for a, b in pairwise(starts)]
    ready = [number for number, count in enumerate(waits) if not count]
    places = [place for place, count in enumerate(givers) if not count]
    left = len(waits)
    while ready or places:
        if places:
            for number in users[places.pop()]:
                waits[number] -= 1
                if not waits[number]:
                    ready.append(number)
            continue
        left -= 1
        number = ready.pop()
        for place in outputs[ends[number] : ends[number + 1]]:
            givers[place] -= 1
            if not givers[place]:
                places.append(place)
    return left > 0
