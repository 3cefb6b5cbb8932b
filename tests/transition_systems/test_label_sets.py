"""Sets of labels in modalities."""

from __future__ import annotations

from transition_systems.properties.predicates import TRUE
from transition_systems.temporal.mu_formulas import Holds, Labels, Modal
from transition_systems.temporal.mu_parse import parse_mu


def test_many_labels_are_joined_as_they_are_one_by_one() -> None:
    for count in range(1, 9):
        names = [f"l{number}" for number in range(count)]
        for word, start in (("||", False), ("&&", True)):
            text = f" {word} ".join(f"{'!' if start else ''}{name}" for name in names)
            assert parse_mu(f"<{text}> true") == Modal(
                "diamond", Labels(frozenset(names), start), Holds(TRUE)
            )
    assert parse_mu("<(a || !b) && (!a || c) && b> true") == Modal(
        "diamond", Labels(frozenset(), False), Holds(TRUE)
    )
    many = " || ".join(f"l{number}" for number in range(3_000))
    found = parse_mu(f"<{many}> true")
    assert isinstance(found, Modal)
    assert len(found.labels.names) == 3_000
