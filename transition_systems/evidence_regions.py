"""Evidence by boxes of states, also infinitely many, from which steps lead back to a goal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from transition_systems.evidence_data import Claim

if TYPE_CHECKING:
    from transition_systems.evidence import Evidence

__all__ = ["RankedRegions", "Region"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Limits of the tokens of places, and steps that lead nearer to a goal.

    Parameters
    ----------
    box
        ``(place, fewest, most)`` for each place that is limited; ``None`` is no upper limit.
    steps
        Transitions that are fired one after the other; none where the box lies in the goal.
    counter
        A place and a number: while it has more tokens (where the steps take some; else while it has
        fewer) the steps lead back into the box. ``None`` where the steps lead into a region before.
    into
        Numbers of regions before this one, into which the steps lead, or in which the rest of the
        box lies.
    """

    box: tuple[tuple[str, int, int | None], ...]
    steps: tuple[str, ...] = ()
    counter: tuple[str, int] | None = None
    into: tuple[int, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the region as JSON data."""
        return {
            "box": [list(limits) for limits in self.box],
            "steps": list(self.steps),
            "counter": None if self.counter is None else list(self.counter),
            "into": list(self.into),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Region:
        """Rebuild the region from :meth:`to_dict`."""
        box: list[tuple[str, int, int | None]] = []
        for place, least, most in data["box"]:
            box.append((_name(place), _whole(least), None if most is None else _whole(most)))
        counter = data["counter"]
        if counter is not None:
            place, limit = counter
            counter = (_name(place), _whole(limit))
        return cls(
            box=tuple(box),
            steps=tuple(_name(step) for step in data["steps"]),
            counter=counter,
            into=tuple(_whole(number) for number in data["into"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedRegions:
    """Regions that lead to a goal, one after the other, and that hold every reachable marking.

    Parameters
    ----------
    claim
        The statement ``AG EF P``.
    sums
        ``(place, weight)`` pairs of sums of tokens that no transition lowers; weights may be
        negative.
    regions
        The first lie in ``P``, each other one leads into those before it.
    everywhere
        The numbers of regions one of which holds every reachable marking.
    inner
        Evidence for that; ``None`` where one of them surely holds every marking with these sums.
    """

    claim: Claim
    sums: tuple[tuple[tuple[str, int], ...], ...]
    regions: tuple[Region, ...]
    everywhere: tuple[int, ...]
    inner: Evidence | None = None

    kind = "ranked-regions"

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON data."""
        return {
            "kind": self.kind,
            "claim": self.claim.to_dict(),
            "sums": [[list(pair) for pair in weights] for weights in self.sums],
            "regions": [region.to_dict() for region in self.regions],
            "everywhere": list(self.everywhere),
            "inner": None if self.inner is None else self.inner.to_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> RankedRegions:
        """Rebuild the evidence from :meth:`to_dict`."""
        from transition_systems.evidence import evidence_from_dict

        inner = data["inner"]
        return cls(
            claim=Claim.from_dict(data["claim"]),
            sums=tuple(
                tuple((_name(place), _whole(weight)) for place, weight in weights)
                for weights in data["sums"]
            ),
            regions=tuple(Region.from_dict(region) for region in data["regions"]),
            everywhere=tuple(_whole(number) for number in data["everywhere"]),
            inner=None if inner is None else evidence_from_dict(inner),
        )


def _name(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.40} is not the name of a place or transition")
    return value


def _whole(value: object) -> int:
    if type(value) is not int:
        raise TypeError(f"{value!r:.40} is not a whole number")
    return value
