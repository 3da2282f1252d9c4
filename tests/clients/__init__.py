"""Adapters: clients that others wrote, behind one small interface.

Each adapter has `call(operation, **params)`, which answers the operation's
output as a dict in the members of the wire format or raises `Fault`, and
`close()`. Timestamps are seconds since the epoch, as floats.
"""

from .adapter import Fault
from .aws_cli import AwsCli
from .boto import Boto3
from .json_lines import JavaScript, Rust

ADAPTERS = {
    "boto3": Boto3,
    "aws-cli": AwsCli,
    "javascript": JavaScript,
    "rust": Rust,
}

__all__ = ["ADAPTERS", "AwsCli", "Boto3", "Fault", "JavaScript", "Rust"]
