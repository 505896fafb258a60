//! Lists in the formats of others, and in kinga's own.
//!
//! What a format has no place for is counted, and never dropped without a word.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::{Entry, HashList, Known};
use crate::hash::Algorithm;

/// A format that lists are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteFormat {
    /// PDQ text.
    Pdq,
    /// A table.
    Csv,
    /// Objects, one a line.
    Jsonl,
    /// As `md5sum` writes it.
    Md5sum,
    /// A VICS 2.0 set.
    Vics,
    /// An Autopsy hash set, which is a database.
    Kdb,
}

/// Every format with its name and one line of help.
pub const WRITE_FORMATS: [(WriteFormat, &str, &str); 6] = [
    (WriteFormat::Pdq, "pdq", "PDQ text: hash, quality where it is known, id or label"),
    (WriteFormat::Csv, "csv", "hash,algorithm,quality,id,label,notes"),
    (WriteFormat::Jsonl, "jsonl", "JSON objects with the same names"),
    (WriteFormat::Md5sum, "md5sum", "MD5 digests as md5sum writes them"),
    (
        WriteFormat::Vics,
        "vics",
        "VICS 2.0 JSON; PDQ stands in AlternativeHashes, by our convention",
    ),
    (WriteFormat::Kdb, "kdb", "an Autopsy hash set (SQLite) of MD5, SHA-1 and SHA-256"),
];

/// What became of the entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Converted {
    /// How many were written.
    pub written: u64,
    /// How many were not, by their kind, since the format has no place for them.
    pub left_out: BTreeMap<String, u64>,
}

impl Converted {
    /// Counts an entry.
    pub(super) fn count(&mut self, known: &Known, is_written: bool) {
        if is_written {
            self.written += 1;
        } else {
            let kind = known.text().map_or_else(|| "sha512".to_owned(), |(kind, _)| kind);
            *self.left_out.entry(kind).or_default() += 1;
        }
    }
}

/// Writes lists one behind the other. [`WriteFormat::Kdb`] is no text and is written by
/// [`write_kdb`](super::write_kdb).
///
/// # Errors
/// When writing fails.
pub fn write_lists(
    format: WriteFormat,
    lists: &[HashList],
    out: &mut dyn Write,
) -> io::Result<Converted> {
    let mut converted = Converted::default();
    match format {
        WriteFormat::Vics => write_vics(lists, out, &mut converted)?,
        WriteFormat::Csv => {
            writeln!(out, "hash,algorithm,quality,id,label,notes")?;
            each(lists, &mut converted, |entry, text| csv_row(entry, text, out))?;
        }
        WriteFormat::Jsonl => {
            each(lists, &mut converted, |entry, text| jsonl_row(entry, text, out))?;
        }
        WriteFormat::Pdq => each(lists, &mut converted, |entry, text| pdq_row(entry, text, out))?,
        WriteFormat::Md5sum | WriteFormat::Kdb => {
            each(lists, &mut converted, |entry, text| md5sum_row(entry, text, out))?;
        }
    }
    Ok(converted)
}

/// Calls `write` for each entry with the name of its kind and its text; `write` says whether there was
/// a place for it.
fn each(
    lists: &[HashList],
    converted: &mut Converted,
    mut write: impl FnMut(&Entry, &(String, String)) -> io::Result<bool>,
) -> io::Result<()> {
    for entry in lists.iter().flat_map(|list| list.entries.iter()) {
        let is_written = match entry.known.text() {
            Some(text) => write(&entry, &text)?,
            None => false,
        };
        converted.count(&entry.known, is_written);
    }
    Ok(())
}

fn csv_row(
    entry: &Entry,
    (kind, text): &(String, String),
    out: &mut dyn Write,
) -> io::Result<bool> {
    let quality = entry.quality.map_or(String::new(), |quality| quality.to_string());
    let [id, label] = [&entry.id, &entry.label].map(|text| quoted(text.as_deref().unwrap_or("")));
    let notes = entry.notes.as_deref().map_or(String::new(), |notes| {
        let said = notes.said.iter().map(|(name, text)| format!("{name}: {text}"));
        quoted(&format!("{} says {}", notes.source, said.collect::<Vec<_>>().join("; ")))
    });
    writeln!(out, "{text},{kind},{quality},{id},{label},{notes}")?;
    Ok(true)
}

/// A field of a table. Line ends become blanks, so that each row is a line.
fn quoted(text: &str) -> String {
    let text = text.replace(['\r', '\n'], " ");
    if text.contains([',', '"', ';'])
        || text.starts_with([' ', '\t'])
        || text.ends_with([' ', '\t'])
    {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

fn jsonl_row(
    entry: &Entry,
    (kind, text): &(String, String),
    out: &mut dyn Write,
) -> io::Result<bool> {
    let mut row = Map::new();
    row.insert("hash".to_owned(), json!(text));
    row.insert("algorithm".to_owned(), json!(kind));
    let further = [
        ("quality", entry.quality.map(|quality| json!(quality.0))),
        ("id", entry.id.as_deref().map(Value::from)),
        ("label", entry.label.as_deref().map(Value::from)),
        ("notes", entry.notes.as_deref().map(|notes| json!(notes))),
    ];
    row.extend(further.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))));
    writeln!(out, "{}", Value::Object(row))?;
    Ok(true)
}

fn pdq_row(
    entry: &Entry,
    (kind, text): &(String, String),
    out: &mut dyn Write,
) -> io::Result<bool> {
    if kind != "pdq" {
        return Ok(false);
    }
    write!(out, "{text}")?;
    if let Some(quality) = entry.quality {
        write!(out, ",{quality}")?;
    }
    // Behind a hash, `7,x` would be a quality and a name.
    let name = entry.id.as_deref().or(entry.label.as_deref()).unwrap_or("");
    let name = name.replace([',', '\r', '\n'], " ");
    match (name.trim(), entry.quality) {
        ("", None) => writeln!(out)?,
        (name, _) => writeln!(out, ",{name}")?,
    }
    Ok(true)
}

fn md5sum_row(
    entry: &Entry,
    (kind, text): &(String, String),
    out: &mut dyn Write,
) -> io::Result<bool> {
    if kind != "md5" {
        return Ok(false);
    }
    let name = entry.label.as_deref().or(entry.id.as_deref()).filter(|name| !name.is_empty());
    let name = name.unwrap_or("-");
    if name.contains(['\\', '\n', '\r']) {
        let name = name.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r");
        writeln!(out, "\\{text}  {name}")?;
    } else {
        writeln!(out, "{text}  {name}")?;
    }
    Ok(true)
}

/// The entries that one row of a list gave, which are of one file, with no kind of value twice.
///
/// A line alone does not make a row: a whole page of JSON may stand in one. Without an id, each entry
/// is a row of its own.
pub(super) fn rows(list: &HashList) -> Vec<Vec<Entry>> {
    let mut rows: Vec<Vec<Entry>> = Vec::new();
    let kind = |entry: &Entry| (entry.known.algorithm(), entry.known.digest_kind());
    for entry in list.entries.iter() {
        let belongs = |row: &[Entry]| {
            let same = entry.id.is_some() && row[0].id == entry.id && row[0].line == entry.line;
            same && row.iter().all(|other| kind(other) != kind(&entry))
        };
        match rows.last_mut() {
            Some(row) if belongs(row) => row.push(entry.into_owned()),
            _ => rows.push(vec![entry.into_owned()]),
        }
    }
    rows
}

/// Source of the shape: open readers and writers (GLEAPP's `projectvic.py`, IPED's
/// `HashDBTool.java`); no public reader knows a key for PDQ.
fn write_vics(
    lists: &[HashList],
    out: &mut dyn Write,
    converted: &mut Converted,
) -> io::Result<()> {
    let context =
        "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/Default/$metadata#Media";
    writeln!(out, "{{\"@odata.context\":\"{context}\",\"value\":[")?;
    let mut number = 0;
    for row in lists.iter().flat_map(rows) {
        number += 1;
        let media = media(number, &row, converted);
        let comma = if number > 1 { "," } else { "" };
        writeln!(out, "{comma}{}", Value::Object(media))?;
    }
    writeln!(out, "]}}")
}

fn media(number: u64, row: &[Entry], converted: &mut Converted) -> Map<String, Value> {
    let mut media = Map::new();
    media.insert("MediaID".to_owned(), json!(number));
    let notes = row[0].notes.as_deref();
    if let Some(category) = notes.and_then(|notes| notes.said.get("Category")) {
        let as_number = category.parse::<i64>().map_or_else(|_word| json!(category), Value::from);
        media.insert("Category".to_owned(), as_number);
    }
    let mut others = Vec::new();
    for entry in row {
        let text = entry.known.text();
        converted.count(&entry.known, text.is_some());
        match text {
            Some((kind, text)) if kind == "md5" || kind == "sha1" => {
                media.insert(kind.to_ascii_uppercase(), json!(text.to_ascii_uppercase()));
            }
            Some((kind, text)) => {
                let pdq = matches!(entry.known, Known::Hash(Algorithm::Pdq, _));
                let name = if pdq || kind == "sha256" { kind.to_ascii_uppercase() } else { kind };
                others.push(json!({ "HashName": name, "HashValue": text }));
            }
            None => {}
        }
    }
    if !others.is_empty() {
        media.insert("AlternativeHashes".to_owned(), Value::Array(others));
    }
    media
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::{PDQ_HEX, options, read};
    use super::super::{ListFormat, Tolerance};
    use super::*;

    const MD5: &str = "9e107d9d372bb6826bd81d3542a419d6";

    fn written(format: WriteFormat, list: &HashList) -> (String, Converted) {
        let mut out = Vec::new();
        let list = std::slice::from_ref(list);
        let converted = write_lists(format, list, &mut out).unwrap();
        (String::from_utf8(out).unwrap(), converted)
    }

    type Told = (Known, Option<Box<str>>, Option<Box<str>>, Option<u8>);

    fn told(list: &HashList) -> Vec<Told> {
        let told = |entry: &Entry| {
            let quality = entry.quality.map(|quality| quality.0);
            (entry.known, entry.id.clone(), entry.label.clone(), quality)
        };
        list.entries.iter().map(|entry| told(&entry)).collect()
    }

    proptest! {
        #[test]
        fn what_is_written_as_csv_or_jsonl_is_read_as_it_was(
            rows in proptest::collection::vec(
                ("[0-9a-f]{63}[1-7]", "[ -~é]{0,12}", "[ -~]{0,12}", proptest::option::of(0..=100_u8), 0..3_u8),
                1..20,
            ),
        ) {
            let clean = |text: &str| text.trim().to_owned();
            let mut text = String::new();
            for (hash, id, label, quality, kind) in &rows {
                let (kind, digits) = [("pdq", 64), ("md5", 32), ("gradient-8", 16)][usize::from(*kind)];
                let quality = quality.filter(|_| kind == "pdq");
                let row = json!({ "hash": hash[64 - digits..], "algorithm": kind, "id": clean(id), "label": clean(label), "quality": quality });
                text += &(row.to_string() + "\n");
            }
            let any = super::super::ReadOptions { tolerance: Tolerance::Any, ..options(Some(ListFormat::Jsonl)) };
            let list = read(&text, any).unwrap();
            prop_assume!(list.counts.broken == 0);
            for (format, as_read) in [(WriteFormat::Csv, ListFormat::Csv), (WriteFormat::Jsonl, ListFormat::Jsonl)] {
                let (text, converted) = written(format, &list);
                let again = read(&text, options(None)).unwrap();
                prop_assert_eq!((again.format, again.counts.broken), (as_read, 0), "{}", text);
                prop_assert_eq!(told(&again), told(&list), "{}", text);
                prop_assert_eq!((converted.written, converted.left_out.len()), (list.entries.len() as u64, 0));
            }
        }
    }

    #[test]
    fn pdq_text_and_md5sum_leave_out_what_they_have_no_place_for_and_count_it() {
        let text =
            format!("pdq,md5,quality,id\n{PDQ_HEX},,77,\"7,x\"\n,{MD5},,a\\b\n{PDQ_HEX},,,\n");
        let list = read(&text, options(None)).unwrap();
        let (text, converted) = written(WriteFormat::Pdq, &list);
        assert_eq!(text, format!("{PDQ_HEX},77,7 x\n{PDQ_HEX}\n"));
        assert_eq!((converted.written, converted.left_out["md5"]), (2, 1));
        let (text, converted) = written(WriteFormat::Md5sum, &list);
        assert_eq!(text, format!("\\{MD5}  a\\\\b\n"));
        assert_eq!((converted.written, converted.left_out["pdq"]), (1, 2));
        assert_eq!(
            read(&text, options(None)).unwrap().entries.get(0).label.as_deref(),
            Some("a\\b")
        );
    }

    #[test]
    fn a_vics_set_has_one_file_for_each_row_and_is_read_again() {
        let text = format!("pdq,md5,id\n{PDQ_HEX},{MD5},a\n{PDQ_HEX},,b\n");
        let list = read(&text, options(None)).unwrap();
        let (text, converted) = written(WriteFormat::Vics, &list);
        let again = read(&text, options(None)).unwrap();
        assert_eq!((again.format, again.counts.rows), (ListFormat::Vics, 2));
        let known =
            |list: &HashList| list.entries.known().collect::<std::collections::HashSet<_>>();
        assert_eq!((known(&again), converted.written), (known(&list), 3));
    }

    #[test]
    fn a_page_in_one_line_is_no_single_row() {
        let record = |kind: &str, value: &str| {
            format!("{{\"signalType\":\"{kind}\",\"hashValue\":\"{value}\"}}")
        };
        let records = [
            record("ImagePDQ", PDQ_HEX),
            record("VideoMD5", MD5),
            record("VideoMD5", &MD5.replace('9', "8")),
        ];
        let list =
            read(&format!("{{\"hashRecords\":[{}]}}", records.join(",")), options(None)).unwrap();
        let (text, converted) = written(WriteFormat::Vics, &list);
        assert_eq!((text.matches("MediaID").count(), converted.written), (3, 3), "{text}");
        assert_eq!(read(&text, options(None)).unwrap().entries.len(), 3);
    }

    #[test]
    fn half_a_sha512_is_not_written_as_a_whole() {
        let list = read(&format!("{}\n", "ab1".repeat(42) + "cd"), options(None)).unwrap();
        let (_, converted) = written(WriteFormat::Csv, &list);
        assert_eq!((converted.written, converted.left_out["sha512"]), (0, 1));
    }
}
