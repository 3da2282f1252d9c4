//! Tables of keys, and what line and menu are after them.

use crate::fake::{press, state};
use crate::state::{Focus, Progress, State};

/// The line with `|` at the cursor.
fn line(state: &State<'_>) -> String {
    let mut text = state.line.text().to_owned();
    text.insert(state.line.cursor(), '|');
    text
}

fn labels<'a>(state: &'a State<'a>) -> Vec<&'a str> {
    let menu = state.menu.iter();
    menu.flat_map(|menu| &menu.choices)
        .map(|choice| choice.label.as_str())
        .collect()
}

const OPERATIONS: [&str; 3] = ["list-domains", "list-activity-types", "describe-domain"];

#[test]
fn keys_change_the_line_and_the_menu() {
    let table: &[(&str, &str, &str, &[&str])] = &[
        // A finished word gets its blank, and the menu is open from the beginning.
        ("swf", "", "swf |", &OPERATIONS),
        ("", "", "|", &["swf"]),
        (
            "swf list",
            "",
            "swf list|",
            &["list-activity-types", "list-domains"],
        ),
        ("swf", "dd", "swf dd|", &["describe-domain"]),
        ("swf", "xq", "swf xq|", &[]),
        // Tab and arrows go through the menu and write the choice.
        ("swf", "<Tab>", "swf list-domains|", &OPERATIONS),
        (
            "swf",
            "<Tab><Down>",
            "swf list-activity-types|",
            &OPERATIONS,
        ),
        (
            "swf",
            "li<Tab><Tab><Tab>",
            "swf li|",
            &["list-activity-types", "list-domains"],
        ),
        ("swf", "<Up>", "swf describe-domain|", &OPERATIONS),
        ("swf", "<Tab><BackTab>", "swf |", &OPERATIONS),
        // Enter takes the choice.
        ("swf", "<Tab><Enter>", "swf list-domains|", &[]),
        (
            "swf",
            "<Tab><Enter> ",
            "swf list-domains |",
            &["--domain", "--file"],
        ),
        ("swf", "<Enter>", "swf |", &[]),
        ("swf", "<Esc>", "swf |", &[]),
        ("swf", "<Esc><Tab>", "swf |", &OPERATIONS),
        // The only choice is taken at once.
        ("swf", "desc<Esc><Tab>", "swf describe-domain|", &[]),
        // Typing on takes the choice too.
        ("swf", "<Tab> --f", "swf list-domains --f|", &["--file"]),
        // Files: the menu opens again behind a folder, and blanks are quoted.
        (
            "swf x",
            "--file <Tab><Enter>",
            "swf x --file file://dir/|",
            &["file://dir/x"],
        ),
        (
            "swf x",
            "--file <Tab><Tab><Enter>",
            "swf x --file 'file://a b'|",
            &[],
        ),
        // Editing.
        ("swf", "a<BS>", "swf |", &OPERATIONS),
        ("swf x", "<Left>", "swf x| ", &[]),
        ("swf x", "<C-a><C-k>", "|", &["swf"]),
        ("swf x", "y<C-w>", "swf x |", &["--domain", "--file"]),
        // History.
        ("swf list-domains", "<C-u><C-r>", "|", &["swf list-domains"]),
        (
            "swf list-domains",
            "<C-u><C-r><Tab><Enter>",
            "swf list-domains|",
            &[],
        ),
        ("swf list-domains", "<C-u><C-r><Esc>", "|", &[]),
    ];
    for (initial, keys, expected, menu) in table {
        let mut state = state(initial);
        assert_eq!(press(&mut state, keys), Progress::Goes);
        assert_eq!(line(&state), *expected, "{initial:?} {keys:?}");
        assert_eq!(labels(&state), *menu, "{initial:?} {keys:?}");
    }
}

#[test]
fn enter_without_a_menu_runs_the_words() {
    let mut state = state("swf x");
    assert_eq!(press(&mut state, "--file 'a b'<Esc>"), Progress::Goes);
    let words = ["swf", "x", "--file", "a b"].map(Into::into).into();
    let line = "swf x --file 'a b'".into();
    assert_eq!(press(&mut state, "<Enter>"), Progress::Runs { line, words });
}

#[test]
fn a_quotation_has_to_be_finished() {
    let mut state = state("swf");
    assert_eq!(press(&mut state, "'a<Esc><Enter>"), Progress::Goes);
    assert!(!state.message.is_empty());
    press(&mut state, "'");
    assert!(state.message.is_empty());
}

#[test]
fn control_c_and_control_d_leave_from_everywhere() {
    for keys in [
        "<C-c>",
        "<C-d>",
        "<F3><F2><C-c>",
        "<F5><F2>/<C-d>",
        "<C-r><C-c>",
    ] {
        let line = "swf ".into();
        assert_eq!(
            press(&mut state("swf"), keys),
            Progress::Cancelled { line },
            "{keys}"
        );
    }
}

#[test]
fn words_of_the_beginning_are_quoted() {
    let words = ["swf".into(), "a b".into(), "it's".into()];
    let state = State::new(
        &words,
        &crate::fake::Fake,
        ratatui::layout::Size::new(80, 24),
    );
    assert_eq!(state.line.text(), "swf 'a b' 'it'\"'\"'s' ");
}

#[test]
fn answers_appear_when_they_come_and_are_asked_for_once() {
    let mut state = state("swf list-domains");
    press(&mut state, "--domain ");
    assert_eq!(labels(&state), [""; 0]);
    let mut questions = state.take_questions();
    assert_eq!(questions.len(), 1);
    let question = questions.remove(0);
    press(&mut state, "o");
    assert!(state.take_questions().is_empty());
    state.answer(question.key, (question.ask)());
    assert_eq!(labels(&state), ["Orders"]);
    press(&mut state, "<BS>");
    assert_eq!(labels(&state), ["Orders", "Bills"]);
    assert!(state.take_questions().is_empty());
}

#[test]
fn answers_do_not_disturb() {
    // A menu that was closed stays closed.
    let mut closed = state("swf list-domains");
    press(&mut closed, "--domain <Esc>");
    let question = closed.take_questions().remove(0);
    closed.answer(question.key, (question.ask)());
    assert_eq!(closed.menu, None);
    // A selection stays what it is.
    let mut selected = state("swf");
    press(&mut selected, "<Tab>");
    let before = selected.menu.clone();
    selected.answer("domains".into(), Vec::new());
    assert_eq!(selected.menu, before);
    // No answer is no choice.
    let mut failed = state("swf list-domains");
    press(&mut failed, "--domain ");
    failed.answer("domains".into(), Vec::new());
    assert_eq!(failed.menu, None);
}

#[test]
fn function_keys_open_panels_and_move_between_them() {
    let table = [
        ("<F2>", Focus::Input),
        ("<F3>", Focus::Input),
        ("<F3><F2>", Focus::Documentation),
        ("<F3><F2><F2>", Focus::Input),
        ("<F3><F5><F2><F2>", Focus::Output),
        ("<F5><F2>", Focus::Output),
        ("<F5><F2>q", Focus::Input),
        ("<F3><F2><F3>", Focus::Input),
        ("<F5><F2><F3>", Focus::Output),
    ];
    for (keys, focus) in table {
        let mut state = state("swf list-domains");
        press(&mut state, keys);
        assert_eq!(state.focus, focus, "{keys}");
        assert_eq!(state.line.text(), "swf list-domains ", "{keys}");
    }
}

#[test]
fn panels_are_scrolled_and_searched() {
    // The panel has nine rows of 50.
    let table = [
        ("", 0),
        ("j", 1),
        ("jjk", 1),
        ("k", 0),
        ("z", 9),
        ("zzw", 9),
        ("G", 41),
        ("Gg", 0),
        ("Gj", 41),
        ("/line 3<Enter>", 2),
        ("/line 3<Enter>n", 29),
        ("/line 3<Enter>nN", 2),
        ("/line 3<Enter>N", 38),
        ("G?line 12<Enter>", 11),
        ("/line<Esc>j", 1),
        ("/line 49<BS><BS>2<Enter>", 1),
    ];
    for (keys, top) in table {
        let mut state = state("swf list-domains");
        press(&mut state, "<F3><F2>");
        press(&mut state, keys);
        assert_eq!(state.documentation.top(), top, "{keys}");
    }
}

#[test]
fn panels_follow_the_line() {
    let mut state = state("swf");
    press(&mut state, "<F3><F5>");
    assert!(state.documentation.rows(80).is_empty());
    press(&mut state, "<Tab>");
    assert_eq!(state.documentation.rows(80)[0], "list-domains line 1");
    assert_eq!(state.output.rows(80), ["output of swf list-domains"]);
    press(&mut state, "<Tab>");
    assert_eq!(
        state.documentation.rows(80)[0],
        "list-activity-types line 1"
    );
}

#[test]
fn in_several_columns_arrows_cross_them() {
    let mut state = state("swf");
    state.size.height = 6;
    press(&mut state, "<F4><Tab><Right>");
    assert_eq!(state.line.text(), "swf list-activity-types");
    press(&mut state, "<Left>");
    assert_eq!(state.line.text(), "swf list-domains");
}

#[test]
fn pasted_text_stays_on_one_line() {
    let mut state = state("swf");
    state.paste("list-domains\t--max\n5\n");
    assert_eq!(line(&state), "swf list-domains --max 5|");
    press(&mut state, "<F3><F2>");
    state.paste("x");
    assert_eq!(line(&state), "swf list-domains --max 5|");
}
