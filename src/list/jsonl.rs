//! One JSON object a line: kinga's own records, or plain objects whose keys are the names of the
//! CSV columns.

use std::io::BufRead;

use serde_json::{Map, Value};

use super::ListError;
use super::gather::Gathering;
use super::lines::Lines;
use super::row::{Column, Row};

type Object = Map<String, Value>;

/// Reads records. A run without its summary was cut off, which the list says.
pub(super) fn read<R: BufRead>(
    lines: &mut Lines<R>,
    gathering: &mut Gathering,
) -> Result<(), ListError> {
    let mut running = false;
    while let Some(line) = lines.next()? {
        let number = line.number;
        let Some(text) = line.text else {
            gathering.broken(number, "a line of more than 1 MiB");
            continue;
        };
        if text.trim().is_empty() {
            continue;
        }
        let Ok(object) = object(&text) else {
            gathering.broken(number, "not one whole JSON object");
            continue;
        };
        match object.get("type").and_then(Value::as_str) {
            Some("run") => {
                gathering.cut_off |= running;
                running = true;
            }
            Some("summary") => running = false,
            _ => add(gathering, number, &object),
        }
    }
    gathering.cut_off |= running;
    Ok(())
}

fn object(text: &str) -> serde_json::Result<Object> {
    serde_json::from_str(text)
}

/// Whether the line is an object that this room reads.
pub(super) fn is_record(text: &str) -> bool {
    let Ok(object) = object(text) else { return false };
    let own = ["run", "file", "summary"];
    let is_own = |kind: &str| own.contains(&kind);
    object.get("type").and_then(Value::as_str).is_some_and(is_own)
        || object.keys().filter_map(|key| Column::named(key)).any(Column::is_searchable)
}

fn add(gathering: &mut Gathering, line: u64, object: &Object) {
    let Some(nested) = nested(object) else {
        return gathering.broken(line, "hashes or digests that are not as in kinga's records");
    };
    let cells = cells(object);
    let mut row = Row::of_cells(line, texts(&cells));
    for nested in &nested {
        let inner = Row::of_cells(line, texts(nested));
        row.values.extend(inner.values);
        row.unmatchable.extend(inner.unmatchable);
    }
    gathering.add(row);
}

type Cells = Vec<(Column, String)>;

fn texts(cells: &Cells) -> impl Iterator<Item = (Column, &str)> {
    cells.iter().map(|(column, text)| (*column, text.as_str()))
}

/// The known keys of an object. What is neither text nor number is taken as JSON, so that it is
/// broken where a hash should be, and not overlooked.
fn cells(object: &Object) -> Cells {
    let mut cells = Cells::new();
    for (key, value) in object {
        let Some(column) = Column::named(key) else { continue };
        match value {
            Value::Null => {}
            Value::String(text) => cells.push((column, text.clone())),
            other => cells.push((column, other.to_string())),
        }
    }
    cells
}

/// The cells of each object under `hashes`, and those of `digests`; nothing when they have
/// another shape.
fn nested(object: &Object) -> Option<Vec<Cells>> {
    let mut all = Vec::new();
    match object.get("hashes") {
        None | Some(Value::Null) => {}
        Some(Value::Array(hashes)) => {
            for hash in hashes {
                all.push(cells(hash.as_object()?));
            }
        }
        Some(_) => return None,
    }
    match object.get("digests") {
        None | Some(Value::Null) => {}
        Some(digests) => all.push(cells(digests.as_object()?)),
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{PDQ_HEX, options, read};
    use super::super::{HashList, ListError, ListFormat};
    use crate::hash::Quality;

    const MD5: &str = "9e107d9d372bb6826bd81d3542a419d6";
    const RUN: &str = "{\"type\":\"run\",\"schema\":1}\n";
    const SUMMARY: &str = "{\"type\":\"summary\",\"seen\":1}\n";

    fn list(text: &str) -> HashList {
        read(text, options(None)).unwrap()
    }

    fn file(reason: &str) -> String {
        format!(
            "{{\"type\":\"file\",\"path\":\"a.jpg\",\"outcome\":\"hashed\",\"reason\":{reason},\
             \"hashes\":[{{\"algorithm\":\"pdq\",\"hash\":\"{PDQ_HEX}\",\"quality\":77,\"x\":[1]}}],\
             \"digests\":{{\"md5\":\"{MD5}\",\"sha1\":null}}}}\n"
        )
    }

    #[test]
    fn a_record_gives_its_hashes_and_digests() {
        let list = list(&format!("{RUN}{}{SUMMARY}", file("null")));
        assert_eq!((list.format, list.cut_off), (ListFormat::Jsonl, false));
        assert_eq!((list.entries.len(), list.counts.rows), (2, 1));
        assert_eq!((list.entries[0].line, list.entries[0].quality), (2, Some(Quality(77))));
        assert_eq!(list.entries[1].label.as_deref(), Some("a.jpg"));
        assert_eq!(list.entries[1].quality, None);
    }

    #[test]
    fn a_run_without_summary_is_cut_off() {
        assert!(list(&format!("{RUN}{}", file("null"))).cut_off);
        assert!(list(&format!("{RUN}{0}{RUN}{0}{SUMMARY}", file("null"))).cut_off);
        assert!(!list(&file("null")).cut_off);
    }

    #[test]
    fn a_hash_of_low_quality_is_unmatchable_and_its_digest_is_an_entry() {
        let list = list(&file("\"low-quality\""));
        assert_eq!((list.entries.len(), list.counts.unmatchable["low-quality"]), (1, 1));
        assert!(list.algorithms().is_empty());
    }

    #[test]
    fn a_file_that_was_not_hashed_is_counted_under_its_reason() {
        let failed = "{\"type\":\"file\",\"path\":\"b\",\"outcome\":\"failed\",\
                      \"reason\":\"truncated\",\"hashes\":[]}\n";
        let list = list(&format!("{}{failed}", file("null")));
        assert_eq!((list.counts.unmatchable["truncated"], list.counts.unmatchable_rows), (1, 1));
        assert_eq!(list.counts.broken, 0);
    }

    #[test]
    fn plain_objects_have_the_meaning_of_the_columns() {
        let text = format!(
            "{{\"PDQ\":\"{PDQ_HEX}\",\"id\":7,\"quality\":100}}\n{{\"hash\":\"{MD5}\",\
             \"algorithm\":\"md5\",\"label\":\"b\"}}\n{{\"id\":7,\"status\":\"deleted\"}}\n"
        );
        let list = list(&text);
        assert_eq!((list.counts.removed, list.entries.len()), (1, 1));
        assert_eq!(list.entries[0].label.as_deref(), Some("b"));
    }

    #[test]
    fn a_line_cut_short_and_a_hash_of_another_shape_are_broken() {
        let cut = &file("null")[..80];
        let shape = "{\"type\":\"file\",\"hashes\":{}}";
        let inner = "{\"md5\":[\"x\"]}";
        for bad in [cut, shape, inner] {
            let list = list(&format!("{}{bad}", file("null").repeat(99)));
            assert_eq!((list.counts.broken, list.problems[0].line), (1, 100));
        }
        let error = read(&format!("{}{cut}", file("null")), options(None)).unwrap_err();
        assert!(matches!(error, ListError::TooManyBroken { broken: 1, rows: 2, .. }));
    }
}
