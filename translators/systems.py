"""Transition systems, automata and machines as formats: read as nets with one token for the state.

A state is a place, an arc a transition with the arc's label, and an atom one more place that has a
token in the states where it holds. So whatever is asked of nets can be asked of them.
"""

from __future__ import annotations

import re
from collections import Counter

import numpy as np

from fsm.dfa import DFA
from fsm.machine import Machine
from fsm.network_product import network_product
from fsm.nfa import NFA
from fsm.readwrite.json import parse_json
from fsm.words import dfa_to_lts, nfa_to_lts
from petri.net import PetriNet
from petri.nodes import Transition
from transition_systems.errors import InputError, UnsupportedError
from transition_systems.lts import LTS, TAU_NAME, TICK_NAME
from transition_systems.readwrite.aut import parse_aut
from transition_systems.readwrite.files import PathOrFile, file_name, read_bytes
from transition_systems.readwrite.fsm import parse_fsm
from transition_systems.readwrite.json import parse_lts_json
from transition_systems.source_span import SourceSpan
from translators.formats import HEAD, Format

__all__ = ["AUT", "FSM", "LTS_JSON", "MACHINE", "machine_to_net", "system_to_net"]

MOST_ARCS = 100_000
_AUT = re.compile(rb"(?:\xef\xbb\xbf)?\s*des\s*\(")
_LTS = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"format"\s*:\s*"netproof/lts/')
_FSM_PARAMETERS = re.compile(
    rb"(?:\xef\xbb\xbf)?"
    rb"(?:[ \t]*(?:[a-zA-Z_][\w'@]*[ \t]*\([ \t]*\d+[ \t]*\)[^\n]*)?\r?\n)*?---"
)
_FSM_STATES = re.compile(rb"---[ \t]*\r?\n(?:[\d \t]*\r?\n)*(?:---[ \t]*(?:\r?\n|\Z)|([\d \t]*\Z))")
_MACHINE = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"schema"\s*:\s*"netproof/(dfa|nfa|machine)')


def system_to_net(lts: LTS, *, name: str | None = None) -> PetriNet:
    """Return a transition system as a net whose reachability graph it is.

    Parameters
    ----------
    lts
        The system.
    name
        The name of the net.

    Returns
    -------
    PetriNet
        Places are the states, ``s0``, ``s1``, ... or the names that the system has for them, and
        the atoms that hold somewhere; silent steps are transitions without a label. Where just one
        state is final, its marking is the final one.

    Raises
    ------
    UnsupportedError
        For no or several initial states, and for more than 100,000 arcs.

    Notes
    -----
    O(arcs * atoms).

    Examples
    --------
    >>> lts = LTS.from_arcs(2, [(0, "pay", 1)], atoms={"paid": [False, True]})
    >>> net = system_to_net(lts)
    >>> net.place_ids, str(net.fire(net.initial, "pay"))
    (('s0', 's1', 'paid'), 's1 + paid')
    """
    if len(lts.initial) != 1:
        many = "several initial states" if len(lts.initial) else "no initial state"
        raise UnsupportedError(f"a system with {many}", found=str(len(lts.initial)), expected="one")
    if lts.n_arcs > MOST_ARCS:
        raise UnsupportedError(
            f"a system of {lts.n_arcs} arcs is too large as a net of one token",
            expected=f"at most {MOST_ARCS}", mend="ask transition_systems.check_ltl or check_ctl",
        )  # fmt: skip
    atoms = {atom: flags for atom, flags in sorted(lts.atoms.items()) if flags.any()}
    states = _state_names(lts, set(atoms))
    marked = {atom: set(np.flatnonzero(flags).tolist()) for atom, flags in atoms.items()}
    labels = [lts.label_names[label] for label in lts.labels.tolist()]
    often = Counter(labels)
    taken = {*states, *atoms, *(label for label, count in often.items() if count == 1)}
    transitions: list[Transition] = []
    arcs: list[tuple[str, str]] = []
    number: Counter[str] = Counter()
    for source, label, target in zip(
        lts.sources.tolist(), labels, lts.targets.tolist(), strict=True
    ):
        number[label] += 1
        id = label if often[label] == 1 and label not in {*states, *atoms} else ""
        while not id or (id in taken and id != label):
            id = f"{label}#{number[label]}" if not id else f"{id}'"
        transitions.append(Transition(id=id, label=None if label == TAU_NAME else label))
        arcs += [(states[source], id), (id, states[target])]
        for atom, where in marked.items():
            if source in where:
                arcs.append((atom, id))
            if target in where:
                arcs.append((id, atom))
    first = int(lts.initial[0])

    def marking(state: int) -> list[str]:
        return [states[state], *(atom for atom, where in marked.items() if state in where)]

    final = np.flatnonzero(lts.final).tolist()
    return PetriNet(
        places=[*states, *atoms], transitions=transitions, arcs=arcs, initial=marking(first),
        final=marking(final[0]) if len(final) == 1 else None, name=name,
    )  # fmt: skip


def _state_names(lts: LTS, taken: set[str]) -> list[str]:
    """Return the names of the states: those of the system where they are texts and differ."""
    if lts.state_of is not None:
        own = [lts.state_of(state) for state in range(lts.n_states)]
        texts = [name for name in own if isinstance(name, str) and name]
        if len(set(texts)) == lts.n_states and not taken.intersection(texts):
            return texts
    head = "s"
    while any(f"{head}{state}" in taken for state in range(lts.n_states)):
        head += "'"
    return [f"{head}{state}" for state in range(lts.n_states)]


def machine_to_net(text: str, *, file: str | None = None) -> PetriNet:
    """Return an automaton, a machine or a network of machines, given as JSON, as a net.

    Parameters
    ----------
    text
        What :func:`fsm.readwrite.json.format_json` writes.
    file
        The name to show in errors.

    Returns
    -------
    PetriNet
        As :func:`system_to_net`. In a network ``lamp.on`` holds where the machine ``lamp`` is in
        its state ``on``.

    Raises
    ------
    InputError
        When it is no machine; ``UnsupportedError`` for a network with more than 100,000 states.

    Examples
    --------
    >>> from fsm.readwrite.json import format_json
    >>> machine = Machine(name="m", states=["off", "on"], initial="off",
    ...                   transitions=[("off", "press", "on")])
    >>> machine_to_net(format_json(machine)).place_ids
    ('off', 'on')
    """
    model = parse_json(text, file=file)
    if isinstance(model, DFA):
        return system_to_net(dfa_to_lts(model))
    if isinstance(model, NFA):
        return system_to_net(nfa_to_lts(model))
    if isinstance(model, Machine):
        index = {state: number for number, state in enumerate(model.state_names)}
        arcs = [(index[a], label, index[b]) for a, label, b in model.transitions]
        found = LTS.from_arcs(
            len(index), arcs, initial=[index[model.initial]], state_of=list(index).__getitem__
        )
        return system_to_net(found, name=model.name)
    from transition_systems.budget import Budget

    product = network_product(model, budget=Budget(states=MOST_ARCS))
    if not product.complete:
        raise UnsupportedError(f"the network cannot be listed: {product.reason}")
    lts = product.lts
    atoms = {
        f"{machine.name}.{state}": product.states[:, place] == number
        for place, machine in enumerate(model.machines)
        for number, state in enumerate(machine.state_names)
    }
    return system_to_net(LTS.from_arrays(
        lts.n_states, lts.sources, lts.labels, lts.targets, label_names=lts.label_names,
        initial=lts.initial, atoms={**lts.atoms, **atoms},
    ))  # fmt: skip


def _text(path_or_file: PathOrFile) -> tuple[str, str | None]:
    name = file_name(path_or_file)
    try:
        return read_bytes(path_or_file).decode("utf-8-sig"), name
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8: {error}", span=SourceSpan(file=name)) from error


def _read_aut(path_or_file: PathOrFile) -> PetriNet:
    text, name = _text(path_or_file)
    return system_to_net(parse_aut(text, final_label=TICK_NAME, file=name))


def _is_fsm(head: bytes) -> bool:
    """Return whether parameters and states of mCRL2's FSM stand there, perhaps cut off."""
    parameters = _FSM_PARAMETERS.match(head)
    if parameters is None:
        return False
    states = _FSM_STATES.match(head, parameters.end() - 3)
    return states is not None and (states[1] is None or len(head) >= HEAD)


def _read_fsm(path_or_file: PathOrFile) -> PetriNet:
    text, name = _text(path_or_file)
    return system_to_net(parse_fsm(text, file=name))


def _read_lts(path_or_file: PathOrFile) -> PetriNet:
    return system_to_net(parse_lts_json(_text(path_or_file)[0]))


def _read_machine(path_or_file: PathOrFile) -> PetriNet:
    text, name = _text(path_or_file)
    return machine_to_net(text, file=name)


AUT = Format(
    name="aut", title="Aldebaran transition system", extensions=(".aut",),
    detect=lambda head: _AUT.match(head) is not None, read=_read_aut, kind="net",
)  # fmt: skip
FSM = Format(
    name="fsm", title="transition system in mCRL2's FSM", extensions=(".fsm",),
    detect=_is_fsm, read=_read_fsm, kind="net",
)  # fmt: skip
LTS_JSON = Format(
    name="lts", title="transition system as JSON", extensions=(".lts.json",),
    detect=lambda head: _LTS.match(head) is not None, read=_read_lts, kind="net",
)  # fmt: skip
MACHINE = Format(
    name="machine", title="automaton or machine as JSON", extensions=(".machine.json",),
    detect=lambda head: _MACHINE.match(head) is not None, read=_read_machine, kind="net",
)  # fmt: skip
