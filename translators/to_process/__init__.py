"""Workflow graphs to process terms."""

from translators.to_process.translation import (
    TRANSLATION,
    ProcessTranslation,
    lts,
    state_space,
    workflow_to_process,
)

__all__ = ["TRANSLATION", "ProcessTranslation", "lts", "state_space", "workflow_to_process"]
