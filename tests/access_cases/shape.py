"""Short words for writing down cases."""

from . import names

NEW = "2012-10-17"
OLD = "2008-10-17"


def document(*statements, version=NEW):
    """A policy document; `version` None leaves the element out."""
    head = {} if version is None else {"Version": version}
    return head | {"Statement": list(statements)}


def allow(action="swf:*", resource="*", condition=None, **elements):
    """An Allow; further elements by name, `Action=None` takes one away."""
    return _statement("Allow", action, resource, condition, elements)


def deny(action="swf:*", resource="*", condition=None, **elements):
    """A Deny, made like an Allow."""
    return _statement("Deny", action, resource, condition, elements)


def _statement(effect, action, resource, condition, elements):
    statement = {"Effect": effect, "Action": action, "Resource": resource}
    if condition is not None:
        statement["Condition"] = condition
    statement |= elements
    return {name: value for name, value in statement.items() if value is not None}


def case(name, allowed, policies, action="swf:DescribeDomain", resource=names.DOMAIN, context=None,
         boundary=None, session=()):
    """One case; `policies` are documents, or statements that make one document."""
    if isinstance(policies, dict):
        policies = [policies]
    if policies and all("Effect" in policy for policy in policies):
        policies = [document(*policies)]
    return {
        "name": name,
        "policies": list(policies),
        "boundary": boundary,
        "session": list(session),
        "action": action,
        "resource": resource,
        "context": context or {},
        "allowed": allowed,
    }


def where(operator, key, wanted, effect="Allow"):
    """A document of one statement about everything under one condition."""
    statement = allow(condition={operator: {key: wanted}}) | {"Effect": effect}
    return document(statement)
