//! JSON documents cut into records, without ever holding more of them than one.
//!
//! A document is an object with an array of records in it (a *page*), an array of pages or of
//! records, or any number of these behind each other, such as one a line. Which arrays hold records
//! is told by their keys. Cut here and not by a JSON parser: one record that is not as it should be
//! is then one broken row, and not the end of the list.

use std::collections::BTreeMap;
use std::io::{self, BufRead};

use memchr::{memchr_iter, memchr2};

use super::lines::MAX_LINE;

/// How deep objects and arrays may lie in each other; those of no format come near it.
const DEEPEST: usize = 100;

/// The longest name of a fact and the longest fact, in bytes.
const MOST_FACT: usize = 4096;

/// Which parts of a document say something.
pub(super) struct Shape {
    /// The keys whose arrays hold records, or pages in turn.
    pub(super) records: &'static [&'static str],
    /// The keys of a page that are told with its records.
    pub(super) facts: &'static [&'static str],
}

/// What a page says of itself beside its records, as JSON: `"text"`, `7`, `true`, `null`.
pub(super) type Facts = BTreeMap<String, String>;

/// A part of a document.
pub(super) enum Part<'a> {
    /// A record: its first line, counted from 1, and its text; none if that is too long.
    Record(u64, Option<&'a [u8]>, &'a Facts),
    /// The end of a page.
    Page(&'a Facts),
}

/// Why a document was not cut to its end.
#[derive(Debug, thiserror::Error)]
pub(super) enum Uncut {
    /// It could not be read.
    #[error(transparent)]
    Read(#[from] io::Error),
    /// It is no JSON, from this line on.
    #[error("line {0}: brackets or quotation marks that do not fit together")]
    NoJson(u64),
}

/// Cuts documents until the end of the input, and gives each part to `take`.
///
/// # Errors
/// When the input can't be read, or is no JSON: what came before was given.
pub(super) fn cut(
    input: &mut impl BufRead,
    shape: &Shape,
    mut take: impl FnMut(Part<'_>),
) -> Result<(), Uncut> {
    let mut cutter = Cutter::new(shape);
    loop {
        let bytes = match input.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            other => other?,
        };
        if bytes.is_empty() {
            return if cutter.is_done() { Ok(()) } else { Err(Uncut::NoJson(cutter.line)) };
        }
        let mut rest = bytes;
        while let Some((&byte, behind)) = rest.split_first() {
            // Most bytes are of texts, which are taken up to whatever ends or escapes something.
            let plain = cutter.plain(rest);
            if plain > 0 {
                rest = &rest[plain..];
                continue;
            }
            cutter.next(byte, &mut take).map_err(|Unfit| Uncut::NoJson(cutter.line))?;
            rest = behind;
        }
        let count = bytes.len();
        input.consume(count);
    }
}

/// A bracket or quotation mark that does not fit.
struct Unfit;

/// What encloses a place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Around {
    /// An object that is a record if no key shows that it is a page.
    Record,
    /// An object that was seen to be a page.
    Page,
    /// An array whose objects are records or pages.
    Records,
    /// Any other object.
    Object,
    /// Any other array.
    Array,
}

struct Cutter<'s> {
    shape: &'s Shape,
    around: Vec<Around>,
    /// Where in `around` the record is of which bytes are kept, if one is.
    record: Option<usize>,
    kept: Vec<u8>,
    is_too_long: bool,
    /// The line of the record.
    from: u64,
    line: u64,
    /// The last text, and whether it is a key whose value comes next.
    text: Vec<u8>,
    is_text: bool,
    is_escaped: bool,
    key: Option<Vec<u8>>,
    /// The name of a fact, its value as far as it has come, and how deep the key lies.
    fact: Option<(String, Vec<u8>, usize)>,
    /// The facts of the record, in case that it is a page.
    tentative: Facts,
    /// The facts of the pages around this place, each with those of the pages around it.
    pages: Vec<Facts>,
}

impl<'s> Cutter<'s> {
    fn new(shape: &'s Shape) -> Self {
        Self {
            shape,
            around: Vec::new(),
            record: None,
            kept: Vec::new(),
            is_too_long: false,
            from: 1,
            line: 1,
            text: Vec::new(),
            is_text: false,
            is_escaped: false,
            key: None,
            fact: None,
            tentative: Facts::new(),
            pages: vec![Facts::new()],
        }
    }

    fn is_done(&self) -> bool {
        self.around.is_empty() && !self.is_text
    }

    /// Takes the bytes that are nothing but a part of a text, and says how many.
    fn plain(&mut self, bytes: &[u8]) -> usize {
        if !self.is_text || self.is_escaped {
            return 0;
        }
        let count = memchr2(b'"', b'\\', bytes).unwrap_or(bytes.len());
        let plain = &bytes[..count];
        self.line += memchr_iter(b'\n', plain).count() as u64;
        self.keep(plain);
        self.add_text(plain);
        count
    }

    fn next(&mut self, byte: u8, take: &mut impl FnMut(Part<'_>)) -> Result<(), Unfit> {
        self.line += u64::from(byte == b'\n');
        if self.is_text {
            self.keep(&[byte]);
            self.in_text(byte);
            return Ok(());
        }
        match byte {
            b'{' => {
                let is_record = matches!(self.around.last(), None | Some(Around::Records));
                self.open(if is_record { Around::Record } else { Around::Object })?;
                if is_record && self.record.is_none() {
                    self.record = Some(self.around.len());
                    (self.from, self.is_too_long) = (self.line, false);
                    self.kept.clear();
                    self.tentative.clear();
                }
                self.keep(&[byte]);
            }
            b'[' => {
                self.keep(&[byte]);
                let opened = self.array();
                self.open(opened)?;
            }
            b'}' | b']' => {
                self.keep(&[byte]);
                self.end_fact();
                self.close(byte == b'}', take)?;
            }
            b'"' => {
                self.keep(&[byte]);
                self.is_text = true;
                self.text.clear();
            }
            b':' => {
                self.keep(&[byte]);
                self.key = Some(std::mem::take(&mut self.text));
                self.begin_fact();
            }
            b',' => {
                self.keep(&[byte]);
                self.end_fact();
                self.key = None;
            }
            // Between documents there may be blanks, line ends and a byte order mark.
            _ if self.around.is_empty() && !is_between(byte) => return Err(Unfit),
            _ => self.keep(&[byte]),
        }
        Ok(())
    }

    fn in_text(&mut self, byte: u8) {
        match byte {
            _ if self.is_escaped => self.is_escaped = false,
            b'\\' => self.is_escaped = true,
            b'"' => {
                self.is_text = false;
                return;
            }
            _ => {}
        }
        self.add_text(&[byte]);
    }

    /// No key or fact that says something is longer.
    fn add_text(&mut self, bytes: &[u8]) {
        let room = MOST_FACT.saturating_sub(self.text.len()).min(bytes.len());
        self.text.extend_from_slice(&bytes[..room]);
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.record.is_some() {
            if self.kept.len() + bytes.len() <= MAX_LINE {
                self.kept.extend_from_slice(bytes);
            } else {
                self.is_too_long = true;
            }
        }
        if let Some((_, value, _)) = &mut self.fact {
            let room = MOST_FACT.saturating_sub(value.len()).min(bytes.len());
            value.extend_from_slice(&bytes[..room]);
        }
    }

    /// What an array is that opens here; one of records shows that the object around it is a page.
    fn array(&mut self) -> Around {
        let is_named = |key: &Vec<u8>| self.shape.records.iter().any(|name| name.as_bytes() == key);
        let named = self.key.as_ref().is_some_and(is_named);
        match self.around.last_mut() {
            None => Around::Records,
            Some(around @ (Around::Record | Around::Page)) if named => {
                if *around == Around::Record {
                    let mut facts = self.pages.last().cloned().unwrap_or_default();
                    facts.append(&mut self.tentative);
                    self.pages.push(facts);
                }
                *around = Around::Page;
                (self.record, self.fact) = (None, None);
                Around::Records
            }
            _ => Around::Array,
        }
    }

    fn open(&mut self, around: Around) -> Result<(), Unfit> {
        if self.around.len() >= DEEPEST {
            return Err(Unfit);
        }
        self.around.push(around);
        self.key = None;
        self.text.clear();
        Ok(())
    }

    fn close(&mut self, brace: bool, take: &mut impl FnMut(Part<'_>)) -> Result<(), Unfit> {
        let around = self.around.pop().ok_or(Unfit)?;
        let is_object = !matches!(around, Around::Records | Around::Array);
        if is_object != brace {
            return Err(Unfit);
        }
        self.key = None;
        if self.record == Some(self.around.len() + 1) {
            let text = (!self.is_too_long).then_some(&self.kept[..]);
            take(Part::Record(self.from, text, &self.pages[self.pages.len() - 1]));
            self.record = None;
        }
        if around == Around::Page
            && let Some(facts) = self.pages.pop()
        {
            take(Part::Page(&facts));
        }
        Ok(())
    }

    /// The value of a key comes: is it a fact of what may be a page?
    fn begin_fact(&mut self) {
        let may_be_page = matches!(self.around.last(), Some(Around::Record | Around::Page));
        if !may_be_page {
            return;
        }
        let name = self
            .key
            .as_deref()
            .and_then(|key| self.shape.facts.iter().find(|fact| fact.as_bytes() == key));
        self.fact = name.map(|name| ((*name).to_owned(), Vec::new(), self.around.len()));
    }

    fn end_fact(&mut self) {
        let depth = self.around.len();
        if let Some((name, value, _)) = self.fact.take_if(|(.., of)| *of >= depth) {
            let value = String::from_utf8_lossy(&value);
            let value = value.strip_suffix([',', '}']).unwrap_or(&value).trim();
            let of_record = self.record.map(|_| &mut self.tentative);
            if let Some(facts) = of_record.or(self.pages.last_mut()) {
                facts.insert(name, value.to_owned());
            }
        }
    }
}

fn is_between(byte: u8) -> bool {
    byte.is_ascii_whitespace() || b"\xef\xbb\xbf".contains(&byte)
}

#[cfg(test)]
mod tests;
