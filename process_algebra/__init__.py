"""Process terms of core CSP: definitions, semantics, laws, and CSPm text."""

from __future__ import annotations

from process_algebra.laws import LAWS, Law, rewrites
from process_algebra.operators import Interleaving, choice
from process_algebra.process import Definition, Process
from process_algebra.product import ProductSystem
from process_algebra.readwrite.cspm import format_cspm, write_cspm
from process_algebra.semantics import Semantics, TermSystem
from process_algebra.state_space import ProcessSpace, lts, process_system, state_space
from process_algebra.terms import (
    SKIP,
    STOP,
    TERMINATED,
    Call,
    ExternalChoice,
    Guard,
    Hiding,
    InternalChoice,
    Parallel,
    Prefix,
    Renaming,
    Sequential,
    Skip,
    Stop,
    Term,
    Terminated,
)
from process_algebra.traversal import events_in, fold_term, walk_term

__all__ = [
    "LAWS",
    "SKIP",
    "STOP",
    "TERMINATED",
    "Call",
    "Definition",
    "ExternalChoice",
    "Guard",
    "Hiding",
    "Interleaving",
    "InternalChoice",
    "Law",
    "Parallel",
    "Prefix",
    "Process",
    "ProcessSpace",
    "ProductSystem",
    "Renaming",
    "Semantics",
    "Sequential",
    "Skip",
    "Stop",
    "Term",
    "TermSystem",
    "Terminated",
    "choice",
    "events_in",
    "fold_term",
    "format_cspm",
    "lts",
    "process_system",
    "rewrites",
    "state_space",
    "walk_term",
    "write_cspm",
]
