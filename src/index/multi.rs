//! Multi-index hashing (Norouzi, Punjani and Fleet, "Fast search in Hamming space with
//! multi-index hashing", CVPR 2012).
//!
//! A hash is cut into pieces of 16 bits. If two hashes differ in at most `t` bits, and a radius
//! `r_i` is given to each of `m` pieces so that the sum of `r_i + 1` is above `t`, then at least
//! one pair of pieces differs in at most `r_i` bits: otherwise the pieces alone would differ in
//! more than `t`. So it is enough to look, piece by piece, at the entries whose piece is within
//! `r_i` of the query's.

use rayon::prelude::*;

use crate::hash::{Distance, Hash, MaxDistance};

/// Bits of a piece.
const PIECE: usize = 16;

/// Buckets of a table, one for each value of a piece.
const BUCKETS: usize = 1 << PIECE;

/// One table for each piece that is probed at all.
#[derive(Debug)]
pub(super) struct MultiIndex {
    tables: Vec<Table>,
    /// How many hashes are indexed.
    len: usize,
}

/// The hashes by the value of one piece.
#[derive(Debug)]
struct Table {
    piece: usize,
    /// Values whose difference from the query's piece is among these are probed: all with at most
    /// `radius` bits.
    differences: Vec<u16>,
    radius: u32,
    /// Bucket `v` is `numbers[starts[v]..starts[v + 1]]`.
    starts: Vec<u32>,
    numbers: Vec<u32>,
}

/// What one query has to look at.
pub(super) struct Probe<'a> {
    index: &'a MultiIndex,
    query: Hash,
}

fn piece_of(hash: Hash, piece: usize) -> u16 {
    let bit = piece * PIECE;
    (hash.0[bit / 64] >> (bit % 64) & 0xffff) as u16
}

impl MultiIndex {
    /// Builds the tables; `None` where scanning would be quicker than probing: the radius is too
    /// wide for the number of hashes and pieces.
    pub(super) fn new(hashes: &[Hash], bits: usize, max_distance: MaxDistance) -> Option<Self> {
        let pieces = u32::try_from(bits / PIECE).unwrap_or(0);
        let budget = u32::from(max_distance.0) + 1;
        let radii: Vec<u32> = (0..pieces)
            .map(|piece| budget / pieces + u32::from(piece < budget % pieces))
            .filter(|&share| share > 0)
            .map(|share| share - 1)
            .collect();
        let values: Vec<u16> = (0..=u16::MAX).collect();
        let within = |radius: u32| -> Vec<u16> {
            values.iter().copied().filter(|value| value.count_ones() <= radius).collect()
        };
        let probes: usize = radii.iter().map(|&radius| within(radius).len()).sum();
        let expected = probes + hashes.len() * probes / BUCKETS;
        if radii.is_empty() || expected > hashes.len() / 4 || u32::try_from(hashes.len()).is_err() {
            return None;
        }
        let tables = radii.par_iter().enumerate().map(|(piece, &radius)| {
            let (starts, numbers) = buckets(hashes, piece);
            Table { piece, differences: within(radius), radius, starts, numbers }
        });
        Some(Self { tables: tables.collect(), len: hashes.len() })
    }

    /// What to look at for a query; `None` where that is so much (a list full of equal pieces)
    /// that scanning is quicker.
    pub(super) fn probe(&self, query: Hash) -> Option<Probe<'_>> {
        let mut entries = 0;
        for table in &self.tables {
            let value = piece_of(query, table.piece);
            for difference in &table.differences {
                entries += table.bucket(value ^ difference).len();
            }
        }
        (entries <= self.len / 2).then_some(Probe { index: self, query })
    }
}

impl Table {
    fn bucket(&self, value: u16) -> &[u32] {
        let value = usize::from(value);
        &self.numbers[self.starts[value] as usize..self.starts[value + 1] as usize]
    }

    /// Whether this table's probes reach a hash.
    fn reaches(&self, query: Hash, hash: Hash) -> bool {
        let differing = piece_of(query, self.piece) ^ piece_of(hash, self.piece);
        differing.count_ones() <= self.radius
    }
}

impl Probe<'_> {
    /// Calls `hit` with the number and distance of each hash that `near` gives a distance for,
    /// each once.
    pub(super) fn for_each(
        &self,
        hashes: &[Hash],
        near: impl Fn(Hash) -> Option<Distance>,
        mut hit: impl FnMut(usize, Distance),
    ) {
        for (turn, table) in self.index.tables.iter().enumerate() {
            let value = piece_of(self.query, table.piece);
            let earlier = &self.index.tables[..turn];
            for difference in &table.differences {
                for &number in table.bucket(value ^ difference) {
                    let hash = hashes[number as usize];
                    let Some(distance) = near(hash) else { continue };
                    // An earlier table that reaches it has reported it.
                    if !earlier.iter().any(|table| table.reaches(self.query, hash)) {
                        hit(number as usize, distance);
                    }
                }
            }
        }
    }
}

/// Sorts the numbers of all hashes by the value of a piece, by counting.
fn buckets(hashes: &[Hash], piece: usize) -> (Vec<u32>, Vec<u32>) {
    let mut starts = vec![0u32; BUCKETS + 1];
    for &hash in hashes {
        starts[usize::from(piece_of(hash, piece)) + 1] += 1;
    }
    for value in 0..BUCKETS {
        starts[value + 1] += starts[value];
    }
    let mut next = starts.clone();
    let mut numbers = vec![0; hashes.len()];
    for (number, &hash) in (0..).zip(hashes) {
        let slot = &mut next[usize::from(piece_of(hash, piece))];
        numbers[*slot as usize] = number;
        *slot += 1;
    }
    (starts, numbers)
}
