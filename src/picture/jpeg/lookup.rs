//! Tables that read several codes of a sequential block with one look: to step over them
//! ([`Skips`], [`Firsts`]) or to get their coefficients ([`Pairs`]).
//!
//! What a look finds in a block is told as an *advance*: how many coefficients further in zigzag
//! order the last one is. Three things stand beyond the 63 that are possible: [`ENDED`] is added
//! where the block ends there by a code of its own (which counts as one more), and [`LATER`] stands
//! where the codes are too long for the table, and have to be read one by one. So the sum of a
//! place, 0 to 62, and an advance says what to do: below 63 go on; at 63, or [`ENDED`] to
//! [`ENDED`]` + 63`, the block is over; all else is to be read one by one, as where codes of the
//! next block were taken for those of this one.

#![expect(
    clippy::inline_always,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "so that functions take over the CPU features of their callers, and parts of entries are small"
)]

use super::bits::extend;
use super::huffman::{Code, Spec};

/// Added to an advance where the block ends.
pub(super) const ENDED: usize = 128;

/// An advance that leads nowhere.
pub(super) const LATER: usize = 64;

/// Whether the block is rightly over at this sum of a place and an advance, which is at least 63.
#[inline(always)]
pub(super) fn is_end(sum: usize) -> bool {
    sum == 63 || (ENDED..ENDED + 64).contains(&sum)
}

/// What a code of an AC table says (ITU-T T.81, F.1.2.2).
#[derive(Clone, Copy)]
struct Meaning {
    /// As above.
    advance: usize,
    /// Bits of the coefficient that stand behind the code.
    size: usize,
}

impl Meaning {
    fn of(symbol: u8) -> Self {
        match (usize::from(symbol >> 4), usize::from(symbol & 15)) {
            (0..15, 0) => Self { advance: ENDED + 1, size: 0 },
            (run, size) => Self { advance: run + 1, size },
        }
    }
}

/// Bits that are looked at to step over codes.
const SKIP: usize = 11;

/// To step over the codes of a block: for all that can come, as many codes as are surely in it,
/// as `advance << 5 | bits`.
#[derive(Debug)]
pub(super) struct Skips {
    /// From `1 << bits` on for what `bits` bits can begin, for 0 to [`SKIP`] bits.
    levels: Box<[u16; 2 << SKIP]>,
}

impl Skips {
    /// From an AC table.
    pub(super) fn new(ac: &Spec) -> Self {
        let mut levels = Box::new([(LATER << 5) as u16; 2 << SKIP]);
        for known in 1..=SKIP {
            let (shorter, level) = levels.split_at_mut(1 << known);
            for Code { bits, length, symbol } in ac.codes().take_while(|code| code.length <= known)
            {
                let Meaning { advance, size } = Meaning::of(symbol);
                let one = (advance << 5 | (length + size)) as u16;
                let begun = &mut level[bits << (known - length)..][..1 << (known - length)];
                if advance > ENDED || length + size > known {
                    begun.fill(one);
                    continue;
                }
                // Behind this code stands what fewer bits can begin.
                let rest = known - length - size;
                for slots in begun.chunks_exact_mut(1 << rest) {
                    for (slot, &next) in slots.iter_mut().zip(&shorter[1 << rest..]) {
                        let too_far = (next >> 5) % ENDED as u16 + advance as u16 >= 64;
                        *slot = if too_far { one } else { next + one };
                    }
                }
            }
        }
        Self { levels }
    }

    /// The bits to drop, at most 27, and the advance.
    #[inline(always)]
    pub(super) fn look(&self, window: u64) -> (u32, usize) {
        let entry = self.levels[1 << SKIP | (window >> (64 - SKIP)) as usize];
        (u32::from(entry % 32), usize::from(entry >> 5))
    }
}

/// To step over the beginning of a block: the difference of the constant terms, and as many codes
/// behind it as are surely there.
#[derive(Debug)]
pub(super) struct Firsts {
    /// `difference << 16 | advance << 5 | bits`.
    table: Box<[u32; 1 << SKIP]>,
}

/// Stands for a difference of which not all bits were seen.
const UNSEEN: i16 = i16::MIN;

impl Firsts {
    /// From a DC table and what the AC table gave.
    pub(super) fn new(dc: &Spec, skips: &Skips) -> Self {
        let mut table = Box::new([(LATER << 5) as u32; 1 << SKIP]);
        for Code { bits, length, symbol } in dc.codes().take_while(|code| code.length <= SKIP) {
            let size = usize::from(symbol);
            let begun = &mut table[bits << (SKIP - length)..][..1 << (SKIP - length)];
            let with = |difference: i16| u32::from(difference as u16) << 16;
            if size > 15 {
                continue;
            }
            if length + size > SKIP {
                begun.fill(with(UNSEEN) | (length + size) as u32);
                continue;
            }
            let rest = SKIP - length - size;
            for (stored, slots) in begun.chunks_exact_mut(1 << rest).enumerate() {
                let one = with(extend(stored as i32, size as u32) as i16) | (length + size) as u32;
                for (slot, &next) in slots.iter_mut().zip(&skips.levels[1 << rest..]) {
                    let nothing = usize::from(next >> 5) == LATER;
                    *slot = if nothing { one } else { one + u32::from(next) };
                }
            }
        }
        Self { table }
    }

    /// The bits to drop, at most 27, the advance from the constant term, and the difference, if
    /// all of it was seen. At [`LATER`] there was nothing.
    #[inline(always)]
    pub(super) fn look(&self, window: u64) -> (u32, usize, Option<i32>) {
        let entry = self.table[(window >> (64 - SKIP)) as usize];
        let difference = (entry >> 16) as i16;
        let seen = (difference != UNSEEN).then_some(i32::from(difference));
        (entry % 32, (entry as u16 >> 5).into(), seen)
    }
}

/// Bits that are looked at to get coefficients.
const PAIR: usize = 11;

/// To get the coefficients of a block, two at a time where both are surely in what was looked at.
#[derive(Debug)]
pub(super) struct Pairs {
    table: Box<[Pair; 1 << PAIR]>,
}

/// What one look finds: two coefficients, of which the second is a zero where there is but one,
/// and the first, too, where there is none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair {
    /// The coefficients.
    pub(super) values: [i16; 2],
    /// How much further they stand than the last one, 1 to 32.
    pub(super) places: [u8; 2],
    /// How much further to go on from, as an advance.
    pub(super) advance: u8,
    /// Bits to drop, at most 11.
    pub(super) bits: u8,
}

impl Pair {
    const LATER: Self = Self { values: [0; 2], places: [1; 2], advance: LATER as u8, bits: 0 };

    /// This one and then `next`, if both are in the bits.
    fn and(self, next: Self) -> Self {
        let bits = self.bits + next.bits;
        let advance = self.advance.saturating_add(next.advance);
        if usize::from(self.advance) >= LATER
            || usize::from(next.advance) == LATER
            || usize::from(bits) > PAIR
        {
            return self;
        }
        let places = [self.places[0], self.advance + next.places[0]];
        Self { values: [self.values[0], next.values[0]], places, advance, bits }
    }
}

impl Pairs {
    /// From an AC table.
    pub(super) fn new(ac: &Spec) -> Self {
        let mut single = Box::new([Pair::LATER; 1 << PAIR]);
        for Code { bits, length, symbol } in ac.codes().take_while(|code| code.length <= PAIR) {
            let Meaning { advance, size } = Meaning::of(symbol);
            let begun = &mut single[bits << (PAIR - length)..][..1 << (PAIR - length)];
            if length + size > PAIR {
                continue;
            }
            for (stored, slots) in begun.chunks_exact_mut(1 << (PAIR - length - size)).enumerate() {
                let value = extend(stored as i32, size as u32) as i16;
                let place = (advance % ENDED) as u8;
                slots.fill(Pair {
                    values: [value, 0],
                    places: [place, place + 1],
                    advance: advance as u8,
                    bits: (length + size) as u8,
                });
            }
        }
        let behind = |bits: u8, place: usize| single[place << bits & ((1 << PAIR) - 1)];
        let mut table = single.clone();
        for (place, pair) in table.iter_mut().enumerate() {
            *pair = pair.and(behind(pair.bits, place));
        }
        Self { table }
    }

    /// What the next bits hold.
    #[inline(always)]
    pub(super) fn look(&self, window: u64) -> &Pair {
        &self.table[(window >> (64 - PAIR)) as usize]
    }
}
