//! What a journal gives back: all of it, a prefix of it, or an error, but never anything else.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use proptest::prelude::*;

use super::fuzz::finished;
pub(super) use super::fuzz::session;
use super::recover::{Recovered, recover};
use super::*;
use crate::record::RootKind;

fn add(journal: &Journal, number: u64) {
    let (key, record) = finished(number);
    journal.add(&key.state, &record);
}

/// The bytes of a journal with two sessions, the first of which was verified, and where its lines
/// end.
fn journal_of(files: u64) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let journal = Journal::create(&path, session()).unwrap();
    journal.vouch();
    (0..files / 2).for_each(|number| add(&journal, number));
    drop(journal);
    let journal = Journal::resume(&path, session()).unwrap();
    (files / 2..files).for_each(|number| add(&journal, number));
    journal.close().unwrap();
    fs::read(&path).unwrap()
}

fn places(recovered: &Recovered) -> Vec<u64> {
    let mut offsets: Vec<u64> = recovered.places.iter().map(|place| place.offset).collect();
    offsets.sort_unstable();
    offsets
}

#[test]
fn what_was_added_is_found_again_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let journal = Journal::create(&path, session()).unwrap();
    (0..100).for_each(|number| add(&journal, number));
    assert!(journal.find(&finished(0).0).is_none(), "it answers for earlier sessions only");
    drop(journal);
    let journal = Journal::resume(&path, session()).unwrap();
    for number in 0..100 {
        let (mut key, record) = finished(number);
        let found = journal.find(&key).unwrap();
        assert_eq!((found.record, found.answer), (kept::split(&record).unwrap().0, Answer::AsIs));
        key.state.changed.1 += 1;
        assert!(journal.find(&key).is_none(), "it has changed");
    }
    assert!(journal.find(&finished(100).0).is_none());
    let elsewhere = FileKey::new(1, Path::new("folder/\u{202e}0.jpg"), finished(0).0.state);
    assert!(journal.find(&elsewhere).is_none());
    assert_eq!(journal.used(), Used { answered: 100, added: 0, unsettled: 0 });
}

#[test]
fn for_another_question_all_hashes_are_given_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let journal = Journal::create(&path, session()).unwrap();
    (0..10).for_each(|number| add(&journal, number));
    drop(journal);
    let question = Some("another".to_owned());
    let journal = Journal::resume(&path, Session { question, ..session() }).unwrap();
    for number in 0..10 {
        let (key, record) = finished(number);
        let found = journal.find(&key).unwrap();
        assert_eq!((found.record, found.answer), (record, Answer::Hashes));
    }
}

#[test]
fn of_two_lines_for_a_file_the_later_holds() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let journal = Journal::create(&path, session()).unwrap();
    let (key, record) = finished(1);
    for width in [1, 2, 3] {
        journal.add(&key.state, &Record { width: Some(width), ..record.clone() });
    }
    drop(journal);
    let journal = Journal::resume(&path, session()).unwrap();
    assert_eq!(journal.find(&key).unwrap().record.width, Some(3));
}

#[test]
fn every_prefix_recovers_to_a_prefix_of_the_records() {
    let bytes = journal_of(6);
    let whole = recover(&bytes[..], &session()).unwrap();
    assert_eq!((whole.len, whole.cut, whole.past.len()), (bytes.len() as u64, 0, 2));
    let all = places(&whole);
    assert_eq!(all.len(), 6);
    let ends: Vec<usize> = bytes
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'\n')
        .map(|(at, _)| at + 1)
        .collect();
    for len in 0..=bytes.len() {
        let recovered = recover(&bytes[..len], &session()).unwrap();
        let whole_lines = ends.iter().rev().find(|end| **end <= len).copied().unwrap_or(0);
        assert_eq!(recovered.len, whole_lines as u64, "up to {len}");
        assert_eq!(recovered.cut, (len - whole_lines) as u64, "up to {len}");
        let found = places(&recovered);
        assert_eq!(found, all[..found.len()], "up to {len}");
        let expected = all.iter().filter(|offset| **offset < recovered.len).count();
        assert_eq!(found.len(), expected, "up to {len}");
    }
}

#[test]
fn a_flip_of_any_bit_is_found() {
    let bytes = journal_of(4);
    let last = bytes[..bytes.len() - 1].iter().rposition(|&byte| byte == b'\n').unwrap() + 1;
    let (mut errors, mut cuts) = (0, 0);
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << bit;
            match recover(&flipped[..], &session()) {
                Err(_damaged) => errors += 1,
                Ok(recovered) => {
                    assert!(at >= last, "byte {at}, bit {bit}: before the last line");
                    assert!(recovered.cut > 0 && recovered.len == last as u64, "{at}, {bit}");
                    cuts += 1;
                }
            }
        }
    }
    assert_eq!(errors + cuts, 8 * bytes.len());
    assert!(cuts >= 8 * (bytes.len() - last - 1), "the last line is cut off");
}

proptest! {
    /// Lines lost, exchanged or repeated are no flips, but bytes overwritten at random are damage.
    #[test]
    fn overwritten_bytes_are_found(at in 0.0..1.0f64, new in proptest::collection::vec(any::<u8>(), 1..40)) {
        let bytes = journal_of(3);
        let mut damaged = bytes.clone();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in a small file")]
        let at = (at * bytes.len() as f64) as usize;
        let end = (at + new.len()).min(bytes.len());
        damaged[at..end].copy_from_slice(&new[..end - at]);
        let found = recover(&damaged[..], &session());
        prop_assert!(damaged == bytes || found.is_err() || found.unwrap().cut > 0);
    }
}

#[test]
fn a_damaged_line_is_named_and_the_file_left_as_it_is() {
    let mut bytes = journal_of(4);
    let second = bytes.iter().position(|&byte| byte == b'\n').unwrap() + 1;
    bytes[second + 30] ^= 1;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    fs::write(&path, &bytes).unwrap();
    let error = Journal::resume(&path, session()).unwrap_err();
    assert!(error.to_string().starts_with(&format!("line 2 (from byte {second}) is damaged")));
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[test]
fn a_torn_last_line_is_cut_off_and_the_journal_goes_on_behind_it() {
    let bytes = journal_of(4);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    for cut in [1, 10, 100] {
        fs::write(&path, &bytes[..bytes.len() - cut]).unwrap();
        let journal = Journal::resume(&path, session()).unwrap();
        assert!(journal.cut() > 0);
        assert!(journal.find(&finished(2).0).is_some() && journal.find(&finished(3).0).is_none());
        add(&journal, 3);
        drop(journal);
        let journal = Journal::resume(&path, session()).unwrap();
        assert!(journal.cut() == 0 && journal.find(&finished(3).0).is_some());
    }
}

#[test]
fn nothing_is_overwritten_and_nothing_but_a_journal_is_added_to() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    for content in [&b"\xff\xd8\xff a picture"[..], b"{\"name\":1}\n", b"one\ntwo\n"] {
        fs::write(&path, content).unwrap();
        assert!(matches!(Journal::create(&path, session()), Err(JournalError::Exists)));
        assert!(matches!(Journal::resume(&path, session()), Err(JournalError::NotAJournal)));
        assert_eq!(fs::read(&path).unwrap(), content);
    }
    let missing = Journal::resume(&folder.path().join("missing"), session());
    assert!(matches!(missing, Err(JournalError::Open(_))));
}

#[test]
fn a_journal_has_one_writer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let first = Journal::create(&path, session()).unwrap();
    assert!(matches!(Journal::resume(&path, session()), Err(JournalError::InUse)));
    drop(first);
    assert!(Journal::resume(&path, session()).is_ok());
}

#[test]
fn other_roots_are_named_beside_those_of_the_journal() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    drop(Journal::create(&path, session()).unwrap());
    let roots = vec![RootKey::new(RootKind::Folder, Path::new("/elsewhere"))];
    let error = Journal::resume(&path, Session { roots, ..session() }).unwrap_err().to_string();
    assert!(error.contains("\"/evidence\"") && error.contains("\"/elsewhere\""), "{error}");
}

#[test]
fn a_newer_format_is_refused_by_its_number() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    drop(Journal::create(&path, Session { journal: FORMAT + 1, ..session() }).unwrap());
    let error = Journal::resume(&path, session()).unwrap_err();
    assert!(matches!(error, JournalError::Newer { found: 2, known: 1 }), "{error}");
}

#[test]
fn records_of_another_version_are_passed_over_and_that_can_be_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let journal = Journal::create(&path, Session { version: "0".to_owned(), ..session() }).unwrap();
    add(&journal, 1);
    drop(journal);
    let journal = Journal::resume(&path, session()).unwrap();
    assert!(journal.is_outdated() && journal.find(&finished(1).0).is_none());
}

#[test]
fn matches_of_compiled_lists_are_taken_over_only_once_these_were_verified() {
    let folder = tempfile::tempdir().unwrap();
    for vouched in [false, true] {
        let path = folder.path().join(vouched.to_string());
        let journal = Journal::create(&path, with_compiled_list()).unwrap();
        add(&journal, 1);
        if vouched {
            journal.vouch();
        }
        drop(journal);
        let journal = Journal::resume(&path, with_compiled_list()).unwrap();
        let expected = if vouched { Answer::AsIs } else { Answer::Hashes };
        assert_eq!(journal.find(&finished(1).0).unwrap().answer, expected);
    }
}

fn with_compiled_list() -> Session {
    let list = serde_json::json!({
        "name": "a", "format": "csv", "sha256": "00", "algorithms": [], "cut_off": false,
        "counts": {
            "rows": 1, "contributing": 1, "broken": 0, "tombstones": 0, "unmatchable_rows": 0,
            "unmatchable": {}, "entries": 1, "duplicates": 0, "removed": 0,
        },
        "compiled": {"file": "a.kidx", "digest": "00"},
    });
    let list = serde_json::from_value(list).unwrap();
    Session { lists: vec![list], ..session() }
}

#[cfg(unix)]
#[test]
fn only_its_owner_may_read_a_journal_and_a_second_name_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    drop(Journal::create(&path, session()).unwrap());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    fs::hard_link(&path, folder.path().join("second")).unwrap();
    assert!(matches!(Journal::resume(&path, session()), Err(JournalError::SecondNames(2))));
}

#[test]
fn a_line_shows_no_character_that_a_terminal_might_obey() {
    let text = String::from_utf8(journal_of(2)).unwrap();
    assert!(!text.contains('\u{202e}') && text.contains("\\u202e"));
}

#[test]
fn a_file_that_is_looked_at_now_is_settled_only_if_it_is_old() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, "x").unwrap();
    let state = FileState::of(&path, false).unwrap().unwrap();
    assert!(!state.is_settled(SystemTime::now()));
    assert!(state.is_settled(SystemTime::now() + SETTLED_AFTER));
}
