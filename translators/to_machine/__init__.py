"""Workflow graphs to machines: one for each node, moving together by synchronisation vectors."""

from translators.to_machine.explore import product, state_machine
from translators.to_machine.translation import (
    TRANSLATION,
    MachineTranslation,
    workflow_to_machine,
)

__all__ = [
    "TRANSLATION",
    "MachineTranslation",
    "product",
    "state_machine",
    "workflow_to_machine",
]
