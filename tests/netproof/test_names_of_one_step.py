"""Connectives in a modality, where several of its names mean the same step."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from petri import PetriNet, Transition
from step_questions import EXAMPLES, outcomes

Meant = Callable[[int], bool]


def circle(*labels: str | None) -> PetriNet:
    """Return a net of steps t0, t1, ... one after the other, for ever."""
    n = len(labels)
    places = [f"p{i}" for i in range(n)]
    steps = [Transition(id=f"t{i}", label=label) for i, label in enumerate(labels)]
    arcs = [(f"p{i}", f"t{i}") for i in range(n)] + [(f"t{i}", places[i + 1 - n]) for i in range(n)]
    return PetriNet(places=places, transitions=steps, arcs=arcs, initial=["p0"])


@pytest.mark.parametrize(
    ("asked", "outcome"),
    [("<a && t0> true", "HOLDS"), ("<a && !t0> true", "VIOLATED"), ("[a && !t0] false", "HOLDS"),
     ("<a && t1> true", "VIOLATED"), ("<t1 || !a> true", "VIOLATED"), ("<!(a && t1)> true", "HOLDS"),
     ("<a> <a && !t0> true", "HOLDS"), ("[!t0 || !a] false", "HOLDS"),
     ("nu X. <(a && t0).(a && !t0)> X", "HOLDS"), ("EF <t0 && t1> true", "VIOLATED")],
)  # fmt: skip
def test_an_id_and_the_label_of_its_transition(asked: str, outcome: str) -> None:
    assert outcomes(circle("a", "a"), [asked]) == [outcome]


def test_an_id_of_a_silent_step() -> None:
    asked = ["<tau && t0> true", "<tau && !t0> true", "<!tau> true", "<t0> <tau && t1> true"]
    assert outcomes(circle(None, "tau", "b"), asked) == ["HOLDS", "VIOLATED", "VIOLATED", "HOLDS"]


def test_a_node_what_is_drawn_and_its_steps() -> None:
    path = EXAMPLES / "invoice-deadlock.bpmn"
    asked = ['EF <manager && "manager.complete"> true', 'EF <manager && !"manager.complete"> true',
             'EF <!manager && "manager.start"> true',
             'EF <manager && !"manager.start" && !"manager.complete"> true']  # fmt: skip
    assert outcomes(path, asked) == ["HOLDS", "HOLDS", "VIOLATED", "VIOLATED"]


def action(rng: random.Random, names: dict[str, Meant], depth: int) -> tuple[str, Meant]:
    """Return an action formula as text, and which transitions it means."""
    if depth == 0 or rng.random() < 0.3:
        name = rng.choice(list(names))
        return name, names[name]
    text, meant = action(rng, names, depth - 1)
    if rng.random() < 0.4:
        return f"!({text})", lambda t: not meant(t)
    more, other = action(rng, names, depth - 1)
    if rng.random() < 0.5:
        return f"({text}) && ({more})", lambda t: meant(t) and other(t)
    return f"({text}) || ({more})", lambda t: meant(t) or other(t)


def agree(seed: int) -> None:
    rng = random.Random(seed)
    labels = [rng.choice(["a", "a", "b", None, "tau", f"t{i}"]) for i in range(rng.randint(1, 4))]
    names: dict[str, Meant] = {
        "true": lambda _: True,
        "tau": lambda t: labels[t] in (None, "tau"),
    }
    for i, label in enumerate(labels):
        names[f"t{i}"] = lambda t, i=i: t == i
        if label not in (None, "tau"):
            names[str(label)] = lambda t, label=label: labels[t] == label
    asked: list[str] = []
    wanted: list[str] = []
    for at in range(len(labels)):
        text, meant = action(rng, names, 3)
        asked += [f"{'<true> ' * at}<{text}> true", f"{'[true] ' * at}[{text}] false"]
        wanted += ["HOLDS", "VIOLATED"] if meant(at) else ["VIOLATED", "HOLDS"]
    assert outcomes(circle(*labels), asked) == wanted, (seed, labels, asked)


def test_any_combination_by_definition() -> None:
    for seed in range(60):
        agree(seed)


@pytest.mark.campaign
def test_many_combinations_by_definition() -> None:
    for seed in range(1_000, 6_000):
        agree(seed)
