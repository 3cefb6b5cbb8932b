"""Small workflows with all of their runs, worked out by hand from the page on their meaning.

A run ends with ``.`` where the state is complete, and with ``#`` where nothing can happen before
completion. ``A+``, ``A-``, ``A*`` and ``A~`` are start, completion, next instance and next round.
"""

from __future__ import annotations

from workflow_case import Case
from workflow_cases_scopes import MORE_CASES

__all__ = ["CASES", "Case"]

CASES: dict[str, Case] = {
    "task": Case(
        text="""
start s
task A
end e
s > A > e
""",
        runs=("s A+ A- e .",),
    ),
    "two starts, one": Case(
        text="""
start a
start b
end e
a > e
b > e
""",
        runs=(
            "a e .",
            "b e .",
        ),
    ),
    "two starts, all": Case(
        text="""
start a
start b
end e
end f
a > e
b > f
""",
        options={"starts": "all"},
        runs=(
            "a b e f .",
            "a b f e .",
            "a e b f .",
            "b a e f .",
            "b a f e .",
            "b f a e .",
        ),
    ),
    "a triggered start may never come": Case(
        text="""
start a message
end e
a > e
""",
        runs=(
            ".",
            "a e .",
        ),
    ),
    "start beside a triggered one": Case(
        text="""
start a
start b message
end e
a > e
b > e
""",
        runs=(
            "a e .",
            "b e .",
        ),
    ),
    "nodes without incoming flow start together": Case(
        text="""
throw a
throw b
""",
        runs=(
            "a b .",
            "b a .",
        ),
    ),
    "instantiating gateway": Case(
        text="""
event g instantiate
catch m message
catch t timer
g > m
g > t
""",
        runs=(
            ".",
            "m .",
            "t .",
        ),
    ),
    "instantiating receive": Case(
        text="""
process p
  receive R instantiate
process q
  start x
  throw y message
  x > y
y ~ R
""",
        runs=(
            "x y .",
            "x y R+ R- .",
        ),
    ),
    "deferred receive takes its message early": Case(
        text="""
process p
  start s
  event g
  receive R
  s > g > R
process q
  start x message
  throw y message
  x > y
y ~ R
""",
        runs=(
            "s x y R+ R- .",
            "x s y R+ R- .",
            "x y s R+ R- .",
        ),
    ),
    "receive waits inside": Case(
        text="""
process p
  receive R
process q
  start x message
  throw y message
  x > y
y ~ R
""",
        runs=(
            "R+ x y R- .",
            "x R+ y R- .",
            "x y R+ R- .",
        ),
    ),
    "exclusive": Case(
        text="""
start s
xor g
end a
end b
s > g > a
g > b
""",
        runs=(
            "s a .",
            "s b .",
        ),
    ),
    "parallel": Case(
        text="""
start s
and f
throw a
throw b
and j
end e
s > f > a > j
f > b > j
j > e
""",
        runs=(
            "s a b e .",
            "s b a e .",
        ),
    ),
    "a join that waits in vain": Case(
        text="""
start s
xor f
throw a
throw b
and j
s > f > a > j
f > b > j
""",
        runs=(
            "s a #",
            "s b #",
        ),
    ),
    "implicit split and merge": Case(
        text="""
start s
throw a
end e
s > a
a > e
s > e
""",
        options={"capacity": 2},
        runs=(
            "s a e e .",
            "s e a e .",
        ),
    ),
    "conditional flows": Case(
        text="""
start s
task A
end a
end b
s > A
A >? a
A >? b
""",
        runs=(
            "s A+ A- a .",
            "s A+ A- a b .",
            "s A+ A- b .",
            "s A+ A- b a .",
        ),
    ),
    "conditional flows with default": Case(
        text="""
start s
task A
end a
end b
end d
s > A
A >? a
A >? b
A >! d
""",
        runs=(
            "s A+ A- a .",
            "s A+ A- a b .",
            "s A+ A- b .",
            "s A+ A- b a .",
            "s A+ A- d .",
        ),
    ),
    "conditional beside unconditional": Case(
        text="""
start s
task A
end a
end b
s > A
A >? a
A > b
""",
        runs=(
            "s A+ A- a b .",
            "s A+ A- b .",
            "s A+ A- b a .",
        ),
    ),
    "deferred choice": Case(
        text="""
start s
event g
catch a timer
catch b message
s > g > a
g > b
""",
        runs=(
            "s a .",
            "s b .",
        ),
    ),
    "gateway without ways out": Case(
        text="""
start s
event g
s > g
""",
        runs=("s .",),
    ),
    "inclusive": Case(
        text="""
start s
or f
throw a
throw b
or j
end e
s > f > a > j
f > b > j
f >! j > e
""",
        runs=(
            "s a b e .",
            "s a e .",
            "s b a e .",
            "s b e .",
            "s e .",
        ),
    ),
    "inclusive without throws": Case(
        text="""
start s
or f
or j
throw a
s > f > a > j
f > j
""",
        runs=(
            "s .",
            "s a .",
        ),
    ),
    "link": Case(
        text="""
start s
throw a link ref=x
catch b link ref=x
end e
s > a
b > e
""",
        runs=("s a b e .",),
    ),
    "multi-instance is one run": Case(
        text="""
start s
task A many
s > A
""",
        runs=("s A+ A- .",),
    ),
    "multi-instance with boundary event": Case(
        text="""
start s
task A many
boundary b timer on=A
end e
s > A > e
""",
        runs=(
            "s A+ A* A- e .",
            "s A+ A* b .",
            "s A+ A- e .",
            "s A+ b .",
            "s e .",
        ),
    ),
    "interrupting boundary": Case(
        text="""
start s
task A
boundary b timer on=A
end e
s > A
b > e
""",
        runs=(
            "s A+ A- .",
            "s A+ b e .",
        ),
    ),
    **MORE_CASES,
}
