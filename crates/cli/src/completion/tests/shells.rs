//! What shells are told, and the script for bash in a real one.

use super::live::Fake;
use super::*;
use crate::completion::shell;

fn shell_lines(words: &[&str]) -> Vec<String> {
    let words: Vec<String> = words.iter().map(|word| (*word).into()).collect();
    shell::lines(&words, &variables(), Some(&Fake::default()))
}

#[test]
fn zsh_and_fish_get_words_with_notes() {
    let lines = shell_lines(&["fish", "describe-domain", "--name", "O"]);
    assert_eq!(lines, ["Orders\ta note"]);
    let lines = shell_lines(&["zsh", "list-dom"]);
    assert_eq!(lines.len(), 1);
    assert!(lines[0].starts_with("list-domains\tLists "), "{lines:?}");
    // What is whole is offered, so that the shell puts a blank behind it.
    assert_eq!(
        shell_lines(&["fish", "list-domains", "--debug"])[0]
            .split('\t')
            .next(),
        Some("--debug")
    );
}

#[test]
fn bash_gets_what_it_puts_in() {
    let table: &[(&str, &[&str])] = &[
        ("everbeat list-dom", &["list-domains"]),
        ("FOO=1 everbeat list-dom", &["list-domains"]),
        (
            "everbeat swf describe-domain --name ",
            &["Orders", "My\\ Domain"],
        ),
        ("everbeat swf describe-domain --name 'My", &["My Domain"]),
        ("everbeat swf describe-domain --name=My", &["My\\ Domain"]),
        // Bash replaces what stands behind the last of its word breaks.
        (
            "everbeat describe-workflow-type --workflow-type name=a,v",
            &["a,version="],
        ),
        ("everbeat nothing ", &[]),
        // An open quote stays open, and holds what it is given.
        (
            "everbeat undeprecate-domain --name \"x",
            &[r#"x\$(touch pwned)\`id\`\\"\!"\"'"#],
        ),
        (
            "everbeat undeprecate-domain --name 'x",
            &[r#"x$(touch pwned)`id`\!"'\''"#],
        ),
        (
            "everbeat undeprecate-domain --name x",
            &[r#"x\$\(touch\ pwned\)\`id\`\\\!\"\'"#],
        ),
        (
            "everbeat undeprecate-domain --name=\"x",
            &[r#"x\$(touch pwned)\`id\`\\"\!"\"'"#],
        ),
        // The quote is closed again before the cursor.
        (
            "everbeat undeprecate-domain --name \"x\"",
            &[r#"x\$\(touch\ pwned\)\`id\`\\\!\"\'"#],
        ),
        (
            "everbeat undeprecate-domain --name \"!",
            &[r#"""\!"'\";id"#],
        ),
    ];
    for (line, expected) in table {
        let mut variables = variables();
        variables.insert("COMP_LINE".into(), (*line).into());
        variables.insert("COMP_POINT".into(), line.len().to_string());
        let server = Fake::default();
        for own in [&["bash".to_owned()][..], &[]] {
            assert_eq!(
                shell::lines(own, &variables, Some(&server)),
                *expected,
                "{line}"
            );
        }
        // The cursor is where the variable says.
        variables.insert("COMP_LINE".into(), format!("{line}x y"));
        assert_eq!(
            shell::lines(&[], &variables, Some(&server)),
            *expected,
            "{line}"
        );
    }
    assert!(shell::lines(&["bash".into()], &variables(), None).is_empty());
}

/// The script in a real bash, with a stand-in for the program that tells what it was asked and suggests two words.
#[test]
fn the_script_for_bash_asks_and_replies() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = folder.path().join("everbeat");
    let stand_in = "#!/bin/sh\necho \"$* $COMP_LINE $COMP_POINT\"\necho 'My\\ Domain'\n";
    std::fs::write(&program, stand_in).expect("written");
    let made = std::process::Command::new("chmod")
        .arg("+x")
        .arg(&program)
        .status();
    assert!(made.expect("run").success());
    let script = shell::script("bash").expect("a script");
    let drive = "COMP_LINE='everbeat list-' COMP_POINT=14 COMP_WORDS=(everbeat list-) COMP_CWORD=1\n\
                 _everbeat everbeat list- everbeat\nprintf '<%s>\\n' \"${COMPREPLY[@]}\"\ncomplete -p everbeat";
    let path = std::env::var("PATH").unwrap_or_default();
    let output = std::process::Command::new("bash")
        .args(["--norc", "-c", &format!("{script}\n{drive}")])
        .env("PATH", format!("{}:{path}", folder.path().display()))
        .output()
        .expect("bash");
    let printed = String::from_utf8(output.stdout).expect("UTF-8");
    let lines: Vec<&str> = printed.lines().collect();
    assert_eq!(
        lines[..2],
        ["<complete bash everbeat list- 14>", "<My\\ Domain>"]
    );
    assert!(lines[2].contains("-F _everbeat everbeat"), "{printed}");
}

/// What bash makes of a line with a suggestion in it is the name, and nothing is run.
#[test]
fn bash_reads_back_what_it_was_offered() {
    for (typed, quote) in [("x", ""), ("\"x", "\""), ("'x", "'")] {
        let mut variables = variables();
        let line = format!("everbeat undeprecate-domain --name {typed}");
        variables.insert("COMP_POINT".into(), line.len().to_string());
        variables.insert("COMP_LINE".into(), line);
        let lines = shell::lines(&[], &variables, Some(&Fake::default()));
        let [offered] = lines.as_slice() else {
            panic!("{lines:?}")
        };
        let folder = tempfile::tempdir().expect("a folder");
        let output = std::process::Command::new("bash")
            .args(["--norc", "-c"])
            .arg(format!("printf %s {quote}{offered}{quote}"))
            .current_dir(&folder)
            .output()
            .expect("bash");
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            super::live::HOSTILE[0]
        );
        assert!(!folder.path().join("pwned").exists(), "{offered}");
    }
}

#[test]
fn file_names_that_break_lines_are_not_offered() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["a$(id)", "a\nb", "a\u{1b}[2J"] {
        std::fs::write(folder.path().join(name), "").expect("written");
    }
    let place = folder.path().display();
    let mut variables = variables();
    let line = format!("everbeat list-domains --cli-input-json \"file://{place}/a");
    variables.insert("COMP_POINT".into(), line.len().to_string());
    variables.insert("COMP_LINE".into(), line);
    assert_eq!(
        shell::lines(&[], &variables, None),
        [format!("file://{place}/a\\$(id)")]
    );
}

#[test]
fn every_shell_has_its_script() {
    for shell in ["bash", "zsh", "fish"] {
        let script = shell::script(shell).expect("a script");
        assert!(
            script.contains(&format!("everbeat complete {shell}")),
            "{shell}"
        );
    }
    assert_eq!(shell::script("tcsh"), None);
}
