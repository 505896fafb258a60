//! Journals made of any bytes: for `crate::fuzz`, and what those of the tests hold.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use super::format::{self, Line};
use super::recover::{Read, Recovered, recover};
use super::{FileKey, FileState, JournalError, RootKey, Session, kept};
use crate::hash::{Algorithm, Quality};
use crate::orientation::Orientation;
use crate::record::{AlgorithmUsed, HashRecord, Outcome, Record, RegionRecord, RootKind, Settings};
use crate::view::{Effort, Place, View};

/// The bytes of a journal of a few files, to begin with.
///
/// # Errors
/// When what is in it can't be written as JSON.
pub fn seed() -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let session = session();
    format::seal(&Line::Session(&session), &mut bytes)?;
    for number in 0..3 {
        let (key, record) = finished(number);
        let Some((record, kept)) = kept::split(&record) else { continue };
        let file = Line::File { state: &key.state, record: &record, kept: &kept };
        format::seal(&file, &mut bytes)?;
    }
    format::seal(&Line::Verified { session: &session.id }, &mut bytes)?;
    Ok(bytes)
}

/// Recovers from any bytes, once as they are and once with the CRC of each line made right, without
/// which little would be tried but the CRC.
///
/// # Panics
/// When what recovers is neither a prefix nor an error, or when a line of a file that recovered
/// does not lie in that prefix.
pub fn recovers_a_prefix_or_an_error(bytes: &[u8]) {
    check(bytes);
    let mut sealed = bytes.to_vec();
    sealed.split_inclusive_mut(|&byte| byte == b'\n').for_each(format::reseal);
    check(&sealed);
}

fn check(bytes: &[u8]) {
    let now = session();
    let Ok(Recovered { places, past, len, cut }) = recover(bytes, &now) else { return };
    assert_eq!(len + cut, bytes.len() as u64, "bytes that are neither read nor cut off");
    let prefix = &bytes[..usize::try_from(len).unwrap_or(usize::MAX)];
    let again: Result<_, JournalError> = recover(prefix, &now);
    let again = again.unwrap_or_else(|error| panic!("what was recovered is refused: {error}"));
    assert_eq!((again.len, again.cut), (len, 0));
    assert_eq!((&again.places, &again.past), (&places, &past));
    assert!(places.is_empty() || !past.is_empty(), "a file of no session");
    for place in places {
        let line = usize::try_from(place.offset).map(|offset| &prefix[offset..]);
        let line = line.unwrap_or_default().split_inclusive(|&byte| byte == b'\n').next();
        let mut line = line.unwrap_or_default().to_vec();
        // A line that has a key may still have no record: then the file is examined anew.
        let body = format::unseal(&mut line).unwrap_or_default();
        assert!(!body.is_empty(), "a place without a whole line");
        if let Ok(read) = Read::of(body) {
            drop(read.whole());
        }
    }
}

/// Settings of little meaning.
fn settings() -> Settings {
    let made_by = "test".to_owned();
    let algorithm = AlgorithmUsed { algorithm: Algorithm::Pdq, made_by, max_distance: None };
    Settings {
        algorithms: vec![algorithm],
        digests: Vec::new(),
        effort: Effort::Standard,
        kept: Effort::Upright,
        enrol: None,
        levels: None,
        min_quality: Quality(50),
        max_matches: 10,
        full_decode: false,
        max_pixels: 1000,
        max_memory: 1000,
        max_file_bytes: 1000,
        max_size: None,
        exclude: Vec::new(),
        follow: false,
        one_file_system: false,
        threads: 1,
        sandbox: None,
        timeout: None,
    }
}

/// The session that goes on with them.
pub(super) fn session() -> Session {
    let roots = vec![RootKey::new(RootKind::Folder, Path::new("/evidence"))];
    let started = "2026-01-01T00:00:00.000Z".to_owned();
    Session::new(started, roots, settings(), Vec::new(), Some(&"as usual"))
}

/// A file that was finished, of which `number` is told by everything.
pub(super) fn finished(number: u64) -> (FileKey, Record) {
    let size = number + 1;
    let state = FileState { device: 1, inode: number, size, modified: (5, 6), changed: (7, 8) };
    let path = format!("folder/\u{202e}{number}.jpg");
    let path = Path::new(&path);
    let region = RegionRecord {
        view: View::Window,
        place: Place { x: -1, y: 2, width: 3, height: 4, angle: -2.5 },
        quality: Quality(90),
        turned: BTreeMap::from([(Orientation::Upright, format!("{:064x}", number + 2))]),
    };
    let hash = HashRecord {
        algorithm: Algorithm::Pdq,
        hash: format!("{number:064x}"),
        quality: Some(Quality(100)),
        turned: BTreeMap::from([(Orientation::Mirrored, format!("{:064x}", number + 1))]),
        regions: vec![region],
        enrolled: Vec::new(),
        layout: None,
    };
    let record = Record {
        size: Some(size),
        outcome: Outcome::Hashed,
        hashes: vec![hash],
        ..Record::new(number, 0, path)
    };
    (FileKey::new(0, path, state), record)
}
