//! Where in the tables to look for a hash.

use std::array::from_fn;
use std::ops::Range;

use super::plan::{Plan, Probe};
use super::tables::{LINE, Tables};

/// How many lines ahead memory is fetched: about as many as a processor has requests in flight.
pub(super) const AHEAD: usize = 32;

/// How many lines of a bucket are noted at a time, whether it has as many or not: how many there
/// are cannot be foreseen, and most have fewer.
const NOTED: usize = 8;

/// What a query looks for and how near is near.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Needle {
    /// Which of the batch.
    pub(super) number: usize,
    pub(super) words: [u32; 8],
    /// Max distance, inclusive, in bits.
    pub(super) max: u16,
}

/// A needle, and where to look for it.
#[derive(Debug, Default)]
pub(super) struct Aim<'a> {
    pub(super) needle: Needle,
    pub(super) probes: &'a [Probe],
    pub(super) buckets: Vec<Bucket>,
    /// Lines to look at, probe by probe, and then at least [`AHEAD`] more that are only fetched.
    pub(super) lines: Vec<Line>,
    /// For each probe, where its lines end.
    pub(super) ends: Vec<usize>,
}

/// The slots of a bucket.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bucket {
    pub(super) start: usize,
    pub(super) len: u32,
}

/// Slots that share a cache line, of which some or all are of a bucket.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Line {
    /// Which of [`Tables::lines`], or the slots behind the last.
    pub(super) line: u32,
    /// Which of [`Aim::buckets`].
    pub(super) bucket: u32,
}

impl<'a> Aim<'a> {
    /// Aims at a needle, forgetting what was aimed at before; or says no where the buckets hold
    /// so much (a list full of equal pieces) that scanning is quicker.
    pub(super) fn at(&mut self, needle: Needle, plan: &'a Plan, tables: &Tables) -> bool {
        (self.needle, self.probes) = (needle, &plan.probes);
        self.buckets.clear();
        self.ends.clear();
        let mut slots = 0;
        for probe in self.probes {
            let value = tables.pieces()[probe.table].of(&needle.words);
            let before = self.buckets.len();
            self.buckets.extend(probe.differences.iter().map(|&difference| {
                let (start, len) = tables.bucket(probe.table, value ^ difference as usize);
                slots += len as usize;
                Bucket { start, len }
            }));
            if slots > plan.most_slots {
                return false;
            }
            self.note_lines(before);
        }
        true
    }

    /// Where the lines to look at end.
    fn end(&self) -> usize {
        self.ends.last().copied().unwrap_or(0)
    }

    /// The lines that are looked at first, at most [`AHEAD`].
    pub(super) fn first(&self) -> &[Line] {
        &self.lines[..self.end().min(AHEAD)]
    }

    /// Room behind the last line that is looked at.
    pub(super) fn ahead(&mut self) -> &mut [Line] {
        let end = self.end();
        &mut self.lines[end..]
    }

    /// Notes the lines of the buckets from this one on.
    fn note_lines(&mut self, from: usize) {
        let mut end = self.end();
        let buckets = &self.buckets[from..];
        let all: usize = buckets.iter().map(|bucket| bucket.lines().len()).sum();
        if self.lines.len() < end + all + NOTED + AHEAD {
            self.lines.resize(end + all + NOTED + AHEAD, Line::default());
        }
        for (number, bucket) in (from..).zip(buckets) {
            let lines = bucket.lines();
            let mut line = Line { line: low_bits(lines.start), bucket: low_bits(number) };
            let mut room = &mut self.lines[end..];
            // Once, whether there are as many or none: that cannot be foreseen.
            for _ in 0..lines.len().div_ceil(NOTED).max(1) {
                let Some((now, rest)) = room.split_first_chunk_mut::<NOTED>() else { break };
                *now = from_fn(|_| {
                    let this = line;
                    line.line = line.line.wrapping_add(1);
                    this
                });
                room = rest;
            }
            end += lines.len();
        }
        self.ends.push(end);
    }
}

impl Bucket {
    /// The lines in which its slots are.
    fn lines(&self) -> Range<usize> {
        let first = self.start / LINE;
        let end = (self.start + self.len as usize).div_ceil(LINE);
        // Without a branch: whether a bucket is empty cannot be foreseen.
        first..first + (end - first) * usize::from(self.len > 0)
    }
}

/// A number that is below 2^32: more lines than that are left to a scan. In a file that was
/// altered after it was opened, buckets may lie anywhere, and what is not there is not looked at.
#[expect(clippy::cast_possible_truncation, reason = "see above")]
fn low_bits(number: usize) -> u32 {
    number as u32
}
