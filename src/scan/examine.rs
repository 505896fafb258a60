//! One candidate to one record. `examine` is total: whatever goes wrong is a reason in the record.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::ScanOptions;
use super::digest::{self, Digester};
use super::fingerprint::{Fingerprint, fingerprint};
use super::guard::guarded;
use super::matching::{self, Candidate as Looked};
use super::read::{Evidence, Unread};
use crate::algorithm::Hashes;
use crate::hash::{Algorithm, Hash};
use crate::index::HashIndex;
use crate::orientation::Orientation;
use crate::picture::{Content, Decoded, Kind, Other, PictureError, SNIFF_BYTES, sniff};
use crate::record::{
    DecodedAs, EnrolledRecord, HashRecord, LayoutRecord, Outcome, Reason, Record, RegionRecord,
};
use crate::region::{Enrolled, Region};
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
        let reason = match &candidate.met {
            Met::File { through_link } => {
                let read = BUFFER.with_borrow_mut(|buffer| {
                    buffer.clear();
                    let record = self.examine_file(candidate, *through_link, buffer);
                    if buffer.capacity() > KEPT_BUFFER {
                        *buffer = Vec::new();
                    }
                    record
                });
                return read.unwrap_or_else(|unread| unread_record(candidate, unread));
            }
            Met::Unreadable(error) => return unread_record(candidate, error.into()),
            Met::Loop => Reason::SymlinkLoop,
            Met::Symlink => Reason::Symlink,
            Met::Fifo => Reason::Fifo,
            Met::Socket => Reason::Socket,
            Met::Device => Reason::Device,
            Met::Excluded => Reason::Excluded,
            Met::OtherFileSystem => Reason::OtherFileSystem,
        };
        let record = blank_record(candidate);
        Record { outcome: Outcome::Skipped, reason: Some(reason), ..record }
    }

    /// Examines the bytes of a picture file that lies nowhere, and gives what it came to beside its
    /// record; nothing for what is no picture.
    pub fn examine_bytes(&self, name: &Path, bytes: &[u8]) -> (Record, Option<Fingerprint>) {
        let mut record = Record { size: Some(bytes.len() as u64), ..Record::new(0, 0, name) };
        let print = match guarded(|| sniff(&bytes[..bytes.len().min(SNIFF_BYTES)], false)) {
            Ok(Content::Picture(kind)) => self.hash(bytes, kind, &mut record),
            Ok(Content::Other(other)) => {
                unsupported(&mut record, other);
                None
            }
            Err(panic) => {
                fail(&mut record, Reason::DecoderPanic, panic);
                None
            }
        };
        self.compare(print.as_ref(), &mut record);
        (record, print)
    }

    fn examine_file(
        &self,
        candidate: &Candidate,
        through_link: bool,
        buffer: &mut Vec<u8>,
    ) -> Result<Record, Unread> {
        let path = &candidate.path;
        let mut evidence = Evidence::open(path, through_link)?;
        let size = evidence.size();
        let mut record = Record { size: Some(size), ..blank_record(candidate) };
        if self.options.max_size.is_some_and(|max| size > max) {
            let reason = Some(Reason::OverMaxSize);
            return Ok(Record { outcome: Outcome::Skipped, reason, ..record });
        }
        evidence.read_up_to(SNIFF_BYTES as u64, buffer)?;
        let named_tga = path.extension().is_some_and(|name| name.eq_ignore_ascii_case("tga"));
        if buffer.is_empty() && size > 0 {
            evidence.check_unchanged(0)?;
        }
        let content = guarded(|| sniff(buffer, named_tga))
            .map_err(|panic| Unread { reason: Reason::DecoderPanic, detail: panic })?;
        let mut print = None;
        match content {
            content if self.options.hashing.algorithms.is_empty() => {
                // The lists ask for nothing but digests, and those are of the bytes.
                record.outcome = Outcome::Hashed;
                record.kind = name_of(content);
            }
            Content::Other(other) => unsupported(&mut record, other),
            Content::Picture(kind) if size > self.options.max_file_bytes => {
                record.kind = Some(kind.to_string());
                let limit = self.options.max_file_bytes;
                let detail = format!("more than the limit of {limit} bytes (--max-file-bytes)");
                fail(&mut record, Reason::OverSizeLimit, detail);
            }
            Content::Picture(kind) => {
                evidence.read_up_to(size.saturating_add(1), buffer)?;
                evidence.check_unchanged(buffer.len() as u64)?;
                print = self.hash(buffer, kind, &mut record);
            }
        }
        self.digest(&mut evidence, buffer, &mut record)?;
        self.compare(print.as_ref(), &mut record);
        Ok(record)
    }

    fn hash(&self, bytes: &[u8], kind: Kind, record: &mut Record) -> Option<Fingerprint> {
        record.kind = Some(kind.to_string());
        match fingerprint(bytes, kind, &self.options.hashing) {
            Ok(fingerprint) => {
                self.tell(&fingerprint, record);
                Some(fingerprint)
            }
            Err(error) => {
                if let PictureError::Partial { width, height, share } = error {
                    (record.width, record.height) = (Some(width), Some(height));
                    record.share = Some(in_thousandths(share));
                }
                fail(record, reason_of(&error), error.to_string());
                None
            }
        }
    }

    fn tell(&self, fingerprint: &Fingerprint, record: &mut Record) {
        record.outcome = Outcome::Hashed;
        record.width = Some(fingerprint.width);
        record.height = Some(fingerprint.height);
        record.exif_orientation = fingerprint.exif_orientation.filter(|&value| value != 1);
        record.decoded = Some(decoded_as(fingerprint.decoded));
        record.truncated = fingerprint.truncated;
        record.share = fingerprint.share.map(in_thousandths);
        record.more_pictures = fingerprint.more_pictures;
        let keep = self.options.keep_all;
        let of = |hashes| {
            let low = self.options.matching.is_low(hashes);
            hash_record(hashes, fingerprint, keep, !low)
        };
        record.hashes = fingerprint.hashes.iter().map(of).collect();
        if fingerprint.hashes.iter().any(|hashes| self.options.matching.is_low(hashes)) {
            record.reason = Some(Reason::LowQuality);
        }
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

    fn compare(&self, print: Option<&Fingerprint>, record: &mut Record) {
        let Some(index) = &self.index else { return };
        let looked = Looked {
            digests: &digest::parse(&record.digests).unwrap_or_default(),
            hashes: print.map_or(&[], |print| &print.hashes),
            regions: print.map_or(&[], |print| &print.regions),
            sight: print.and_then(|print| print.sight.as_ref()),
        };
        let matches = matching::search(index, &looked, &self.options.matching);
        record.matches = matches.listed;
        record.matches_found = matches.found;
    }
}

/// A record of which nothing is known yet but where its candidate is.
fn blank_record(candidate: &Candidate) -> Record {
    Record::new(candidate.number, candidate.root, &candidate.relative)
}

/// What is said of a candidate that could not be read.
fn unread_record(candidate: &Candidate, unread: Unread) -> Record {
    let (reason, detail) = (Some(unread.reason), Some(unread.detail));
    Record { outcome: Outcome::Failed, reason, detail, ..blank_record(candidate) }
}

/// What the content seems to be, by name.
fn name_of(content: Content) -> Option<String> {
    match content {
        Content::Picture(kind) => Some(kind.to_string()),
        Content::Other(other) => other.name(),
    }
}

/// Never rounded up, so that no picture is called whole that is not.
fn in_thousandths(share: f64) -> f64 {
    (share * 1000.0).floor() / 1000.0
}

fn decoded_as(decoded: Decoded) -> DecodedAs {
    match decoded {
        Decoded::Full => DecodedAs::Full,
        Decoded::Luma { scale: 1 } => DecodedAs::Luma,
        Decoded::Luma { scale: 2 } => DecodedAs::Luma2,
        Decoded::Luma { scale: 4 } => DecodedAs::Luma4,
        Decoded::Luma { .. } => DecodedAs::Luma8,
    }
}

/// What is said of one algorithm's hashes: all of them, or only the first. Crops are told if the
/// picture is fit to be an entry.
fn hash_record(hashes: &Hashes, print: &Fingerprint, all: bool, fit: bool) -> HashRecord {
    let is_pdq = hashes.algorithm == Algorithm::Pdq;
    let text = |hash| hashes.algorithm.to_text(hash);
    let texts = |turned: &[(Orientation, Hash)]| -> BTreeMap<_, _> {
        turned.iter().map(|&(turn, hash)| (turn, text(hash))).collect()
    };
    let region = |region: &Region| RegionRecord {
        view: region.view,
        place: region.place,
        quality: region.quality,
        turned: texts(&region.turned),
    };
    let crop = |crop: &Enrolled| EnrolledRecord {
        cut: crop.cut,
        place: crop.place,
        quality: crop.quality,
        hash: text(crop.hash),
    };
    let regions = if is_pdq && all { &print.regions[..] } else { &[] };
    let crops = if is_pdq && fit { &print.enrolled[..] } else { &[] };
    let layout = print.layout.filter(|_| is_pdq && fit);
    HashRecord {
        algorithm: hashes.algorithm,
        hash: text(hashes.upright()),
        quality: hashes.quality,
        turned: texts(if all { &hashes.turned[1..] } else { &[] }),
        regions: regions.iter().map(region).collect(),
        enrolled: crops.iter().map(crop).collect(),
        layout: layout.map(|layout| LayoutRecord { inner: layout.inner }),
    }
}

fn fail(record: &mut Record, reason: Reason, detail: String) {
    (record.outcome, record.reason, record.detail) = (Outcome::Failed, Some(reason), Some(detail));
}

fn unsupported(record: &mut Record, other: Other) {
    let reason = match other {
        Other::PictureFormat(_) => Reason::UnsupportedFormat,
        Other::Video(_) => Reason::Video,
        Other::Container(_) => Reason::Container,
        Other::NotAPicture(_) => Reason::NotAPicture,
        Other::Empty => Reason::Empty,
    };
    (record.outcome, record.reason) = (Outcome::Unsupported, Some(reason));
    record.kind = other.name();
}

fn reason_of(error: &PictureError) -> Reason {
    match error {
        PictureError::TooManyPixels { .. } => Reason::OverPixelLimit,
        PictureError::TooMuchMemory { .. } | PictureError::LibraryLimit { .. } => {
            Reason::MemoryLimit
        }
        PictureError::Unsupported(_) => Reason::DecoderLacksFeature,
        PictureError::Partial { .. } => Reason::Partial,
        PictureError::Truncated(_) => Reason::Truncated,
        PictureError::Damaged(_) => Reason::DecoderError,
        PictureError::Panicked(_) => Reason::DecoderPanic,
    }
}
