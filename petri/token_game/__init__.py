"""Playing the token game: random runs, ensembles of replicas, traces, and their replay."""

from __future__ import annotations

from petri.token_game.ensemble_result import Ensemble
from petri.token_game.ensembles import ensemble
from petri.token_game.estimates import Distribution, Estimate, estimate
from petri.token_game.first_passage import FirstPassage
from petri.token_game.policies import MaximalStep, Policy, Priorities, Uniform, Weighted
from petri.token_game.replay import Replay
from petri.token_game.simulate import simulate
from petri.token_game.trace_runs import Traces, traces

__all__ = [
    "Distribution",
    "Ensemble",
    "Estimate",
    "FirstPassage",
    "MaximalStep",
    "Policy",
    "Priorities",
    "Replay",
    "Traces",
    "Uniform",
    "Weighted",
    "ensemble",
    "estimate",
    "simulate",
    "traces",
]
