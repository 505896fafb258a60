//! One candidate to one record. `examine` is total: whatever goes wrong is a reason in the record.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::ScanOptions;
use super::digest::{self, Digester};
use super::fingerprint::{Fingerprint, fingerprint};
use super::guard::guarded;
use super::matching;
use super::read::{Evidence, Unread};
use crate::algorithm::Hashes;
use crate::index::HashIndex;
use crate::picture::{Content, Kind, Other, PictureError, SNIFF_BYTES, sniff};
use crate::record::{HashRecord, Outcome, Reason, Record};
use crate::walk::{Candidate, Met};

/// Examines candidates, from any number of threads.
#[derive(Clone, Debug)]
pub struct Examiner {
    options: ScanOptions,
    index: Option<Arc<HashIndex>>,
}

/// A buffer that grew beyond this is given back after its file.
const KEPT_BUFFER: usize = 64 << 20;

thread_local! {
    /// One read buffer for each thread, so that a million files need no million allocations.
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

impl Examiner {
    /// With an index, candidates are compared with it; without, they are only hashed.
    pub fn new(options: ScanOptions, index: Option<Arc<HashIndex>>) -> Self {
        Self { options, index }
    }

    /// Examines one candidate.
    pub fn examine(&self, candidate: &Candidate) -> Record {
        let mut record = Record::new(candidate.number, candidate.root, &candidate.relative);
        let skip = |reason| (Outcome::Skipped, reason, None);
        let (outcome, reason, detail) = match &candidate.met {
            Met::File { through_link } => {
                BUFFER.with_borrow_mut(|buffer| {
                    buffer.clear();
                    let read =
                        self.examine_file(&candidate.path, *through_link, buffer, &mut record);
                    if let Err(Unread { reason, detail }) = read {
                        // What was found out before reading failed is not to be relied on.
                        record = Record::new(record.number, record.root, &candidate.relative);
                        (record.reason, record.detail) = (Some(reason), Some(detail));
                    }
                    if buffer.capacity() > KEPT_BUFFER {
                        *buffer = Vec::new();
                    }
                });
                return record;
            }
            Met::Unreadable(error) => {
                let unread = Unread::from(error);
                (Outcome::Failed, unread.reason, Some(unread.detail))
            }
            Met::Loop => (Outcome::Skipped, Reason::SymlinkLoop, None),
            Met::Symlink => skip(Reason::Symlink),
            Met::Fifo => skip(Reason::Fifo),
            Met::Socket => skip(Reason::Socket),
            Met::Device => skip(Reason::Device),
            Met::Excluded => skip(Reason::Excluded),
            Met::OtherFileSystem => skip(Reason::OtherFileSystem),
        };
        (record.outcome, record.reason, record.detail) = (outcome, Some(reason), detail);
        record
    }

    fn examine_file(
        &self,
        path: &Path,
        through_link: bool,
        buffer: &mut Vec<u8>,
        record: &mut Record,
    ) -> Result<(), Unread> {
        let mut evidence = Evidence::open(path, through_link)?;
        let size = evidence.size();
        record.size = Some(size);
        if self.options.max_size.is_some_and(|max| size > max) {
            (record.outcome, record.reason) = (Outcome::Skipped, Some(Reason::OverMaxSize));
            return Ok(());
        }
        evidence.read_up_to(SNIFF_BYTES as u64, buffer)?;
        let named_tga = path.extension().is_some_and(|name| name.eq_ignore_ascii_case("tga"));
        if buffer.is_empty() && size > 0 {
            evidence.check_unchanged(0)?;
        }
        let content = guarded(|| sniff(buffer, named_tga))
            .map_err(|panic| Unread { reason: Reason::DecoderPanic, detail: panic })?;
        let mut hashes = Vec::new();
        match content {
            Content::Other(other) => unsupported(record, other),
            Content::Picture(kind) if size > self.options.max_file_bytes => {
                record.kind = Some(kind.to_string());
                let limit = self.options.max_file_bytes;
                let detail = format!("more than the limit of {limit} bytes (--max-file-bytes)");
                fail(record, Reason::OverSizeLimit, detail);
            }
            Content::Picture(kind) => {
                evidence.read_up_to(size.saturating_add(1), buffer)?;
                evidence.check_unchanged(buffer.len() as u64)?;
                hashes = self.hash(buffer, kind, record);
            }
        }
        self.digest(&mut evidence, buffer, record)?;
        self.compare(&hashes, record);
        Ok(())
    }

    fn hash(&self, bytes: &[u8], kind: Kind, record: &mut Record) -> Vec<Hashes> {
        let options = &self.options;
        record.kind = Some(kind.to_string());
        match fingerprint(bytes, kind, &options.limits, &options.algorithms, options.turns) {
            Ok(fingerprint) => self.tell(fingerprint, record),
            Err(error) => {
                fail(record, reason_of(&error), error.to_string());
                Vec::new()
            }
        }
    }

    fn tell(&self, fingerprint: Fingerprint, record: &mut Record) -> Vec<Hashes> {
        record.outcome = Outcome::Hashed;
        record.width = Some(fingerprint.width);
        record.height = Some(fingerprint.height);
        record.exif_orientation = fingerprint.exif_orientation.filter(|&value| value != 1);
        record.truncated = fingerprint.truncated;
        record.more_pictures = fingerprint.more_pictures;
        let keep = self.options.keep_turned;
        record.hashes = fingerprint.hashes.iter().map(|hashes| hash_record(hashes, keep)).collect();
        if fingerprint.hashes.iter().any(|hashes| self.options.matching.is_low(hashes)) {
            record.reason = Some(Reason::LowQuality);
        }
        fingerprint.hashes
    }

    fn digest(
        &self,
        evidence: &mut Evidence,
        buffer: &[u8],
        record: &mut Record,
    ) -> Result<(), Unread> {
        if !self.options.digests.any() {
            return Ok(());
        }
        let mut digester = Digester::new(self.options.digests);
        digester.update(buffer);
        let rest = evidence.read_rest(|piece| digester.update(piece))?;
        evidence.check_unchanged(buffer.len() as u64 + rest)?;
        record.digests = digester.finish();
        Ok(())
    }

    fn compare(&self, hashes: &[Hashes], record: &mut Record) {
        let Some(index) = &self.index else { return };
        let digests = digest::parse(&record.digests).unwrap_or_default();
        let matches = matching::search(index, &digests, hashes, &self.options.matching);
        record.matches = matches.listed;
        record.matches_found = matches.found;
    }
}

fn hash_record(hashes: &Hashes, keep_turned: bool) -> HashRecord {
    let text = |hash| hashes.algorithm.to_text(hash);
    let turned = if keep_turned { &hashes.turned[1..] } else { &[] };
    HashRecord {
        algorithm: hashes.algorithm,
        hash: text(hashes.upright()),
        quality: hashes.quality,
        turned: turned.iter().map(|&(turn, hash)| (turn, text(hash))).collect::<BTreeMap<_, _>>(),
    }
}

fn fail(record: &mut Record, reason: Reason, detail: String) {
    (record.outcome, record.reason, record.detail) = (Outcome::Failed, Some(reason), Some(detail));
}

fn unsupported(record: &mut Record, other: Other) {
    let (reason, kind) = match other {
        Other::PictureFormat(name) => (Reason::UnsupportedFormat, Some(name)),
        Other::Video(name) => (Reason::Video, Some(name)),
        Other::Container(name) => (Reason::Container, Some(name)),
        Other::NotAPicture(name) => (Reason::NotAPicture, Some(name)),
        Other::Empty => (Reason::Empty, None),
    };
    (record.outcome, record.reason, record.kind) = (Outcome::Unsupported, Some(reason), kind);
}

fn reason_of(error: &PictureError) -> Reason {
    match error {
        PictureError::TooManyPixels { .. } => Reason::OverPixelLimit,
        PictureError::TooMuchMemory { .. } | PictureError::LibraryLimit { .. } => {
            Reason::MemoryLimit
        }
        PictureError::Unsupported(_) => Reason::DecoderLacksFeature,
        PictureError::Truncated(_) => Reason::Truncated,
        PictureError::Damaged(_) => Reason::DecoderError,
        PictureError::Panicked(_) => Reason::DecoderPanic,
    }
}
