"""Workflow graphs to Petri nets."""

from translators.to_petri.translation import TRANSLATION, NetTranslation, workflow_to_net

__all__ = ["TRANSLATION", "NetTranslation", "workflow_to_net"]
