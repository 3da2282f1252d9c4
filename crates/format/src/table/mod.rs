//! The format `table` (cli.md section 14.4): boxes of bars and dashes, a section for every map and list of maps.
//!
//! A value is turned into sections (`build`), these are measured (`layout`) and drawn (`draw`).

mod build;
mod draw;
mod layout;
mod wide;

use everbeat_json::Json;

use crate::FormatError;

/// The table of a value, in the pieces in which the reference writes it; colour on a terminal puts a reset behind each of
/// them (section 16.2), some are empty. No pieces when there is nothing to print.
///
/// `title` is the operation's name; `width` is that of the terminal in columns: a wider table turns its one-row sections
/// on their side.
///
/// # Errors
/// Rows of different lengths in one section, or a list of maps with other elements.
pub fn write(
    title: &str,
    value: &Json,
    width: usize,
    colour: bool,
) -> Result<Vec<String>, FormatError> {
    let mut sections = build::sections(title, value)?;
    let mut table_width = layout::table_width(&sections);
    if table_width > width {
        sections = sections
            .into_iter()
            .map(layout::Section::on_its_side)
            .collect();
        table_width = layout::table_width(&sections);
    }
    Ok(draw::pieces(&sections, table_width, colour))
}
