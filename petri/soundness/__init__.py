"""Soundness of workflow nets and of nets with a completion predicate."""

from petri.soundness.errors import ErrorKind, SoundnessError, soundness_error
from petri.soundness.goal import SoundnessGoal, workflow_goal
from petri.soundness.sound import sound

__all__ = [
    "ErrorKind",
    "SoundnessError",
    "SoundnessGoal",
    "sound",
    "soundness_error",
    "workflow_goal",
]
