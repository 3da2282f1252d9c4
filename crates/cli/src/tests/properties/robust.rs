//! No line, file or reply makes a command panic, end with an odd status, stay silent about a failure, or write a file.
//!
//! Nothing leaves this machine: the only addresses in the vocabularies are ports of loopback, and everything else would
//! go to a proxy on a port where nobody listens. Files name no helper programs and no roles, which need either.

use std::io::{BufRead, BufReader, Read};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};

use everbeat_json::{NonAscii, pretty};
use proptest::sample::select;
use tempfile::TempDir;

use super::vocabulary::*;
use super::*;

/// A folder that is the home of a test, with a good and a bad file.
fn home() -> TempDir {
    let home = tempfile::tempdir().expect("a folder");
    std::fs::write(home.path().join("good.json"), "{\"domain\": \"d\"}").expect("a file");
    std::fs::write(home.path().join("bad"), b"\xff\x00 = [").expect("a file");
    home
}

/// Runs a line in a home and checks what holds of every line; gives the exit code.
fn checked(words: &[String], home: &Path, set: &[(&str, &str)]) -> Result<u8, TestCaseError> {
    let place = home.to_str().expect("UTF-8");
    let mut all = vec![
        ("HOME", place),
        ("AWS_ENDPOINT_URL", NOBODY),
        ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "false"),
        ("http_proxy", NOBODY),
        ("https_proxy", NOBODY),
        ("no_proxy", "127.0.0.1"),
    ];
    all.extend_from_slice(set);
    let before = files_of(home);
    let line: Vec<&str> = words.iter().map(String::as_str).collect();
    let (code, output, error) = run_line(&line, &all);
    prop_assert!([0, 252, 253, 254, 255].contains(&code), "{code}: {error}");
    // As text, a fault may be one that has neither code nor message.
    let told = output + &error;
    let is_silent = told.is_empty() || code != 254 && told.trim().is_empty();
    prop_assert!(code == 0 || !is_silent, "silent: {}", code);
    prop_assert!(!error.contains("panicked"), "{error}");
    prop_assert_eq!(files_of(home), before);
    let is_new = |word: &&str| {
        !word.is_empty() && word.starts_with(char::is_alphabetic) && Path::new(word).exists()
    };
    prop_assert_eq!(line.iter().copied().find(is_new), None);
    Ok(code)
}

fn files_of(folder: &Path) -> Vec<(std::ffi::OsString, Vec<u8>)> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| {
            let entry = entry.expect("an entry");
            (
                entry.file_name(),
                std::fs::read(entry.path()).expect("a file, no folder"),
            )
        })
        .collect();
    files.sort_unstable();
    files
}

proptest! {
    #![proptest_config(cases(1500))]

    #[test]
    fn any_words_are_answered(words in prop_oneof![
        proptest::collection::vec(word(), 0..9),
        (select(names().0), proptest::collection::vec(word(), 0..9)).prop_map(|(operation, mut words)| {
            words.insert(0, operation);
            words
        }),
        plausible(),
    ]) {
        let home = home();
        checked(&words, home.path(), &[])?;
    }

    #[test]
    fn any_file_is_answered(
        content in content(DATA),
        line in select(FILE_LINES),
    ) {
        let home = home();
        std::fs::write(home.path().join("f"), content).expect("a file");
        let words: Vec<String> = line.iter().map(|word| (*word).into()).collect();
        checked(&words, home.path(), &[])?;
    }

    #[test]
    fn any_settings_are_answered(
        config in content(SETTINGS),
        credentials in content(SETTINGS),
        profile in select(&["default", "p", "", "x"][..]),
    ) {
        let home = home();
        let path = |name: &str| home.path().join(name).to_str().expect("UTF-8").to_owned();
        std::fs::write(path("config"), config).expect("a file");
        std::fs::write(path("credentials"), credentials).expect("a file");
        let words = ["list-domains", "--registration-status", "REGISTERED", "--profile", profile];
        let words = words.map(String::from);
        let set = [("AWS_CONFIG_FILE", &*path("config")), ("AWS_SHARED_CREDENTIALS_FILE", &*path("credentials"))];
        checked(&words, home.path(), &set)?;
        checked(&words[..3], home.path(), &set)?;
        checked(&["env".into()], home.path(), &set)?;
    }

    #[test]
    fn any_body_is_read(body in content(REPLY), operation in select(rows())) {
        for timestamps in [answer::Timestamps::Wire, answer::Timestamps::Iso8601(TimeZone::UTC)] {
            if let Ok(value) = answer::read(&body, operation.output, &timestamps) {
                prop_assert!(matches!(value, Json::Map(_)));
                prop_assert!(Json::parse(&pretty(&value, NonAscii::Raw)).is_ok());
            }
        }
    }
}

/// Reads one request to its end and answers it.
fn answer_one(stream: &TcpStream, status: u16, header: &str, body: &[u8]) {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    let mut line = String::new();
    while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
        let lower = line.to_ascii_lowercase();
        if let Some(number) = lower.strip_prefix("content-length:") {
            length = number.trim().parse().unwrap_or(0);
        }
        line.clear();
    }
    let _ = reader.read_exact(&mut vec![0; length]);
    let head = format!(
        "HTTP/1.1 {status} X\r\n{header}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let mut stream = stream;
    let _ = stream.write_all(&[head.as_bytes(), body].concat());
}

/// Answers one connection for each reply that comes, until none can come any more.
fn serve(listener: &TcpListener, replies: &Receiver<(u16, &'static str, Vec<u8>)>) {
    for (status, header, body) in replies {
        if let Ok((stream, _)) = listener.accept() {
            answer_one(&stream, status, header, &body);
        }
    }
}

#[test]
fn any_reply_is_answered() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let (sender, replies) = channel();
    let thread = std::thread::spawn(move || serve(&listener, &replies));
    let inputs = (
        content(REPLY),
        select(&[200_u16, 201, 299, 300, 400, 404, 413, 500, 503, 599][..]),
        select(
            &[
                "",
                "x-amzn-query-error: ;\r\n",
                "x-amzn-query-error: A;B;C\r\n",
                "x-amzn-RequestId: r\r\n",
                "Date: x\r\n",
            ][..],
        ),
        select(&["json", "text", "table", "yaml", "yaml-stream"][..]),
        select(&["@", "domainInfos[].name", "typeInfo"][..]),
        select(&["enhanced", "legacy", "json", "yaml", "text", "table"][..]),
    );
    let inputs = (inputs, select(REPLY_LINES));
    let home = home();
    let mut runner = TestRunner::new(cases(600));
    let result = runner.run(
        &inputs,
        |((body, status, header, output, query, form), line)| {
            sender
                .send((status, header, body))
                .expect("the server is there");
            let rest = [
                "--output",
                output,
                "--query",
                query,
                "--cli-error-format",
                form,
                "--endpoint-url",
                &url,
            ];
            let words: Vec<String> = line.iter().copied().chain(rest).map(String::from).collect();
            let code = checked(&words, home.path(), &[])?;
            prop_assert!(code != 252 && code != 253, "{code}");
            prop_assert!(status < 300 || code != 0, "{status} {code}");
            Ok(())
        },
    );
    drop(sender);
    thread.join().expect("the server ends");
    if let Err(error) = result {
        panic!("{error}");
    }
}
