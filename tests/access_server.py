"""A server with an access folder, clients that sign with the keys of its users, and the texts of its refusals.

    with Guarded(folder, path, "--trusted-proxy", "127.0.0.3") as guarded:
        guarded.client(alice).call("ListDomains", …)

`folder` is an `AccessFolder`; the one who prepares and looks is `guarded.root`.
"""

import boto3
import botocore.config
import pytest

import harness
import raw
import signing
import world
from clients import Boto3, Fault

REFUSED = "AccessDeniedException"
NOT_PERMITTED = "OPERATION_NOT_PERMITTED"
EVER = {"oldestDate": 0}
# One for all clients: it is the session that reads the model of the service.
_SESSION = boto3.session.Session()


def model():
    """The service as botocore's own model has it."""
    return _SESSION.client("swf", region_name=harness.REGION).meta.service_model


def domain_arn(name, account=harness.ACCOUNT, region=harness.REGION):
    """The ARN of a domain; `*` as the name stands for what ListDomains is asked for."""
    return f"arn:aws:swf:{region}:{account}:/domain/{name}"


def user_arn(name, account=harness.ACCOUNT):
    return f"arn:aws:iam::{account}:user/{name}"


def refusal(principal, action, resource, explicit=False):
    """The text of protocol.md 7.7."""
    reason = (
        "with an explicit deny in an identity-based policy"
        if explicit
        else f"because no identity-based policy allows the {action} action"
    )
    return f"User: {principal} is not authorized to perform: {action} on resource: {resource} {reason}"


def fault(call, operation, **params):
    """The code and the text of the fault that the call must raise."""
    with pytest.raises(Fault) as raised:
        call(operation, **params)
    return raised.value.code, raised.value.message


def is_refused(call, operation, **params):
    """Whether policies refuse the call; any other fault is raised."""
    try:
        call(operation, **params)
    except Fault as raised:
        if raised.code != REFUSED:
            raise
        return True
    return False


class Signed(Boto3):
    """boto3 with keys of the access folder."""

    def __init__(self, endpoint, keys, region=harness.REGION, **config):
        self.client = _SESSION.client(
            "swf",
            endpoint_url=endpoint,
            region_name=region,
            aws_access_key_id=keys.access_key_id,
            aws_secret_access_key=keys.secret,
            aws_session_token=keys.token,
            config=botocore.config.Config(
                read_timeout=raw.REPLY_SECONDS, retries={"total_max_attempts": 1}, **config
            ),
        )


class SignedHttp:
    """HTTP without an SDK, signed; further headers go unsigned. `source` is the address to come from."""

    def __init__(self, endpoint, keys, source=None, region=harness.REGION):
        self.port = int(endpoint.rsplit(":", 1)[1])
        self.keys, self.source, self.region = keys, source, region

    def post(self, operation, body, target=raw.SHORT, **headers):
        """Calls an operation; an underscore in a header's name stands for a hyphen."""
        draft = signing.post(self.port, self.keys, operation, body, region=self.region)
        draft.put("X-Amz-Target", target + operation).sign()
        for name, value in headers.items():
            draft.put(name.replace("_", "-"), value)
        with signing.Connection(self.port, source=self.source) as connection:
            return connection.send(draft)


class Guarded(harness.Server):
    """A server that checks who asks, and its clients by key."""

    def __init__(self, folder, *arguments, directory=None, hold=1):
        super().__init__(
            directory, ["--access", folder.path, "--poll-hold-seconds", hold, *arguments]
        )
        self.folder = folder
        self.root_keys = folder.root()
        self._clients = {}

    @property
    def root(self):
        """A client that may do everything."""
        return self.client(self.root_keys)

    def client(self, keys, region=harness.REGION):
        """boto3 with these keys, the same one each time."""
        found = self._clients.get((keys, region))
        if found is None:
            found = self._clients[keys, region] = Signed(self.endpoint, keys, region)
        return found

    def http(self, keys, **more):
        """Signed HTTP with these keys."""
        return SignedHttp(self.endpoint, keys, **more)

    def stop(self, timeout=harness.STOP_SECONDS):
        for client in self._clients.values():
            client.close()
        self._clients.clear()
        return super().stop(timeout)


def snapshot(root, name):
    """All that `root` can see of a domain, histories included, and which domains there are."""

    def call(operation, **params):
        return root.call(operation, domain=name, **params)

    seen = {
        status: [info["name"] for info in _pages(root.call, status)]
        for status in ("REGISTERED", "DEPRECATED")
    }
    if name not in seen["REGISTERED"] + seen["DEPRECATED"]:
        return seen
    seen["domain"] = root.call("DescribeDomain", name=name)
    seen["tags"] = root.call("ListTagsForResource", resourceArn=domain_arn(name))
    for kind in ("Workflow", "Activity"):
        for status in ("REGISTERED", "DEPRECATED"):
            seen[kind, status] = call(f"List{kind}Types", registrationStatus=status)
    for task, task_list in (("Decision", world.DECISION_LIST), ("Activity", world.ACTIVITY_LIST)):
        seen[task] = call(f"CountPending{task}Tasks", taskList={"name": task_list})
    for which in ("Open", "Closed"):
        listed = call(f"List{which}WorkflowExecutions", startTimeFilter=EVER)
        seen[which] = listed["executionInfos"]
        for info in listed["executionInfos"]:
            execution = info["execution"]
            history = call("GetWorkflowExecutionHistory", execution=execution)
            seen[execution["runId"]] = history["events"]
    return seen


def _pages(call, status):
    page = call("ListDomains", registrationStatus=status)
    yield from page["domainInfos"]
    while token := page.get("nextPageToken"):
        page = call("ListDomains", registrationStatus=status, nextPageToken=token)
        yield from page["domainInfos"]
