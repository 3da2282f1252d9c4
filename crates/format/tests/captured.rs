//! Outputs of the reference for whole commands (cli.md section 18): the formats as a user sees them.

use everbeat_format::{table, text, yaml};
use everbeat_json::Json;

fn json(text: &str) -> Json {
    Json::parse(text).expect("good JSON")
}

fn text_of(value: &Json) -> String {
    let mut out = String::new();
    text::write(value, &mut out).expect("a text");
    out
}

fn table_of(title: &str, value: &Json) -> String {
    table::write(title, value, 80, false)
        .expect("a table")
        .concat()
}

#[test]
fn one_scalar_member() {
    let value = json(r#"{"cancelRequested": false}"#);
    assert_eq!(text_of(&value), "False\n");
    assert_eq!(yaml::document(&value), "cancelRequested: false\n");
    assert_eq!(yaml::stream_element(&value), "- cancelRequested: false\n");
    let expected = "\
------------------------------
| RecordActivityTaskHeartbeat|
+------------------+---------+
|  cancelRequested |  False  |
+------------------+---------+
";
    assert_eq!(table_of("RecordActivityTaskHeartbeat", &value), expected);
}

#[test]
fn a_scalar_result() {
    assert_eq!(table_of("RecordActivityTaskHeartbeat", &json("false")), "");
    let expected = "\
-----------------------------
|RecordActivityTaskHeartbeat|
+---------------------------+
";
    assert_eq!(
        table_of("RecordActivityTaskHeartbeat", &json("true")),
        expected
    );
    assert_eq!(text_of(&json("\"d1\"")), "d1\n");
    assert_eq!(yaml::document(&json("\"d1\"")), "\"d1\"\n");
    assert_eq!(yaml::document(&json("null")), "null\n");
}

#[test]
fn nothing_to_print() {
    let value = json("{}");
    assert_eq!(text_of(&value), "");
    assert_eq!(table_of("RegisterDomain", &value), "");
    assert_eq!(yaml::document(&value), "");
}

#[test]
fn a_list_with_a_missing_member() {
    let value = json(
        r#"{"domainInfos": [
            {"name": "d1", "status": "REGISTERED", "description": "first domain",
             "arn": "arn:aws:swf:us-east-1:123456789012:/domain/d1"},
            {"name": "d2", "status": "REGISTERED",
             "arn": "arn:aws:swf:us-east-1:123456789012:/domain/d2"}]}"#,
    );
    let text = "\
DOMAININFOS\tarn:aws:swf:us-east-1:123456789012:/domain/d1\tfirst domain\td1\tREGISTERED
DOMAININFOS\tarn:aws:swf:us-east-1:123456789012:/domain/d2\t\td2\tREGISTERED
";
    assert_eq!(text_of(&value), text);
    let table = "\
-------------------------------------------------------------------------------------------
|                                       ListDomains                                       |
+-----------------------------------------------------------------------------------------+
||                                      domainInfos                                      ||
|+------------------------------------------------+---------------+-------+--------------+|
||                       arn                      |  description  | name  |   status     ||
|+------------------------------------------------+---------------+-------+--------------+|
||  arn:aws:swf:us-east-1:123456789012:/domain/d1 |  first domain |  d1   |  REGISTERED  ||
||  arn:aws:swf:us-east-1:123456789012:/domain/d2 |               |  d2   |  REGISTERED  ||
|+------------------------------------------------+---------------+-------+--------------+|
";
    assert_eq!(table_of("ListDomains", &value), table);
    let stream = "\
- domainInfos:
  - arn: arn:aws:swf:us-east-1:123456789012:/domain/d1
    description: first domain
    name: d1
    status: REGISTERED
  - arn: arn:aws:swf:us-east-1:123456789012:/domain/d2
    name: d2
    status: REGISTERED
";
    assert_eq!(yaml::stream_element(&value), stream);
    let empty = json(r#"{"domainInfos": []}"#);
    let table = "-------------\n|ListDomains|\n+-----------+\n";
    assert_eq!(table_of("ListDomains", &empty), table);
    assert_eq!(text_of(&empty), "");
    assert_eq!(yaml::document(&empty), "domainInfos: []\n");
}

#[test]
fn unicode_and_a_table_on_its_side() {
    let value = json(
        r#"{"typeInfo": {"workflowType": {"name": "w", "version": "1.0"}, "status": "REGISTERED",
            "description": "d é 日本 😀 \"q\" \\ \n tab\t", "creationDate": "2012-01-15T01:56:59.474000+00:00"},
            "configuration": {"defaultTaskStartToCloseTimeout": "30", "defaultTaskList": {"name": "tl"},
            "defaultChildPolicy": "TERMINATE"}}"#,
    );
    let text = "\
CONFIGURATION\tTERMINATE\t30
DEFAULTTASKLIST\ttl
TYPEINFO\t2012-01-15T01:56:59.474000+00:00\td é 日本 😀 \"q\" \\ \n tab\t\tREGISTERED
WORKFLOWTYPE\tw\t1.0
";
    assert_eq!(text_of(&value), text);
    let table = "\
--------------------------------------------------------
|                 DescribeWorkflowType                 |
+------------------------------------------------------+
||                    configuration                   ||
|+-------------------------------------+--------------+|
||  defaultChildPolicy                 |  TERMINATE   ||
||  defaultTaskStartToCloseTimeout     |  30          ||
|+-------------------------------------+--------------+|
|||                  defaultTaskList                 |||
||+----------------------------+---------------------+||
|||  name                      |  tl                 |||
||+----------------------------+---------------------+||
||                      typeInfo                      ||
|+---------------+------------------------------------+|
||  creationDate |  2012-01-15T01:56:59.474000+00:00  ||
||  description  |  d é 日本 😀 \"q\" \\ \n tab\t         ||
||  status       |  REGISTERED                        ||
|+---------------+------------------------------------+|
|||                   workflowType                   |||
||+------------------------------+-------------------+||
|||  name                        |  w                |||
|||  version                     |  1.0              |||
||+------------------------------+-------------------+||
";
    assert_eq!(table_of("DescribeWorkflowType", &value), table);
    let yaml = "\
configuration:
  defaultChildPolicy: TERMINATE
  defaultTaskList:
    name: tl
  defaultTaskStartToCloseTimeout: '30'
typeInfo:
  creationDate: '2012-01-15T01:56:59.474000+00:00'
  description: \"d é 日本 \\U0001F600 \\\"q\\\" \\\\ \\n tab\\t\"
  status: REGISTERED
  workflowType:
    name: w
    version: '1.0'
";
    assert_eq!(yaml::document(&value), yaml);
}

/// With colour a reset stands behind every piece, the empty ones too (section 18.8).
#[test]
fn the_pieces_of_a_coloured_table() {
    let value = json(r#"{"cancelRequested": false}"#);
    let pieces = table::write("RecordActivityTaskHeartbeat", &value, 80, true).expect("a table");
    let written: String = pieces.into_iter().map(|piece| piece + "\x1b[0m").collect();
    let expected = "\
------------------------------
ESC[0mESC[0m| RecordActivityTaskHeartbeat|ESC[0mESC[0m
ESC[0mESC[0m+------------------+---------+ESC[0mESC[0m
ESC[0mESC[0m|  ESC[1mESC[34mcancelRequestedESC[0m |  ESC[1mESC[34mFalseESC[0m  |ESC[0mESC[0m
ESC[0mESC[0m+------------------+---------+ESC[0mESC[0m
ESC[0m";
    assert_eq!(written.replace('\x1b', "ESC"), expected);
}
