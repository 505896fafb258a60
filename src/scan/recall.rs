//! Candidates that a journal answers for are not examined again; others are, and are added to it.

use std::sync::Arc;
use std::time::SystemTime;

use super::ScanOptions;
use super::rematch::{looks_at, rematch, say_quality};
use crate::index::HashIndex;
use crate::journal::{Answer, FileKey, FileState, Found, Journal};
use crate::record::{Digests, HashRecord, Outcome, Record};
use crate::view::Effort;
use crate::walk::{Candidate, Met};

/// A journal with what is asked of it, for any number of threads.
#[derive(Clone, Debug)]
pub(super) struct Recall {
    journal: Arc<Journal>,
    options: ScanOptions,
    index: Option<Arc<HashIndex>>,
}

impl Recall {
    /// `options` and `index` are those of the run.
    pub(super) fn new(
        journal: Arc<Journal>,
        options: ScanOptions,
        index: Option<Arc<HashIndex>>,
    ) -> Self {
        Self { journal, options, index }
    }

    /// The options to examine with: the journal keeps all hashes, so that they can be compared
    /// with other lists.
    pub(super) fn to_examine(options: &ScanOptions) -> ScanOptions {
        ScanOptions { keep_all: true, ..options.clone() }
    }

    /// The record of a candidate from the journal, or else how to add it.
    ///
    /// # Errors
    /// With what [`Recall::add`] is to be told with the record, when the candidate has been
    /// examined with [`Recall::to_examine`].
    pub(super) fn find(&self, candidate: &Candidate) -> Result<Box<Record>, ToAdd> {
        let Some(key) = self.key_of(candidate) else { return Err(ToAdd(None)) };
        match self.journal.find(&key).and_then(|found| self.answer(found)) {
            Some(record) => Ok(Box::new(Record { number: candidate.number, ..record })),
            None => Err(ToAdd(Some((key.state(), SystemTime::now())))),
        }
    }

    /// Adds a record that was not found, and gives it as the report shows it.
    ///
    /// What failed or was left out is never journalled, nor is a file that changed while it was
    /// examined or just before.
    pub(super) fn add(&self, to_add: &ToAdd, candidate: &Candidate, record: Record) -> Record {
        let is_done = matches!(record.outcome, Outcome::Hashed | Outcome::Unsupported);
        if let Some((state, reading_from)) = &to_add.0
            && is_done
            && state_of(candidate).as_ref() == Some(state)
            && record.size == Some(state.size)
        {
            if state.is_settled(*reading_from) {
                self.journal.add(state, &record);
            } else {
                self.journal.pass_over();
            }
        }
        self.pared(record)
    }

    /// By what the journal would know a candidate; none for what is not to be looked up.
    fn key_of(&self, candidate: &Candidate) -> Option<FileKey> {
        let state = state_of(candidate)?;
        // What is left out on request is not looked into, whatever is known of it.
        let left_out = self.options.max_size.is_some_and(|max| state.size > max);
        (!left_out).then(|| FileKey::new(candidate.root, &candidate.relative, state))
    }

    /// The record as it would be now; none if its hashes can't be read.
    fn answer(&self, found: Found) -> Option<Record> {
        let record = match found.answer {
            Answer::AsIs => found.record,
            Answer::Hashes => self.compared(found.record)?,
        };
        Some(self.pared(record))
    }

    /// A record of which only the hashes hold, compared anew.
    fn compared(&self, mut record: Record) -> Option<Record> {
        let ScanOptions { matching, hashing, .. } = &self.options;
        record.hashes = self.asked(std::mem::take(&mut record.hashes));
        if let Some(index) = &self.index {
            // What can't be compared is examined.
            let Ok(record) = rematch(record, index, matching, hashing.effort) else { return None };
            return Some(record);
        }
        let quality = |hash: &HashRecord| hash.quality;
        let mut qualities = record.hashes.iter().filter_map(quality);
        let low = qualities.any(|quality| quality < matching.min_quality);
        say_quality(&mut record, low);
        Some(Record { matches: Vec::new(), matches_found: 0, ..record })
    }

    /// Those hashes that are asked for, in the order in which they are.
    fn asked(&self, hashes: Vec<HashRecord>) -> Vec<HashRecord> {
        let algorithms = &self.options.hashing.algorithms;
        let place = |hash: &HashRecord| {
            algorithms.iter().position(|algorithm| *algorithm == hash.algorithm)
        };
        let mut placed: Vec<_> =
            hashes.into_iter().filter_map(|hash| Some((place(&hash)?, hash))).collect();
        placed.sort_by_key(|(place, _)| *place);
        placed.into_iter().map(|(_, hash)| hash).collect()
    }

    /// A record with no more in it than the report shows.
    fn pared(&self, mut record: Record) -> Record {
        let ScanOptions { hashing, keep_all, digests, .. } = &self.options;
        record.hashes = self.asked(std::mem::take(&mut record.hashes));
        for hash in &mut record.hashes {
            if !keep_all || hashing.effort == Effort::Upright {
                hash.turned.clear();
            }
            hash.regions.retain(|region| *keep_all && looks_at(hashing.effort, region.view));
            if hashing.enrol.is_none() {
                hash.enrolled.clear();
                hash.layout = None;
            }
        }
        let Digests { md5, sha1, sha256, sha512 } = record.digests;
        record.digests = Digests {
            md5: md5.filter(|_| digests.md5),
            sha1: sha1.filter(|_| digests.sha1),
            sha256: sha256.filter(|_| digests.sha256),
            sha512: sha512.filter(|_| digests.sha512),
        };
        record
    }
}

/// The state of a candidate before it was examined, and when that began; none for what is never
/// added.
#[derive(Debug)]
pub(super) struct ToAdd(Option<(FileState, SystemTime)>);

/// The state of what the walk met as a regular file, if it still is one.
fn state_of(candidate: &Candidate) -> Option<FileState> {
    let Met::File { through_link } = candidate.met else { return None };
    // Whatever can't be looked at fails when it is examined, which says why.
    FileState::of(&candidate.path, through_link).unwrap_or(None)
}
