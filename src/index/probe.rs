//! Queries through the tables.

use multiversion::multiversion;
use multiversion::target::match_target;

use super::aim::{AHEAD, Aim, Line, Needle};
use super::columns::{Columns, Hit};
use super::plan::{Plan, Probe};
use super::prefetch::prefetch;
use super::tables::{LINE, Slot, Tables};

/// A search for one needle after the other. While one is looked for, memory for the next is
/// already fetched.
#[derive(Debug)]
pub(super) struct Probing<'a> {
    columns: &'a Columns,
    tables: &'a Tables,
    /// What is looked for next.
    aimed: Option<Aim<'a>>,
    /// What is done with: its room is used again.
    spare: Aim<'a>,
}

impl<'a> Probing<'a> {
    pub(super) fn new(columns: &'a Columns, tables: &'a Tables) -> Self {
        Self { columns, tables, aimed: None, spare: Aim::default() }
    }

    /// Takes a needle in, and appends a hit for each hash near the one before, each once. Or says
    /// no where the buckets hold so much (a list full of equal pieces) that scanning is quicker.
    pub(super) fn add(&mut self, needle: Needle, plan: &'a Plan, hits: &mut Vec<Hit>) -> bool {
        if !self.spare.at(needle, plan, self.tables) {
            return false;
        }
        let first = self.spare.first();
        if let Some(aimed) = &mut self.aimed {
            for (to, &line) in aimed.ahead().iter_mut().zip(first) {
                *to = line;
            }
            look(self.columns, self.tables, aimed, hits);
            std::mem::swap(aimed, &mut self.spare);
        } else {
            for line in first {
                self.tables.lines().get(line.line as usize).into_iter().for_each(prefetch);
            }
            self.aimed = Some(std::mem::take(&mut self.spare));
        }
        true
    }

    /// Appends a hit for each hash near the last needle, each once.
    pub(super) fn finish(self, hits: &mut Vec<Hit>) {
        if let Some(aimed) = &self.aimed {
            look(self.columns, self.tables, aimed, hits);
        }
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512vl+avx512vpopcntdq+popcnt",
    "x86_64+popcnt",
    "aarch64+neon"
))]
fn look(columns: &Columns, tables: &Tables, aim: &Aim, hits: &mut Vec<Hit>) {
    let all = tables.lines();
    let mut first = 0;
    for (number, (probe, &end)) in aim.probes.iter().zip(&aim.ends).enumerate() {
        let wanted = wanted(tables, probe.table, &aim.needle);
        let max = most_differing(tables, probe, &aim.needle);
        let later = aim.lines.get(first + AHEAD..).unwrap_or_default();
        for (line, later) in aim.lines[first..end].iter().zip(later) {
            all.get(later.line as usize).into_iter().for_each(prefetch);
            let near = all.get(line.line as usize).is_none_or(|slots| {
                match_target! {
                    "x86_64+avx512f+avx512vpopcntdq" => any_near_avx512(slots, wanted, max),
                    _ => any_near(slots, wanted, max),
                }
            });
            if near {
                examine(columns, tables, aim, (number, *line), hits);
            }
        }
        first = end;
    }
}

/// The words of a needle that the slots of a table hold.
fn wanted(tables: &Tables, table: usize, needle: &Needle) -> [u32; 3] {
    let first = tables.pieces()[table].inline;
    [needle.words[first], needle.words[first + 1], needle.words[first + 2]]
}

/// In how many bits the words of a slot may differ from the needle's: what the pieces differ in
/// comes on top.
fn most_differing(tables: &Tables, probe: &Probe, needle: &Needle) -> u32 {
    let apart = tables.pieces()[probe.table].apart(probe.ones);
    // A piece differs in no more than the max distance: the shares add up to it + 1.
    u32::from(needle.max.saturating_sub(apart))
}

/// Appends the hits in those slots of a line that are of its bucket.
#[cold]
fn examine(
    columns: &Columns,
    tables: &Tables,
    aim: &Aim,
    (number, line): (usize, Line),
    hits: &mut Vec<Hit>,
) {
    let (needle, probe) = (&aim.needle, &aim.probes[number]);
    let wanted = wanted(tables, probe.table, needle);
    let max = most_differing(tables, probe, needle);
    let bucket = aim.buckets[line.bucket as usize];
    let first = line.line as usize * LINE;
    let slots = first.max(bucket.start)..(first + LINE).min(bucket.start + bucket.len as usize);
    // Where a file was altered after it was opened, they may lie anywhere.
    for &slot in tables.slots().get(slots).unwrap_or_default() {
        if differing(slot, wanted) > max {
            continue;
        }
        let hash = slot[3] as usize;
        let Some(distance) = columns.near(hash, &needle.words, needle.max) else { continue };
        // An earlier table that reaches it has reported it.
        let known = columns.words(hash);
        if !aim.probes[..number].iter().any(|probe| probe.reaches(tables, &needle.words, &known)) {
            hits.push(Hit { query: needle.number, number: hash, distance });
        }
    }
}

/// In how many bits the words of a slot differ from the needle's.
#[expect(clippy::inline_always, reason = "must be compiled for the target of its caller")]
#[inline(always)]
fn differing(slot: Slot, wanted: [u32; 3]) -> u32 {
    let pair = |low: u32, high: u32| u64::from(low) | u64::from(high) << 32;
    (pair(slot[0], slot[1]) ^ pair(wanted[0], wanted[1])).count_ones()
        + (slot[2] ^ wanted[2]).count_ones()
}

/// Whether any slot of a line is within so many bits as far as its words tell.
#[expect(clippy::inline_always, reason = "must be compiled for the target of its caller")]
#[inline(always)]
fn any_near(slots: &[Slot; LINE], wanted: [u32; 3], max: u32) -> bool {
    slots.iter().map(|&slot| differing(slot, wanted)).fold(u32::MAX, u32::min) <= max
}

/// [`any_near`] with the instruction that counts the bits of eight words of 64 bits.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vpopcntdq")]
#[inline]
fn any_near_avx512(slots: &[Slot; LINE], wanted: [u32; 3], max: u32) -> bool {
    use std::arch::x86_64::{
        __m512i, _MM_PERM_BADC, _mm512_add_epi64, _mm512_cmple_epu64_mask, _mm512_maskz_xor_epi32,
        _mm512_popcnt_epi64, _mm512_set1_epi64, _mm512_shuffle_epi32,
    };
    let slots: __m512i = bytemuck::cast(*slots);
    let wanted: __m512i = bytemuck::cast([[wanted[0], wanted[1], wanted[2], 0]; LINE]);
    // Every fourth word is a number, not of the hash.
    let differing = _mm512_maskz_xor_epi32(0x7777, slots, wanted);
    let halves = _mm512_popcnt_epi64(differing);
    let sums = _mm512_add_epi64(halves, _mm512_shuffle_epi32::<_MM_PERM_BADC>(halves));
    _mm512_cmple_epu64_mask(sums, _mm512_set1_epi64(i64::from(max))) != 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// [`any_near`] by the way that a look-up takes on this machine.
    fn dispatched(slots: &[Slot; LINE], wanted: [u32; 3], max: u32) -> bool {
        #[multiversion(targets("x86_64+avx512f+avx512vpopcntdq"))]
        fn near(slots: &[Slot; LINE], wanted: [u32; 3], max: u32) -> bool {
            match_target! {
                "x86_64+avx512f+avx512vpopcntdq" => any_near_avx512(slots, wanted, max),
                _ => any_near(slots, wanted, max),
            }
        }
        near(slots, wanted, max)
    }

    proptest! {
        #[test]
        fn every_way_to_look_at_a_line_agrees(
            slots in any::<[Slot; LINE]>(),
            wanted in any::<[u32; 3]>(),
            same in 0..=LINE,
        ) {
            let mut slots = slots;
            if let Some(slot) = slots.get_mut(same) {
                *slot = [wanted[0], wanted[1] ^ 5, wanted[2], !0];
            }
            let least = slots.iter().map(|slot| {
                let words = slot.iter().zip(&wanted);
                words.map(|(word, wanted)| (word ^ wanted).count_ones()).sum::<u32>()
            });
            let least = least.min().unwrap();
            for max in [least.saturating_sub(1), least, least + 1] {
                prop_assert_eq!(any_near(&slots, wanted, max), least <= max, "portable");
                prop_assert_eq!(dispatched(&slots, wanted, max), least <= max, "dispatched");
            }
        }
    }
}
