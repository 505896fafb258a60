//! A scan for many queries at once, where the processor counts no bits of vectors (AVX2).
//!
//! Sixteen bytes fit a register, and so does a table that tells for each value of four bits in how
//! many it differs from those of a query: one instruction looks up 32 hashes (André, Kermarrec and Le
//! Scouarnec, "Cache locality is not enough: high-performance nearest neighbor search with product
//! quantization fast scan", VLDB 2015). For that, the hashes of a block have to lie nibble by nibble,
//! which is done once for all queries.

use std::arch::x86_64::{
    __m128i, __m256i, _mm256_adds_epu8, _mm256_and_si256, _mm256_broadcastsi128_si256,
    _mm256_cmpeq_epi8, _mm256_min_epu8, _mm256_movemask_epi8, _mm256_set1_epi8,
    _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_srli_epi16, _mm256_unpackhi_epi32,
    _mm256_unpackhi_epi64, _mm256_unpacklo_epi32, _mm256_unpacklo_epi64,
};
use std::array::from_fn;
use std::ops::Range;

use super::columns::LANES;

/// Nibbles in a word.
const NIBBLES: usize = 8;

/// So many queries are counted for side by side: as many sums as stay in registers.
const ABREAST: usize = 8;

/// So many pairs of blocks are looked at with some queries before the next queries have their turn:
/// what is looked at, and the tables, stay in the nearest cache.
const PAIRS: usize = 8;

/// From so many queries on this is quicker than counting bits: fewer than [`ABREAST`] take as long as
/// those. Measured.
pub(super) const MANY: usize = 5;

/// Two blocks of hashes, word by word.
type Pair<'a, const C: usize> = [[&'a [u32; LANES]; 2]; C];

/// For [`ABREAST`] queries, and each nibble of a hash: in how many bits it differs from theirs.
type Tables = Vec<[[u8; 16]; ABREAST]>;

/// What some queries look for in the first words of hashes.
#[derive(Debug)]
struct Wanted {
    tables: Vec<Tables>,
}

/// For each value of four bits, in how many bits it differs from each other.
const DIFFERING: [[u8; 16]; 16] = {
    let mut all = [[0; 16]; 16];
    let mut at = 0usize;
    while at < 256 {
        let (a, b) = (at / 16, at % 16);
        #[expect(clippy::cast_possible_truncation, reason = "at most 4")]
        let ones = (a ^ b).count_ones() as u8;
        all[a][b] = ones;
        at += 1;
    }
    all
};

impl Wanted {
    /// Of the first words, so many, of at least one query.
    fn new(queries: &[[u32; 8]], words: usize) -> Self {
        let tables = |queries: &[[u32; 8]]| {
            let table = |at: usize, query: usize| {
                // Where there are too few, the last one counts again.
                let words = &queries[query.min(queries.len() - 1)];
                DIFFERING[(words[at / NIBBLES] >> (at % NIBBLES * 4) & 0xf) as usize]
            };
            (0..words * NIBBLES).map(|at| from_fn(|query| table(at, query))).collect()
        };
        Self { tables: queries.chunks(ABREAST).map(tables).collect() }
    }
}

/// Tells of blocks in which a hash may be within `max` of a query, and of all in which one is, as far
/// as the first words tell; `columns` holds these, block by block.
#[target_feature(enable = "avx2")]
pub(super) fn each_near<const C: usize>(
    columns: &[&[[u32; LANES]]; C],
    (queries, max): (&[[u32; 8]], u32),
    blocks: Range<usize>,
    mut tell: impl FnMut(usize),
) {
    let wanted = Wanted::new(queries, C);
    for first in blocks.clone().step_by(2 * PAIRS) {
        let some = first..(first + 2 * PAIRS).min(blocks.end);
        // A block without another is looked at twice.
        let pair = |block: usize| {
            let other = (block + 1).min(some.end - 1);
            columns.map(|column| [&column[block], &column[other]])
        };
        let pairs: Vec<Pair<'_, C>> = some.clone().step_by(2).map(pair).collect();
        let near = any_near(&pairs, &wanted, max);
        for (block, _) in some.clone().step_by(2).zip(near).filter(|(_, near)| *near) {
            (block..(block + 2).min(some.end)).for_each(&mut tell);
        }
    }
}

/// For each of some pairs, whether any hash is within `max` of any query, as far as the first words
/// tell. Sums have eight bits, so that from 255 on all are taken for near.
#[target_feature(enable = "avx2")]
fn any_near<const C: usize>(pairs: &[Pair<'_, C>], wanted: &Wanted, max: u32) -> [bool; PAIRS] {
    let mut planes = [[[_mm256_setzero_si256(); NIBBLES]; C]; PAIRS];
    for (planes, pair) in planes.iter_mut().zip(pairs) {
        *planes = pair.map(|words| nibbles(words));
    }
    let mut least = [_mm256_set1_epi8(-1); PAIRS];
    for tables in &wanted.tables {
        for (least, planes) in least.iter_mut().zip(&planes).take(pairs.len()) {
            let mut sums = [_mm256_setzero_si256(); ABREAST];
            for (plane, tables) in planes.as_flattened().iter().zip(tables) {
                for (sum, table) in sums.iter_mut().zip(tables) {
                    let table: __m128i = bytemuck::cast(*table);
                    let table = _mm256_broadcastsi128_si256(table);
                    *sum = _mm256_adds_epu8(*sum, _mm256_shuffle_epi8(table, *plane));
                }
            }
            for sum in sums {
                *least = _mm256_min_epu8(*least, sum);
            }
        }
    }
    let max = u8::try_from(max).unwrap_or(u8::MAX);
    let max = _mm256_set1_epi8(max.cast_signed());
    least.map(|least| {
        _mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_min_epu8(least, max), least)) != 0
    })
}

/// The nibbles of a word of 32 hashes: for each of the eight, the lowest first, one byte of each hash.
/// Which hash is in which place is the same for all, and not told.
#[target_feature(enable = "avx2")]
#[inline]
fn nibbles(words: [&[u32; LANES]; 2]) -> [__m256i; NIBBLES] {
    // In each half of a register: the first bytes of four words, then the second ones..
    const APART: [u8; 16] = [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15];
    let apart = _mm256_broadcastsi128_si256(bytemuck::cast(APART));
    let [low, high] = words.map(|words| bytemuck::cast::<[u32; LANES], [__m256i; 2]>(*words));
    let [a, b, c, d] =
        [low[0], low[1], high[0], high[1]].map(|four| _mm256_shuffle_epi8(four, apart));
    let (ab, cd) = (_mm256_unpacklo_epi32(a, b), _mm256_unpacklo_epi32(c, d));
    let (ab_high, cd_high) = (_mm256_unpackhi_epi32(a, b), _mm256_unpackhi_epi32(c, d));
    let bytes = [
        _mm256_unpacklo_epi64(ab, cd),
        _mm256_unpackhi_epi64(ab, cd),
        _mm256_unpacklo_epi64(ab_high, cd_high),
        _mm256_unpackhi_epi64(ab_high, cd_high),
    ];
    let mask = _mm256_set1_epi8(0xf);
    let half = |byte: __m256i, high: bool| {
        let byte = if high { _mm256_srli_epi16::<4>(byte) } else { byte };
        _mm256_and_si256(byte, mask)
    };
    from_fn(|nibble| half(bytes[nibble / 2], nibble % 2 == 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use multiversion::multiversion;
    use multiversion::target::match_target;
    use proptest::prelude::*;

    /// Distances up to this are told apart.
    const MOST: u32 = 254;

    /// [`any_near`]; none on a processor without AVX2.
    fn dispatched<const C: usize>(
        pairs: &[Pair<'_, C>],
        queries: &[[u32; 8]],
        max: u32,
    ) -> Option<[bool; PAIRS]> {
        #[multiversion(targets("x86_64+avx2"))]
        fn near<const C: usize>(all: (&[Pair<'_, C>], &Wanted, u32), near: &mut [bool; PAIRS]) {
            match_target! {
                "x86_64+avx2" => *near = any_near::<C>(all.0, all.1, all.2),
                _ => unreachable!("{all:?} {near:?}"),
            }
        }
        let mut told = [false; PAIRS];
        is_x86_feature_detected!("avx2").then(|| {
            near((pairs, &Wanted::new(queries, C), max), &mut told);
            told
        })
    }

    fn check<const C: usize>(blocks: &[[[u32; LANES]; 8]], queries: &[[u32; 8]]) {
        let pairs: Vec<Pair<'_, C>> = blocks
            .chunks_exact(2)
            .map(|two| from_fn(|word| [&two[0][word], &two[1][word]]))
            .collect();
        let distance = |pair: &Pair<'_, C>, block: usize, lane: usize, query: &[u32; 8]| -> u32 {
            (0..C).map(|word| (pair[word][block][lane] ^ query[word]).count_ones()).sum()
        };
        let nearest = |pair: &Pair<'_, C>| {
            let places = (0..2).flat_map(|block| (0..LANES).map(move |lane| (block, lane)));
            let all = places.flat_map(|(block, lane)| {
                queries.iter().map(move |query| distance(pair, block, lane, query))
            });
            all.min().unwrap()
        };
        let expected: Vec<u32> = pairs.iter().map(nearest).collect();
        for least in &expected {
            for max in [least.saturating_sub(1), *least, least + 1].map(|max| max.min(MOST)) {
                let Some(near) = dispatched(&pairs, queries, max) else { return };
                let naive: Vec<bool> = expected.iter().map(|least| *least <= max).collect();
                assert_eq!(near[..pairs.len()], naive, "{C} words, {max}");
            }
        }
    }

    proptest! {
        #[test]
        fn the_nearest_of_a_pair_is_found_to_the_bit_wherever_it_is(
            pairs in 1usize..=PAIRS,
            seed in any::<[u32; 8]>(),
            queries in prop::collection::vec(any::<[u32; 8]>(), 1..20),
            near in (0..2 * PAIRS, 0..LANES, 0..20usize, 0..32u32),
        ) {
            let mut state = seed[0] | 1;
            let mut random = || {
                state ^= state << 13;
                state ^= state >> 17;
                state ^= state << 5;
                state
            };
            let mut blocks: Vec<[[u32; LANES]; 8]> =
                (0..2 * pairs).map(|_| from_fn(|_| from_fn(|_| random()))).collect();
            let (block, lane, query, bits) = near;
            let query = queries[query % queries.len()];
            for (word, column) in blocks[block % (2 * pairs)].iter_mut().enumerate() {
                column[lane] = query[word] ^ ((1 << bits) - 1);
            }
            check::<1>(&blocks, &queries);
            check::<3>(&blocks, &queries);
            check::<7>(&blocks, &queries);
            check::<8>(&blocks, &queries);
        }
    }

    #[test]
    fn opposite_hashes_are_farther_than_any_sum_tells() {
        let blocks = [[[u32::MAX; LANES]; 8]; 2];
        let pairs: [Pair<'_, 8>; 1] = [from_fn(|word| [&blocks[0][word], &blocks[1][word]])];
        if let Some(near) = dispatched(&pairs, &[[0; 8]], MOST) {
            assert!(!near[0]);
        }
        for max in [255, 256, 65_535] {
            assert!(dispatched(&pairs, &[[0; 8]], max).is_none_or(|near| near[0]), "{max}");
        }
    }
}
