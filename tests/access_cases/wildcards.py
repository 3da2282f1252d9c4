"""Actions, resources and their wildcards; NotAction and NotResource."""

from .names import DOMAIN
from .shape import OLD, allow, case, deny, document

START = "swf:StartWorkflowExecution"
ALL_DOMAINS = "arn:aws:swf:us-east-1:123456789012:/domain/*"
BASE = "arn:aws:swf:us-east-1:123456789012:/domain/"

# What a policy says, what is asked, whether they fit.
ACTIONS = [
    ("*", START, True),
    ("swf:*", START, True),
    ("SWF:STARTWORKFLOWEXECUTION", START, True),
    ("swf:startworkflowexecution", START, True),
    ("swf:start*", START, True),
    ("swf:*WorkflowExecution", START, True),
    ("swf:*workflow*", START, True),
    ("swf:Start?orkflowExecution", START, True),
    ("swf:StartWorkflowExecution*", START, True),
    ("swf:StartTime?", START, False),
    ("swf:*Tasks", START, False),
    ("swf:*Task", START, False),
    ("swf:*Executions", START, False),
    ("swf:Start**Execution", START, True),
    ("swf:S?*n", START, True),
    ("swf:??????????", "swf:ListDomains", False),
    ("swf:???????????", "swf:ListDomains", True),
    ("swf:List*", "swf:ListDomains", True),
    ("swf:Count*Tasks", "swf:CountPendingDecisionTasks", True),
    ("swf:*ActivityTask*", "swf:RecordActivityTaskHeartbeat", True),
    ("swf:RecordActivityTaskHeartbeat", "swf:RecordMarker", False),
    ("swf:Record*", "swf:RecordMarker", True),
    (["swf:StartTimer", "swf:CancelTimer"], "swf:CancelTimer", True),
    (["swf:StartTimer", "swf:CancelTimer"], "swf:RecordMarker", False),
    (["swf:StartTimer"], "swf:StartTimer", True),
    ("swf:*Timer", "swf:StartTimer", True),
    ("swf:*TIMER", "swf:CancelTimer", True),
    ("swf:DescribeWorkflow????", "swf:DescribeWorkflowType", True),
    ("swf:DescribeWorkflow????", "swf:DescribeWorkflowExecution", False),
]

RESOURCES = [
    ("everything", "*", DOMAIN, True),
    ("the domain", DOMAIN, DOMAIN, True),
    ("another domain", BASE + "invoices", DOMAIN, False),
    ("a domain in other case", BASE + "Orders", DOMAIN, False),
    ("the scheme in other case", DOMAIN.replace("arn:", "ARN:"), DOMAIN, False),
    ("a beginning", BASE + "ord*", DOMAIN, True),
    ("an end", BASE + "*ers", DOMAIN, True),
    ("a middle", BASE + "*de*", DOMAIN, True),
    ("the text with a star for nothing", BASE + "orders*", DOMAIN, True),
    ("one character", BASE + "order?", DOMAIN, True),
    ("one character for none", BASE + "orders?", DOMAIN, False),
    ("as many characters as there are", BASE + "??????", DOMAIN, True),
    ("fewer characters than there are", BASE + "?????", DOMAIN, False),
    ("a beginning without a star", BASE + "order", DOMAIN, False),
    ("no name", BASE, DOMAIN, False),
    ("any region", "arn:aws:swf:*:123456789012:/domain/orders", DOMAIN, True),
    ("some regions", "arn:aws:swf:us-*:123456789012:/domain/orders", DOMAIN, True),
    ("other regions", "arn:aws:swf:eu-*:123456789012:/domain/orders", DOMAIN, False),
    ("no region, as the reference writes it", "arn:aws:swf::123456789012:/domain/orders", DOMAIN,
     False),
    ("no region, no slash", "arn:aws:swf::123456789012:domain/*", DOMAIN, False),
    ("no slash", "arn:aws:swf:us-east-1:123456789012:domain/orders", DOMAIN, False),
    ("no slash but a star", "arn:aws:swf:us-east-1:123456789012:*domain/orders", DOMAIN, True),
    ("two slashes", "arn:aws:swf:us-east-1:123456789012://domain/orders", DOMAIN, False),
    ("any account", "arn:aws:swf:us-east-1:*:/domain/orders", DOMAIN, True),
    ("another account", "arn:aws:swf:us-east-1:210987654321:/domain/orders", DOMAIN, False),
    ("no account", "arn:aws:swf:us-east-1::/domain/orders", DOMAIN, False),
    ("an account of twelve characters", "arn:aws:swf:us-east-1:????????????:/domain/orders",
     DOMAIN, True),
    ("any partition", "arn:*:swf:us-east-1:123456789012:/domain/orders", DOMAIN, True),
    ("another partition", "arn:aws-cn:swf:us-east-1:123456789012:/domain/orders", DOMAIN, False),
    ("another service", "arn:aws:sqs:us-east-1:123456789012:/domain/orders", DOMAIN, False),
    ("stars in all fields", "arn:*:*:*:*:*", DOMAIN, True),
    ("a star over a border", "arn:aws:swf:*:/domain/orders", DOMAIN, False),
    ("a star over two borders", "arn:aws:*:/domain/orders", DOMAIN, False),
    ("a question mark for a border", "arn:aws?swf:us-east-1:123456789012:/domain/orders", DOMAIN,
     False),
    ("a star within a field, over its border", "arn:aws:swf:us*9012:/domain/orders", DOMAIN, False),
    ("two fields", "arn:aws", DOMAIN, True),
    ("three fields", "arn:aws:swf", DOMAIN, True),
    ("three fields of another service", "arn:aws:sqs", DOMAIN, False),
    ("four fields", "arn:aws:swf:us-east-1", DOMAIN, True),
    ("four fields, the last a star", "arn:aws:swf:*", DOMAIN, True),
    ("four fields of another region", "arn:aws:swf:eu-west-1", DOMAIN, False),
    ("five fields", "arn:aws:swf:us-east-1:123456789012", DOMAIN, True),
    ("five fields of another account", "arn:aws:swf:us-east-1:210987654321", DOMAIN, False),
    ("five fields and an empty sixth", "arn:aws:swf:us-east-1:123456789012:", DOMAIN, False),
    ("colons in the sixth field", BASE + "a:b:c", BASE + "a:b:c", True),
    ("other colons in the sixth field", BASE + "a:b:c", BASE + "a:bc", False),
    ("a star over colons in the sixth field", BASE + "a*c", BASE + "a:b:c", True),
    ("a question mark for a colon in the sixth field", BASE + "a?b", BASE + "a:b", True),
    ("a star over slashes in the sixth field", BASE + "a*c", BASE + "a/b/c", True),
    ("a star over line breaks", BASE + "a*c", BASE + "a\nc", True),
    ("a character beyond the basic plane", BASE + "?", BASE + "🙂", True),
    ("a letter with an accent", BASE + "caf?", BASE + "café", True),
    ("the same letter in other case", BASE + "CAFÉ", BASE + "café", False),
    ("signs that mean something in regular expressions", BASE + "a.b+(c)", BASE + "a.b+(c)", True),
    ("a point that is only a point", BASE + "a.b", BASE + "axb", False),
    ("brackets that are only brackets", BASE + "[ab]", BASE + "a", False),
    ("all domains by their name", ALL_DOMAINS, ALL_DOMAINS, True),
    ("all domains by a pattern of one", DOMAIN, ALL_DOMAINS, False),
    ("all domains by some of them", BASE + "o*", ALL_DOMAINS, False),
    ("all domains by one character", BASE + "?", ALL_DOMAINS, True),
    ("all domains by a star as text", BASE + "${*}", ALL_DOMAINS, True),
    ("one domain by a star as text", BASE + "${*}", DOMAIN, False),
    ("one of several", [BASE + "invoices", DOMAIN], DOMAIN, True),
    ("none of several", [BASE + "invoices", BASE + "returns"], DOMAIN, False),
    ("everything, among others", [BASE + "invoices", "*"], DOMAIN, True),
    ("many stars", BASE + "*o*r*d*e*r*s*", DOMAIN, True),
    ("many stars, and one letter too many", BASE + "*o*r*d*e*r*s*s*", DOMAIN, False),
]


def _pairs():
    for wanted, action, fits in ACTIONS:
        yield case(f"Action {wanted} and {action}", fits, document(allow(wanted)), action)
        inverse = document(allow(None, NotAction=wanted))
        yield case(f"NotAction {wanted} and {action}", not fits, inverse, action)
    for name, wanted, resource, fits in RESOURCES:
        policy = document(allow(resource=wanted))
        yield case(f"Resource: {name}", fits, policy, resource=resource)
        inverse = document(allow(resource=None, NotResource=wanted))
        yield case(f"NotResource: {name}", not fits, inverse, resource=resource)


MORE = [
    case("NotAction and NotResource together", True,
         document(allow(None, None, NotAction="swf:List*", NotResource=BASE + "invoices"))),
    case("NotAction fits, NotResource does not", False,
         document(allow(None, None, NotAction="swf:List*", NotResource=DOMAIN))),
    case("Resource * covers what is no ARN", True, [allow("*")], "everbeat:MoveClock", "*"),
    case("A pattern of ARNs does not cover what is no ARN", False, [allow("*", "arn:*:*:*:*:*")],
         "everbeat:MoveClock", "*"),
    case("NotAction covers another service", True,
         document(allow(None, NotAction="swf:*")), "iam:PassRole",
         "arn:aws:iam::123456789012:role/a"),
    case("Deny with NotAction refuses the rest", False,
         [allow(), deny(None, NotAction="swf:List*")]),
    case("Deny with NotAction spares what it names", True,
         [allow(), deny(None, NotAction="swf:Describe*")]),
    case("Deny with NotResource refuses other domains", False,
         [allow(), deny(resource=None, NotResource=BASE + "invoices")]),
    case("Deny with NotResource spares what it names", True,
         [allow(), deny(resource=None, NotResource=BASE + "o*")]),
    case("Deny with NotResource of everything refuses nothing", True,
         [allow(), deny(resource=None, NotResource="*")]),
    case("The older version has wildcards too", True,
         document(allow("swf:desc*", BASE + "o?ders"), version=OLD)),
    case("A document without a version has wildcards too", True,
         document(allow("swf:desc*", BASE + "o?ders"), version=None)),
    case("Both action and resource must fit: action only", False,
         [allow("swf:DescribeDomain", BASE + "invoices")]),
    case("Both action and resource must fit: resource only", False, [allow("swf:List*", DOMAIN)]),
]

CASES = [*_pairs(), *MORE]
