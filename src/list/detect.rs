//! Which format a list has, from its first 64 KiB.
//!
//! In this order: a binary magic, XML, JSON, a table's header, and last what most lines look like.

use std::collections::BTreeMap;

use super::csv::Header;
use super::lines::{PEEK, without_bom};
use super::pdq_text::{bare, content, likely_form, proven_form};
use super::value::{Claim, fits, is_hex, looks_classic};
use super::{ListError, ListFormat, encase, hashdeep, jsonl, sqlite, sums, te_cache};
use crate::hash::Algorithm;
use crate::mapped::{MAGIC, MappedError};

/// The first bytes of binary files that people take for hash lists.
const MAGICS: [(&[u8], &str); 7] = [
    (sqlite::MAGIC, sqlite::NOT_HERE),
    (
        b"age-encryption.org/v1",
        "a list encrypted by age, which is read only as a file that has a name",
    ),
    (b"TMK1", "a TMK binary (TMK1)"),
    (b"PK\x03\x04", "a ZIP archive, perhaps a spreadsheet"),
    (b"\x1f\x8b", "a gzip file; unpack it first"),
    (b"\xff\xfe", "UTF-16 text; save it as UTF-8"),
    (b"\xfe\xff", "UTF-16 text; save it as UTF-8"),
];

/// Words that only documents of one format have together, and which.
const JSON_MARKS: [(&[&str], ListFormat); 7] = [
    (&["\"hashRecords\""], ListFormat::StopNcii),
    (&["\"signalType\"", "\"hashValue\""], ListFormat::StopNcii),
    (&["odata.context\""], ListFormat::Vics),
    (&["odata.metadata\""], ListFormat::Vics),
    (&["\"MediaID\""], ListFormat::Vics),
    (&["\"indicator\"", "\"type\""], ListFormat::ThreatExchange),
    (&["\"hash_digest\"", "\"algorithm\""], ListFormat::Tat),
];

/// The format of a list that begins with these bytes.
///
/// # Errors
/// [`ListError::Compiled`] for a compiled file, which is no text, [`ListError::Foreign`] for what
/// kinga knows by sight only, [`ListError::Unrecognised`] for the rest, [`ListError::Empty`] for
/// nothing.
pub(super) fn detect(
    list: &str,
    start: &[u8],
    named: Option<Algorithm>,
) -> Result<ListFormat, ListError> {
    if start.starts_with(&MAGIC) {
        return Err(ListError::Compiled { list: list.to_owned(), source: MappedError::NotAFile });
    }
    let foreign = |what| Err(ListError::Foreign { list: list.to_owned(), what });
    if let Some((_, what)) = MAGICS.iter().find(|(magic, _)| start.starts_with(magic)) {
        return foreign(what);
    }
    if start.starts_with(encase::MAGIC) {
        return Ok(ListFormat::EnCase);
    }
    if start.contains(&0) {
        return foreign("a binary file");
    }
    let text = String::from_utf8_lossy(without_bom(start));
    let mut lines: Vec<&str> = text.lines().collect();
    // The last line may be cut off by the end of the peek.
    if start.len() as u64 == PEEK && lines.len() > 1 {
        lines.pop();
    }
    let Some(first) = lines.iter().find_map(|line| content(line)) else {
        let list = list.to_owned();
        return if start.len() as u64 == PEEK {
            Err(ListError::Unrecognised { list })
        } else {
            Err(ListError::Empty { list, rows: 0, tombstones: 0, unmatchable: 0 })
        };
    };
    if first.starts_with('<') {
        let ncmec = text.contains("hashsharing.ncmec.org") || text.contains("<queryResult");
        return if ncmec { Ok(ListFormat::Ncmec) } else { foreign("XML") };
    }
    if first.starts_with(hashdeep::MAGIC) {
        return Ok(ListFormat::Hashdeep);
    }
    if first.starts_with(['{', '[']) {
        if lines.iter().any(|line| jsonl::is_own(line)) {
            return Ok(ListFormat::Jsonl);
        }
        let has = |marks: &[&str]| marks.iter().all(|mark| text.contains(mark));
        if let Some((_, format)) = JSON_MARKS.iter().find(|(marks, _)| has(marks)) {
            return Ok(*format);
        }
        return if lines.iter().any(|line| jsonl::is_record(line)) {
            Ok(ListFormat::Jsonl)
        } else {
            foreign("a JSON document that is not one object a line")
        };
    }
    match Header::read(first).filter(Header::is_header) {
        Some(header) if header.delimiter == '\t' => Ok(ListFormat::Tsv),
        Some(_) => Ok(ListFormat::Csv),
        None => {
            vote(&lines, named).ok_or_else(|| ListError::Unrecognised { list: list.to_owned() })
        }
    }
}

/// What more than half of the lines look like. Not the first line alone: it may be the broken one.
fn vote(lines: &[&str], named: Option<Algorithm>) -> Option<ListFormat> {
    let mut votes: BTreeMap<ListFormat, usize> = BTreeMap::new();
    let mut total = 0;
    for line in lines.iter().filter(|line| content(line).is_some()) {
        total += 1;
        if let Some(format) = shape(line, named) {
            *votes.entry(format).or_default() += 1;
        }
    }
    let best = votes.into_iter().max_by_key(|(_, votes)| *votes);
    best.filter(|(_, votes)| votes * 2 > total).map(|(format, _)| format)
}

fn shape(line: &str, named: Option<Algorithm>) -> Option<ListFormat> {
    if sums::is_sum(line) {
        return Some(ListFormat::Sums);
    }
    let text = content(line)?;
    if te_cache::is_cached(text) {
        return Some(ListFormat::TeCache);
    }
    if proven_form(text).is_some() {
        return Some(ListFormat::Pdq);
    }
    let value = bare(Claim::Unstated, text).0.text;
    match named {
        Some(Algorithm::Pdq) if fits(Algorithm::Pdq, value) => return Some(ListFormat::Pdq),
        Some(named) if fits(named, value) => return Some(ListFormat::Hashes),
        _ => {}
    }
    if likely_form(Claim::LikelyPdq, text).is_some() {
        return Some(ListFormat::Pdq);
    }
    match (is_hex(value), value.len()) {
        (true, 64) => Some(ListFormat::Pdq),
        (true, 40) => Some(ListFormat::Sha1),
        (true, 128) => Some(ListFormat::Sha512),
        (true, 32) => Some(ListFormat::Md5),
        // Seven letters are base64 of 40 bits, but more often a word.
        (false, length) if length < 11 => None,
        _ => looks_classic(value).map(|_| ListFormat::Hashes),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{PDQ_HEX, entries, options, read};
    use super::*;

    fn error(bytes: impl AsRef<[u8]>) -> String {
        detect("a\n.txt", bytes.as_ref(), None).unwrap_err().to_string()
    }

    #[test]
    fn formats_that_cannot_be_read_yet_are_named() {
        for (text, name) in [
            ("<a/>", "XML"),
            ("TMK1FVEC", "TMK"),
            ("SQLite format 3\0", "SQLite"),
            ("a\0b", "binary"),
        ] {
            let error = error(text);
            assert!(error.starts_with("a\\n.txt: looks like") && error.contains(name), "{error}");
        }
    }

    #[test]
    fn the_formats_of_services_are_told_by_their_keys() {
        for (text, format) in [
            ("{\"count\":1,\"hashRecords\":[]}", ListFormat::StopNcii),
            ("{\"signalType\":\"ImagePDQ\",\n\"hashValue\":\"ab\"}\n", ListFormat::StopNcii),
            ("\u{feff}{\n \"@odata.context\":\"x\",\n\"value\":[]}", ListFormat::Vics),
            (
                "[{\"id\":\"1\",\"type\":\"HASH_PDQ\",\"indicator\":\"ab\"}]",
                ListFormat::ThreatExchange,
            ),
            ("{\"results\":[{\"hash_digest\":\"ab\",\"algorithm\":\"MD5\"}]}", ListFormat::Tat),
            ("<?xml version=\"1.0\"?><queryResult/>", ListFormat::Ncmec),
        ] {
            assert_eq!(detect("a", text.as_bytes(), None).unwrap(), format, "{text}");
        }
    }

    #[test]
    fn what_is_unknown_is_told_what_was_looked_for() {
        let error = error("Dear analyst,\nplease find the list attached\n");
        assert!(error.contains("--list-format (pdq, csv, tsv"), "{error}");
    }

    #[test]
    fn a_broken_first_line_does_not_hide_the_format() {
        let text = format!("{}\n{}", &PDQ_HEX[1..], entries(99));
        let list = read(&text, options(None)).unwrap();
        assert_eq!((list.format, list.counts.broken), (ListFormat::Pdq, 1));
    }

    #[test]
    fn hashes_of_16_digits_need_an_algorithm() {
        for text in ["0102030405060708\n1102030405060708\n", "AQIDBAUGBwg\nEQIDBAUGBwg\n"] {
            let error = read(text, options(None)).unwrap_err().to_string();
            assert!(error.contains("name yours with --algorithm"), "{error}");
            let named = super::super::ReadOptions {
                algorithm: Some("gradient-8".parse().unwrap()),
                ..options(None)
            };
            let list = read(text, named).unwrap();
            assert_eq!((list.format, list.entries.len()), (ListFormat::Hashes, 2));
        }
    }

    #[test]
    fn sixty_four_digits_are_the_named_algorithms_if_it_has_as_many() {
        let of = |name: &str| super::super::ReadOptions {
            algorithm: Some(name.parse().unwrap()),
            ..options(None)
        };
        assert_eq!(read(PDQ_HEX, of("mean-16")).unwrap().format, ListFormat::Hashes);
        assert_eq!(read(PDQ_HEX, of("pdq")).unwrap().format, ListFormat::Pdq);
        assert!(matches!(read(PDQ_HEX, of("mean-8")), Err(ListError::Ambiguous { .. })));
        let likely = format!("{PDQ_HEX},75,a.jpg");
        assert_eq!(read(&likely, of("mean-16")).unwrap().format, ListFormat::Hashes);
        assert_eq!(read(&likely, of("mean-8")).unwrap().format, ListFormat::Pdq);
    }
}
