//! The screen from the state: the line, its menu, the panels, and the keys.

mod menu;

#[cfg(test)]
mod tests;

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Paragraph, Wrap};
use unicode_width::UnicodeWidthChar;

use crate::areas::{Areas, text_of};
use crate::help;
use crate::panel::Panel;
use crate::state::{Focus, State};

/// What stands before the line.
pub(crate) const PROMPT: &str = "> aws ";

const KEY: Style = Style::new().fg(Color::Cyan);

/// Draws everything, and puts the terminal's cursor where typing goes.
pub(crate) fn draw(frame: &mut Frame<'_>, state: &State<'_>) {
    let areas = state.areas();
    let cursor = draw_line(frame, state, areas.input);
    draw_panels(frame, state, &areas);
    if state.shown.help {
        draw_help(frame, state.focus, areas.help);
    } else {
        draw_bar(frame, state, areas.bar);
    }
    if state.focus == Focus::Input
        && let Some(cursor) = cursor
    {
        menu::draw(frame, state, areas.input, cursor);
        frame.set_cursor_position(cursor.at);
    }
}

/// Where on the screen the cursor is, and where the word at it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cursor {
    at: Position,
    word_column: u16,
}

/// Draws the line, broken at the right edge. A line that does not fit is shown around the cursor.
fn draw_line(frame: &mut Frame<'_>, state: &State<'_>, area: Rect) -> Option<Cursor> {
    if area.is_empty() {
        return None;
    }
    let text = format!("{PROMPT}{}", state.line.text());
    let cursor_byte = PROMPT.len() + state.line.cursor();
    let word_byte = state
        .menu
        .as_ref()
        .map_or(cursor_byte, |menu| PROMPT.len() + menu.start);
    let mut rows = vec![String::new()];
    let (mut column, mut cursor, mut word_column) = (0, None, 0);
    for (byte, c) in text.char_indices().chain([(text.len(), ' ')]) {
        let width = u16::try_from(c.width().unwrap_or(0)).unwrap_or(0);
        if column + width > area.width {
            rows.push(String::new());
            column = 0;
        }
        if byte == word_byte {
            word_column = column;
        }
        if byte == cursor_byte {
            cursor = Some((rows.len() - 1, column));
        }
        if let Some(row) = rows.last_mut() {
            row.push(c);
        }
        column += width;
    }
    let (row, column) = cursor?;
    let first = (row + 1).saturating_sub(usize::from(area.height));
    let lines: Vec<Line<'_>> = rows.into_iter().skip(first).map(Line::from).collect();
    frame.render_widget(Paragraph::new(lines), area);
    let y = area.y + u16::try_from(row - first).ok()?;
    Some(Cursor {
        at: Position::new(area.x + column, y),
        word_column: area.x + word_column,
    })
}

fn draw_panels(frame: &mut Frame<'_>, state: &State<'_>, areas: &Areas) {
    let focus = state.focus;
    if state.shown.documentation {
        let is_focused = focus == Focus::Documentation;
        draw_panel(
            frame,
            &state.documentation,
            "Doc panel",
            is_focused,
            areas.documentation,
        );
    }
    frame.render_widget(Block::new().borders(Borders::LEFT), areas.divider);
    if state.shown.output {
        let is_focused = focus == Focus::Output;
        draw_panel(
            frame,
            &state.output,
            "Output panel",
            is_focused,
            areas.output,
        );
    }
}

fn draw_panel(frame: &mut Frame<'_>, panel: &Panel, title: &str, is_focused: bool, area: Rect) {
    if area.is_empty() {
        return;
    }
    let style = if is_focused {
        Style::new().add_modifier(Modifier::BOLD)
    } else {
        Style::new()
    };
    let title = Line::styled(format!("|{title}|"), style).centered();
    frame.render_widget(Block::new().borders(Borders::TOP).title(title), area);
    let text = text_of(area);
    let rows = panel.rows(text.width.into());
    let visible = rows.into_iter().skip(panel.top()).take(text.height.into());
    frame.render_widget(
        Paragraph::new(visible.map(Line::from).collect::<Vec<_>>()),
        text,
    );
    if let Some(search) = panel.search.as_ref().filter(|search| search.is_typed) {
        let sign = if search.forward { '/' } else { '?' };
        let row = Rect::new(area.x, area.bottom() - 1, area.width, 1);
        frame.render_widget(Paragraph::new(format!("{sign}{}", search.pattern)), row);
        if is_focused {
            let column = u16::try_from(search.pattern.chars().count() + 1).unwrap_or(0);
            frame.set_cursor_position((row.x + column.min(row.width - 1), row.y));
        }
    }
}

fn draw_help(frame: &mut Frame<'_>, focus: Focus, area: Rect) {
    let (title, keys) = help::side(focus);
    let lines: Vec<Line<'_>> = keys
        .iter()
        .map(|(key, meaning)| {
            Line::from_iter([
                Span::styled(format!("[{key}]"), KEY),
                Span::raw(format!(" {meaning}")),
            ])
        })
        .collect();
    let block = Block::bordered().title(Line::from(format!("| {title} |")).centered());
    frame.render_widget(
        Paragraph::new(lines).block(block).wrap(Wrap { trim: true }),
        area,
    );
}

fn draw_bar(frame: &mut Frame<'_>, state: &State<'_>, area: Rect) {
    let mut spans = Vec::new();
    if state.is_history {
        let style = Style::new().fg(Color::Red).add_modifier(Modifier::REVERSED);
        spans.extend([Span::styled("bck-i-search", style), Span::raw("    ")]);
    }
    if state.message.is_empty() {
        for (key, meaning) in help::bar(state.focus) {
            spans.push(Span::styled(format!("[{key}]"), KEY));
            // Blanks that do not break keep a key and its meaning on one row.
            spans.push(Span::raw(format!(
                "\u{a0}{}",
                meaning.replace(' ', "\u{a0}")
            )));
            spans.push(Span::raw("    "));
        }
    } else {
        spans.push(Span::raw(state.message));
    }
    let bar = Paragraph::new(Line::from(spans))
        .wrap(Wrap { trim: true })
        .block(Block::new().borders(Borders::TOP));
    frame.render_widget(bar, area);
}
