"""Where Everbeat differs from the reference on purpose, or at the price of a crate.

By `subject/case`: the number of the difference in docs/command-line.md, why, and the parts that differ with our own text (None: not
compared). Each is checked both ways, see `compare.py`. Texts that come from
inside Python differ in words only; those cases say so themselves
(`OwnWords`) and do not stand here.
"""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Difference:
    """One known difference."""

    number: str
    reason: str
    ours: dict


BAD_TOKEN = Difference(
    "D22",
    "a token that cannot be right is refused before anything is asked",
    {"requests": []},
)
SURROGATE = Difference(
    "D15",
    "Python cannot write half a surrogate pair and stops in the middle; ours writes U+FFFD",
    {"exit": 0, "stdout": None, "stderr": ""},
)
YAML_KEY = Difference("D19", "a key that is no text becomes one; Python crashes on it later", {"exit": 252})
NO_PROMPT = Difference("D11", "the prompt is not drawn where there is no terminal", {"stdout": ""})

LIBRARY_WORDS = Difference(
    "D17", "the words of the library that fetches credentials", {"stderr": None}
)
UTF_8_ONLY = Difference(
    "D15", "files are read as UTF-8", {"exit": 0, "stdout": None, "stderr": "", "requests": None}
)
VERSION_2_ONLY = (
    "only version 2 of the instance metadata service is asked: version 1 gives keys to whoever can send a request"
)

KNOWN = {
    "documents/unicode yaml": Difference(
        "D19",
        "libyaml refuses the escapes of a surrogate pair",
        {"exit": 252, "stderr": None, "requests": []},
    ),
    "documents/yaml directive": Difference(
        "D19",
        "the rules of YAML 1.2 count, whatever version a directive names",
        {"exit": 0, "stderr": "", "requests": None},
    ),
    "documents/yaml key that is a list": YAML_KEY,
    "documents/yaml key that is a number": YAML_KEY,
    "errors/body cut": Difference(
        "D18",
        "the reference takes an answer that breaks off for an empty one; ours is an error",
        {"exit": 255, "stderr": None},
    ),
    "paging/start amount of text": BAD_TOKEN,
    "parser/auto-prompt without terminal": NO_PROMPT,
    "parser/auto-prompt without terminal from the environment": NO_PROMPT,
    "network/bad endpoint of a variable '//x'": Difference(
        "D22",
        "an endpoint that cannot be one is told as such",
        {"stderr": None},
    ),
    "settings/container with a missing token file": LIBRARY_WORDS,
    "settings/file encoding 'foo'": UTF_8_ONLY,
    "settings/file encoding ''": UTF_8_ONLY,
    "settings/instance metadata for the region": Difference(
        "D16",
        "a region is named by somebody, not guessed from the machine",
        {"exit": 253, "stdout": "", "stderr": None, "requests": []},
    ),
    "settings/instance metadata of version 1": Difference(
        "D16", VERSION_2_ONLY, {"exit": 253, "stdout": "", "stderr": None, "requests": None}
    ),
    "settings/instance metadata of version 1 disabled": Difference(
        "D16", VERSION_2_ONLY, {"exit": 253, "stderr": None}
    ),
    "requests/page size arabic": Difference(
        "D15",
        "Python reads digits of all scripts, ours those of ASCII",
        {"exit": 255, "stderr": None, "requests": []},
    ),
    "terminal/not executable": Difference(
        "D18",
        "the reference shows nothing and ends with 0 when its pager may not be run",
        {"exit": 253, "stderr": None},
    ),
    "values/json lone surrogate": Difference(
        "D15", "half a surrogate pair is no text; ours sends U+FFFD", {"requests": None}
    ),
} | {f"misc/surrogate {form}": SURROGATE for form in ("json", "text", "table", "yaml")}
