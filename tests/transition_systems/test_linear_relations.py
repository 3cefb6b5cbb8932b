"""Linear-time relations against their definitions, with evidence that is rechecked."""

from __future__ import annotations

import random

import pytest

from linear_time_cases import check_pair, random_pair
from transition_systems.equivalences.linear_relations import LINEAR_RELATIONS

relations = pytest.mark.parametrize("relation", [*LINEAR_RELATIONS])


@relations
def test_random_pairs_agree_with_the_definition(relation: str) -> None:
    rng = random.Random(relation)
    answers = [check_pair(*random_pair(rng), relation) for _ in range(500)]
    for which in (0, 1):
        assert 100 < sum(answer[which] for answer in answers) < 450


@pytest.mark.campaign
@pytest.mark.timeout(7200)
@relations
def test_campaign(relation: str) -> None:
    rng = random.Random(f"campaign {relation}")
    for _ in range(20_000):
        check_pair(*random_pair(rng), relation)
