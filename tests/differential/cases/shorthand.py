"""Shorthand for structures and lists of structures: the grammar, its limits, its errors."""

from ..case import OwnWords, Subject

case = Subject("shorthand")

EXECUTION = "describe-workflow-execution --domain d --execution"
DECIDE = "respond-decision-task-completed --task-token T --decisions"
TAGS = "tag-resource --resource-arn a --tags"
COUNT = "count-open-workflow-executions --domain d --start-time-filter"
PYTHON = OwnWords("a crash text of Python, D10")

ONE = {
    "plain": "workflowId=w,runId=r",
    "blanks around": " workflowId = w , runId = r ",
    "tabs and newlines": "workflowId=\tw\n,\nrunId=r\n",
    "blanks inside": "workflowId=a b  c,runId=r",
    "equals inside": "workflowId=a=b=c,runId=r",
    "quotes": "workflowId=\"a,b\",runId='c=d'",
    "quoted blanks": "workflowId='  w  ',runId=\" \"",
    "escaped quotes": "workflowId=\"a\\\"b\",runId='c\\'d'",
    "escaped backslashes": "workflowId=\"a\\\\b\",runId='c\\\\'",
    "escaped comma": "workflowId=a\\,b,runId=r",
    "backslash": "workflowId=a\\b,runId=\\",
    "empty value": "workflowId=,runId=r",
    "empty value at the end": "workflowId=w,runId=",
    "empty quotes": "workflowId='',runId=\"\"",
    "bracket inside": "workflowId=a[b,runId=c{d",
    "closing bracket first": "workflowId=]a,runId=}b",
    "closing bracket inside": "workflowId=a]b,runId=r",
    "closing brace inside": "workflowId=a}b,runId=r",
    "unicode": "workflowId=é日本,runId=ü",
    "emoji": "workflowId=😀,runId=r",
    "emoji inside": "workflowId=a😀,runId=r",
    "emoji quoted": "workflowId='😀',runId=\"a😀\"",
    "unicode blank": "workflowId=a\u00a0b\u3000,runId=\u2003r",
    "control character": "workflowId=a\x01b,runId=r",
    "control character quoted": "workflowId='a\x01b',runId=r",
    "no equals": "workflowId",
    "no equals second": "workflowId=w,runId",
    "no key": "=w,runId=r",
    "trailing comma": "workflowId=w,runId=r,",
    "leading comma": ",workflowId=w",
    "two commas": "workflowId=w,,runId=r",
    "colon": "workflowId:w",
    "key with odd characters": "workflow-Id_.#/:9=w,runId=r",
    "key with a blank": "workflow Id=w",
    "unicode key": "wörkflow=w",
    "unknown key": "workflowId=w,runId=r,bogus=1",
    "duplicate": "workflowId=a,runId=r,workflowId=b",
    "duplicate first": "workflowId=a,workflowId=b",
    "list for a text": "workflowId=a,b,runId=r",
    "explicit list for a text": "workflowId=[a,b],runId=r",
    "hash for a text": "workflowId={a=b},runId=r",
    "open quote": 'workflowId="abc',
    "open single quote": "workflowId='abc",
    "text after a quote": 'workflowId="a"b,runId=r',
    "quote inside": 'workflowId=a"b,runId=r',
    "open list": "workflowId=[a",
    "open hash": "workflowId={a=b",
    "hash without equals": "workflowId={a}",
    "nested": "workflowId=[a,[b,c],{d=e}],runId=r",
    "newline in an error": "workflowId=w\nrunId",
    "newline before an error": "\n\nworkflowId",
    "numbers": "workflowId=1,runId=2.5",
    "words of json": "workflowId=true,runId=null",
    "space for a comma": "workflowId=w runId=r",
    "at without equals": "workflowId@w",
    "dashes": "workflowId=-w,runId=--r",
    "dollar": "workflowId=$HOME,runId=~",
    "file without at": "workflowId=file://x,runId=r",
}
for title, text in ONE.items():
    case(f"execution {title}", [*EXECUTION.split(), text])

case("at file", f"{EXECUTION} workflowId@=file://x,runId=r", files={"here/x": "from file\n"})
case(
    "at file in quotes",
    [*EXECUTION.split(), "workflowId@='file://x',runId=r"],
    files={"here/x": "from file"},
)
case("at plain", f"{EXECUTION} workflowId@=plain,runId=r")
case("at bytes file", f"{EXECUTION} workflowId@=fileb://x,runId=r", files={"here/x": "bytes"})
case("at missing file", f"{EXECUTION} workflowId@=file://x,runId=r")
case("at twice", f"{EXECUTION} workflowId@=a,workflowId=b")
case(
    "at in a hash",
    [
        *DECIDE.split(),
        "decisionType=RecordMarker,recordMarkerDecisionAttributes={markerName=m,details@=file://x}",
    ],
    files={"here/x": "details of a file"},
)
case("at in a list", f"{EXECUTION} workflowId@=[file://x,b],runId=r", files={"here/x": "a"})

MANY = {
    "one": ["decisionType=CompleteWorkflowExecution"],
    "two": ["decisionType=A", "decisionType=B"],
    "hash": [
        "decisionType=CompleteWorkflowExecution,completeWorkflowExecutionDecisionAttributes={result=done}"
    ],
    "hash of hashes": [
        "decisionType=ScheduleActivityTask,scheduleActivityTaskDecisionAttributes="
        "{activityType={name=n,version=v},activityId=1,taskList={name=t}}"
    ],
    "empty hash": ["decisionType=A,completeWorkflowExecutionDecisionAttributes={}"],
    "hash with blanks": [
        "decisionType=A,completeWorkflowExecutionDecisionAttributes={ result = a b }"
    ],
    "hash with trailing comma": [
        "decisionType=A,completeWorkflowExecutionDecisionAttributes={result=a,}"
    ],
    "hash with empty value": [
        "decisionType=A,completeWorkflowExecutionDecisionAttributes={result=}"
    ],
    "hash with empty value and more": [
        "decisionType=A,recordMarkerDecisionAttributes={details=,markerName=m}"
    ],
    "hash twice the key": [
        "decisionType=A,completeWorkflowExecutionDecisionAttributes={result=a,result=b}"
    ],
    "hash quoted": ["decisionType=A,completeWorkflowExecutionDecisionAttributes={result='{a,b}'}"],
    "hash and more": ["decisionType=A,completeWorkflowExecutionDecisionAttributes={result=a}}"],
    "lone for a list": [
        "decisionType=A,startChildWorkflowExecutionDecisionAttributes="
        "{workflowType={name=n,version=v},workflowId=w,tagList=a}"
    ],
    "list": [
        "decisionType=A,startChildWorkflowExecutionDecisionAttributes="
        "{workflowType={name=n,version=v},workflowId=w,tagList=[a,b c,'d,e']}"
    ],
    "list odd": [
        "decisionType=A,startChildWorkflowExecutionDecisionAttributes="
        "{workflowType={name=n,version=v},workflowId=w,tagList=[,a,]}"
    ],
    "list empty": [
        "decisionType=A,startChildWorkflowExecutionDecisionAttributes="
        "{workflowType={name=n,version=v},workflowId=w,tagList=[]}"
    ],
    "hash for a text": ["decisionType={a=b}"],
    "text for a hash": ["decisionType=A,completeWorkflowExecutionDecisionAttributes=done"],
    "list for a hash": ["decisionType=A,completeWorkflowExecutionDecisionAttributes=[result=done]"],
    "unknown in a hash": ["decisionType=A,completeWorkflowExecutionDecisionAttributes={bogus=1}"],
    "no equals": ["decisionType"],
    "second bad": ["decisionType=A", "bad"],
    "empty word": [""],
    "blank word": [" "],
    "empty key in a hash": ["decisionType=A,completeWorkflowExecutionDecisionAttributes={=x}"],
    "unclosed hash": ["decisionType=A,completeWorkflowExecutionDecisionAttributes={result=a"],
    "shorthand list": ["[decisionType=A]"],
    "none": [],
}
for title, words in MANY.items():
    case(
        f"decisions {title}",
        [*DECIDE.split(), *words],
        stderr=PYTHON if title == "empty word" else "compared byte for byte",
    )

for title, words in {
    "one": "key=k,value=v",
    "two": "key=a,value=1 key=b,value=2",
    "key only": "key=k",
    "value with colon": "key=a:b,value=c/d",
    "value list": "key=k,value=a,b",
    "joined": "key=a,value=1,key=b,value=2",
    "wrong case": "Key=a,Value=1",
}.items():
    case(f"tags {title}", f"{TAGS} {words}")
case("integer in a hash", f"{COUNT} oldestDate=5")
case(
    "retention",
    "register-domain --name n --workflow-execution-retention-period-in-days 7 --tags key=a,value=b key=c",
)
case("type", "describe-activity-type --domain d --activity-type name=n,version=1.0")
case("type with version only", "describe-activity-type --domain d --activity-type version=1.0")
case("type order", "describe-activity-type --domain d --activity-type version=1.0,name=n")
case("task list", "count-pending-activity-tasks --domain d --task-list name=tl")
case("task list plain", "count-pending-activity-tasks --domain d --task-list tl")
case(
    "task list json",
    ["count-pending-activity-tasks", "--domain", "d", "--task-list", '{"name": "tl"}'],
)
