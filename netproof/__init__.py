"""netproof: prove that a workflow is right before it runs.

>>> import netproof
>>> sorted(netproof.__all__)[:4]
['Budget', 'Comparison', 'Difference', 'Model']
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from transition_systems import __version__

if TYPE_CHECKING:
    from netproof.api import ReportSet, check, check_many, convert
    from netproof.asserting import VerificationError, assert_holds, assert_sound
    from netproof.bisimulation_game import play_bisimulation
    from netproof.comparing import diff
    from netproof.comparison.compare import compare
    from netproof.comparison.model import Comparison
    from netproof.difference.model import Difference
    from netproof.loading import Model, load
    from netproof.replaying import replay
    from netproof.report.model import Report
    from netproof.spectra import spectrum
    from netproof.token_game import play
    from netproof.trace_files import write_traces
    from transition_systems.budget import Budget
    from transition_systems.verdict import Outcome, Verdict

__all__ = [
    "Budget",
    "Comparison",
    "Difference",
    "Model",
    "Outcome",
    "Report",
    "ReportSet",
    "Verdict",
    "VerificationError",
    "__version__",
    "assert_holds",
    "assert_sound",
    "check",
    "check_many",
    "compare",
    "convert",
    "diff",
    "load",
    "play",
    "play_bisimulation",
    "replay",
    "spectrum",
    "write_traces",
]

_HOMES = {
    "Budget": "transition_systems.budget",
    "Comparison": "netproof.comparison.model",
    "Difference": "netproof.difference.model",
    "Model": "netproof.loading",
    "Outcome": "transition_systems.verdict",
    "Report": "netproof.report.model",
    "ReportSet": "netproof.api",
    "Verdict": "transition_systems.verdict",
    "VerificationError": "netproof.asserting",
    "assert_holds": "netproof.asserting",
    "assert_sound": "netproof.asserting",
    "check": "netproof.api",
    "check_many": "netproof.api",
    "compare": "netproof.comparison.compare",
    "convert": "netproof.api",
    "diff": "netproof.comparing",
    "load": "netproof.loading",
    "play": "netproof.token_game",
    "play_bisimulation": "netproof.bisimulation_game",
    "replay": "netproof.replaying",
    "spectrum": "netproof.spectra",
    "write_traces": "netproof.trace_files",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'netproof' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
