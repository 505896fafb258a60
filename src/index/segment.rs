//! The entries of some lists, ready to be searched: of all lists that were read, or of those in one
//! compiled file.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::digests::{Digests, Names};
use super::radius::{RadiusIndex, Way};
use super::{Digest, Found, IndexError, Query, stored};
use crate::hash::{Algorithm, Distance, Hash, MaxDistance};
use crate::list::{HashList, Known};
use crate::mapped::{Mapped, MappedError, Section};

/// Hashes by algorithm, and digests by kind. Entries are numbered through all its lists.
#[derive(Debug)]
pub(super) struct Segment {
    lists: Vec<Span>,
    pub(super) hashes: BTreeMap<Algorithm, RadiusIndex>,
    md5: Digests<16>,
    sha1: Digests<20>,
    sha256: Digests<32>,
    sha512: Digests<32>,
}

/// A list of a segment.
#[derive(Clone, Copy, Debug)]
struct Span {
    /// Its number in the whole index.
    list: usize,
    /// The number of its first entry.
    first: u32,
    /// How many entries it has.
    entries: u32,
}

const MD5: Names = ["md5", "md5/entries"];
const SHA1: Names = ["sha1", "sha1/entries"];
const SHA256: Names = ["sha256", "sha256/entries"];
const SHA512: Names = ["sha512", "sha512/entries"];

impl Segment {
    /// Takes in lists with their numbers. `max_distance`, where given, holds for every algorithm;
    /// otherwise each has its own default.
    pub(super) fn new(
        lists: &[(usize, &HashList)],
        max_distance: Option<MaxDistance>,
    ) -> Result<Self, IndexError> {
        let mut hashes: BTreeMap<Algorithm, Vec<(Hash, u32)>> = BTreeMap::new();
        let (mut md5, mut sha1) = (Vec::new(), Vec::new());
        let (mut sha256, mut sha512) = (Vec::new(), Vec::new());
        let spans = spans(lists)?;
        for (entry, known) in (0..).zip(lists.iter().flat_map(|(_, list)| list.entries.known())) {
            match known {
                Known::Hash(algorithm, hash) => {
                    hashes.entry(algorithm).or_default().push((hash, entry));
                }
                Known::Md5(digest) => md5.push((digest, entry)),
                Known::Sha1(digest) => sha1.push((digest, entry)),
                Known::Sha256(digest) => sha256.push((digest, entry)),
                Known::Sha512(digest) => sha512.push((digest, entry)),
            }
        }
        let index = |(algorithm, known): (Algorithm, Vec<(Hash, u32)>)| {
            let max_distance = max_distance.unwrap_or(algorithm.default_max_distance());
            (algorithm, RadiusIndex::new(known, algorithm.bits(), max_distance))
        };
        Ok(Self {
            lists: spans,
            hashes: hashes.into_iter().map(index).collect(),
            md5: Digests::new(md5),
            sha1: Digests::new(sha1),
            sha256: Digests::new(sha256),
            sha512: Digests::new(sha512),
        })
    }

    /// Takes the arrays of a compiled file, in which these lists are, with their numbers.
    pub(super) fn open(
        file: &Arc<Mapped>,
        lists: &[(usize, &HashList)],
        max_distance: Option<MaxDistance>,
    ) -> Result<Self, IndexError> {
        Ok(Self {
            lists: spans(lists)?,
            hashes: stored::open(file, max_distance)?,
            md5: Digests::open(file, MD5)?,
            sha1: Digests::open(file, SHA1)?,
            sha256: Digests::open(file, SHA256)?,
            sha512: Digests::open(file, SHA512)?,
        })
    }

    /// The arrays for a compiled file. What is not of arrays is in `heads`.
    pub(super) fn sections<'a>(&'a self, heads: &'a stored::Heads) -> Vec<Section<'a>> {
        let mut sections = stored::sections(&self.hashes, heads);
        sections.extend(self.md5.sections(MD5));
        sections.extend(self.sha1.sections(SHA1));
        sections.extend(self.sha256.sections(SHA256));
        sections.extend(self.sha512.sections(SHA512));
        sections
    }

    /// How many entries have a hash by this algorithm.
    pub(super) fn entries(&self, algorithm: Algorithm) -> u64 {
        self.hashes.get(&algorithm).map_or(0, |index| index.parts().owners.entries())
    }

    /// Whether MD5, SHA-1, SHA-256 and SHA-512 digests are in it.
    pub(super) fn digest_kinds(&self) -> [bool; 4] {
        let Self { md5, sha1, sha256, sha512, .. } = self;
        [!md5.is_empty(), !sha1.is_empty(), !sha256.is_empty(), !sha512.is_empty()]
    }

    /// Adds what is found for each query in this way, in any order.
    pub(super) fn lookup(
        &self,
        algorithm: Algorithm,
        queries: &[Query],
        way: Way<'_>,
        found: &mut [Vec<Found>],
    ) {
        let Some(index) = self.hashes.get(&algorithm) else { return };
        way(index, queries, &mut |query, entry, distance| {
            found[query].extend(self.found(entry, distance));
        });
    }

    /// Adds every entry with this digest.
    pub(super) fn lookup_digest(&self, digest: Digest, found: &mut Vec<Found>) {
        let entries = match &digest {
            Digest::Md5(digest) => self.md5.equal(digest),
            Digest::Sha1(digest) => self.sha1.equal(digest),
            Digest::Sha256(digest) => self.sha256.equal(digest),
            Digest::Sha512(digest) => self.sha512.equal(digest),
        };
        found.extend(entries.iter().filter_map(|&entry| self.found(entry, Distance(0))));
    }

    /// The entry with this number; none in an altered file, which its verification tells of.
    fn found(&self, number: u32, distance: Distance) -> Option<Found> {
        let after = self.lists.partition_point(|span| span.first <= number);
        // Lists without entries begin where the next one does.
        let span = self.lists.get(after.checked_sub(1)?)?;
        let entry = number - span.first;
        (entry < span.entries).then_some(Found { distance, list: span.list, entry: entry as usize })
    }
}

fn spans(lists: &[(usize, &HashList)]) -> Result<Vec<Span>, IndexError> {
    let mut first = 0u32;
    let mut spans = Vec::with_capacity(lists.len());
    for &(list, of) in lists {
        let entries = u32::try_from(of.entries.len()).map_err(|_too_many| IndexError::TooMany)?;
        spans.push(Span { list, first, entries });
        first = first.checked_add(entries).ok_or(IndexError::TooMany)?;
    }
    Ok(spans)
}

impl From<MappedError> for IndexError {
    fn from(error: MappedError) -> Self {
        Self::Compiled(error)
    }
}
