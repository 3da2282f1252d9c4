"""One recording, performed and compared."""

from .compare import differences
from .performer import Performer


def enact(stage, with_defaults):
    """Performs the history of the stage's recording; fails with all that differs.

    `with_defaults` leaves to the types what the decisions would say otherwise.
    """
    stage.register_types(with_defaults)
    described = stage.recording.only("DescribeWorkflowType")
    compare(stage, described, stage.send(described))
    performer = Performer(stage)
    written = performer.perform()
    stage.translation.learn_times(stage.recording.history, written)
    whole = stage.recording.only("GetWorkflowExecutionHistory")
    compare(stage, whole, stage.send(whole))
    _compare_descriptions(stage, performer.described)


def compare(stage, call, answer):
    """Fails with each difference between the recorded answer of a call and this one."""
    wanted = stage.translation.of(call["response"])
    found = differences(wanted, answer, call["operation"])
    assert not found, "\n".join(found)


def _compare_descriptions(stage, seen):
    """Each recorded description must have been seen at some step, in the recorded order."""
    step = 0
    for call in stage.recording.all("DescribeWorkflowExecution"):
        wanted = stage.translation.of(call["response"])
        found = [differences(wanted, answer, "described") for answer in seen[step:]]
        assert [] in found, "\n".join(min(found, key=len))
        step += found.index([])
