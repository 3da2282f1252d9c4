//! What the keys do, for the bar at the bottom and the help at the side.

use crate::state::Focus;

type Keys = &'static [(&'static str, &'static str)];

const FOCUS: (&str, &str) = ("F2", "Focus on next panel");
const DOCUMENTATION: (&str, &str) = ("F3", "Hide/Show Docs");
const OUTPUT: (&str, &str) = ("F5", "Hide/Show Output");
const ENTER: (&str, &str) = ("ENTER", "Autocomplete Choice/Execute Command");
const SHOW_HELP: (&str, &str) = ("F1", "Show Shortkey Help");
const HIDE_HELP: (&str, &str) = ("F1", "Hide Shortkey Help");
const TO_INPUT: (&str, &str) = ("q", "Focus on Input");

/// The keys of the bar.
pub(crate) const fn bar(focus: Focus) -> Keys {
    match focus {
        Focus::Input => &[ENTER, SHOW_HELP, FOCUS, DOCUMENTATION, OUTPUT],
        Focus::Documentation | Focus::Output => {
            &[SHOW_HELP, FOCUS, TO_INPUT, DOCUMENTATION, OUTPUT]
        }
    }
}

/// The title of the help at the side, and its keys.
pub(crate) const fn side(focus: Focus) -> (&'static str, Keys) {
    match focus {
        Focus::Input => ("Prompt panel help", INPUT),
        Focus::Documentation => ("Doc panel help", PANEL),
        Focus::Output => ("Output panel help", PANEL),
    }
}

const INPUT: Keys = &[
    ENTER,
    ("TAB", "Next choice"),
    ("SHIFT+TAB", "Previous choice"),
    ("ESC", "Close the menu"),
    HIDE_HELP,
    FOCUS,
    DOCUMENTATION,
    ("F4", "One/Multi column prompt"),
    OUTPUT,
    ("CONTROL+R", "On/Off bck-i-search"),
    ("CONTROL+C", "Leave"),
];

const PANEL: Keys = &[
    ("/", "Search Forward"),
    ("?", "Search Backward"),
    ("n", "Find Next Match"),
    ("N", "Find Previous Match"),
    ("w", "Go Up a Page"),
    ("z", "Go Down a Page"),
    ("k", "Go Up a Line"),
    ("j", "Go Down a Line"),
    ("g", "Go to Top"),
    ("G", "Go to Bottom"),
    TO_INPUT,
    HIDE_HELP,
    FOCUS,
    DOCUMENTATION,
    OUTPUT,
];
