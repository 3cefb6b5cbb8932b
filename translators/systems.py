"""Transition systems, automata and machines as formats, and as nets with one token for the state.

Temporal formulas are asked of the systems themselves. As a net, a state is a place, an arc a
transition with the arc's label, and an atom one more place that has a token in the states where it
holds; so whatever else is asked of nets can be asked of them.
"""

from __future__ import annotations

import re

from fsm.dfa import DFA
from fsm.machine import Machine
from fsm.network_product import network_product
from fsm.nfa import NFA
from fsm.readwrite.json import parse_json
from fsm.words import dfa_to_lts, nfa_to_lts
from petri.net import PetriNet
from transition_systems.errors import UnsupportedError
from transition_systems.lts import LTS, TICK_NAME
from transition_systems.readwrite.aut import parse_aut
from transition_systems.readwrite.files import PathOrFile, read_text
from transition_systems.readwrite.fsm import parse_fsm
from transition_systems.readwrite.json import parse_lts_json
from translators.formats import HEAD, Format
from translators.named_system import NamedSystem

__all__ = [
    "AUT",
    "FSM",
    "LTS_JSON",
    "MACHINE",
    "machine_to_net",
    "machine_to_system",
    "system_to_net",
]

MOST_STATES = 100_000
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
    return NamedSystem(lts=lts, name=name).net()


def machine_to_net(text: str, *, file: str | None = None) -> PetriNet:
    """Return an automaton, a machine or a network of machines, given as JSON, as a net.

    Parameters
    ----------
    text, file
        As for :func:`machine_to_system`.

    Returns
    -------
    PetriNet
        As :func:`system_to_net`.

    Raises
    ------
    InputError
        When it is no machine; ``UnsupportedError`` for one that is too large.

    Examples
    --------
    >>> from fsm.readwrite.json import format_json
    >>> machine = Machine(name="m", states=["off", "on"], initial="off",
    ...                   transitions=[("off", "press", "on")])
    >>> machine_to_net(format_json(machine)).place_ids
    ('off', 'on')
    """
    return machine_to_system(text, file=file).net()


def machine_to_system(text: str, *, file: str | None = None) -> NamedSystem:
    """Return an automaton, a machine or a network of machines, given as JSON, as a system.

    Parameters
    ----------
    text
        What :func:`fsm.readwrite.json.format_json` writes.
    file
        The name to show in errors.

    Returns
    -------
    NamedSystem
        In a network ``lamp.on`` holds where the machine ``lamp`` is in its state ``on``.

    Raises
    ------
    InputError
        When it is no machine; ``UnsupportedError`` for a network with more than 100,000 states.

    Examples
    --------
    >>> from fsm.readwrite.json import format_json
    >>> machine = Machine(name="m", states=["off", "on"], initial="off",
    ...                   transitions=[("off", "press", "on")])
    >>> machine_to_system(format_json(machine)).state_names()
    ('off', 'on')
    """
    model = parse_json(text, file=file)
    if isinstance(model, DFA):
        return NamedSystem(lts=dfa_to_lts(model))
    if isinstance(model, NFA):
        return NamedSystem(lts=nfa_to_lts(model))
    if isinstance(model, Machine):
        index = {state: number for number, state in enumerate(model.state_names)}
        arcs = [(index[a], label, index[b]) for a, label, b in model.transitions]
        found = LTS.from_arcs(
            len(index), arcs, initial=[index[model.initial]], state_of=list(index).__getitem__
        )
        return NamedSystem(lts=found, name=model.name)
    from transition_systems.budget import Budget

    product = network_product(model, budget=Budget(states=MOST_STATES))
    if not product.complete:
        raise UnsupportedError(f"the network cannot be listed: {product.reason}")
    lts = product.lts
    atoms = {
        f"{machine.name}.{state}": product.states[:, place] == number
        for place, machine in enumerate(model.machines)
        for number, state in enumerate(machine.state_names)
    }
    return NamedSystem(lts=LTS.from_arrays(
        lts.n_states, lts.sources, lts.labels, lts.targets, label_names=lts.label_names,
        initial=lts.initial, atoms={**lts.atoms, **atoms},
    ))  # fmt: skip


def _read_aut(path_or_file: PathOrFile) -> NamedSystem:
    text, name = read_text(path_or_file)
    return NamedSystem(lts=parse_aut(text, final_label=TICK_NAME, file=name))


def _is_fsm(head: bytes) -> bool:
    """Return whether parameters and states of mCRL2's FSM stand there, perhaps cut off."""
    parameters = _FSM_PARAMETERS.match(head)
    if parameters is None:
        return False
    states = _FSM_STATES.match(head, parameters.end() - 3)
    return states is not None and (states[1] is None or len(head) >= HEAD)


def _read_fsm(path_or_file: PathOrFile) -> NamedSystem:
    text, name = read_text(path_or_file)
    return NamedSystem(lts=parse_fsm(text, file=name))


def _read_lts(path_or_file: PathOrFile) -> NamedSystem:
    return NamedSystem(lts=parse_lts_json(read_text(path_or_file)[0]))


def _read_machine(path_or_file: PathOrFile) -> NamedSystem:
    text, name = read_text(path_or_file)
    return machine_to_system(text, file=name)


AUT = Format(
    name="aut", title="Aldebaran transition system", extensions=(".aut",),
    detect=lambda head: _AUT.match(head) is not None, read=_read_aut, kind="system",
)  # fmt: skip
FSM = Format(
    name="fsm", title="transition system in mCRL2's FSM", extensions=(".fsm",),
    detect=_is_fsm, read=_read_fsm, kind="system",
)  # fmt: skip
LTS_JSON = Format(
    name="lts", title="transition system as JSON", extensions=(".lts.json",),
    detect=lambda head: _LTS.match(head) is not None, read=_read_lts, kind="system",
)  # fmt: skip
MACHINE = Format(
    name="machine", title="automaton or machine as JSON", extensions=(".machine.json",),
    detect=lambda head: _MACHINE.match(head) is not None, read=_read_machine, kind="system",
)  # fmt: skip
