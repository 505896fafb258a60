//! Hashes as columns of words, and the linear scan over them.
//!
//! Column `c` holds word `c` of all hashes, one after the other. A scan reads only the first
//! columns: as many as reject nearly all unrelated hashes. Each block of the list is read once and
//! stays in registers while all queries of a batch pass over it.

use std::array::from_fn;
use std::ops::Range;

use multiversion::target::match_target;
use multiversion::{inherit_target, multiversion};
use rayon::prelude::*;

#[cfg(target_arch = "x86_64")]
use super::nibbles;
use crate::hash::{Hash, MaxDistance};
use crate::mapped::Array;

/// Hashes that are compared at a time: as many as 32-bit words fit a register of 512 bits.
pub(super) const LANES: usize = 16;

/// 32-bit words of a hash.
const WORDS: usize = 8;

/// So many blocks are scanned before what was found is told.
const TOGETHER: usize = 2048;

/// Hashes cut into words of 32 bits.
#[derive(Debug)]
pub(super) struct Columns {
    /// Column by column, each padded with zeros to a whole number of [`LANES`].
    words: Array<u32>,
    /// How many hashes there are.
    len: usize,
    /// How many bits of a hash may be set, 1 to 256.
    bits: usize,
}

/// A hash that is near a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hit {
    /// Which of the queries.
    pub(super) query: usize,
    /// Which of the hashes.
    pub(super) number: usize,
    /// Their distance in bits.
    pub(super) distance: u16,
}

/// The 32-bit words of a hash, the lowest bits first.
pub(super) fn words_of(hash: Hash) -> [u32; WORDS] {
    #[expect(clippy::cast_possible_truncation, reason = "takes a word apart")]
    from_fn(|word| (hash.0[word / 2] >> (word % 2 * 32)) as u32)
}

impl Columns {
    /// Takes in hashes of which at most the first `bits` bits are set.
    pub(super) fn new(hashes: &[Hash], bits: usize) -> Self {
        let stride = hashes.len().next_multiple_of(LANES);
        let mut words = Array::zeros(stride * bits.div_ceil(32));
        if stride > 0 {
            words.in_memory().par_chunks_mut(stride).enumerate().for_each(|(word, column)| {
                for (to, &hash) in column.iter_mut().zip(hashes) {
                    *to = words_of(hash)[word];
                }
            });
        }
        Self { words, len: hashes.len(), bits }
    }

    /// Takes in what [`Self::all_words`] gave for so many hashes of so many bits; nothing if that
    /// can't be.
    pub(super) fn from_parts(words: Array<u32>, len: usize, bits: usize) -> Option<Self> {
        let fits = (1..=256).contains(&bits)
            && len.checked_next_multiple_of(LANES)?.checked_mul(bits.div_ceil(32))? == words.len();
        fits.then_some(Self { words, len, bits })
    }

    /// All columns, one after the other.
    pub(super) fn all_words(&self) -> &[u32] {
        &self.words
    }

    /// How many hashes there are.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// All words of one column, padded; `column` is less than [`Self::width`].
    pub(super) fn column(&self, column: usize) -> &[u32] {
        let stride = self.len.next_multiple_of(LANES);
        &self.words[column * stride..][..stride]
    }

    /// How many bits of a hash may be set, 1 to 256.
    pub(super) fn bits(&self) -> usize {
        self.bits
    }

    /// How many columns there are, 1 to 8.
    pub(super) fn width(&self) -> usize {
        self.bits.div_ceil(32)
    }

    /// How many bits a hash differs from a query in, if at most `max`.
    pub(super) fn near(&self, number: usize, query: &[u32; WORDS], max: u16) -> Option<u16> {
        let mut distance = 0u16;
        for (column, word) in query.iter().take(self.width()).enumerate() {
            #[expect(clippy::cast_possible_truncation, reason = "at most 32")]
            let ones = (self.column(column).get(number)? ^ word).count_ones() as u16;
            distance += ones;
            if distance > max {
                return None;
            }
        }
        Some(distance)
    }

    /// All words of a hash.
    pub(super) fn words(&self, number: usize) -> [u32; WORDS] {
        from_fn(|word| if word < self.width() { self.column(word)[number] } else { 0 })
    }

    /// About how many nanoseconds a scan takes for one query of a batch.
    pub(super) fn scan_ns(&self, max: MaxDistance) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "an estimate")]
        let words = (self.len * self.telling(max)) as f64;
        words * word_ns()
    }

    /// Tells `hit` of each hash within the max distance of a query, each once for each query, in any
    /// order.
    pub(super) fn scan(
        &self,
        queries: &[[u32; WORDS]],
        max: MaxDistance,
        hit: &mut dyn FnMut(Hit),
    ) {
        let asked = Asked { queries, max: u32::from(max.0) };
        // Without a query a scan would find nothing, slowly.
        let blocks = if queries.is_empty() { 0 } else { self.len.div_ceil(LANES) };
        let mut hits = Vec::new();
        // However many there are, few are held at a time.
        for first in (0..blocks).step_by(TOGETHER) {
            let blocks = first..(first + TOGETHER).min(blocks);
            scan(self, self.telling(max), asked, blocks, &mut hits);
            hits.drain(..).for_each(&mut *hit);
        }
    }

    /// How many columns a scan reads of every hash.
    pub(super) fn telling(&self, max: MaxDistance) -> usize {
        // The largest max distance at which the first 1, 2, .. words of 10^5 unrelated hashes
        // let about one through: 4.2 standard deviations of sqrt(8 c) bits below the mean of 16 c.
        let enough = [4, 15, 27, 40, 53, 66, 80].iter().position(|&bound| max.0 <= bound);
        enough.map_or(WORDS, |column| column + 1).min(self.width())
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512vl+avx512vpopcntdq+popcnt",
    "x86_64+avx2+popcnt",
    "aarch64+neon"
))]
fn scan(
    columns: &Columns,
    telling: usize,
    asked: Asked,
    blocks: Range<usize>,
    hits: &mut Vec<Hit>,
) {
    #[inherit_target]
    #[inline]
    fn with<const C: usize>(
        columns: &Columns,
        asked: Asked,
        blocks: Range<usize>,
        hits: &mut Vec<Hit>,
    ) {
        let first: [&[[u32; LANES]]; C] = from_fn(|column| columns.column(column).as_chunks().0);
        match_target! {
            "x86_64+avx512f+avx512vpopcntdq" => {}
            "x86_64+avx2" => {
                if asked.queries.len() >= nibbles::MANY {
                    let look = |block| look(columns, C, block, asked, hits);
                    return nibbles::each_near(&first, (asked.queries, asked.max), blocks, look);
                }
            }
            _ => {}
        }
        for block in blocks {
            let words = first.map(|column| &column[block]);
            let near = match_target! {
                "x86_64+avx512f+avx512vpopcntdq" => any_near_avx512::<C>(&words, asked),
                _ => any_near::<C>(&words, asked),
            };
            if near {
                look(columns, C, block, asked, hits);
            }
        }
    }
    match telling {
        1 => with::<1>(columns, asked, blocks, hits),
        2 => with::<2>(columns, asked, blocks, hits),
        3 => with::<3>(columns, asked, blocks, hits),
        4 => with::<4>(columns, asked, blocks, hits),
        5 => with::<5>(columns, asked, blocks, hits),
        6 => with::<6>(columns, asked, blocks, hits),
        7 => with::<7>(columns, asked, blocks, hits),
        _ => with::<8>(columns, asked, blocks, hits),
    }
}

/// How many nanoseconds a scan takes for one word and one query of a batch; the least measured on
/// any machine, so that tables are used only where they are quicker on all.
#[multiversion(targets("x86_64+avx512f+avx512vpopcntdq", "x86_64+avx2", "aarch64+neon"))]
fn word_ns() -> f64 {
    match_target! {
        "x86_64+avx512f+avx512vpopcntdq" => 0.0125,
        "x86_64+avx2" | "aarch64+neon" => 0.08,
        _ => 0.3,
    }
}

/// What a scan is asked for: the words of the queries, and the max distance.
#[derive(Clone, Copy)]
struct Asked<'a> {
    queries: &'a [[u32; WORDS]],
    max: u32,
}

/// Whether any hash of a block is within the max distance of any query, as far as its first words
/// tell. Counts in bytes, which compilers know how to do with the instructions at hand.
#[expect(clippy::inline_always, reason = "must be compiled for the target of its caller")]
#[inline(always)]
fn any_near<const C: usize>(words: &[&[u32; LANES]; C], asked: Asked) -> bool {
    let mut least = [u32::MAX; LANES];
    for query in asked.queries {
        let mut bytes = [0u8; 4 * LANES];
        for (column, word) in words.iter().zip(query) {
            let differing: [u8; 4 * LANES] = bytemuck::cast(column.map(|known| known ^ word));
            for (count, byte) in bytes.iter_mut().zip(differing) {
                #[expect(clippy::cast_possible_truncation, reason = "at most 8")]
                let ones = byte.count_ones() as u8;
                *count += ones;
            }
        }
        let counts: [u32; LANES] = bytemuck::cast(bytes);
        for (least, count) in least.iter_mut().zip(counts) {
            let pairs = (count & 0x00ff_00ff) + (count >> 8 & 0x00ff_00ff);
            *least = (*least).min((pairs + (pairs >> 16)) & 0xffff);
        }
    }
    least.into_iter().fold(u32::MAX, u32::min) <= asked.max
}

/// [`any_near`] with the instruction that counts the bits of sixteen words; 1.6 times as fast as
/// what compilers make of the other.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vpopcntdq")]
#[inline]
fn any_near_avx512<const C: usize>(words: &[&[u32; LANES]; C], asked: Asked) -> bool {
    use std::arch::x86_64::{
        __m512i, _mm512_add_epi32, _mm512_cmple_epu32_mask, _mm512_min_epu32, _mm512_popcnt_epi32,
        _mm512_set1_epi32, _mm512_xor_si512,
    };
    let words: [__m512i; C] = from_fn(|column| bytemuck::cast(*words[column]));
    let mut least = _mm512_set1_epi32(-1);
    for query in asked.queries {
        let mut distances = _mm512_set1_epi32(0);
        for (column, word) in words.iter().zip(query) {
            let differing = _mm512_xor_si512(*column, _mm512_set1_epi32(word.cast_signed()));
            distances = _mm512_add_epi32(distances, _mm512_popcnt_epi32(differing));
        }
        least = _mm512_min_epu32(least, distances);
    }
    _mm512_cmple_epu32_mask(least, _mm512_set1_epi32(asked.max.cast_signed())) != 0
}

/// Appends the hits in a block: column after column until all its hashes are too far.
#[expect(clippy::inline_always, reason = "must be compiled for the target of its caller")]
#[inline(always)]
fn look(columns: &Columns, telling: usize, block: usize, asked: Asked, hits: &mut Vec<Hit>) {
    let first = block * LANES;
    for (query, words) in asked.queries.iter().enumerate() {
        let mut distances = [0u32; LANES];
        let mut any = true;
        for (column, word) in words.iter().enumerate().take(columns.width()) {
            let known: &[u32; LANES] = &columns.column(column).as_chunks().0[block];
            for (distance, known) in distances.iter_mut().zip(known) {
                *distance += (known ^ word).count_ones();
            }
            any = distances.into_iter().fold(u32::MAX, u32::min) <= asked.max;
            if !any && column + 1 >= telling {
                break;
            }
        }
        if !any {
            continue;
        }
        for (number, &distance) in (first..columns.len).zip(&distances) {
            if distance <= asked.max {
                // At most 256, so it fits.
                #[expect(clippy::cast_possible_truncation, reason = "at most 256")]
                let distance = distance as u16;
                hits.push(Hit { query, number, distance });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn nearest(words: &[[u32; LANES]], queries: &[[u32; WORDS]]) -> u32 {
        let distance = |lane: usize, query: &[u32; WORDS]| -> u32 {
            words.iter().zip(query).map(|(column, word)| (column[lane] ^ word).count_ones()).sum()
        };
        let lanes = (0..LANES).flat_map(|lane| queries.iter().map(move |query| (lane, query)));
        lanes.map(|(lane, query)| distance(lane, query)).min().unwrap()
    }

    fn check<const C: usize>(words: &[[u32; LANES]; WORDS], queries: &[[u32; WORDS]]) {
        let least = nearest(&words[..C], queries);
        for max in [least.saturating_sub(1), least, least + 1] {
            let asked = Asked { queries, max };
            let block: [&[u32; LANES]; C] = from_fn(|column| &words[column]);
            assert_eq!(any_near(&block, asked), least <= max, "portable, {C} words");
            assert_eq!(dispatched(&block, asked), least <= max, "dispatched, {C} words");
        }
    }

    /// [`any_near`] by the way that a scan takes on this machine.
    fn dispatched<const C: usize>(block: &[&[u32; LANES]; C], asked: Asked) -> bool {
        #[multiversion(targets("x86_64+avx512f+avx512vpopcntdq"))]
        fn near<const C: usize>(block: &[&[u32; LANES]; C], asked: Asked) -> bool {
            match_target! {
                "x86_64+avx512f+avx512vpopcntdq" => any_near_avx512::<C>(block, asked),
                _ => any_near::<C>(block, asked),
            }
        }
        near(block, asked)
    }

    proptest! {
        #[test]
        fn every_way_to_look_at_a_block_agrees(
            words in any::<[[u32; LANES]; WORDS]>(),
            queries in prop::collection::vec(any::<[u32; WORDS]>(), 1..9),
            opposite in any::<bool>(),
        ) {
            let words = if opposite { [[!queries[0][0]; LANES]; WORDS] } else { words };
            let queries = if opposite { vec![[queries[0][0]; WORDS]] } else { queries };
            check::<1>(&words, &queries);
            check::<2>(&words, &queries);
            check::<3>(&words, &queries);
            check::<4>(&words, &queries);
            check::<5>(&words, &queries);
            check::<6>(&words, &queries);
            check::<7>(&words, &queries);
            check::<8>(&words, &queries);
        }
    }

    #[test]
    fn a_scan_reads_more_columns_for_larger_distances_and_never_more_than_there_are() {
        let columns = |bits| Columns::new(&[Hash([0; 4])], bits);
        let telling = |bits, max| columns(bits).telling(MaxDistance(max));
        assert_eq!([0, 15, 16, 31, 64, 256].map(|max| telling(256, max)), [1, 2, 3, 4, 6, 8]);
        assert_eq!([0, 64].map(|max| telling(40, max)), [1, 2]);
    }
}
