"""Sets of labels in modalities."""

from __future__ import annotations

import pytest

from transition_systems.errors import ExpressionError
from transition_systems.lts import LTS
from transition_systems.properties.predicates import TRUE
from transition_systems.temporal.action_formulas import Labels, as_labels
from transition_systems.temporal.english_mu import mu_in_english
from transition_systems.temporal.mu_calculus import check_mu
from transition_systems.temporal.mu_formulas import Holds, Modal, format_mu
from transition_systems.temporal.mu_parse import parse_mu


def test_many_labels_are_joined_as_they_are_one_by_one() -> None:
    for count in range(1, 9):
        names = [f"l{number}" for number in range(count)]
        for word, start in (("||", False), ("&&", True)):
            text = f" {word} ".join(f"{'!' if start else ''}{name}" for name in names)
            assert parse_mu(f"<{text}> true") == Modal(
                "diamond", Labels(frozenset(names), start), Holds(TRUE)
            )
    none = parse_mu("<(a || !b) && (!a || c) && b> true")
    assert isinstance(none, Modal)
    assert as_labels(none.labels) == Labels(frozenset("bc") & frozenset("a"))
    many = " || ".join(f"l{number}" for number in range(3_000))
    found = parse_mu(f"<{many}> true")
    assert isinstance(found, Modal)
    assert isinstance(found.labels, Labels)
    assert len(found.labels.names) == 3_000


@pytest.mark.parametrize(
    ("written", "shown", "told"),
    [("<a && !b> true", "<a && !b> true", "some step that is a and not b can be taken"),
     ("[a && (b || c)] false", "[a && (b || c)] false",
      "no step that is a and (b or c) can be taken"),
     ("<!(a && !b)> p", "<b || !a> p", "some step that is b or not a leads to where p holds"),
     ("<!a && !b> p", "<!(a || b)> p", "some step other than a or b leads to where p holds"),
     ("<a && true && a> p", "<a> p", "some step a leads to where p holds"),
     ("<a && false> p", "<false> p", "some step of the empty set leads to where p holds"),
     ("<(a || b) && !(c || d)> p", "<(a || b) && !(c || d)> p",
      "some step that is (a or b) and (neither c nor d) leads to where p holds")],
)  # fmt: skip
def test_connectives_stay_until_names_have_a_meaning(written: str, shown: str, told: str) -> None:
    found = parse_mu(written)
    assert (format_mu(found), mu_in_english(found)) == (shown, told)
    assert parse_mu(shown) == found


def test_a_misspelt_name_beside_and_is_told() -> None:
    lts = LTS.from_arcs(2, [(0, "pay", 1)])
    with pytest.raises(ExpressionError, match=r"no label 'pya'\. Did you mean 'pay'\?"):
        check_mu(lts, "<pay && pya> true")
