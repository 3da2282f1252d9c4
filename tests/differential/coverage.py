"""What the cases must cover: every option of the founding page, all operations."""

import collections

from . import cases
from .samples import COMMANDS

LEAST_CASES = 400
LEAST_FOR_OPTION = 3

PAGE_OPTIONS = (
    "--task-token --details --cli-input-json --cli-input-yaml --generate-cli-skeleton --debug "
    "--endpoint-url --no-verify-ssl --no-paginate --output --query --profile --region --version "
    "--color --no-sign-request --ca-bundle --cli-read-timeout --cli-connect-timeout "
    "--cli-binary-format --no-cli-pager --cli-auto-prompt --no-cli-auto-prompt"
).split()


def counts():
    """How many cases each option, and each operation, stands in."""
    options, operations = collections.Counter(), collections.Counter()
    for _, case in cases.chosen([]):
        words = {word.partition("=")[0] for word in case.words}
        options.update(word for word in words if word in PAGE_OPTIONS)
        operations.update(word for word in words if word in COMMANDS)
    return options, operations


def report(show):
    """Shows the counts, and returns the complaints."""
    options, operations = counts()
    show("\ncases with each option of the founding page:")
    for option in PAGE_OPTIONS:
        show(f"  {option:25} {options[option]:4}")
    total = len(cases.chosen([]))
    show(f"{len(operations)} operations, the least in {min(operations.values())} cases")
    complaints = [
        f"{option} stands in {options[option]} cases"
        for option in PAGE_OPTIONS
        if options[option] < LEAST_FOR_OPTION
    ]
    complaints += [f"no case for {command}" for command in COMMANDS if not operations[command]]
    if total < LEAST_CASES:
        complaints.append(f"{total} cases in all, {LEAST_CASES} are due")
    return complaints
