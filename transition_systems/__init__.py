"""The common semantics: systems, runs, verdicts, expressions, properties and equivalences.

The names below are imported when they are first used, so that importing this package costs
nothing; solvers and drawing are imported by the functions that need them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from transition_systems._exports import home_of

if TYPE_CHECKING:
    from transition_systems.budget import Budget, Meter
    from transition_systems.equivalences import bisimilar, evaluate_hml, format_hml, minimise
    from transition_systems.errors import (
        ExpressionError,
        FiringError,
        InputError,
        NetproofError,
        RecheckError,
        UndecidedError,
        UnsupportedError,
        UsageError,
    )
    from transition_systems.evidence import (
        BoundEvidence,
        CircuitEvidence,
        Claim,
        ClosedSet,
        CompletePrefix,
        DiagramEvidence,
        Distinction,
        Evidence,
        FairMeasure,
        InvariantEvidence,
        LassoEvidence,
        LinearProof,
        MarkedTrapEvidence,
        Measure,
        PartitionEvidence,
        Parts,
        PumpEvidence,
        RankedDiagrams,
        RankedSet,
        RankEvidence,
        RunEvidence,
        SiphonTraps,
        StateSet,
        StructureEvidence,
        StubbornEvidence,
        TraceDistinction,
        TrapEvidence,
        WellStructuredEvidence,
        WordEvidence,
        evidence_from_dict,
    )
    from transition_systems.expressions.check import check as check_expression
    from transition_systems.expressions.check import infer as infer_types
    from transition_systems.expressions.evaluate import evaluate_expression
    from transition_systems.expressions.format import format_expression
    from transition_systems.expressions.numpy_compile import compile_expression
    from transition_systems.expressions.parse import parse_expression
    from transition_systems.expressions.to_z3 import feasible_subsets, mutually_exclusive
    from transition_systems.expressions.types import (
        BOOLEAN,
        INTEGER,
        REAL,
        STRING,
        Type,
        enumeration,
    )
    from transition_systems.lts import LTS, TAU, TICK
    from transition_systems.lts_operations import disjoint_union
    from transition_systems.progress import Progress, ProgressCallback
    from transition_systems.properties.evaluate import evaluate as evaluate_predicate
    from transition_systems.properties.format import format_formula, format_predicate
    from transition_systems.properties.formulas import (
        Formula,
        always_everywhere,
        always_possible,
        possible,
    )
    from transition_systems.properties.parse import parse_formula, parse_predicate
    from transition_systems.properties.predicates import (
        FALSE,
        TRUE,
        And,
        Atom,
        Compare,
        Comparison,
        Constant,
        Dead,
        Enabled,
        Not,
        Or,
        Predicate,
        at_least,
        at_most,
        conjunction,
        disjunction,
    )
    from transition_systems.protocols import ExplicitSystem, Observable, SymbolicSystem, WidthError
    from transition_systems.readwrite.aut import format_aut, parse_aut, read_aut, write_aut
    from transition_systems.readwrite.event_log import (
        LogCase,
        LogEvent,
        format_csv_log,
        write_csv_log,
    )
    from transition_systems.readwrite.json import (
        format_lts_json,
        parse_lts_json,
        read_lts_json,
        write_lts_json,
    )
    from transition_systems.readwrite.xes import format_xes, write_xes
    from transition_systems.run import Lasso, Run, Step
    from transition_systems.source_span import SourceSpan
    from transition_systems.verdict import Exactness, Outcome, Statistics, Verdict

__all__ = [
    "BOOLEAN",
    "FALSE",
    "INTEGER",
    "LTS",
    "REAL",
    "STRING",
    "TAU",
    "TICK",
    "TRUE",
    "And",
    "Atom",
    "BoundEvidence",
    "Budget",
    "CircuitEvidence",
    "Claim",
    "ClosedSet",
    "Compare",
    "Comparison",
    "CompletePrefix",
    "Constant",
    "Dead",
    "DiagramEvidence",
    "Distinction",
    "Enabled",
    "Evidence",
    "Exactness",
    "ExplicitSystem",
    "ExpressionError",
    "FairMeasure",
    "FiringError",
    "Formula",
    "InputError",
    "InvariantEvidence",
    "Lasso",
    "LassoEvidence",
    "LinearProof",
    "LogCase",
    "LogEvent",
    "MarkedTrapEvidence",
    "Measure",
    "Meter",
    "NetproofError",
    "Not",
    "Observable",
    "Or",
    "Outcome",
    "PartitionEvidence",
    "Parts",
    "Predicate",
    "Progress",
    "ProgressCallback",
    "PumpEvidence",
    "RankEvidence",
    "RankedDiagrams",
    "RankedSet",
    "RecheckError",
    "Run",
    "RunEvidence",
    "SiphonTraps",
    "SourceSpan",
    "StateSet",
    "Statistics",
    "Step",
    "StructureEvidence",
    "StubbornEvidence",
    "SymbolicSystem",
    "TraceDistinction",
    "TrapEvidence",
    "Type",
    "UndecidedError",
    "UnsupportedError",
    "UsageError",
    "Verdict",
    "WellStructuredEvidence",
    "WidthError",
    "WordEvidence",
    "__version__",
    "always_everywhere",
    "always_possible",
    "at_least",
    "at_most",
    "bisimilar",
    "check_expression",
    "compile_expression",
    "conjunction",
    "disjoint_union",
    "disjunction",
    "enumeration",
    "evaluate_expression",
    "evaluate_hml",
    "evaluate_predicate",
    "evidence_from_dict",
    "feasible_subsets",
    "format_aut",
    "format_csv_log",
    "format_expression",
    "format_formula",
    "format_hml",
    "format_lts_json",
    "format_predicate",
    "format_xes",
    "infer_types",
    "minimise",
    "mutually_exclusive",
    "parse_aut",
    "parse_expression",
    "parse_formula",
    "parse_lts_json",
    "parse_predicate",
    "possible",
    "read_aut",
    "read_lts_json",
    "write_aut",
    "write_csv_log",
    "write_lts_json",
    "write_xes",
]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    home = home_of(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home[0]}"), home[1])
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
