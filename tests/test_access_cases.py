"""Who may do what: the cases of access_cases/, by their evaluator and by everbeat.

The third part asks the program itself: `everbeat access simulate` and
`everbeat access check` on folders made of the cases.
"""

import json
import pathlib

import pytest

from access_cases import build, documents, names
from command_line import CommandLine

FACTS = pathlib.Path(build.FOLDER).parents[2] / "shared" / "spec" / "operations.json"
LARGEST_RANDOM = 1_500_000
ACCOUNT = "123456789012"
SHOWN = 20

# A simulation may know these by itself, so that they are never absent there.
KNOWN_BY_ITSELF = [
    "aws:currenttime",
    "aws:epochtime",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principaltype",
    "aws:requestedregion",
    "aws:userid",
    "aws:username",
    "iam:passedtoservice",
]


@pytest.fixture(scope="module")
def cases():
    """All cases that a person wrote."""
    return build.load(build.BY_HAND)


@pytest.fixture(scope="module")
def pairs(cases):
    """Those with a request."""
    return [case for case in cases if "refused" not in case]


def test_the_evaluator_agrees_with_every_case(cases):
    found = {case["name"]: why for case in cases if (why := build.disagreement(case))}
    assert found == {}


def test_the_file_is_what_the_tables_say():
    assert build.BY_HAND.read_text(encoding="utf-8") == build.text(build.cases())


def test_names_are_unique(cases):
    assert build.repeated([case["name"] for case in cases]) == []


def test_the_evaluator_agrees_with_the_cases_by_chance():
    by_chance = build.load(build.BY_CHANCE)
    found = {case["name"]: why for case in by_chance if (why := build.disagreement(case))}
    assert found == {}
    allowed = sum(case["allowed"] for case in by_chance)
    assert len(by_chance) >= 1_000
    assert 0.25 < allowed / len(by_chance) < 0.75
    assert build.BY_CHANCE.stat().st_size <= LARGEST_RANDOM


def test_there_are_enough_cases(cases, pairs):
    assert len(pairs) >= 300
    assert len(cases) - len(pairs) >= 60
    assert sum(case["allowed"] for case in pairs) >= 100
    assert sum(not case["allowed"] for case in pairs) >= 100


def test_every_operator_is_seen_in_every_form(pairs):
    seen = {form for case in pairs for form in _forms(case)}
    wanted = set()
    for operator in set(documents.OPERATORS) - {"Null"}:
        # The value that is present decides: a matching and another one.
        wanted |= {
            (operator, "one", True),
            (operator, "one", False),
            (operator, "absent", "Not" in operator),
            (f"{operator}IfExists", "one", True),
            (f"{operator}IfExists", "one", False),
            (f"{operator}IfExists", "absent", True),
            (f"ForAllValues:{operator}", "absent", True),
            (f"ForAllValues:{operator}", "empty", True),
            (f"ForAllValues:{operator}", "many", True),
            (f"ForAllValues:{operator}", "many", False),
            (f"ForAnyValue:{operator}", "absent", False),
            (f"ForAnyValue:{operator}", "empty", False),
            (f"ForAnyValue:{operator}", "many", True),
            (f"ForAnyValue:{operator}", "many", False),
        }
    wanted |= {("Null", there, allowed) for there in ("one", "absent") for allowed in (True, False)}
    assert len(documents.OPERATORS) == 27
    assert wanted - seen == set()


def _forms(case):
    """The operator, what the request has, and the verdict, if one condition decides."""
    statement = _only_statement(case)
    condition = (statement or {}).get("Condition", {})
    if len(condition) != 1 or statement["Effect"] != "Allow":
        return
    ((operator, block),) = condition.items()
    if len(block) == 1:
        value = case["context"].get(next(iter(block)))
        kinds = {0: "empty", 1: "one"}
        there = "absent" if value is None else "one"
        if isinstance(value, list):
            there = kinds.get(len(value), "many")
        yield operator, there, case["allowed"]


def _only_statement(case):
    if len(case["policies"]) != 1 or case["boundary"] or case["session"]:
        return None
    statement = case["policies"][0]["Statement"]
    statements = statement if isinstance(statement, list) else [statement]
    return statements[0] if len(statements) == 1 else None


def test_every_key_of_every_action_is_seen(pairs):
    seen = {form for case in pairs for form in _keys(case)}
    wanted = set()
    for action, keys in (names.OPERATIONS | names.DECISIONS).items():
        for key in keys:
            key = key.replace("${TagKey}", "team")
            for present, allowed in [(True, True), (True, False), (False, False)]:
                wanted.add((f"swf:{action}", key, present, allowed))
    assert len(wanted) == 3 * 85
    assert wanted - seen == set()


def test_every_global_key_is_seen(pairs):
    seen = {form[1:] for case in pairs for form in _keys(case)}
    tags = {"Principal": "team", "Resource": "stage", "Request": "stage"}
    for key in [*names.GLOBAL_KEYS, names.PASSED_TO_SERVICE]:
        for kind, tag in tags.items():
            key = key.replace(f"{kind}Tag/${{TagKey}}", f"{kind}Tag/{tag}")
        assert {(key, True, True), (key, True, False), (key, False, False)} <= seen, key


def _keys(case):
    """The action, each key of its conditions, whether it is present, and the verdict."""
    for document in case["policies"]:
        statement = document["Statement"]
        for one in statement if isinstance(statement, list) else [statement]:
            for block in one.get("Condition", {}).values():
                for key in block:
                    yield case["action"], key, key in case["context"], case["allowed"]


def test_every_action_is_allowed_and_denied(pairs):
    for action in names.ACTIONS:
        assert {case["allowed"] for case in pairs if case["action"] == action} == {True, False}


def test_the_names_are_those_of_the_facts():
    if not FACTS.exists():
        pytest.skip(
            f"NOT CHECKED: ACTIONS AND KEYS AGAINST THE FACTS: no {FACTS.name} in "
            "shared/spec beside the repository"
        )
    facts = json.loads(FACTS.read_text(encoding="utf-8"))
    for section, known in [("operations", names.OPERATIONS), ("decisions", names.DECISIONS)]:
        permissions = {
            name: set(fact["iam"]["keys"]) for name, fact in facts[section].items() if fact["iam"]
        }
        assert permissions == {name: set(keys) for name, keys in known.items()}
    assert set(facts["globalConditionKeys"]) <= set(names.GLOBAL_KEYS)


@pytest.fixture
def everbeat(tmp_path):
    """The program, with a home of its own."""
    return CommandLine(tmp_path / "home")


def test_everbeat_agrees_with_every_case(everbeat, tmp_path, pairs):
    asked = [case for case in pairs if _can_be_simulated(case)]
    assert len(asked) >= 1_000
    found = {}
    for number, case in enumerate(asked):
        folder = _folder(tmp_path / str(number), case)
        done = everbeat.run("access", "simulate", "--folder", str(folder), *_question(case))
        if _verdict(done) is not case["allowed"]:
            found[case["name"]] = done
    assert _few(found) == {}, len(found)


def test_everbeat_refuses_what_must_be_refused(everbeat, tmp_path, cases):
    refused = [case for case in cases if case.get("refused")]
    found = {}
    for number, case in enumerate(refused):
        texts = [case["text"]] if "text" in case else [json.dumps(case["policies"][0])]
        folder = _write(tmp_path / str(number), texts, None)
        done = everbeat.run("access", "check", "--folder", str(folder))
        if done.status != 1 or "policy-0" not in done.stdout + done.stderr:
            found[case["name"]] = done
    assert _few(found) == {}, len(found)


def _few(found):
    return dict(list(found.items())[:SHOWN])


def _can_be_simulated(case):
    """Whether the command line can say it: users have no session policies, lists are not empty."""
    if case["session"] or any(value == [] for value in case["context"].values()):
        return False
    # The first = of an option parts key and value.
    if any("=" in key for key in case["context"]):
        return False
    # What a request for the action never has is left out there.
    if not all(names.can_have(case["action"], key) for key in case["context"]):
        return False
    said = json.dumps([case["policies"], case["boundary"]]).lower()
    present = {key.lower() for key in case["context"]}
    return not any(key in said and key not in present for key in KNOWN_BY_ITSELF)


def _question(case):
    words = ["--user", "tester", "--action", case["action"], "--resource", case["resource"]]
    for key, value in case["context"].items():
        for one in value if isinstance(value, list) else [value]:
            words += ["--context", f"{key}={one}"]
    return [*words, "--json"]


def _verdict(done):
    try:
        return json.loads(done.stdout)["allowed"]
    except (ValueError, KeyError, TypeError):
        return None


def _folder(folder, case):
    boundary = None if case["boundary"] is None else json.dumps(case["boundary"])
    return _write(folder, [json.dumps(policy) for policy in case["policies"]], boundary)


def _write(folder, policies, boundary):
    """An access folder with one user, who has these policies and this boundary (JSON texts)."""
    (folder / "policies").mkdir(parents=True)
    user = [f"[account.{ACCOUNT}.user.tester]"]
    for number, text in enumerate(policies):
        _policy(folder, f"policy-{number}", text)
    user.append(f"policies = {json.dumps([f'policy-{n}' for n in range(len(policies))])}")
    if boundary is not None:
        _policy(folder, "limits", boundary)
        user.append('boundary = "limits"')
    text = "\n".join(["version = 1", "", *user, ""])
    (folder / "access.toml").write_text(text, encoding="utf-8")
    return folder


def _policy(folder, name, text):
    (folder / "policies" / f"{name}.json").write_text(text, encoding="utf-8")
