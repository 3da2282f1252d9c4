"""What all adapters share: the fault that a call raises."""

CALL_SECONDS = 70


class Fault(Exception):
    """The server refused a call: the fault's bare code and its text."""

    def __init__(self, code, message):
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class NoAnswer(Exception):
    """The client failed by itself: no fault of the service is involved."""
