"""Blocks of workflow graphs by random choices: each has one way in and at most one way out."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise
from typing import Any

from transition_systems.expressions.parse import parse_expression
from translators.workflow import (
    Condition,
    EventKind,
    Flow,
    GatewayKind,
    Loop,
    MessageFlow,
    Node,
    NodeKind,
    Pool,
    Scope,
    Trigger,
)

TASKS = ("task", "user", "service", "send", "receive", "manual", "script", "business-rule", "call")
PARTS = ((Trigger.MESSAGE, None), (Trigger.TIMER, None))
CAUGHT = ("message", "timer", "signal", "conditional", "multiple")
LOOPS = (
    Loop(kind="standard"),
    Loop(kind="standard", test_before=True),
    Loop(kind="parallel"),
    Loop(kind="sequential"),
)
Block = tuple[str, str | None]


THEMES = (
    "any", "activities", "boundary", "bodies", "bodies", "bodies", "event sub-processes",
    "messages", "ends", "inclusive", "data",
)  # fmt: skip


class Blocks:
    """The elements made so far.

    ``room`` bounds the number of blocks; ``theme`` is what the graph has more of.
    """

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.room = 0
        self.nodes: list[Node] = []
        self.flows: list[Flow] = []
        self.messages: list[MessageFlow] = []
        self.scopes: list[Scope] = []
        self.pools: list[Pool] = []
        self.scope = ""
        self.depth = 0
        self.typed = False
        self.drawn = 0
        self.theme = "any"

    def maybe(self, probability: float) -> bool:
        return self.chance.random() < probability

    def often(self, probability: float, *themes: str) -> bool:
        """Return True with a probability, and mostly where the graph has one of the themes."""
        return self.maybe(max(probability, 0.8) if self.theme in themes else probability)

    def trigger(self, *options: str) -> str:
        """Return a trigger; a message more often where the graph is about messages."""
        if self.theme == "messages" and "message" in options and self.maybe(0.6):
            return "message"
        return str(self.pick(options))

    def pick(self, options: Any) -> Any:
        return self.chance.choice(list(options))

    # single elements

    def add(self, prefix: str, **given: Any) -> str:
        name = f"{prefix}{len(self.nodes)}"
        self.nodes.append(Node(**{"id": name, "scope": self.scope, **given}))
        return name

    def event(self, kind: str, trigger: str = "none", **given: Any) -> str:
        several = PARTS if "multiple" in trigger else ()
        return self.add(
            kind[0], kind=NodeKind.EVENT, event=EventKind(kind), trigger=Trigger(trigger),
            parts=several, **given,
        )  # fmt: skip

    def gateway(self, kind: str, **given: Any) -> str:
        return self.add("g", kind=NodeKind.GATEWAY, gateway=GatewayKind(kind), **given)

    def activity(self, kind: str, **given: Any) -> str:
        return self.add("A", kind=NodeKind.ACTIVITY, activity=kind, **given)

    def flow(self, *names: str, condition: bool = False, default: bool = False) -> None:
        for source, target in pairwise(names):
            self.drawn += 1
            name = f"f{self.drawn}"
            text = self.pick(("x > 5", "x > 1", "x < 1")) if self.typed else "?"
            said = Condition(text=text, expression=parse_expression(text) if self.typed else None)
            self.flows.append(
                Flow(id=name, source=source, target=target, scope=self.scope,
                     condition=said if condition else None)
            )  # fmt: skip
            if default:
                self.change(source, default=name)

    def change(self, name: str, **given: Any) -> None:
        self.nodes = [replace(n, **given) if n.id == name else n for n in self.nodes]

    # blocks

    def block(self, *, ends: bool = True) -> Block:
        self.room -= 1
        if self.room <= 0:
            name = self.pick((self.task, self.catch, self.throw))()
            return name, name
        ways = [self.task, self.catch, self.throw, self.choice, self.fork, self.wait, self.sub,
                self.series, self.series, self.link, self.loop, self.inclusive, self.sub,
                self.conditional]  # fmt: skip
        more: dict[str, list[Any]] = {
            "activities": [self.task] * 6, "boundary": [self.task] * 8, "bodies": [self.sub] * 8,
            "event sub-processes": [self.sub] * 4, "ends": [self.end, self.choice] * 5,
            "inclusive": [self.inclusive, self.conditional] * 4, "data": [self.conditional] * 8,
        }  # fmt: skip
        ways += more.get(self.theme, [])
        made = self.pick(
            [*ways, self.end, self.end] if ends else [w for w in ways if w != self.end]
        )()
        return (made, made) if isinstance(made, str) else made

    def task(self) -> str:
        loop = self.pick(LOOPS) if self.often(0.3, "activities") else None
        name = self.activity(self.pick(TASKS), loop=loop)
        if self.often(0.35, "boundary"):
            kinds = (*CAUGHT, "error", "escalation", "compensation")
            self.boundary(name, self.trigger(*kinds))
        if self.maybe(0.05):
            self.boundary(name, self.pick(CAUGHT))
        return name

    def boundary(self, name: str, trigger: str, reference: str | None = None) -> None:
        quiet = trigger not in ("error", "cancel", "compensation") and self.maybe(0.5)
        if trigger == "compensation":
            handler = self.activity("task", for_compensation=True)
            self.event("boundary", trigger, attached_to=name, reference=handler)
            return
        event = self.event(
            "boundary", trigger, attached_to=name, interrupting=not quiet, reference=reference
        )
        if self.maybe(0.6):
            self.flow(event, self.activity("task") if self.maybe(0.5) else self.event("end"))
        elif self.maybe(0.1):
            self.flow(event, self.activity("task"), condition=True)
            self.flow(event, self.event("end"), condition=True)

    def catch(self) -> str:
        return self.event("catch", self.trigger(*CAUGHT, "none", "parallel-multiple"))

    def throw(self) -> str:
        triggers = ("none", "message", "signal", "escalation", "compensation", "multiple")
        trigger = self.trigger(*triggers)
        reference = self.pick((None, "x", "y")) if trigger == "escalation" else None
        return self.event("throw", trigger, reference=reference)

    def end(self) -> Block:
        triggers = ["none", "message", "signal", "terminate", "error", "error", "escalation",
                    "compensation"]  # fmt: skip
        trigger = self.trigger(*triggers)
        named = trigger in ("error", "escalation")
        return self.event(
            "end", trigger, reference=self.pick((None, "x", "y")) if named else None
        ), None

    def series(self) -> Block:
        first, last = self.block()
        if last is None:
            return first, None
        second, end = self.block()
        self.flow(last, second)
        return first, end

    def branches(self, split: str, join: str, count: int, *, ends: bool) -> None:
        for _ in range(count):
            first, last = self.block(ends=ends)
            self.flow(split, first)
            if last is not None:
                self.flow(last, join)

    def choice(self) -> Block:
        split = self.gateway("exclusive") if self.maybe(0.8) else self.activity("task")
        implicit = not split.startswith("g")
        join = self.activity("task") if self.maybe(0.2) else self.merge()
        self.branches(split, join, 2, ends=self.maybe(0.9))
        if implicit:
            condition = Condition(text="?")
            self.flows = [
                replace(f, condition=condition) if f.source == split and self.maybe(0.9) else f
                for f in self.flows
            ]
        return split, join

    def fork(self) -> Block:
        split = (
            self.gateway("parallel") if self.maybe(0.7) else self.pick((self.task, self.catch))()
        )
        join = self.gateway("parallel") if self.maybe(0.8) else self.activity("task")
        self.branches(split, join, 2, ends=self.maybe(0.2))
        return split, join

    def inclusive(self) -> Block:
        split, join = self.gateway("inclusive"), self.gateway("inclusive")
        for _ in range(self.pick((2, 2, 3))):
            name = self.pick((self.task, self.catch))()
            self.flow(split, name, join, condition=self.maybe(0.3))
        if self.maybe(0.4):
            name = self.throw()
            self.flow(split, name, default=True)
            self.flow(name, join)
        return split, join

    def conditional(self) -> Block:
        split = self.catch() if self.maybe(0.3) else self.activity(self.pick(TASKS))
        join = self.gateway(self.pick(("inclusive", "inclusive", "exclusive")))
        for _ in range(self.pick((1, 2))):
            name = self.activity("task")
            self.flow(split, name, condition=True)
            self.flow(name, join)
        name = self.activity("task")
        self.flow(split, name, default=self.maybe(0.7))
        self.flow(name, join)
        return split, join

    def merge(self) -> str:
        return self.gateway("inclusive" if self.maybe(0.15) else "exclusive")

    def wait(self) -> Block:
        gateway, join = self.gateway("event-based"), self.merge()
        for _ in range(2):
            self.flow(gateway, self.awaited(), join)
        return gateway, join

    def awaited(self) -> str:
        if self.maybe(0.3):
            return self.activity("receive")
        return self.event("catch", self.trigger(*CAUGHT))

    def link(self) -> Block:
        name = f"link{len(self.nodes)}"
        throws = [self.event("throw", "link", reference=name) for _ in range(self.pick((1, 1, 2)))]
        catch = self.event("catch", "link", reference=name)
        if len(throws) == 1:
            return throws[0], catch
        split = self.gateway("exclusive")
        for throw in throws:
            self.flow(split, throw)
        return split, catch

    def loop(self) -> Block:
        begin, end = self.gateway("exclusive"), self.gateway("exclusive")
        name = self.task()
        self.flow(begin, name, end, begin)
        return begin, end

    def sub(self) -> str:
        if self.depth >= 2:
            return self.task()
        kind = self.pick(("sub-process", "sub-process", "transaction"))
        loop = self.pick(LOOPS) if self.often(0.2, "bodies") else None
        name = self.activity(kind, loop=loop)
        self.inside(name, "sub-process", self.content)
        inner = [n for n in self.nodes if n.scope == f"{name}+"]
        if kind == "transaction" and not self.starts(inner):
            self.inside(name, "", lambda: self.event("end", "cancel"))
        elif kind == "transaction":
            self.inside(
                name, "", lambda: self.flow(self.starts(inner)[0], self.event("end", "cancel"))
            )
        if kind == "transaction":
            self.boundary(name, "cancel")
        for _ in range(self.pick((0, 1, 1, 2) if loop is None else (0, 0, 1))):
            trigger = self.trigger(*CAUGHT, "error", "error", "escalation", "escalation")
            named = trigger in ("error", "escalation")
            self.boundary(name, trigger, self.pick((None, "x", "y")) if named else None)
        return name

    def starts(self, nodes: list[Node]) -> list[str]:
        return [n.id for n in nodes if n.event is EventKind.START]

    def inside(self, name: str, kind: Any, make: Any) -> None:
        outer, body = self.scope, f"{name}+"
        if kind:
            self.scopes.append(Scope(id=body, kind=kind, parent=outer, owner=name))
            self.change(name, body=body)
        self.scope, self.depth = body, self.depth + 1
        make()
        self.scope, self.depth = outer, self.depth - 1

    def content(self) -> None:
        """Fill a process or a sub-process."""
        plain = 1 if self.theme in ("bodies", "messages") else 6
        way = self.pick(("start",) * plain + ("implicit", "two", "gateway", "receive"))
        triggers = ("none", "none", "none", *CAUGHT)
        if self.depth > 0:
            triggers = ("none",) * 8 + ("message", "timer")
        first, last = self.block()
        if way == "start":
            self.flow(self.event("start", self.trigger(*triggers)), first)
        elif way == "two":
            self.flow(self.event("start", self.trigger(*triggers)), first)
            second = self.event("start", self.pick(triggers))
            self.flow(second, first if self.maybe(0.5) else self.activity("task"))
        elif way == "gateway":
            gateway = self.gateway("event-based", instantiate=True)
            for _ in range(2):
                self.flow(gateway, self.awaited(), first)
        elif way == "receive":
            self.flow(self.activity("receive", instantiate=True), first)
        if last is not None and self.maybe(0.7):
            self.flow(last, self.event("end", self.pick(("none", "none", "none", "message"))))
        if self.often(0.3, "event sub-processes"):
            self.event_sub_process()
        if self.maybe(0.06):
            self.event_sub_process()

    def event_sub_process(self) -> None:
        name = self.activity("event-sub-process")
        self.inside(name, "event-sub-process", self.reaction)

    def reaction(self) -> None:
        trigger = self.trigger(*CAUGHT, *CAUGHT, "error", "escalation")
        named = trigger in ("error", "escalation")
        start = self.event(
            "start", trigger, interrupting=trigger == "error" or self.maybe(0.5),
            reference=self.pick((None, "x", "y")) if named else None,
        )  # fmt: skip
        self.room = min(self.room, 2)
        first, _ = self.block()
        self.flow(start, first)
        if self.maybe(0.1):
            self.flow(start, self.activity("task"), condition=True)
