"""Runs and lassos: the witnesses of every analysis.

A run is a sequence of states joined by labels. States and labels are those of the model that was
analysed (markings and transition names for a net); ``translators.trace_back`` maps a run to the
user's own elements and fills in the source spans.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from transition_systems.source_span import SourceSpan

__all__ = ["Lasso", "Run", "Step"]

State = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a run.

    Parameters
    ----------
    action
        The name of what happened in the model: for a net, the transition's id.
    label
        What a reader calls it; the action's own name where there is nothing better.
    state
        The state after the step, as plain data (for a net: ``{place: tokens}`` without zeros).
    source
        Where the element that acted was written.
    """

    action: str
    label: str
    state: Mapping[str, int] | Any
    source: SourceSpan | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the step as plain data."""
        return {
            "action": self.action,
            "label": self.label,
            "source": None if self.source is None else self.source.to_dict(),
            "state": dict(self.state) if isinstance(self.state, Mapping) else self.state,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Step:
        """Rebuild a step from :meth:`to_dict`."""
        source = data.get("source")
        return cls(
            action=data.get("action", data["label"]),
            label=data["label"],
            state=data["state"],
            source=None if source is None else SourceSpan.from_dict(source),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A finite run: an initial state and steps.

    Examples
    --------
    >>> run = Run(initial={"p": 1}, steps=(Step(action="t", label="t", state={"q": 1}),))
    >>> len(run), run.last, run.actions
    (1, {'q': 1}, ('t',))
    """

    initial: Mapping[str, int] | Any
    steps: tuple[Step, ...] = ()

    kind = "run"

    def __len__(self) -> int:
        return len(self.steps)

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    @property
    def last(self) -> Any:
        """The state in which the run ends."""
        return self.steps[-1].state if self.steps else self.initial

    @property
    def actions(self) -> tuple[str, ...]:
        """The actions in order."""
        return tuple(step.action for step in self.steps)

    def to_dict(self) -> dict[str, Any]:
        """Return the run as plain data, in the form of the report's ``witness``."""
        first = dict(self.initial) if isinstance(self.initial, Mapping) else self.initial
        return {
            "kind": "run",
            "initial": first,
            "steps": [step.to_dict() for step in self.steps],
            "loop_start": None,
        }

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        from transition_systems.showing import run_html, run_text

        return {"text/plain": run_text(self), "text/html": run_html(self)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Run:
        """Rebuild a run from :meth:`to_dict`."""
        return cls(
            initial=data["initial"], steps=tuple(Step.from_dict(step) for step in data["steps"])
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasso:
    """An infinite run: a stem, then a cycle repeated for ever.

    ``steps[loop_start:]`` is the cycle; the state before it equals the state after the last step,
    or, for a pump of a Petri net, is strictly covered by it.

    Examples
    --------
    >>> lasso = Lasso(initial=0, steps=(Step(action="a", label="a", state=0),), loop_start=0)
    >>> len(lasso.stem), len(lasso.cycle)
    (0, 1)
    """

    initial: Mapping[str, int] | Any
    steps: tuple[Step, ...]
    loop_start: int

    kind = "lasso"

    def __len__(self) -> int:
        return len(self.steps)

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    @property
    def stem(self) -> tuple[Step, ...]:
        """The steps before the cycle."""
        return self.steps[: self.loop_start]

    @property
    def cycle(self) -> tuple[Step, ...]:
        """The steps that are repeated."""
        return self.steps[self.loop_start :]

    @property
    def last(self) -> Any:
        """The state after the last step of the cycle."""
        return self.steps[-1].state if self.steps else self.initial

    @property
    def actions(self) -> tuple[str, ...]:
        """The actions in order, the cycle once."""
        return tuple(step.action for step in self.steps)

    def to_dict(self) -> dict[str, Any]:
        """Return the lasso as plain data, in the form of the report's ``witness``."""
        first = dict(self.initial) if isinstance(self.initial, Mapping) else self.initial
        return {
            "kind": "lasso",
            "initial": first,
            "steps": [step.to_dict() for step in self.steps],
            "loop_start": self.loop_start,
        }

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        from transition_systems.showing import run_html, run_text

        return {"text/plain": run_text(self), "text/html": run_html(self)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Lasso:
        """Rebuild a lasso from :meth:`to_dict`."""
        return cls(
            initial=data["initial"],
            steps=tuple(Step.from_dict(step) for step in data["steps"]),
            loop_start=int(data["loop_start"]),
        )
