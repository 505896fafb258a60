//! Tables with a header: comma, semicolon or tab separated.
//!
//! Cut into fields here and not by the crate `csv`: a stray quotation mark makes a CSV parser
//! swallow the following rows as one long field, and the entries in them would silently not be
//! searched for. Here a field may only run over several lines when nothing in it looks like a
//! hash; otherwise its first line is a broken row and the others are read as rows of their own.

use std::borrow::Cow;
use std::io::BufRead;

use super::column::Column;
use super::gather::Gathering;
use super::iped;
use super::lines::{Lines, MAX_LINE};
use super::pdq_text::content;
use super::row::Row;
use super::{ListError, ListFormat};

/// How many lines one record may cover, inclusive.
const MAX_RECORD_LINES: u64 = 16;

/// The shortest run that can be a hash inside a field of several lines: the
/// shortest hash that kinga reads, `double-gradient-8` in base64, has 7.
const HASH_RUN: usize = 7;

/// The first row: how fields are parted and what the columns hold.
pub(super) struct Header {
    pub(super) delimiter: char,
    columns: Vec<(Option<Column<'static>>, String)>,
}

impl Header {
    /// Reads a header, with the delimiter that makes most columns known.
    pub(super) fn read(line: &str) -> Option<Self> {
        let with = |delimiter| Some(Self { delimiter, columns: columns(line, delimiter)? });
        let all = [',', ';', '\t'].into_iter().filter_map(with);
        // The first of the best, so that a single column counts as comma separated.
        all.reduce(|best, next| if next.known() > best.known() { next } else { best })
    }

    fn known(&self) -> usize {
        self.known_columns().count()
    }

    fn known_columns(&self) -> impl Iterator<Item = Column<'static>> {
        self.columns.iter().filter_map(|(column, _)| *column)
    }

    /// Whether it has a column that can be searched for.
    pub(super) fn is_usable(&self) -> bool {
        self.known_columns().any(Column::is_searchable)
    }

    /// Whether the line is certainly a header, even if not a usable one.
    pub(super) fn is_header(&self) -> bool {
        let unmatchable = |column| matches!(column, Column::Unmatchable(_));
        self.is_usable() || self.known_columns().any(unmatchable) || self.known() >= 2
    }

    /// Whether it is that of NIST's NSRL, which lists known files and not what to search for. Both
    /// versions of its text have these columns (The Sleuth Kit, `tsk/hashdb/nsrl.cpp`).
    fn lists_known_files(&self) -> bool {
        let has = |wanted| self.columns.iter().any(|(_, name)| name.trim() == wanted);
        has("ProductCode") && has("OpSystemCode") && has("SpecialCode")
    }

    /// Whether it is that of IPED's tables, of which some rows are known files.
    fn is_of_iped(&self) -> bool {
        let has = |wanted| self.known_columns().any(|column| column == wanted);
        has(Column::Status) && has(Column::Note("set"))
    }

    /// Whether no row can be hidden in those fields that run over several lines.
    fn is_safe(&self, fields: &[Cow<'_, str>]) -> bool {
        let hides = |field: &Cow<'_, str>| field.contains('\n') && has_hash(field);
        fields.len() == self.columns.len() && !fields.iter().any(hides)
    }

    fn cells<'a>(
        &'a self,
        fields: &'a [Cow<'_, str>],
    ) -> impl Iterator<Item = (Column<'a>, &'a str)> {
        self.columns.iter().zip(fields).filter_map(|((column, name), field)| {
            let column = column.or_else(|| Column::unknown(name, field))?;
            Some((column, field.as_ref()))
        })
    }
}

fn columns(line: &str, delimiter: char) -> Option<Vec<(Option<Column<'static>>, String)>> {
    let Ok(fields) = fields(line, delimiter) else { return None };
    Some(fields.into_iter().map(|name| (Column::named(&name), name.into_owned())).collect())
}

/// Reads a table. Lines before the header that begin with `#` are comments; behind it a `#` may
/// begin a file name.
pub(super) fn read<R: BufRead>(
    lines: &mut Lines<R>,
    gathering: &mut Gathering,
    format: ListFormat,
) -> Result<(), ListError> {
    let table = header(lines, format)?;
    gathering.known_files = table.header.lists_known_files();
    let mut open: Option<Open> = None;
    while let Some(line) = lines.next()? {
        let number = line.number;
        if let Some(text) = line.text {
            open = table.take(open, number, &text, gathering);
        } else {
            table.close(open.take(), gathering);
            gathering.broken(number, "a line of more than 1 MiB");
        }
    }
    table.close(open, gathering);
    Ok(())
}

fn header<R: BufRead>(lines: &mut Lines<R>, format: ListFormat) -> Result<Table, ListError> {
    let list = lines.list().to_owned();
    while let Some(line) = lines.next()? {
        let text = line.text.unwrap_or_default();
        if content(&text).is_none() {
            continue;
        }
        let header = if format == ListFormat::Tsv {
            columns(&text, '\t').map(|columns| Header { delimiter: '\t', columns })
        } else {
            Header::read(&text)
        };
        return match header {
            Some(header) if header.is_usable() => Ok(Table { header, text: text.into_owned() }),
            _ => Err(ListError::NoHashColumn { list }),
        };
    }
    Err(ListError::Empty { list, rows: 0, tombstones: 0, unmatchable: 0 })
}

/// A record of which some lines have been read.
struct Open {
    line: u64,
    lines: u64,
    text: String,
}

/// A table whose header is known.
struct Table {
    header: Header,
    /// The header's line. It stands again where tables were put behind each other.
    text: String,
}

impl Table {
    /// Takes a line; gives the record back of which it is not the last.
    fn take(
        &self,
        open: Option<Open>,
        line: u64,
        text: &str,
        gathering: &mut Gathering,
    ) -> Option<Open> {
        let record = match open {
            None if text.trim().is_empty() || text == self.text => return None,
            None => Open { line, lines: 1, text: text.to_owned() },
            Some(Open { line, lines, text: before }) => {
                Open { line, lines: lines + 1, text: before + "\n" + text }
            }
        };
        match fields(&record.text, self.header.delimiter) {
            Ok(fields) if fields.iter().all(|field| field.trim().is_empty()) => None,
            Ok(fields) if record.lines == 1 || self.header.is_safe(&fields) => {
                let row = Row::of_cells(record.line, self.header.cells(&fields));
                if self.header.is_of_iped() {
                    iped::add(gathering, row);
                } else {
                    gathering.add(row);
                }
                None
            }
            Err(Unreadable::Open) if record.may_go_on() => Some(record),
            _ => self.retry(&record, gathering),
        }
    }

    /// Counts the first line of a record as broken and reads the others anew, each as a row: a
    /// stray quotation mark costs one row, not those behind it.
    fn retry(&self, record: &Open, gathering: &mut Gathering) -> Option<Open> {
        gathering.broken(record.line, "a field is not closed by its quotation mark");
        let others = (record.line + 1..).zip(record.text.split('\n').skip(1));
        others.fold(None, |open, (line, text)| self.take(open, line, text, gathering))
    }

    /// Ends a record that no line follows.
    fn close(&self, mut open: Option<Open>, gathering: &mut Gathering) {
        while let Some(record) = open {
            open = self.retry(&record, gathering);
        }
    }
}

impl Open {
    fn may_go_on(&self) -> bool {
        self.lines < MAX_RECORD_LINES && self.text.len() < MAX_LINE
    }
}

/// Whether something in the text may be a hash, in hex or in base64: long, and with a digit or a
/// capital letter inside, which words seldom have.
fn has_hash(text: &str) -> bool {
    let mut runs = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '+' && c != '/');
    let inside = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
    runs.any(|run| run.len() >= HASH_RUN && run.bytes().skip(1).any(inside))
}

/// Why a record does not fall into fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unreadable {
    /// A quoted field is still open at the end.
    Open,
    /// Something stands between a closing quotation mark and the delimiter.
    BehindQuote,
}

/// The fields of a record, by RFC 4180. In tab-separated text a field that is not well quoted is
/// taken as it stands, since most such files quote nothing.
fn fields(record: &str, delimiter: char) -> Result<Vec<Cow<'_, str>>, Unreadable> {
    match quoted_fields(record, delimiter) {
        Err(_unquoted) if delimiter == '\t' && !record.contains('\n') => {
            Ok(record.split('\t').map(Cow::Borrowed).collect())
        }
        other => other,
    }
}

fn quoted_fields(record: &str, delimiter: char) -> Result<Vec<Cow<'_, str>>, Unreadable> {
    let mut fields = Vec::new();
    let mut rest = record;
    loop {
        let (field, behind) = if let Some(quoted) = rest.strip_prefix('"') {
            unquote(quoted)?
        } else {
            let (field, behind) = rest.split_at(rest.find(delimiter).unwrap_or(rest.len()));
            (Cow::Borrowed(field), behind)
        };
        fields.push(field);
        match behind.strip_prefix(delimiter) {
            Some(next) => rest = next,
            None if behind.trim().is_empty() => return Ok(fields),
            None => return Err(Unreadable::BehindQuote),
        }
    }
}

/// The content of a field whose opening quotation mark is read, and what is behind it.
fn unquote(quoted: &str) -> Result<(Cow<'_, str>, &str), Unreadable> {
    let mut from = 0;
    loop {
        let at = from + quoted[from..].find('"').ok_or(Unreadable::Open)?;
        if !quoted[at + 1..].starts_with('"') {
            let field = &quoted[..at];
            let field = if from == 0 { field.into() } else { field.replace("\"\"", "\"").into() };
            return Ok((field, &quoted[at + 1..]));
        }
        from = at + 2;
    }
}

#[cfg(test)]
mod tests;
