"""`everbeat access` on a folder of its own, and a server on what it made."""

import json
import shlex

import harness
from access_folder import Keys
from access_server import Guarded
from command_line import CommandLine


class Access:
    """The command, always on one folder."""

    def __init__(self, home):
        self.program = CommandLine(home)
        self.path = self.program.home / "identities"

    def run(self, *words):
        return self.program.run("access", *words, "--folder", str(self.path))

    def __call__(self, *words):
        """What it printed; it must go well."""
        return self.run(*words).printed()

    def json(self, *words):
        return json.loads(self(*words, "--json"))

    def keys(self, *words):
        """The keys that it printed, taken from the lines for a shell."""
        return keys_of(self(*words))

    def init(self):
        return self.keys("init", "--account", harness.ACCOUNT)

    def policy(self, name, *statements):
        text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, indent=2)
        (self.path / "policies" / f"{name}.json").write_text(text)

    def failed(self, status, *words):
        """Its one sentence on standard error."""
        done = self.run(*words)
        assert (done.status, done.stdout) == (status, ""), done
        assert done.stderr.startswith("everbeat access: "), done
        return done.stderr


def keys_of(printed):
    """Evaluated by a shell, they leave no token of a session behind that is not this key's."""
    lines = [shlex.split(line) for line in printed.splitlines() if not line.startswith("#")]
    exported = dict(line[1].split("=", 1) for line in lines if line[0] == "export")
    others = [line for line in lines if line[0] != "export"]
    known = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]
    assert list(exported) == known[: len(exported)]
    assert others == ([] if known[-1] in exported else [["unset", known[-1]]]), printed
    return Keys(*exported.values())


class Served(Guarded):
    """A server on the folder of `access`."""

    def __init__(self, access):
        harness.Server.__init__(
            self, None, ["--access", access.path, "--poll-hold-seconds", 1]
        )
        self.root_keys = access.admin
        self._clients = {}
