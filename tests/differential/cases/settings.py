"""Profiles, regions, endpoints and credentials: where settings come from, what is wrong with them."""

import json

from ..case import Answer, OwnWords, Subject

case = Subject("settings")

HEARTBEAT = "record-activity-task-heartbeat --task-token T"
GOOD = {"cancelRequested": True}
CONFIG, CREDENTIALS = "home/.aws/config", "home/.aws/credentials"
NO_KEYS = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}
NO_REGION = {"AWS_REGION": None}
NO_ENDPOINT = {"AWS_ENDPOINT_URL_SWF": None}
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
KEYS = f"aws_access_key_id = AKIDFILE\naws_secret_access_key = {SECRET}\n"
PROFILES = {
    CONFIG: "[default]\nregion = eu-west-1\noutput = text\n\n[profile p]\nregion = eu-central-1\noutput = yaml\n[q]\nregion = us-west-1\n"
    f"[profile keys]\n{KEYS}region = ap-south-1\n[profile 'quoted name']\nregion = sa-east-1\n",
    CREDENTIALS: f"[default]\n{KEYS}\n[p]\n{KEYS.replace('AKIDFILE', 'AKIDP')}aws_session_token = TOKENP\n[only]\n{KEYS}region = eu-north-1\n",
}

PROFILE_CASES = {
    "option": ("--profile p", {}),
    "option with equals": ("--profile=p", {}),
    "option empty": ("--profile=", {}),
    "option abbreviated": ("--prof p", {}),
    "default": ("", {}),
    "default by name": ("--profile default", {}),
    "variable": ("", {"AWS_PROFILE": "p"}),
    "old variable": ("", {"AWS_DEFAULT_PROFILE": "p"}),
    "both variables": ("", {"AWS_PROFILE": "p", "AWS_DEFAULT_PROFILE": "nope"}),
    "empty variable": ("", {"AWS_PROFILE": ""}),
    "option beats variable": ("--profile p", {"AWS_PROFILE": "nope"}),
    "unknown": ("--profile nope", {}),
    "unknown by variable": ("", {"AWS_PROFILE": "nope"}),
    "bare section": ("--profile q", {}),
    "only in credentials": ("--profile only", {}),
    "keys in config": ("--profile keys", {}),
    "quoted": ("--profile 'quoted name'", {}),
    "twice": ("--profile nope --profile p", {}),
    "unicode": ("--profile é", {}),
    "unknown in a skeleton": ("--profile nope --generate-cli-skeleton output", {}),
}
for title, (words, env) in PROFILE_CASES.items():
    case(f"profile {title}", f"{HEARTBEAT} {words}", GOOD, env=NO_REGION | env, files=PROFILES)
    case(
        f"profile {title} without keys",
        f"{HEARTBEAT} {words}",
        GOOD,
        env=NO_REGION | NO_KEYS | env,
        files=PROFILES,
    )
case("default profile that nobody defines", f"{HEARTBEAT} --profile default", GOOD)
case("before the operation", f"--profile p swf {HEARTBEAT}", GOOD, files=PROFILES, start="whole")

for title, env in {
    "region": {"AWS_REGION": "eu-west-3"},
    "default region": {"AWS_DEFAULT_REGION": "eu-west-3"},
    "both": {"AWS_REGION": "eu-west-3", "AWS_DEFAULT_REGION": "x"},
    "empty": {"AWS_REGION": ""},
    "empty default": {"AWS_DEFAULT_REGION": ""},
    "none": {},
}.items():
    case(f"region by {title}", HEARTBEAT, GOOD, env=NO_REGION | env)
    case(f"region by {title} and profile", HEARTBEAT, GOOD, env=NO_REGION | env, files=PROFILES)
for region in (
    "us-west-2",
    "made-up-1",
    "x",
    "",
    "bad_region",
    "a b",
    "-a",
    "a-",
    "a.b",
    "é",
    "US-EAST-1",
    "aws-global",
    "us-east-1.",
    "a" * 63,
    "a" * 64,
    "us-gov-west-1",
):
    case(
        f"region {region[:20]!r}{len(region) // 64 or ''}",
        [*HEARTBEAT.split(), f"--region={region}"],
        GOOD,
    )
for region in (
    "eu-west-1",
    "cn-north-1",
    "us-gov-west-1",
    "us-iso-east-1",
    "us-isob-east-1",
    "eusc-de-east-1",
    "eu-isoe-west-1",
    "us-isof-south-1",
    "made-up-1",
    "xx",
    "mx-central-1",
):
    for title, env in {
        "": {},
        " fips": {"AWS_USE_FIPS_ENDPOINT": "true"},
        " dual": {"AWS_USE_DUALSTACK_ENDPOINT": "true"},
        " both": {"AWS_USE_FIPS_ENDPOINT": "true", "AWS_USE_DUALSTACK_ENDPOINT": "true"},
    }.items():
        case(
            f"host of {region}{title}",
            f"{HEARTBEAT} --region {region}",
            Answer(status=502),
            env=NO_ENDPOINT | env | {"HTTPS_PROXY": "@URL@", "AWS_MAX_ATTEMPTS": "1"},
        )
case("fips and an endpoint", HEARTBEAT, GOOD, env={"AWS_USE_FIPS_ENDPOINT": "true"})
case(
    "fips in the profile",
    HEARTBEAT,
    Answer(status=502),
    env=NO_ENDPOINT | {"HTTPS_PROXY": "@URL@", "AWS_MAX_ATTEMPTS": "1"},
    files={CONFIG: "[default]\nuse_fips_endpoint = true\nuse_dualstack_endpoint=true\n"},
)

SERVICES = "[default]\nservices = s\n[services s]\nswf =\n  endpoint_url = @URL@/services\n"
ENDPOINTS = {
    "option": ("--endpoint-url @URL@/option", {"AWS_ENDPOINT_URL_SWF": "@URL@/swf"}, ""),
    "service variable": (
        "",
        {"AWS_ENDPOINT_URL_SWF": "@URL@/swf", "AWS_ENDPOINT_URL": "@URL@/all"},
        SERVICES,
    ),
    "variable": ("", NO_ENDPOINT | {"AWS_ENDPOINT_URL": "@URL@/all"}, SERVICES),
    "services": ("", NO_ENDPOINT, SERVICES),
    "services beat the profile": (
        "",
        NO_ENDPOINT,
        SERVICES.replace("[services", "endpoint_url = @URL@/profile\n[services"),
    ),
    "profile": ("", NO_ENDPOINT, "[default]\nendpoint_url = @URL@/profile\n"),
    "services of another": (
        "",
        NO_ENDPOINT | {"AWS_ENDPOINT_URL": "@URL@/all"},
        SERVICES.replace("swf =", "s3 ="),
    ),
    "unknown services": (
        "",
        NO_ENDPOINT,
        "[default]\nservices = none\nendpoint_url = @URL@/profile\n",
    ),
    "empty variable": ("", {"AWS_ENDPOINT_URL_SWF": "", "AWS_ENDPOINT_URL": "@URL@/all"}, ""),
    "option with ignoring": (
        "--endpoint-url @URL@/option",
        {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
        "",
    ),
}
for title, (words, env, config) in ENDPOINTS.items():
    case(f"endpoint {title}", f"{HEARTBEAT} {words}", GOOD, env=env, files={CONFIG: config})
IGNORED = {"HTTPS_PROXY": "@URL@", "AWS_MAX_ATTEMPTS": "1"}
case(
    "endpoint ignored",
    HEARTBEAT,
    Answer(status=502),
    env=IGNORED | {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
)
case(
    "endpoint ignored by the profile",
    HEARTBEAT,
    Answer(status=502),
    env=IGNORED,
    files={CONFIG: "[default]\nignore_configured_endpoint_urls = true\n"},
)

BROKEN = {
    "open section": "[default\n",
    "no section": "region = x\n",
    "key twice": "[default]\nregion = a\nregion = b\n",
    "section twice": "[default]\nregion = a\n[default]\noutput = text\n",
    "no value": "[default]\nregion\n",
    "comments": "# c\n; d\n[default] # e\nregion = eu-west-2 # f\n",
    "colon": "[default]\nregion: eu-west-2\n",
    "upper case key": "[default]\nREGION = eu-west-2\nOutput = text\n",
    "blanks": "[ default ]\n  region = a\n",
    "mark": "\ufeff[default]\nregion = a\n",
    "crlf": "[default]\r\nregion = eu-west-2\r\noutput = text\r\n",
    "empty value": "[default]\nregion =\n",
    "percent": "[default]\nregion = a%b\n",
    "nested": "[default]\ns3 =\n  x = 1\nregion = eu-west-2\n",
    "nested bad": "[default]\ns3 =\n  x\n",
    "profile default": "[profile default]\nregion = eu-west-2\n",
    "both defaults": "[default]\nregion = a\n[profile default]\nregion = b\n",
    "not utf-8": b"[default]\nregion = \xff\n",
    "tabs": "[default]\nregion\t=\teu-west-2\n",
    "indented": "[default]\n region = eu-west-2\n",
    "unicode": "[default]\noutput = téxt\n",
    "a folder": None,
    "empty": "",
}
for title, text in BROKEN.items():
    case(f"config {title}", HEARTBEAT, GOOD, env=NO_REGION, files={CONFIG: text})
    case(f"credentials {title}", HEARTBEAT, GOOD, env=NO_KEYS, files={CREDENTIALS: text})
case(
    "config elsewhere",
    HEARTBEAT,
    GOOD,
    env=NO_REGION | {"AWS_CONFIG_FILE": "@TMP@/c"},
    files={"c": "[default]\nregion = eu-west-2\n"},
)
case(
    "config elsewhere in home",
    HEARTBEAT,
    GOOD,
    env=NO_REGION | {"AWS_CONFIG_FILE": "~/c"},
    files={"home/c": "[default]\nregion = eu-west-2\n"},
)
case("config missing elsewhere", HEARTBEAT, GOOD, env={"AWS_CONFIG_FILE": "/nowhere"})
case(
    "credentials elsewhere",
    HEARTBEAT,
    GOOD,
    env=NO_KEYS | {"AWS_SHARED_CREDENTIALS_FILE": "@TMP@/c"},
    files={"c": f"[default]\n{KEYS}"},
)

ENVIRONMENTS = {
    "none": {},
    "no secret": {"AWS_ACCESS_KEY_ID": "A"},
    "no key id": {"AWS_SECRET_ACCESS_KEY": "S"},
    "empty key id": {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "S"},
    "empty secret": {"AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": ""},
    "token": {
        "AWS_ACCESS_KEY_ID": "A",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_SESSION_TOKEN": "TOKEN",
    },
    "old token": {
        "AWS_ACCESS_KEY_ID": "A",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_SECURITY_TOKEN": "TOKEN",
    },
    "both tokens": {
        "AWS_ACCESS_KEY_ID": "A",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_SECURITY_TOKEN": "OLD",
        "AWS_SESSION_TOKEN": "NEW",
    },
    "empty token": {
        "AWS_ACCESS_KEY_ID": "A",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_SESSION_TOKEN": "",
    },
    "only token": {"AWS_SESSION_TOKEN": "TOKEN"},
}
for title, env in ENVIRONMENTS.items():
    case(f"keys {title}", HEARTBEAT, GOOD, env=NO_KEYS | env)
    case(
        f"keys {title} and a file",
        HEARTBEAT,
        GOOD,
        env=NO_KEYS | env,
        files={CREDENTIALS: f"[default]\n{KEYS}"},
    )

PROCESS = f'#!/bin/sh\necho \'{json.dumps({"Version": 1, "AccessKeyId": "AKIDPROC", "SecretAccessKey": SECRET, "SessionToken": "PT"})}\'\n'
OWN = OwnWords("the words come from a library of Python, D10")
CHAIN = {
    "partial in credentials": ({CREDENTIALS: "[default]\naws_access_key_id = A\n"}, {}),
    "partial in config": ({CONFIG: "[default]\naws_access_key_id = A\n"}, {}),
    "secret only": ({CREDENTIALS: "[default]\naws_secret_access_key = A\n"}, {}),
    "file beats config": (
        {
            CREDENTIALS: f"[default]\n{KEYS}",
            CONFIG: "[default]\n" + KEYS.replace("AKIDFILE", "AKIDCONFIG"),
        },
        {},
    ),
    "config": ({CONFIG: f"[default]\n{KEYS}aws_session_token = CT\n"}, {}),
    "old token in a file": ({CREDENTIALS: f"[default]\n{KEYS}aws_security_token = CT\n"}, {}),
    "process": ({CONFIG: "[default]\ncredential_process = @TMP@/p\n", "p": PROCESS}, {}),
    "process with words": (
        {CONFIG: "[default]\ncredential_process = sh '@TMP@/p q' x\n", "p q": PROCESS},
        {},
    ),
    "process fails": (
        {
            CONFIG: "[default]\ncredential_process = @TMP@/p\n",
            "p": "#!/bin/sh\necho no luck >&2\nexit 3\n",
        },
        {},
    ),
    "process of version 2": (
        {
            CONFIG: "[default]\ncredential_process = @TMP@/p\n",
            "p": "#!/bin/sh\necho '{\"Version\": 2}'\n",
        },
        {},
    ),
    "process without keys": (
        {
            CONFIG: "[default]\ncredential_process = @TMP@/p\n",
            "p": "#!/bin/sh\necho '{\"Version\": 1}'\n",
        },
        {},
    ),
    "file beats process": (
        {
            CONFIG: "[default]\ncredential_process = @TMP@/p\n",
            "p": PROCESS,
            CREDENTIALS: f"[default]\n{KEYS}",
        },
        {},
    ),
    "role without source": (
        {CONFIG: "[default]\nrole_arn = arn:aws:iam::123456789012:role/r\n"},
        {},
    ),
    "role with unknown source": (
        {CONFIG: "[default]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = zz\n"},
        {},
    ),
    "role with both sources": (
        {
            CONFIG: "[default]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = zz\ncredential_source = Environment\n"
        },
        {},
    ),
    "role with a bad source": (
        {
            CONFIG: "[default]\nrole_arn = arn:aws:iam::123456789012:role/r\ncredential_source = Moon\n"
        },
        {},
    ),
    "role in a circle": (
        {
            CONFIG: "[default]\nrole_arn = a:b\nsource_profile = x\n[profile x]\nrole_arn = c:d\nsource_profile = default\n"
        },
        {},
    ),
    "single sign-on without token": (
        {
            CONFIG: "[default]\nsso_start_url = https://x\nsso_region = us-east-1\nsso_account_id = 123456789012\nsso_role_name = r\n"
        },
        {},
    ),
    "single sign-on session without token": (
        {
            CONFIG: "[default]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = r\n[sso-session s]\nsso_start_url = https://x\nsso_region = us-east-1\n"
        },
        {},
    ),
    "single sign-on session unknown": (
        {CONFIG: "[default]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = r\n"},
        {},
    ),
    "single sign-on in part": (
        {
            CONFIG: "[default]\nsso_start_url = https://x\nsso_region = us-east-1\nsso_account_id = 123456789012\n"
        },
        {},
    ),
    "no login session": (
        {CONFIG: "[default]\nlogin_session = arn:aws:iam::123456789012:user/u\n"},
        {},
    ),
}
for title, (files, env) in CHAIN.items():
    case(f"chain {title}", HEARTBEAT, GOOD, env=NO_KEYS | env, files=files)
FROM_CONTAINER = json.dumps(
    {
        "AccessKeyId": "AKIDCONT",
        "SecretAccessKey": SECRET,
        "Token": "CT",
        "Expiration": "2099-01-01T00:00:00Z",
    }
)
FULL = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "@URL@/creds"}
for title, env, files in (
    ("plain", {}, {}),
    ("with a token", {"AWS_CONTAINER_AUTHORIZATION_TOKEN": "secret"}, {}),
    (
        "with a token file",
        {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "@TMP@/t"},
        {"t": "from-file"},
    ),
    ("with a missing token file", {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "@TMP@/t"}, {}),
):
    case(
        f"container {title}",
        HEARTBEAT,
        GOOD,
        env=NO_KEYS | FULL | env,
        files=files,
        routes={"/creds": FROM_CONTAINER},
    )
case(
    "container of another host",
    HEARTBEAT,
    GOOD,
    env=NO_KEYS | {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.invalid/x"},
)
METADATA = {"AWS_EC2_METADATA_DISABLED": None, "AWS_EC2_METADATA_SERVICE_ENDPOINT": "@URL@"}
SECURITY = "/latest/meta-data/iam/security-credentials/"
INSTANCE = json.dumps(
    {
        "Code": "Success",
        "LastUpdated": "2020-01-01T00:00:00Z",
        "Type": "AWS-HMAC",
        "AccessKeyId": "AKIDINST",
        "SecretAccessKey": SECRET,
        "Token": "IT",
        "Expiration": "2099-01-01T00:00:00Z",
    }
)
ROUTES = {
    "/latest/api/token": "METATOKEN",
    SECURITY: "role",
    f"{SECURITY}role": INSTANCE,
    "/latest/meta-data/placement/availability-zone/": "eu-west-1b",
    "/latest/meta-data/placement/availability-zone": "eu-west-1b",
}
case("instance metadata", HEARTBEAT, GOOD, env=NO_KEYS | METADATA, routes=ROUTES)
case("instance metadata for the region", HEARTBEAT, GOOD, env=NO_REGION | METADATA, routes=ROUTES)
case(
    "instance metadata of version 1",
    HEARTBEAT,
    GOOD,
    env=NO_KEYS | METADATA,
    routes=ROUTES | {"/latest/api/token": Answer(status=404)},
)
case(
    "instance metadata of version 1 disabled",
    HEARTBEAT,
    GOOD,
    env=NO_KEYS | METADATA | {"AWS_EC2_METADATA_V1_DISABLED": "true"},
    routes=ROUTES | {"/latest/api/token": Answer(status=404)},
)
case(
    "instance metadata without a role",
    HEARTBEAT,
    GOOD,
    env=NO_KEYS | METADATA,
    routes=ROUTES | {SECURITY: Answer(status=404)},
)
ENCODING = ("utf-8", "UTF8", "utf_8", "foo", "")
for value in ENCODING:
    case(
        f"output encoding {value!r}",
        "describe-domain --name d",
        {"domainInfo": {"name": "é日本😀"}},
        env={"AWS_CLI_OUTPUT_ENCODING": value},
    )
    case(
        f"file encoding {value!r}",
        "record-activity-task-heartbeat --task-token file://t",
        GOOD,
        env={"AWS_CLI_FILE_ENCODING": value},
        files={"here/t": "é"},
    )
for locale in ("C", "POSIX", "en_US.UTF-8", "de_DE.ISO-8859-1", None):
    case(
        f"locale {locale}",
        ["describe-domain", "--name", "é日本😀"],
        {"domainInfo": {"name": "é日本😀"}},
        env={"LANG": locale},
    )
case("bad utf-8 in no word", HEARTBEAT, GOOD, env={"LC_ALL": "C"})
case("application id", HEARTBEAT, GOOD, env={"AWS_SDK_UA_APP_ID": "my-app"})
for value in ("xml", "text", "JSON", ""):
    case(
        f"output of the profile {value!r}",
        HEARTBEAT,
        GOOD,
        files={CONFIG: f"[default]\noutput = {value}\n"},
    )
