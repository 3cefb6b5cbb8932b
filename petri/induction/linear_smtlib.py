"""The facts of a linear proof as an SMT-LIB script: three queries that any solver answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from petri.induction.linear_lines import Every, Line, Part, as_parts
from petri.net import PetriNet
from petri.structure.flows import effects
from transition_systems.errors import UsageError
from transition_systems.evidence import LinearProof
from transition_systems.properties.formulas import State, Unary
from transition_systems.properties.parse import parse_formula
from transition_systems.properties.walk import negate

__all__ = ["linear_proof_smtlib"]


def linear_proof_smtlib(net: PetriNet, proof: LinearProof) -> str:
    """Return an SMT-LIB script that shows what a linear proof shows, without its steps.

    Parameters
    ----------
    net
        The net.
    proof
        Evidence about it.

    Returns
    -------
    str
        Three ``(check-sat)``, which must all answer ``unsat``: the facts hold in the initial
        marking, each step keeps them, and they exclude what the claim excludes. ``z3 file.smt2``
        reruns it; the comments say which place each variable is.

    Raises
    ------
    UsageError
        When the proof is about another net or its claim is not of the form ``AG P``.

    Notes
    -----
    Linear in the size of the net and of the facts, a fact counted once for each transition that
    touches it.

    Examples
    --------
    >>> from petri.induction.state_equation import prove_invariant
    >>> from transition_systems.properties.parse import parse_predicate
    >>> net = PetriNet.from_arrays([[1], [0]], [[0], [1]], [1, 0])
    >>> proof = prove_invariant(net, parse_predicate("p1 + p2 == 1"))
    >>> linear_proof_smtlib(net, proof).count("(check-sat)")
    3
    """
    if proof.claim.model_digest != net.digest():
        raise UsageError("the proof is about another net: its digest differs")
    formula = parse_formula(proof.claim.formula)
    if not isinstance(formula, Unary) or formula.operator != "AG":
        raise UsageError(f"the claim of a linear proof is AG P, not {proof.claim.formula!r:.80}")
    if not isinstance(formula.operand, State):
        raise UsageError(f"the claim of a linear proof is AG P, not {proof.claim.formula!r:.80}")
    facts = list(_facts(net, proof))
    initial = net.initial.to_array(net.place_ids).tolist()
    lines = ["(set-logic QF_LIA)"]
    for place, name in enumerate(net.place_ids):
        lines += [f"; m{place} is {name!r}", f"(declare-const m{place} Int)"]
    lines += [
        f"(define-fun s{number} () Int {_sum(fact.terms)})" for number, fact in enumerate(facts)
    ]
    held = [f"(<= s{number} {_number(fact.bound)})" for number, fact in enumerate(facts)]
    facts_hold = _joined("and", held)
    start = [f"(= m{place} {tokens})" for place, tokens in enumerate(initial)]
    least = [f"(>= m{place} 0)" for place in range(len(initial))]
    bad = _text(as_parts(net, negate(formula.operand.predicate)))
    lines += ["; the initial marking satisfies the facts", "(push)"]
    lines += [f"(assert {part})" for part in (*start, f"(not {facts_hold})")]
    lines += ["(check-sat)", "(pop)", *(f"(assert {part})" for part in (*least, facts_hold))]
    lines += ["; each step keeps them", "(push)"]
    lines += [f"(assert {_joined('or', _broken(net, facts))})", "(check-sat)", "(pop)"]
    lines += ["; no marking with these facts is bad", f"(assert {bad})", "(check-sat)"]
    return "\n".join([*lines, ""])


def _facts(net: PetriNet, proof: LinearProof) -> Iterator[Line]:
    initial = net.initial.to_dict()
    for number, named in enumerate((*proof.equalities, *proof.inequalities)):
        terms = tuple((net.place_index(name), weight) for name, weight in named)
        value = sum(initial.get(name, 0) * weight for name, weight in named)
        yield Line(terms, value)
        if number < len(proof.equalities):
            yield Line(tuple((place, -weight) for place, weight in terms), -value)
    for sets, weight in ((proof.siphons, 1), (proof.traps, -1)):
        for names in sets:
            yield Line(tuple((net.place_index(name), weight) for name in names), min(weight, 0))


def _broken(net: PetriNet, facts: Iterable[Line]) -> Iterator[str]:
    """Yield: a transition is enabled, and after it a fact does not hold any more."""
    changes = effects(net)
    needs: dict[int, str] = {}
    for number, fact in enumerate(facts):
        total: dict[int, int] = {}
        for place, weight in fact.terms:
            for step, delta in changes[place].items():
                total[step] = total.get(step, 0) + weight * delta
        for step, change in total.items():
            if change <= 0:
                continue
            if step not in needs:
                places, weights = (part.tolist() for part in net.pre_arcs.row(step))
                pairs = zip(places, weights, strict=True)
                needs[step] = _joined("and", [f"(>= m{place} {w})" for place, w in pairs])
            yield f"(and {needs[step]} (> (+ s{number} {change}) {_number(fact.bound)}))"


def _text(part: Part) -> str:
    """Return a part as a term; without recursion."""
    done: list[str] = []
    waiting: list[tuple[Part, bool]] = [(part, False)]
    while waiting:
        node, entered = waiting.pop()
        if isinstance(node, Line):
            done.append(f"(<= {_sum(node.terms)} {_number(node.bound)})")
        elif entered:
            first = len(done) - len(node.parts)
            word = "and" if isinstance(node, Every) else "or"
            done[first:] = [_joined(word, done[first:])]
        else:
            waiting.append((node, True))
            waiting.extend((inner, False) for inner in node.parts)
    return done[0]


def _joined(word: str, parts: Iterable[str]) -> str:
    found = list(parts)
    if len(found) > 1:
        return f"({word} {' '.join(found)})"
    return found[0] if found else ("true" if word == "and" else "false")


def _sum(terms: Iterable[tuple[int, int]]) -> str:
    found = [
        f"m{place}" if weight == 1 else f"(* {_number(weight)} m{place})" for place, weight in terms
    ]
    return f"(+ {' '.join(found)})" if len(found) > 1 else (found or ["0"])[0]


def _number(value: int) -> str:
    return str(value) if value >= 0 else f"(- {-value})"
