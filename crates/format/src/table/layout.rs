//! A section of a table and its sizes.

use super::wide::text_width;
use crate::FormatError;

/// Blanks and edge that every column has besides its widest cell.
const PADDING: usize = 4;
/// The outer edges of a section.
const BORDER: usize = 2;

/// A title, a header row and rows, drawn `depth` bars inside the table.
pub(super) struct Section {
    /// None for a list inside a list that brings maps of its own: it is not drawn, but measured as `None`.
    pub(super) title: Option<String>,
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
    pub(super) depth: usize,
    /// Cells that a row must have; the first header or row decides.
    columns: Option<usize>,
    /// The widest text of each column.
    widest: Vec<usize>,
}

impl Section {
    pub(super) fn new(title: Option<&str>, depth: usize) -> Self {
        Self {
            title: title.map(str::to_owned),
            header: Vec::new(),
            rows: Vec::new(),
            depth,
            columns: None,
            widest: Vec::new(),
        }
    }

    pub(super) fn add_header(&mut self, header: Vec<String>) -> Result<(), FormatError> {
        self.measure(&header)?;
        self.columns.get_or_insert(header.len());
        self.header = header;
        Ok(())
    }

    pub(super) fn add_row(&mut self, row: Vec<String>) -> Result<(), FormatError> {
        let expected = *self.columns.get_or_insert(row.len());
        if row.len() != expected {
            return Err(FormatError::RowLength {
                expected,
                found: row.len(),
            });
        }
        self.measure(&row)?;
        self.rows.push(row);
        Ok(())
    }

    fn measure(&mut self, row: &[String]) -> Result<(), FormatError> {
        if self.widest.is_empty() {
            self.widest = vec![0; row.len()];
        }
        if row.len() > self.widest.len() {
            return Err(FormatError::HeaderLength);
        }
        for (widest, cell) in self.widest.iter_mut().zip(row) {
            *widest = text_width(cell).max(*widest);
        }
        Ok(())
    }

    /// A section with a header and exactly one row becomes one of rows `header, value`; others stay as they are.
    pub(super) fn on_its_side(self) -> Self {
        if self.header.is_empty() || self.rows.len() != 1 {
            return self;
        }
        let cells = self.rows.into_iter().flatten();
        let rows: Vec<Vec<String>> = self
            .header
            .into_iter()
            .zip(cells)
            .map(|(header, cell)| vec![header, cell])
            .collect();
        let mut turned = Self::new(self.title.as_deref(), self.depth);
        turned.widest = (0..2)
            .map(|column| {
                let widths = rows.iter().filter_map(|row| row.get(column));
                widths.map(|cell| text_width(cell)).max().unwrap_or(0)
            })
            .collect();
        turned.rows = rows;
        turned
    }

    /// The width that the section needs, the bars of its depth included.
    fn width(&self) -> usize {
        let title = text_width(self.title.as_deref().unwrap_or("None"));
        let cells: usize = self.widest.iter().map(|width| width + PADDING).sum();
        cells.max(title) + BORDER + 2 * self.depth
    }

    /// The widths of the columns, stretched to `width` in all.
    pub(super) fn column_widths(&self, width: usize) -> Vec<usize> {
        let natural: Vec<usize> = self.widest.iter().map(|width| width + PADDING).collect();
        if natural.is_empty() {
            return natural;
        }
        let factor = width as f64 / natural.iter().sum::<usize>() as f64;
        let mut widths: Vec<usize> = natural
            .iter()
            .map(|width| (factor * *width as f64).round_ties_even() as usize)
            .collect();
        let sum: usize = widths.iter().sum();
        let count = widths.len();
        if sum > width {
            (0..sum - width).for_each(|step| widths[step % count] -= 1);
        } else {
            (0..width - sum).for_each(|step| widths[count - 1 - step % count] += 1);
        }
        widths
    }
}

/// The width of a table: that of its widest section. 0 without sections.
pub(super) fn table_width(sections: &[Section]) -> usize {
    sections.iter().map(Section::width).max().unwrap_or(0)
}
