//! Results onto standard output: through the query, in a format, through the pager (cli.md sections 14 and 16).

use std::io::Write;

use everbeat_json::{DATE_TIME, Json};
use everbeat_query::Query;

use crate::exit::Failure;
use crate::format::{Format, Look};
use crate::pager::Pager;
use crate::paginate::Pages;
use crate::{Line, Streams};

/// Writes the results of one command.
pub(crate) struct Show<'a> {
    pub(crate) format: Format,
    pub(crate) query: Option<&'a Query>,
    /// Name of the operation; heads a table.
    pub(crate) title: &'static str,
    pub(crate) look: Look,
    /// Standard output.
    pub(crate) output: &'a mut dyn Write,
    /// Stands before standard output on a terminal.
    pub(crate) pager: Option<Pager>,
    pub(crate) is_terminal: bool,
    /// The reader is gone.
    pub(crate) closed: bool,
}

impl Show<'_> {
    /// A result that is complete.
    ///
    /// # Errors
    /// The query or the format fails on the value; the pager cannot be started.
    pub(crate) fn whole(&mut self, result: &Json) -> Result<(), Failure> {
        let is_empty = |value: &Json| matches!(value, Json::Map(members) if members.is_empty());
        match self.format {
            Format::Off => Ok(()),
            Format::YamlStream => {
                let found = self.queried(result)?;
                if is_empty(&found) {
                    return Ok(());
                }
                self.print(&found)
            }
            Format::Json | Format::Text | Format::Table | Format::Yaml => self.page(result),
        }
    }

    /// A page, or a part of a result that is written by itself.
    ///
    /// # Errors
    /// As [`Self::whole`].
    pub(crate) fn page(&mut self, page: &Json) -> Result<(), Failure> {
        let found = self.queried(page)?;
        self.print(&found)
    }

    /// What the format writes of a page before all pages are there.
    ///
    /// # Errors
    /// As [`Self::whole`].
    pub(crate) fn as_it_comes(
        &mut self,
        pages: &Pages,
        page: &Json,
        is_first: bool,
    ) -> Result<(), Failure> {
        match self.format {
            Format::Text => self.page(&pages.reduced(page, is_first)),
            Format::YamlStream => self.page(page),
            Format::Json | Format::Table | Format::Yaml | Format::Off => Ok(()),
        }
    }

    /// What the format writes when all pages are there.
    ///
    /// # Errors
    /// As [`Self::whole`].
    pub(crate) fn at_the_end(&mut self, pages: Pages) -> Result<(), Failure> {
        match self.format {
            Format::Text => match pages.resumption() {
                Some(resumption) => self.page(&resumption),
                None => Ok(()),
            },
            Format::YamlStream => Ok(()),
            Format::Json | Format::Table | Format::Yaml | Format::Off => {
                self.whole(&pages.into_result())
            }
        }
    }

    fn queried(&self, value: &Json) -> Result<Json, Failure> {
        match self.query {
            Some(query) => {
                let found = query.search(value);
                let found = found.map_err(|error| Failure::general(error.to_string()))?;
                self.check_writable(&found)?;
                Ok(found)
            }
            None => Ok(value.clone()),
        }
    }

    /// An expression that a query gives instead of a value has no form in JSON; texts show what it is.
    fn check_writable(&self, found: &Json) -> Result<(), Failure> {
        let is_text = matches!(self.format, Format::Text | Format::Table);
        match found {
            Json::Foreign(foreign) if foreign.class != DATE_TIME && !is_text => Err(
                Failure::general("Encountered unrecognized type in JSON encoder."),
            ),
            _ => Ok(()),
        }
    }

    fn print(&mut self, value: &Json) -> Result<(), Failure> {
        let mut text = String::new();
        let formed = self.format.write(self.title, value, self.look, &mut text);
        if !text.is_empty() && !self.closed {
            let written = match &mut self.pager {
                Some(pager) => pager.write(&text)?,
                None => self
                    .output
                    .write_all(text.as_bytes())
                    .and_then(|()| self.output.flush()),
            };
            self.closed = written.is_err();
        }
        formed.map_err(|error| Failure::general(error.to_string()))
    }

    /// Waits for the pager and ends the colours of a terminal.
    pub(crate) fn finish(self) {
        if let Some(pager) = self.pager {
            pager.finish();
        }
        if self.format == Format::Table && self.look.colour && self.is_terminal {
            let _ = self.output.write_all(crate::format::RESET.as_bytes());
        }
    }
}

/// What shows results under the title given, by the options of the line.
pub(crate) fn show<'a>(
    title: &'static str,
    format: Format,
    line: &'a Line<'_>,
    streams: &'a mut Streams<'_>,
) -> Show<'a> {
    let pager = pager(line, streams);
    let look = look(line, streams, pager.is_none());
    let is_terminal = streams.terminal_width.is_some();
    Show {
        format,
        query: line.query.as_ref(),
        title,
        look,
        output: &mut *streams.output,
        pager,
        is_terminal,
        closed: false,
    }
}

/// The pager, if standard output is a terminal and the settings name one.
pub(crate) fn pager(line: &Line<'_>, streams: &Streams<'_>) -> Option<Pager> {
    (streams.terminal_width.is_some() && !line.globals.has("--no-cli-pager"))
        .then(|| line.configuration.pager())
        .filter(|command| !command.is_empty())
        .map(Pager::new)
}

/// How tables look on standard output.
pub(crate) fn look(line: &Line<'_>, streams: &Streams<'_>, resets: bool) -> Look {
    let colour = match line.globals.value("--color") {
        Some("on") => true,
        Some("off") => false,
        _ => streams.terminal_width.is_some(),
    };
    Look {
        width: streams.terminal_width.unwrap_or(Look::PLAIN.width),
        colour,
        resets,
    }
}
