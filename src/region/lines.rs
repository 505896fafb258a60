//! Rectangles whose sides are long straight lines or the ends of the picture: the parts of a
//! collage, a picture in a picture, a post between the bars of a screen.

use std::ops::Range;

use multiversion::multiversion;

use super::grey::{Grey, Rect};

/// A step of brightness from one sample to the next that may belong to a line.
const STEP: u8 = 7;

/// A line is longer than one in so many of the samples along its axis, what lies about it taken
/// off.
const PART: usize = 9;

/// At most so many lines along each axis are looked at, the strongest ones.
const LINES: usize = 14;

/// A rectangle's sides have at least this part of their axis, in percent.
const SIDE_PERCENT: usize = 14;

/// How clear an end of the picture is as a side of a rectangle.
const END: i32 = 600;

/// Each side of a rectangle is at least so clear, in 1/1000 of its length: parts of a picture may
/// be as bright as what is around it.
const LEAST: i32 = 250;

/// All four sides together are so clear.
const TOGETHER: i32 = 2300;

/// Lines with which rectangles are bounded, along one axis.
struct Lines {
    /// From the first to the last, the two ends of the plane included.
    lines: Vec<Line>,
}

/// A line across the plane.
struct Line {
    /// The number of the first sample behind it.
    at: usize,
    /// None for an end of the plane.
    steps: Option<Steps>,
}

/// For each place along a line, how many steps there are before it: on the line, and beside it on
/// both sides.
struct Steps {
    on: Vec<u16>,
    beside: [Vec<u16>; 2],
}

/// The best rectangles, with those first that are bounded most clearly; at most so many.
pub(super) fn rectangles(grey: &Grey, most: usize) -> Vec<Rect> {
    let transposed = grey.transposed();
    // Lines from top to bottom are found in columns, and those from left to right in rows.
    let (vertical, horizontal) = (Lines::of(grey, &transposed), Lines::of(&transposed, grey));
    let mut found: Vec<(i32, Rect)> = Vec::new();
    for (left, right) in vertical.pairs(grey.columns) {
        for (top, bottom) in horizontal.pairs(grey.rows) {
            let clear = [
                left.clearness(top.at..bottom.at),
                right.clearness(top.at..bottom.at),
                top.clearness(left.at..right.at),
                bottom.clearness(left.at..right.at),
            ];
            let rect = Rect { left: left.at, top: top.at, right: right.at, bottom: bottom.at };
            let least = clear.into_iter().min().unwrap_or(0);
            let sum: i32 = clear.into_iter().sum();
            if least >= LEAST && sum >= TOGETHER && rect != grey.whole() {
                found.push((sum, rect));
            }
        }
    }
    found.sort_by_key(|&(clear, rect)| (std::cmp::Reverse(clear), rect.left, rect.top));
    let mut best: Vec<Rect> = Vec::new();
    for (_, rect) in found {
        if best.len() < most && !best.iter().any(|known| known.is_like(&rect)) {
            best.push(rect);
        }
    }
    best
}

impl Lines {
    /// The lines down the columns of a plane; `turned` is the plane with columns and rows
    /// exchanged.
    fn of(grey: &Grey, turned: &Grey) -> Self {
        let counts = counts(grey);
        let mut found: Vec<(usize, usize)> = (8..grey.columns.saturating_sub(7))
            .filter_map(|at| Some((excess(&counts, at)?, at)))
            .filter(|&(excess, _)| excess * PART > grey.rows)
            .collect();
        found.sort_by_key(|&(excess, at)| (std::cmp::Reverse(excess), at));
        let mut lines = vec![Line { at: 0, steps: None }, Line { at: grey.columns, steps: None }];
        for (_, at) in found {
            if lines.len() < LINES + 2 && lines.iter().all(|line| line.at.abs_diff(at) > 3) {
                lines.push(Line { at, steps: Some(Steps::of(turned, at)) });
            }
        }
        lines.sort_by_key(|line| line.at);
        Self { lines }
    }

    /// All pairs that are far enough apart.
    fn pairs(&self, side: usize) -> impl Iterator<Item = (&Line, &Line)> {
        let all = self.lines.iter().enumerate();
        let pairs =
            all.flat_map(|(n, first)| self.lines[n + 1..].iter().map(move |last| (first, last)));
        pairs.filter(move |(first, last)| (last.at - first.at) * 100 >= side * SIDE_PERCENT)
    }
}

/// How many rows have a step before each column.
fn counts(grey: &Grey) -> Vec<u16> {
    let mut counts = vec![0; grey.columns];
    for y in 0..grey.rows {
        let row = grey.row(y);
        count_steps(row, &row[1..], &mut counts[1..]);
    }
    counts
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2", "aarch64+neon"))]
fn count_steps(before: &[u8], behind: &[u8], counts: &mut [u16]) {
    for ((count, &before), &behind) in counts.iter_mut().zip(before).zip(behind) {
        *count += u16::from(before.abs_diff(behind) >= STEP);
    }
}

/// How many more steps there are at a place than near it on either side; none where a place beside
/// it has more.
fn excess(counts: &[u16], at: usize) -> Option<usize> {
    let mean = |range: Range<usize>| {
        let len = range.len();
        counts[range].iter().copied().map(usize::from).sum::<usize>() / len
    };
    let around = mean(at - 7..at - 2).max(mean(at + 3..at + 8));
    let highest = counts[at - 2..at + 3].iter().copied().max()?;
    (counts[at] == highest).then(|| usize::from(highest).saturating_sub(around))
}

impl Steps {
    /// Along the line before column `at`, which is a row of the turned plane.
    fn of(turned: &Grey, at: usize) -> Self {
        let along = |at: usize| {
            let [before, last, first, behind] =
                [at - 2, at - 1, at, at + 1].map(|row| turned.row(row).iter());
            let mut sums = Vec::with_capacity(turned.columns + 1);
            sums.push(0u16);
            let mut sum = 0;
            let step = |a: &u8, b: &u8| a.abs_diff(*b) >= STEP;
            for (((before, last), first), behind) in before.zip(last).zip(first).zip(behind) {
                sum += u16::from(step(before, last) || step(last, first) || step(first, behind));
                sums.push(sum);
            }
            sums
        };
        Self { on: along(at), beside: [along(at - 5), along(at + 5)] }
    }
}

impl Line {
    /// How much more of this part of the line has steps than beside it, in 1/1000.
    fn clearness(&self, part: Range<usize>) -> i32 {
        let Some(steps) = &self.steps else { return END };
        let len = i32::try_from(part.len()).unwrap_or(i32::MAX).max(1);
        let share = |sums: &[u16]| i32::from(sums[part.end] - sums[part.start]) * 1000 / len;
        let beside = share(&steps.beside[0]).max(share(&steps.beside[1]));
        // Among steps everywhere, even a whole line is hardly more.
        share(&steps.on) - beside * 2 / 5
    }
}
