"""The token game of a workflow graph, as it is played: by the definition of the game itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from netproof.games import Alone, Choice, Kind, Played
from netproof.loading import model_of
from netproof.report.html_markup import clean
from netproof.report.html_picture import blamed_nodes
from netproof.report.html_views import View, place_words
from netproof.report.outline import Outline, outline_of
from transition_systems.errors import UsageError
from transition_systems.evidence_ltl import moves_of
from transition_systems.run import Lasso, Run
from translators.to_petri import NetTranslation, workflow_to_net
from translators.to_petri.assembly import TransitionRecord
from translators.trace_back import step_sentence, trace_back
from translators.workflow.graph import EventKind, Node, WorkflowGraph
from translators.workflow.token_game import State, Step, TokenGame
from translators.workflow.token_game.rules import Starts

__all__ = ["WorkflowGame"]

NEAR = 3
MOST = 2_000
SHOWN = frozenset({"flow", "at", "run", "wait", "message", "reached", "pending"})


class WorkflowGame(Alone):
    """The token game of a workflow: elements act, tokens are on flows, in activities, at ends.

    Parameters
    ----------
    graph
        The workflow.
    starts
        The reading of several start events.

    Raises
    ------
    UsageError, UnsupportedError
        As the token game of the graph.
    """

    kind: Kind = "workflow"

    def __init__(self, graph: WorkflowGraph, starts: Starts = "one") -> None:
        self.graph = graph
        self.title = graph.name or graph.id
        self.translation: NetTranslation = workflow_to_net(graph, starts=starts)
        self.outline: Outline = outline_of(model_of(graph), self.translation)
        self.game = TokenGame(graph, starts=starts)
        self.initial = self.game.initial()
        self.warning = self._refused()
        self._drawn = {*self.outline.elements, *self.outline.links}

    def _refused(self) -> str:
        """Return which elements have no meaning here; empty where all have."""
        names = [clean(entry.element) for entry in self.translation.ledger.refused]
        told = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
        return f"Not played as drawn, because it was refused: {told}." if names else ""

    def choices(self, state: State) -> list[Choice]:
        """Return every step, with the node that acts; steps of one node differ in their words."""
        moves = self.game.moves(state)
        labels = [self._sentence(state, node, step) for node, step in moves]
        told = list(labels)
        for i, (_, step) in enumerate(moves):
            if labels.count(labels[i]) > 1:
                told[i] += self._difference(state, step.state)
        found: dict[tuple[str, State], Choice] = {}
        for (node, step), label in zip(moves, told, strict=True):
            name = f"{label} ({node.id})" if told.count(label) > 1 else label
            choice = Choice(
                element=node.id, action=step.label or node.id, label=clean(name), target=step.state
            )
            found.setdefault((node.id, step.state), choice)
        return list(found.values())

    def _sentence(self, state: State, node: Node, step: Step) -> str:
        before = state.counts()
        taken = [
            token.element
            for token, count in step.state.tokens
            if token.place == "flow" and count > before.get(token, 0)
        ]
        known = self.translation.index
        assert known is not None
        flows = [flow.id for flow in known.outgoing[node.id] if flow.id in set(taken)]
        label = step.label or ""
        action = label.removeprefix(f"{node.id}.") if label != node.id else ""
        phase = action if action in ("start", "complete", "repeat") else "occur"
        if node.gateway is not None:
            phase = "route"
        elif step.label is None:
            phase = "skip"
        elif node.event is EventKind.END:
            phase = "end"
        elif node.event is EventKind.BOUNDARY and node.interrupting:
            phase = "interrupt"
        elif action == "next" or node.activity == "event-sub-process":
            return step.description[:1].upper() + step.description[1:]
        record = TransitionRecord(
            id="", label=step.label, owner=node.id, scope=node.scope, phase=phase,
            taken=tuple(flows),
        )  # fmt: skip
        text = step_sentence(self.translation, record)
        return text[:1].upper() + text[1:]

    def _difference(self, state: State, after: State) -> str:
        """Return what tells a step from another one with the same sentence: tokens that move."""
        before, later = state.counts(), after.counts()
        gone = [t for t in sorted(before) if before[t] > later.get(t, 0) and t.place in SHOWN]
        new = [t for t in sorted(later) if later[t] > before.get(t, 0) and t.place in SHOWN]
        taken = [self._source(token.element) for token in gone if token.place == "flow"]
        put = [
            place_words(token.element, self.outline)
            + (" with another to come" if token.more else "")
            for token in new
        ]
        told = f", with the token from {' and '.join(taken)}" if taken else ""
        return told + (f": then a token {' and '.join(put)}" if put else "")

    def _source(self, flow: str) -> str:
        source = self.outline.links[flow].source
        return f"“{self.outline.elements[source].title or source}”"

    def known(self) -> dict[str, str]:
        """Return the nodes by id and by name, and the actions of activities."""
        titles = {node.name: node.id for node in self.graph.nodes if node.name}
        ids = (node.id for node in self.graph.nodes)
        actions = (record.label for record in self.translation.transitions.values())
        return {**titles, **{name: name for name in (*ids, *actions) if name}}

    def after(self, state: State, choice: Choice) -> State:
        """Return the state after a choice."""
        del state
        found: State = choice.target
        return found

    def tokens(self, state: State) -> dict[str, int]:
        """Return the tokens by element; starts that wait and marks are not shown."""
        found: dict[str, int] = {}
        for token, count in state.tokens:
            if token.place in SHOWN and token.element in self._drawn:
                found[token.element] = found.get(token.element, 0) + count
        order = {id: i for i, id in enumerate((*self.outline.elements, *self.outline.links))}
        return dict(sorted(found.items(), key=lambda item: order[item[0]]))

    def words(self, id: str) -> str:
        """Return where a token at an element is."""
        return place_words(id, self.outline)

    def is_complete(self, state: State) -> bool:
        """Return whether no token is left but at ends."""
        return self.game.is_complete(state)

    def waiting(self, state: State) -> list[str]:
        """Return the nodes that wait in vain."""
        ends = {node.id for node in self.graph.nodes if node.event is EventKind.END}
        tokens = self.tokens(state)
        held = [id for id in tokens if id not in ends]
        view = View(entries=[], run=Run(initial=tokens), blamed=held)
        return blamed_nodes(view, self.outline, self.graph)

    def follow(self, witness: Run | Lasso) -> Iterator[Played]:
        """Yield the steps of a run of the diagram, or of its net, as steps of the game.

        A step of the net may be several steps of the game and none; where no steps of the game
        lead to what was recorded, the rest of the run is told as it was recorded.
        """
        records = self.translation.transitions
        for number, step in enumerate(moves_of(witness), start=1):
            if step.action not in records:
                raise UsageError(f"the witness is no run of this model: step {number}")
        places = self.translation.places
        told: Any = witness.initial
        if isinstance(told, Mapping) and told and all(place in places for place in told):
            witness = trace_back(self.translation, witness)
        states: Sequence[State] = [self.initial]
        for step in moves_of(witness):
            wanted = self._seen(step.state)
            owner = records[step.action].owner
            states = self._reached(states, owner, wanted)
            state = states[0] if states else None
            text = clean(step.label[:1].upper() + step.label[1:])
            yield Played(element=owner, action=step.action, label=text, tokens=wanted, state=state)

    def _seen(self, state: Any) -> dict[str, int]:
        known = state.items() if isinstance(state, Mapping) else ()
        return {str(id): int(count) for id, count in known if count and str(id) in self._drawn}

    def _reached(
        self, states: Sequence[State], owner: str, wanted: dict[str, int]
    ) -> Sequence[State]:
        """Return the states with the wanted tokens, reached in one step of a node, or a few."""
        first = [
            choice.target
            for state in states
            for choice in self.choices(state)
            if choice.element == owner and self.tokens(choice.target) == wanted
        ]
        if first:
            return list(dict.fromkeys(first))
        frontier = states
        seen = set(frontier)
        for _ in range(NEAR):
            found = [state for state in frontier if self.tokens(state) == wanted]
            if found:
                return found
            reached: list[State] = []
            for state in frontier:
                for step in self.game.steps(state):
                    if step.state not in seen and len(seen) < MOST:
                        seen.add(step.state)
                        reached.append(step.state)
            frontier = reached
        return [state for state in frontier if self.tokens(state) == wanted]
