"""The report: one model for every output format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from transition_systems.errors import UsageError
from transition_systems.evidence import Evidence
from transition_systems.run import Lasso, Run
from transition_systems.verdict import Exactness, Outcome, Statistics, Verdict, versions
from translators.ledger import Ledger

if TYPE_CHECKING:
    from netproof.trace_files import Trace

__all__ = ["EXIT_CODES", "SCHEMA", "Accepted", "ModelReport", "Report", "VerdictReport"]

SCHEMA = "netproof/report/1"
EXIT_CODES = {"ok": 0, "violated": 1, "error": 2, "unknown": 3, "internal": 70}


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """Why a verdict that is not good does not fail: a baseline knows it, or the file says so.

    Parameters
    ----------
    kind
        ``known`` (the baseline) or ``suppressed`` (the file).
    reason
        For a reader.
    """

    kind: Literal["known", "suppressed"]
    reason: str

    def to_dict(self) -> dict[str, str]:
        """Return it as plain data."""
        return {"kind": self.kind, "reason": self.reason}


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictReport:
    """A verdict as it is told: on the user's own model, and rechecked.

    Parameters
    ----------
    verdict
        The verdict with its evidence about the analysed net.
    witness
        The run or lasso on the user's model.
    rechecked, recheck_reason
        ``passed``, ``failed`` or ``skipped``, and why.
    dead
        Ids of the elements that can never occur, where the verdict is about them.
    accepted
        Why the verdict does not fail although it is not good; ``None`` where it counts.
    level
        What it is worth where it is not good: ``error`` fails, ``warning`` and ``note`` do not.
    unusable
        Whether the property cannot be asked of this model: a name that it does not have.
    """

    verdict: Verdict
    witness: Run | Lasso | None = None
    rechecked: str = "skipped"
    recheck_reason: str | None = None
    dead: tuple[str, ...] = ()
    accepted: Accepted | None = None
    level: Literal["error", "warning", "note"] = "error"
    unusable: bool = False

    @property
    def name(self) -> str:
        """The property's name or formula."""
        return self.verdict.property

    @property
    def exactness(self) -> Exactness:
        """What the verdict is worth for the user's own model."""
        return self.verdict.exactness

    @property
    def reason(self) -> str | None:
        """Why it is UNKNOWN."""
        return self.verdict.reason

    @property
    def explanation(self) -> str:
        """The verdict in plain words."""
        return self.verdict.explain()

    @property
    def evidence(self) -> Evidence | None:
        """What makes the verdict believable."""
        return self.verdict.evidence

    @property
    def statistics(self) -> Statistics:
        """How it was found, and at what cost."""
        return self.verdict.statistics

    @property
    def outcome(self) -> Outcome:
        """The outcome."""
        return self.verdict.outcome

    def to_dict(self) -> dict[str, Any]:
        """Return the verdict in the form of the report schema."""
        verdict = self.verdict
        abstract = verdict.abstract_outcome
        return {
            "property": verdict.property,
            "outcome": str(verdict.outcome),
            "exactness": str(verdict.exactness),
            "abstract_outcome": None if abstract is None else str(abstract),
            "reason": verdict.reason,
            "explanation": verdict.explain(),
            "assumptions": list(verdict.assumptions),
            "witness": None if self.witness is None else self.witness.to_dict(),
            "evidence": None if verdict.evidence is None else verdict.evidence.to_dict(),
            "rechecked": self.rechecked,
            "recheck_reason": self.recheck_reason,
            "accepted": None if self.accepted is None else self.accepted.to_dict(),
            "level": self.level,
            "seed": verdict.seed,
            "statistics": verdict.statistics.to_dict(),
        }

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        from netproof.pictures import mimebundle

        return mimebundle(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelReport:
    """Everything about one file.

    Parameters
    ----------
    source, format
        The path as given, the format's name (``None`` where it was not recognised).
    error
        Why the file could not be read, ``None`` if it could; ``internal`` tells our own fault.
    nodes, places, transitions
        Sizes of the model and of the net that was analysed; of a transition system the number of
        states and arcs.
    system
        Whether the model is a transition system.
    ledger, assumptions
        What became of each element; what the question takes for granted.
    verdicts
        In the order asked for; empty if there is an error.
    timings
        Wall seconds for ``read``, ``translate``, ``decide``, ``recheck``.
    model, translation
        The model and its net, for drawing; no part of the report's data.
    outline
        Its elements as plain data, where the model itself was left in another process.
    """

    source: str
    format: str | None = None
    error: str | None = None
    internal: bool = False
    nodes: int = 0
    places: int = 0
    transitions: int = 0
    system: bool = False
    ledger: Ledger = field(default_factory=Ledger)
    assumptions: tuple[str, ...] = ()
    verdicts: tuple[VerdictReport, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
    model: Any = field(default=None, repr=False, compare=False)
    translation: Any = field(default=None, repr=False, compare=False)
    outline: Any = field(default=None, repr=False, compare=False)

    def __repr__(self) -> str:
        outcomes = Counter(str(entry.outcome) for entry in self.verdicts)
        told = "".join(f", {count} {outcome}" for outcome, count in outcomes.items())
        return f"<ModelReport of {self.source!r}: {self.status}{told}>"

    def __getitem__(self, name: str) -> Verdict:
        for entry in self.verdicts:
            if entry.name == name:
                return entry.verdict
        known = ", ".join(entry.name for entry in self.verdicts) or "none"
        raise KeyError(f"no verdict on {name!r}; there are: {known}")

    @property
    def status(self) -> str:
        """``internal``, ``error``, ``violated``, ``unknown`` or ``ok``: the worst that happened."""
        if self.internal or any(entry.rechecked == "failed" for entry in self.verdicts):
            return "internal"
        if self.error is not None:
            return "error"
        outcomes = {entry.outcome for entry in self.verdicts if entry.accepted is None}
        if Outcome.VIOLATED in outcomes:
            return "violated"
        return "unknown" if Outcome.UNKNOWN in outcomes else "ok"

    @property
    def assumed(self) -> tuple[str, ...]:
        """Every assumption, once: those about the model, then those of single verdicts, and whose.

        What the explanation of a verdict says anyway is left out.

        Examples
        --------
        >>> ModelReport(source="x", assumptions=("Messages come.",)).assumed
        ('Messages come.',)
        """
        if self.verdicts and all(entry.unusable for entry in self.verdicts):
            return ()  # nothing was asked of the model
        own: dict[str, list[str]] = {}
        for entry in self.verdicts:
            for text in entry.verdict.assumptions:
                if text not in self.assumptions and text not in entry.verdict.explanation:
                    own.setdefault(text, []).append(entry.name)
        return (
            *self.assumptions,
            *(
                f"For {', '.join(names)}, {text[0].lower()}{text[1:]}"
                for text, names in own.items()
            ),
        )

    def without_models(self) -> ModelReport:
        """Return the report without the objects behind it, small enough to be sent around."""
        from dataclasses import replace

        from netproof.report.outline import outline_of

        outline = self.outline or outline_of(self.model, self.translation)
        return replace(self, model=None, translation=None, outline=outline)

    def to_dict(self) -> dict[str, Any]:
        """Return the entry of the report schema."""
        names = ("read", "translate", "decide", "recheck")
        return {
            "source": self.source,
            "format": self.format,
            "error": self.error,
            "size": {
                "nodes": self.nodes,
                "places": self.places,
                "transitions": self.transitions,
            },
            "ledger": self.ledger.to_list(),
            "assumptions": list(self.assumptions),
            "verdicts": [entry.to_dict() for entry in self.verdicts],
            "timings": {name: float(self.timings.get(name, 0.0)) for name in names},
        }

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        from netproof.pictures import mimebundle

        return mimebundle(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The result of one call: one entry for each file, in the order given.

    Parameters
    ----------
    models
        The entries.
    options
        The options that shaped the result, as plain data.
    """

    models: tuple[ModelReport, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=versions, compare=False)

    def __repr__(self) -> str:
        status = Counter(model.status for model in self.models)
        told = ", ".join(f"{status[name]} {name}" for name in EXIT_CODES if status[name])
        count = len(self.models)
        files = f"{count} file{'' if count == 1 else 's'}"
        return f"<{type(self).__name__} of {files}: {told or 'nothing'}>"

    def __iter__(self) -> Iterator[ModelReport]:
        return iter(self.models)

    def __len__(self) -> int:
        return len(self.models)

    def __getitem__(self, key: int | str) -> Any:
        """Return an entry by number, or, of a report on one model, a verdict by its property."""
        if isinstance(key, int):
            return self.models[key]
        if len(self.models) != 1:
            raise KeyError("the report has several models: choose one by its number first")
        return self.models[0][key]

    @property
    def verdicts(self) -> tuple[VerdictReport, ...]:
        """The verdicts of all entries, in order."""
        return tuple(entry for model in self.models for entry in model.verdicts)

    def trace(self, name: str | None = None) -> Trace:
        """Return the first run of the report, or that of one property, for other tools.

        Parameters
        ----------
        name
            The property.

        Returns
        -------
        Trace
            With ``to_mermaid()``, ``to_svg()``, ``to_itf()`` and ``to_pytest(folder)``.

        Raises
        ------
        UsageError
            When no verdict, or not that one, has a run with steps.
        """
        from netproof.trace_files import traces_of

        found = next(traces_of(self, name), None)
        if found is None:
            about = "verdict" if name is None else f"verdict on {name!r}"
            raise UsageError(f"the report has no {about} with a run")
        return found

    @property
    def unusable(self) -> dict[str, str]:
        """The properties that no model of the report can be asked, and why the first cannot."""
        asked: dict[str, list[VerdictReport]] = {}
        for entry in self.verdicts:
            asked.setdefault(entry.name, []).append(entry)
        return {
            name: entries[0].reason or ""
            for name, entries in asked.items()
            if all(entry.unusable for entry in entries)
        }

    @property
    def summary(self) -> dict[str, int]:
        """How many files there are of each status, and how many verdicts of each outcome."""
        status = Counter(model.status for model in self.models)
        outcomes = Counter(entry.outcome for model in self.models for entry in model.verdicts)
        return {
            "files": len(self.models),
            "ok": status["ok"],
            "violated": status["violated"],
            "unknown": status["unknown"],
            "errors": status["error"],
            "internal": status["internal"],
            "HOLDS": outcomes[Outcome.HOLDS],
            "VIOLATED": outcomes[Outcome.VIOLATED],
            "UNKNOWN": outcomes[Outcome.UNKNOWN],
            "accepted": sum(
                entry.accepted is not None for model in self.models for entry in model.verdicts
            ),
        }

    @property
    def exit_code(self) -> int:
        """The exit code, worst first: 70 internal, 2 unreadable, 1 violated, 3 unknown, 0 good."""
        found = {model.status for model in self.models} | ({"error"} if self.unusable else set())
        for status in ("internal", "error", "violated", "unknown"):
            if status in found:
                return EXIT_CODES[status]
        return 0

    def to_dict(self) -> dict[str, Any]:
        """Return the report in the form of its published schema."""
        return {
            "schema": SCHEMA,
            "versions": dict(self.versions),
            "options": dict(self.options),
            "summary": self.summary,
            "models": [model.to_dict() for model in self.models],
        }

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        from netproof.pictures import mimebundle

        return mimebundle(self)
