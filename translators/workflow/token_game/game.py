"""The token game on a workflow graph, by definition."""

from __future__ import annotations

from transition_systems.budget import Budget
from transition_systems.errors import UndecidedError
from transition_systems.lts import LTS, Arc
from translators.workflow.graph import Node, WorkflowGraph
from translators.workflow.token_game.rules import Rules, Starts
from translators.workflow.token_game.state import State, Step
from translators.workflow.token_game.steps import node_steps
from translators.workflow.token_game.throws import Catchers

__all__ = ["TokenGame", "token_game_lts"]


class TokenGame:
    """The token game on a workflow graph: its first state, and the steps of each state.

    Parameters
    ----------
    graph
        The workflow. What the maps refuse is not refused here; its steps then mean nothing.
    starts
        Whether a process with several start events starts at ``"one"`` of them or at ``"all"``.

    Raises
    ------
    UsageError
        For another reading of starts.
    UnsupportedError
        For an inclusive join without a split before it.

    Examples
    --------
    >>> from translators.workflow import Node, NodeKind, Scope, WorkflowGraph
    >>> graph = WorkflowGraph(id="w", scopes=(Scope(id="p", kind="process"),), nodes=(
    ...     Node(id="pay", kind=NodeKind.ACTIVITY, activity="task", scope="p"),))
    >>> game = TokenGame(graph)
    >>> [step.label for step in game.steps(game.initial())]
    ['pay.start']
    """

    __slots__ = ("_catchers", "_rules", "graph", "starts")

    def __init__(self, graph: WorkflowGraph, *, starts: Starts = "one") -> None:
        self.graph = graph
        self.starts = starts
        self._rules = Rules(graph, starts)
        self._catchers = Catchers(self._rules)

    def initial(self) -> State:
        """Return the state in which nothing has happened yet."""
        rules = self._rules
        return State.of(t for s in rules.index.processes() for t in rules.beginning(s.id))

    def steps(self, state: State) -> list[Step]:
        """Return every step of a state, in file order of the nodes."""
        return [step for _, step in self.moves(state)]

    def moves(self, state: State) -> list[tuple[Node, Step]]:
        """Return every step of a state with the node that acts in it, in file order."""
        position = state.counts()
        return [
            (node, Step(label, State.from_counts(after), description))
            for node in self._rules.nodes
            for label, after, description in node_steps(self._rules, self._catchers, position, node)
        ]

    def is_complete(self, state: State) -> bool:
        """Return whether no token is on any flow, in any activity, wait or start."""
        return not any(self._rules.counts_as_token(token) for token, _ in state.tokens)


def token_game_lts(
    graph: WorkflowGraph, *, starts: Starts = "one", budget: Budget | None = None
) -> LTS:
    """Return the transition system of a workflow, found by playing its token game.

    Parameters
    ----------
    graph
        The workflow.
    starts
        Whether a process with several start events starts at ``"one"`` of them or at ``"all"``.
    budget
        How many states to find and how long to look.

    Returns
    -------
    LTS
        State 0 is the initial one; ``final`` are the complete states; ``state_of`` gives the
        :class:`State` of an index.

    Raises
    ------
    UsageError, UnsupportedError
        As :class:`TokenGame`.
    UndecidedError
        When the budget ends before all states are found (an unbounded workflow has no end).

    Notes
    -----
    Linear in the number of states, steps and nodes; written for clarity.

    Examples
    --------
    >>> from translators.workflow import Node, NodeKind, Scope, WorkflowGraph
    >>> graph = WorkflowGraph(id="w", scopes=(Scope(id="p", kind="process"),), nodes=(
    ...     Node(id="pay", kind=NodeKind.ACTIVITY, activity="task", scope="p"),))
    >>> token_game_lts(graph)
    <LTS: 3 states, 2 arcs, 2 labels, 1 initial, 1 final>
    """
    game = TokenGame(graph, starts=starts)
    meter = (budget or Budget()).start()
    states = [game.initial()]
    number = {states[0]: 0}
    arcs: list[Arc] = []
    for place, state in enumerate(states):
        reason = meter.exhausted(states=len(states))
        if reason is not None:
            raise UndecidedError(f"the token game has further states: {reason}")
        for step in game.steps(state):
            target = number.setdefault(step.state, len(states))
            if target == len(states):
                states.append(step.state)
            arcs.append((place, step.label, target))
    final = [i for i, state in enumerate(states) if game.is_complete(state)]
    return LTS.from_arcs(len(states), arcs, final=final, state_of=states.__getitem__)
