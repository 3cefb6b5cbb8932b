"""A repair written back into the BPMN file: changed gateways and flows, and how they are drawn."""

from __future__ import annotations

from collections.abc import Iterable

from transition_systems.errors import UnsupportedError
from transition_systems.readwrite.xml import XmlElement, format_xml, parse_xml
from translators.bpmn import parse_bpmn
from translators.repair.draft import Draft
from translators.repair.edits import Edit, edited
from translators.workflow.graph import GatewayKind, WorkflowGraph

__all__ = ["repaired_bpmn"]

Point = tuple[float, float]
LISTED = ("incoming", "outgoing")


def repaired_bpmn(text: str | bytes, edits: Iterable[Edit], *, file: str | None = None) -> str:
    """Return a BPMN text after some edits; all that they do not touch stays but for comments.

    Parameters
    ----------
    text
        The BPMN text of the workflow before the edits.
    edits
        The edits of a repair.
    file
        The name that errors show.

    Returns
    -------
    str
        Read back, it gives the workflow after the edits. Flows that are drawn are drawn straight
        where they are new or led elsewhere.

    Raises
    ------
    UnsupportedError
        Where an element has no id of its own in the file, so that it cannot be found.

    Examples
    --------
    >>> text = '''<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p">
    ... <startEvent id="s"/><exclusiveGateway id="x"/><endEvent id="e"/>
    ... <sequenceFlow id="f" sourceRef="s" targetRef="x"/>
    ... <sequenceFlow id="g" sourceRef="x" targetRef="e"/></process></definitions>'''
    >>> edit = Edit(kind="change-gateway", element="x", to="parallel")
    >>> "<parallelGateway id=\\"x\\"" in repaired_bpmn(text, [edit])
    True
    """
    chosen = tuple(edits)
    before = parse_bpmn(text, file=file).graph
    root = parse_xml(text, file=file)
    writer = _Writer(root)
    wanted = edited(Draft(before), chosen).whole()
    for edit in chosen:
        writer.apply(edit)
    written = format_xml(root)
    _compare(parse_bpmn(written, file=file).graph, wanted)
    return written


def _compare(found: WorkflowGraph, wanted: WorkflowGraph) -> None:
    """Refuse a text that does not say what was meant, which an element without an id may cause."""
    flows = [sorted((f.id, f.source, f.target) for f in g.flows) for g in (found, wanted)]
    gateways = [sorted((n.id, str(n.gateway)) for n in g.nodes) for g in (found, wanted)]
    if flows[0] != flows[1] or gateways[0] != gateways[1]:
        raise UnsupportedError("the repair cannot be written into this file: elements have no ids")


class _Writer:
    def __init__(self, root: XmlElement) -> None:
        self.root = root
        self.parent: dict[int, XmlElement] = {}
        self.by_id: dict[str, XmlElement] = {}
        self.shapes: dict[str, XmlElement] = {}
        self.edges: dict[str, XmlElement] = {}
        for element in root.iter():
            for child in element.children:
                self.parent[id(child)] = element
            drawn = element.get("bpmnElement")
            if element.tag in ("BPMNShape", "BPMNEdge") and drawn is not None:
                table = self.shapes if element.tag == "BPMNShape" else self.edges
                table[drawn.strip().rpartition(":")[2]] = element
            elif element.get("id") is not None:
                self.by_id.setdefault(element.attributes["id"].strip(), element)

    def apply(self, edit: Edit) -> None:
        """Make one edit."""
        if edit.kind == "change-gateway":
            self._change_gateway(self._element(edit.element), edit.to)
        elif edit.kind == "add-flow":
            self._add(edit)
        else:
            flow = self._element(edit.element)
            self._unlist(edit.element)
            if edit.kind == "remove-flow":
                self._remove(flow)
                edge = self.edges.get(edit.element)
                if edge is not None:
                    self._remove(edge)
                self._forget_default(edit.element)
                return
            if edit.kind == "redirect-source":
                self._forget_default(edit.element)
                flow.children = [c for c in flow.children if c.tag != "conditionExpression"]
            flow.attributes["sourceRef"] = edit.source
            flow.attributes["targetRef"] = edit.target
            self._list(flow, edit)
            self._draw(edit, self.edges.get(edit.element))

    def _element(self, name: str) -> XmlElement:
        if name not in self.by_id:
            raise UnsupportedError(f"{name} has no id of its own in the file")
        return self.by_id[name]

    def _change_gateway(self, gateway: XmlElement, to: str) -> None:
        gateway.tag = f"{to}Gateway"
        if to == GatewayKind.PARALLEL:
            gateway.attributes.pop("default", None)
            name = gateway.attributes["id"].strip()
            for flow in self.by_id.values():
                if flow.tag == "sequenceFlow" and flow.attributes.get("sourceRef") == name:
                    flow.children = [c for c in flow.children if c.tag != "conditionExpression"]

    def _forget_default(self, flow: str) -> None:
        for element in self.by_id.values():
            if element.attributes.get("default") == flow:
                del element.attributes["default"]

    def _remove(self, element: XmlElement) -> None:
        parent = self.parent[id(element)]
        parent.children = [child for child in parent.children if child is not element]

    def _unlist(self, flow: str) -> None:
        """Take a flow out of the lists of the nodes that it joins."""
        for element in self.by_id.values():
            if any(child.tag in LISTED and child.text.strip() == flow for child in element):
                element.children = [
                    c for c in element.children if c.tag not in LISTED or c.text.strip() != flow
                ]

    def _list(self, like: XmlElement, edit: Edit) -> None:
        """Enter a flow into the lists of its nodes, where these have lists."""
        for name, tag in ((edit.source, "outgoing"), (edit.target, "incoming")):
            node = self.by_id.get(name)
            if node is None or not any(child.tag in LISTED for child in node):
                continue
            entry = XmlElement(
                tag, namespace=like.namespace, prefix=like.prefix, text=edit.element, tail="\n"
            )
            tags = ("incoming",) if tag == "incoming" else LISTED
            at = max((i + 1 for i, c in enumerate(node.children) if c.tag in tags), default=0)
            before = ("documentation", "extensionElements")
            at = max(at, sum(c.tag in before for c in node.children))
            node.children.insert(at, entry)

    def _add(self, edit: Edit) -> None:
        source = self._element(edit.source)
        flow = XmlElement(
            "sequenceFlow", namespace=source.namespace, prefix=source.prefix,
            attributes={"id": edit.element, "sourceRef": edit.source, "targetRef": edit.target},
            tail="\n",
        )  # fmt: skip
        self.parent[id(source)].append(flow)
        self.parent[id(flow)] = self.parent[id(source)]
        self.by_id[edit.element] = flow
        self._list(flow, edit)
        shape = self.shapes.get(edit.source)
        if shape is not None and self._line(edit):
            edge = XmlElement(
                "BPMNEdge", namespace=shape.namespace, prefix=shape.prefix,
                attributes={"id": f"{edit.element}.edge", "bpmnElement": edit.element}, tail="\n",
            )  # fmt: skip
            self.parent[id(shape)].append(edge)
            self._draw(edit, edge)

    def _draw(self, edit: Edit, edge: XmlElement | None) -> None:
        """Draw a flow as a straight line between its nodes."""
        line = self._line(edit)
        if edge is None or not line:
            return
        old = next((c for e in self.edges.values() for c in e if c.tag == "waypoint"), None)
        prefix, namespace = (
            ("di", "http://www.omg.org/spec/DD/20100524/DI")
            if old is None
            else (old.prefix, old.namespace)
        )
        edge.children = [
            XmlElement(
                "waypoint", namespace=namespace, prefix=prefix, attributes={"x": x, "y": y},
                nsmap={prefix or "": namespace or ""} if old is None else None, tail="\n",
            )
            for x, y in line
        ]  # fmt: skip

    def _line(self, edit: Edit) -> list[tuple[str, str]]:
        boxes = [self._box(edit.source), self._box(edit.target)]
        if boxes[0] is None or boxes[1] is None:
            return []
        first, last = boxes[0], boxes[1]
        return [
            (f"{x:g}", f"{y:g}")
            for x, y in (_border(first, _middle(last)), _border(last, _middle(first)))
        ]

    def _box(self, node: str) -> tuple[float, float, float, float] | None:
        shape = self.shapes.get(node)
        bounds = None if shape is None else shape.find("Bounds")
        if bounds is None:
            return None
        try:
            x, y, width, height = (
                float(bounds.attributes[k]) for k in ("x", "y", "width", "height")
            )
        except (KeyError, ValueError):
            return None
        return x, y, width, height


def _middle(box: tuple[float, float, float, float]) -> Point:
    x, y, width, height = box
    return x + width / 2, y + height / 2


def _border(box: tuple[float, float, float, float], towards: Point) -> Point:
    """Return where the line from the middle of a box to a point leaves the box."""
    (x, y), (_, _, width, height) = _middle(box), box
    dx, dy = towards[0] - x, towards[1] - y
    if not dx and not dy:
        return x, y
    scale = min(
        width / 2 / abs(dx) if dx else float("inf"), height / 2 / abs(dy) if dy else float("inf")
    )
    return x + dx * min(scale, 1.0), y + dy * min(scale, 1.0)
