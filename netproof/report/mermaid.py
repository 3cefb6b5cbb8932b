"""A small model as a Mermaid flowchart, with a run and what is wrong marked on it."""

from __future__ import annotations

from collections.abc import Iterable

from netproof.report.outline import Element, Outline
from netproof.report.text import plain
from transition_systems.run import Lasso, Run

__all__ = ["mermaid_chart"]

MAX_LABEL = 60
_SHAPES = {
    "task": ("[", "]"), "gateway": ("{", "}"), "start": ("((", "))"), "event": ("((", "))"),
    "end": ("(((", ")))"), "place": ("((", "))"), "transition": ("[", "]"),
    "state": ("(", ")"),
}  # fmt: skip
_CODES = {
    "#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "`": "#96;", "\\": "#92;",
    "*": "#42;", "_": "#95;", "%": "#37;", ";": "#59;", "{": "#123;", "}": "#125;",
}  # fmt: skip


def mermaid_chart(
    outline: Outline, *, run: Run | Lasso | None = None, blamed: Iterable[str] = ()
) -> str:
    """Return a Mermaid flowchart; all text from the file is escaped.

    Parameters
    ----------
    outline
        The model.
    run
        Its elements are drawn with a thick border.
    blamed
        The elements that the verdict is about: red, and said with a cross.

    Examples
    --------
    >>> from netproof.report.outline import Element, Link
    >>> made = {i: Element(id=i, title=f"say \\"{i}\\"", shape="task", thread="p") for i in "ab"}
    >>> outline = Outline(elements=made, links={"f": Link(id="f", source="a", target="b")})
    >>> print(mermaid_chart(outline, blamed=["f"]))
    flowchart LR
      n0["say #quot;a#quot;"]
      n1["✗ say #quot;b#quot;"]
      n0 -->|"✗"| n1
      classDef way stroke-width:3px
      classDef stuck stroke:#b42318,stroke-width:4px
      class n1 stuck
    """
    shown = {id: one for id, one in outline.elements.items() if one.shape != "label"}
    names = {id: f"n{number}" for number, id in enumerate(shown)}
    wrong = set(blamed)
    stuck = {id for id in wrong if id in names}
    stuck |= {
        link.target
        for link in outline.links.values()
        if link.id in wrong and link.target in names and not link.message
    }
    steps = () if run is None else run.steps
    passed = {outline.owner(step.action) for step in steps}
    marked: set[str] = set()
    for step in steps:
        if isinstance(step.state, dict):
            marked.update(str(id) for id in step.state)
    passed |= {id for id in marked if id in shown and shown[id].shape == "state"}
    lines = ["flowchart LR"]
    threads: dict[str, list[Element]] = {}
    for element in shown.values():
        threads.setdefault(element.thread, []).append(element)
    for number, (thread, members) in enumerate(threads.items()):
        indent = "  "
        if len(threads) > 1:
            lines.append(f'  subgraph s{number}["{_label(thread)}"]')
            indent = "    "
        for element in members:
            start, end = _SHAPES[element.shape]
            sign = "✗ " if element.id in stuck else ""
            label = _label(" ".join(filter(None, (element.mark, element.title))) or element.id)
            lines.append(f'{indent}{names[element.id]}{start}"{sign}{label}"{end}')
        if len(threads) > 1:
            lines.append("  end")
    for link in outline.links.values():
        if link.source not in names or link.target not in names:
            continue
        thick = link.id in marked
        arrow = "-.->" if link.message else "==>" if thick else "-->"
        words = " ".join(filter(None, ("✗" if link.id in wrong else "", _label(link.title))))
        text = f'|"{words}"|' if words else ""
        lines.append(f"  {names[link.source]} {arrow}{text} {names[link.target]}")
    lines.append("  classDef way stroke-width:3px")
    lines.append("  classDef stuck stroke:#b42318,stroke-width:4px")
    way = [names[id] for id in shown if id in passed and id not in stuck]
    if way:
        lines.append(f"  class {','.join(way)} way")
    if stuck:
        lines.append(f"  class {','.join(names[id] for id in shown if id in stuck)} stuck")
    return "\n".join(lines)


def _label(text: str) -> str:
    shown = plain(text, MAX_LABEL, line=True)
    return "".join(_CODES.get(sign, sign) for sign in shown)
