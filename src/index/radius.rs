//! All hashes within a max distance: a linear scan for few, multi-index hashing for many.

use multiversion::multiversion;

use super::multi::MultiIndex;
use crate::hash::{Distance, Hash, MaxDistance};

/// From this many hashes on, tables are built: a scan of fewer takes no longer than the probes.
const WORTH_TABLES: usize = 8192;

/// Hashes of one algorithm, searched with one max distance.
#[derive(Debug)]
pub(super) struct RadiusIndex {
    hashes: Vec<Hash>,
    max_distance: MaxDistance,
    tables: Option<MultiIndex>,
}

impl RadiusIndex {
    /// Takes in hashes whose first `bits` bits count.
    pub(super) fn new(hashes: Vec<Hash>, bits: usize, max_distance: MaxDistance) -> Self {
        let many = hashes.len() >= WORTH_TABLES;
        let tables = if many { MultiIndex::new(&hashes, bits, max_distance) } else { None };
        Self { hashes, max_distance, tables }
    }

    /// Calls `hit` with the number and the distance of each hash within the max distance, each
    /// once, in any order.
    pub(super) fn within(&self, query: Hash, mut hit: impl FnMut(usize, Distance)) {
        let near = |hash: Hash| {
            let distance = hash.distance(query);
            self.max_distance.admits(distance).then_some(distance)
        };
        if let Some(probe) = self.tables.as_ref().and_then(|tables| tables.probe(query)) {
            probe.for_each(&self.hashes, near, hit);
        } else {
            for number in scan(&self.hashes, query, self.max_distance) {
                hit(number, self.hashes[number].distance(query));
            }
        }
    }
}

/// The numbers of all hashes within the max distance, in their order.
#[multiversion(targets("x86_64+avx2+popcnt", "x86_64+popcnt", "aarch64+neon"))]
fn scan(hashes: &[Hash], query: Hash, max_distance: MaxDistance) -> Vec<usize> {
    let mut near = Vec::new();
    for (number, hash) in hashes.iter().enumerate() {
        let differing: u32 = (0..4).map(|w| (hash.0[w] ^ query.0[w]).count_ones()).sum();
        if differing <= u32::from(max_distance.0) {
            near.push(number);
        }
    }
    near
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The plain way, written to be read.
    fn naive(hashes: &[Hash], query: Hash, max: u16) -> Vec<(usize, u16)> {
        let distances = hashes.iter().map(|hash| hash.distance(query).0).enumerate();
        distances.filter(|&(_, distance)| distance <= max).collect()
    }

    fn found(hashes: &[Hash], bits: usize, query: Hash, max: u16) -> Vec<(usize, u16)> {
        let index = RadiusIndex::new(hashes.to_vec(), bits, MaxDistance(max));
        let mut found = Vec::new();
        index.within(query, |number, distance| found.push((number, distance.0)));
        found.sort_unstable();
        found
    }

    /// A list of `n` hashes, some equal to the query, some near it, some sharing most of its
    /// parts, some duplicates of each other, the rest random.
    fn list(n: usize, bits: usize, query: Hash, seed: u64) -> Vec<Hash> {
        let mut state = seed | 1;
        let mut random = move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        let mut hashes: Vec<Hash> = Vec::new();
        for k in 0..n {
            let any = Hash::from_bits(bits, |_| random() >> 40 & 1 == 1);
            hashes.push(match k % 50 {
                0 => query,
                1..=8 => flipped(query, bits, &mut random, k % 67),
                9 => Hash([query.0[0], query.0[1], any.0[2], query.0[3]]),
                10 if k > 10 => hashes[k - 7],
                _ => any,
            });
        }
        hashes
    }

    fn flipped(
        mut hash: Hash,
        bits: usize,
        random: &mut impl FnMut() -> u64,
        times: usize,
    ) -> Hash {
        for _ in 0..times {
            let bit = usize::try_from(random() % bits as u64).unwrap();
            hash.0[bit / 64] ^= 1 << (bit % 64);
        }
        hash
    }

    fn random_hash(seed: u64, bits: usize) -> Hash {
        let mut state = seed | 1;
        Hash::from_bits(bits, |_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            state >> 63 == 1
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]

        #[test]
        fn the_index_finds_what_the_plain_way_finds(
            seed in any::<u64>(),
            max in 0u16..=64,
            n in prop::sample::select(vec![0usize, 1, 2, 1000, 8191, 8192, 20_000]),
            bits in prop::sample::select(vec![256usize, 144, 64, 40]),
        ) {
            let query = random_hash(seed, bits);
            let hashes = list(n, bits, query, seed);
            prop_assert_eq!(found(&hashes, bits, query, max), naive(&hashes, query, max));
        }
    }

    #[test]
    fn a_hundred_thousand_are_searched_exactly_at_every_max_distance_from_0_to_64() {
        let query = random_hash(7, 256);
        let hashes = list(100_000, 256, query, 7);
        for max in 0..=64 {
            assert_eq!(found(&hashes, 256, query, max), naive(&hashes, query, max), "{max}");
        }
    }

    #[test]
    fn a_list_of_equal_hashes_is_found_whole_and_only_within_the_radius() {
        let hash = random_hash(3, 256);
        let hashes = vec![hash; 10_000];
        let near = Hash([hash.0[0] ^ 0x7fff_ffff, hash.0[1], hash.0[2], hash.0[3]]);
        let far = Hash([hash.0[0] ^ 0xffff_ffff, hash.0[1], hash.0[2], hash.0[3]]);
        assert_eq!(found(&hashes, 256, near, 31).len(), 10_000);
        assert_eq!(found(&hashes, 256, far, 31).len(), 0);
    }
}
