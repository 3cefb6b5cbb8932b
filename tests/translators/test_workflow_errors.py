"""The kind of error of a workflow is told with a name."""

from __future__ import annotations

from petri import sound
from petri.soundness import ErrorKind
from translators.to_petri import workflow_to_net
from translators.workflow_errors import workflow_error
from workflow_text import drawn


def test_a_dead_part_without_a_transition_has_a_name() -> None:
    translation = workflow_to_net(
        drawn("""
start s1
end e2 error
s1 > e2
esub e3
  start s4 escalation quiet
  task t5
  s4 > t5
""")
    )
    verdict = sound(translation.net, goal=translation.goal, occurs_name="no-dead-activities")
    error = workflow_error(translation, verdict)
    assert error.kind is ErrorKind.DEAD_PART
    assert error.elements == ("e3",)
    assert error.text == "Dead part: e3 can never happen."
