//! Tech Against Terrorism's hash list, as its interface gives it.
//!
//! Source: facebook/ThreatExchange, `python-threatexchange/threatexchange/exchanges/clients/techagainstterrorism/api.py`.

use std::io::BufRead;

use super::ListError;
use super::document::{Facts, Shape};
use super::gather::Gathering;
use super::lines::Lines;
use super::notes::Notes;
use super::records::{self, Object, text};
use super::row::{Latest, Row};
use super::time::seconds;

const SHAPE: Shape = Shape { records: &["results"], facts: &["next"] };

/// Reads pages, arrays or lines of results.
pub(super) fn read<R: BufRead>(
    lines: &mut Lines<R>,
    gathering: &mut Gathering,
) -> Result<(), ListError> {
    let more = |facts: &Facts| facts.get("next").map(|next| next != "null");
    records::read(lines, gathering, &SHAPE, more, |gathering, line, record, _| {
        add(gathering, line, record);
    })
}

fn add(gathering: &mut Gathering, line: u64, result: &Object) {
    let kind = text(result, "algorithm").unwrap_or_default();
    let value = text(result, "hash_digest").unwrap_or_default();
    let id = text(result, "id");
    let key = id.clone().unwrap_or_else(|| format!("{kind} {}", value.to_ascii_lowercase()));
    let time = ["updated_on", "created_on"].iter().find_map(|key| text(result, key));
    let mut notes = Notes::of("Tech Against Terrorism");
    for name in ["ideology", "file_type"] {
        notes.add(name, &text(result, name).unwrap_or_default());
    }
    let mut row = Row {
        line,
        id: id.as_deref(),
        withdrawn: text(result, "deleted").is_some_and(|gone| gone.eq_ignore_ascii_case("true")),
        latest: Some(Latest { key: &key, time: time.as_deref().and_then(seconds) }),
        notes: notes.some(),
        ..Row::default()
    };
    // What is deleted may say no more than its id.
    let is_enough = row.withdrawn && id.is_some();
    if !is_enough && (kind.is_empty() || value.is_empty()) {
        return gathering.broken(line, "a result without algorithm or hash_digest");
    }
    row.give(&kind, &value);
    gathering.add(row);
}

#[cfg(test)]
mod tests {
    use super::super::ListFormat;
    use super::super::tests::{PDQ_HEX, options, read};

    const MD5: &str = "9e107d9d372bb6826bd81d3542a419d6";

    fn result(id: u32, kind: &str, value: &str, deleted: bool, updated: &str) -> String {
        format!(
            "{{\"hash_digest\":\"{value}\",\"algorithm\":\"{kind}\",\"ideology\":\"x\",\"file_type\":\"png\",\
             \"deleted\":{deleted},\"updated_on\":\"{updated}\",\"id\":{id}}}"
        )
    }

    #[test]
    fn results_are_read_and_the_deleted_ones_withdrawn_in_any_order() {
        let (early, late) = ("2026-01-01T00:00:00Z", "2026-02-01T00:00:00.5+01:00");
        let all = [
            result(1, "MD5", MD5, false, early),
            result(2, "PDQ", PDQ_HEX, false, early),
            result(3, "TMK", "AA", false, early),
            result(2, "", "", true, late),
        ];
        let page = |next: &str| {
            format!("{{\"count\":4,\"next\":{next},\"results\":[{}]}}", all.join(",\n"))
        };
        let mut reversed = all.clone();
        reversed.reverse();
        for text in [page("null"), all.join("\n"), reversed.join("\n")] {
            let list = read(&text, options(None)).unwrap();
            assert_eq!((list.format, list.cut_off), (ListFormat::Tat, false));
            let counts = &list.counts;
            assert_eq!((counts.rows, counts.entries, counts.removed), (4, 1, 1), "{text}");
            assert_eq!((counts.tombstones, counts.unmatchable["tmk"]), (1, 1));
            assert_eq!(list.entries.get(0).notes.as_ref().unwrap().said["ideology"], "x");
        }
        assert!(read(&page("\"https://x/?page=2\""), options(None)).unwrap().cut_off);
    }
}
