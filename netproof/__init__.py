"""netproof: prove that a workflow is right before it runs.

>>> import netproof
>>> sorted(netproof.__all__)[:4]
['Budget', 'Model', 'Outcome', 'Report']
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from transition_systems import __version__

if TYPE_CHECKING:
    from netproof.api import ReportSet, check, check_many, convert
    from netproof.loading import Model, load
    from netproof.report.model import Report
    from netproof.token_game import play
    from transition_systems.budget import Budget
    from transition_systems.verdict import Outcome, Verdict

__all__ = [
    "Budget",
    "Model",
    "Outcome",
    "Report",
    "ReportSet",
    "Verdict",
    "__version__",
    "check",
    "check_many",
    "convert",
    "load",
    "play",
]

_HOMES = {
    "Budget": "transition_systems.budget",
    "Model": "netproof.loading",
    "Outcome": "transition_systems.verdict",
    "Report": "netproof.report.model",
    "ReportSet": "netproof.api",
    "Verdict": "transition_systems.verdict",
    "check": "netproof.api",
    "check_many": "netproof.api",
    "convert": "netproof.api",
    "load": "netproof.loading",
    "play": "netproof.token_game",
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
