//! All entries within a max distance: a linear scan for few, multi-index hashing for many.
//!
//! Entries with equal hashes are one hash here, however many there are, so a list full of one hash
//! costs no more than the hits it gives.

use std::collections::{BTreeSet, BinaryHeap};
use std::sync::OnceLock;

use rayon::prelude::*;

use super::Query;
use super::aim::Needle;
use super::arrange::arrange;
use super::columns::{Columns, Hit, words_of};
use super::owners::Owners;
use super::plan::{Estimate, Plan};
use super::probe::Probing;
use super::tables::{Piece, Tables, best_cut};
use crate::hash::{Distance, Hash, MaxDistance};

/// From this many distinct hashes on, tables are built if they are quicker: of fewer, a scan takes
/// a few microseconds at most, and a table alone has 65,537 starts.
const WORTH_TABLES: usize = 16_384;

/// From this many lines in tables on, a scan is made: lines have numbers of 32 bits. That is some
/// 10^9 hashes.
const MOST_LINES: usize = u32::MAX as usize;

/// Hashes of one algorithm, searched with any max distance.
#[derive(Debug)]
pub(super) struct RadiusIndex {
    parts: Parts,
    max_distance: MaxDistance,
    plans: Plans,
}

/// How to search with each max distance.
#[derive(Debug)]
struct Plans {
    /// For 0 to 256 bits: by the tables with a plan, or by a scan. Each is made at its first use.
    made: Box<[OnceLock<Option<Plan>>]>,
    /// By the tables whatever it costs, for tests.
    always: bool,
}

/// All that is kept of the hashes of one algorithm. Nothing here depends on the max distance.
#[derive(Debug)]
pub(super) struct Parts {
    /// The distinct hashes, arranged, in their order.
    pub(super) columns: Columns,
    /// Whose hashes they are.
    pub(super) owners: Owners,
    /// For many hashes only.
    pub(super) tables: Option<Tables>,
}

/// A way to search: queries in; for each hit, the query, the entry and its distance out.
pub(super) type Way<'a> = &'a dyn Fn(&RadiusIndex, &[Query], &mut dyn FnMut(usize, u32, Distance));

impl Parts {
    /// Takes in hashes of so many bits, each with the number of its entry. `tables` says whether
    /// tables of such pieces are wanted.
    pub(super) fn new(
        mut known: Vec<(Hash, u32)>,
        bits: usize,
        tables: impl Fn(&Columns, &[Piece]) -> bool,
    ) -> Self {
        known.par_iter_mut().for_each(|(hash, _)| *hash = arrange(*hash, bits));
        let (hashes, owners) = Owners::collapse(known);
        let columns = Columns::new(&hashes, bits);
        drop(hashes);
        let pieces = best_cut(bits, columns.len());
        let tables = tables(&columns, &pieces).then(|| Tables::new(&columns, pieces));
        Self { columns, owners, tables }
    }
}

impl RadiusIndex {
    /// Takes in hashes of so many bits, each with the number of its entry; builds tables where
    /// they are quicker than a scan with this max distance.
    pub(super) fn new(known: Vec<(Hash, u32)>, bits: usize, max: MaxDistance) -> Self {
        let pays = |columns: &Columns, pieces: &[Piece]| {
            columns.len() >= WORTH_TABLES && Estimate::new(columns, pieces, max).pays()
        };
        Self::from_parts(Parts::new(known, bits, pays), max)
    }

    /// Searches by the tables if there are any and they are quicker.
    pub(super) fn from_parts(parts: Parts, max_distance: MaxDistance) -> Self {
        Self { parts, max_distance, plans: Plans::new(false) }
    }

    /// Searches by the tables, if there are any, whatever it costs.
    #[cfg(test)]
    pub(super) fn by_tables(parts: Parts, max_distance: MaxDistance) -> Self {
        Self { parts, max_distance, plans: Plans::new(true) }
    }

    /// What it searches.
    pub(super) fn parts(&self) -> &Parts {
        &self.parts
    }

    /// The same, taken out.
    #[cfg(test)]
    pub(super) fn into_parts(self) -> Parts {
        self.parts
    }

    /// The max distance in force, for which tables were built or not.
    pub(super) fn max_distance(&self) -> MaxDistance {
        self.max_distance
    }

    /// Calls `hit` with the number of the query, and the number and the distance of each entry
    /// within its max distance, each once for each query, in any order.
    pub(super) fn within(&self, queries: &[Query], hit: &mut dyn FnMut(usize, u32, Distance)) {
        let plan = |max| self.plans.of(max, &self.parts);
        self.search(plan, queries, &mut owned(&self.parts.owners, hit));
    }

    /// [`Self::within`], but never by the tables.
    pub(super) fn within_by_scan(
        &self,
        queries: &[Query],
        hit: &mut dyn FnMut(usize, u32, Distance),
    ) {
        self.search(|_| None, queries, &mut owned(&self.parts.owners, hit));
    }

    /// Of what [`Self::within`] finds for each query, the `most` nearest hashes that are not among
    /// `skip`, each with one entry that has it. Holds no more than these, whatever is in the list.
    pub(super) fn nearest(
        &self,
        queries: &[Query],
        (most, skip): (usize, &BTreeSet<Hash>),
        hit: &mut dyn FnMut(usize, u32, Distance),
    ) {
        let Parts { columns, owners, .. } = &self.parts;
        let words = |hash: &Hash| words_of(arrange(*hash, columns.bits()));
        let skip: BTreeSet<[u32; 8]> = skip.iter().map(words).collect();
        let mut nearest = vec![BinaryHeap::new(); queries.len()];
        let mut keep = |Hit { query, number, distance }: Hit| {
            let heap = &mut nearest[query];
            let farther = heap.len() == most && heap.peek() <= Some(&(distance, number));
            if most > 0 && !farther && !skip.contains(&columns.words(number)) {
                heap.push((distance, number));
                if heap.len() > most {
                    heap.pop();
                }
            }
        };
        self.search(|max| self.plans.of(max, &self.parts), queries, &mut keep);
        for (query, heap) in nearest.into_iter().enumerate() {
            for (distance, number) in heap {
                if let Some(&entry) = owners.of(number).first() {
                    hit(query, entry, Distance(distance));
                }
            }
        }
    }

    /// Searches for each query by the tables where there is a plan for it, and by a scan.
    fn search<'a>(
        &self,
        plan: impl Fn(MaxDistance) -> Option<&'a Plan>,
        queries: &[Query],
        hit: &mut dyn FnMut(Hit),
    ) {
        let Parts { columns, tables, .. } = &self.parts;
        let mut probing = tables.as_ref().map(|tables| Probing::new(columns, tables));
        let (mut hits, mut left) = (Vec::new(), Vec::new());
        for (number, &Query { hash, max }) in queries.iter().enumerate() {
            let words = words_of(arrange(hash, columns.bits()));
            let needle = Needle { number, words, max: max.0 };
            let probed = (probing.as_mut().zip(plan(max)))
                .is_some_and(|(probing, plan)| probing.add(needle, plan, &mut hits));
            if !probed {
                left.push(needle);
            }
            hits.drain(..).for_each(&mut *hit);
        }
        if let Some(probing) = probing {
            probing.finish(&mut hits);
        }
        hits.into_iter().for_each(&mut *hit);
        // Queries with the same max distance share a pass over the list.
        left.sort_by_key(|needle| needle.max);
        for same in left.chunk_by(|a, b| a.max == b.max) {
            let words: Vec<[u32; 8]> = same.iter().map(|needle| needle.words).collect();
            columns.scan(&words, MaxDistance(same[0].max), &mut |near| {
                hit(Hit { query: same[near.query].number, ..near });
            });
        }
    }
}

/// Tells of the entries that have a hash.
fn owned<'a>(
    owners: &'a Owners,
    hit: &'a mut dyn FnMut(usize, u32, Distance),
) -> impl FnMut(Hit) + 'a {
    |near| {
        for &entry in owners.of(near.number) {
            hit(near.query, entry, Distance(near.distance));
        }
    }
}

impl Plans {
    fn new(always: bool) -> Self {
        Self { made: (0..=256).map(|_| OnceLock::new()).collect(), always }
    }

    /// The plan for the tables where there are any and they are quicker than a scan.
    fn of(&self, max: MaxDistance, parts: &Parts) -> Option<&Plan> {
        let tables = parts.tables.as_ref().filter(|tables| tables.lines().len() < MOST_LINES)?;
        let make = || {
            let estimate = Estimate::new(&parts.columns, tables.pieces(), max);
            if self.always {
                return Some(Plan { most_slots: usize::MAX, ..estimate.plan(tables.pieces()) });
            }
            estimate.pays().then(|| estimate.plan(tables.pieces()))
        };
        // Beyond 256 bits everything is near.
        self.made.get(usize::from(max.0))?.get_or_init(make).as_ref()
    }
}
