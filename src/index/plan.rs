//! Which buckets are looked into for a max distance, and whether that is quicker than a scan.
//!
//! The costs are measured (`cargo bench --bench search`) and rounded up: where the estimate errs,
//! a scan is made, which is never the slower of the two by much.

use super::columns::Columns;
use super::tables::{Piece, Tables};
use crate::hash::MaxDistance;

/// Time for one bucket of a table of 2^16 buckets, in nanoseconds: the starts lie in a cache, the
/// slots are fetched ahead.
const BUCKET_NS: f64 = 6.0;

/// The same for larger tables, whose starts are fetched from memory, too.
const WIDE_BUCKET_NS: f64 = 32.0;

/// Time for one slot of a bucket, in nanoseconds.
const SLOT_NS: f64 = 1.8;

/// Time for one more look at a hash whose slot did not reject it, in nanoseconds.
const LOOK_NS: f64 = 100.0;

/// Tables are used where they are expected to take at most this share of a scan's time: lists are
/// less even than the expectation supposes.
const CLEARLY_QUICKER: f64 = 0.7;

/// The buckets to look into, for one max distance.
#[derive(Debug)]
pub(super) struct Plan {
    /// The tables that are looked into at all.
    pub(super) probes: Vec<Probe>,
    /// How many hashes the buckets of one query may hold before a scan is quicker.
    pub(super) most_slots: usize,
}

/// The buckets to look into in one table whose pieces differ from the query's in so many bits.
#[derive(Debug)]
pub(super) struct Probe {
    /// Which table.
    pub(super) table: usize,
    /// In how many bits the pieces differ.
    pub(super) ones: u32,
    /// All differences of so many bits, in their order.
    pub(super) differences: Vec<u32>,
}

impl Probe {
    /// Whether this probe of a query comes upon a hash.
    pub(super) fn reaches(&self, tables: &Tables, query: &[u32; 8], hash: &[u32; 8]) -> bool {
        let piece = tables.pieces()[self.table];
        (piece.of(query) ^ piece.of(hash)).count_ones() == self.ones
    }
}

/// What searching hashes cut into pieces is expected to cost.
#[derive(Debug)]
pub(super) struct Estimate {
    /// For each piece, its radius + 1; 0 where its table is not looked into at all.
    shares: Vec<u32>,
    /// Nanoseconds for each hash in a bucket.
    slot_ns: f64,
    /// Nanoseconds for a query.
    tables_ns: f64,
    /// Nanoseconds for a query without tables.
    scan_ns: f64,
}

impl Estimate {
    /// Gives each piece its share of the max distance + 1 bits that have to be covered, one by one
    /// to where it costs least.
    pub(super) fn new(columns: &Columns, pieces: &[Piece], max: MaxDistance) -> Self {
        let bits = columns.bits().min(96);
        #[expect(clippy::cast_precision_loss, reason = "an estimate")]
        let len = columns.len() as f64;
        let bucket_ns = |piece: &Piece, ones: u32| {
            let fixed = if piece.bits <= 16 { BUCKET_NS } else { WIDE_BUCKET_NS };
            let left = max.0.saturating_sub(piece.apart(ones));
            let slot_ns = SLOT_NS + LOOK_NS * unrelated_within(bits, MaxDistance(left));
            fixed + slot_ns * len / f64::from(piece.bits).exp2()
        };
        let mut shares = vec![0; pieces.len()];
        // The next bit costs as many buckets as there are differences of `share` bits.
        let mut buckets = vec![1.0; pieces.len()];
        let mut next: Vec<f64> = pieces.iter().map(|piece| bucket_ns(piece, 0)).collect();
        let mut tables_ns = 0.0;
        for _ in 0..=max.0 {
            let cheapest = (0..pieces.len()).min_by(|&a, &b| next[a].total_cmp(&next[b]));
            let Some(cheapest) = cheapest else { break };
            tables_ns += next[cheapest];
            let (piece, share) = (&pieces[cheapest], shares[cheapest]);
            buckets[cheapest] *= f64::from(piece.bits.saturating_sub(share)) / f64::from(share + 1);
            shares[cheapest] += 1;
            next[cheapest] = buckets[cheapest] * bucket_ns(piece, share + 1);
        }
        let slot_ns = SLOT_NS + LOOK_NS * unrelated_within(bits, max);
        Self { shares, slot_ns, tables_ns, scan_ns: columns.scan_ns(max) }
    }

    /// Whether tables are clearly quicker than a scan.
    pub(super) fn pays(&self) -> bool {
        self.tables_ns <= self.scan_ns * CLEARLY_QUICKER
    }

    /// The buckets to look into.
    pub(super) fn plan(&self, pieces: &[Piece]) -> Plan {
        let probes = |(table, (&share, piece)): (usize, (&u32, &Piece))| {
            let bits = piece.bits;
            let probe = move |ones| Probe { table, ones, differences: differing_in(bits, ones) };
            (0..share).map(probe)
        };
        let probes = self.shares.iter().zip(pieces).enumerate().flat_map(probes).collect();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an estimate")]
        let most_slots = (self.scan_ns / self.slot_ns) as usize;
        Plan { probes, most_slots }
    }
}

/// The share of unrelated hashes that are within the max distance as far as so many bits tell.
fn unrelated_within(bits: usize, max: MaxDistance) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "at most 96")]
    let bits = bits as f64;
    let (mut exactly, mut within) = ((-bits).exp2(), 0.0);
    for distance in (0..=max.0).map(f64::from).take_while(|&distance| distance <= bits) {
        within += exactly;
        exactly *= (bits - distance) / (distance + 1.0);
    }
    within
}

/// All numbers of so many bits of which just `ones` are set, in their order.
fn differing_in(bits: u32, ones: u32) -> Vec<u32> {
    let mut all = vec![0u32];
    for _ in 0..ones {
        // Only bits below its lowest, so that each number is made once.
        let more = |one: u32| (0..one.trailing_zeros().min(bits)).map(move |bit| one | 1 << bit);
        all = all.into_iter().flat_map(more).collect();
    }
    all.sort_unstable();
    all
}

#[cfg(test)]
mod tests {
    use super::super::tables::cut;
    use super::*;
    use crate::hash::Hash;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_shares_cover_the_max_distance(
            bits in 1u32..=256,
            pieces in 1u32..=16,
            max in 0u16..=256,
        ) {
            let columns = Columns::new(&[Hash([0; 4])], bits as usize);
            let pieces = cut(bits, pieces.clamp(bits.div_ceil(26), bits));
            let estimate = Estimate::new(&columns, &pieces, MaxDistance(max));
            prop_assert_eq!(estimate.shares.iter().sum::<u32>(), u32::from(max) + 1);
        }

        #[test]
        fn all_differences_of_so_many_bits_are_made_once(bits in 1u32..=16, ones in 0u32..=20) {
            let all = 0..1u32 << bits;
            let plain: Vec<u32> = all.filter(|one| one.count_ones() == ones).collect();
            prop_assert_eq!(differing_in(bits, ones), plain);
        }
    }

    #[test]
    fn half_of_all_hashes_are_within_half_of_the_bits() {
        assert!((unrelated_within(95, MaxDistance(47)) - 0.5).abs() < 1e-9);
        assert!(unrelated_within(96, MaxDistance(31)) < 5e-4);
        assert!((unrelated_within(40, MaxDistance(64)) - 1.0).abs() < 1e-9);
    }
}
