"""Languages by definition: all words up to a length, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product

from fsm.dfa import DFA
from fsm.nfa import NFA

__all__ = ["accepts", "first_difference", "language", "words"]

Word = tuple[str, ...]


def words(alphabet: Iterable[str], length: int) -> list[Word]:
    """Return all words up to a length, short ones first, each length alphabetically."""
    letters = sorted(set(alphabet))
    return [word for size in range(length + 1) for word in product(letters, repeat=size)]


def accepts(automaton: DFA | NFA, word: Word) -> bool:
    """Return whether some run reads the word and ends in a final state."""
    initial = [automaton.initial] if isinstance(automaton, DFA) else list(automaton.initial)
    configurations = {(state, 0) for state in initial}
    pending = list(configurations)
    while pending:
        state, read = pending.pop()
        for source, letter, target in automaton.transitions:
            if source != state:
                continue
            if letter is None:
                after = (target, read)
            elif read < len(word) and word[read] == letter:
                after = (target, read + 1)
            else:
                continue
            if after not in configurations:
                configurations.add(after)
                pending.append(after)
    return any(read == len(word) and state in automaton.final for state, read in configurations)


def language(automaton: DFA | NFA, alphabet: Iterable[str], length: int) -> set[Word]:
    """Return the accepted words up to a length."""
    return {word for word in words(alphabet, length) if accepts(automaton, word)}


def first_difference(
    a: DFA | NFA, b: DFA | NFA, length: int, differs: Callable[[bool, bool], bool]
) -> Word | None:
    """Return the shortest, then alphabetically least word on which two automata differ."""
    for word in words({*a.alphabet, *b.alphabet}, length):
        if differs(accepts(a, word), accepts(b, word)):
            return word
    return None
