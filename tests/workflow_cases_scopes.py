"""Small workflows with sub-processes, boundary events and pools, and all of their runs."""

from __future__ import annotations

from workflow_case import Case

__all__ = ["MORE_CASES"]

MORE_CASES: dict[str, Case] = {
    "non-interrupting boundary": Case(
        text="""
start s
task A
boundary b timer on=A quiet
end e
s > A
b > e
""",
        runs=(
            "s A+ A- .",
            "s A+ b A- e .",
            "s A+ b e A- .",
        ),
    ),
    "call activity may fail": Case(
        text="""
start s
call A
boundary b error ref=x on=A
s > A
""",
        runs=(
            "s A+ A- .",
            "s A+ b .",
        ),
    ),
    "sub-process": Case(
        text="""
start s
sub S
  start a
  end b
  a > b
end e
s > S > e
""",
        runs=("s S+ a b S- e .",),
    ),
    "sub-process without start": Case(
        text="""
start s
sub S
  throw a
s > S
""",
        runs=("s S+ a S- .",),
    ),
    "boundary on sub-process": Case(
        text="""
start s
sub S
  start a
  throw c
  a > c
boundary b timer on=S
s > S
""",
        runs=(
            "s S+ a b .",
            "s S+ a c S- .",
            "s S+ a c b .",
            "s S+ b .",
        ),
    ),
    "terminate a process": Case(
        text="""
start s
and f
throw a
end t terminate
s > f > a
f > t
""",
        runs=(
            "s a t .",
            "s t .",
        ),
    ),
    "terminate a sub-process": Case(
        text="""
sub S
  throw a
  end t terminate
end e
S > e
""",
        runs=(
            "S+ a t S- e .",
            "S+ t S- e .",
        ),
    ),
    "error to the boundary": Case(
        text="""
sub S
  throw a
  end x error ref=x
boundary b error ref=x on=S
boundary c error on=S
end d
end n
S > n
b > d
""",
        runs=(
            "S+ a x d .",
            "S+ x d .",
        ),
    ),
    "error not caught by another name": Case(
        text="""
sub S
  end x error ref=x
boundary b error ref=y on=S
throw a
""",
        runs=(
            "S+ a x .",
            "S+ x .",
            "a S+ x .",
        ),
    ),
    "boundary error without thrower": Case(
        text="""
sub S
  task A
boundary b error on=S
""",
        runs=(
            "S+ A+ A- S- .",
            "S+ A+ A- b .",
            "S+ A+ b .",
            "S+ b .",
        ),
    ),
    "boundary error without thrower or activity": Case(
        text="""
sub S
  end a
boundary b error on=S
""",
        runs=("S+ a S- .",),
    ),
    "escalation rings once": Case(
        text="""
sub S
  throw x escalation
  end y escalation
  x > y
boundary b escalation on=S quiet
end e
b > e
""",
        runs=(
            "S+ x e y S- .",
            "S+ x y S- e .",
            "S+ x y e S- .",
        ),
    ),
    "escalation interrupts": Case(
        text="""
sub S
  throw x escalation
  throw a
  x > a
boundary b escalation on=S
""",
        runs=("S+ x .",),
    ),
    "escalation that nothing catches": Case(
        text="""
throw x escalation ref=x
end y escalation
x > y
""",
        runs=("x y .",),
    ),
    "cancel": Case(
        text="""
transaction S
  start s
  end x cancel
  s > x
boundary b cancel on=S
end e
end n
b > e
S > n
""",
        runs=("S+ s x e .",),
    ),
    "interrupting event sub-process": Case(
        text="""
start s
throw a
s > a
esub E
  start m message
  end e
  m > e
""",
        runs=(
            "m e .",
            "s a .",
            "s m e .",
        ),
    ),
    "non-interrupting event sub-process": Case(
        text="""
start s
throw a
s > a
esub E
  start m message quiet
  end e
  m > e
""",
        runs=(
            "m e s a .",
            "m s a e .",
            "m s e a .",
            "s a .",
            "s m a e .",
            "s m e a .",
        ),
    ),
    "one interrupting event sub-process takes all": Case(
        text="""
start s
esub E
  start m message
  throw a
  m > a
esub F
  start n timer
  throw b
  n > b
""",
        runs=(
            "m a .",
            "n b .",
            "s .",
        ),
    ),
    "event sub-process inside a sub-process": Case(
        text="""
sub S
  throw a
  esub E
    start m message
    end e
    m > e
""",
        runs=(
            "S+ a S- .",
            "S+ m e S- .",
        ),
    ),
    "event sub-process catches an error": Case(
        text="""
sub S
  throw a
  end x error ref=x
  esub E
    start m error
    end e
    m > e
""",
        runs=(
            "S+ a x e S- .",
            "S+ x e S- .",
        ),
    ),
    "an error in an event sub-process goes outwards": Case(
        text="""
sub S
  throw a
  esub E
    start m timer
    end x error ref=x
    m > x
boundary b error ref=x on=S
""",
        runs=(
            "S+ a S- .",
            "S+ m x .",
        ),
    ),
    "messages between pools": Case(
        text="""
process p
  start s
  send A
  receive R
  s > A > R
process q
  start m message
  end e message
  m > e
A ~ m
e ~ R
""",
        runs=(
            "s A+ A- R+ m e R- .",
            "s A+ A- m R+ e R- .",
            "s A+ A- m e R+ R- .",
            "s A+ m A- R+ e R- .",
            "s A+ m A- e R+ R- .",
            "s A+ m e A- R+ R- .",
        ),
    ),
    "a message from a black box is always there": Case(
        text="""
pool x
process p
  start s
  catch c message
  s > c
process q
  start m message
  throw d message
  m > d
x ~ c
d ~ c
""",
        runs=(
            "m d s c .",
            "m s c d .",
            "m s d c .",
            "s c .",
            "s c m d .",
            "s m c d .",
            "s m d c .",
        ),
    ),
    "messages of a sub-process": Case(
        text="""
process p
  start s
  sub S
    throw a
  s > S
process q
  start m message
  end e message
  m > e
S ~ m
e ~ S
""",
        runs=(
            "s S+ a m e S- .",
            "s S+ m a e S- .",
            "s S+ m e a S- .",
        ),
    ),
}
