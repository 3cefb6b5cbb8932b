"""Formulas of the Model Checking Contest: reachability, temporal logic and upper bounds.

The format is described in the contest's manual (https://mcc.lip6.fr, "Property language"). Here
are read the properties, state predicates and bounds; operators are read in ``contest_temporal``.
"""

from __future__ import annotations

from dataclasses import dataclass

from petri.readwrite.contest_temporal import temporal_formula
from transition_systems.errors import InputError, UnsupportedError
from transition_systems.properties.formulas import Formula
from transition_systems.properties.predicates import (
    FALSE,
    TRUE,
    Compare,
    Enabled,
    Predicate,
    disjunction,
)
from transition_systems.readwrite.files import PathOrFile, file_name, read_bytes
from transition_systems.readwrite.xml import XmlElement, parse_xml

__all__ = ["ContestProperty", "parse_contest_formulas", "read_contest_formulas"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContestProperty:
    """One property of the contest: a formula, or places whose greatest sum is asked for.

    Parameters
    ----------
    id
        Its name.
    formula
        A formula of CTL or LTL, ``None`` where a bound is asked for.
    places
        The places whose tokens are summed, where a bound is asked for.
    refused
        Why the formula was not read, where properties that are not supported are kept.
    """

    id: str
    formula: Formula | None = None
    places: tuple[str, ...] = ()
    refused: str | None = None


def read_contest_formulas(
    path_or_file: PathOrFile, *, keep_refused: bool = False
) -> tuple[ContestProperty, ...]:
    """Read the properties of a file of the contest, in the order of the file.

    Parameters
    ----------
    path_or_file
        A path or an open file.
    keep_refused
        Whether a property with an operator that is not supported is kept, without a formula and
        with the reason, so that the others can be asked.

    Raises
    ------
    InputError
        When the file cannot be read, or is no file of properties; ``UnsupportedError`` for
        operators of other categories, unless these properties are kept.

    Examples
    --------
    >>> import io
    >>> text = '''<property-set xmlns="http://mcc.lip6.fr/"><property><id>one</id><formula>
    ...   <place-bound><place>p</place></place-bound></formula></property></property-set>'''
    >>> read_contest_formulas(io.StringIO(text))[0].places
    ('p',)
    """
    return parse_contest_formulas(
        read_bytes(path_or_file), file=file_name(path_or_file), keep_refused=keep_refused
    )


def parse_contest_formulas(
    text: str | bytes, *, file: str | None = None, keep_refused: bool = False
) -> tuple[ContestProperty, ...]:
    """Parse the properties of a text of the contest; see :func:`read_contest_formulas`."""
    root = parse_xml(text, file=file)
    if root.tag != "property-set":
        raise InputError(
            "this is no file of the contest's properties",
            span=root.span, found=f"<{root.qname[:80]}>", expected="<property-set>",
        )  # fmt: skip
    return tuple(_property(element, keep_refused) for element in root.findall("property"))


def _property(element: XmlElement, keep_refused: bool) -> ContestProperty:
    name, formula = element.find("id"), element.find("formula")
    if name is None or not name.all_text().strip() or formula is None:
        raise InputError(
            "a property has not both a name and a formula",
            span=element.span, expected="<id> and <formula>",
        )  # fmt: skip
    identifier = name.all_text().strip()
    quantifier = _only(formula)
    if quantifier.tag == "place-bound":
        return ContestProperty(id=identifier, places=_names(quantifier, "place"))
    try:
        return ContestProperty(id=identifier, formula=temporal_formula(quantifier, _leaf))
    except UnsupportedError as error:
        if not keep_refused:
            raise
        return ContestProperty(id=identifier, refused=str(error))


def _only(element: XmlElement) -> XmlElement:
    """Return the only child."""
    if len(element.children) != 1:
        raise InputError(
            f"<{element.tag}> has one operand",
            span=element.span, found=str(len(element.children)), expected="1",
        )  # fmt: skip
    return element.children[0]


def _names(element: XmlElement, tag: str) -> tuple[str, ...]:
    """Return the names in an element; at least one."""
    names = tuple(child.all_text().strip() for child in element.findall(tag))
    if not names or len(names) != len(element.children) or not all(names):
        raise InputError(
            f"<{element.tag}> lists names", span=element.span, expected=f"one or more <{tag}>"
        )
    return names


def _leaf(element: XmlElement) -> Predicate:
    match element.tag:
        case "is-fireable":
            return disjunction(*(Enabled(name) for name in _names(element, "transition")))
        case "integer-le":
            if len(element.children) != 2:
                raise InputError(
                    "<integer-le> has two operands",
                    span=element.span, found=str(len(element.children)), expected="2",
                )  # fmt: skip
            terms: dict[str, int] = {}
            bound = 0
            for child, sign in zip(element.children, (1, -1), strict=True):
                bound -= sign * _sum(child, terms, sign)
            left = tuple((name, weight) for name, weight in terms.items() if weight)
            if not left:
                return TRUE if bound >= 0 else FALSE
            return Compare(left, "<=", bound)
        case _:
            raise UnsupportedError(
                f"the operator <{element.qname[:60]}> is not supported in a formula",
                span=element.span,
                expected="a Boolean or temporal operator, is-fireable or integer-le",
            )


def _sum(element: XmlElement, terms: dict[str, int], sign: int) -> int:
    """Add the places of an integer expression to the terms; return its constant part."""
    if element.tag == "tokens-count":
        for name in _names(element, "place"):
            terms[name] = terms.get(name, 0) + sign
        return 0
    if element.tag == "integer-constant":
        written = element.all_text().strip()
        if written.removeprefix("-").isdecimal() and len(written) <= 19:
            return int(written)
        raise InputError(
            "<integer-constant> is no number", span=element.span, found=repr(written[:30])
        )
    raise UnsupportedError(
        f"the operator <{element.qname[:60]}> is not supported among numbers",
        span=element.span, expected="<tokens-count> or <integer-constant>",
    )  # fmt: skip
