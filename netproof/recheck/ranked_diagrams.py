"""A goal that stays in reach: sets that grow from it, one transition at a time, as diagrams.

From each marking of a set one transition leads into the sets before it, so that by induction the
goal can be reached from there; the sets together hold a closed set with the initial marking.
"""

from __future__ import annotations

from netproof.recheck.diagram_predicates import Predicates
from netproof.recheck.diagram_steps import StepOf, check_closed
from netproof.recheck.diagram_table import DiagramTable
from netproof.recheck.net_table import NetTable
from netproof.recheck.result import RefusedError, Watch
from netproof.recheck.runs import meant
from netproof.recheck.state_table import integers
from netproof.recheck.statements import Statement
from transition_systems.evidence import DiagramEvidence, RankedDiagrams

__all__ = ["check_ranked_diagrams"]


def check_ranked_diagrams(
    evidence: RankedDiagrams, claim: Statement, table: NetTable, watch: Watch
) -> None:
    """Check ``AG EF P``: a closed set, each of whose markings leads step by step into ``P``."""
    goal = meant(claim, "AG EF")
    plain = DiagramEvidence(
        claim=evidence.claim, names=evidence.names, fields=evidence.fields, nodes=evidence.nodes
    )
    sets = DiagramTable(table, plain, watch)
    links = integers(evidence.links, (len(evidence.links), 2), "the links").tolist()
    for root in (evidence.whole, evidence.goal, *(fresh for _, fresh in links)):
        if not isinstance(root, int) or isinstance(root, bool) or not 0 <= root < len(sets.levels):
            raise RefusedError("a set has no node in the diagram")
    if any(not 0 <= transition < len(table.pre) for transition, _ in links):
        raise RefusedError("a link is of no transition of the net")
    sets.root = evidence.whole
    sets.starts()
    check_closed(sets)
    store = Predicates(sets)
    own = [0, 1]
    for variable, low, high in zip(sets.levels[2:], sets.low[2:], sets.high[2:], strict=True):
        own.append(store.node(variable, own[low], own[high]))
    if store.both(own[evidence.goal], store.made(goal, positive=False)):
        raise RefusedError("a marking of the goal does not satisfy the claim's predicate")
    reached = own[evidence.goal]
    steps: list[tuple[int, int, int]] = []
    for transition, fresh in links:
        watch.tick()
        if store.both(own[fresh], store.able(transition, positive=False)):
            raise RefusedError(f"a marking does not enable {_name(table, transition)}")
        steps.append((transition, own[fresh], reached))
        reached = store.both(reached, own[fresh], either=True)
    if store.both(own[evidence.whole], reached) != own[evidence.whole]:
        raise RefusedError("from a marking of the closed set no link leads to the goal")
    # From here on the nodes are those of the store, where equal sets have the same one.
    sets.levels, sets.low, sets.high = (list(column) for column in zip(*store.nodes, strict=True))
    effects: dict[int, StepOf] = {}
    for transition, before, after in steps:
        watch.tick()
        if transition not in effects:
            effects[transition] = StepOf(sets, transition)
        step = effects[transition]
        if not step.moves or step.leads_out(before, after):
            raise RefusedError(f"{_name(table, transition)} leads to no marking nearer to the goal")


def _name(table: NetTable, transition: int) -> str:
    return repr(table.net.transition_ids[transition])[:60]
