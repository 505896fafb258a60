//! What IPED says of a row in its hash sets, be it a table or a database.
//!
//! Source: sepinf-inc/IPED, `iped-engine/src/main/java/iped/engine/hashdb/HashDBTool.java` and the
//! comments in `conf/HashDBLookupConfig.txt`: the property `status` is `known` for what may be passed
//! over, `alert` and `pedo` for what is searched for; several values are joined with `|`.

use super::gather::Gathering;
use super::notes::Notes;
use super::row::Row;

/// Takes a row with its status and its set.
pub(super) fn add(gathering: &mut Gathering, mut row: Row<'_>) {
    let status = row.status.unwrap_or_default();
    let mut parts = status.split('|').map(str::trim).filter(|part| !part.is_empty()).peekable();
    // Whatever else is said of it, it is searched for.
    let is_known = parts.peek().is_some() && parts.all(|part| part.eq_ignore_ascii_case("known"));
    let notes = row.notes.get_or_insert_with(|| Notes::of("IPED"));
    "IPED".clone_into(&mut notes.source);
    notes.add("status", status);
    gathering.add_if_wanted(row, is_known);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{options, read};
    use super::super::{HashList, ReadOptions};

    const MD5: [&str; 3] = [
        "9e107d9d372bb6826bd81d3542a419d6",
        "9e107d9d372bb6826bd81d3542a419d7",
        "9e107d9d372bb6826bd81d3542a419d8",
    ];

    fn list(known_files: bool) -> HashList {
        let [a, b, c] = MD5;
        let text = format!("MD5,set,status\n{a},NSRL,known\n{b},s,known|alert\n{c},s,pedo\n");
        read(&text, ReadOptions { known_files, ..options(None) }).unwrap()
    }

    #[test]
    fn known_files_are_left_out_of_what_is_searched_for_and_the_reverse() {
        let listed = list(false);
        let lines: Vec<_> = listed.entries.iter().map(|entry| entry.line).collect();
        assert_eq!((lines, listed.counts.unmatchable["known-file"]), (vec![3, 4], 1));
        let notes = listed.entries.get(1).into_owned().notes.unwrap();
        let said = (&*notes.source, &*notes.said["status"], &*notes.said["set"]);
        assert_eq!(said, ("IPED", "pedo", "s"));
        let known = list(true);
        let lines: Vec<_> = known.entries.iter().map(|entry| entry.line).collect();
        assert_eq!((lines, known.counts.unmatchable["not-a-known-file"]), (vec![2], 2));
    }

    #[test]
    fn a_table_with_a_status_and_no_set_has_no_known_files() {
        let text = format!("MD5,status\n{},known\n", MD5[0]);
        assert_eq!(read(&text, options(None)).unwrap().entries.len(), 1);
    }
}
