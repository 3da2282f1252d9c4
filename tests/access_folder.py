"""An access folder for `everbeat serve --access`: who there is, and what they may do.

    folder = AccessFolder(path)
    alice = folder.user("alice", policies=[allow("swf:*")])
    build = folder.role_session("ci", policies=[allow("swf:ListDomains")])
    folder.disable(alice)

Each change writes the files anew, one by one and by renaming, so that a server
that watches the folder never reads half a file. Within `with folder.together():`
all changes are written at its end. Policies may be names of documents made with
`policy`, or documents, which get a name of their own.
"""

import contextlib
import datetime
import itertools
import json
import os
import pathlib
import typing

import harness

ONE_HOUR = datetime.timedelta(hours=1)


class Keys(typing.NamedTuple):
    """What a client signs with."""

    access_key_id: str
    secret: str
    token: str | None = None


def allow(actions, resources="*", **more):
    """A document that allows actions; `Condition=…` and the like go into the statement."""
    return document({"Effect": "Allow", "Action": actions, "Resource": resources, **more})


def deny(actions, resources="*", **more):
    """A document that denies actions."""
    return document({"Effect": "Deny", "Action": actions, "Resource": resources, **more})


def document(*statements):
    """A policy document of these statements."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


EVERYTHING = allow(["swf:*", "everbeat:*"])


class AccessFolder:
    """Users, groups, roles, keys and sessions, and the files that say so."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self._numbers = itertools.count(1)
        self._accounts = {}
        self._keys = {}
        self._sessions = {}
        self._policies = {}
        self._holding_back = False
        self._write()

    def policy(self, name, content):
        """Stores a document, or a file's text as it is, under a name; returns the name."""
        self._policies[name] = content
        self._write()
        return name

    def user(self, name, policies=(), groups=(), account=harness.ACCOUNT, **more):
        """Makes or replaces a user with one new key; `more` is tags, boundary or id."""
        keys = self._new_keys()
        self._member(account, "user", name, policies, groups=list(groups), **more)
        self._identity(account, "user", name)["keys"] = [keys.access_key_id]
        self._write()
        return keys

    def group(self, name, policies=(), account=harness.ACCOUNT):
        """Makes or replaces a group; returns its name."""
        self._member(account, "group", name, policies)
        self._write()
        return name

    def role(self, name, policies=(), account=harness.ACCOUNT, **more):
        """Makes or replaces a role; returns its name."""
        self._member(account, "role", name, policies, **more)
        self._write()
        return name

    def root(self, account=harness.ACCOUNT):
        """A new key of the account's root."""
        keys = self._new_keys()
        self._account(account).setdefault("root-keys", []).append(keys.access_key_id)
        self._write()
        return keys

    def another_key(self, name, account=harness.ACCOUNT):
        """One more key of a user."""
        keys = self._new_keys()
        self._identity(account, "user", name)["keys"].append(keys.access_key_id)
        self._write()
        return keys

    def role_session(self, role, session="session", policies=None, account=harness.ACCOUNT, **more):
        """A session of a role; the role is made or replaced when it gets policies here."""
        if policies is not None:
            self.role(role, policies, account)
        return self._session(f"arn:aws:iam::{account}:role/{role}", name=session, **more)

    def user_session(self, user, account=harness.ACCOUNT, **more):
        """A session of a user, with the user's own rights."""
        return self._session(f"arn:aws:iam::{account}:user/{user}", **more)

    def disable(self, keys):
        """Takes a key away from whoever has it, and its secret too."""
        key = keys.access_key_id
        self._keys.pop(key, None)
        self._sessions.pop(key, None)
        for account in self._accounts.values():
            for owner in [account, *account.get("user", {}).values()]:
                for member in ("keys", "root-keys"):
                    if key in owner.get(member, ()):
                        owner[member].remove(key)
        self._write()

    def remove_user(self, name, account=harness.ACCOUNT):
        """Takes a user away, with the keys."""
        for key in self._account(account)["user"].pop(name)["keys"]:
            self._keys.pop(key, None)
        self._write()

    @contextlib.contextmanager
    def together(self):
        """Writes the changes of a block all at once, at its end."""
        self._holding_back = True
        try:
            yield self
        finally:
            self._holding_back = False
        self._write()

    def replace(self, name, text, mode=0o644):
        """Puts a text in the place of a file, as it is, until the next change."""
        _replace(self.path / name, text, mode)

    def _session(self, principal, name=None, issued=None, expires=None, policies=()):
        keys = self._new_keys("ASIA", token="token/+=" + "t" * 64)
        issued = issued or datetime.datetime.now(datetime.UTC)
        session = {
            "secret": self._keys.pop(keys.access_key_id)["secret"],
            "token": keys.token,
            "principal": principal,
            "issued": _moment(issued),
            "expires": _moment(expires or issued + ONE_HOUR),
        }
        if name is not None:
            session["name"] = name
        if policies:
            session["policies"] = self._names(policies)
        self._sessions[keys.access_key_id] = session
        self._write()
        return keys

    def _new_keys(self, prefix="AKIA", token=None):
        number = next(self._numbers)
        key = f"{prefix}{number:016d}"
        secret = f"secret/{number}+" + "s" * 30
        self._keys[key] = {"secret": secret}
        return Keys(key, secret, token and f"{token}{number}")

    def _names(self, policies):
        return [self._name(each) for each in policies]

    def _name(self, policy):
        if isinstance(policy, str):
            return policy
        name = f"unnamed-{next(self._numbers)}"
        self._policies[name] = policy
        return name

    def _member(self, account, kind, name, policies, **more):
        kept = {member: value for member, value in more.items() if value not in (None, [])}
        if "boundary" in kept:
            kept["boundary"] = self._name(kept["boundary"])
        members = {"policies": self._names(policies), **kept}
        self._account(account).setdefault(kind, {})[name] = members

    def _account(self, account):
        return self._accounts.setdefault(account, {})

    def _identity(self, account, kind, name):
        return self._account(account)[kind][name]

    def _write(self):
        if self._holding_back:
            return
        # A name is stored before it is used: a reader in between sees the old rules.
        for name, content in self._policies.items():
            text = content if isinstance(content, str) else json.dumps(content, indent=2)
            _replace(self.path / "policies" / f"{name}.json", text)
        sections = {"key": self._keys, "session": self._sessions}
        _replace(self.path / "secrets.toml", _toml(sections), 0o600)
        _replace(self.path / "access.toml", "version = 1\n" + _toml({"account": self._accounts}))


def _moment(when):
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def _replace(path, text, mode=0o644):
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.read_text() == text and path.stat().st_mode & 0o777 == mode:
        return
    beside = path.with_name(path.name + ".new")
    with open(os.open(beside, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, mode), "w") as file:
        os.fchmod(file.fileno(), mode)
        file.write(text)
    beside.rename(path)


def _toml(table, path=()):
    """A table and the tables in it, each under a header; JSON's strings and lists are TOML's."""
    plain = {name: value for name, value in table.items() if not _is_section(name, value)}
    lines = [f"{_word(name)} = {_value(value)}\n" for name, value in plain.items()]
    header = "\n[" + ".".join(map(_word, path)) + "]\n" if path else ""
    text = header + "".join(lines) if lines else ""
    for name, value in table.items():
        if name not in plain:
            text += _toml(value, (*path, name))
    return text


def _is_section(name, value):
    return isinstance(value, dict) and name != "tags"


def _value(value):
    if isinstance(value, dict):
        return (
            "{ " + ", ".join(f"{_word(name)} = {_value(it)}" for name, it in value.items()) + " }"
        )
    return json.dumps(value, ensure_ascii=False)


def _word(name):
    plain = name.replace("-", "").replace("_", "")
    return name if plain.isascii() and plain.isalnum() else json.dumps(name, ensure_ascii=False)


def narrowed_session(folder, principal, policies, name=None):
    """A session of a principal's ARN with policies of its own, which can only take away; `name` is for roles."""
    return folder._session(principal, name=name, policies=policies)


def change_user(folder, name, account=harness.ACCOUNT, **members):
    """Gives a user other groups, policies or tags; the keys stay."""
    if "policies" in members:
        members["policies"] = folder._names(members["policies"])
    folder._identity(account, "user", name).update(members)
    folder._write()


def statement(effect, actions, resources="*", **more):
    """A statement, for documents that have several."""
    return {"Effect": effect, "Action": actions, "Resource": resources, **more}
