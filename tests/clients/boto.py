"""boto3, in this process."""

import datetime
import re

import boto3
import botocore.config
import botocore.exceptions

import harness

from .adapter import CALL_SECONDS, Fault


class Boto3:
    """The Python SDK; also the tool of all tests that need no other client.

    `region` and `account` choose another world on the same server: an access
    key id of twelve digits names the account. With `keys` requests are signed by
    them. `verify` is the file of certificates that the server's must come from.
    """

    def __init__(self, endpoint, region=harness.REGION, account=None, keys=None, verify=None):
        key = account or harness.CREDENTIALS["AWS_ACCESS_KEY_ID"]
        self.client = boto3.session.Session().client(
            "swf",
            endpoint_url=endpoint,
            region_name=region,
            aws_access_key_id=keys.access_key_id if keys else key,
            aws_secret_access_key=keys.secret if keys else harness.CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=keys.token if keys else None,
            verify=verify and str(verify),
            config=botocore.config.Config(
                read_timeout=CALL_SECONDS,
                retries={"total_max_attempts": 1},
                max_pool_connections=50,
            ),
        )

    def call(self, operation, **params):
        """Calls the operation and returns its output members."""
        method = getattr(self.client, _method(operation))
        try:
            output = method(**params)
        except botocore.exceptions.ClientError as error:
            fault = error.response["Error"]
            raise Fault(fault["Code"], fault["Message"]) from None
        output.pop("ResponseMetadata")
        return _with_seconds(output)

    def close(self):
        """Closes the connections."""
        self.client.close()


def _method(operation):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()


def _with_seconds(value):
    if isinstance(value, datetime.datetime):
        return value.timestamp()
    if isinstance(value, list):
        return [_with_seconds(element) for element in value]
    if isinstance(value, dict):
        return {name: _with_seconds(member) for name, member in value.items()}
    return value
