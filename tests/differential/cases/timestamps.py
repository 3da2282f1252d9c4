"""Timestamps that go in, and those that come out, by format and zone."""

from ..case import OwnWords, Subject

case = Subject("timestamps")

COUNT = "count-open-workflow-executions --domain d --start-time-filter"
TYPE = "describe-activity-type --domain d --activity-type name=n,version=v"
WIRE = {"home/.aws/config": "[default]\ncli_timestamp_format = wire\n"}
LIBRARY = OwnWords("a text of Python's date library", "\naws: [ERROR]: ")

NUMBERS = (
    "1577836800",
    "0",
    "-1",
    "1577836800.5",
    "-0.5",
    "1.5e9",
    "20200101",
    " 5 ",
    "1e3",
    "+5",
    "1_000",
    "00012",
)
ISO = (
    "2020-01-01",
    "2020-01-01T10:20:30",
    "2020-01-01 10:20:30",
    "2020-01-01T10:20:30Z",
    "2020-01-01T10:20:30z",
    "2020-01-01T10:20:30+02:00",
    "2020-01-01T10:20:30-0500",
    "2020-01-01T10:20:30.999999Z",
    "20200101T102030Z",
    "20200101T102030",
    "2020-01-01T10:20",
    "2020-01-01T10:20Z",
    "2020-01-01T24:00:00Z",
    "2020-02-29",
    "1969-12-31T23:59:59Z",
    "1900-01-01",
    "9999-12-31T23:59:59Z",
    "2020-01-01T10:20:30.5+05:30",
    "2020-01-01T10",
)
RFC = (
    "Wed, 01 Jan 2020 10:20:30 GMT",
    "Wed, 01 Jan 2020 10:20:30 +0200",
    "01 Jan 2020 10:20:30",
    "Jan 1 2020",
    "1 January 2020",
    "January 1, 2020",
    "Jan 1 2020 10:20",
    "2020 Jan 1",
)
BAD = (
    "today",
    "now",
    "",
    "2020-13-01",
    "2020-02-30",
    "2020-01-01T25:00:00",
    "abc",
    "nan",
    "inf",
    "true",
    "2020-01-01T10:20:30+99:00",
)
for text in (*NUMBERS, *ISO, *RFC, *BAD):
    quoted = f"'{text}'" if "," in text else text
    case(f"in {text}", [*COUNT.split(), f"oldestDate={quoted}"])
for text in (
    "1577836800",
    "1577836800.9",
    "-1.5",
    "1e9",
    "true",
    "false",
    '"2020-01-01"',
    '"1577836800"',
    "null",
    "[1]",
    "1577836800000",
):
    case(f"in json {text}", [*COUNT.split(), f'{{"oldestDate": {text}}}'])
case("in too great", f"{COUNT} oldestDate=1577836800000")
case("in both", f"{COUNT} oldestDate=2020-01-01,latestDate=2020-02-01T00:00:00Z")
case("in elsewhere", f"{COUNT} oldestDate=2020-01-01T00:00:00", env={"TZ": "Asia/Kolkata"})
case("in date elsewhere", f"{COUNT} oldestDate=2020-01-01", env={"TZ": "America/New_York"})

OUT = (
    "1326592619.474",
    "1326592619",
    "1326592619.0",
    "0",
    "-1",
    "-0.5",
    "1e9",
    "1326592619.4745555",
    "1326592619.9999999",
    "0.0000005",
    "0.0000015",
    "1420142640.123456",
    '"1326592619"',
    '"1326592619.5"',
    '"2012-01-15T01:56:59Z"',
    '"2012-01-15T01:56:59.474+05:30"',
    '"2012-01-15T01:56:59"',
    '"2012-01-15"',
    '"Sun, 15 Jan 2012 01:56:59 GMT"',
    "253402300799",
    "4102444800.25",
    "true",
    "null",
)
for text in OUT:
    body = f'{{"typeInfo": {{"status": "REGISTERED", "creationDate": {text}}}}}'
    case(f"out {text}", TYPE, body)
    case(f"out wire {text}", TYPE, body, files=WIRE)
for text in ("1e15", '"garbage"', '""', "[1]", '{"a": 1}', '"2012-13-45"'):
    body = f'{{"typeInfo": {{"status": "REGISTERED", "creationDate": {text}}}}}'
    words = "compared byte for byte" if text in ("1e15", '"garbage"') else LIBRARY
    case(f"out {text}", TYPE, body, stderr=words)
    case(f"out wire {text}", TYPE, body, files=WIRE)

STAMP = '{"typeInfo": {"creationDate": 1326592619.474, "deprecationDate": 1342317419}}'
for zone in (
    "Asia/Kolkata",
    "America/New_York",
    "Europe/Berlin",
    "Pacific/Auckland",
    "America/St_Johns",
    "UTC",
    "EST5EDT",
    "CET-1CEST,M3.5.0,M10.5.0/3",
    "XYZ3",
    "Nowhere/Land",
    "",
):
    case(f"zone {zone}", TYPE, STAMP, env={"TZ": zone})
for form in ("text", "table", "yaml"):
    case(f"elsewhere {form}", f"{TYPE} --output {form}", STAMP, env={"TZ": "Asia/Kolkata"})
    case(f"wire {form}", f"{TYPE} --output {form}", STAMP, files=WIRE)
case(
    "before the epoch elsewhere",
    TYPE,
    '{"typeInfo": {"creationDate": -2208988800}}',
    env={"TZ": "Europe/Berlin"},
)
for value in ("iso8601", "wire", "ISO8601", "none", "foo", ""):
    case(
        f"setting {value}",
        TYPE,
        STAMP,
        files={"home/.aws/config": f"[default]\ncli_timestamp_format = {value}\n"},
    )
case(
    "setting of another profile",
    f"{TYPE} --profile p",
    STAMP,
    files={
        "home/.aws/config": "[default]\ncli_timestamp_format = iso8601\n[profile p]\ncli_timestamp_format = wire\n"
    },
)
case(
    "setting foo and help",
    "help",
    files={"home/.aws/config": "[default]\ncli_timestamp_format = foo\n"},
)
case(
    "in a page",
    "list-activity-types --domain d --registration-status REGISTERED",
    '{"typeInfos": [{"creationDate": 1}], "nextPageToken": "t"}',
    '{"typeInfos": [{"creationDate": 2.5}]}',
)
case("queried", f"{TYPE} --query typeInfo.creationDate", STAMP)
case("queried wire", f"{TYPE} --query typeInfo.creationDate", STAMP, files=WIRE)
