"""A network of cells that take steps together, and the process term that it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from process_algebra.operators import choice
from process_algebra.process import Definition, Process
from process_algebra.terms import STOP, Call, Hiding, Parallel, Prefix, Renaming, Term
from transition_systems.lts import TAU_NAME, TICK_NAME
from translators.to_process.cells import OVERFLOW, Act, Cell, Local

__all__ = ["Network", "Step"]


@dataclass(slots=True, kw_only=True)
class Step:
    """One step of the workflow: what it asks of each cell that takes part.

    Parameters
    ----------
    label
        The visible label; ``None`` for a silent step.
    element
        The node that acts.
    acts
        For each cell by name what it must do.
    """

    label: str | None
    element: str
    acts: dict[str, list[Act]] = field(default_factory=dict[str, list[Act]])

    def add(self, cell: Cell, verb: str, event: str | None = None) -> Step:
        """Ask one more thing of a cell."""
        self.acts.setdefault(cell.name, []).append((verb, event))
        return self

    def all(self, cells: Iterable[Cell], verb: str) -> Step:
        """Ask the same of several cells."""
        for cell in cells:
            self.add(cell, verb)
        return self

    def then(self, needs: Iterable[tuple[Cell, str]]) -> Step:
        """Ask each thing of its cell."""
        for cell, verb in needs:
            self.add(cell, verb)
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """The process of a network, and the names of its particular events."""

    process: Process
    labels: dict[str, str]
    completion: str
    overflows: dict[str, str]
    watches: dict[str, str]


class Network:
    """Cells and steps, collected while a workflow graph is read."""

    def __init__(self) -> None:
        self.cells: dict[str, Cell] = {}
        self.steps: list[Step] = []
        self.watched: list[tuple[str, Step]] = []

    def add(self, cell: Cell) -> Cell:
        """Add a cell."""
        self.cells[cell.name] = cell
        return cell

    def step(self, step: Step) -> None:
        """Add a step."""
        self.steps.append(step)

    def watch(self, atom: str, step: Step) -> None:
        """Give an atom to the states in which a step that changes nothing could happen."""
        self.watched.append((atom, step))

    def build(self) -> Built:
        """Return the term: all cells in parallel, silent steps hidden, the others renamed.

        Notes
        -----
        One definition for each local state of each cell; all cells share the event of completion,
        which those with live tokens refuse. A node whose id is a reserved name of CSP (the silent
        step, the tick) gets a prime, so that its step stays visible.
        """
        taken = {step.label for step in self.steps if step.label is not None}
        events: list[tuple[str, dict[str, list[Act]]]] = []
        labels: dict[str, str] = {}
        hidden: list[str] = []
        count: dict[str, int] = {}
        for step in self.steps:
            stem = step.label or f"tau.{step.element}"
            number = count[stem] = count.get(stem, 0) + 1
            name = _fresh(f"{stem}/{number}", taken)
            events.append((name, step.acts))
            if step.label is None:
                hidden.append(name)
            else:
                reserved = step.label in (TAU_NAME, TICK_NAME)
                labels[name] = f"{step.label}'" if reserved else step.label
        watches: dict[str, str] = {}
        for atom, step in self.watched:
            name = _fresh(f"watch.{atom}", taken)
            events.append((name, step.acts))
            watches[name] = atom
        completion = _fresh("complete", taken)
        by_cell: dict[str, list[tuple[str, list[Act]]]] = {name: [] for name in self.cells}
        for name, acts in events:
            for touched, asked in acts.items():
                by_cell[touched].append((name, asked))
        overflows: dict[str, str] = {}
        definitions: list[Definition] = []
        parts: list[Term] = []
        sets: list[list[str]] = []
        for cell in self.cells.values():
            over = _fresh(f"overflow.{cell.element}", taken)
            local, overfull = _definitions(cell, by_cell[cell.name], completion, over)
            definitions.extend(local)
            if overfull:
                overflows[over] = cell.element
            parts.append(Call(local[0].name))
            sets.append([*(name for name, _ in by_cell[cell.name]), completion])
        if not parts:
            name = "nothing"
            body = Prefix(completion, Call(name))
            definitions.append(Definition(name=name, body=body))
            parts, sets = [Call(name)], [[completion]]
        term: Term = Parallel(parts, sets)
        if labels:
            term = Renaming(term, labels.items())
        if hidden:
            term = Hiding(term, hidden)
        return Built(
            process=Process(main=term, definitions=tuple(definitions)),
            labels=labels,
            completion=completion,
            overflows=overflows,
            watches=watches,
        )


def _fresh(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "'"
    taken.add(name)
    return name


def _definitions(
    cell: Cell, events: list[tuple[str, list[Act]]], completion: str, over: str
) -> tuple[list[Definition], bool]:
    names: dict[Local, str] = {}
    waiting: list[Local] = []

    def called(state: Local) -> Call:
        if state not in names:
            names[state] = f"{cell.name} {_spelt(state)}"
            waiting.append(state)
        return Call(names[state])

    called(cell.initial)
    made: list[Definition] = []
    while waiting:
        state = waiting.pop()
        if state == OVERFLOW:
            made.append(Definition(name=names[state], body=Prefix(over, STOP)))
            continue
        branches: list[Term] = []
        for event, acts in events:
            branches.extend(Prefix(event, called(after)) for after in cell.react(acts, state))
        if not cell.live or cell.is_empty(state):
            branches.append(Prefix(completion, called(state)))
        made.append(Definition(name=names[state], body=choice(*branches)))
    return made, OVERFLOW in names


def _spelt(state: Local) -> str:
    if not isinstance(state, tuple):
        return str(state)
    runs = [".".join([str(number), *rung]) for number, rung in state]
    return f"[{', '.join(runs)}]"
