//! JSON Lines, and the same as one document.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter};

use super::printable::is_dangerous;
use super::{Out, Report, ReportOptions};
use crate::record::{Line, Record, Run, SCHEMA, Summary};

/// Compact JSON in which no character stands raw that a terminal might obey.
struct SafeFormatter;

impl Formatter for SafeFormatter {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        text: &str,
    ) -> io::Result<()> {
        let mut plain = 0;
        for (at, c) in text.char_indices().filter(|&(_, c)| is_dangerous(c)) {
            CompactFormatter.write_string_fragment(out, &text[plain..at])?;
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                write!(out, "\\u{unit:04x}")?;
            }
            plain = at + c.len_utf8();
        }
        CompactFormatter.write_string_fragment(out, &text[plain..])
    }
}

/// Writes a value as compact JSON in which no character stands raw that a terminal might obey.
///
/// # Errors
/// When writing fails.
pub fn write_json(out: impl Write, value: &impl Serialize) -> io::Result<()> {
    value.serialize(&mut serde_json::Serializer::with_formatter(out, SafeFormatter))?;
    Ok(())
}

struct Lines {
    out: Out,
    only_matches: bool,
}

pub(super) fn open_lines(out: Out, options: ReportOptions) -> Box<dyn Report> {
    Box::new(Lines { out, only_matches: options.only_matches })
}

impl Lines {
    fn line(&mut self, line: &Line) -> io::Result<()> {
        write_json(&mut self.out, line)?;
        self.out.write_all(b"\n")
    }
}

impl Report for Lines {
    fn run(&mut self, run: &Run) -> io::Result<()> {
        self.line(&Line::Run(Box::new(run.clone())))
    }

    fn file(&mut self, record: &Record) -> io::Result<()> {
        if self.only_matches && record.matches_found == 0 {
            return Ok(());
        }
        self.line(&Line::File(Box::new(record.clone())))
    }

    fn summary(&mut self, summary: &Summary) -> io::Result<()> {
        self.line(&Line::Summary(Box::new(summary.clone())))?;
        self.flush()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// `{"schema": 1, "run": {}, "files": [{}, {}], "summary": {}}`, a file a line.
struct Document {
    out: Out,
    only_matches: bool,
    first: bool,
}

pub(super) fn open_document(out: Out, options: ReportOptions) -> Box<dyn Report> {
    Box::new(Document { out, only_matches: options.only_matches, first: true })
}

impl Report for Document {
    fn run(&mut self, run: &Run) -> io::Result<()> {
        write!(self.out, "{{\"schema\":{SCHEMA},\n\"run\":")?;
        write_json(&mut self.out, run)?;
        self.out.write_all(b",\n\"files\":[")
    }

    fn file(&mut self, record: &Record) -> io::Result<()> {
        if self.only_matches && record.matches_found == 0 {
            return Ok(());
        }
        self.out.write_all(if self.first { b"\n" } else { b",\n" })?;
        self.first = false;
        write_json(&mut self.out, record)
    }

    fn summary(&mut self, summary: &Summary) -> io::Result<()> {
        self.out.write_all(b"\n],\n\"summary\":")?;
        write_json(&mut self.out, summary)?;
        self.out.write_all(b"}\n")?;
        self.flush()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> String {
        let mut bytes = Vec::new();
        text.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, SafeFormatter))
            .unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn control_characters_of_every_kind_are_escaped_and_read_back() {
        let text = "a\n\x1b\u{7f}\u{9b}\u{202e}é\"b";
        let written = json(text);
        assert_eq!(written, r#""a\n\u001b\u007f\u009b\u202eé\"b""#);
        assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);
    }
}
