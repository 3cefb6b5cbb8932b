"""Soundness of workflow nets and of nets with a completion predicate."""

from petri.soundness.errors import ErrorKind, SoundnessError, soundness_error
from petri.soundness.goal import SoundnessGoal, workflow_goal
from petri.soundness.one_sink import OneSink, to_one_sink
from petri.soundness.sound import sound
from petri.soundness.variants import sound_as, started

__all__ = [
    "ErrorKind",
    "OneSink",
    "SoundnessError",
    "SoundnessGoal",
    "sound",
    "sound_as",
    "soundness_error",
    "started",
    "to_one_sink",
    "workflow_goal",
]
