"""Numbers of things in sentences: one is singular, and no step is the very start."""

from __future__ import annotations

__all__ = ["after_steps", "counted"]


def counted(number: int, thing: str, *, grouped: bool = False) -> str:
    """Return a number of things; ``grouped``: with a comma behind the thousands.

    Examples
    --------
    >>> counted(1, "state"), counted(0, "arc"), counted(1200, "step", grouped=True)
    ('1 state', '0 arcs', '1,200 steps')
    """
    shown = f"{number:,}" if grouped else str(number)
    return f"{shown} {thing}{'' if number == 1 else 's'}"


def after_steps(number: int) -> str:
    """Return when something is so, as the beginning of a sentence.

    Examples
    --------
    >>> after_steps(0), after_steps(1), after_steps(2)
    ('At the very start', 'After 1 step', 'After 2 steps')
    """
    return f"After {counted(number, 'step')}" if number else "At the very start"
