//! Exact search: every entry of the lists within the max distance of a hash, every entry with a
//! given digest. Never approximate: what an approximate index misses would be reported as "not in
//! these lists".

mod aim;
mod arrange;
mod columns;
mod digests;
mod neighbours;
#[cfg(target_arch = "x86_64")]
mod nibbles;
mod owners;
mod plan;
mod prefetch;
mod probe;
mod radius;
mod segment;
mod stored;
mod tables;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use crate::hash::{Algorithm, Distance, Hash, MaxDistance};
use crate::list::{Entry, HashList};
use crate::mapped::{MappedError, Section};
pub use neighbours::{Crowding, LOOKED_AT, crowded};
use radius::{RadiusIndex, Way};
use segment::Segment;

/// The entries of all lists of a run, ready to be searched. Hashes of two algorithms are kept
/// apart, so they can't be compared by mistake.
#[derive(Debug)]
pub struct HashIndex {
    lists: Vec<HashList>,
    /// One of all lists that were read, and one of each compiled file.
    segments: Vec<Segment>,
    /// Entries whose matches are not reported, as list and entry.
    excepted: HashSet<(usize, usize)>,
}

/// Why lists can't be searched.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// More entries than numbers.
    #[error("the lists hold 2^32 entries or more together; search for them in several runs")]
    TooMany,
    /// A compiled file is not as it was written.
    #[error("a compiled hash list can't be used")]
    Compiled(#[source] MappedError),
}

/// The parts of a compiled file with which its lists are searched, ready to be written.
#[derive(Debug)]
pub struct CompiledIndex {
    segment: Segment,
    heads: stored::Heads,
}

impl CompiledIndex {
    /// Takes the entries of these lists in, in their order. Nothing in it depends on a max
    /// distance, but hashes get tables if those are of use at the default one.
    ///
    /// # Errors
    /// When the lists hold 2^32 entries or more together.
    pub fn new(lists: &[HashList]) -> Result<Self, IndexError> {
        let lists: Vec<(usize, &HashList)> = lists.iter().enumerate().collect();
        let segment = Segment::new(&lists, None)?;
        let heads = stored::Heads::of(&segment.hashes);
        Ok(Self { segment, heads })
    }

    /// The arrays to be written.
    pub fn sections(&self) -> Vec<Section<'_>> {
        self.segment.sections(&self.heads)
    }
}

/// A hash to search for, and how far from it entries may be.
#[derive(Clone, Copy, Debug)]
pub struct Query {
    /// The hash.
    pub hash: Hash,
    /// The max distance, inclusive. Any will do: what each needs is made ready at its first use.
    pub max: MaxDistance,
}

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
    /// The first half of a SHA-512.
    Sha512([u8; 32]),
}

impl HashIndex {
    /// Takes the lists in. `max_distance`, where given, holds for every algorithm; otherwise each
    /// has its own default. Lists of a compiled file come with an index that is ready.
    ///
    /// # Errors
    /// When the lists that were read hold 2^32 entries or more together, and when a compiled file
    /// is not as it was written.
    pub fn new(
        lists: Vec<HashList>,
        max_distance: Option<MaxDistance>,
    ) -> Result<Self, IndexError> {
        let file =
            |list: &HashList| list.compiled.as_ref().map(|compiled| Arc::as_ptr(&compiled.file));
        let numbered: Vec<(usize, &HashList)> = lists.iter().enumerate().collect();
        let read: Vec<_> =
            numbered.iter().copied().filter(|(_, list)| list.compiled.is_none()).collect();
        let mut segments = Vec::new();
        if !read.is_empty() {
            segments.push(Segment::new(&read, max_distance)?);
        }
        // Lists of one file stand together; a file that is given twice stands there twice.
        for lists in numbered.chunk_by(|(_, a), (_, b)| file(a) == file(b)) {
            if let Some(compiled) = &lists[0].1.compiled {
                segments.push(Segment::open(&compiled.file, lists, max_distance)?);
            }
        }
        Ok(Self { lists, segments, excepted: HashSet::new() })
    }

    /// The lists, in the order given.
    pub fn lists(&self) -> &[HashList] {
        &self.lists
    }

    /// Marks entries, as list and entry, as those of which matches are not to be reported. They are
    /// found all the same.
    pub fn except(&mut self, entries: impl IntoIterator<Item = (usize, usize)>) {
        self.excepted.extend(entries);
    }

    /// Whether matches of an entry are not to be reported.
    pub fn is_excepted(&self, found: Found) -> bool {
        self.excepted.contains(&(found.list, found.entry))
    }

    /// An entry that was found.
    pub fn entry(&self, found: Found) -> Cow<'_, Entry> {
        self.lists[found.list].entries.get(found.entry)
    }

    /// The algorithms that the lists' hashes need, each with the max distance in force.
    pub fn algorithms(&self) -> impl Iterator<Item = (Algorithm, MaxDistance)> {
        let known = self.segments.iter().flat_map(|segment| &segment.hashes);
        let known = known.map(|(&algorithm, index)| (algorithm, index.max_distance()));
        known.collect::<BTreeMap<_, _>>().into_iter()
    }

    /// How many entries have a hash by this algorithm.
    pub fn entries(&self, algorithm: Algorithm) -> u64 {
        self.segments.iter().map(|segment| segment.entries(algorithm)).sum()
    }

    /// Whether any list holds MD5, SHA-1, SHA-256 and SHA-512 digests.
    pub fn digest_kinds(&self) -> [bool; 4] {
        let mut any = [false; 4];
        for kinds in self.segments.iter().map(Segment::digest_kinds) {
            any = std::array::from_fn(|kind| any[kind] || kinds[kind]);
        }
        any
    }

    /// Every entry within the max distance, sorted by distance, then list and entry.
    pub fn lookup(&self, algorithm: Algorithm, hash: Hash) -> Vec<Found> {
        self.lookup_batch(algorithm, &[hash]).pop().unwrap_or_default()
    }

    /// What [`Self::lookup`] finds for each of several hashes, in their order; quicker together.
    pub fn lookup_batch(&self, algorithm: Algorithm, hashes: &[Hash]) -> Vec<Vec<Found>> {
        self.lookup_each(algorithm, &self.queries(algorithm, hashes))
    }

    /// Every entry within a query's own max distance of it, for each of several queries, in their
    /// order; sorted as [`Self::lookup`] does. All that one picture asks is quickest together.
    ///
    /// Whether lists that were read have tables is decided by the max distance in force
    /// ([`Self::algorithms`]); without them, these queries scan.
    pub fn lookup_each(&self, algorithm: Algorithm, queries: &[Query]) -> Vec<Vec<Found>> {
        self.collect(algorithm, queries, &RadiusIndex::within)
    }

    /// For each of several queries, in their order, the `most` nearest hashes within its max distance
    /// that are not among `skip`, each with one of the entries that have it; so many of each compiled
    /// file and of all lists that were read. Whatever these hold, it takes no more memory than its
    /// answer.
    pub fn nearest_each(
        &self,
        algorithm: Algorithm,
        queries: &[Query],
        most: usize,
        skip: &BTreeSet<Hash>,
    ) -> Vec<Vec<Found>> {
        self.collect(algorithm, queries, &|index, queries, hit| {
            index.nearest(queries, (most, skip), hit);
        })
    }

    /// What [`Self::lookup_each`] finds, by a linear scan whatever the size: what benches compare
    /// it with.
    #[doc(hidden)]
    pub fn scan_each(&self, algorithm: Algorithm, queries: &[Query]) -> Vec<Vec<Found>> {
        self.collect(algorithm, queries, &RadiusIndex::within_by_scan)
    }

    /// Hashes with the max distance in force.
    fn queries(&self, algorithm: Algorithm, hashes: &[Hash]) -> Vec<Query> {
        let max = self.algorithms().find(|&(known, _)| known == algorithm);
        let max = max.map_or(algorithm.default_max_distance(), |(_, max)| max);
        hashes.iter().map(|&hash| Query { hash, max }).collect()
    }

    fn collect(&self, algorithm: Algorithm, queries: &[Query], way: Way<'_>) -> Vec<Vec<Found>> {
        let mut found = vec![Vec::new(); queries.len()];
        for segment in &self.segments {
            segment.lookup(algorithm, queries, way, &mut found);
        }
        for found in &mut found {
            found.sort_unstable();
        }
        found
    }

    /// Every entry with this digest, in the order of lists and entries, at distance 0.
    pub fn lookup_digest(&self, digest: Digest) -> Vec<Found> {
        let mut found = Vec::new();
        for segment in &self.segments {
            segment.lookup_digest(digest, &mut found);
        }
        found.sort_unstable();
        found
    }
}
