"""Soundness of workflow nets and of nets with a completion predicate."""

from petri.soundness.goal import SoundnessGoal, workflow_goal
from petri.soundness.sound import sound

__all__ = ["SoundnessGoal", "sound", "workflow_goal"]
