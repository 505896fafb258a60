//! StopNCII's list, as its interface gives it: pages of records, each of which says all there is to
//! say of a hash.
//!
//! Source: facebook/ThreatExchange, `python-threatexchange/threatexchange/exchanges/clients/stopncii/api.py`.

use std::io::BufRead;

use serde_json::Value;

use super::ListError;
use super::document::{Facts, Shape};
use super::gather::Gathering;
use super::lines::Lines;
use super::notes::Notes;
use super::records::{self, Object, joined, number, objects, text};
use super::row::{Latest, Row, Stated};
use super::value::Claim;

const SHAPE: Shape = Shape { records: &["hashRecords"], facts: &["hasMoreRecords"] };

/// Reads pages, arrays of pages, or records.
pub(super) fn read<R: BufRead>(
    lines: &mut Lines<R>,
    gathering: &mut Gathering,
) -> Result<(), ListError> {
    let more = |facts: &Facts| facts.get("hasMoreRecords").map(|more| more == "true");
    records::read(lines, gathering, &SHAPE, more, |gathering, line, record, _| {
        add(gathering, line, record);
    })
}

fn add(gathering: &mut Gathering, line: u64, record: &Object) {
    let kind = text(record, "signalType").unwrap_or_default();
    let value = text(record, "hashValue").unwrap_or_default();
    if value.is_empty() {
        return gathering.broken(line, "a record without hashValue");
    }
    let status = text(record, "hashStatus").unwrap_or_default();
    let key = format!("{kind} {}", value.to_ascii_lowercase());
    let mut row = Row {
        line,
        withdrawn: ["Withdrawn", "Deleted"].iter().any(|gone| gone.eq_ignore_ascii_case(&status)),
        latest: Some(Latest { key: &key, time: number(record, "lastModtimestamp") }),
        notes: notes(record, &status).some(),
        ..Row::default()
    };
    if let Some(cases) = record.get("caseNumbers").and_then(Value::as_object) {
        let numbers: Vec<&str> = cases.keys().map(String::as_str).collect();
        row.case.push(("caseNumbers", numbers.join(", ").into()));
    }
    match &*kind {
        "" => row.values.push(Stated { claim: Claim::Unstated, text: &value, quality: None }),
        kind => row.give(kind, &value),
    }
    gathering.add(row);
}

/// What the platforms answered.
fn notes(record: &Object, status: &str) -> Notes {
    let mut notes = Notes::of("StopNCII");
    notes.add("hashStatus", status);
    for feedback in objects(record, "CSPFeedbacks") {
        let source = text(feedback, "source").unwrap_or_default();
        let value = text(feedback, "feedbackValue").unwrap_or_default();
        let tags = joined(feedback, "tags");
        let tags = if tags.is_empty() { tags } else { format!(" ({tags})") };
        notes.add(&format!("feedback of {source}"), &format!("{value}{tags}"));
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::super::tests::{PDQ_HEX, options, read};
    use super::super::{HashList, ListError, ListFormat};

    const MD5: &str = "9e107d9d372bb6826bd81d3542a419d6";

    fn record(kind: &str, value: &str, status: &str, time: u32) -> String {
        format!(
            "{{\"lastModtimestamp\":{time},\"signalType\":\"{kind}\",\"hashValue\":\"{value}\",\
             \"hashStatus\":\"{status}\",\"caseNumbers\":{{\"number-of-a-case\":\"Active\"}},\"CSPFeedbacks\":\
             [{{\"source\":\"A\",\"feedbackValue\":\"Blocked\",\"tags\":[\"x\",\"y\"]}}]}}"
        )
    }

    fn page(records: &[String], more: bool) -> String {
        format!(
            "{{\"count\":{},\"hasMoreRecords\":{more},\"hashRecords\":[{}]}}\n",
            records.len(),
            records.join(",\n")
        )
    }

    fn list(text: &str) -> HashList {
        read(text, options(None)).unwrap()
    }

    #[test]
    fn pages_of_all_kinds_are_read_and_what_cannot_be_matched_is_counted() {
        let all = [
            record("ImagePDQ", PDQ_HEX, "Active", 1),
            record("VideoMD5", MD5, "Received", 1),
            record("VideoTMK", "AAAA", "Active", 1),
            record("URL", "b", "Unknown", 1),
        ];
        let (first, second) = (page(&all[..2], true), page(&all[2..], false));
        let lines = all.join("\n");
        for text in [first.clone() + &second, format!("[{first},{second}]"), second + &first, lines]
        {
            let list = list(&text);
            assert_eq!((list.format, list.cut_off), (ListFormat::StopNcii, false), "{text}");
            let counts = &list.counts;
            assert_eq!((counts.rows, counts.entries, counts.broken), (4, 2, 0));
            assert_eq!((counts.unmatchable["tmk"], counts.unmatchable["url"]), (1, 1));
        }
        assert!(list(&first).cut_off, "a page says that more follow");
    }

    #[test]
    fn what_platforms_say_is_noted_and_the_cases_of_victims_are_not() {
        let list = list(&page(&[record("ImagePDQ", PDQ_HEX, "Active", 1)], false));
        let notes = list.entries.get(0).notes.clone().unwrap();
        assert_eq!(notes.source, "StopNCII");
        assert_eq!(notes.said["feedback of A"], "Blocked (x, y)");
        assert!(!format!("{list:?}").contains("number-of-a-case"));
    }

    #[test]
    fn a_hash_is_withdrawn_until_a_later_record_lists_it_again() {
        let other = record("VideoMD5", MD5, "Active", 1);
        let of = |status: &str, time| record("ImagePDQ", PDQ_HEX, status, time);
        let entries = |records: [String; 3]| {
            let list = list(&page(&records, false));
            (list.counts.entries, list.counts.tombstones, list.counts.removed, list.counts.replaced)
        };
        for gone in ["Withdrawn", "Deleted"] {
            let upper = of(gone, 5).replace(PDQ_HEX, &PDQ_HEX.to_uppercase());
            assert_eq!(entries([of("Active", 1), upper, other.clone()]), (1, 1, 1, 0));
            assert_eq!(entries([of(gone, 5), of("Active", 1), other.clone()]), (1, 1, 1, 0));
            assert_eq!(entries([of(gone, 5), of("Active", 9), other.clone()]), (2, 1, 0, 0));
        }
        assert_eq!(entries([of("Active", 1), of("Received", 2), other]), (2, 0, 0, 1));
    }

    #[test]
    fn broken_records_are_counted_and_a_document_that_ends_early_is_refused() {
        let good: Vec<String> = (0..99).map(|_| record("VideoMD5", MD5, "Active", 1)).collect();
        for bad in [
            "{\"signalType\":\"ImagePDQ\"}",
            "{\"hashValue\":}",
            "{\"signalType\":\"ImagePDQ\",\"hashValue\":\"ab\"}",
        ] {
            let list = list(&page(&[&good[..], &[bad.to_owned()]].concat(), false));
            assert_eq!((list.counts.broken, list.problems[0].line), (1, 100), "{bad}");
        }
        let cut = &page(&good, false)[..9000];
        assert!(matches!(read(cut, options(None)), Err(ListError::NoJson { .. })));
    }
}
