"""Runs of a report as files: sequence diagrams, ITF traces, and tests that replay them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from netproof.evidence_files import evidence_folder
from netproof.report.findings import outline_for
from netproof.report.model import ModelReport, Report, VerdictReport
from netproof.report.sequence import SequenceDiagram, sequence_diagram
from petri.net import PetriNet
from petri.structure.components import s_cover
from transition_systems.budget import Budget
from transition_systems.errors import UsageError
from transition_systems.evidence_ltl import STAYS
from transition_systems.readwrite.files import write_text
from transition_systems.readwrite.itf import format_itf
from transition_systems.run import Lasso, Run

__all__ = ["Trace", "traces_of", "write_traces"]

NAME = re.compile(r"[^A-Za-z0-9]+")
LONGEST, MOST_PLACES, MOST_COMPONENTS, SECONDS = 50, 300, 10, 2.0


def write_traces(report: Report, folder: str | os.PathLike[str]) -> list[Path]:
    """Write each run of a report to files of its own.

    Parameters
    ----------
    report
        What was checked.
    folder
        Is made where there is none.

    Returns
    -------
    list of Path
        For each verdict that has a run with steps, ``NUMBER-SOURCE-PROPERTY`` with ``.mmd`` (a
        Mermaid sequence diagram), ``.svg`` (the same as a picture) and ``.itf.json`` (the
        Informal Trace Format), and ``test_NUMBER_SOURCE_PROPERTY.py``, which replays it with
        pytest.

    Raises
    ------
    UsageError
        When the folder cannot be made.

    Examples
    --------
    >>> import tempfile
    >>> from netproof.api import check
    >>> net = PetriNet(places=["p"], transitions=["t"], arcs=[("p", "t")], initial=["p"])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     names = [path.name for path in write_traces(check(net, "deadlock"), folder)]
    >>> names[0]
    '0001-net-deadlock.mmd'
    """
    base = evidence_folder(folder)
    written: list[Path] = []
    for number, trace in enumerate(traces_of(report), start=1):
        source, name = _short(Path(trace.model.source).stem), _short(trace.entry.name)
        stem = f"{number:04d}-{source}-{name}"
        files = {
            f"{stem}.mmd": trace.to_mermaid() + "\n",
            f"{stem}.svg": trace.to_svg(),
            f"{stem}.itf.json": trace.to_itf(),
        }
        if trace.replayable:
            text = trace.to_pytest(base)
            files[f"test_{number:04d}_{source}_{name}.py".lower()] = text
        for file, text in files.items():
            write_text(base / file, text)
            written.append(base / file)
    return written


def traces_of(report: Report, name: str | None = None) -> Iterator[Trace]:
    """Yield the runs with steps that the verdicts of a report have, perhaps of one property.

    Examples
    --------
    >>> from netproof.api import check
    >>> net = PetriNet(places=["p"], transitions=["t"], arcs=[("p", "t")], initial=["p"])
    >>> [len(trace.run) for trace in traces_of(check(net, "deadlock"))]
    [1]
    """
    starts = "all" if report.options.get("starts") == "all" else "one"
    for model in report.models:
        components: Mapping[str, list[str]] | None = None
        for entry in model.verdicts:
            run = entry.witness
            if run is None or not len(run) or name not in (None, entry.name):
                continue
            if components is None:
                components = _components(model)
            diagram = sequence_diagram(outline_for(model), run, components=components)
            yield Trace(model=model, entry=entry, run=run, diagram=diagram, starts=starts)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Trace:
    """The run of a verdict on the user's model, for other tools; a picture in a notebook.

    Parameters
    ----------
    model, entry
        The file's entry of the report, and the verdict.
    run
        The run or lasso.
    diagram
        The same as a sequence diagram.
    starts
        The reading of several start events.
    """

    model: ModelReport
    entry: VerdictReport
    run: Run | Lasso
    diagram: SequenceDiagram
    starts: str = "one"

    def __repr__(self) -> str:
        count = f"{len(self.run)} step{'' if len(self.run) == 1 else 's'}"
        return f"<Trace of {self.entry.name!r} in {self.model.source!r}: {count}>"

    def to_mermaid(self) -> str:
        """Return the text of a Mermaid sequence diagram."""
        return self.diagram.to_mermaid()

    def to_svg(self) -> str:
        """Return the sequence diagram as a picture."""
        return self.diagram.to_svg()

    def to_itf(self) -> str:
        """Return the run in the Informal Trace Format."""
        about = f"{self.model.source}: {self.entry.name}: {self.entry.outcome}"
        return format_itf(self.run, description=about)

    def to_pytest(self, folder: str | os.PathLike[str] | None = None) -> str:
        """Return a test that replays the run on the model's file, state by state.

        Parameters
        ----------
        folder
            Where the test will be, for the path to the model; by default the current folder.

        Returns
        -------
        str
            A module of Python that needs netproof and pytest only.

        Raises
        ------
        UsageError
            When the model comes from no file, or the steps are not its own.
        """
        if not self.replayable:
            raise UsageError("a test replays a run of a model that was read from a file")
        return _replay_test(self, Path() if folder is None else Path(folder))

    @property
    def replayable(self) -> bool:
        """Whether the steps are those of the model as it is read, from a file."""
        if self.model.source == "-" or self.model.source.startswith("<"):
            return False
        outline = outline_for(self.model)
        known = {*outline.owners, *(() if outline.owners else outline.elements), STAYS}
        return known.issuperset(self.run.actions)

    def _repr_svg_(self) -> str:
        return self.to_svg()


def _short(text: str) -> str:
    return NAME.sub("_", text)[:LONGEST].strip("_") or "model"


def _components(model: ModelReport) -> Mapping[str, list[str]]:
    """Return for each transition of a net that is made of state machines those that it moves."""
    loaded = model.model
    net = None if loaded is None or loaded.system is not None else loaded.net
    if not isinstance(net, PetriNet) or not 0 < len(net.places) <= MOST_PLACES:
        return {}
    try:
        cover = s_cover(net, budget=Budget(seconds=SECONDS))
    except UsageError:  # there is no SAT solver
        return {}
    if not cover or len(cover.components) > MOST_COMPONENTS:
        return {}
    found: dict[str, list[str]] = {}
    for component in cover.components:
        marked = [place for place in component.places if net.initial[place]]
        title = ", ".join(marked or component.places[:1])
        for transition in component.transitions:
            found.setdefault(transition, []).append(title)
    return found


def _replay_test(trace: Trace, folder: Path) -> str:
    model, entry, run, starts = trace.model, trace.entry, trace.run, trace.starts
    where = os.path.relpath(model.source, folder.resolve())
    loop = run.loop_start if isinstance(run, Lasso) else None
    states = [dict(run.initial), *(dict(step.state) for step in run.steps)]
    rows = [
        f"    ({step.action!r}, {state!r}),  # {_comment(step.label)}"
        for step, state in zip(run.steps, states[1:], strict=True)
    ]
    how = f"starts={starts!r}"
    if model.system:  # where a label leads to several states, it has to be told to which
        how = "states=run"
    lines = [
        f'"""{_comment(entry.name)}: {entry.outcome} on {_comment(Path(model.source).name)}."""',
        "",
        "from pathlib import Path",
        "",
        "from netproof import replay",
        "",
        f"MODEL = Path(__file__).parent / {Path(where).as_posix()!r}",
        f"FIRST = {states[0]!r}",
        "STEPS = [",
        *rows,
        "]",
        f"LOOP = {loop!r}  # the steps from here on can be repeated for ever",
        "",
        "",
        "def test_the_run_is_one_of_the_model():",
        "    run = [FIRST, *(state for _, state in STEPS)]",
        f"    states = replay(MODEL, [action for action, _ in STEPS], {how})",
        "    assert states == run",
        "    assert LOOP is None or states[LOOP] == states[-1]",
    ]
    return "\n".join(lines) + "\n"


def _comment(text: str) -> str:
    """Return a text that may stand in a comment or a docstring."""
    plain = " ".join(text.split())
    return "".join(c for c in plain if c.isprintable()).replace("\\", "/").replace('"', "'")
