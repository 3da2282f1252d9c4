"""Comparison of what Everbeat wrote with what Amazon wrote.

`Translation` turns a recorded value into the one expected of Everbeat: its run
ids and times. `differences` compares member for member, and their order.
"""

import dataclasses

from .recordings import attributes

TIMES = {
    "closeTimestamp",
    "creationDate",
    "eventTimestamp",
    "latestActivityTaskTimestamp",
    "startTimestamp",
}

OUTSIDE_HISTORY = {"creationDate"}
"""Times that are not those of an event."""


class AnyTime:
    """Equal to every point in time."""

    def __eq__(self, other):
        return isinstance(other, (int, float)) and 1e9 < other < 1e10

    def __repr__(self):
        return "(any time)"


@dataclasses.dataclass
class Translation:
    """Recorded run ids and times with their counterparts on Everbeat.

    Until times are learned, any is expected for any.
    """

    runs: dict = dataclasses.field(default_factory=dict)
    times: dict = dataclasses.field(default_factory=dict)

    def learn_times(self, recorded, written):
        """Takes the time of each recorded event for that of the event written.

        Events of one recorded time are of one commit. The first of them sets
        the time that is expected of all.
        """
        for theirs, ours in zip(recorded, written):
            self.times.setdefault(theirs["eventTimestamp"], ours["eventTimestamp"])

    def learn_child(self, recorded, written):
        """Takes the run id of a recorded ChildWorkflowExecutionStarted for the written one."""
        theirs, ours = (
            attributes(event)["workflowExecution"] for event in (recorded, written)
        )
        self.runs[theirs["runId"]] = ours["runId"]

    def of(self, value, name=None):
        """The recorded value, member `name` of its object, as expected of Everbeat."""
        if name in TIMES:
            is_known = self.times and name not in OUTSIDE_HISTORY
            return self.times[value] if is_known else AnyTime()
        if isinstance(value, dict):
            return {key: self.of(member, key) for key, member in value.items()}
        if isinstance(value, list):
            return [self.of(element) for element in value]
        return self.runs.get(value, value)


def differences(expected, written, path):
    """What differs, a line each; `path` names the place."""
    if isinstance(expected, dict) and isinstance(written, dict):
        return _of_objects(expected, written, path)
    if isinstance(expected, list) and isinstance(written, list):
        return _of_lists(expected, written, path)
    # 1, 1.0 and True are equal in Python, but not on the wire.
    alike = isinstance(expected, AnyTime) or type(expected) is type(written)
    if alike and expected == written:
        return []
    return [f"{path}: recorded {expected!r}, written {written!r}"]


def _of_objects(expected, written, path):
    lines = [f"{path}.{name} is missing" for name in expected if name not in written]
    lines += [f"{path}.{name} is new" for name in written if name not in expected]
    if not lines and list(expected) != list(written):
        lines.append(
            f"{path}: recorded order {list(expected)}, written {list(written)}"
        )
    for name in expected:
        if name in written:
            lines += differences(expected[name], written[name], f"{path}.{name}")
    return lines


def _of_lists(expected, written, path):
    lines = []
    if len(expected) != len(written):
        lines.append(f"{path}: recorded {len(expected)}, written {len(written)}")
    for number, pair in enumerate(zip(expected, written), 1):
        lines += differences(*pair, f"{path}[{number}]")
    return lines
