//! One query through the tables.

use multiversion::multiversion;

use super::columns::{Columns, Hit};
use super::plan::Plan;
use super::prefetch::prefetch;
use super::tables::{Slot, Tables};

/// How many buckets ahead memory is fetched: about as many as a processor has requests in flight.
const AHEAD: usize = 12;

/// At most so many slots of a bucket are fetched ahead, 8 cache lines; what follows, the processor
/// foresees.
const FETCHED: usize = 32;

/// Slots in a cache line of 64 bytes.
const LINE: usize = 4;

/// What a query looks for and how near is near.
#[derive(Clone, Copy, Debug)]
pub(super) struct Needle {
    /// Which of the batch.
    pub(super) number: usize,
    pub(super) words: [u32; 8],
    /// Max distance, inclusive, in bits.
    pub(super) max: u16,
}

/// A bucket that is to be looked into: which slots, and by which of the plan's probes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bucket {
    start: usize,
    len: u32,
    probe: u32,
}

/// Appends a hit for each hash near the query, each once; or appends nothing and says no where the
/// buckets hold so much (a list full of equal pieces) that scanning is quicker.
pub(super) fn probe(
    (columns, tables, plan): (&Columns, &Tables, &Plan),
    query: &Needle,
    buckets: &mut Vec<Bucket>,
    hits: &mut Vec<Hit>,
) -> bool {
    buckets.clear();
    let mut slots = 0;
    for (number, probe) in (0..).zip(&plan.probes) {
        let before = buckets.len();
        buckets.resize(before + probe.differences.len(), Bucket::default());
        let value = tables.pieces()[probe.table].of(&query.words);
        let mut end = before;
        for &difference in &probe.differences {
            let (start, len) = tables.bucket(probe.table, value ^ difference as usize);
            // Without a branch: whether a bucket is empty cannot be foreseen.
            buckets[end] = Bucket { start, len, probe: number };
            end += usize::from(len > 0);
            slots += len as usize;
        }
        buckets.truncate(end);
        if slots > plan.most_slots {
            return false;
        }
    }
    look(columns, tables, plan, query, buckets, hits);
    true
}

#[multiversion(targets("x86_64+popcnt", "aarch64+neon"))]
fn look(
    columns: &Columns,
    tables: &Tables,
    plan: &Plan,
    query: &Needle,
    buckets: &[Bucket],
    hits: &mut Vec<Hit>,
) {
    for (turn, bucket) in buckets.iter().enumerate() {
        if let Some(next) = buckets.get(turn + AHEAD) {
            for slot in (next.start..next.start + (next.len as usize).min(FETCHED)).step_by(LINE) {
                tables.slots().get(slot).into_iter().for_each(prefetch);
            }
        }
        let probe = &plan.probes[bucket.probe as usize];
        let first = tables.pieces()[probe.table].inline;
        let wanted = [query.words[first], query.words[first + 1], query.words[first + 2]];
        let slots = bucket.start..bucket.start + bucket.len as usize;
        // Where a file was altered after it was opened, they may lie anywhere.
        for &slot in tables.slots().get(slots).unwrap_or_default() {
            if differing(slot, wanted) > u32::from(query.max) {
                continue;
            }
            let number = slot[3] as usize;
            let Some(distance) = columns.near(number, &query.words, query.max) else { continue };
            // An earlier table that reaches it has reported it.
            let earlier = &plan.probes[..bucket.probe as usize];
            let known = columns.words(number);
            if !earlier.iter().any(|probe| probe.reaches(tables, &query.words, &known)) {
                hits.push(Hit { query: query.number, number, distance });
            }
        }
    }
}

/// In how many bits the words of a slot differ from the query's.
#[expect(clippy::inline_always, reason = "must be compiled for the target of its caller")]
#[inline(always)]
fn differing(slot: Slot, wanted: [u32; 3]) -> u32 {
    let pair = |low: u32, high: u32| u64::from(low) | u64::from(high) << 32;
    (pair(slot[0], slot[1]) ^ pair(wanted[0], wanted[1])).count_ones()
        + (slot[2] ^ wanted[2]).count_ones()
}
