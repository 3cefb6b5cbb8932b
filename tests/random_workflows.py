"""Random workflow graphs from blocks that exercise every element, in the text of workflow_text."""

from __future__ import annotations

import random


class Writer:
    """Writes random blocks; each block has one node where it begins and one where it ends."""

    def __init__(self, seed: int, *, quiet: bool = True) -> None:
        self.random = random.Random(seed)
        self.count = 0
        self.lines: list[str] = []
        self.depth = 0
        self.room = self.random.randint(2, 7)
        self.quiet = quiet

    def line(self, text: str) -> None:
        self.lines.append("  " * self.depth + text)

    def new(self, kind: str, options: str = "") -> str:
        self.count += 1
        name = f"{kind[0]}{self.count}"
        self.line(f"{kind} {name} {options}".rstrip())
        return name

    def flow(self, *names: str) -> None:
        self.line(" > ".join(names))

    def block(self, *, ends: bool = True) -> tuple[str, str | None]:
        """Write a block; the second name is None where it ends by itself."""
        self.room -= 1
        if self.room <= 0:
            name = self.task()
            return name, name
        names = [
            "task",
            "series",
            "choice",
            "fork",
            "wait",
            "throw",
            "sub",
            "loop",
            "conditional",
            "inclusive",
            "series",
        ]
        if ends:
            names += ["end", "escalate"]
        if self.depth == 0:
            names += ["link"]
        made = getattr(self, self.random.choice(names))()
        return (made, made) if isinstance(made, str) else made

    def task(self) -> str:
        kinds = ["task", "user", "service", "send", "receive", "manual", "script", "call"]
        kind = self.random.choice([*kinds, "business-rule"])
        name = self.new(kind, self.random.choice(["", "", "", "loop", "while", "many"]))
        if self.random.random() < 0.25 and "many" not in self.lines[-1]:
            self.attach(name, "loop" in self.lines[-1] or "while" in self.lines[-1])
        return name

    def attach(self, name: str, loops: bool) -> None:
        trigger = self.random.choice(["message", "timer", "signal", "error", "conditional"])
        quiet = trigger != "error" and not loops and self.quiet and self.random.random() < 0.4
        boundary = self.new("boundary", f"on={name} {trigger}{' quiet' if quiet else ''}")
        if self.random.random() < 0.7:
            self.flow(boundary, self.new("task"))

    def series(self) -> tuple[str, str | None]:
        first, end = self.block()
        if end is None:
            return first, None
        second, last = self.block()
        self.flow(end, second)
        return first, last

    def branches(self, split: str, join: str, *, ends: bool) -> None:
        for _ in range(2):
            first, last = self.block(ends=ends)
            self.flow(split, first)
            if last is not None:
                self.flow(last, join)

    def choice(self) -> tuple[str, str]:
        split, join = self.new("xor"), self.new("xor")
        self.branches(split, join, ends=True)
        return split, join

    def fork(self) -> tuple[str, str]:
        split = self.new("and")
        join = self.new(self.random.choice(["and", "and", "and", "task"]))
        self.branches(split, join, ends=self.random.random() < 0.2)
        return split, join

    def inclusive(self) -> tuple[str, str]:
        split, join = self.new("or"), self.new("or")
        for _ in range(self.random.randint(2, 3)):
            task = self.new("task")
            self.flow(split, task, join)
        if self.random.random() < 0.3:
            task = self.new("task")
            self.line(f"{split} >! {task} > {join}")
        return split, join

    def conditional(self) -> tuple[str, str]:
        task, join = self.new("task"), self.new("or")
        arrows = self.random.choice([[">?", ">?"], [">?", ">!"], [">", ">?"], [">?", ">?", ">!"]])
        for arrow in arrows:
            other = self.new("task")
            self.line(f"{task} {arrow} {other}")
            self.flow(other, join)
        return task, join

    def wait(self) -> tuple[str, str]:
        gateway, join = self.new("event"), self.new("xor")
        for _ in range(2):
            kind = self.random.choice(["catch", "catch", "receive"])
            options = self.random.choice(["timer", "message", "signal", "conditional"])
            caught = self.new(kind, options if kind == "catch" else "")
            self.flow(gateway, caught, join)
        return gateway, join

    def throw(self) -> str:
        kind = self.random.choice(["throw", "catch"])
        triggers = ["message", "signal", "none"] if kind == "throw" else ["message", "timer"]
        return self.new(kind, self.random.choice(triggers))

    def link(self) -> tuple[str, str]:
        throw = self.new("throw", f"link ref=l{self.count}")
        return throw, self.new("catch", f"link ref=l{self.count - 1}")

    def loop(self) -> tuple[str, str]:
        begin, end = self.new("xor"), self.new("xor")
        task = self.task()
        self.flow(begin, task, end)
        self.flow(end, begin)
        return begin, end

    def escalate(self) -> str:
        return self.new("throw", "escalation ref=x")

    def end(self) -> tuple[str, None]:
        options = ["", "message", "terminate", "error ref=x", "error", "escalation ref=x", "signal"]
        return self.new("end", self.random.choice(options)), None

    def sub(self) -> tuple[str, str]:
        looped = self.random.random() < 0.15
        kind = self.random.choice(["sub", "sub", "sub", "transaction"])
        name = self.new(kind, "loop" if looped else "")
        cancels = kind == "transaction"
        self.depth += 1
        self.content(self.random.random() < 0.3, cancels)
        self.depth -= 1
        if cancels:
            boundary = self.new("boundary", f"on={name} cancel")
            self.flow(boundary, self.new("task"))
        for _ in range(self.random.choice([0, 1, 1, 2])):
            options = ["timer", "message", "error", "error ref=x", "error ref=y", "escalation"]
            trigger = self.random.choice([*options, "escalation ref=x"])
            quiet = self.quiet and not looped and self.random.random() < 0.4
            quiet = quiet and "error" not in trigger
            boundary = self.new("boundary", f"on={name} {trigger}{' quiet' if quiet else ''}")
            self.flow(boundary, self.new("task"))
        return name, name

    def content(self, events: bool, cancels: bool = False) -> None:
        start = self.new("start")
        if cancels:
            fork, cancel = self.new("xor"), self.new("end", "cancel")
            self.flow(start, fork, cancel)
            start = fork
        first, last = self.block()
        self.flow(start, first)
        if last is not None and self.random.random() < 0.7:
            self.flow(last, self.new("end"))
        if events:
            self.event_sub_process()

    def event_sub_process(self) -> None:
        self.new("esub")
        self.depth += 1
        options = ["timer", "message quiet", "error ref=x", "escalation quiet", "signal"]
        start = self.new("start", self.random.choice(options))
        self.flow(start, self.new("task"))
        self.depth -= 1

    def starts(self) -> None:
        """Write a whole process."""
        way = self.random.choice(
            ["none", "none", "none", "two", "triggered", "implicit", "gateway"]
        )
        if way == "none":
            self.content(self.random.random() < 0.25)
            return
        first, _ = self.block()
        if way == "two":
            trigger = self.random.choice(["", "message"])
            self.flow(self.new("start"), first)
            self.flow(self.new("start", trigger), self.new("task"))
        elif way == "triggered":
            self.flow(self.new("start", self.random.choice(["message", "timer"])), first)
        elif way == "gateway":
            gateway = self.new("event", "instantiate")
            for trigger in ("message", "timer"):
                caught = self.new("catch", trigger)
                self.flow(gateway, caught)
            self.flow(caught, first)


def random_workflow(seed: int, *, quiet: bool = True) -> str:
    """Return the text of a random workflow of one or two pools."""
    chance = random.Random(f"pools {seed}")
    writer = Writer(seed, quiet=quiet)
    if chance.random() < 0.75:
        writer.starts()
        return "\n".join(writer.lines)
    parts: list[list[str]] = []
    for _ in range(2):
        begin = len(writer.lines)
        writer.room = chance.randint(2, 3)
        writer.starts()
        parts.append(writer.lines[begin:])
    senders = _named(parts[0], ("send", "task", "user")) + _named(
        parts[0], ("end", "throw"), "mess"
    )
    takers = _named(parts[1], ("receive",)) + _named(parts[1], ("start", "catch"), "message")
    text = "\n".join(
        ["process p", *(f"  {x}" for x in parts[0]), "process q", *(f"  {x}" for x in parts[1])]
    )
    pairs = list(zip(senders, takers, strict=False))[:2]
    return "\n".join([text, *(f"{one} ~ {other}" for one, other in pairs)])


def _named(lines: list[str], kinds: tuple[str, ...], option: str = "") -> list[str]:
    words = [line.split() for line in lines]
    return [w[1] for w in words if w[0] in kinds and (not option or option in " ".join(w[2:]))]
