"""The contest's formulas: read as they are written, refused by name where they are not."""

from __future__ import annotations

import pytest

from petri.readwrite.contest_formulas import ContestProperty, parse_contest_formulas
from transition_systems.errors import InputError, UnsupportedError
from transition_systems.properties.format import format_formula

HEAD = '<property-set xmlns="http://mcc.lip6.fr/">'


def parsed(formula: str) -> ContestProperty:
    text = f"{HEAD}<property><id> X-00 </id><formula>{formula}</formula></property></property-set>"
    (found,) = parse_contest_formulas(text)
    assert found.id == "X-00"
    return found


def everywhere(inner: str) -> str:
    found = parsed(f"<all-paths><globally>{inner}</globally></all-paths>")
    assert found.formula is not None
    return format_formula(found.formula)


def le(left: str, right: str) -> str:
    return f"<integer-le>{left}{right}</integer-le>"


def count(*places: str) -> str:
    names = "".join(f"<place>{place}</place>" for place in places)
    return f"<tokens-count>{names}</tokens-count>"


def number(value: object) -> str:
    return f"<integer-constant>{value}</integer-constant>"


def test_comparisons_are_sums_against_a_bound() -> None:
    assert everywhere(le(count("p", "q"), number(3))) == "AG (p + q <= 3)"
    assert everywhere(le(number(2), count("p"))) == "AG (-p <= -2)"
    assert everywhere(le(count("p", "p"), count("q"))) == "AG (2 p - q <= 0)"
    assert everywhere(le(count("p"), count("p"))) == "AG true"
    assert everywhere(le(number(3), number(2))) == "AG false"


def test_boolean_operators_and_enabled_transitions() -> None:
    fire = "<is-fireable><transition>t</transition><transition>u</transition></is-fireable>"
    one = le(count("p"), number(1))
    assert everywhere(fire) == "AG (enabled(t) || enabled(u))"
    assert everywhere(f"<negation>{one}</negation>") == "AG !(p <= 1)"
    joined = everywhere(f"<conjunction>{one}{fire}<disjunction>{one}</disjunction></conjunction>")
    assert joined == "AG (p <= 1 && (enabled(t) || enabled(u)) && p <= 1)"
    found = parsed(f"<exists-path><finally>{one}</finally></exists-path>")
    assert found.formula is not None
    assert format_formula(found.formula) == "EF (p <= 1)"


def test_deep_formulas_are_no_matter() -> None:
    deep = le(count("p"), number(1))
    for _ in range(900):
        deep = f"<negation>{deep}</negation>"
    assert everywhere(deep).count("!") == 900


def test_bounds_name_places() -> None:
    found = parsed("<place-bound><place>p</place><place>q</place></place-bound>")
    assert (found.places, found.formula) == (("p", "q"), None)


@pytest.mark.parametrize(
    ("formula", "error", "message"),
    [
        (
            "<all-paths><finally><x/></finally></all-paths>",
            UnsupportedError,
            "not supported in a formula",
        ),
        ("<all-paths><until/></all-paths>", InputError, "two operands"),
        ("<place-bound/>", InputError, "lists names"),
        ("<place-bound><transition>t</transition></place-bound>", InputError, "lists names"),
        ("<all-paths/>", InputError, "has one operand"),
        ("", InputError, "has one operand"),
        (
            f"<all-paths><globally>{le(count('p'), '')}</globally></all-paths>",
            InputError,
            "two operands",
        ),
        (
            f"<all-paths><globally>{le(count('p'), number('x'))}</globally></all-paths>",
            InputError,
            "no number",
        ),
        (
            f"<all-paths><globally>{le(count('p'), '<product/>')}</globally></all-paths>",
            UnsupportedError,
            "<product>",
        ),
        ("<all-paths><globally><negation/></globally></all-paths>", InputError, "one operand"),
    ],
)
def test_what_is_not_of_the_language_is_refused(
    formula: str, error: type[InputError], message: str
) -> None:
    with pytest.raises(error, match=message) as caught:
        parsed(formula)
    assert caught.value.span is not None
    assert caught.value.span.line == 1


def test_a_file_of_another_kind_is_refused() -> None:
    with pytest.raises(InputError, match="property-set"):
        parse_contest_formulas("<pnml/>")
    with pytest.raises(InputError, match="name and a formula"):
        parse_contest_formulas(f"{HEAD}<property><id>a</id></property></property-set>")


def test_temporal_formulas() -> None:
    p, q = le(count("p"), number(1)), le(count("q"), number(2))
    until = f"<until><before>{p}</before><reach>{q}</reach></until>"
    inner = f"<exists-path><next>{p}</next></exists-path>"
    for text, wanted in {
        f"<all-paths>{until}</all-paths>": "A[p <= 1 U q <= 2]",
        f"<negation><exists-path>{until}</exists-path></negation>": "!E[p <= 1 U q <= 2]",
        f"<all-paths><finally>{inner}</finally></all-paths>": "AF EX (p <= 1)",
        f"<conjunction>{inner}{q}</conjunction>": "EX (p <= 1) && q <= 2",
        f"<disjunction>{inner}</disjunction>": "EX (p <= 1)",
        f"<all-paths><globally><finally>{p}</finally></globally></all-paths>": "A G F (p <= 1)",
        f"<all-paths><next>{until}</next></all-paths>": "A X (p <= 1 U q <= 2)",
    }.items():
        found = parsed(text).formula
        assert found is not None
        assert format_formula(found) == wanted


@pytest.mark.parametrize("tag", ["implies", "implication"])
def test_implications_are_read(tag: str) -> None:
    p, q = (
        "<is-fireable><transition>t</transition></is-fireable>",
        le(
            "<integer-constant>1</integer-constant>",
            "<tokens-count><place>p</place></tokens-count>",
        ),
    )
    assert everywhere(f"<{tag}>{p}{q}</{tag}>") == everywhere(
        f"<disjunction><negation>{p}</negation>{q}</disjunction>"
    )
    later = f"<all-paths><finally>{q}</finally></all-paths>"
    assert everywhere(f"<{tag}>{p}{later}</{tag}>") == "AG (!enabled(t) || AF (-p <= -1))"
    with pytest.raises(InputError, match="two operands"):
        everywhere(f"<{tag}>{p}</{tag}>")


def test_what_is_not_supported_is_kept_with_the_reason_where_that_is_asked() -> None:
    text = (
        f"{HEAD}<property><id>a</id><formula><all-paths><globally><xor/></globally></all-paths>"
        "</formula></property><property><id>b</id><formula><all-paths><globally><is-fireable>"
        "<transition>t</transition></is-fireable></globally></all-paths></formula></property>"
        "</property-set>"
    )
    with pytest.raises(UnsupportedError, match="<xor> is not supported"):
        parse_contest_formulas(text)
    bad, good = parse_contest_formulas(text, keep_refused=True)
    assert bad.formula is None
    assert "<xor> is not supported" in str(bad.refused)
    assert good.refused is None
    assert good.formula is not None
