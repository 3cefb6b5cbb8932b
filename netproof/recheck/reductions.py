"""Evidence by reduction: the steps preserve the claim, and the smaller net has it.

Which agglomerations preserve which statement is decided here once more, from the claim alone; the
theorem is in the docstring of :class:`petri.reductions.preserved.Guards`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from netproof.recheck.net_table import NetTable
from netproof.recheck.parts import covers, occurring_groups
from netproof.recheck.replay import Replay
from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.statements import Statement, as_statement, bound_of, supports
from petri.net import PetriNet
from transition_systems.evidence import Evidence, ReductionEvidence
from transition_systems.properties.predicates import (
    And,
    Atom,
    Compare,
    Constant,
    Dead,
    Enabled,
    Not,
    Or,
    Predicate,
)

__all__ = ["check_reduction"]

Sum = tuple[dict[str, int], int]
Signed = tuple[Predicate, bool]
Check = Callable[[PetriNet, Evidence], None]


def check_reduction(
    evidence: ReductionEvidence, claim: Statement, table: NetTable, watch: Watch, check: Check
) -> None:
    """Check the steps and what the inner evidence claims; ``check`` checks the inner evidence."""
    if claim.shape not in ("AG", "AG EF", "EF AG", "phrase"):
        raise RefusedError(f"no reduction carries {claim.shape} statements")
    keeper = _Keeper(claim, table)
    replay = Replay(table, keeper.permit, keeper.merge, keeper.forget)
    replay.all(evidence.steps, watch)
    if isinstance(evidence.inner, ReductionEvidence):
        raise RefusedError("a reduction inside a reduction")
    inner = as_statement(evidence.inner.claim.formula)
    if not _carries(claim, inner, replay):
        raise RefusedError(
            "the claim about the reduced net is not what the steps make of the claim"
        )
    if evidence.run is not None:
        table.walk(evidence.run.initial, evidence.run.steps, watch)
    check(replay.net(), evidence.inner)


def _carries(claim: Statement, inner: Statement, replay: Replay) -> bool:
    """Return whether a claim about the reduced net means the claim about the net."""
    bound = bound_of(claim)
    if bound is not None:
        least = bound_of(inner)
        return least is not None and max(least, replay.most_fixed) == bound
    if claim.phrase.startswith("occur-groups "):
        return _groups(claim, inner, replay)
    if claim.shape == "phrase":
        raise RefusedError(f"no reduction carries the claim {claim.phrase!r:.80}")
    names = _never(claim)
    if names is not None:
        return _never_carried(names, inner, replay)
    assert claim.predicate is not None
    moved = Statement(claim.shape, _moved(claim.predicate, replay), "", claim.positive)
    return supports(inner, moved)


def _groups(claim: Statement, inner: Statement, replay: Replay) -> bool:
    wanted: list[tuple[str, ...]] = []
    below = {t: replay.covered(t) for t in replay.needs}
    for group in occurring_groups(claim):
        if replay.early.isdisjoint(group):
            wanted.append(tuple(t for t, some in below.items() if not some.isdisjoint(group)))
    return covers(occurring_groups(inner), wanted)


def _never(claim: Statement) -> set[str] | None:
    """Return the transitions of the claim that none of them is ever enabled."""
    if claim.shape != "AG" or claim.predicate is None:
        return None
    names: set[str] = set()
    for leaf, positive in _conjuncts(claim.predicate, claim.positive):
        if not isinstance(leaf, Enabled) or positive:
            return None
        names.add(leaf.name)
    return names


def _never_carried(names: set[str], inner: Statement, replay: Replay) -> bool:
    if not replay.early.isdisjoint(names):
        raise RefusedError("a transition of the claim occurs")
    below = {t: replay.covered(t) for t in replay.needs}
    if not names <= set().union(*below.values()):
        raise RefusedError("a transition of the claim is not in the reduced net")
    wanted = {t for t, some in below.items() if not names.isdisjoint(some)}
    claimed = _never(inner)
    return claimed is not None and wanted <= claimed


def _conjuncts(predicate: Predicate, positive: bool) -> Iterator[Signed]:
    """Yield the parts of a conjunction with their signs; negations are pushed inwards."""
    waiting: list[Signed] = [(predicate, positive)]
    while waiting:
        node, sign = waiting.pop()
        if isinstance(node, Not):
            waiting.append((node.operand, not sign))
        elif isinstance(node, And if sign else Or):
            waiting.extend((operand, sign) for operand in reversed(node.operands))
        else:
            yield node, sign


def _disjuncts(predicate: Predicate, positive: bool) -> list[Signed]:
    return [(node, not sign) for node, sign in _conjuncts(predicate, not positive)]


def _most(node: Predicate, sign: bool) -> Sum | None:
    """Return ``sum <= bound`` without negative coefficients as its terms and bound."""
    if not isinstance(node, Compare):
        return None
    bound = node.bound
    if (node.op, sign) in (("<", True), (">=", False)):
        bound -= 1
    elif (node.op, sign) not in (("<=", True), (">", False)):
        return None
    terms: dict[str, int] = {}
    for name, factor in node.terms:
        terms[name] = terms.get(name, 0) + factor
    terms = {name: factor for name, factor in terms.items() if factor}
    return None if any(factor < 0 for factor in terms.values()) else (terms, bound)


def _exactly(node: Predicate, sign: bool) -> tuple[str, int] | None:
    if not isinstance(node, Compare) or (node.op, sign) not in (("==", True), ("!=", False)):
        return None
    if len(node.terms) != 1 or node.terms[0][1] != 1:
        return None
    return node.terms[0][0], node.bound


class _Keeper:
    """What a claim says of the places, and which of them may therefore not go."""

    def __init__(self, claim: Statement, table: NetTable) -> None:
        self.empty: set[str] | None = None
        self.single: dict[str, int] = {}
        self.sums: list[Sum] = []
        self.exact: set[str] = set()
        self.untouched: set[str] = set()
        self.free = claim.shape == "phrase" or _never(claim) is not None
        if self.free:
            return
        assert claim.predicate is not None
        positive = claim.positive
        if claim.shape == "EF AG":
            positive = not positive
        if claim.shape in ("AG EF", "EF AG"):
            self._atoms(claim.predicate)
            self.empty = set(self._emptied(claim.predicate, positive))
            return
        for node, sign in _conjuncts(claim.predicate, positive):
            self._always(node, sign, table)

    def _atoms(self, predicate: Predicate) -> None:
        waiting = [predicate]
        while waiting:
            node = waiting.pop()
            if isinstance(node, Enabled | Dead | Atom):
                raise RefusedError("no reduction carries what is said of steps or atoms there")
            if isinstance(node, And | Or):
                waiting.extend(node.operands)
            elif isinstance(node, Not):
                waiting.append(node.operand)

    def _emptied(self, predicate: Predicate, positive: bool) -> Iterator[str]:
        for node, sign in _conjuncts(predicate, positive):
            exact = _exactly(node, sign)
            if exact is not None and exact[1] == 0:
                yield exact[0]
            most = _most(node, sign)
            if most is not None and most[1] == 0:
                yield from most[0]

    def _always(self, node: Predicate, sign: bool, table: NetTable) -> None:
        if isinstance(node, Constant):
            return
        most = _most(node, sign)
        if most is not None:
            terms, bound = most
            if list(terms.values()) == [1]:
                (place,) = terms
                self.single[place] = min(bound, self.single.get(place, bound))
            else:
                self.sums.append(most)
            return
        others = _disjuncts(node, sign)
        stuck = [item for item in others if isinstance(item[0], Dead) and not item[1]]
        if stuck:
            for other, _ in others:
                if not isinstance(other, Dead):
                    self._atoms(other)
            return
        final = self._final(others, table)
        if final is not None:
            self.exact |= final
            return
        self._atoms(node)
        self.untouched.update(_names(node))

    def _final(self, others: list[Signed], table: NetTable) -> set[str] | None:
        """Return the marked places of F, where the claim is "what covers F equals F"."""
        tokens: dict[str, int] | None = None
        below: dict[str, int] = {}
        for node, sign in others:
            if isinstance(node, And) and sign:
                if tokens is not None:
                    return None
                pairs = [_exactly(part, s) for part, s in _conjuncts(node, sign)]
                tokens = dict(pair for pair in pairs if pair is not None)
                if len(tokens) != len(pairs):
                    return None
            else:
                least = _most(node, sign)
                if least is None or len(least[0]) != 1 or set(least[0].values()) != {1}:
                    return None
                below[next(iter(least[0]))] = least[1] + 1
        marked = {place: count for place, count in below.items() if count > 0}
        complete = {place: marked.get(place, 0) for place in table.place}
        return set(marked) if tokens == complete and marked == below else None

    def permit(self, place: str, gains: list[dict[str, int]]) -> None:
        """Refuse the agglomeration of a place that the claim may depend on."""
        if self.free:
            return
        if self.empty is not None:
            if place not in self.empty:
                raise RefusedError(f"{place!r} may hold tokens where the claim's goal is reached")
            return
        if place in self.exact:
            raise RefusedError(f"the claim asks for tokens in {place!r}")
        if place in self.untouched or any(not self.untouched.isdisjoint(gain) for gain in gains):
            raise RefusedError(f"the claim may change where tokens leave {place!r}")
        for terms, _ in self.sums:
            worth = terms.get(place, 0)
            if any(sum(terms.get(p, 0) * n for p, n in gain.items()) < worth for gain in gains):
                raise RefusedError(f"tokens of {place!r} may count more than where they move to")
        bound = self.single.get(place)
        if bound is not None and not any(
            self.single.get(p, bound + 1) <= bound for gain in gains for p in gain
        ):
            raise RefusedError(f"the bound of {place!r} does not follow from the bounds after it")

    def merge(self, place: str, other: str) -> None:
        """Read a place as another one."""
        for names in (self.empty, self.exact, self.untouched):
            if names is not None and place in names:
                names.discard(place)
                names.add(other)
        if place in self.single:
            bound = self.single.pop(place)
            self.single[other] = min(bound, self.single.get(other, bound))
        for terms, _ in self.sums:
            if place in terms:
                terms[other] = terms.get(other, 0) + terms.pop(place)

    def forget(self, place: str) -> None:
        """Note that a place is empty or fixed."""
        for names in (self.empty, self.exact, self.untouched):
            if names is not None:
                names.discard(place)
        self.single.pop(place, None)
        for terms, _ in self.sums:
            terms.pop(place, None)


def _names(predicate: Predicate) -> Iterator[str]:
    waiting = [predicate]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Compare):
            yield from (name for name, _ in node.terms)
        elif isinstance(node, And | Or):
            waiting.extend(node.operands)
        elif isinstance(node, Not):
            waiting.append(node.operand)


def _moved(predicate: Predicate, replay: Replay) -> Predicate:
    """Return a predicate about the net as one about the reduced net; iterative."""
    done: list[Predicate] = []
    waiting: list[tuple[Predicate, bool]] = [(predicate, False)]
    while waiting:
        node, entered = waiting.pop()
        if isinstance(node, Compare):
            done.append(_moved_sum(node, replay))
        elif isinstance(node, And | Or | Not):
            below = (node.operand,) if isinstance(node, Not) else node.operands
            if not entered:
                waiting.append((node, True))
                waiting.extend((part, False) for part in reversed(below))
                continue
            first = len(done) - len(below)
            parts = tuple(done[first:])
            done[first:] = [Not(parts[0]) if isinstance(node, Not) else type(node)(parts)]
        else:
            done.append(node)
    return done[0]


def _moved_sum(node: Compare, replay: Replay) -> Compare:
    """Return a comparison with places replaced; a fixed place counts into the bound."""
    terms: dict[str, int] = {}
    bound = node.bound
    for name, factor in node.terms:
        now = replay.meaning(name)
        if isinstance(now, int):
            bound -= factor * now
        else:
            terms[now] = terms.get(now, 0) + factor
    return Compare(tuple((name, factor) for name, factor in terms.items()), node.op, bound)
