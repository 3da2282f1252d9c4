"""A case: one command line, the world it runs in, and what the stub answers.

A case never says what comes out. That is recorded from the reference (see
`recording.py`), or stands beside the case where the specification captured it
(`expected`). Cases are plain data, so that a recording can tell from a digest
whether it was made from the same case.

Places that differ from run to run are written as marks in words, environment
and files, and are put back into marks in everything that comes out:
`@PORT@` the stub's port, `@URL@` its address, `@TMP@` the case's own folder,
with `@TMP@/home` as home and `@TMP@/here` as working directory.
"""

import dataclasses
import hashlib
import json
import shlex

SAME = "compared byte for byte"


@dataclasses.dataclass(frozen=True)
class Answer:
    """What the stub does with one request.

    `act` is `answer`, `hang` (never answer), `close` (end the connection
    without a word) or `cut` (end it within the body).
    """

    status: int = 200
    body: str = ""
    headers: tuple = ()
    act: str = "answer"


@dataclasses.dataclass(frozen=True)
class OwnWords:
    """Standard error whose text is not the reference's, with the reason.

    What must still agree is the beginning, `prefix`; the rest is cut off on
    both sides.
    """

    reason: str
    prefix: str = "\naws: [ERROR]: "

    def cut(self, text):
        """`text` with everything behind the prefix cut off."""
        return self.prefix + "…" if text.startswith(self.prefix) else text


@dataclasses.dataclass(frozen=True)
class Case:
    """One run of the command line.

    `start` says how it is called: `swf` is `everbeat swf WORDS`, `bare` is
    `everbeat WORDS`, `whole` is `everbeat WORDS` where the words hold `swf`
    themselves, `link` the same through a symbolic link named `aws`. The
    reference gets `aws swf WORDS` or `aws WORDS`.

    `answers` are used up one by one; the last one is repeated. `routes` are
    answers by path, for the services that hand out credentials. A variable set
    to None is absent. `stub` is `open`, `refuse` or `tls`. Of standard output,
    `comments` compares a skeleton without the wording of its comments, and
    `ignored` only whether there is any.
    """

    name: str
    words: tuple
    answers: tuple = ()
    routes: tuple = ()
    env: tuple = ()
    files: tuple = ()
    stdin: str = ""
    start: str = "swf"
    stub: str = "open"
    stderr: object = SAME
    stdout: str = SAME
    expected: tuple = None

    def digest(self):
        """A short text that changes when the case changes."""
        plain = dataclasses.asdict(self)
        for not_input in ("name", "stderr", "stdout", "expected"):
            del plain[not_input]
        text = json.dumps(plain, sort_keys=True, default=repr)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def line(self):
        """The command line as a person would type it."""
        program = "aws" if self.start == "link" else "everbeat"
        before = ["swf"] if self.start == "swf" else []
        return shlex.join([program, *before, *self.words])


class Subject:
    """The cases of one file below cases/, in order and with unique names."""

    def __init__(self, name):
        self.name = name
        self.cases = {}

    def __call__(self, name, words, *answers, env=None, files=None, routes=None, **rest):
        """Adds a case.

        `words` is a list, or a text that is split as a shell would. An answer
        that is a dict or list of JSON becomes a 200 with that body, a text a
        200 with that text.
        """
        if name in self.cases:
            raise ValueError(f"{self.name}: a second case named {name!r}")
        self.cases[name] = Case(
            name=name,
            words=tuple(shlex.split(words) if isinstance(words, str) else words),
            answers=tuple(_answer(a) for a in answers or ({},)),
            routes=tuple((path, _answer(a)) for path, a in (routes or {}).items()),
            env=tuple((env or {}).items()),
            files=tuple((files or {}).items()),
            **rest,
        )


def _answer(given):
    if isinstance(given, Answer):
        return given
    body = given if isinstance(given, str) else json.dumps(given)
    return Answer(body=body)


def fault(code, message, status=400, headers=()):
    """The answer of a service that refuses."""
    body = json.dumps({"__type": code, "message": message})
    return Answer(status=status, body=body, headers=headers)


HANG = Answer(act="hang")
CLOSE = Answer(act="close")
CUT = Answer(act="cut", body='{"cancelRequested": true}')
