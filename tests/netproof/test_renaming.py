"""Names mean nothing: what is asked of renamed systems, nets and workflows has the same answer.

The names are those that a language could take for its own; each formula is asked in its text, as a
user writes it, and each verdict's evidence is rechecked, and rechecked again from its files.
"""

from __future__ import annotations

import dataclasses
import random
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

import netproof
from netproof.evidence_files import recheck_folder, write_evidence
from netproof.spectra import rechecked_spectrum
from petri import PetriNet, write_pnml
from random_workflows import random_workflow
from transition_systems import LTS
from transition_systems.properties.tokens import quoted
from transition_systems.readwrite.json import write_lts_json
from translators.workflow import NodeKind, WorkflowGraph
from workflow_text import drawn

HOSTILE = (
    "a.b", "pay.start", "ship:all", "a$", "true", "false", "dead", "deadlock", "enabled", "mu",
    "nu", "X", "Z0", "not <b>", 'say "no"', "back\\slash", "{x}", "a]b", "(", "é", "1st", "a || b",
    "a*", "a.b*", "!a", "A", "done(pay)", "enabled(b)", "started(x)", "AG", "U", "EF p", "tau*",
    "p >= 1", "->", "%7B", "审批", "a,b", "s0", "weak", "and", "A G", "<a> true", "[a]",
    "x@0", "a|b|c", "//", "/*", "#", "&amp;", "a'b",
)  # fmt: skip


def random_names(rng: random.Random, plain: list[str]) -> dict[str, str]:
    """Return a hostile name for each plain one."""
    return dict(zip(plain, rng.sample(HOSTILE, len(plain)), strict=True))


def random_text(rng: random.Random, atoms: list[str], labels: list[str]) -> str:
    """Return a formula in which ``§name§`` stands for a name."""

    words = ("enabled", "done")

    def atom() -> str:
        if labels and rng.random() < 0.3:
            word = rng.choice(words)
            return f"{word}(§{rng.choice(labels)}§)"
        return f"§{rng.choice(atoms)}§" if atoms else "dead"

    def state(depth: int) -> str:
        if depth == 0:
            return atom()
        kind = rng.randrange(4)
        if kind == 0:
            return f"!({state(depth - 1)})"
        if kind == 1:
            return f"({state(depth - 1)} {rng.choice(('&&', '||', '->'))} {state(depth - 1)})"
        return atom()

    def branching(depth: int) -> str:
        if depth == 0:
            return state(1)
        if rng.random() < 0.25:
            return f"A[({branching(depth - 1)}) U ({branching(depth - 1)})]"
        if rng.random() < 0.25:
            return f"({branching(depth - 1)} {rng.choice(('&&', '->'))} {branching(depth - 1)})"
        operator = rng.choice(("AG", "EF", "AF", "EG", "EX", "AX"))
        return f"{operator} ({branching(depth - 1)})"

    def linear(depth: int) -> str:
        if depth == 0:
            return state(1)
        if rng.random() < 0.25:
            return f"(({linear(depth - 1)}) {rng.choice('UWR')} ({linear(depth - 1)}))"
        if rng.random() < 0.25:
            return f"({linear(depth - 1)} {rng.choice(('&&', '->'))} {linear(depth - 1)})"
        return f"{rng.choice('XFG')} ({linear(depth - 1)})"

    def modal(depth: int) -> str:
        if depth == 0:
            return f"{{{state(1)}}}"
        one = f"§{rng.choice(labels)}§"
        step = rng.choice((one, f"{one}*", f"!{one}", f"true*.{one}", f"({one} + true)"))
        left, right = rng.choice(("<>", "[]"))
        return f"{left}{step}{right} ({modal(depth - 1)})"

    kind = rng.random()
    if kind < 0.3:
        return branching(rng.randint(1, 3))
    if kind < 0.6:
        return linear(rng.randint(1, 3))
    if kind < 0.7:
        return f"A (F (E G ({state(1)})))"
    if kind < 0.85 and labels:
        words = ("enabled",)
        return modal(rng.randint(1, 3))
    name = rng.choice(("absence", "existence", "universality", "response", "precedence"))
    about = [state(1), state(1)] if name in ("response", "precedence") else [state(1)]
    scope = rng.choice(("", f" before({atom()})", f" after({atom()})"))
    return f"{name}({', '.join(about)}){scope}"


def asked(text: str, names: Mapping[str, str] | None) -> str:
    """Return the text with its names: as they are, or renamed and in quotes."""
    if names is None:
        return text.replace("§", "")
    return re.sub("§(.*?)§", lambda found: quoted(names[found[1]]), text)


def answers(model: Path | WorkflowGraph, texts: list[str]) -> list[tuple[str, str, bool]]:
    """Return outcome, recheck and whether there is a run for each formula."""
    report = netproof.check(model, [*texts, "AG !dead"], budget=20)
    if isinstance(model, Path) and write_evidence(report, folder := model.with_suffix(".proofs")):
        assert {found.result.status for _, found in recheck_folder(folder)} == {"passed"}
    verdicts = report.models[0].verdicts[: len(texts)]
    assert isinstance(model, WorkflowGraph) or not report.unusable, texts
    assert all(one.rechecked == "passed" for one in verdicts if not one.verdict.unknown), texts
    return [(str(one.outcome), one.rechecked, one.witness is None) for one in verdicts]


def compared(
    models: Sequence[Path] | Sequence[WorkflowGraph], texts: list[str], names: dict[str, str]
) -> None:
    """The same questions to a model and to the renamed one."""
    texts = list(dict.fromkeys(texts))
    plain = answers(models[0], [asked(text, None) for text in texts])
    other = answers(models[1], [asked(text, names) for text in texts])
    for text, here, there in zip(texts, plain, other, strict=True):
        out_of_time = "UNKNOWN" in (here[0], there[0])
        assert here == there or out_of_time, (asked(text, None), asked(text, names))


def random_lts(rng: random.Random, names: Mapping[str, str]) -> LTS:
    """Return a system over the labels a, b, c and the atoms p, q, renamed."""
    n = rng.randint(1, 7)
    arcs = [
        (rng.randrange(n), rng.choice((None, "a", "b", "c")), rng.randrange(n))
        for _ in range(rng.randint(1, 2 * n))
    ]
    arcs += [(0, label, rng.randrange(n)) for label in "abc"]
    atoms = {names[name]: [rng.random() < 0.5 for _ in range(n)] for name in "pq"}
    return LTS.from_arcs(
        n, [(source, label and names[label], target) for source, label, target in arcs], atoms=atoms
    )


def systems(seed: int, folder: Path) -> None:
    rng = random.Random(f"systems {seed}")
    names = random_names(rng, [*"abcpq"])
    files = (folder / "plain.json", folder / "renamed.json")
    state = rng.getrandbits(64)
    for file, way in zip(files, ({name: name for name in names}, names), strict=True):
        write_lts_json(random_lts(random.Random(state), way), file)
    texts = [random_text(rng, [*"pq"], [*"abc"]) for _ in range(8)]
    compared(files, texts, names)


def nets(seed: int, folder: Path) -> None:
    rng = random.Random(f"nets {seed}")
    places, transitions = [*"pqrs"], [*"abc"]
    names = random_names(rng, [*places, *transitions])
    arcs = []
    for (
        transition
    ) in transitions:  # each takes as many tokens as it puts: all markings can be listed
        size = rng.choice((1, 1, 2))
        arcs += [(place, transition, 1) for place in rng.sample(places, size)]
        arcs += [(transition, place, 1) for place in rng.sample(places, size)]
    files = (folder / "plain.pnml", folder / "renamed.pnml")
    for file, way in zip(files, ({name: name for name in names}, names), strict=True):
        write_pnml(
            PetriNet(
                places=[way[p] for p in places], transitions=[way[t] for t in transitions],
                arcs=[(way[a], way[b], weight) for a, b, weight in arcs],
                initial={way["p"]: 1, way["q"]: 1},
            ),
            file,
        )  # fmt: skip
    texts = [random_text(rng, places, transitions) for _ in range(8)]
    compared(files, texts, names)


def workflows(seed: int, folder: Path) -> None:
    rng = random.Random(f"workflows {seed}")
    graph = drawn(random_workflow(seed))
    activities = [node.id for node in graph.nodes if node.kind is NodeKind.ACTIVITY]
    plain = {id: f"n{number}" for number, id in enumerate(rng.sample(activities, len(activities)))}
    chosen = [plain[id] for id in activities[: len(HOSTILE)]]
    names = random_names(rng, chosen)
    models = []
    for way in ({name: name for name in names}, names):
        renamed = [
            dataclasses.replace(node, name=way[plain[node.id]])
            if plain.get(node.id) in names
            else node
            for node in graph.nodes
        ]
        models.append(dataclasses.replace(graph, nodes=tuple(renamed)))
    compared(models, [random_text(rng, chosen, chosen) for _ in range(5)], names)


def relations(seed: int, folder: Path) -> None:
    """Every relation between two systems, and what tells them apart."""
    rng = random.Random(f"relations {seed}")
    names = random_names(rng, [*"abcpq"])
    states = [rng.getrandbits(64) for _ in range(2)]
    found = []
    for way in ({name: name for name in names}, names):
        a, b = (random_lts(random.Random(state), way) for state in states)
        spectrum = netproof.spectrum(a, b, budget=60)
        checks = rechecked_spectrum(spectrum, a, b)
        assert {check.status for check in checks.values()} == {"passed"}
        found.append({line.relation: str(line.equal.verdict.outcome) for line in spectrum.lines})
    assert found[0] == found[1]


@pytest.mark.parametrize("name", ["s0", "s1"])
def test_an_atom_that_holds_nowhere_is_not_the_state_of_its_name(name: str, tmp_path: Path) -> None:
    nowhere = {name: [False, False]}
    write_lts_json(LTS.from_arcs(2, [(0, "a", 1)], atoms=nowhere), tmp_path / "x.json")
    assert answers(tmp_path / "x.json", [f"EF {name}", f"F {name}", f"AG !{name}"]) == [
        ("VIOLATED", "passed", True), ("VIOLATED", "passed", False), ("HOLDS", "passed", True),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", [systems, nets, workflows, relations])
def test_renamed(kind: Callable[[int, Path], None], tmp_path: Path) -> None:
    for seed in range(6):
        folder = tmp_path / str(seed)
        folder.mkdir()
        kind(seed, folder)


@pytest.mark.campaign
@pytest.mark.parametrize("kind", [systems, nets, workflows, relations])
def test_many_renamed(kind: Callable[[int, Path], None], tmp_path: Path) -> None:
    for seed in range(1_000):
        folder = tmp_path / str(seed)
        folder.mkdir()
        kind(seed, folder)
