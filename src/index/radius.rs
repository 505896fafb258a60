//! All entries within a max distance: a linear scan for few, multi-index hashing for many.
//!
//! Entries with equal hashes are one hash here, however many there are, so a list full of one hash
//! costs no more than the hits it gives.

use rayon::prelude::*;

use super::arrange::arrange;
use super::columns::{Columns, words_of};
use super::owners::Owners;
use super::plan::{Estimate, Plan};
use super::probe::{Query, probe};
use super::tables::{Piece, Tables, best_cut};
use crate::hash::{Distance, Hash, MaxDistance};

/// From this many distinct hashes on, tables are built if they are quicker: of fewer, a scan takes
/// a few microseconds at most, and a table alone has 65,537 starts.
const WORTH_TABLES: usize = 16_384;

/// Hashes of one algorithm, searched with one max distance.
#[derive(Debug)]
pub(super) struct RadiusIndex {
    parts: Parts,
    max_distance: MaxDistance,
    plan: Option<Plan>,
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
pub(super) type Within = fn(&RadiusIndex, &[Hash], &mut dyn FnMut(usize, u32, Distance));

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

    /// Searches with this max distance, by the tables if there are any and they are quicker.
    pub(super) fn from_parts(parts: Parts, max_distance: MaxDistance) -> Self {
        let plan = parts.tables.as_ref().and_then(|tables| {
            let estimate = Estimate::new(&parts.columns, tables.pieces(), max_distance);
            estimate.pays().then(|| estimate.plan(tables.pieces()))
        });
        Self { parts, max_distance, plan }
    }

    /// Searches by the tables whatever it costs.
    #[cfg(test)]
    pub(super) fn by_tables(parts: Parts, max_distance: MaxDistance) -> Self {
        let plan = parts.tables.as_ref().map(|tables| {
            let estimate = Estimate::new(&parts.columns, tables.pieces(), max_distance);
            Plan { most_slots: usize::MAX, ..estimate.plan(tables.pieces()) }
        });
        Self { parts, max_distance, plan }
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

    /// The max distance in force.
    pub(super) fn max_distance(&self) -> MaxDistance {
        self.max_distance
    }

    /// Calls `hit` with the number of the query, and the number and the distance of each entry
    /// within the max distance of it, each once for each query, in any order.
    pub(super) fn within(&self, queries: &[Hash], hit: &mut dyn FnMut(usize, u32, Distance)) {
        self.search(self.plan.as_ref(), queries, hit);
    }

    /// [`Self::within`], but never by the tables.
    pub(super) fn within_by_scan(
        &self,
        queries: &[Hash],
        hit: &mut dyn FnMut(usize, u32, Distance),
    ) {
        self.search(None, queries, hit);
    }

    fn search(
        &self,
        plan: Option<&Plan>,
        queries: &[Hash],
        hit: &mut dyn FnMut(usize, u32, Distance),
    ) {
        let Parts { columns, owners, tables } = &self.parts;
        let (mut hits, mut buckets, mut left) = (Vec::new(), Vec::new(), Vec::new());
        for (number, &query) in queries.iter().enumerate() {
            let words = words_of(arrange(query, columns.bits()));
            let query = Query { number, words, max: self.max_distance.0 };
            let probed = tables.as_ref().zip(plan).is_some_and(|(tables, plan)| {
                probe((columns, tables, plan), &query, &mut buckets, &mut hits)
            });
            if !probed {
                left.push(query);
            }
        }
        let probed = hits.len();
        let words: Vec<[u32; 8]> = left.iter().map(|query| query.words).collect();
        columns.scan(&words, self.max_distance, &mut hits);
        for hit in &mut hits[probed..] {
            hit.query = left[hit.query].number;
        }
        for near in hits {
            for &entry in owners.of(near.number) {
                hit(near.query, entry, Distance(near.distance));
            }
        }
    }
}
