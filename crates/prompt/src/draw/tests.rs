//! Whole screens, drawn without a terminal.

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Size;
use ratatui::style::Modifier;

use crate::draw::draw;
use crate::fake::{press, state};
use crate::state::State;

fn terminal(state: &mut State<'_>, width: u16, height: u16) -> Terminal<TestBackend> {
    state.size = Size::new(width, height);
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a terminal");
    terminal.draw(|frame| draw(frame, state)).expect("drawn");
    terminal
}

/// The rows of the screen without the blanks at their ends.
fn screen(state: &mut State<'_>, width: u16, height: u16) -> Vec<String> {
    let terminal = terminal(state, width, height);
    let cells = terminal.backend().buffer().content.chunks(width.into());
    cells
        .map(|row| {
            let row: String = row.iter().map(|cell| cell.symbol()).collect();
            row.replace('\u{a0}', " ").trim_end().to_owned()
        })
        .collect()
}

#[test]
fn the_first_view_has_line_menu_and_keys() {
    let mut state = state("swf");
    let mut terminal = terminal(&mut state, 80, 12);
    let cursor = terminal.get_cursor_position().expect("a cursor");
    assert_eq!((cursor.x, cursor.y), (10, 0));
    let rule = "─".repeat(80);
    let expected = [
        "> aws swf",
        "          list-domains",
        "          list-activity-types",
        "          describe-domain",
        "",
        "",
        "",
        "",
        "",
        rule.as_str(),
        "[ENTER] Autocomplete Choice/Execute Command    [F1] Show Shortkey Help    [F2]",
        "Focus on next panel    [F3] Hide/Show Docs    [F5] Hide/Show Output",
    ];
    let shown = screen(&mut state, 80, 12);
    assert_eq!(shown[..10], expected[..10]);
    assert!(shown[10].starts_with("[ENTER] Autocomplete Choice/Execute Command    [F1] Show"));
    assert!(shown[11].ends_with("[F5] Hide/Show Output"));
}

#[test]
fn options_have_notes_and_the_selected_one_stands_out() {
    let mut state = state("swf list-domains");
    press(&mut state, "<Tab>");
    let shown = screen(&mut state, 60, 10);
    assert_eq!(
        shown[..3],
        [
            "> aws swf list-domains --domain",
            "                   --domain (required)  [string] The domain.",
            "                   --file               [string] A file.",
        ]
    );
    let terminal = terminal(&mut state, 60, 10);
    let is_reversed = |y| {
        let cell = terminal.backend().buffer().cell((24, y)).expect("a cell");
        cell.modifier.contains(Modifier::REVERSED)
    };
    assert_eq!([1, 2].map(is_reversed), [true, false]);
    let narrow = screen(&mut state, 36, 10);
    assert_eq!(narrow[1], " --domain (required)  [string] Th...");
}

#[test]
fn panels_stand_beside_each_other_below_the_menu() {
    let mut state = state("swf list-domains");
    press(&mut state, "<F3><F5>");
    let shown = screen(&mut state, 41, 20);
    assert_eq!(
        shown[9..12],
        [
            "────|Doc panel|─────│───|Output panel|───",
            "list-domains line 1 │output of swf",
            "list-domains line 2 │list-domains",
        ]
    );
    press(&mut state, "<F2>/x");
    let shown = screen(&mut state, 41, 20);
    assert_eq!(shown[16], "/x                  │");
}

#[test]
fn the_help_takes_the_place_of_the_bar() {
    let mut state = state("swf");
    press(&mut state, "<F1>");
    let shown = screen(&mut state, 100, 14);
    assert!(shown[0].contains("| Prompt panel help |"), "{shown:#?}");
    assert!(shown[1].contains("[ENTER] Autocomplete Choice/Execute Command"));
    assert!(shown[13].ends_with('┘'));
    press(&mut state, "<F3><F2>");
    assert!(screen(&mut state, 100, 14)[1].contains("[/] Search Forward"));
}

#[test]
fn long_lines_are_broken_and_the_cursor_stays_in_sight() {
    let mut state = state("swf");
    press(&mut state, "日本語日本語<Esc>");
    let shown = screen(&mut state, 13, 12);
    assert_eq!(shown[..3], ["> aws swf 日", "本語日本語", ""].map(wide));
    let mut terminal = terminal(&mut state, 13, 4);
    assert_eq!(terminal.get_cursor_position().expect("a cursor").x, 10);
}

/// A wide character is followed by an empty cell.
fn wide(row: &str) -> String {
    let wide = |c: char| {
        if c.is_ascii() {
            c.to_string()
        } else {
            format!("{c} ")
        }
    };
    row.chars()
        .map(wide)
        .collect::<String>()
        .trim_end()
        .to_owned()
}

#[test]
fn several_columns_show_the_note_of_the_selected_choice() {
    let mut state = state("swf list-domains");
    press(&mut state, "<F4><Tab>");
    let shown = screen(&mut state, 60, 12);
    assert_eq!(
        shown[1..4],
        ["  --domain (required)", "  --file", "[string] The domain."]
    );
}

#[test]
fn control_characters_of_values_do_not_reach_the_terminal() {
    let mut state = state("swf list-domains");
    press(&mut state, "--domain ");
    let evil = crate::Choice::plain("a\u{1b}[2Jb");
    state.answer("domains".into(), vec![evil, crate::Choice::plain("c")]);
    press(&mut state, "<Tab>");
    let terminal = terminal(&mut state, 60, 12);
    let cells = &terminal.backend().buffer().content;
    assert!(
        cells
            .iter()
            .all(|cell| !cell.symbol().contains(char::is_control))
    );
}

#[test]
fn every_size_of_screen_can_be_drawn() {
    for keys in [
        "",
        "<Tab>",
        "<F4>",
        "<F1>",
        "<F3><F5><F1>",
        "<F3><F2>/x",
        "<F4><Tab><F3>",
    ] {
        let mut state = state("swf list-domains");
        press(&mut state, keys);
        for width in (1..12).chain([40, 80]) {
            for height in (1..12).chain([24]) {
                terminal(&mut state, width, height);
            }
        }
    }
}
