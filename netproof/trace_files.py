"""Runs of a report as files: sequence diagrams, ITF traces, and tests that replay them."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from netproof.evidence_files import evidence_folder
from netproof.report.findings import outline_for
from netproof.report.model import ModelReport, Report, VerdictReport
from netproof.report.sequence import sequence_diagram
from petri.net import PetriNet
from petri.structure.components import s_cover
from transition_systems.budget import Budget
from transition_systems.errors import UsageError
from transition_systems.evidence_ltl import STAYS
from transition_systems.readwrite.files import write_text
from transition_systems.readwrite.itf import format_itf
from transition_systems.run import Lasso, Run

__all__ = ["format_replay_test", "write_traces"]

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
    starts = "all" if report.options.get("starts") == "all" else "one"
    written: list[Path] = []
    number = 0
    for model in report.models:
        components: Mapping[str, list[str]] | None = None
        for entry in model.verdicts:
            run = entry.witness
            if run is None or not len(run):
                continue
            number += 1
            if components is None:
                components = _components(model)
            diagram = sequence_diagram(outline_for(model), run, components=components)
            about = f"{model.source}: {entry.name}: {entry.outcome}"
            source, name = _short(Path(model.source).stem), _short(entry.name)
            stem = f"{number:04d}-{source}-{name}"
            files = {
                f"{stem}.mmd": diagram.to_mermaid() + "\n",
                f"{stem}.svg": diagram.to_svg(),
                f"{stem}.itf.json": format_itf(run, description=about),
            }
            if _replayable(model, run):
                text = format_replay_test(model, entry, starts=starts, folder=base)
                files[f"test_{number:04d}_{source}_{name}.py".lower()] = text
            for file, text in files.items():
                write_text(base / file, text)
                written.append(base / file)
    return written


def _short(text: str) -> str:
    return NAME.sub("_", text)[:LONGEST].strip("_") or "model"


def _components(model: ModelReport) -> Mapping[str, list[str]]:
    """Return for each transition of a net that is made of state machines those that it moves."""
    net = None if model.model is None else model.model.net
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


def _replayable(model: ModelReport, run: Run | Lasso) -> bool:
    """Return whether the steps are those of the model as it is read, from a file."""
    if model.source == "-" or model.source.startswith("<"):
        return False
    outline = outline_for(model)
    known = {*outline.owners, *(() if outline.owners else outline.elements), STAYS}
    return known.issuperset(run.actions)


def format_replay_test(
    model: ModelReport, entry: VerdictReport, *, starts: str = "one", folder: Path | None = None
) -> str:
    """Return a test that replays the run of a verdict on the model's file, state by state.

    Parameters
    ----------
    model, entry
        The file's entry of a report, and the verdict, which has a run.
    starts
        The reading of several start events.
    folder
        Where the test will be, for the path to the model; by default the current folder.

    Returns
    -------
    str
        A module of Python that needs netproof and pytest only.

    Raises
    ------
    UsageError
        When the verdict has no run.
    """
    run = entry.witness
    if run is None:
        raise UsageError(f"the verdict on {entry.name!r} has no run")
    where = os.path.relpath(model.source, (folder or Path()).resolve())
    loop = run.loop_start if isinstance(run, Lasso) else None
    states = [dict(run.initial), *(dict(step.state) for step in run.steps)]
    rows = [
        f"    ({step.action!r}, {state!r}),  # {_comment(step.label)}"
        for step, state in zip(run.steps, states[1:], strict=True)
    ]
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
        f"    states = replay(MODEL, [action for action, _ in STEPS], starts={starts!r})",
        "    assert states == [FIRST, *(state for _, state in STEPS)]",
        "    assert LOOP is None or states[LOOP] == states[-1]",
    ]
    return "\n".join(lines) + "\n"


def _comment(text: str) -> str:
    """Return a text that may stand in a comment or a docstring."""
    plain = " ".join(text.split())
    return "".join(c for c in plain if c.isprintable()).replace("\\", "/").replace('"', "'")
