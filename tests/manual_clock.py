"""A server whose executions live by a manual clock, moved over Everbeat's own call."""

import harness
import raw
import world
from clients import Boto3

ARGUMENTS = ["--clock", "manual", "--poll-hold-seconds", 1]
DAY = 86_400
OWN = "Everbeat."


class Clock:
    """MoveClock; answers are the JSON of the reply."""

    def __init__(self, endpoint):
        self.http = raw.Http(endpoint)

    def move(self, **body):
        """The reply, whatever its status."""
        return self.http.post("MoveClock", body, target=OWN)

    def state(self, **body):
        """The answer, whose status must be 200."""
        reply = self.move(**body)
        assert reply.status == 200, reply.body
        return reply.json

    @property
    def now(self):
        """The time of executions, in seconds since 1970."""
        return self.state()["now"]

    def advance(self, seconds):
        """Goes ahead, through all deadlines on the way."""
        return self.state(seconds=str(seconds))

    def skip(self):
        """Whether the clock went to the next deadline."""
        return self.state(skip=True)["skipped"]


class ManualWorld(world.World):
    """A domain on a server of its own, with its clock."""

    def __init__(self, server):
        super().__init__(Boto3(server.endpoint))
        self.server = server
        self.clock = Clock(server.endpoint)
        self.base = self.clock.now

    def times(self, run, after=0):
        """Types of events, with the seconds from the beginning to each."""
        events = run.events()[after:]
        return [(e["eventType"], round(e["eventTimestamp"] - self.base, 3)) for e in events]


def serve(*arguments, directory=None):
    """A server with a manual clock, not yet started."""
    return harness.Server(directory, [*ARGUMENTS, *arguments])
