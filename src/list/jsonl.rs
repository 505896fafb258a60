//! One JSON object a line: kinga's own records, or plain objects whose keys are the names of the
//! CSV columns.

use std::borrow::Cow;
use std::io::BufRead;

use serde_json::{Map, Value};

use super::ListError;
use super::column::Column;
use super::gather::Gathering;
use super::lines::Lines;
use super::roots::Roots;
use super::row::Row;

type Object = Map<String, Value>;

/// Reads records. A run without its summary was cut off, and one whose summary says so was
/// interrupted: the list says both.
pub(super) fn read<R: BufRead>(
    lines: &mut Lines<R>,
    gathering: &mut Gathering,
) -> Result<(), ListError> {
    let mut running = false;
    let mut roots = Roots::default();
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
        match kind(&object) {
            Some("run") => {
                gathering.cut_off |= running;
                running = true;
                roots = Roots::of(&object);
            }
            Some("summary") => {
                gathering.cut_off |= object.get("interrupted") == Some(&Value::Bool(true));
                running = false;
            }
            _ => add(gathering, number, &object, &roots),
        }
    }
    gathering.cut_off |= running;
    Ok(())
}

fn object(text: &str) -> serde_json::Result<Object> {
    serde_json::from_str(text)
}

/// The `type` of one of kinga's own lines. A line with something to search for is none but a file.
fn kind(object: &Object) -> Option<&str> {
    let kind = object.get("type").and_then(Value::as_str)?;
    let is_own = match kind {
        "file" => true,
        "run" | "summary" => !has_value(object),
        _ => false,
    };
    is_own.then_some(kind)
}

fn has_value(object: &Object) -> bool {
    object.keys().filter_map(|key| Column::named(key)).any(Column::is_searchable)
}

/// Whether the line is one of kinga's own records.
pub(super) fn is_own(text: &str) -> bool {
    object(text).is_ok_and(|object| kind(&object).is_some())
}

/// Whether the line is an object that this room reads.
pub(super) fn is_record(text: &str) -> bool {
    let Ok(object) = object(text) else { return false };
    kind(&object).is_some() || has_value(&object)
}

fn add(gathering: &mut Gathering, line: u64, object: &Object, roots: &Roots) {
    let Some(nested) = nested(object) else {
        return gathering.broken(line, "hashes or digests that are not as in kinga's records");
    };
    let own = kind(object).is_some();
    let enrolled = nested.iter().any(|nested| nested.enrolled);
    let cells = cells(object, own);
    let mut row = Row::of_cells(line, texts(&cells));
    let located = roots.locate(object);
    if enrolled {
        // The crops and the whole are one picture, as in the rows of a table.
        row.id = row.id.or(located.as_deref()).or(row.file);
    }
    for nested in &nested {
        let inner = Row::of_cells(line, texts(&nested.cells));
        row.values.extend(inner.values);
        row.unmatchable.extend(inner.unmatchable);
        row.withdrawn |= inner.withdrawn;
        row.unclear |= inner.unclear;
    }
    gathering.add(row);
}

type Cells<'a> = Vec<(Column<'a>, Cow<'a, str>)>;

fn texts<'a>(cells: &'a Cells<'_>) -> impl Iterator<Item = (Column<'a>, &'a str)> {
    cells.iter().map(|(column, text)| (*column, text.as_ref()))
}

/// The known keys of an object, and those unknown ones that hold what looks like a hash, unless
/// the object is kinga's `own`. What is neither text nor number is taken as JSON, so that it is
/// broken where a hash should be, and not overlooked.
fn cells(object: &Object, own: bool) -> Cells<'_> {
    let mut cells = Cells::new();
    for (key, value) in object {
        let known = Column::named(key);
        let text = match value {
            Value::Null => continue,
            Value::String(text) => Cow::Borrowed(text.as_str()),
            // Regions are long, and say nothing to a list.
            _ if known.is_none() => continue,
            other => Cow::Owned(other.to_string()),
        };
        let unknown = || Column::unknown(key, &text).filter(|_| !own);
        if let Some(column) = known.or_else(unknown) {
            cells.push((column, text));
        }
    }
    cells
}

/// The cells of an object in a record.
struct Nested<'a> {
    cells: Cells<'a>,
    /// Whether it is of a crop that is an entry like the whole.
    enrolled: bool,
}

/// The cells of each object under `hashes`, and of the crops enrolled beside it, and those of
/// `digests`; nothing when they have another shape.
fn nested(object: &Object) -> Option<Vec<Nested<'_>>> {
    let mut all = Vec::new();
    for hash in objects(object.get("hashes"))? {
        let whole = cells(hash, true);
        let algorithm = whole.iter().find(|(column, _)| *column == Column::Algorithm).cloned();
        all.push(Nested { cells: whole, enrolled: false });
        for crop in objects(hash.get("enrolled"))? {
            let mut cells = cells(crop, true);
            cells.extend(algorithm.clone());
            all.push(Nested { cells, enrolled: true });
        }
    }
    match object.get("digests") {
        None | Some(Value::Null) => {}
        Some(digests) => {
            let cells = cells(digests.as_object()?, true);
            all.push(Nested { cells, enrolled: false });
        }
    }
    Some(all)
}

/// The objects of an array that may be missing; nothing when it is something else.
fn objects(array: Option<&Value>) -> Option<Vec<&Object>> {
    match array {
        None | Some(Value::Null) => Some(Vec::new()),
        Some(array) => array.as_array()?.iter().map(Value::as_object).collect(),
    }
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
        assert_eq!((list.entries.get(0).line, list.entries.get(0).quality), (2, Some(Quality(77))));
        assert_eq!(list.entries.get(1).label.as_deref(), Some("a.jpg"));
        assert_eq!(list.entries.get(1).quality, None);
    }

    /// The same with what `kinga hash` keeps of the picture beside its hash.
    fn with(kept: &str) -> String {
        file("null").replace("\"x\":[1]", kept)
    }

    #[test]
    fn of_a_record_with_regions_only_the_standard_hash_is_an_entry() {
        let turned = format!("\"turned\":{{\"mirrored\":\"{PDQ_HEX}\"}}");
        let place = "\"place\":{\"x\":0,\"y\":0,\"width\":9,\"height\":9}";
        let region = format!("{{\"view\":\"framed\",{place},\"quality\":90,{turned}}}");
        let list = list(&with(&format!("{turned},\"regions\":[{region},{region}]")));
        assert_eq!((list.entries.len(), list.counts.rows, list.counts.broken), (2, 1, 0));
        assert!(list.counts.unmatchable.is_empty());
    }

    #[test]
    fn crops_that_were_enrolled_are_entries_with_the_id_and_the_label_of_their_picture() {
        let other = PDQ_HEX.chars().rev().collect::<String>();
        let place = "\"place\":{\"x\":0,\"y\":0,\"width\":9,\"height\":9}";
        let crop = format!("{{\"cut\":\"square\",{place},\"quality\":81,\"hash\":\"{other}\"}}");
        let list = list(&with(&format!("\"enrolled\":[{crop}],\"layout\":{{}}")));
        assert_eq!((list.entries.len(), list.counts.rows), (3, 1));
        assert_eq!(list.entries.get(1).quality, Some(Quality(81)));
        for entry in list.entries.iter() {
            assert_eq!(
                (entry.id.as_deref(), entry.label.as_deref()),
                (Some("a.jpg"), Some("a.jpg"))
            );
        }
        let odd = with("\"enrolled\":{}");
        assert!(matches!(read(&odd, options(None)), Err(ListError::TooManyBroken { .. })));
    }

    #[test]
    fn a_run_without_summary_is_cut_off() {
        assert!(list(&format!("{RUN}{}", file("null"))).cut_off);
        assert!(list(&format!("{RUN}{0}{RUN}{0}{SUMMARY}", file("null"))).cut_off);
        assert!(!list(&file("null")).cut_off);
    }

    #[test]
    fn a_run_that_was_interrupted_is_cut_off() {
        let summary = |how: &str| SUMMARY.replace('}', &format!(",\"interrupted\":{how}}}"));
        assert!(list(&format!("{RUN}{}{}", file("null"), summary("true"))).cut_off);
        assert!(!list(&format!("{RUN}{}{}", file("null"), summary("false"))).cut_off);
    }

    #[test]
    fn an_entry_of_type_run_is_an_entry() {
        let text = format!("{{\"type\":\"run\",\"md5\":\"{MD5}\"}}\n");
        assert_eq!((list(&text).entries.len(), list(&text).cut_off), (1, false));
    }

    #[test]
    fn stopncii_records_one_a_line_are_read_and_withdrawn() {
        let record = |status: &str| {
            format!(
                "{{\"signalType\":\"ImagePDQ\",\"hashValue\":\"{PDQ_HEX}\",\"hashStatus\":\
                 \"{status}\",\"caseNumbers\":{{\"c\":\"Active\"}}}}\n"
            )
        };
        let other = format!("{{\"signalType\":\"VideoMD5\",\"hashValue\":\"{MD5}\"}}\n");
        let first = list(&(record("Active") + &other));
        assert_eq!((first.entries.len(), first.counts.broken), (2, 0));
        let later = list(&(record("Active") + &other + &record("Withdrawn")));
        assert_eq!((later.entries.len(), later.counts.removed), (1, 1));
    }

    #[test]
    fn a_json_flag_withdraws() {
        let row = |flag: &str| format!("{{\"md5\":\"{MD5}\",\"should_delete\":{flag}}}\n");
        let other = format!("{{\"md5\":\"{}\"}}\n", MD5.replace('9', "8"));
        assert_eq!(list(&(row("false") + &other + &row("true"))).counts.removed, 1);
    }

    #[test]
    fn an_object_of_which_one_hash_is_withdrawn_is_withdrawn_as_a_whole() {
        let row = |nested: &str| format!("{{\"md5\":\"{MD5}\",\"hashes\":[{nested}]}}\n");
        let pdq = format!("{{\"pdq\":\"{PDQ_HEX}\",\"deleted\":true}}");
        let other = format!("{{\"md5\":\"{}\"}}\n", MD5.replace('9', "8"));
        assert_eq!(list(&(row("") + &other + &row(&pdq))).entries.len(), 1);
    }

    #[test]
    fn an_unknown_key_with_a_hash_is_told_but_not_in_kingas_own_records() {
        let plain = list(&format!("{{\"md5\":\"{MD5}\",\"Thumb MD5\":\"{MD5}\",\"n\":1}}\n"));
        assert_eq!((plain.counts.unmatchable["thumb-md5"], plain.entries.len()), (1, 1));
        let own = file("null").replace("\"path\"", &format!("\"made_up\":\"{MD5}\",\"path\""));
        assert!(list(&own).counts.unmatchable.is_empty());
    }

    #[test]
    fn low_quality_drops_the_pdq_hash_and_not_the_classic_one_beside_it() {
        let classic = "{\"algorithm\":\"gradient-8\",\"hash\":\"0102030405060708\"}";
        let both = file("\"low-quality\"").replace("[{", &format!("[{classic},{{"));
        let list = list(&both);
        assert_eq!((list.entries.len(), list.counts.unmatchable["low-quality"]), (2, 1));
        assert_eq!(list.algorithms, ["gradient-8".parse().unwrap()].into());
    }

    #[test]
    fn a_hash_of_low_quality_is_unmatchable_and_its_digest_is_an_entry() {
        let list = list(&file("\"low-quality\""));
        assert_eq!((list.entries.len(), list.counts.unmatchable["low-quality"]), (1, 1));
        assert!(list.algorithms.is_empty());
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
        assert_eq!(list.entries.get(0).label.as_deref(), Some("b"));
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
