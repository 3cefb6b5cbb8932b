"""Pictures of everything that the toolkit returns; showing something never raises."""

from __future__ import annotations

from html import escape
from typing import Any

from netproof.loading import Model
from netproof.report.html_markup import clean
from netproof.report.model import ModelReport, Report, VerdictReport
from petri.draw import net_svg
from transition_systems.draw import fitted_svg, lts_svg
from transition_systems.evidence_ltl import moves_of
from transition_systems.run import Lasso, Run
from transition_systems.showing import outcome_text, verdict_html
from transition_systems.verdict import Outcome
from translators.named_system import NamedSystem
from translators.to_petri import NetTranslation
from translators.workflow.draw import workflow_svg
from translators.workflow.graph import WorkflowGraph

__all__ = ["mimebundle", "model_svg", "run_svg", "verdict_svg"]


def model_svg(model: Model) -> str:
    """Return a model as SVG: a workflow by its diagram, a net by its graph."""
    if model.graph is not None:
        return workflow_svg(model.graph)
    if model.system is not None:
        return lts_svg(model.system.lts)
    assert model.net is not None
    return net_svg(model.net)


def verdict_svg(report: ModelReport, entry: VerdictReport) -> str:
    """Return the model with a verdict's witness on it.

    The way of the witness is coloured, the tokens of its last state are drawn, and where a part of
    the diagram waits in vain it is marked.
    """
    model: Model = report.model
    witness = entry.witness
    caption = f"{entry.name}: {entry.verdict.explain()}"
    if model.system is not None:
        return _system_svg(model.system, witness)
    if model.graph is None:
        assert model.net is not None
        run = witness or entry.verdict.witness
        shown = None if run is None else Run(initial=run.initial, steps=moves_of(run))
        return net_svg(model.net, run=shown, caption=caption)
    if witness is None:
        return workflow_svg(model.graph, blamed=_dead(report, entry), caption=caption)
    translation: NetTranslation = report.translation
    marked = _state(model.graph, witness)
    return workflow_svg(
        model.graph,
        path=_path(translation, witness),
        marked=marked,
        blamed=_blamed(translation, entry, marked),
        caption=caption,
    )


def _system_svg(system: NamedSystem, witness: Run | Lasso | None) -> str:
    """Return a transition system with the states of a run in colour."""
    passed = () if witness is None else (witness.initial, *(step.state for step in witness.steps))
    found = {system.state_named(name) for state in passed for name in state}
    return lts_svg(system.lts, highlight=[state for state in found if state is not None])


def run_svg(
    model: Model,
    translation: NetTranslation | None,
    run: Run | None,
    told: Run | None,
    caption: str = "",
    blamed: str | None = None,
) -> str:
    """Return a model with a run on it: the way coloured, the tokens of its last state drawn.

    ``run`` is the run of its net, ``told`` the same on its elements; ``None`` for no run.
    ``blamed`` is an element that is drawn as a fault.
    """
    if model.graph is None or translation is None:
        assert model.net is not None
        return net_svg(model.net, run=run, caption=caption)
    if told is None:
        return workflow_svg(model.graph, caption=caption)
    marked = _state(model.graph, told)
    return workflow_svg(
        model.graph, path=_path(translation, told), marked=marked, caption=caption,
        blamed=() if blamed is None else (blamed,),
    )  # fmt: skip


def _state(graph: WorkflowGraph, witness: Run | Lasso) -> dict[str, int]:
    ends = {n.id for n in graph.nodes if n.event is not None and str(n.event) == "end"}
    return {e: n for e, n in witness.last.items() if e not in ends or n > 1}


def _path(translation: NetTranslation, witness: Run | Lasso) -> set[str]:
    passed: set[str] = set()
    for step in moves_of(witness):
        record = translation.transitions[step.action]
        passed.add(record.owner)
        passed.update(record.taken)
        passed.update(translation.places[p].element for p in record.post if p in translation.places)
    return passed


def _blamed(translation: NetTranslation, entry: VerdictReport, marked: dict[str, int]) -> set[str]:
    """Return the nodes that wait in vain, or the elements with too many tokens."""
    index = translation.index
    assert index is not None
    twice = {element for element, count in marked.items() if count > 1}
    if twice:
        return twice
    stuck: set[str] = set()
    for element in marked:
        if element in index.flow:
            stuck.add(index.flow[element].target)
        elif element in index.node:
            stuck.add(element)
    busy = {index.scope[index.node[e].scope].owner for e in stuck}
    return stuck - busy if entry.outcome is Outcome.VIOLATED else set()


def _dead(report: ModelReport, entry: VerdictReport) -> set[str]:
    """Return the activities that no run reaches, for a verdict about dead activities."""
    from transition_systems.errors import NetproofError
    from transition_systems.properties.parse import parse_formula
    from transition_systems.properties.walk import names_in_formula

    evidence = entry.verdict.evidence
    if entry.outcome is not Outcome.VIOLATED or evidence is None:
        return set()
    try:
        _, enabled = names_in_formula(parse_formula(evidence.claim.formula))
    except NetproofError:
        return set()
    records = report.translation.transitions
    return {records[name].owner for name in enabled if name in records}


def mimebundle(thing: Any) -> dict[str, str]:
    """Return text and, where it can be drawn, a picture or table for a notebook; never raises."""
    try:
        return _bundle(thing)
    except Exception as error:  # a picture must never break a cell
        return {
            "text/plain": f"{type(thing).__name__} (no picture: {type(error).__name__}: {error})"
        }


def _bundle(thing: Any) -> dict[str, str]:
    if isinstance(thing, Model):
        picture = fitted_svg(model_svg(thing))
        return {"text/plain": f"Model({thing.source!r})", "image/svg+xml": picture}
    if isinstance(thing, ModelReport):
        return {"text/plain": thing.source, "text/html": _report_html(thing)}
    if isinstance(thing, Report):
        from netproof.report.terminal import summary_line

        text = summary_line(thing)
        if len(thing.models) == 1:
            return {"text/plain": text, "text/html": _report_html(thing.models[0])}
        from netproof.report.table import html_table

        return {"text/plain": text, "text/html": html_table(thing)}
    if isinstance(thing, VerdictReport):
        text = f"{outcome_text(thing.outcome)} {thing.name}: {thing.verdict.explain()}"
        shown = verdict_html(thing.verdict, witness=thing.witness)
        return {"text/plain": text, "text/html": shown}
    return {"text/plain": repr(thing)}


def _report_html(report: ModelReport) -> str:
    name = f"<b><bdi>{escape(clean(report.source))}</bdi></b>"
    if report.error is not None:
        return f"<p>{name}: {escape(clean(report.error))}</p>"
    told = {"passed": "rechecked", "failed": "the recheck FAILED"}
    parts: list[str] = []
    for entry in report.verdicts:
        reason = f" ({escape(clean(entry.recheck_reason))})" if entry.recheck_reason else ""
        again = f"<div>{told.get(entry.rechecked, 'not rechecked')}{reason}</div>"
        parts.append(verdict_html(entry.verdict, witness=entry.witness, more=again))
    picture = _picture(report)
    return (
        f'<div style="text-align:left"><p>{name}</p>{"".join(parts)}'
        f'<div style="margin-top:.6em">{picture}</div></div>'
    )


def _picture(report: ModelReport) -> str:
    if report.model is None:
        return ""
    violated = [e for e in report.verdicts if e.outcome is Outcome.VIOLATED]
    if violated:
        return verdict_svg(report, violated[0])
    return model_svg(report.model)
