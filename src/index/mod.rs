//! Exact search: every entry of the lists within the max distance of a hash, every entry with a
//! given digest. Never approximate: what an approximate index misses would be reported as "not in
//! these lists".

mod arrange;
mod columns;
mod owners;
mod plan;
mod prefetch;
mod probe;
mod radius;
mod store;
mod tables;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::hash::{Algorithm, Distance, Hash, MaxDistance};
use crate::list::{Entry, HashList, Known};
use radius::RadiusIndex;

/// The entries of all lists of a run, ready to be searched. Hashes of two algorithms are kept
/// apart, so they can't be compared by mistake.
#[derive(Debug)]
pub struct HashIndex {
    lists: Vec<HashList>,
    /// Entries are numbered through all lists here: see `first_entries`.
    hashes: BTreeMap<Algorithm, RadiusIndex>,
    /// For each list, how many entries the lists before it have.
    first_entries: Vec<u32>,
    md5: Digests<16>,
    sha1: Digests<20>,
    sha256: Digests<32>,
}

/// Which entry: the number of its list, and its number within.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    list: u32,
    entry: u32,
}

/// Digests in their order, so that equal ones lie side by side.
type Digests<const N: usize> = Vec<([u8; N], Place)>;

/// An entry that was found by its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// How far its hash is from the one searched for.
    pub distance: Distance,
    /// Which list, by its place in [`HashIndex::lists`].
    pub list: usize,
    /// Which of the list's entries.
    pub entry: usize,
}

/// A digest to search for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digest {
    /// MD5.
    Md5([u8; 16]),
    /// SHA-1.
    Sha1([u8; 20]),
    /// SHA-256.
    Sha256([u8; 32]),
}

impl HashIndex {
    /// Takes the lists in. `max_distance`, where given, holds for every algorithm; otherwise each
    /// has its own default.
    ///
    /// # Panics
    ///
    /// If the lists hold 2^32 entries or more.
    pub fn new(lists: Vec<HashList>, max_distance: Option<MaxDistance>) -> Self {
        let mut hashes: BTreeMap<Algorithm, Vec<(Hash, u32)>> = BTreeMap::new();
        let (mut md5, mut sha1, mut sha256) = (Vec::new(), Vec::new(), Vec::new());
        let first_entries = first_entries(&lists);
        for (list, entry, known) in numbered(&lists) {
            let place = Place { list, entry };
            match known {
                Known::Hash(algorithm, hash) => {
                    let number = first_entries[list as usize] + entry;
                    hashes.entry(algorithm).or_default().push((hash, number));
                }
                Known::Md5(digest) => md5.push((digest, place)),
                Known::Sha1(digest) => sha1.push((digest, place)),
                Known::Sha256(digest) => sha256.push((digest, place)),
            }
        }
        md5.sort_unstable();
        sha1.sort_unstable();
        sha256.sort_unstable();
        let index = |(algorithm, known): (Algorithm, Vec<(Hash, u32)>)| {
            let max_distance = max_distance.unwrap_or(algorithm.default_max_distance());
            (algorithm, RadiusIndex::new(known, algorithm.bits(), max_distance))
        };
        let hashes = hashes.into_iter().map(index).collect();
        Self { lists, hashes, first_entries, md5, sha1, sha256 }
    }

    /// The lists, in the order given.
    pub fn lists(&self) -> &[HashList] {
        &self.lists
    }

    /// An entry that was found.
    pub fn entry(&self, found: Found) -> Cow<'_, Entry> {
        self.lists[found.list].entries.get(found.entry)
    }

    /// The algorithms that the lists' hashes need, each with the max distance in force.
    pub fn algorithms(&self) -> impl Iterator<Item = (Algorithm, MaxDistance)> {
        self.hashes.iter().map(|(&algorithm, index)| (algorithm, index.max_distance()))
    }

    /// Whether any list holds MD5, SHA-1 and SHA-256 digests.
    pub fn digest_kinds(&self) -> [bool; 3] {
        [!self.md5.is_empty(), !self.sha1.is_empty(), !self.sha256.is_empty()]
    }

    /// Every entry within the max distance, sorted by distance, then list and entry.
    pub fn lookup(&self, algorithm: Algorithm, hash: Hash) -> Vec<Found> {
        self.lookup_batch(algorithm, &[hash]).pop().unwrap_or_default()
    }

    /// What [`Self::lookup`] finds for each of several hashes, in their order; quicker together.
    pub fn lookup_batch(&self, algorithm: Algorithm, hashes: &[Hash]) -> Vec<Vec<Found>> {
        let mut found = vec![Vec::new(); hashes.len()];
        let Some(index) = self.hashes.get(&algorithm) else { return found };
        index.within(hashes, |query, number, distance| {
            found[query].push(self.place(number).found(distance));
        });
        for found in &mut found {
            found.sort_unstable();
        }
        found
    }

    /// The place of the entry with a number that counts through all lists.
    fn place(&self, number: u32) -> Place {
        // The last that begins there or before; lists without entries begin where the next does.
        let list = self.first_entries.partition_point(|&first| first <= number) - 1;
        let entry = number - self.first_entries[list];
        #[expect(clippy::cast_possible_truncation, reason = "fewer lists than entries")]
        Place { list: list as u32, entry }
    }

    /// Every entry with this digest, in the order of lists and entries, at distance 0.
    pub fn lookup_digest(&self, digest: Digest) -> Vec<Found> {
        match digest {
            Digest::Md5(digest) => equal(&self.md5, digest),
            Digest::Sha1(digest) => equal(&self.sha1, digest),
            Digest::Sha256(digest) => equal(&self.sha256, digest),
        }
    }
}

impl Place {
    fn found(self, distance: Distance) -> Found {
        Found { distance, list: self.list as usize, entry: self.entry as usize }
    }
}

fn equal<const N: usize>(digests: &Digests<N>, digest: [u8; N]) -> Vec<Found> {
    let first = digests.partition_point(|(known, _)| *known < digest);
    let same = digests[first..].iter().take_while(|(known, _)| *known == digest);
    same.map(|(_, place)| place.found(Distance(0))).collect()
}

/// For each list, how many entries the lists before it have.
#[expect(clippy::expect_used, reason = "an entry takes 96 bytes; numbers must never wrap")]
fn first_entries(lists: &[HashList]) -> Vec<u32> {
    let mut entries = 0u32;
    let mut first = Vec::with_capacity(lists.len());
    for list in lists {
        first.push(entries);
        let end = entries as usize + list.entries.len();
        entries = u32::try_from(end).expect("the lists hold fewer than 2^32 entries");
    }
    first
}

/// All entries with the number of their list and their own.
fn numbered(lists: &[HashList]) -> impl Iterator<Item = (u32, u32, Known)> {
    (0..).zip(lists).flat_map(|(number, list)| {
        (0..).zip(list.entries.known()).map(move |(entry, known)| (number, entry, known))
    })
}
