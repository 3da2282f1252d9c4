//! From measured sections to the written pieces.

use super::layout::Section;
use super::wide::text_width;

const RESET: &str = "\x1b[0m";

/// The pieces of a table, in the order of the reference's write calls: the line on top, then four for every other line
/// (left bars, text, right bars, newline).
pub(super) fn pieces(sections: &[Section], width: usize, colour: bool) -> Vec<String> {
    if sections.is_empty() {
        return Vec::new();
    }
    let mut pieces = vec!["-".repeat(width) + "\n"];
    for section in sections {
        let bar = if colour {
            format!("\x1b[2m\x1b[33m|{RESET}")
        } else {
            "|".into()
        };
        let bars = bar.repeat(section.depth);
        for line in lines(section, width.saturating_sub(2 * section.depth), colour) {
            pieces.extend([bars.clone(), line, bars.clone(), "\n".into()]);
        }
    }
    pieces
}

/// The lines of a section without the bars of its depth.
fn lines(section: &Section, width: usize, colour: bool) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(title) = section.title.as_deref().filter(|title| !title.is_empty()) {
        lines.push(centred(title, width, "|"));
        if section.header.is_empty() && section.rows.is_empty() {
            lines.push(rule(&[width]));
        }
    }
    let widths = section.column_widths(width);
    if !section.header.is_empty() {
        lines.push(rule(&widths));
        lines.push(row(&widths, &section.header, centred));
    }
    if !section.rows.is_empty() && !widths.is_empty() {
        lines.push(rule(&widths));
        let cell = |text: &str, width, edge: &str| aligned_left(text, width, edge, colour);
        lines.extend(section.rows.iter().map(|cells| row(&widths, cells, cell)));
        lines.push(rule(&widths));
    }
    lines
}

/// `+-----+----+`
fn rule(widths: &[usize]) -> String {
    let mut line = String::new();
    for (at, width) in widths.iter().enumerate() {
        let edges = if at == 0 { "+" } else { "" };
        line.push_str(edges);
        line.push_str(&"-".repeat(width.saturating_sub(edges.len() + 1)));
        line.push('+');
    }
    line
}

/// The cells of a row; only the first has a left edge.
fn row(widths: &[usize], cells: &[String], draw: impl Fn(&str, usize, &str) -> String) -> String {
    widths
        .iter()
        .zip(cells)
        .enumerate()
        .map(|(at, (width, cell))| draw(cell, *width, if at == 0 { "|" } else { "" }))
        .collect()
}

/// A text in the middle of `width` columns, edges included.
fn centred(text: &str, width: usize, left_edge: &str) -> String {
    let text_width = text_width(text);
    // Where the text is as wide as its place the blanks on the left are one below none, which the right side gets back.
    let left = (width / 2) as i64 - (text_width / 2) as i64 - 1;
    let taken = (left_edge.len() + text_width + 1) as i64 + left;
    let right = width as i64 - taken;
    format!("{left_edge}{}{text}{}|", blanks(left), blanks(right))
}

/// A text two blanks from the left; none if there is no room for them.
fn aligned_left(text: &str, width: usize, left_edge: &str, colour: bool) -> String {
    let taken = text_width(text) + left_edge.len() + 1;
    let padding = if taken + 2 <= width { 2 } else { 0 };
    let rest = blanks(width as i64 - (taken + padding) as i64);
    let padding = blanks(padding as i64);
    if colour {
        format!("{left_edge}{padding}\x1b[1m\x1b[34m{text}{RESET}{rest}|")
    } else {
        format!("{left_edge}{padding}{text}{rest}|")
    }
}

/// That many blanks; none for a negative number.
fn blanks(count: i64) -> String {
    " ".repeat(usize::try_from(count).unwrap_or(0))
}
