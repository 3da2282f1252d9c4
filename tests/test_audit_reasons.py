"""What the audit log says of refusals beyond the call's own permission: what else was asked for, and what is wrong with a
signature."""

import datetime

import pytest

import signing
import world
from access_folder import AccessFolder, allow
from access_server import REFUSED, domain_arn
from audit_log import Audited, everbeat_verify, files

ROOM = {"workflowExecutionRetentionPeriodInDays": "1"}
ROLE = "arn:aws:iam::123456789012:role/functions"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return AccessFolder(tmp_path_factory.mktemp("access"))


@pytest.fixture(scope="module")
def registrar(folder):
    """May register and start, but neither tag nor give roles away."""
    return folder.user("registrar", [allow(["swf:Register*", "swf:StartWorkflowExecution"])])


@pytest.fixture(scope="module")
def audited(folder, registrar, tmp_path_factory):
    with Audited(folder, tmp_path_factory.mktemp("log") / "audit") as running:
        running.domain = world.World(running.root, "shop")
        yield running


def refused_line(audited, keys, operation, body):
    reply = audited.http(keys).post(operation, body)
    assert reply.kind.endswith(f"#{REFUSED}"), reply.body
    return audited.line(reply.headers["x-amzn-RequestId"])


def test_tags_of_a_new_domain(audited, registrar):
    body = {"name": "tagged", "tags": [{"key": "team", "value": "blue"}], **ROOM}
    line = refused_line(audited, registrar, "RegisterDomain", body)
    assert (line["operation"], line["action"]) == ("RegisterDomain", "swf:TagResource")
    assert line["resource"] == domain_arn("tagged")


def test_a_role_that_is_given_away(audited, registrar):
    body = {"domain": "shop", "workflowId": "w", "workflowType": world.WORKFLOW_TYPE}
    line = refused_line(audited, registrar, "StartWorkflowExecution", {**body, "lambdaRole": ROLE})
    assert (line["action"], line["resource"]) == ("iam:PassRole", ROLE)


def test_the_calls_own_permission_needs_no_name(audited, registrar):
    line = refused_line(audited, registrar, "DescribeDomain", {"name": "shop"})
    assert "action" not in line
    assert line["resource"] == domain_arn("shop")


WRONG = {
    "date": (
        lambda draft: draft.put("X-Amz-Date", signing.amz_date(long_ago())),
        "Signature expired: ",
    ),
    "scope": (
        lambda draft: setattr(draft, "service", "sqs"),
        "Credential should be scoped to correct service: 'swf'. ",
    ),
    "secret": (
        lambda draft: setattr(draft, "keys", draft.keys._replace(secret="another")),
        "The request signature we calculated does not match the signature you provided. ",
    ),
}


def long_ago():
    return signing.now() - datetime.timedelta(minutes=10)


@pytest.mark.parametrize("what", WRONG)
def test_signatures(audited, registrar, what):
    alter, reason = WRONG[what]
    draft = signing.post(audited.port, registrar)
    alter(draft)
    with signing.Connection(audited.port) as connection:
        reply = connection.send(draft.sign())
    assert reply.kind.endswith("#InvalidSignatureException"), reply.body
    line = audited.line(reply.headers["x-amzn-RequestId"])
    assert line["reason"].startswith(reason)


def test_what_should_have_been_signed_is_not_written_down(folder, registrar, tmp_path):
    """The explanation for the caller quotes the request."""
    with Audited(folder, tmp_path / "audit", "--explain-signatures") as explaining:
        draft = signing.post(explaining.port, registrar._replace(secret="another"), "ListDomains")
        draft.put("X-Mark", "marker-that-is-nobodys-business")
        with signing.Connection(explaining.port) as connection:
            reply = connection.send(draft.sign())
        assert b"marker-that-is" in reply.body
        explaining.line(reply.headers["x-amzn-RequestId"])
        for file in files(tmp_path / "audit"):
            assert b"marker-that-is" not in file.read_bytes()


def test_an_emptied_log_is_not_sound(folder, tmp_path):
    with Audited(folder, tmp_path / "audit"):
        pass
    for file in files(tmp_path / "audit"):
        file.write_bytes(b"")
    done = everbeat_verify(tmp_path / "audit")
    assert (done.returncode, done.stdout) == (1, "")
    assert "it was emptied" in done.stderr
