"""The two programs that are compared, and one run of a case with either.

A run happens in a new folder with its own home, and in an environment that
holds nothing but what `BASE` and the case say. Its outcome is what a recording
keeps: exit status, standard output and error, and the requests, with the marks
of `case.py` in the place of what varies.
"""

import contextlib
import dataclasses
import os
import pathlib
import re
import subprocess
import tempfile

from . import certificates
from .case import SAME
from .stub import ACCESS_KEY, SECRET_KEY, Stub

SECONDS = 40

BASE = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "HOME": "@TMP@/home",
    "LANG": "C.UTF-8",
    "TZ": "UTC",
    "AWS_ACCESS_KEY_ID": ACCESS_KEY,
    "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
    "AWS_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_ENDPOINT_URL_SWF": "@URL@",
}


class Reference:
    """The real AWS CLI version 2 at a path."""

    def __init__(self, path):
        self.path = os.path.abspath(path)

    def version(self):
        """The first line of `--version`, without what names the machine."""
        done = subprocess.run([self.path, "--version"], capture_output=True, text=True)
        return " ".join(done.stdout.split()[:2])

    def command(self, case, _folder):
        """The words to run."""
        before = [] if case.start in ("link", "whole") else ["swf"]
        return [self.path, *before, *case.words]


class Everbeat:
    """The binary under test."""

    def __init__(self, path):
        self.path = os.path.abspath(path)

    def command(self, case, folder):
        """The words to run; a link named `aws` is made where the case asks for it."""
        if case.start == "link":
            link = folder / "aws"
            link.symlink_to(self.path)
            return [str(link), *case.words]
        before = ["swf"] if case.start == "swf" else []
        return [self.path, *before, *case.words]


@dataclasses.dataclass
class Stage:
    """Everything set up for one run."""

    command: list
    folder: pathlib.Path
    environment: dict
    stub: Stub
    marks: dict

    def outcome(self, status, stdout, stderr):
        """What is compared, from the bytes that came out."""
        texts = (marked(text, self.marks) for text in (stdout, stderr))
        return outcome(status, *texts, self.stub.requests)


@contextlib.contextmanager
def stage(program, case):
    """A new folder, furnished, and a stub that listens."""
    with tempfile.TemporaryDirectory(prefix="differential-") as name, Stub(case) as stub:
        folder = pathlib.Path(name)
        url = f"http://127.0.0.1:{stub.port}"
        marks = {"@URL@": url, "@PORT@": str(stub.port), "@TMP@": name}
        _furnish(folder, case, marks)
        command = [_fill(word, marks) for word in program.command(case, folder)]
        yield Stage(command, folder, environment(case, marks), stub, marks)


def run(program, case):
    """Runs `case` once; its outcome as a dict of exit, stdout, stderr, requests."""
    with stage(program, case) as place:
        try:
            done = subprocess.run(
                place.command,
                cwd=place.folder / "here",
                env=place.environment,
                input=case.stdin.encode(),
                capture_output=True,
                timeout=SECONDS,
            )
        except subprocess.TimeoutExpired:
            return place.outcome("no end", b"", b"")
        return place.outcome(done.returncode, done.stdout, done.stderr)


def outcome(status, stdout, stderr, requests):
    """The four things that are compared."""
    return {"exit": status, "stdout": stdout, "stderr": stderr, "requests": list(requests)}


def environment(case, marks):
    """The whole environment of a run."""
    variables = BASE | dict(case.env)
    return {k: _fill(v, marks) for k, v in variables.items() if v is not None}


def marked(text, marks):
    """Output as text, with marks for what varies."""
    text = text.decode(errors="backslashreplace").replace(marks["@TMP@"], "@TMP@")
    return re.sub(rf"(?<=:){marks['@PORT@']}\b", "@PORT@", text)


def kept(case, result):
    """The outcome reduced to what of this case is compared."""
    result = dict(result)
    if case.stderr != SAME:
        result["stderr"] = case.stderr.cut(result["stderr"])
    if case.stdout == "comments":
        result["stdout"] = without_comments(result["stdout"])
    if case.stdout == "ignored":
        result["stdout"] = "…" if result["stdout"] else ""
    return result


COMMENT = re.compile(
    r"^(?P<left>[^#\n]*)# (?P<required>\[REQUIRED\] )?.*?(?P<valid> Valid values are: [A-Z_, ]*\.)?$",
    re.MULTILINE,
)


def without_comments(text):
    """A skeleton whose comments keep their place, `[REQUIRED]` and valid values."""

    def cut(found):
        return f"{found['left']}# {found['required'] or ''}…{found['valid'] or ''}"

    return COMMENT.sub(cut, text)


def _fill(text, marks):
    for mark, value in marks.items():
        text = text.replace(mark, value)
    return text


def _furnish(folder, case, marks):
    """Makes the home and the files of a case; a file set to None is a folder."""
    (folder / "home").mkdir()
    (folder / "here").mkdir()
    for name, content in dict(case.files).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            path.mkdir()
        elif isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_bytes(_fill(content, marks).encode())
        if isinstance(content, str) and content.startswith("#!"):
            path.chmod(0o755)
    if case.stub == "tls":
        certificates.furnish(folder)
