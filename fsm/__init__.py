"""Finite machines: automata and their languages, and networks of communicating machines."""

from fsm.dfa import DFA
from fsm.equivalence import equivalent, included, shortest_difference
from fsm.machine import Machine, Network, Vector
from fsm.minimise import canonical, minimise
from fsm.network_product import NetworkProduct, network_product
from fsm.nfa import NFA, determinise, without_epsilon
from fsm.product import (
    difference,
    intersection,
    product,
    symmetric_difference,
    synchronous_product,
    union,
)
from fsm.words import dfa_to_lts, lts_to_nfa, nfa_to_lts

__all__ = [
    "DFA",
    "NFA",
    "Machine",
    "Network",
    "NetworkProduct",
    "Vector",
    "canonical",
    "determinise",
    "dfa_to_lts",
    "difference",
    "equivalent",
    "included",
    "intersection",
    "lts_to_nfa",
    "minimise",
    "network_product",
    "nfa_to_lts",
    "product",
    "shortest_difference",
    "symmetric_difference",
    "synchronous_product",
    "union",
    "without_epsilon",
]
