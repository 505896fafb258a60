//! Every way to search against the plain one, on lists of every kind.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::columns::Columns;
use super::owners::Owners;
use super::radius::{Parts, RadiusIndex};
use super::tables::{Piece, Tables, best_cut, cut};
use super::{Found, HashIndex, Query};
use crate::hash::{Algorithm, Distance, Hash, MaxDistance};
use crate::list::{HashList, ReadOptions};

/// Hits as (query, entry, distance).
type Hits = Vec<(usize, u32, u16)>;

/// The plain way, written to be read.
fn naive(hashes: &[Hash], queries: &[Hash], max: u16) -> Hits {
    let mut hits = Vec::new();
    for (number, query) in queries.iter().enumerate() {
        for (entry, hash) in (0..).zip(hashes) {
            let distance = hash.distance(*query).0;
            if distance <= max {
                hits.push((number, entry, distance));
            }
        }
    }
    hits
}

/// What is found within the max distance in force.
fn found(index: &RadiusIndex, queries: &[Hash]) -> Hits {
    let max = index.max_distance();
    found_each(index, &queries.iter().map(|&hash| Query { hash, max }).collect::<Vec<_>>())
}

fn found_each(index: &RadiusIndex, queries: &[Query]) -> Hits {
    let mut hits = Vec::new();
    index.within(queries, &mut |query, entry, distance| hits.push((query, entry, distance.0)));
    hits.sort_unstable();
    hits
}

fn parts(hashes: &[Hash], bits: usize, tables: impl Fn(&Columns, &[Piece]) -> bool) -> Parts {
    Parts::new(hashes.iter().copied().zip(0..).collect(), bits, tables)
}

/// As it would be chosen; always by the tables; always by a scan.
fn every_way(hashes: &[Hash], bits: usize, max: u16) -> [RadiusIndex; 3] {
    let max = MaxDistance(max);
    [
        RadiusIndex::new(hashes.iter().copied().zip(0..).collect(), bits, max),
        RadiusIndex::by_tables(parts(hashes, bits, |_, _| true), max),
        RadiusIndex::from_parts(parts(hashes, bits, |_, _| false), max),
    ]
}

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 ^ self.0 >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 8
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    fn hash(&mut self, bits: usize) -> Hash {
        Hash::from_bits(bits, |_| self.next() >> 40 & 1 == 1)
    }

    fn flipped(&mut self, mut hash: Hash, bits: usize, times: usize) -> Hash {
        for _ in 0..times {
            let bit = self.below(bits);
            hash.0[bit / 64] ^= 1 << (bit % 64);
        }
        hash
    }

    /// Half of its bits set, as PDQ's are, and the low ones rather than the high ones.
    fn skewed(&mut self, bits: usize) -> Hash {
        let mut hash = Hash([0; 4]);
        while hash.ones() < u32::try_from(bits / 2).unwrap() {
            let bit = self.below(bits).min(self.below(bits));
            hash.0[bit / 64] |= 1 << (bit % 64);
        }
        hash
    }
}

/// What a list is like.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// Unrelated hashes, some near the query, some sharing most of its words, some repeated.
    Mixed,
    /// Half of the bits set, some more often than others.
    Skewed,
    /// All within some 60 bits of the query.
    Clustered,
    /// Three hashes, over and over.
    Repeated,
}

const KINDS: [Kind; 4] = [Kind::Mixed, Kind::Skewed, Kind::Clustered, Kind::Repeated];

fn list(kind: Kind, n: usize, bits: usize, query: Hash, random: &mut Random) -> Vec<Hash> {
    let mut hashes: Vec<Hash> = Vec::new();
    for k in 0..n {
        hashes.push(match (kind, k % 50) {
            (Kind::Repeated, _) if k >= 3 => hashes[k % 3],
            (Kind::Clustered | Kind::Repeated, turn) => random.flipped(query, bits, turn + 10),
            (_, 0) => query,
            (_, turn @ 1..=8) => random.flipped(query, bits, (turn + k / 50) % 67),
            (_, 9) => {
                let any = random.hash(bits);
                Hash([query.0[0], query.0[1], any.0[2], query.0[3]])
            }
            (_, 10) => hashes[k - 7],
            (Kind::Skewed, _) => random.skewed(bits),
            (Kind::Mixed, _) => random.hash(bits),
        });
    }
    hashes
}

/// A query and what else one picture may ask: a hash near it, one far away, and the same again.
fn batch(query: Hash, bits: usize, random: &mut Random) -> Vec<Hash> {
    vec![query, random.flipped(query, bits, 9), random.hash(bits), query]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn every_way_finds_what_the_plain_way_finds(
        seed in any::<u64>(),
        max in 0u16..=64,
        n in prop::sample::select(vec![0usize, 1, 2, 15, 16, 17, 1000, 9000, 16_383, 16_384]),
        bits in prop::sample::select(vec![256usize, 144, 64, 40]),
        kind in prop::sample::select(KINDS.to_vec()),
    ) {
        let mut random = Random(seed);
        let query = if matches!(kind, Kind::Skewed) { random.skewed(bits) } else { random.hash(bits) };
        let hashes = list(kind, n, bits, query, &mut random);
        let queries = batch(query, bits, &mut random);
        let expected = naive(&hashes, &queries, max);
        for index in every_way(&hashes, bits, max) {
            prop_assert_eq!(found(&index, &queries), expected.clone());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn queries_of_one_batch_may_each_have_their_own_max_distance(
        seed in any::<u64>(),
        in_force in 0u16..=48,
        maxes in prop::collection::vec(
            prop_oneof![8 => Just(31u16), 4 => Just(48), 8 => 0u16..=80, 1 => 81u16..=300],
            1..24,
        ),
        n in prop::sample::select(vec![0usize, 17, 1000, 20_000]),
        bits in prop::sample::select(vec![256usize, 144]),
        kind in prop::sample::select(KINDS.to_vec()),
    ) {
        let mut random = Random(seed);
        let query = random.hash(bits);
        let hashes = list(kind, n, bits, query, &mut random);
        let near = |max| Query { hash: random.flipped(query, bits, 12), max: MaxDistance(max) };
        let queries: Vec<Query> = maxes.into_iter().map(near).collect();
        let mut expected = Hits::new();
        for (number, query) in queries.iter().enumerate() {
            let hits = naive(&hashes, &[query.hash], query.max.0);
            expected.extend(hits.into_iter().map(|(_, entry, distance)| (number, entry, distance)));
        }
        for index in every_way(&hashes, bits, in_force) {
            prop_assert!(found_each(&index, &queries) == expected);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn all_that_one_picture_asks_finds_what_the_plain_way_finds(
        seed in any::<u64>(),
        flips in prop::collection::vec((0usize..70, prop::sample::select(vec![31u16, 36, 48, 72])), 30..60),
        kind in prop::sample::select(KINDS.to_vec()),
    ) {
        let mut random = Random(seed);
        let query = random.hash(256);
        let hashes = list(kind, 20_000, 256, query, &mut random);
        let near = |(times, max)| {
            Query { hash: random.flipped(query, 256, times), max: MaxDistance(max) }
        };
        let queries: Vec<Query> = flips.into_iter().map(near).collect();
        let mut expected = Hits::new();
        for (number, query) in queries.iter().enumerate() {
            let hits = naive(&hashes, &[query.hash], query.max.0);
            expected.extend(hits.into_iter().map(|(_, entry, distance)| (number, entry, distance)));
        }
        for index in every_way(&hashes, 256, 31) {
            prop_assert!(found_each(&index, &queries) == expected);
        }
    }

    #[test]
    fn the_nearest_are_those_of_all_that_are_near_and_each_hash_is_one(
        seed in any::<u64>(),
        most in 0usize..40,
        skipped in 0usize..60,
        n in prop::sample::select(vec![0usize, 100, 20_000]),
        kind in prop::sample::select(KINDS.to_vec()),
    ) {
        let mut random = Random(seed);
        let query = random.hash(256);
        let hashes = list(kind, n, 256, query, &mut random);
        let queries = batch(query, 256, &mut random);
        let skip: BTreeSet<Hash> = hashes.iter().copied().take(skipped).collect();
        for index in every_way(&hashes, 256, 72) {
            let asked = queries.iter().map(|&hash| Query { hash, max: MaxDistance(72) });
            let asked: Vec<Query> = asked.collect();
            let mut found = vec![Vec::new(); queries.len()];
            index.nearest(&asked, (most, &skip), &mut |query, entry, distance| {
                found[query].push((distance.0, hashes[entry as usize]));
            });
            for (query, mut found) in queries.iter().zip(found) {
                found.sort_unstable();
                let all: BTreeSet<(u16, Hash)> = naive(&hashes, &[*query], 72)
                    .into_iter()
                    .map(|(_, entry, distance)| (distance, hashes[entry as usize]))
                    .filter(|(_, hash)| !skip.contains(hash))
                    .collect();
                let distances: Vec<u16> = found.iter().map(|(distance, _)| *distance).collect();
                let nearest: Vec<u16> = all.iter().map(|(distance, _)| *distance).take(most).collect();
                prop_assert_eq!(distances, nearest);
                let distinct: BTreeSet<(u16, Hash)> = found.iter().copied().collect();
                prop_assert!(distinct.len() == found.len() && distinct.is_subset(&all));
            }
        }
    }
}

#[test]
fn a_hundred_thousand_are_searched_exactly_at_every_max_distance_from_0_to_64() {
    let mut random = Random(7);
    let query = random.hash(256);
    let hashes = list(Kind::Mixed, 100_000, 256, query, &mut random);
    let queries = batch(query, 256, &mut random);
    let all = naive(&hashes, &queries, 64);
    let mut parts = parts(&hashes, 256, |_, _| true);
    for max in 0..=64 {
        let expected: Hits = all.iter().copied().filter(|hit| hit.2 <= max).collect();
        let index = RadiusIndex::from_parts(parts, MaxDistance(max));
        assert!(found(&index, &queries) == expected, "{max}");
        parts = index.into_parts();
        if max % 8 == 7 {
            let index = RadiusIndex::by_tables(parts, MaxDistance(max));
            assert!(found(&index, &queries) == expected, "{max}, by the tables");
            parts = index.into_parts();
        }
    }
}

#[test]
fn pieces_of_any_width_find_the_same() {
    let mut random = Random(11);
    let query = random.hash(256);
    let hashes = list(Kind::Mixed, 1000, 256, query, &mut random);
    let queries = batch(query, 256, &mut random);
    for pieces in [12, 14, 15, 19, 32] {
        let mut parts = parts(&hashes, 256, |_, _| false);
        parts.tables = Some(Tables::new(&parts.columns, cut(256, pieces)));
        for max in [0, 5, 15, 31, 40] {
            let index = RadiusIndex::by_tables(parts, MaxDistance(max));
            assert!(found(&index, &queries) == naive(&hashes, &queries, max), "{pieces}, {max}");
            parts = index.into_parts();
        }
    }
}

#[test]
fn longer_lists_are_cut_into_wider_pieces() {
    let widths = |bits, len| {
        let pieces = best_cut(bits, len);
        let widths = pieces.iter().map(|piece| piece.bits);
        (pieces.len(), widths.clone().min().unwrap(), widths.max().unwrap())
    };
    assert_eq!(widths(256, 2_999_999), (16, 16, 16));
    assert_eq!(widths(256, 3_000_000), (14, 18, 19));
    assert_eq!(widths(256, 8_000_000), (12, 21, 22));
    assert_eq!(widths(144, 20_000), (9, 16, 16));
    assert_eq!(widths(64, 20_000), (4, 16, 16));
    assert_eq!(widths(40, 20_000), (3, 13, 14));
}

#[test]
fn a_list_of_equal_hashes_is_found_whole_and_only_within_the_radius() {
    let hash = Random(3).hash(256);
    let hashes = vec![hash; 10_000];
    let near = Hash([hash.0[0] ^ 0x7fff_ffff, hash.0[1], hash.0[2], hash.0[3]]);
    let far = Hash([hash.0[0] ^ 0xffff_ffff, hash.0[1], hash.0[2], hash.0[3]]);
    for index in every_way(&hashes, 256, 31) {
        let hits = found(&index, &[near, far]);
        assert_eq!(hits.len(), 10_000);
        assert!(hits.iter().all(|hit| hit.0 == 0));
    }
}

#[test]
fn an_index_made_of_the_parts_of_another_finds_the_same() {
    let mut random = Random(5);
    let query = random.hash(256);
    for kind in KINDS {
        let hashes = list(kind, 5000, 256, query, &mut random);
        let Parts { columns, owners, tables } = parts(&hashes, 256, |_, _| true);
        let (starts, entries) = owners.parts();
        let len = columns.len();
        let owners =
            Owners::from_parts(starts.to_vec().into(), entries.to_vec().into(), len).unwrap();
        let words = columns.all_words().to_vec().into();
        let columns = Columns::from_parts(words, len, columns.bits()).unwrap();
        let tables = tables.map(|tables| {
            let (pieces, starts, slots) = tables.parts();
            let pieces = u32::try_from(pieces).unwrap();
            let (starts, slots) = (starts.to_vec().into(), slots.to_vec().into());
            Tables::from_parts(&columns, pieces, starts, slots).unwrap()
        });
        let index = RadiusIndex::by_tables(Parts { columns, owners, tables }, MaxDistance(31));
        assert_eq!(found(&index, &[query]), naive(&hashes, &[query], 31), "{kind:?}");
    }
}

#[test]
fn parts_of_wrong_lengths_are_refused() {
    let columns = Columns::new(&[Hash([1; 4]), Hash([2; 4])], 256);
    assert!(Columns::from_parts(vec![0; 128].into(), 2, 256).is_some());
    assert!(Columns::from_parts(vec![0; 127].into(), 2, 256).is_none());
    assert!(Columns::from_parts(vec![0; 128].into(), 17, 256).is_none());
    assert!(Owners::from_parts(vec![].into(), vec![0, 1].into(), 2).is_some());
    assert!(Owners::from_parts(vec![].into(), vec![0, 1].into(), 1).is_none());
    assert!(Owners::from_parts(vec![0, 2].into(), vec![0, 1].into(), 1).is_some());
    assert!(Owners::from_parts(vec![0, 3].into(), vec![0, 1].into(), 1).is_none());
    let tables = |starts: usize, slots| {
        Tables::from_parts(&columns, 16, vec![0; starts].into(), vec![[0; 4]; slots].into())
    };
    assert!(tables(16 * 65_537, 32).is_some());
    assert!(tables(16 * 65_536, 32).is_none());
    assert!(tables(16 * 65_537, 31).is_none());
    assert!(Tables::from_parts(&columns, 0, vec![].into(), vec![].into()).is_none());
}

#[test]
fn a_batch_finds_what_single_look_ups_find_in_lists_of_which_some_are_empty() {
    let mut random = Random(13);
    let query = random.hash(256);
    let hashes = list(Kind::Mixed, 300, 256, query, &mut random);
    let read = |hashes: &[Hash]| {
        let lines = hashes.iter().map(|&hash| format!("pdq {}\n", Algorithm::Pdq.to_text(hash)));
        let mut list =
            HashList::read("list", lines.collect::<String>().as_bytes(), &ReadOptions::default())
                .unwrap();
        assert_eq!(list.entries.len(), hashes.len());
        if hashes.len() == 1 {
            list.entries = Vec::new().into();
        }
        list
    };
    let lists = [&hashes[..1], &hashes[..100], &hashes[..1], &hashes[100..]];
    let index = HashIndex::new(lists.map(read).into(), Some(MaxDistance(31))).unwrap();
    let queries = batch(query, 256, &mut random);
    let single: Vec<Vec<Found>> =
        queries.iter().map(|&query| index.lookup(Algorithm::Pdq, query)).collect();
    assert_eq!(index.lookup_batch(Algorithm::Pdq, &queries), single);
    let each = queries.iter().map(|&hash| Query { hash, max: MaxDistance(31) });
    let each: Vec<Query> = each.collect();
    assert_eq!(index.lookup_each(Algorithm::Pdq, &each), single);
    assert_eq!(index.scan_each(Algorithm::Pdq, &each), single);

    let expected = naive(&hashes, &[query], 31).into_iter().map(|(_, number, distance)| {
        let number = number as usize;
        let (list, entry) = if number < 100 { (1, number) } else { (3, number - 100) };
        Found { distance: Distance(distance), list, entry }
    });
    let mut expected: Vec<Found> = expected.collect();
    expected.sort_unstable();
    assert_eq!(single[0], expected);
}
