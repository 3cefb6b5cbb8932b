"""The names of a user's model where steps are meant: in modalities, ``done(x)``, ``enabled(x)``.

A step is written once by the user and may be several transitions of a net: the completion of an
activity with a timer that does not interrupt is one before and one after it. A name means all of
them, as the label does in the transition system of the model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from netproof.unknown_names import require_known
from petri import PetriNet
from transition_systems.errors import UsageError
from transition_systems.lts import TAU_NAME
from transition_systems.properties.names import nearest_names
from transition_systems.temporal.mu_formulas import CALLED_TAU
from translators.to_petri import NetTranslation
from translators.workflow.graph import WorkflowGraph

__all__ = ["NetSteps", "WorkflowSteps", "element_names", "step_names"]


def element_names(graph: WorkflowGraph) -> dict[str, list[str]]:
    """Return the elements of a workflow that a name may mean: by id, and by what is drawn.

    Examples
    --------
    >>> from translators.workflow import Scope, WorkflowGraph
    >>> element_names(WorkflowGraph(id="g", scopes=(Scope(id="p", kind="process"),)))
    {}
    """
    found: dict[str, list[str]] = {}
    items: list[tuple[str, str | None]] = [(n.id, n.name) for n in graph.nodes]
    items += [(f.id, f.name) for f in graph.flows]
    items += [(m.id, m.name) for m in graph.messages]
    for id, _ in items:
        found[id] = [id]
    for id, name in items:
        if name and (name not in found or found[name] != [name]):
            found.setdefault(name, []).append(id)
    return found


class NetSteps:
    """The transitions of a net by id and by label.

    Parameters
    ----------
    net
        The net.
    """

    def __init__(self, net: PetriNet) -> None:
        self.net = net
        self.ids = frozenset(net.transition_ids)
        self.silent = [node.id for node in net.transitions if node.silent]
        self.labels: dict[str, list[str]] = {}
        for node in net.transitions:
            if node.label is not None:
                self.labels.setdefault(node.label, []).append(node.id)

    @property
    def known(self) -> frozenset[str]:
        """The names of the net's transitions: ids and labels."""
        return self.ids | self.labels.keys()

    def named(self, name: str) -> list[str]:
        """Return the transitions that a name means: one by its id, or all with a label.

        An id that is the label of the same transition means the label; ``tau`` means the silent
        transitions where none has that id.

        Raises
        ------
        UsageError
            For a name that the net does not have, with the nearest ones, and for one that is the id
            of a transition and the label of others.

        Examples
        --------
        >>> from petri import Transition
        >>> pays = [Transition(id="pay", label="pay"), Transition(id="pay.2", label="pay")]
        >>> NetSteps(PetriNet(places=[], transitions=pays)).named("pay")
        ['pay', 'pay.2']
        """
        if name == TAU_NAME and name not in self.ids:
            return self.silent
        return self._called(name)

    def _called(self, name: str) -> list[str]:
        labelled = self.labels.get(name, [])
        if name not in self.ids:
            if not labelled:
                shown = [node.label or node.id for node in self.net.transitions]
                require_known(
                    name, shown if nearest_names(name, shown) else self.net.transition_ids
                )
            return labelled
        if labelled and name not in labelled:
            raise UsageError(
                f"{name!r} is ambiguous: the transition with that id has another label, and "
                f"transitions with other ids have that label ({', '.join(labelled[:4])})"
            )
        return labelled or [name]

    def in_modality(self, name: str) -> list[str]:
        """Return the transitions that a label of a modality means; of ``tau`` the silent ones.

        Raises
        ------
        UsageError
            As :meth:`named`.
        """
        if name == TAU_NAME:
            return self.silent
        return self._called(TAU_NAME if name == CALLED_TAU else name)


class WorkflowSteps:
    """The transitions of a workflow's net, by the nodes and the steps that they belong to.

    Parameters
    ----------
    translation
        The translation.
    """

    def __init__(self, translation: NetTranslation) -> None:
        self.translation = translation
        self.elements: Mapping[str, Sequence[str]] = element_names(translation.graph)
        self.owned: dict[str, list[str]] = {}
        self.steps: dict[str, list[str]] = {}
        for record in translation.transitions.values():
            self.owned.setdefault(record.owner, []).append(record.id)
            for step in dict.fromkeys((record.label, record.step)):
                if step:
                    self.steps.setdefault(step, []).append(record.id)

    @property
    def known(self) -> frozenset[str]:
        """The names of the steps of the workflow, and of its elements that have steps."""
        nodes = (n for n, found in self.elements.items() if not self.owned.keys().isdisjoint(found))
        return frozenset((*self.steps, *nodes))

    def step(self, name: str) -> list[str]:
        """Return the transitions of one step: ``pay.start``, ``pay.complete``, or one by its id.

        Empty where the name is that of an element, or of nothing.

        Raises
        ------
        UsageError
            For the name of an element that is also that of a step of another one, or of only one of
            its steps.
        """
        found = self.steps.get(name, [])
        if name not in self.elements:
            return found or [t for t in (name,) if t in self.translation.transitions]
        nodes = [element for element in self.elements[name] if element in self.owned]
        own = {id for element in nodes for id in self.owned[element]}
        whole = name in nodes or own.issubset(found)
        if found and not (whole and own.issuperset(found)):
            owner = self.translation.transitions[found[0]].owner
            raise UsageError(
                f"{name!r} is ambiguous: it is the name of {', '.join(self.elements[name])} and a "
                f"step of {owner}; ask for the one by its id or what is drawn, for the steps of "
                f"the other by the ids of their transitions ({', '.join(found[:4])})"
            )
        return []

    def in_modality(self, name: str) -> list[str]:
        """Return the transitions that a label of a modality means: a node's, or those of a step.

        ``tau`` means those that are silent.

        Raises
        ------
        UsageError
            For a name that the model does not have, with the nearest ones; for one that several
            nodes share; for one without steps of its own, such as a flow.
        """
        if name == TAU_NAME:
            return [t.id for t in self.translation.transitions.values() if t.label is None]
        name = TAU_NAME if name == CALLED_TAU else name
        found = self.step(name)
        if found:
            return found
        require_known(name, [*self.elements, *self.steps])
        nodes = [element for element in self.elements[name] if element in self.owned]
        if not nodes:
            raise UsageError(
                f"no step is one of {name!r}; a modality names a node, or one of its steps"
            )
        if len(nodes) > 1:
            raise UsageError(f"{name!r} names several elements: {', '.join(nodes)}; use the id")
        return self.owned[nodes[0]]


def step_names(net: PetriNet, translation: NetTranslation | None) -> NetSteps | WorkflowSteps:
    """Return the names of the steps of a net, or of the workflow that it was translated from.

    Examples
    --------
    >>> net = PetriNet(places=["p"], transitions=["t"], arcs=[("p", "t")], initial=["p"])
    >>> step_names(net, None).in_modality("t")
    ['t']
    """
    return NetSteps(net) if translation is None else WorkflowSteps(translation)
