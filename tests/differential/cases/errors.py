"""What the service refuses, what is no answer at all, and the formats of errors."""

from ..case import CUT, Answer, OwnWords, Subject, fault

case = Subject("errors")

HEARTBEAT = "record-activity-task-heartbeat --task-token T"
LIST = "list-domains --registration-status REGISTERED"
ONCE = {"AWS_MAX_ATTEMPTS": "1"}
FORMATS = ("enhanced", "legacy", "json", "yaml", "text", "table")
UNKNOWN = fault("com.amazonaws.swf.base.model#UnknownResourceFault", "Unknown domain: nope")
PYTHON = OwnWords("a crash text of Python, D10")

for code in (
    "UnknownResourceFault",
    "TypeAlreadyExistsFault",
    "TypeDeprecatedFault",
    "TypeNotDeprecatedFault",
    "DomainAlreadyExistsFault",
    "DomainDeprecatedFault",
    "WorkflowExecutionAlreadyStartedFault",
    "LimitExceededFault",
    "OperationNotPermittedFault",
    "DefaultUndefinedFault",
    "TooManyTagsFault",
    "ValidationException",
    "AccessDeniedException",
    "SerializationException",
    "UnrecognizedClientException",
    "InvalidSignatureException",
    "UnknownOperationException",
):
    case(code, HEARTBEAT, fault(code, f"about {code}"))
    case(f"{code} json", f"{HEARTBEAT} --cli-error-format json", fault(code, f"about {code}"))

BODIES = {
    "hash before the code": '{"__type": "a.b#CodeA", "message": "m"}',
    "colon behind the code": '{"__type": "CodeA:http://x#y", "message": "m"}',
    "both": '{"__type": "a#CodeA:rest", "message": "m"}',
    "no type": '{"message": "m"}',
    "code member": '{"code": "CodeA", "message": "m"}',
    "upper case code member": '{"Code": "CodeA", "message": "m"}',
    "upper case message": '{"__type": "CodeA", "Message": "m"}',
    "both messages": '{"__type": "CodeA", "Message": "upper", "message": "lower"}',
    "no message": '{"__type": "CodeA"}',
    "null message": '{"__type": "CodeA", "message": null}',
    "empty message": '{"__type": "CodeA", "message": ""}',
    "blanks in the message": '{"__type": "CodeA", "message": "  m \\n"}',
    "breaks in the message": '{"__type": "CodeA", "message": "a\\nb\\tc"}',
    "unicode message": '{"__type": "CodeA", "message": "é日本😀"}',
    "number message": '{"__type": "CodeA", "message": 5}',
    "empty type": '{"__type": "", "message": "m"}',
    "further members": '{"__type": "UnknownResourceFault", "message": "m", "more": {"a": 1}}',
    "empty body": "",
    "empty map": "{}",
    "no json": "something went wrong",
    "html": "<html><body>502</body></html>",
    "html upper case": "<HTML></HTML>",
    "xml": "<Error><Code>X</Code></Error>",
}
for title, body in BODIES.items():
    for status in (400, 503):
        case(f"{title} {status}", HEARTBEAT, Answer(status=status, body=body), env=ONCE)
for title in ("list", "null body", "text body"):
    body = {"list": "[]", "null body": "null", "text body": '"x"'}[title]
    case(f"{title} 400", HEARTBEAT, Answer(status=400, body=body), env=ONCE, stderr=PYTHON)
    case(f"{title} 200", HEARTBEAT, body, stderr=PYTHON)
for title in (
    "no message",
    "null message",
    "unicode message",
    "empty message",
    "breaks in the message",
):
    for form in FORMATS[2:]:
        case(
            f"{title} as {form}",
            f"{HEARTBEAT} --cli-error-format {form}",
            Answer(status=400, body=BODIES[title]),
        )
for status in (
    300,
    301,
    302,
    307,
    308,
    304,
    401,
    403,
    404,
    413,
    429,
    499,
    500,
    501,
    502,
    504,
    505,
    599,
):
    case(
        f"status {status}",
        HEARTBEAT,
        Answer(status=status, headers=(("Location", "http://127.0.0.1:1/"),)),
        env=ONCE,
    )
    case(f"status {status} with code", HEARTBEAT, fault("CodeA", "m", status), env=ONCE)
case(
    "query error header",
    HEARTBEAT,
    fault("CodeA", "m", headers=(("x-amzn-query-error", "Other;Sender"),)),
)
case(
    "query error header without type",
    HEARTBEAT,
    fault("CodeA", "m", headers=(("x-amzn-query-error", "Other"),)),
)
case(
    "error type header",
    HEARTBEAT,
    Answer(status=400, headers=(("x-amzn-errortype", "Other"),), body='{"message": "m"}'),
)
case("body cut", HEARTBEAT, CUT, env=ONCE, stderr=OwnWords("a text of Python's HTTP library"))

KINDS = {
    "fault": (HEARTBEAT, {}),
    "required": ("record-activity-task-heartbeat", {}),
    "unknown option": (f"{HEARTBEAT} --nope", {}),
    "unknown operation": ("nonsense", {}),
    "validation": ("record-activity-task-heartbeat --task-token=", {}),
    "bad json": ("describe-workflow-execution --domain d --execution {bad", {}),
    "no region": (HEARTBEAT, {"AWS_REGION": None}),
    "no credentials": (HEARTBEAT, {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}),
    "unknown profile": (f"{HEARTBEAT} --profile nope", {}),
    "unknown profile and required": ("record-activity-task-heartbeat --profile nope", {}),
    "no connection": (f"{HEARTBEAT} --endpoint-url http://127.0.0.1:1", ONCE),
    "endpoint": (f"{HEARTBEAT} --endpoint-url foo", {}),
    "paging": (f"{LIST} --no-paginate --max-items 1", {}),
    "bad output": (f"{HEARTBEAT} --output xml", {}),
    "bad query at run time": (f"{LIST} --query f()", {}),
    "configuration": (HEARTBEAT, {"AWS_CONFIG_FILE": "@TMP@/bad"}),
}
for title, (words, env) in KINDS.items():
    answer = {"domainInfos": []} if title == "bad query at run time" else UNKNOWN
    files = {"bad": "[default]\ncli_timestamp_format = foo\n"}
    for form in FORMATS:
        case(f"{title} {form}", f"{words} --cli-error-format {form}", answer, env=env, files=files)

for value in ("json", "JSON", "bogus", "", "Text", "legacy"):
    case(
        f"format of the environment {value}",
        HEARTBEAT,
        UNKNOWN,
        env={"AWS_CLI_ERROR_FORMAT": value},
    )
    case(
        f"format of the profile {value}",
        HEARTBEAT,
        UNKNOWN,
        files={"home/.aws/config": f"[default]\ncli_error_format = {value}\n"},
    )
case(
    "option beats environment",
    f"{HEARTBEAT} --cli-error-format yaml",
    UNKNOWN,
    env={"AWS_CLI_ERROR_FORMAT": "json"},
)
case(
    "environment and required",
    "record-activity-task-heartbeat",
    env={"AWS_CLI_ERROR_FORMAT": "json"},
)
case(
    "environment and bad choice", f"{HEARTBEAT} --output xml", env={"AWS_CLI_ERROR_FORMAT": "json"}
)
case(
    "profile and required",
    "record-activity-task-heartbeat",
    files={"home/.aws/config": "[default]\ncli_error_format = json\n"},
)
case("table in colour", f"{HEARTBEAT} --cli-error-format table --color on", UNKNOWN)
case("text and output yaml", f"{HEARTBEAT} --cli-error-format text --output yaml", UNKNOWN)
case("bad name", f"{HEARTBEAT} --cli-error-format xml", UNKNOWN)
case("not queried", f"{HEARTBEAT} --cli-error-format json --query Code", UNKNOWN)
case("with --output off", f"{HEARTBEAT} --output off", UNKNOWN)
case("with retries json", f"{HEARTBEAT} --cli-error-format json", fault("Boom", "m", 500), env=ONCE)
