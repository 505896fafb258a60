//! Which candidates are known files: marked in their records, and left out on request.

use super::digests;
use crate::content::DigestKinds;
use crate::index::{HashIndex, IndexError};
use crate::list::HashList;
use crate::record::{KnownFile, Outcome, Reason, Record};

/// Lists of known files, ready to be looked up.
#[derive(Debug)]
pub struct KnownFiles {
    index: HashIndex,
    skip: bool,
}

impl KnownFiles {
    /// Takes lists in; hashes in them are not looked at. With `skip`, known files that match nothing are
    /// left out.
    ///
    /// # Errors
    /// As [`HashIndex::new`].
    pub fn new(lists: Vec<HashList>, skip: bool) -> Result<Self, IndexError> {
        Ok(Self { index: HashIndex::new(lists, None)?, skip })
    }

    /// The lists, in the order given.
    pub fn lists(&self) -> &[HashList] {
        self.index.lists()
    }

    /// The digests by which files are known.
    pub fn digest_kinds(&self) -> DigestKinds {
        let [md5, sha1, sha256, sha512] = self.index.digest_kinds();
        DigestKinds { md5, sha1, sha256, sha512 }
    }

    /// Marks the record of a known file. Only a record without a match is left out: a list of known
    /// files never hides what another list has.
    pub fn mark(&self, record: &mut Record) {
        // The strongest first: an MD5 can be forged.
        let digests = digests::parse(&record.digests).unwrap_or_default();
        let found = digests.into_iter().rev().find_map(|(by, digest)| {
            let found = self.index.lookup_digest(digest).into_iter().next()?;
            Some(KnownFile {
                list: self.index.lists()[found.list].name.clone(),
                line: self.index.entry(found).line,
                by: by.to_owned(),
            })
        });
        record.known_file = found;
        if self.skip && record.known_file.is_some() && record.matches_found == 0 {
            (record.outcome, record.reason) = (Outcome::Skipped, Some(Reason::KnownFile));
            (record.detail, record.hashes) = (None, Vec::new());
            (record.truncated, record.more_pictures) = (false, false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::{HashList, ReadOptions};
    use std::path::Path;

    const MD5: &str = "9e107d9d372bb6826bd81d3542a419d6";

    fn known(skip: bool) -> KnownFiles {
        let list = HashList::read("known.md5", MD5.as_bytes(), &ReadOptions::default()).unwrap();
        KnownFiles::new(vec![list], skip).unwrap()
    }

    fn record(md5: &str, matches_found: u64) -> Record {
        let mut record = Record::new(0, 0, Path::new("a"));
        record.digests.md5 = Some(md5.to_owned());
        Record { outcome: Outcome::Hashed, matches_found, ..record }
    }

    #[test]
    fn a_known_file_is_marked_and_left_out_only_on_request_and_without_matches() {
        for (skip, md5, matches, marked, outcome) in [
            (false, MD5, 0, true, Outcome::Hashed),
            (true, MD5, 0, true, Outcome::Skipped),
            (true, MD5, 1, true, Outcome::Hashed),
            (true, &MD5.replace('9', "8"), 0, false, Outcome::Hashed),
        ] {
            let mut record = record(md5, matches);
            known(skip).mark(&mut record);
            assert_eq!((record.known_file.is_some(), record.outcome), (marked, outcome));
        }
        assert!(known(true).digest_kinds().md5 && !known(true).digest_kinds().sha512);
    }
}
