"""What clients were told, call by call: the ground truth of the kill test.

A `Journal` keeps every call with its time of sending and of answering and how
it ended; a `Caller` makes the calls with boto3 and writes them down. Nothing
is tried twice here: a call whose answer got lost stays `UNKNOWN` for ever, as
the server may or may not have carried it out.
"""

import dataclasses
import itertools
import time

import boto3
import botocore
import botocore.config
import botocore.exceptions
import harness

ACKNOWLEDGED = "acknowledged"
REFUSED = "refused"
UNKNOWN = "unknown"
UNSENT = "unsent"

CONNECT_SECONDS = 10
READ_SECONDS = 30
CONNECTIONS = 32

# The server never saw a call that ended so.
NOT_SENT = (
    botocore.exceptions.EndpointConnectionError,
    botocore.exceptions.ConnectTimeoutError,
)


class AnswerLost(Exception):
    """The server died, or is down: the caller's thread should end."""


@dataclasses.dataclass
class Call:
    """One call. Times are seconds since 1970; `answered` is also when it was given up."""

    operation: str
    request: dict
    sent: float
    answered: float = 0.0
    outcome: str = UNKNOWN
    answer: dict = dataclasses.field(default_factory=dict)
    fault: str = ""

    @property
    def may_have_happened(self):
        """Whether the server carried it out, or may have."""
        return self.outcome in (ACKNOWLEDGED, UNKNOWN)


@dataclasses.dataclass
class Life:
    """One life of the server process, in seconds since 1970."""

    launched: float
    ready: float
    dead: float = float("inf")


@dataclasses.dataclass
class Journal:
    """All calls, in the order of their sending, and all lives of the server.

    Appending to a list is atomic, so threads share a journal without a lock.
    """

    calls: list = dataclasses.field(default_factory=list)
    lives: list = dataclasses.field(default_factory=list)
    names: itertools.count = dataclasses.field(default_factory=lambda: itertools.count(1))

    def of(self, *operations, outcome=None):
        """The calls of these operations, in order; of one outcome if given."""
        return [
            call
            for call in self.calls
            if call.operation in operations and outcome in (None, call.outcome)
        ]

    def unique(self, prefix):
        """A text that occurs nowhere else in this journal."""
        return f"{prefix}-{next(self.names)}"

    def start(self, server):
        """Starts the server and notes its new life."""
        launched = time.time()
        server.start()
        self.lives.append(Life(launched, time.time()))

    def kill(self, server):
        """Kills the server (SIGKILL) and notes the end of its life."""
        server.kill()
        self.lives[-1].dead = time.time()


class Caller:
    """A boto3 client of one life of the server, without retries; threads may share it."""

    def __init__(self, journal, endpoint, session):
        self.journal = journal
        config = botocore.config.Config(
            retries={"total_max_attempts": 1},
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            max_pool_connections=CONNECTIONS,
        )
        self.client = session.client("swf", endpoint_url=endpoint, config=config)

    def call(self, operation, **request):
        """Makes one call and writes it down.

        Answers the `Call`, acknowledged or refused; raises `AnswerLost` when no
        answer came.
        """
        method = getattr(self.client, botocore.xform_name(operation))
        call = Call(operation, request, sent=time.time())
        self.journal.calls.append(call)
        try:
            call.answer = method(**request)
            call.answer.pop("ResponseMetadata", None)
            call.outcome = ACKNOWLEDGED
        except botocore.exceptions.ClientError as fault:
            call.outcome = REFUSED
            call.fault = fault.response["Error"]["Code"]
            call.answer = fault.response
        except NOT_SENT as lost:
            call.outcome = UNSENT
            raise AnswerLost from lost
        except (botocore.exceptions.BotoCoreError, OSError) as lost:
            raise AnswerLost from lost
        finally:
            call.answered = time.time()
        return call


def new_session():
    """A boto3 session with credentials that any Everbeat accepts.

    Clients made from one session share its parsed service model.
    """
    return boto3.session.Session(
        aws_access_key_id=harness.CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=harness.CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        region_name=harness.REGION,
    )
