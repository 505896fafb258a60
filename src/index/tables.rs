//! Multi-index hashing (Norouzi, Punjani and Fleet, "Fast search in Hamming space with
//! multi-index hashing", CVPR 2012).
//!
//! A hash is cut into `m` pieces. If two hashes differ in at most `t` bits, and a radius `r_i` is
//! given to each piece so that the sum of `r_i + 1` is above `t`, then at least one pair of pieces
//! differs in at most `r_i` bits: otherwise the pieces alone would differ in more than `t`. So it
//! is enough to look, piece by piece, at the entries whose piece is within `r_i` of the query's.
//!
//! The tables do not depend on the max distance; the radii ([`super::plan`]) do.

use rayon::prelude::*;

use super::columns::Columns;
use crate::mapped::Array;

/// A hash as a bucket holds it: three of its words, which reject nearly all that is unrelated
/// without another look into memory, and its number.
pub(super) type Slot = [u32; 4];

/// Slots in a cache line of 64 bytes. Large arrays and those of files begin with a line.
pub(super) const LINE: usize = 4;

/// For each piece, the hashes by its value.
#[derive(Debug)]
pub(super) struct Tables {
    pieces: Vec<Piece>,
    /// Table by table: bucket `v` is `slots[starts[v]..starts[v + 1]]`.
    starts: Array<u32>,
    /// Table by table, each hash once.
    slots: Array<Slot>,
    /// How many hashes there are.
    len: usize,
}

/// Some bits of a hash, side by side.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    /// The number of its first bit.
    first: u32,
    /// How many bits it has, at most 32.
    pub(super) bits: u32,
    /// The first of the three words that its table's slots hold: words that the piece is not cut
    /// from, where there are any. What is looked at is alike in the piece already.
    pub(super) inline: usize,
    /// Where its table begins in `starts`.
    starts: usize,
}

impl Piece {
    /// Its value in a hash given by two neighbouring words, of which the first holds its first bit.
    fn value(self, low: u32, high: u32) -> usize {
        let both = u64::from(low) | u64::from(high) << 32;
        #[expect(clippy::cast_possible_truncation, reason = "a piece has at most 32 bits")]
        let value = (both >> (self.first % 32) & ((1 << self.bits) - 1)) as usize;
        value
    }

    /// Its value in a hash.
    pub(super) fn of(self, words: &[u32; 8]) -> usize {
        let word = (self.first / 32) as usize;
        self.value(words[word], words.get(word + 1).copied().unwrap_or(0))
    }

    /// How many bits the hashes differ in, of which the slots say nothing, if the pieces differ in
    /// so many.
    pub(super) fn apart(self, ones: u32) -> u16 {
        let (first, end) = (self.first as usize, (self.first + self.bits) as usize);
        let apart = end <= self.inline * 32 || first >= (self.inline + 3) * 32;
        if apart { u16::try_from(ones).unwrap_or(0) } else { 0 }
    }

    /// How many values it can have.
    fn values(self) -> usize {
        1 << self.bits
    }
}

/// Most bits of a piece: its table then has 256 MiB of starts.
const MOST_BITS: u32 = 26;

/// The pieces into which so many hashes of so many bits are best cut: 16 of 16 bits of a PDQ hash,
/// for longer lists 14 of 18 and 19, or 12 of 21 and 22. Wider pieces make more buckets to look
/// into, but with so many hashes narrow ones hold more than is quickly read.
///
/// Measured at max distance 31: 16, 14 and 12 pieces take 74, 54 and 82 us for 4 million hashes,
/// and 16, 13, 12 and 11 take 177, 132, 120 and 128 us for 10 million.
pub(super) fn best_cut(bits: usize, len: usize) -> Vec<Piece> {
    let bits = u32::try_from(bits).unwrap_or(u32::MAX);
    let wide = match len {
        0..3_000_000 => 16,
        3_000_000..8_000_000 => 19,
        8_000_000.. => 22,
    };
    cut(bits, bits.div_ceil(wide))
}

/// Cuts hashes of so many bits into pieces of as equal width as can be.
pub(super) fn cut(hash_bits: u32, pieces: u32) -> Vec<Piece> {
    let (mut first, mut starts) = (0, 0);
    let last_words = (hash_bits / 32).saturating_sub(3) as usize;
    let piece = |number| {
        let bits = hash_bits / pieces + u32::from(number < hash_bits % pieces);
        let inline = if first < 96 && last_words >= 3 { last_words } else { 0 };
        let piece = Piece { first, bits, inline, starts };
        first += piece.bits;
        starts += piece.values() + 1;
        piece
    };
    (0..pieces).map(piece).collect()
}

impl Tables {
    /// Builds one table for each piece.
    pub(super) fn new(columns: &Columns, pieces: Vec<Piece>) -> Self {
        let len = columns.len();
        let mut starts = Array::zeros(pieces.iter().map(|piece| piece.values() + 1).sum());
        let mut slots = Array::zeros(pieces.len() * len);
        let mut tables = Vec::new();
        let mut rest = (starts.in_memory(), slots.in_memory());
        for &piece in &pieces {
            let (starts, slots) =
                (rest.0.split_at_mut(piece.values() + 1), rest.1.split_at_mut(len));
            tables.push((piece, starts.0, slots.0));
            rest = (starts.1, slots.1);
        }
        tables
            .into_par_iter()
            .for_each(|(piece, starts, slots)| fill(columns, piece, starts, slots));
        Self { pieces, starts, slots, len }
    }

    /// Takes in what [`Self::parts`] gave for these hashes and so many pieces; nothing if the
    /// lengths are not right.
    pub(super) fn from_parts(
        columns: &Columns,
        pieces: u32,
        starts: Array<u32>,
        slots: Array<Slot>,
    ) -> Option<Self> {
        let bits = u32::try_from(columns.bits()).unwrap_or(u32::MAX);
        if !(bits.div_ceil(MOST_BITS)..=bits).contains(&pieces) {
            return None;
        }
        let (pieces, len) = (cut(bits, pieces), columns.len());
        let fits = starts.len() == pieces.iter().map(|piece| piece.values() + 1).sum::<usize>()
            && slots.len() == pieces.len().checked_mul(len)?;
        fits.then_some(Self { pieces, starts, slots, len })
    }

    /// How many pieces there are, and the arrays, as [`Self::from_parts`] takes them.
    pub(super) fn parts(&self) -> (usize, &[u32], &[Slot]) {
        (self.pieces.len(), &self.starts, &self.slots)
    }

    /// The pieces, each with a table.
    pub(super) fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// Where a bucket begins in [`Self::slots`], and how many it holds.
    #[inline]
    pub(super) fn bucket(&self, table: usize, value: usize) -> (usize, u32) {
        let starts = &self.starts[self.pieces[table].starts + value..][..2];
        (table * self.len + starts[0] as usize, starts[1].saturating_sub(starts[0]))
    }

    /// All buckets of all tables.
    #[inline]
    pub(super) fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// The same, line by line, but for up to three behind the last line.
    #[inline]
    pub(super) fn lines(&self) -> &[[Slot; LINE]] {
        self.slots().as_chunks().0
    }
}

/// Sorts all hashes by the value of a piece, by counting: linear, however the values are spread.
fn fill(columns: &Columns, piece: Piece, starts: &mut [u32], slots: &mut [Slot]) {
    let word = (piece.first / 32) as usize;
    let column = |number| if number < columns.width() { columns.column(number) } else { &[] };
    let (low, high) = (column(word), column(word + 1));
    let value = |at: usize| piece.value(low[at], high.get(at).copied().unwrap_or(0));
    for at in 0..slots.len() {
        starts[value(at)] += 1;
    }
    // Each start becomes the end of its bucket; filling from the back makes it the start again.
    let mut end = 0;
    for start in starts.iter_mut() {
        end += *start;
        *start = end;
    }
    let first: [&[u32]; 3] = std::array::from_fn(|word| column(piece.inline + word));
    let numbers = 0..u32::try_from(slots.len()).unwrap_or(u32::MAX);
    for number in numbers.rev() {
        let at = number as usize;
        let start = &mut starts[value(at)];
        *start -= 1;
        let words = first.map(|column| column.get(at).copied().unwrap_or(0));
        slots[*start as usize] = [words[0], words[1], words[2], number];
    }
}
