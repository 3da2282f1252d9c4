"""What may be asked, and with which condition keys: written down by hand.

From protocol.md, 7.4 and 7.5; where operations.json is at hand, a test compares.
"""

DOMAIN = "arn:aws:swf:us-east-1:123456789012:/domain/orders"

_FILTERS = ["swf:tagFilter.tag", "swf:typeFilter.name", "swf:typeFilter.version"]
_TASK_LIST = ["swf:taskList.name"]
_ACTIVITY_TYPE = ["swf:activityType.name", "swf:activityType.version"]
_WORKFLOW_TYPE = ["swf:workflowType.name", "swf:workflowType.version"]
_REGISTERED = ["swf:name", "swf:version", "swf:defaultTaskList.name"]
_TAG_LIST = [f"swf:tagList.member.{index}" for index in range(5)]
_TAG_LIST_SHORT = [f"swf:tagList.{index}" for index in range(5)]

OPERATIONS = {
    "CountClosedWorkflowExecutions": _FILTERS,
    "CountOpenWorkflowExecutions": _FILTERS,
    "CountPendingActivityTasks": _TASK_LIST,
    "CountPendingDecisionTasks": _TASK_LIST,
    "DeleteActivityType": _ACTIVITY_TYPE,
    "DeleteWorkflowType": _WORKFLOW_TYPE,
    "DeprecateActivityType": _ACTIVITY_TYPE,
    "DeprecateDomain": [],
    "DeprecateWorkflowType": _WORKFLOW_TYPE,
    "DescribeActivityType": _ACTIVITY_TYPE,
    "DescribeDomain": [],
    "DescribeWorkflowExecution": [],
    "DescribeWorkflowType": _WORKFLOW_TYPE,
    "GetWorkflowExecutionHistory": [],
    "ListActivityTypes": [],
    "ListClosedWorkflowExecutions": _FILTERS,
    "ListDomains": [],
    "ListOpenWorkflowExecutions": _FILTERS,
    "ListTagsForResource": [],
    "ListWorkflowTypes": [],
    "PollForActivityTask": _TASK_LIST,
    "PollForDecisionTask": _TASK_LIST,
    "RecordActivityTaskHeartbeat": [],
    "RegisterActivityType": _REGISTERED,
    "RegisterDomain": ["aws:RequestTag/${TagKey}", "aws:TagKeys"],
    "RegisterWorkflowType": _REGISTERED,
    "RequestCancelWorkflowExecution": [],
    "RespondActivityTaskCanceled": [],
    "RespondActivityTaskCompleted": _ACTIVITY_TYPE + _WORKFLOW_TYPE + _TASK_LIST + _TAG_LIST,
    "RespondActivityTaskFailed": [],
    "RespondDecisionTaskCompleted": [],
    "SignalWorkflowExecution": [],
    "StartWorkflowExecution": _WORKFLOW_TYPE + _TASK_LIST + _TAG_LIST,
    "TagResource": ["aws:RequestTag/${TagKey}", "aws:TagKeys"],
    "TerminateWorkflowExecution": [],
    "UndeprecateActivityType": _ACTIVITY_TYPE,
    "UndeprecateDomain": [],
    "UndeprecateWorkflowType": _WORKFLOW_TYPE,
    "UntagResource": ["aws:TagKeys"],
}

DECISIONS = {
    "CancelTimer": [],
    "CancelWorkflowExecution": [],
    "CompleteWorkflowExecution": [],
    "ContinueAsNewWorkflowExecution": (
        _TASK_LIST + _TAG_LIST + ["swf:workflowType.version", "swf:workflowTypeVersion"]
    ),
    "FailWorkflowExecution": [],
    "RecordMarker": [],
    "RequestCancelActivityTask": [],
    "RequestCancelExternalWorkflowExecution": [],
    "ScheduleActivityTask": _ACTIVITY_TYPE + _TASK_LIST,
    "SignalExternalWorkflowExecution": [],
    "StartChildWorkflowExecution": _WORKFLOW_TYPE + _TASK_LIST + _TAG_LIST + _TAG_LIST_SHORT,
    "StartTimer": [],
}

GLOBAL_KEYS = [
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:SourceIp",
    "aws:SecureTransport",
    "aws:UserAgent",
    "aws:username",
    "aws:userid",
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:PrincipalType",
    "aws:PrincipalTag/${TagKey}",
    "aws:RequestedRegion",
    "aws:ResourceTag/${TagKey}",
    "aws:RequestTag/${TagKey}",
    "aws:TagKeys",
    "aws:TokenIssueTime",
]

# Folded; decisions do not have them.
CONNECTION_KEYS = ["aws:sourceip", "aws:useragent", "aws:securetransport"]

PASSED_TO_SERVICE = "iam:PassedToService"

SWF_ACTIONS = [f"swf:{name}" for name in [*OPERATIONS, *DECISIONS]]
ACTIONS = [*SWF_ACTIONS, "iam:PassRole", "everbeat:MoveClock"]


def known_key(key):
    """Whether a condition key exists, in any case; tag keys have a name of their own."""
    key = key.lower()
    exact, families = _keys()
    return key in exact or any(key.startswith(f) and key != f for f in families)


def can_have(action, key):
    """Whether a request for an action can have a key, as far as the tables above say: any key of a foreign action."""
    action, key = action.lower(), key.lower()
    decisions = {f"swf:{name}".lower() for name in DECISIONS}
    tables = {f"swf:{name}".lower(): keys for name, keys in (OPERATIONS | DECISIONS).items()}
    if action in decisions and key in CONNECTION_KEYS:
        return False
    if action not in tables or not key.startswith(("swf:", "aws:tagkeys", "aws:requesttag/")):
        return True
    own = [known.lower().removesuffix("${tagkey}") for known in tables[action]]
    return any(key == known or (known.endswith("/") and key.startswith(known)) for known in own)


def _keys():
    every = [*GLOBAL_KEYS, PASSED_TO_SERVICE]
    every += [key for keys in [*OPERATIONS.values(), *DECISIONS.values()] for key in keys]
    family = "${tagkey}"
    lower = {key.lower() for key in every}
    return (
        {key for key in lower if not key.endswith(family)},
        {key.removesuffix(family) for key in lower if key.endswith(family)},
    )
