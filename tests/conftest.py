"""Marks the suites that compare many random systems with definitions.

They test algorithms, not what the project is installed with, so CI leaves them out where it runs
the tests again on the lowest versions that are declared.
"""

from __future__ import annotations

import pytest
from hypothesis import settings

EXHAUSTIVE = frozenset({
    "test_any_relation", "test_behaviour", "test_bisimilarities", "test_bunches", "test_check_ltl",
    "test_ctl", "test_ctl_on_the_fly", "test_ctl_star", "test_ctl_star_paths", "test_decisions",
    "test_diff_runs", "test_equivalences", "test_fair_sets", "test_four_semantics", "test_hostile",
    "test_huge_tokens", "test_induction", "test_isomorphism", "test_large_inclusive_joins",
    "test_linear_proof", "test_linear_relations", "test_listed_simulations",
    "test_livelock_unbounded", "test_ltl_ahead", "test_ltl_by_stubborn_sets", "test_ltl_engines",
    "test_ltl_translate", "test_methods", "test_mu_calculus", "test_mu_in_ctl",
    "test_mu_on_the_fly", "test_mutated_equivalence", "test_mutated_evidence",
    "test_names_of_one_step", "test_normal_forms", "test_one_route", "test_one_sink",
    "test_out_of_reach", "test_packed_sets", "test_parameters", "test_play", "test_portfolio",
    "test_products", "test_properties", "test_rank_theorem", "test_recheck_diagrams",
    "test_recheck_engines", "test_recheck_linear_relations", "test_recheck_ltl",
    "test_recheck_ranked_diagrams", "test_recheck_regions", "test_recheck_unfolded",
    "test_reductions", "test_refinement_rounds", "test_regions", "test_relaxed_engines",
    "test_renaming", "test_repair", "test_semantics", "test_semiflows", "test_simulation_game",
    "test_simulations", "test_smaller_nets", "test_soundness_kinds", "test_spectrum",
    "test_state_space", "test_state_space_narrow", "test_state_space_packed",
    "test_state_space_random", "test_stubborn_sets", "test_sums_as_boxes", "test_term_and_net",
    "test_terms", "test_token_game_ensembles", "test_unbounded_sums", "test_walks",
})  # fmt: skip

# How long an example takes is the machine's: benchmarks measure it, tests do not.
settings.register_profile("netproof", deadline=None)
settings.load_profile("netproof")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of these modules."""
    for item in items:
        if item.path.stem in EXHAUSTIVE:
            item.add_marker(pytest.mark.exhaustive)
