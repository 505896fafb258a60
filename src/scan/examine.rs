//! One candidate to one record. `examine` is total: whatever goes wrong is a reason in the record.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::ScanOptions;
use super::digests;
use super::matching::{self, Candidate as Looked};
use crate::algorithm::Hashes;
use crate::content::{self, ContentOptions, Findings, Fingerprint, Partial, Unread, look_at};
use crate::hash::{Algorithm, Hash};
use crate::index::HashIndex;
use crate::orientation::Orientation;
use crate::picture::Decoded;
use crate::record::{
    DecodedAs, EnrolledRecord, HashRecord, LayoutRecord, Outcome, Reason, Record, RegionRecord,
};
use crate::region::{Enrolled, Region};
use crate::walk::{Candidate, Met};

/// Examines candidates, from any number of threads.
#[derive(Clone, Debug)]
pub struct Examiner {
    options: ScanOptions,
    content: ContentOptions,
    index: Option<Arc<HashIndex>>,
}

thread_local! {
    /// One read buffer for each thread, so that a million files need no million allocations.
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

impl Examiner {
    /// With an index, candidates are compared with it; without, they are only hashed.
    pub fn new(options: ScanOptions, index: Option<Arc<HashIndex>>) -> Self {
        let content = options.content();
        Self { options, content, index }
    }

    /// Examines one candidate, in this process.
    pub fn examine(&self, candidate: &Candidate) -> Record {
        self.examine_by(candidate, |path, through_link| {
            BUFFER.with_borrow_mut(|buffer| look_at(path, through_link, &self.content, buffer))
        })
    }

    /// Examines one candidate, of whose file `look` tells what is in it.
    pub(super) fn examine_by(
        &self,
        candidate: &Candidate,
        look: impl FnOnce(&Path, bool) -> Findings,
    ) -> Record {
        let reason = match &candidate.met {
            Met::File { through_link } => {
                let findings = look(&candidate.path, *through_link);
                return self.judge(findings, blank_record(candidate)).0;
            }
            Met::Unreadable(error) => {
                let findings = Unread::from(error).into();
                return self.judge(findings, blank_record(candidate)).0;
            }
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
        let findings = content::look_at_bytes(bytes, &self.options.hashing);
        self.judge(findings, Record::new(0, 0, name))
    }

    /// What is said of a candidate after its content was looked at, and what its pixels came to.
    fn judge(&self, findings: Findings, record: Record) -> (Record, Option<Fingerprint>) {
        let Findings { size, kind, outcome, reason, detail, print, partial, digests } = findings;
        let mut record = Record { size, kind, outcome, reason, detail, digests, ..record };
        if let Some(print) = &print {
            self.tell(print, &mut record);
        }
        if let Some(Partial { width, height, share }) = partial {
            (record.width, record.height) = (Some(width), Some(height));
            record.share = Some(in_thousandths(share));
        }
        self.compare(print.as_ref(), &mut record);
        (record, print)
    }

    fn tell(&self, fingerprint: &Fingerprint, record: &mut Record) {
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

    fn compare(&self, print: Option<&Fingerprint>, record: &mut Record) {
        let Some(index) = &self.index else { return };
        let looked = Looked {
            digests: &digests::parse(&record.digests).unwrap_or_default(),
            hashes: print.map_or(&[], |print| &print.hashes),
            regions: print.map_or(&[], |print| &print.regions),
            sight: print.and_then(|print| print.sight.as_ref()),
        };
        matching::compare(index, &looked, &self.options.matching, record);
    }
}

/// A record of which nothing is known yet but where its candidate is.
fn blank_record(candidate: &Candidate) -> Record {
    Record::new(candidate.number, candidate.root, &candidate.relative)
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
