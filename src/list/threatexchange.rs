//! Meta's ThreatExchange: the updates that its interface gives, as pages, arrays or lines.
//!
//! Source: facebook/ThreatExchange, `python-threatexchange/threatexchange/exchanges/impl/fb_threatexchange_api.py`
//! and `exchanges/clients/fb_threatexchange/threat_updates.py`; that an update without descriptors
//! deletes is from its issue 834.

use std::io::BufRead;

use serde_json::Value;

use super::ListError;
use super::document::{Facts, Shape};
use super::gather::Gathering;
use super::lines::Lines;
use super::notes::Notes;
use super::records::{self, Object, number, objects, text};
use super::row::{Latest, Row};

const SHAPE: Shape = Shape { records: &["data"], facts: &["paging"] };

/// Reads updates.
pub(super) fn read<R: BufRead>(
    lines: &mut Lines<R>,
    gathering: &mut Gathering,
) -> Result<(), ListError> {
    let more = |facts: &Facts| facts.get("paging").map(|paging| paging.contains("\"next\""));
    records::read(lines, gathering, &SHAPE, more, |gathering, line, record, _| {
        add(gathering, line, record);
    })
}

fn add(gathering: &mut Gathering, line: u64, update: &Object) {
    let kind = text(update, "type").unwrap_or_default();
    let indicator = text(update, "indicator").unwrap_or_default();
    let id = text(update, "id");
    let key = id.clone().unwrap_or_else(|| format!("{kind} {}", indicator.to_ascii_lowercase()));
    let descriptors = update.get("descriptors").and_then(Value::as_object);
    let deletes = text(update, "should_delete").is_some_and(|delete| delete == "true");
    let mut row = Row {
        line,
        id: id.as_deref(),
        withdrawn: deletes || descriptors.is_none(),
        latest: Some(Latest { key: &key, time: number(update, "last_updated") }),
        notes: descriptors.map(notes).and_then(Notes::some),
        ..Row::default()
    };
    // What deletes may say no more than the id.
    let is_enough = row.withdrawn && id.is_some();
    if !is_enough && (kind.is_empty() || indicator.is_empty()) {
        return gathering.broken(line, "an update without type or indicator");
    }
    row.give(&kind, &indicator);
    gathering.add(row);
}

/// What the members say; one that disagrees does not withdraw what another lists.
fn notes(descriptors: &Object) -> Notes {
    let mut notes = Notes::of("ThreatExchange");
    for descriptor in objects(descriptors, "data") {
        let owner = descriptor.get("owner").and_then(Value::as_object);
        let owner = owner.and_then(|owner| text(owner, "id")).unwrap_or_default();
        let status = text(descriptor, "status").unwrap_or_default();
        notes.add(&format!("status of {owner}"), &status);
        let tags = descriptor.get("tags").and_then(Value::as_object);
        let tags = tags.into_iter().flat_map(|tags| objects(tags, "data"));
        let tags: Vec<String> = tags.filter_map(|tag| text(tag, "text")).collect();
        notes.add(&format!("tags of {owner}"), &tags.join(", "));
        let reactions = text(descriptor, "reactions").unwrap_or_default();
        notes.add(&format!("reactions to {owner}"), &reactions);
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::super::tests::{PDQ_HEX, options, read};
    use super::super::{HashList, ListFormat};

    const MD5: &str = "9e107d9d372bb6826bd81d3542a419d6";

    fn update(id: u32, kind: &str, indicator: &str, rest: &str) -> String {
        format!("{{\"id\":\"{id}\",\"indicator\":\"{indicator}\",\"type\":\"{kind}\"{rest}}}")
    }

    const DESCRIBED: &str = ",\"last_updated\":5,\"should_delete\":false,\"descriptors\":{\"data\":[{\"owner\":\
        {\"id\":\"9\"},\"status\":\"NON_MALICIOUS\",\"tags\":{\"data\":[{\"text\":\"a\"},{\"text\":\"b\"}]}}]}";

    fn list(text: &str) -> HashList {
        read(text, options(None)).unwrap()
    }

    #[test]
    fn updates_of_all_kinds_are_read_in_pages_arrays_and_lines() {
        let all = [
            update(1, "HASH_PDQ", PDQ_HEX, DESCRIBED),
            update(2, "HASH_MD5", MD5, DESCRIBED),
            update(3, "HASH_TMK", "AA", DESCRIBED),
            update(4, "HASH_PDQ_OCR", PDQ_HEX, DESCRIBED),
        ];
        let joined = all.join(",\n");
        let page = format!("{{\"data\":[{joined}],\"paging\":{{\"cursors\":{{}}}}}}");
        for text in [page.clone(), format!("[{joined}]"), all.join("\n")] {
            let list = list(&text);
            assert_eq!((list.format, list.cut_off), (ListFormat::ThreatExchange, false), "{text}");
            assert_eq!((list.counts.rows, list.counts.entries, list.counts.broken), (4, 2, 0));
            assert_eq!(list.counts.unmatchable["hash_pdq_ocr"], 1);
            let entry = list.entries.get(0).into_owned();
            assert_eq!(entry.id.as_deref(), Some("1"));
            let said = &entry.notes.unwrap().said;
            assert_eq!((&*said["status of 9"], &*said["tags of 9"]), ("NON_MALICIOUS", "a, b"));
        }
        assert!(list(&page.replace("\"cursors\"", "\"next\"")).cut_off);
    }

    #[test]
    fn an_update_deletes_by_its_flag_or_by_having_no_descriptors() {
        let kept = update(1, "HASH_MD5", MD5, DESCRIBED);
        let listed = update(2, "HASH_PDQ", PDQ_HEX, DESCRIBED);
        for gone in [
            DESCRIBED.replace("false", "true").replace(":5", ":6"),
            ",\"last_updated\":6".to_owned(),
            ",\"last_updated\":6,\"descriptors\":null".to_owned(),
        ] {
            let gone = update(2, "HASH_PDQ", PDQ_HEX, &gone);
            for order in [[&kept, &listed, &gone], [&gone, &listed, &kept]] {
                let list = list(&order.map(|update| update.clone() + "\n").concat());
                let counts = &list.counts;
                assert_eq!(
                    (counts.entries, counts.tombstones, counts.removed),
                    (1, 1, 1),
                    "{gone}"
                );
            }
        }
    }
}
