//! The progress bar, drawn from the details of heartbeats.
//!
//! On a terminal one line is redrawn for each heartbeat; elsewhere there is a line for each quarter.

use crate::checksum::Position;
use crate::screen::Screen;

const CELLS: u64 = 26;
const GREEN: &str = "\x1b[32m";
const DIM: &str = "\x1b[2m";
const PLAIN: &str = "\x1b[0m";
/// Back to the start of the line, and the rest of the old line away.
const REDRAW: &str = "\r\x1b[K";

/// A bar over one attempt.
#[derive(Debug)]
pub(crate) struct Bar {
    screen: Screen,
    files: usize,
    bytes: u64,
    /// Heartbeats so far.
    pub(crate) heartbeats: u32,
    quarters: u64,
}

impl Bar {
    /// A bar for work of so many files and bytes, of which `from` was done before.
    pub(crate) fn new(screen: Screen, files: usize, bytes: u64, from: Position) -> Self {
        let mut bar = Self {
            screen,
            files,
            bytes,
            heartbeats: 0,
            quarters: 0,
        };
        bar.quarters = bar.share(from, 4);
        bar
    }

    /// What a heartbeat changes on the screen, perhaps nothing.
    pub(crate) fn beat(&mut self, position: Position) -> String {
        self.heartbeats += 1;
        let line = self.line(position);
        if self.screen.is_terminal {
            return format!("{REDRAW}{line}");
        }
        let quarters = self.share(position, 4);
        if quarters == self.quarters {
            return String::new();
        }
        self.quarters = quarters;
        line + "\n"
    }

    /// What leaves the bar as it is, for lines that follow.
    pub(crate) fn end(&self) -> &'static str {
        if self.screen.is_terminal && self.heartbeats > 0 {
            "\n"
        } else {
            ""
        }
    }

    /// The bar itself, without an end of line; at most 79 characters.
    fn line(&self, position: Position) -> String {
        let full = self.share(position, CELLS);
        let cells = |cell: &str, count: u64| cell.repeat(usize::try_from(count).unwrap_or(0));
        let (done, open) = (cells("█", full), cells("░", CELLS - full));
        let bar = if self.screen.colour {
            format!("{GREEN}{done}{PLAIN}{DIM}{open}{PLAIN}")
        } else {
            done + &open
        };
        let percent = self.share(position, 100);
        format!(
            "  {bar} {percent:>3} %  {} of {}  {} of {}",
            position.files,
            counted(self.files, "file"),
            megabytes(position.bytes).trim_end_matches(" MB"),
            megabytes(self.bytes),
        )
    }

    /// The bytes that are done in parts of the whole, `parts` being all of it.
    fn share(&self, position: Position, parts: u64) -> u64 {
        if position.files >= self.files || self.bytes == 0 {
            return parts;
        }
        let share = u128::from(position.bytes) * u128::from(parts) / u128::from(self.bytes);
        u64::try_from(share).unwrap_or(parts).min(parts)
    }
}

/// `1 file`, `2 files`.
pub(crate) fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

/// Bytes as megabytes with one decimal, rounded down.
pub(crate) fn megabytes(bytes: u64) -> String {
    format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PIPE: Screen = Screen {
        is_terminal: false,
        colour: false,
    };
    const TERMINAL: Screen = Screen {
        is_terminal: true,
        colour: false,
    };

    fn at(files: usize, bytes: u64) -> Position {
        Position {
            files,
            bytes,
            ..Default::default()
        }
    }

    fn bar(screen: Screen) -> Bar {
        Bar::new(screen, 10, 2_600_000, Position::default())
    }

    #[test]
    fn a_terminal_sees_every_heartbeat_on_one_line() {
        let mut bar = bar(TERMINAL);
        assert_eq!(bar.end(), "");
        let half = format!("  {}{}  50 %", "█".repeat(13), "░".repeat(13));
        let drawn = bar.beat(at(4, 1_300_000));
        assert_eq!(
            drawn,
            format!("\r\x1b[K{half}  4 of 10 files  1.3 of 2.6 MB")
        );
        assert!(bar.beat(at(4, 1_300_001)).starts_with(REDRAW));
        assert_eq!((bar.end(), bar.heartbeats), ("\n", 2));
    }

    #[test]
    fn a_pipe_gets_a_line_for_each_quarter() {
        let mut bar = bar(PIPE);
        let drawn: Vec<String> = (1..=26)
            .map(|step| bar.beat(at(step * 10 / 26, step as u64 * 100_000)))
            .filter(|line| !line.is_empty())
            .collect();
        assert_eq!(drawn.len(), 4);
        assert!(drawn.iter().all(|line| line.ends_with(" MB\n")));
        assert!(drawn.iter().all(|line| !line.contains(['\r', '\x1b'])));
        assert!(drawn[3].contains(" 100 %  10 of 10 files  2.6 of 2.6 MB"));
        assert_eq!(bar.end(), "");
    }

    #[test]
    fn a_resumed_bar_does_not_repeat_quarters() {
        let mut bar = Bar::new(PIPE, 10, 2_600_000, at(5, 1_300_000));
        assert_eq!(bar.beat(at(5, 1_300_000)), "");
        assert!(bar.beat(at(8, 2_000_000)).contains(" 76 %"));
    }

    #[test]
    fn colours_surround_the_same_cells() {
        let colour = Screen {
            colour: true,
            ..TERMINAL
        };
        let coloured = bar(colour).beat(at(1, 1_300_000));
        assert!(coloured.contains(GREEN));
        let stripped = coloured
            .replace(GREEN, "")
            .replace(DIM, "")
            .replace(PLAIN, "");
        assert_eq!(stripped, bar(TERMINAL).beat(at(1, 1_300_000)));
    }

    #[test]
    fn the_widest_line_fits_a_terminal() {
        let bar = Bar::new(TERMINAL, 20_000, 256_000_000, Position::default());
        for position in [at(0, 0), at(19_999, 255_999_999), at(20_000, 256_000_000)] {
            assert!(bar.line(position).chars().count() <= 79);
        }
    }

    #[test]
    fn only_the_end_is_all_of_it() {
        let bar = bar(TERMINAL);
        assert!(bar.line(at(9, 2_599_999)).contains(" 99 %"));
        assert!(bar.line(at(10, 2_600_000)).contains("100 %"));
        assert_eq!(megabytes(1_999_999), "1.9 MB");
        assert_eq!(counted(1, "file"), "1 file");
        assert_eq!(counted(0, "file"), "0 files");
    }
}
