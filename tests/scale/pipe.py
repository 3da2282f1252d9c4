"""Many requests at once over a plain socket, and where executions come from."""

import json
import socket


class Pipe:
    """A connection that sends many requests before it reads the replies."""

    def __init__(self, endpoint):
        host, port = endpoint.removeprefix("http://").rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.replies = self.socket.makefile("rb")

    def call(self, operation, bodies):
        """The replies to one operation with these bodies, in order."""
        return self.calls([(operation, body) for body in bodies])

    def calls(self, requests):
        """The replies to requests, each an operation and a body, in order."""
        self.send(requests)
        return [self.reply() for _ in requests]

    def send(self, requests):
        """Sends requests; as many replies must be read."""
        self.socket.sendall(b"".join(_request(*request) for request in requests))

    def reply(self):
        """The next reply; ends the program if it is a fault."""
        status, body = self.raw_reply()
        if status != b"200":
            raise SystemExit(f"refused: {body.decode()}")
        return json.loads(body) if body else {}

    def raw_reply(self):
        """Status and body of the next reply."""
        status = self.replies.readline().split()[1]
        length = 0
        while (line := self.replies.readline()) != b"\r\n":
            name, value = line.split(b":", 1)
            if name.lower() == b"content-length":
                length = int(value)
        return status, self.replies.read(length)


def _request(operation, body):
    body = json.dumps(body).encode()
    head = (
        "POST / HTTP/1.1\r\nHost: localhost\r\n"
        "Content-Type: application/x-amz-json-1.0\r\n"
        f"X-Amz-Target: SimpleWorkflowService.{operation}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


DEFAULTS = {
    "defaultTaskStartToCloseTimeout": "NONE",
    "defaultExecutionStartToCloseTimeout": "31536000",
    "defaultChildPolicy": "TERMINATE",
}


def register(pipe, domain, kinds, task_list, retention="1"):
    """Registers a domain with workflow types."""
    days = {"workflowExecutionRetentionPeriodInDays": retention}
    pipe.call("RegisterDomain", [{"name": domain, **days}])
    defaults = {"defaultTaskList": task_list, **DEFAULTS}
    pipe.call("RegisterWorkflowType", [{"domain": domain, **kind, **defaults} for kind in kinds])


def say(text):
    """Prints a line at once."""
    print(text, flush=True)
