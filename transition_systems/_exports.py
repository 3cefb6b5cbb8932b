"""Where each public name of the package lives, so that it is imported when it is first used."""

from __future__ import annotations

__all__ = ["home_of"]

_NAMES = {
    "budget": "Budget Meter",
    "equivalences.spectrum": "Spectrum spectrum",
    "equivalences": (
        "NormalForm bisimilar determinise equivalent evaluate_hml format_hml isomorphic minimise "
        "normal_form reduce_by_simulation refines similar simulated_by"
    ),
    "errors": (
        "ExpressionError FiringError InputError NetproofError RecheckError UndecidedError "
        "UnsupportedError UsageError"
    ),
    "evidence": (
        "AfterRunEvidence BoundEvidence CircuitEvidence Claim ClosedSet ColourDifference "
        "CompletePrefix CtlDiagrams CtlRanks DiagramEvidence Distinction Evidence "
        "FairMeasure FallingSumEvidence GrowingRunsEvidence "
        "InvariantEvidence IsomorphismEvidence "
        "LassoEvidence LinearDistinction LinearProof LtlLasso LtlPrefix LtlRanks LtlStubborn "
        "MarkedTrapEvidence Measure "
        "NormalisedSimulation PartitionEvidence Parts PumpEvidence RankEvidence RankedDiagrams "
        "RankedRegions RankedSet RisingSumEvidence "
        "RunEvidence SharedDistinction SimulationEvidence SiphonTraps StateSet StructureEvidence "
        "StubbornEvidence TraceDistinction TrapEvidence TreeEvidence TreeNode "
        "WellStructuredEvidence WordEvidence evidence_from_dict"
    ),
    "expressions.check": "check infer",
    "expressions.evaluate": "evaluate_expression",
    "expressions.format": "format_expression",
    "expressions.numpy_compile": "compile_expression",
    "expressions.parse": "parse_expression",
    "expressions.to_z3": "feasible_subsets mutually_exclusive",
    "expressions.types": "BOOLEAN INTEGER REAL STRING Type enumeration",
    "livelocks": "check_livelock",
    "lts": "LTS TAU TICK",
    "lts_operations": "disjoint_union",
    "products": "interleaving parallel product_by_vectors synchronous_product",
    "progress": "Progress ProgressCallback",
    "properties.evaluate": "evaluate",
    "properties.format": "format_formula format_predicate",
    "properties.formulas": "Formula always_everywhere always_possible possible",
    "properties.parse": "parse_formula parse_predicate",
    "properties.predicates": (
        "And Atom Compare Comparison Constant Dead Enabled FALSE LastStep Not Or Predicate TRUE "
        "at_least at_most conjunction disjunction"
    ),
    "protocols": "ExplicitSystem Observable SymbolicSystem WidthError",
    "readwrite.aut": "format_aut parse_aut read_aut write_aut",
    "readwrite.dot": "format_lts_dot write_lts_dot",
    "readwrite.event_log": "LogCase LogEvent format_csv_log write_csv_log",
    "readwrite.fsm": "format_fsm parse_fsm read_fsm write_fsm",
    "readwrite.hoa": "format_hoa parse_hoa read_hoa write_hoa",
    "readwrite.itf": "format_itf parse_itf read_itf write_itf",
    "readwrite.json": "format_lts_json parse_lts_json read_lts_json write_lts_json",
    "readwrite.xes": "format_xes write_xes",
    "run": "Lasso Run Step",
    "source_span": "SourceSpan",
    "temporal.buchi": "BuchiAutomaton BuchiEdge",
    "temporal.buchi_degeneralise": "degeneralise",
    "temporal.ltl": "check_ltl",
    "temporal.ltl_on_the_fly": "check_ltl_on_the_fly",
    "temporal.ltl_translate": "translate_ltl",
    "temporal.product_system": "Fairness",
    "temporal.ctl": "check_ctl ctl_states",
    "temporal.ctl_star": "check_ctl_star",
    "temporal.ctl_symbolic": "check_ctl_symbolic",
    "temporal.english": "formula_in_english",
    "temporal.last_steps": "with_last_steps",
    "temporal.mu_calculus": "check_mu ctl_to_mu mu_states",
    "temporal.mu_on_the_fly": "check_mu_on_the_fly",
    "temporal.mu_formulas": "format_mu",
    "temporal.mu_parse": "parse_mu parse_temporal",
    "temporal.patterns": "Pattern parse_pattern",
    "temporal.stuttering": "StutterDifference stutter_difference stutter_invariant",
    "verdict": "Exactness Outcome Statistics Verdict",
}
_RENAMED = {"check": "check_expression", "infer": "infer_types", "evaluate": "evaluate_predicate"}
_HOMES = {
    _RENAMED.get(name, name): (home, name)
    for home, names in _NAMES.items()
    for name in names.split()
}


def home_of(name: str) -> tuple[str, str] | None:
    """Return the module of a public name, and the name that it has there."""
    return _HOMES.get(name)
