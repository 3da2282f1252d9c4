"""The words of the line: options, abbreviations, unknown words, choices, names of programs."""

from ..case import OwnWords, Subject

case = Subject("parser")

HEARTBEAT = "record-activity-task-heartbeat --task-token T"
LIST = "list-domains --registration-status REGISTERED"
FALSE = {"cancelRequested": False}

for title, line in {
    "nothing": "",
    "nothing but a global option": "--output text",
    "unknown operation": "record-heartbeat",
    "near operation": "respond-activity-task-cancelled",
    "nearest operation first": "list-domain",
    "upper case operation": "List-Domains",
    "abbreviated operation": "list-dom",
    "wait": "wait",
    "an option before the operation": "--domain d poll-for-activity-task",
    "an option with equals before the operation": "--domain=d poll-for-activity-task --task-list name=t",
    "an own option before the operation": "--task-token=T record-activity-task-heartbeat",
    "missing one": "record-activity-task-heartbeat",
    "missing several": "start-workflow-execution --workflow-id w",
    "missing, renamed": "register-workflow-type",
    "missing value": "record-activity-task-heartbeat --task-token",
    "missing value before an option": "record-activity-task-heartbeat --task-token --details d",
    "value like a short option": "record-activity-task-heartbeat --task-token -T",
    "value like a long option": "record-activity-task-heartbeat --task-token --T",
    "missing value of a global option": f"{HEARTBEAT} --output",
    "missing value of a query": f"{HEARTBEAT} --query",
    "missing value of a profile": f"{HEARTBEAT} --profile",
    "missing value of a region": f"{HEARTBEAT} --region",
    "missing value of an endpoint": f"{HEARTBEAT} --endpoint-url",
    "missing value of a bundle": f"{HEARTBEAT} --ca-bundle",
    "missing value of a time-out": f"{HEARTBEAT} --cli-read-timeout",
    "missing value of the other time-out": f"{HEARTBEAT} --cli-connect-timeout",
    "missing value of colour": f"{HEARTBEAT} --color",
    "missing value of binary format": f"{HEARTBEAT} --cli-binary-format",
    "missing value of error format": f"{HEARTBEAT} --cli-error-format",
    "missing value of a document": "record-activity-task-heartbeat --cli-input-json",
    "missing value of a yaml document": "record-activity-task-heartbeat --cli-input-yaml",
    "missing value of max items": f"{LIST} --max-items",
    "unknown option": f"{HEARTBEAT} --nope",
    "unknown option with value": f"{HEARTBEAT} --nope x y",
    "unknown option with equals": f"{HEARTBEAT} --nope=x",
    "unknown short option": f"{HEARTBEAT} -x",
    "several unknown": f"{HEARTBEAT} a --b c d --e=f",
    "a bare word": f"{HEARTBEAT} word",
    "a bare word before": "record-activity-task-heartbeat word --task-token T",
    "help as a value": "record-activity-task-heartbeat --task-token help",
    "short help": f"{HEARTBEAT} -h",
    "long help": f"{HEARTBEAT} --help",
    "help of the service": "--help",
    "unknown and missing": "record-activity-task-heartbeat --nope",
    "unknown before the operation": f"--nope {HEARTBEAT}",
    "unknown with equals before the operation": f"--nope=x {HEARTBEAT}",
    "ambiguous": f"{HEARTBEAT} --cli- x",
    "ambiguous short": f"{HEARTBEAT} --c x",
    "ambiguous with equals": f"{HEARTBEAT} --no=1",
    "ambiguous between operation options": "start-workflow-execution --domain d --workflow x",
    "ambiguous in the operation": "register-activity-type --default-task-s 1",
    "abbreviated": "record-activity-task-heartbeat --task T --det d",
    "abbreviated to one letter": "record-activity-task-heartbeat --t T",
    "abbreviated with equals": "record-activity-task-heartbeat --task=T",
    "abbreviated global": f"{HEARTBEAT} --outp text",
    "abbreviated global takes it": f"{LIST} --re us-west-2",
    "exact beats prefix": "start-workflow-execution --domain d --workflow-id w --workflow-type name=n,version=v --input i",
    "abbreviated flag": f"{LIST} --rev",
    "abbreviated no flag": f"{LIST} --no-rev",
    "abbreviated debug value": f"{HEARTBEAT} --debu=1",
    "flag with value": f"{LIST} --reverse-order=true",
    "no flag with value": f"{LIST} --no-reverse-order=true",
    "flag with a word": f"{LIST} --reverse-order true",
    "debug with value": f"{HEARTBEAT} --debug=1",
    "no-paginate with value": f"{LIST} --no-paginate=x",
    "no-sign with value": f"{HEARTBEAT} --no-sign-request=x",
    "no-verify with value": f"{HEARTBEAT} --no-verify-ssl=x",
    "no-cli-pager with value": f"{HEARTBEAT} --no-cli-pager=x",
    "version with value": f"{HEARTBEAT} --version=1",
    "first pass wins": f"{HEARTBEAT} --output xml --debug=1",
    "two dashes": "-- record-activity-task-heartbeat --task-token T",
    "two dashes behind": f"{HEARTBEAT} --",
    "two dashes and a word": f"{HEARTBEAT} -- x",
    "two dashes before options": "record-activity-task-heartbeat -- --task-token T",
    "single dash": f"{HEARTBEAT} -",
    "a number": f"{HEARTBEAT} -5",
    "global before": f"--output text {HEARTBEAT}",
    "global between": "record-activity-task-heartbeat --output text --task-token T",
    "global twice": f"{HEARTBEAT} --output text --output yaml",
    "global with equals": f"{HEARTBEAT} --output=yaml --query=cancelRequested",
    "required empty list": "tag-resource --resource-arn a --tags",
    "list then option": "untag-resource --tag-keys a b --resource-arn arn",
    "both auto-prompts": f"{HEARTBEAT} --cli-auto-prompt --no-cli-auto-prompt",
    "both auto-prompts before": f"--no-cli-auto-prompt --cli-auto-prompt {HEARTBEAT}",
    "no auto-prompt": f"{HEARTBEAT} --no-cli-auto-prompt",
    "no auto-prompt with version": f"{HEARTBEAT} --no-cli-auto-prompt --output text",
    "no auto-prompt with value": f"{HEARTBEAT} --no-cli-auto-prompt=x",
    "auto-prompt with value": f"{HEARTBEAT} --cli-auto-prompt=x",
    "renamed option": "register-activity-type --domain d --name n --activity-version 1",
    "option of another operation": f"{HEARTBEAT} --domain d",
    "option in camel case": "record-activity-task-heartbeat --taskToken T",
    "option in upper case": "record-activity-task-heartbeat --TASK-TOKEN T",
    "empty word": f"{HEARTBEAT} ''",
    "word with blanks": f"{HEARTBEAT} 'a b' '--c d'",
    "unicode word": f"{HEARTBEAT} é --日本",
    "many suggestions": "list-closed-workflow-execution",
    "suggestion of a type": "describe-type",
    "operation empty": "''",
    "negative number operation": "-5",
    "error format bad": f"{HEARTBEAT} --cli-error-format jsn",
    "error format unlike": f"{HEARTBEAT} --cli-error-format zzz",
}.items():
    case(title, line, FALSE)

case(
    "abbreviation that the first pass takes",
    "register-domain --name n --work 1 --d text",
    stderr=OwnWords("the lines of a log, see 17.1", "20"),
)
for start in ("bare", "whole", "link"):
    before = {"bare": "", "whole": "swf ", "link": "swf "}[start]
    case(f"called {start}", f"{before}{HEARTBEAT}", FALSE, start=start)
    case(f"called {start} unknown option", f"{before}{HEARTBEAT} --nope", start=start)
    case(f"called {start} missing", f"{before}poll-for-activity-task", start=start)
    case(f"called {start} nothing", before, start=start) if start == "bare" else None
# The reference knows this service; Everbeat is a stand-in for one only.
NO_SERVICE = """
aws: [ERROR]: An error occurred (ParamValidation): argument command: Found invalid choice 'ec2'


usage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]
To see help text, you can run:

  aws help
  aws <command> help
  aws <command> <subcommand> help
"""
case("link alone", "", start="link")
case("link with swf alone", "swf", start="link")
case("link other service", "ec2 describe-instances", start="link", expected=(252, "", NO_SERVICE))
case("link near service", "swff list-domains", start="link")
case("link operation as service", LIST, start="link")
case("link global first", f"--output text swf {HEARTBEAT}", FALSE, start="link")
case("link global between", f"swf --output text {HEARTBEAT}", FALSE, start="link")
case("link unknown first", f"--nope swf {HEARTBEAT}", FALSE, start="link")
case("link bad output first", f"--output xml swf {HEARTBEAT}", start="link")
case("link skeleton", "swf record-activity-task-heartbeat --generate-cli-skeleton", start="link")
case("link help option", "swf --help", start="link")
case("link short help option", f"swf {HEARTBEAT} -h", start="link")
case("link help option alone", "--help", start="link")
case("whole global first", f"--output text swf {HEARTBEAT}", FALSE, start="whole")
case("whole abbreviated global first", f"--outp text swf {HEARTBEAT}", FALSE, start="whole")

case("version", "--version", start="link", stdout="ignored")
case("version before", f"--version swf {HEARTBEAT}", start="whole", stdout="ignored")
case("version behind", f"{HEARTBEAT} --version", stdout="ignored")
case("version beats missing", "record-activity-task-heartbeat --version", stdout="ignored")
case("version beats unknown operation", "nonsense --version", stdout="ignored")
case("version loses to bad output before", f"{HEARTBEAT} --output xml --version")
case("version beats bad output behind", f"{HEARTBEAT} --version --output xml", stdout="ignored")
case("version abbreviated", f"{HEARTBEAT} --vers", stdout="ignored")
case(
    "renamed option by its old name",
    "register-activity-type --domain d --name n --version 1",
    stdout="ignored",
)
case("version takes no value", f"{HEARTBEAT} --version 1", stdout="ignored")

PROMPT = OwnWords("the prompt is Everbeat's own, D11", "Warning: Input is not a terminal (fd=0).\n")
case("auto-prompt without terminal", f"{HEARTBEAT} --cli-auto-prompt", stderr=PROMPT)
case(
    "auto-prompt without terminal from the environment",
    HEARTBEAT,
    env={"AWS_CLI_AUTO_PROMPT": "on"},
    stderr=PROMPT,
)
case(
    "auto-prompt off on the line",
    f"{HEARTBEAT} --no-cli-auto-prompt",
    FALSE,
    env={"AWS_CLI_AUTO_PROMPT": "on"},
)
case("auto-prompt partial and good", HEARTBEAT, FALSE, env={"AWS_CLI_AUTO_PROMPT": "on-partial"})
case("auto-prompt of another value", HEARTBEAT, FALSE, env={"AWS_CLI_AUTO_PROMPT": "sometimes"})
case("auto-prompt with version", f"{HEARTBEAT} --cli-auto-prompt --version", stdout="ignored")
case(
    "auto-prompt off with version", f"{HEARTBEAT} --no-cli-auto-prompt --version", stdout="ignored"
)
