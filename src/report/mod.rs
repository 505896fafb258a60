//! Reports: what a run found, in the format that its reader wants.
//!
//! To add a format: write a file with a type that implements [`Report`], and add a row to
//! [`REPORT_FORMATS`].

mod csv;
mod json;
mod pdq;
mod printable;
mod text;

use std::fmt;
use std::io::{self, Write};

use crate::record::{Record, Run, Summary};

pub use json::write_json;
pub use printable::printable;

/// Takes a run as it goes on: once [`Report::run`], then [`Report::file`] for each candidate in
/// walk order, then once [`Report::summary`].
pub trait Report {
    /// The run begins.
    ///
    /// # Errors
    /// When writing fails; so for the other functions.
    fn run(&mut self, run: &Run) -> io::Result<()>;

    /// A candidate was examined.
    ///
    /// # Errors
    /// When writing fails.
    fn file(&mut self, record: &Record) -> io::Result<()>;

    /// The run ended.
    ///
    /// # Errors
    /// When writing fails.
    fn summary(&mut self, summary: &Summary) -> io::Result<()>;

    /// Writes out what is still held back.
    ///
    /// # Errors
    /// When writing fails.
    fn flush(&mut self) -> io::Result<()>;
}

/// The format of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Jsonl,
    /// One JSON document.
    Json,
    /// Comma-separated values.
    Csv,
    /// `hash,quality,filename`, as PDQ's reference tools write it.
    Pdq,
}

/// What a report is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Matches: of `scan` and `match`.
    Matches,
    /// Hashes: of `hash`.
    Hashes,
}

/// What of the records a report shows.
#[derive(Clone, Copy, Debug)]
pub struct ReportOptions {
    /// What it is about.
    pub subject: Subject,
    /// Show candidates without a match, too, in formats that leave them out.
    pub all: bool,
    /// Leave candidates without a match out of formats that show them.
    pub only_matches: bool,
}

/// Where a report is written to.
pub type Out = Box<dyn Write>;

/// A row of [`REPORT_FORMATS`].
#[derive(Debug)]
pub struct ReportRow {
    /// Which format.
    pub format: ReportFormat,
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is, in a line.
    pub help: &'static str,
    open: fn(Out, ReportOptions) -> Box<dyn Report>,
}

/// The table of formats.
pub const REPORT_FORMATS: [ReportRow; 5] = [
    ReportRow {
        format: ReportFormat::Text,
        name: "text",
        help: "for people: a line for each match, then what was and was not examined",
        open: text::open,
    },
    ReportRow {
        format: ReportFormat::Jsonl,
        name: "jsonl",
        help: "JSON Lines: `run`, one `file` for each candidate, `summary`",
        open: json::open_lines,
    },
    ReportRow {
        format: ReportFormat::Json,
        name: "json",
        help: "the same as one JSON document",
        open: json::open_document,
    },
    ReportRow {
        format: ReportFormat::Csv,
        name: "csv",
        help: "one row for each match, or with --all at least one for each candidate; \
               from `hash`, one row for each candidate",
        open: csv::open,
    },
    ReportRow {
        format: ReportFormat::Pdq,
        name: "pdq",
        help: "hash,quality,filename as PDQ's reference tools write it; only from `hash`",
        open: pdq::open,
    },
];

impl ReportFormat {
    /// Begins a report in this format.
    pub fn open(self, out: Out, options: ReportOptions) -> Box<dyn Report> {
        (self.row().open)(out, options)
    }

    /// Its row of the table.
    pub fn row(self) -> &'static ReportRow {
        REPORT_FORMATS.iter().find(|row| row.format == self).unwrap_or(&REPORT_FORMATS[0])
    }
}

impl fmt::Display for ReportFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.row().name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_has_a_row_of_its_own() {
        for row in &REPORT_FORMATS {
            assert_eq!(row.format.row().name, row.name);
        }
    }
}
