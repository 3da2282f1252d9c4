"""`record-activity-task-heartbeat`, from the words of a line to the effect on a running server.

What each option prints to the byte is the subject of `differential/`; here a
worker of boto3 polls a task, the command line heartbeats it, and the server
tells what it knows of that.
"""

import json
import re

import pytest

import harness
import manual_clock
from command_line import ACCESS_KEY, HEARTBEAT, SECRET_KEY, CommandLine
from world import cancel_activity, event, schedule

NOWHERE = "http://127.0.0.1:1"
OTHER_REGION = "eu-west-1"
FALSE = '{\n    "cancelRequested": false\n}\n'
TRUE = FALSE.replace("false", "true")
TABLE = """\
------------------------------
| RecordActivityTaskHeartbeat|
+------------------+---------+
|  cancelRequested |  False  |
+------------------+---------+
"""
TABLE_TRUE = """\
-----------------------------
|RecordActivityTaskHeartbeat|
+------------------+--------+
|  cancelRequested |  True  |
+------------------+--------+
"""
OUTPUTS = {
    "json": (FALSE, TRUE),
    "text": ("False\n", "True\n"),
    "table": (TABLE, TABLE_TRUE),
    "yaml": ("cancelRequested: false\n", "cancelRequested: true\n"),
    "yaml-stream": ("- cancelRequested: false\n", "- cancelRequested: true\n"),
    "off": ("", ""),
}


@pytest.fixture
def line(server, tmp_path):
    """The command line in front of the module's server."""
    return CommandLine(tmp_path / "home", server.endpoint)


class Activity:
    """A started activity of a run, and what the server knows of its heartbeats."""

    def __init__(self, domain, http):
        self.domain = domain
        self.http = http
        self.run = domain.start()
        domain.decide(domain.decision_task(), schedule("a"))
        self.task = domain.activity_task()

    @property
    def token(self):
        return self.task["taskToken"]

    def details(self):
        """The details of the last heartbeat, None without."""
        body = {"domain": self.domain.name, "execution": self.run.execution}
        (entry,) = self.http.post("DescribeHeartbeats", body, target="Everbeat.").json["heartbeats"]
        return entry.get("details")

    def request_cancel(self):
        """Has the decider ask for the end of the activity."""
        self.run.signal("stop")
        self.domain.decide(self.domain.decision_task(), cancel_activity("a"))


@pytest.fixture
def activity(domain, http):
    return Activity(domain, http)


@pytest.mark.parametrize("output", OUTPUTS)
def test_output(line, activity, output):
    words = ["--details", f"50% {output}", "--output", output]
    go_on, stop = OUTPUTS[output]
    assert line.heartbeat(activity.task, *words).printed() == go_on
    assert activity.details() == f"50% {output}"
    activity.request_cancel()
    assert line.heartbeat(activity.task, *words).printed() == stop


def test_output_of_variable_and_profile(line, activity):
    line.file(".aws/config", "[default]\noutput = text\n")
    assert line.heartbeat(activity.task).printed() == "False\n"
    yaml = line.with_variables(AWS_DEFAULT_OUTPUT="yaml")
    assert yaml.heartbeat(activity.task).printed() == "cancelRequested: false\n"


@pytest.mark.parametrize(
    ("query", "printed"),
    [
        ("cancelRequested", "false\n"),
        ("!cancelRequested", "true\n"),
        ("{answer: cancelRequested, not: nothing}", '{\n    "answer": false,\n    "not": null\n}\n'),
        ("cancelRequested && 'stop' || 'go on'", '"go on"\n'),
    ],
)
def test_query(line, activity, query, printed):
    assert line.heartbeat(activity.task, "--query", query).printed() == printed
    text = line.heartbeat(activity.task, "--query", "cancelRequested", "--output", "text")
    assert text.printed() == "False\n"


def test_a_bad_query_sends_nothing(line, activity):
    line.heartbeat(activity.task, "--details", "50%")
    bad = line.heartbeat(activity.task, "--details", "60%", "--query", "a[")
    bad.failed(252, "Bad value for --query a[: ")
    assert activity.details() == "50%"


def test_input_of_json(line, activity):
    first = json.dumps({"taskToken": activity.token, "details": "from text: é"})
    assert line.run(HEARTBEAT, "--cli-input-json", first).printed() == FALSE
    assert activity.details() == "from text: é"
    second = json.dumps({"taskToken": activity.token, "details": "from a file"})
    path = line.file("input.json", second)
    assert line.run(HEARTBEAT, "--cli-input-json", f"file://{path}").printed() == FALSE
    assert activity.details() == "from a file"
    over = ["--cli-input-json", "file://input.json", "--details", "of the line"]
    assert line.run(HEARTBEAT, *over).printed() == FALSE
    assert activity.details() == "of the line"


def test_input_of_yaml(line, activity):
    text = f"taskToken: {activity.token}\ndetails: |\n  two\n  lines\n"
    assert line.run(HEARTBEAT, "--cli-input-yaml", text).printed() == FALSE
    assert activity.details() == "two\nlines\n"
    line.file("input.yaml", f"details: 'no'\ntaskToken: &t {activity.token}\n")
    assert line.run(HEARTBEAT, "--cli-input-yaml", "file://input.yaml").printed() == FALSE
    assert activity.details() == "no"
    both = ["--cli-input-yaml", text, "--cli-input-json", "{}"]
    line.run(HEARTBEAT, *both).failed(252, "Only one --cli-input- parameter may be specified.")


def test_skeletons_come_back_as_input(line, activity):
    skeleton = line.run(HEARTBEAT, "--generate-cli-skeleton").printed()
    assert skeleton == line.run(HEARTBEAT, "--generate-cli-skeleton", "input").printed()
    members = json.loads(skeleton)
    assert members == {"taskToken": "", "details": ""}
    filled = members | {"taskToken": activity.token, "details": "json"}
    line.file("filled.json", json.dumps(filled))
    assert line.run(HEARTBEAT, "--cli-input-json", "file://filled.json").printed() == FALSE
    assert activity.details() == "json"

    skeleton = line.run(HEARTBEAT, "--generate-cli-skeleton", "yaml-input").printed()
    filled = re.sub(r"^taskToken: ''", f"taskToken: '{activity.token}'", skeleton)
    filled = re.sub(r"^details: ''", "details: 'yaml'", filled, flags=re.MULTILINE)
    assert filled.count("''") == 0 and filled.count("#") == 2
    line.file("filled.yaml", filled)
    assert line.run(HEARTBEAT, "--cli-input-yaml", "file://filled.yaml").printed() == FALSE
    assert activity.details() == "yaml"

    # The form of the answer: nothing is asked of the server.
    words = ["--details", "never sent", "--generate-cli-skeleton", "output"]
    assert line.heartbeat(activity.task, *words).printed() == TRUE
    assert line.heartbeat(activity.task, *words, "--output", "text").printed() == "True\n"
    assert activity.details() == "yaml"


def test_profile(server, activity, tmp_path):
    bare = dict.fromkeys(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"])
    line = CommandLine(tmp_path / "home", **bare)
    line.file(
        ".aws/config",
        "[profile worker]\nregion = us-east-1\noutput = yaml\nservices = local\n"
        "[profile abroad]\nsource_profile = worker\n"
        f"region = {OTHER_REGION}\nendpoint_url = {server.endpoint}\n"
        f"[services local]\nswf =\n  endpoint_url = {server.endpoint}\n",
    )
    keys = "aws_access_key_id = A\naws_secret_access_key = S\n"
    line.file(".aws/credentials", f"[worker]\n{keys}[abroad]\n{keys}")
    words = ["--details", "by profile", "--profile", "worker"]
    assert line.heartbeat(activity.task, *words).printed() == "cancelRequested: false\n"
    assert activity.details() == "by profile"
    by_variable = line.with_variables(AWS_PROFILE="worker")
    assert by_variable.heartbeat(activity.task).printed() == "cancelRequested: false\n"
    line.heartbeat(activity.task, "--profile", "abroad").failed(254, "OperationNotPermittedFault")
    unknown = line.heartbeat(activity.task, "--profile", "nobody")
    unknown.failed(255, "The config profile (nobody) could not be found")
    line.heartbeat(activity.task).failed(253, "(NoRegion)", "You must specify a region.")
    elsewhere = line.with_variables(
        AWS_CONFIG_FILE=line.home / ".aws/config",
        AWS_SHARED_CREDENTIALS_FILE=line.home / ".aws/credentials",
        HOME=tmp_path,
    )
    assert elsewhere.heartbeat(activity.task, *words).status == 0


def test_no_credentials(line, activity):
    nobody = line.with_variables(AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None)
    nobody.heartbeat(activity.task).failed(253, "(NoCredentials): Unable to locate credentials.")
    assert nobody.run("history", activity.domain.name, activity.run.workflow_id).status == 0


def test_region(line, activity):
    assert line.heartbeat(activity.task, "--region", "us-east-1").printed() == FALSE
    abroad = line.heartbeat(activity.task, "--details", "lost", "--region", OTHER_REGION)
    abroad.failed(254, "(OperationNotPermittedFault)")
    assert activity.details() is None
    nowhere = line.with_variables(AWS_REGION=OTHER_REGION)
    assert nowhere.heartbeat(activity.task, "--region", "us-east-1").printed() == FALSE
    bad = line.heartbeat(activity.task, "--region", "no_region")
    bad.failed(255, "Provided region_name 'no_region' doesn't match a supported format.")


def test_endpoint_url(line, server, activity):
    astray = line.with_variables(AWS_ENDPOINT_URL_SWF=NOWHERE)
    refused = f'Could not connect to the endpoint URL: "{NOWHERE}/"'
    astray.heartbeat(activity.task).failed(255, refused)
    words = ["--details", "found", "--endpoint-url", server.endpoint]
    assert astray.heartbeat(activity.task, *words).printed() == FALSE
    assert activity.details() == "found"
    general = line.with_variables(AWS_ENDPOINT_URL_SWF=None, AWS_ENDPOINT_URL=server.endpoint)
    assert general.heartbeat(activity.task).printed() == FALSE
    no_scheme = line.heartbeat(activity.task, "--endpoint-url", "127.0.0.1:1")
    no_scheme.failed(252, 'Bad value for --endpoint-url "127.0.0.1:1": scheme is missing.')


def test_no_sign_request(line, activity):
    nobody = line.with_variables(AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None)
    words = ["--no-sign-request", "--details", "unsigned"]
    assert nobody.heartbeat(activity.task, *words).printed() == FALSE
    assert activity.details() == "unsigned"
    # The region is said by the signature alone: without one it is the server's own.
    assert nobody.heartbeat(activity.task, *words, "--region", OTHER_REGION).printed() == FALSE


def test_debug(line, activity):
    token = "session-token-that-nobody-may-see"
    line = line.with_variables(AWS_SESSION_TOKEN=token)
    done = line.heartbeat(activity.task, "--details", "50%", "--debug")
    assert (done.status, done.stdout) == (0, FALSE)
    assert activity.details() == "50%"
    head = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} - MainThread - ([\w.]+) - [A-Z]+ - ")
    loggers = {found[1] for text in done.stderr.splitlines() if (found := head.match(text))}
    assert loggers >= {"awscli.clidriver", "botocore.endpoint", "botocore.auth", "botocore.parsers"}
    assert "b'{\"cancelRequested\":false}'" in done.stderr
    for secret in (SECRET_KEY, token, f"Credential={ACCESS_KEY}", "SignedHeaders="):
        assert secret not in done.stderr
    hashes = re.findall(r"\b[0-9a-f]{64}\b", done.stderr)
    assert len(hashes) <= 1, "the hash of the body may be told, the signature not"
    failing = line.heartbeat(activity.task, "--debug", "--endpoint-url", NOWHERE)
    assert failing.status == 255
    for secret in (SECRET_KEY, token, "SignedHeaders="):
        assert secret not in failing.stderr


def test_secrets_of_files_and_of_programs_stay_hidden(line, activity):
    line = line.with_variables(AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None)
    program = line.file("keys", '#!/bin/sh\necho "$KEYS"\n')
    program.chmod(0o755)
    secret, token = "secret-of-a-program", "token-of-a-program"
    keys = {"Version": 1, "AccessKeyId": "A", "SecretAccessKey": secret, "SessionToken": token}
    line.file(
        ".aws/config",
        f"[profile program]\ncredential_process = {program}\n"
        "[profile file]\naws_access_key_id = A\naws_secret_access_key = secret-of-a-file\n",
    )
    line = line.with_variables(KEYS=json.dumps(keys))
    for profile in ("program", "file"):
        done = line.heartbeat(activity.task, "--profile", profile, "--debug")
        assert (done.status, done.stdout) == (0, FALSE)
        for hidden in (secret, token, "secret-of-a-file", "SignedHeaders="):
            assert hidden not in done.stderr


SENTENCE = (
    "\naws: [ERROR]: An error occurred (ValidationException) when calling the "
    "RecordActivityTaskHeartbeat operation: Invalid token\n"
)
ERRORS = {
    "enhanced": SENTENCE,
    "legacy": SENTENCE,
    "json": '{\n    "Message": "Invalid token",\n    "Code": "ValidationException"\n}\n',
    "yaml": "Code: ValidationException\nMessage: Invalid token\n",
    "text": "ValidationException\tInvalid token\n",
    "table": """\
------------------------------------------
|                  error                 |
+----------------------+-----------------+
|         Code         |     Message     |
+----------------------+-----------------+
|  ValidationException |  Invalid token  |
+----------------------+-----------------+
""",
}


@pytest.mark.parametrize("form", ERRORS)
def test_error_format(line, form):
    words = [HEARTBEAT, "--task-token", "none", "--cli-error-format", form]
    done = line.with_variables(AWS_MAX_ATTEMPTS=None).run(*words)
    assert (done.status, done.stdout, done.stderr) == (254, "", ERRORS[form])


def test_a_closed_activity(line, activity):
    activity.domain.complete(activity.task)
    done = line.heartbeat(activity.task, "--cli-error-format", "json")
    assert (done.status, done.stdout) == (254, "")
    fault = json.loads(done.stderr)
    assert fault["Code"] == "UnknownResourceFault"
    assert fault["message"] == fault["Message"] and "activity" in fault["message"]


def test_color(line, activity):
    words = ["--output", "table", "--color"]
    assert line.heartbeat(activity.task, *words, "auto").printed() == TABLE
    assert line.heartbeat(activity.task, *words, "off").printed() == TABLE
    colored = line.heartbeat(activity.task, *words, "on").printed()
    assert "\x1b[1m\x1b[34mcancelRequested\x1b[0m" in colored
    assert re.sub("\x1b\\[\\d+m", "", colored) == TABLE


def test_the_last_details_are_those_of_the_time_out(tmp_path):
    with manual_clock.serve() as server:
        manual = manual_clock.ManualWorld(server)
        line = CommandLine(tmp_path / "home", server.endpoint)
        run = manual.start()
        manual.decide(manual.decision_task(), schedule("a", heartbeatTimeout="15"))
        task = manual.activity_task()
        manual.clock.advance(10)
        assert line.heartbeat(task, "--details", "1 of 3").printed() == FALSE
        manual.clock.advance(10)
        assert line.heartbeat(task, "--details", "2 of 3").printed() == FALSE
        manual.clock.advance(15)
        assert run.history(after=6)[0] == event(
            "ActivityTaskTimedOut",
            timeoutType="HEARTBEAT",
            scheduledEventId=5,
            startedEventId=6,
            details="2 of 3",
        )
        assert manual.times(run)[6] == ("ActivityTaskTimedOut", 35)
        line.heartbeat(task).failed(254, "UnknownResourceFault")


def test_names_under_which_it_goes(line, activity):
    words = [HEARTBEAT, "--task-token", activity.token, "--details"]
    assert line.run("swf", *words, "with the word").printed() == FALSE
    assert activity.details() == "with the word"
    link = line.home / "aws"
    link.symlink_to(harness.binary())
    done = line.run("swf", *words, "by link", program=str(link))
    assert done.printed() == FALSE
    assert activity.details() == "by link"
    line.run(*words, "no word", program=str(link)).failed(252, "argument command: ")
    line.run("stuck", "d", program=str(link)).failed(252, "argument command: ")
    assert activity.details() == "by link"
