//! Where on the screen things are: the line with its menu on top, the panels below it, the help on keys at the right, and
//! the bar of keys at the bottom.

use ratatui::layout::{Rect, Size};

/// Rows that the line and its menu keep when panels are open.
const INPUT_ROWS: u16 = 10;
/// Rows of the panels, without their title, where there is room.
const PANEL_ROWS: u16 = 30;
/// A rule, and two rows of keys.
const BAR_ROWS: u16 = 3;
/// Columns of the help on keys, with its frame.
const HELP_COLUMNS: u16 = 46;
/// Greatest number of rows of the menu.
pub(crate) const MENU_ROWS: u16 = 16;

/// What is to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Shown {
    pub(crate) documentation: bool,
    pub(crate) output: bool,
    pub(crate) help: bool,
}

/// The parts of the screen. Parts that are not shown, or have no room, are empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Areas {
    pub(crate) input: Rect,
    /// With a title row.
    pub(crate) documentation: Rect,
    /// Between the panels.
    pub(crate) divider: Rect,
    /// With a title row.
    pub(crate) output: Rect,
    pub(crate) help: Rect,
    pub(crate) bar: Rect,
}

/// Divides a screen.
pub(crate) fn areas(size: Size, shown: Shown) -> Areas {
    let bar_rows = if shown.help { 0 } else { BAR_ROWS };
    let bar_rows = bar_rows.min(size.height.saturating_sub(1));
    let rows = size.height - bar_rows;
    let help_columns = if shown.help { HELP_COLUMNS } else { 0 };
    let help_columns = help_columns.min(size.width / 2);
    let columns = size.width - help_columns;
    let panel_rows = if shown.documentation || shown.output {
        (PANEL_ROWS + 1).min(rows.saturating_sub(INPUT_ROWS).max(rows / 2))
    } else {
        0
    };
    let input_rows = rows - panel_rows;
    let (left, middle) = match (shown.documentation, shown.output) {
        (true, true) => (columns.saturating_sub(1) / 2, columns.min(1)),
        (true, false) => (columns, 0),
        (false, _) => (0, 0),
    };
    let right = columns - left - middle;
    Areas {
        input: Rect::new(0, 0, columns, input_rows),
        documentation: Rect::new(0, input_rows, left, panel_rows),
        divider: Rect::new(left, input_rows, middle, panel_rows),
        output: Rect::new(left + middle, input_rows, right, panel_rows),
        help: Rect::new(columns, 0, help_columns, rows),
        bar: Rect::new(0, rows, size.width, bar_rows),
    }
}

/// The room for text in a panel: below its title, and above the row for a search.
pub(crate) fn text_of(panel: Rect) -> Rect {
    Rect {
        y: panel.y.saturating_add(1),
        height: panel.height.saturating_sub(2),
        ..panel
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_fill_the_screen_and_stay_in_it() {
        let flags = [false, true];
        for (width, height) in [(0, 0), (1, 1), (10, 3), (20, 8), (80, 24), (200, 60)] {
            let size = Size::new(width, height);
            let all = flags.iter().flat_map(|a| flags.iter().map(move |b| (a, b)));
            for (documentation, output) in all {
                for help in flags {
                    let shown = Shown {
                        documentation: *documentation,
                        output: *output,
                        help,
                    };
                    let areas = areas(size, shown);
                    let parts = [
                        areas.input,
                        areas.documentation,
                        areas.divider,
                        areas.output,
                        areas.help,
                        areas.bar,
                    ];
                    let covered: u32 = parts.iter().map(|part| part.area()).sum();
                    let panels = *documentation || *output;
                    // Without panels nothing is left over; a panel that is not shown leaves nothing either.
                    assert_eq!(
                        covered,
                        u32::from(width) * u32::from(height),
                        "{size:?} {shown:?}"
                    );
                    assert!(
                        parts
                            .iter()
                            .all(|part| part.right() <= width && part.bottom() <= height)
                    );
                    assert_eq!(areas.output.area() + areas.documentation.area() > 0, {
                        panels && areas.input.height < height - areas.bar.height && width > 1
                    });
                }
            }
        }
    }

    #[test]
    fn panels_leave_room_for_the_menu() {
        let shown = Shown {
            documentation: true,
            ..Shown::default()
        };
        let areas = areas(Size::new(80, 24), shown);
        assert_eq!((areas.input.height, areas.documentation.height), (10, 11));
        assert_eq!(text_of(areas.documentation), Rect::new(0, 11, 80, 9));
    }
}
