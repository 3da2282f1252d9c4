//! The formats of results (cli.md section 14): which there are, and a whole value in one of them.

use everbeat_format::{FormatError, table, text, yaml};
use everbeat_json::{Json, NonAscii, pretty};

use crate::exit::Failure;

/// What ends a change of colour; also written behind every piece of a coloured table.
pub(crate) const RESET: &str = "\u{1b}[0m";

/// A format of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    Text,
    Table,
    Yaml,
    /// A YAML document for each page.
    YamlStream,
    /// Nothing.
    Off,
}

/// The names in a table of names and what they stand for.
pub(crate) const fn names<T, const N: usize>(table: &[(&'static str, T); N]) -> [&'static str; N] {
    let mut names = [""; N];
    let mut row = 0;
    while row < N {
        names[row] = table[row].0;
        row += 1;
    }
    names
}

/// How a table looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Look {
    /// Columns of the terminal.
    pub(crate) width: usize,
    pub(crate) colour: bool,
    /// Colours are ended behind every piece, as on a stream without a pager.
    pub(crate) resets: bool,
}

impl Look {
    /// As on a stream that is no terminal.
    pub(crate) const PLAIN: Self = Self {
        width: 80,
        colour: false,
        resets: false,
    };
}

impl Format {
    const ALL: [(&'static str, Self); 6] = [
        ("json", Self::Json),
        ("text", Self::Text),
        ("table", Self::Table),
        ("yaml", Self::Yaml),
        ("yaml-stream", Self::YamlStream),
        ("off", Self::Off),
    ];
    /// The names of all formats, in the reference's order.
    pub(crate) const NAMES: [&'static str; 6] = names(&Self::ALL);

    /// The format of that name.
    ///
    /// # Errors
    /// The reference's sentence.
    pub(crate) fn named(name: &str) -> Result<Self, Failure> {
        let found = Self::ALL.iter().find(|(known, _)| *known == name);
        found
            .map(|(_, format)| *format)
            .ok_or_else(|| Failure::general(format!("Unknown output type: {name}")))
    }

    /// Appends a value as it is written, with the newline at its end; nothing for an empty one. `title` heads a table.
    ///
    /// # Errors
    /// A value that the format cannot show; what could be shown of it is in `out`.
    pub(crate) fn write(
        self,
        title: &str,
        value: &Json,
        look: Look,
        out: &mut String,
    ) -> Result<(), FormatError> {
        let is_empty = matches!(value, Json::Map(members) if members.is_empty());
        match self {
            Self::Off => {}
            Self::Json | Self::Yaml if is_empty => {}
            Self::Json => {
                out.push_str(&pretty(value, NonAscii::Raw));
                out.push('\n');
            }
            Self::Yaml => out.push_str(&yaml::document(value)),
            Self::YamlStream => out.push_str(&yaml::stream_element(value)),
            Self::Text => text::write(value, out)?,
            Self::Table => {
                for piece in table::write(title, value, look.width, look.colour)? {
                    out.push_str(&piece);
                    if look.colour && look.resets {
                        out.push_str(RESET);
                    }
                }
            }
        }
        Ok(())
    }
}
