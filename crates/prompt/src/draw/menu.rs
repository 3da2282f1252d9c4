//! The menu of choices below the cursor, in one column with notes or in several without.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Paragraph};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::Cursor;
use crate::areas::MENU_ROWS;
use crate::knowledge::Choice;
use crate::menu::Menu;
use crate::state::State;

const PLAIN: Style = Style::new().fg(Color::White).bg(Color::DarkGray);
const NOTE: Style = Style::new().fg(Color::Gray).bg(Color::DarkGray);
const SELECTED: Style = Style::new().add_modifier(Modifier::REVERSED);
/// Rows that stay visible beyond the selected one.
const AHEAD: usize = 2;
const ELLIPSIS: &str = "...";

/// Draws the menu of the state, if it is open and there is room below the cursor.
pub(super) fn draw(frame: &mut Frame<'_>, state: &State<'_>, area: Rect, cursor: Cursor) {
    let Some(menu) = &state.menu else {
        return;
    };
    let room = Rect {
        y: cursor.at.y + 1,
        height: area.bottom().saturating_sub(cursor.at.y + 1),
        ..area
    };
    if room.is_empty() || room.width < 4 {
        return;
    }
    if state.is_multi_column {
        let rows = usize::from(state.rows_of_columns().min(room.height));
        columns(frame, menu, room, rows);
    } else {
        column(frame, menu, room, cursor.word_column);
    }
}

fn column(frame: &mut Frame<'_>, menu: &Menu, room: Rect, word_column: u16) {
    let rows = usize::from(room.height.min(MENU_ROWS)).min(menu.choices.len());
    let most = usize::from(room.width) - 2;
    let labels = widest(menu.choices.iter().map(label)).min(most);
    let notes = widest(menu.choices.iter().map(|choice| choice.note.clone()));
    let notes = if notes == 0 {
        0
    } else {
        (notes + 1).min(most - labels)
    };
    let first = first_row(menu.selected, rows, menu.choices.len());
    let lines: Vec<Line<'_>> = menu
        .choices
        .iter()
        .enumerate()
        .skip(first)
        .take(rows)
        .map(|(at, choice)| {
            let (plain, note) = styles(menu.selected == Some(at));
            let label = fitted(&label(choice), labels);
            let text = if notes == 0 {
                String::new()
            } else {
                format!(" {}", fitted(&choice.note, notes - 1))
            };
            Line::from_iter([
                Span::styled(format!(" {label} "), plain),
                Span::styled(text, note),
            ])
        })
        .collect();
    let width = u16::try_from(labels + 2 + notes).unwrap_or(room.width);
    let leftmost = room.right().saturating_sub(width);
    let area = Rect {
        x: word_column.saturating_sub(1).min(leftmost),
        width,
        height: u16::try_from(rows).unwrap_or(room.height),
        ..room
    };
    frame.render_widget(Clear, area);
    frame.render_widget(Paragraph::new(lines), area);
}

/// The menu in columns of `rows` rows, and the note of the selected choice below it.
fn columns(frame: &mut Frame<'_>, menu: &Menu, room: Rect, rows: usize) {
    let most = usize::from(room.width) - 2;
    let labels = widest(menu.choices.iter().map(label)).min(most);
    let rows = rows.min(menu.choices.len());
    let visible = (most / (labels + 2)).max(1);
    let all = menu.choices.len().div_ceil(rows);
    let selected = menu.selected.unwrap_or(0) / rows;
    let first = (selected + 1).saturating_sub(visible);
    let has_more = first + visible < all;
    let mut lines: Vec<Line<'_>> = (0..rows)
        .map(|row| {
            let is_middle = row == rows / 2;
            let edge = |is_cut: bool, sign: &'static str| {
                Span::styled(if is_cut && is_middle { sign } else { " " }, NOTE)
            };
            let cells = (first..all.min(first + visible)).map(|column| {
                let at = column * rows + row;
                let text = menu.choices.get(at).map(label).unwrap_or_default();
                Span::styled(
                    format!(" {} ", fitted(&text, labels)),
                    styles(menu.selected == Some(at)).0,
                )
            });
            Line::from_iter(
                [edge(first > 0, "<")]
                    .into_iter()
                    .chain(cells)
                    .chain([edge(has_more, ">")]),
            )
        })
        .collect();
    if let Some(choice) = menu.choice() {
        lines.push(Line::from(fitted(&choice.note, usize::from(room.width))));
    }
    let height = u16::try_from(lines.len()).unwrap_or(room.height);
    let area = Rect {
        height: height.min(room.height),
        ..room
    };
    frame.render_widget(Clear, area);
    frame.render_widget(Paragraph::new(lines), area);
}

const fn styles(is_selected: bool) -> (Style, Style) {
    if is_selected {
        (SELECTED, SELECTED)
    } else {
        (PLAIN, NOTE)
    }
}

/// The first choice shown, so that the selected one and those after it are in sight.
fn first_row(selected: Option<usize>, rows: usize, all: usize) -> usize {
    let ahead = AHEAD.min(rows.saturating_sub(1) / 2);
    let wanted = selected.unwrap_or(0) + ahead + 1;
    wanted.saturating_sub(rows).min(all - rows.min(all))
}

fn label(choice: &Choice) -> String {
    if choice.required && choice.text.starts_with("--") {
        format!("{} (required)", choice.label)
    } else {
        choice.label.clone()
    }
}

fn widest(texts: impl Iterator<Item = String>) -> usize {
    texts.map(|text| text.width()).max().unwrap_or(0)
}

/// A text in exactly that many columns, with blanks behind it or cut with an ellipsis.
fn fitted(text: &str, columns: usize) -> String {
    let width = text.width();
    if width <= columns {
        return format!("{text}{}", " ".repeat(columns - width));
    }
    let mut fitted = String::new();
    let mut used = 0;
    let most = columns.saturating_sub(ELLIPSIS.len());
    for c in text.chars() {
        let width = c.width().unwrap_or(0);
        if used + width > most {
            break;
        }
        fitted.push(c);
        used += width;
    }
    let ellipsis = ELLIPSIS.get(..columns.min(ELLIPSIS.len()));
    fitted.push_str(ellipsis.unwrap_or_default());
    let used = used + columns.min(ELLIPSIS.len());
    fitted.push_str(&" ".repeat(columns.saturating_sub(used)));
    fitted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_fill_their_columns_exactly() {
        for (text, columns, expected) in [
            ("ab", 4, "ab  "),
            ("abcdefgh", 6, "abc..."),
            ("日本語", 5, "日..."),
            ("日本語", 4, "... "),
            ("abc", 2, ".."),
            ("abc", 0, ""),
        ] {
            let fitted = fitted(text, columns);
            assert_eq!(fitted, expected);
            assert_eq!(fitted.width(), columns);
        }
    }

    #[test]
    fn the_selected_choice_is_in_sight() {
        for (selected, rows, all, first) in [
            (None, 16, 39, 0),
            (Some(13), 16, 39, 0),
            (Some(14), 16, 39, 1),
            (Some(38), 16, 39, 23),
            (Some(1), 2, 2, 0),
            (Some(2), 1, 3, 2),
        ] {
            assert_eq!(
                first_row(selected, rows, all),
                first,
                "{selected:?} {rows} {all}"
            );
        }
    }
}
