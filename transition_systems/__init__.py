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
    from transition_systems.equivalences import (
        NormalForm,
        bisimilar,
        determinise,
        equivalent,
        evaluate_hml,
        format_hml,
        isomorphic,
        minimise,
        normal_form,
        reduce_by_simulation,
        refines,
        similar,
        simulated_by,
    )
    from transition_systems.equivalences.spectrum import Spectrum, spectrum
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
        AfterRunEvidence,
        BoundEvidence,
        CircuitEvidence,
        Claim,
        ClosedSet,
        ColourDifference,
        CompletePrefix,
        CtlDiagrams,
        CtlRanks,
        DiagramEvidence,
        Distinction,
        Evidence,
        FairMeasure,
        FallingSumEvidence,
        GrowingRunsEvidence,
        InvariantEvidence,
        IsomorphismEvidence,
        LassoEvidence,
        LinearDistinction,
        LinearProof,
        LtlLasso,
        LtlPrefix,
        LtlRanks,
        LtlStubborn,
        MarkedTrapEvidence,
        Measure,
        NormalisedSimulation,
        PartitionEvidence,
        Parts,
        PumpEvidence,
        RankedDiagrams,
        RankedRegions,
        RankedSet,
        RankEvidence,
        RisingSumEvidence,
        RunEvidence,
        SharedDistinction,
        SimulationEvidence,
        SiphonTraps,
        StateSet,
        StructureEvidence,
        StubbornEvidence,
        TraceDistinction,
        TrapEvidence,
        TreeEvidence,
        TreeNode,
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
    from transition_systems.livelocks import check_livelock
    from transition_systems.lts import LTS, TAU, TICK
    from transition_systems.lts_operations import disjoint_union
    from transition_systems.products import (
        interleaving,
        parallel,
        product_by_vectors,
        synchronous_product,
    )
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
    from transition_systems.readwrite.dot import format_lts_dot, write_lts_dot
    from transition_systems.readwrite.event_log import (
        LogCase,
        LogEvent,
        format_csv_log,
        write_csv_log,
    )
    from transition_systems.readwrite.fsm import format_fsm, parse_fsm, read_fsm, write_fsm
    from transition_systems.readwrite.hoa import format_hoa, parse_hoa, read_hoa, write_hoa
    from transition_systems.readwrite.itf import format_itf, parse_itf, read_itf, write_itf
    from transition_systems.readwrite.json import (
        format_lts_json,
        parse_lts_json,
        read_lts_json,
        write_lts_json,
    )
    from transition_systems.readwrite.xes import format_xes, write_xes
    from transition_systems.run import Lasso, Run, Step
    from transition_systems.source_span import SourceSpan
    from transition_systems.temporal.buchi import BuchiAutomaton, BuchiEdge
    from transition_systems.temporal.buchi_degeneralise import degeneralise
    from transition_systems.temporal.ctl import check_ctl, ctl_states
    from transition_systems.temporal.ctl_star import check_ctl_star
    from transition_systems.temporal.ctl_symbolic import check_ctl_symbolic
    from transition_systems.temporal.english import formula_in_english
    from transition_systems.temporal.last_steps import with_last_steps
    from transition_systems.temporal.ltl import check_ltl
    from transition_systems.temporal.ltl_on_the_fly import check_ltl_on_the_fly
    from transition_systems.temporal.ltl_translate import translate_ltl
    from transition_systems.temporal.mu_calculus import check_mu, ctl_to_mu, mu_states
    from transition_systems.temporal.mu_formulas import format_mu
    from transition_systems.temporal.mu_on_the_fly import check_mu_on_the_fly
    from transition_systems.temporal.mu_parse import parse_mu, parse_temporal
    from transition_systems.temporal.patterns import Pattern, parse_pattern
    from transition_systems.temporal.product_system import Fairness
    from transition_systems.temporal.stuttering import (
        StutterDifference,
        stutter_difference,
        stutter_invariant,
    )
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
    "AfterRunEvidence",
    "And",
    "Atom",
    "BoundEvidence",
    "BuchiAutomaton",
    "BuchiEdge",
    "Budget",
    "CircuitEvidence",
    "Claim",
    "ClosedSet",
    "ColourDifference",
    "Compare",
    "Comparison",
    "CompletePrefix",
    "Constant",
    "CtlDiagrams",
    "CtlRanks",
    "Dead",
    "DiagramEvidence",
    "Distinction",
    "Enabled",
    "Evidence",
    "Exactness",
    "ExplicitSystem",
    "ExpressionError",
    "FairMeasure",
    "Fairness",
    "FallingSumEvidence",
    "FiringError",
    "Formula",
    "GrowingRunsEvidence",
    "InputError",
    "InvariantEvidence",
    "IsomorphismEvidence",
    "Lasso",
    "LassoEvidence",
    "LinearDistinction",
    "LinearProof",
    "LogCase",
    "LogEvent",
    "LtlLasso",
    "LtlPrefix",
    "LtlRanks",
    "LtlStubborn",
    "MarkedTrapEvidence",
    "Measure",
    "Meter",
    "NetproofError",
    "NormalForm",
    "NormalisedSimulation",
    "Not",
    "Observable",
    "Or",
    "Outcome",
    "PartitionEvidence",
    "Parts",
    "Pattern",
    "Predicate",
    "Progress",
    "ProgressCallback",
    "PumpEvidence",
    "RankEvidence",
    "RankedDiagrams",
    "RankedRegions",
    "RankedSet",
    "RecheckError",
    "RisingSumEvidence",
    "Run",
    "RunEvidence",
    "SharedDistinction",
    "SimulationEvidence",
    "SiphonTraps",
    "SourceSpan",
    "Spectrum",
    "StateSet",
    "Statistics",
    "Step",
    "StructureEvidence",
    "StubbornEvidence",
    "StutterDifference",
    "SymbolicSystem",
    "TraceDistinction",
    "TrapEvidence",
    "TreeEvidence",
    "TreeNode",
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
    "check_ctl",
    "check_ctl_star",
    "check_ctl_symbolic",
    "check_expression",
    "check_livelock",
    "check_ltl",
    "check_ltl_on_the_fly",
    "check_mu",
    "check_mu_on_the_fly",
    "compile_expression",
    "conjunction",
    "ctl_states",
    "ctl_to_mu",
    "degeneralise",
    "determinise",
    "disjoint_union",
    "disjunction",
    "enumeration",
    "equivalent",
    "evaluate_expression",
    "evaluate_hml",
    "evaluate_predicate",
    "evidence_from_dict",
    "feasible_subsets",
    "format_aut",
    "format_csv_log",
    "format_expression",
    "format_formula",
    "format_fsm",
    "format_hml",
    "format_hoa",
    "format_itf",
    "format_lts_dot",
    "format_lts_json",
    "format_mu",
    "format_predicate",
    "format_xes",
    "formula_in_english",
    "infer_types",
    "interleaving",
    "isomorphic",
    "minimise",
    "mu_states",
    "mutually_exclusive",
    "normal_form",
    "parallel",
    "parse_aut",
    "parse_expression",
    "parse_formula",
    "parse_fsm",
    "parse_hoa",
    "parse_itf",
    "parse_lts_json",
    "parse_mu",
    "parse_pattern",
    "parse_predicate",
    "parse_temporal",
    "possible",
    "product_by_vectors",
    "read_aut",
    "read_fsm",
    "read_hoa",
    "read_itf",
    "read_lts_json",
    "reduce_by_simulation",
    "refines",
    "similar",
    "simulated_by",
    "spectrum",
    "stutter_difference",
    "stutter_invariant",
    "synchronous_product",
    "translate_ltl",
    "with_last_steps",
    "write_aut",
    "write_csv_log",
    "write_fsm",
    "write_hoa",
    "write_itf",
    "write_lts_dot",
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
