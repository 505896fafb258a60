//! Which pixels enter which of the 64 samples along an axis, and how often.
//!
//! The reference blurs the whole picture with four box filters (two along rows, two along
//! columns) and then looks at 64x64 points of it (ThreatExchange, `pdq/cpp/downscaling`). Boxes
//! and sampling are linear and separable, so `P = Kh * Y * Kw^T` with a few weights for each
//! sample. Here the weights are whole numbers over a common divisor, so that sums can be exact.

use std::ops::Range;

/// Samples on a side of the small plane from which a hash is made.
pub const SIDE: usize = 64;

/// What enters each of the 64 samples along an axis. All samples but those at the ends gather in
/// the same way, so the few [`Shape`]s are kept apart from the places.
#[derive(Clone, Debug)]
pub(super) struct Kernel {
    /// The different ways to gather.
    pub(super) shapes: Vec<Shape>,
    /// Where each sample gathers, from the first sample to the last.
    pub(super) taps: [Taps; SIDE],
}

/// How a sample gathers pixels or, where the plane is reduced, blocks of pixels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    /// How often each value in a row of values enters, out of `divisor`.
    pub(super) weights: Vec<u64>,
    /// The sum of `weights`.
    pub(super) divisor: u64,
}

/// Where a sample gathers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Taps {
    /// The first value that enters.
    pub(super) start: usize,
    /// How: the number of a [`Shape`].
    pub(super) shape: usize,
}

impl Kernel {
    /// The kernel of an axis of `n` pixels, at least 1.
    pub(super) fn new(n: usize) -> Self {
        let mut shapes = vec![Shape::inside(n)];
        let taps = std::array::from_fn(|i| {
            let at = (2 * i + 1) * n / (2 * SIDE);
            Taps::inside(n, at).unwrap_or_else(|| {
                let (start, shape) = gathered(n, at);
                shapes.push(shape);
                Taps { start, shape: shapes.len() - 1 }
            })
        });
        Self { shapes, taps }
    }

    /// The kernel with which a picture, `n` pixels along this axis, gives the samples of its
    /// mirror image.
    pub(super) fn mirrored(&self, n: usize) -> Self {
        let reversed = |shape: &Shape| Shape {
            weights: shape.weights.iter().rev().copied().collect(),
            divisor: shape.divisor,
        };
        let mirror = |taps: Taps| {
            let end = taps.start + self.shapes[taps.shape].weights.len();
            Taps { start: n - end, shape: taps.shape }
        };
        Self { shapes: self.shapes.iter().map(reversed).collect(), taps: self.taps.map(mirror) }
    }

    /// The kernel of a plane whose every value stands for a block of `scale` pixels.
    pub(super) fn folded(self, scale: usize) -> Self {
        if scale == 1 {
            return self;
        }
        // Which shape, and how far into the first block it begins.
        let mut phases: Vec<(usize, usize)> = Vec::new();
        let mut shapes = Vec::new();
        let taps = self.taps.map(|Taps { start, shape }| {
            let phase = (shape, start % scale);
            let known = phases.iter().position(|&known| known == phase);
            let shape = known.unwrap_or_else(|| {
                phases.push(phase);
                shapes.push(self.shapes[shape].folded(start % scale, scale));
                shapes.len() - 1
            });
            Taps { start: start / scale, shape }
        });
        Self { shapes, taps }
    }

    /// Whether the samples of the mirror image are simply those of the picture in reverse.
    pub(super) fn is_symmetric(&self, n: usize) -> bool {
        let mirrored = self.mirrored(n);
        mirrored.samples().eq(self.samples().rev())
    }

    /// Where and how each sample gathers.
    pub(super) fn samples(&self) -> impl DoubleEndedIterator<Item = (usize, &Shape)> {
        self.taps.iter().map(|taps| (taps.start, &self.shapes[taps.shape]))
    }
}

impl Taps {
    /// Where two boxes, one after the other, gather at pixel `at` of `n`; `None` where an end of
    /// the axis cuts them.
    fn inside(n: usize, at: usize) -> Option<Self> {
        let (before, after) = reach(n);
        let start = at.checked_sub(2 * before)?;
        (at + 2 * after < n).then_some(Self { start, shape: 0 })
    }
}

impl Shape {
    /// What two boxes gather where no end of the axis cuts them: 1, 2, 3 and so on up to the
    /// window, and down again.
    fn inside(n: usize) -> Self {
        let window = n.div_ceil(2 * SIDE) as u64;
        let weights = (1..=window).chain((1..window).rev()).collect();
        Self { weights, divisor: window * window }
    }

    /// What enters from each block of `scale` pixels, as much as from all its pixels together,
    /// where the first pixel is number `phase` of its block.
    fn folded(&self, phase: usize, scale: usize) -> Self {
        let mut weights = vec![0; (phase + self.weights.len()).div_ceil(scale)];
        for (x, weight) in (phase..).zip(&self.weights) {
            weights[x / scale] += weight;
        }
        Self { weights, divisor: self.divisor }
    }
}

/// What two boxes, one after the other, gather at pixel `at` of `n`, wherever that is: the first
/// pixel that enters, and the weights from there on.
fn gathered(n: usize, at: usize) -> (usize, Shape) {
    let outer = box_around(at, n);
    let common = outer.clone().map(|q| box_around(q, n).len()).fold(1, lcm);
    let start = box_around(outer.start, n).start;
    let end = box_around(outer.end - 1, n).end;
    // Each inner box adds the same to all its pixels: note where that begins and where it ends,
    // then sum up.
    let mut begins = vec![0; end - start + 1];
    let mut ends = begins.clone();
    for q in outer.clone() {
        let inner = box_around(q, n);
        let share = (common / inner.len()) as u64;
        begins[inner.start - start] += share;
        ends[inner.end - start] += share;
    }
    let mut weight = 0;
    let steps = begins.into_iter().zip(ends).take(end - start);
    let weights = steps.map(|(begin, end)| {
        weight = weight + begin - end;
        weight
    });
    (start, Shape { weights: weights.collect(), divisor: (outer.len() * common) as u64 })
}

/// The pixels that the reference's box filter averages at pixel `at` of `n`, cut at the ends.
fn box_around(at: usize, n: usize) -> Range<usize> {
    let (before, after) = reach(n);
    at.saturating_sub(before)..(at + after + 1).min(n)
}

/// How many pixels before and after its own the reference's window of `ceil(n / 128)` reaches:
/// further to the right where it is even.
fn reach(n: usize) -> (usize, usize) {
    let window = n.div_ceil(2 * SIDE);
    ((window - 1) / 2, window / 2)
}

fn lcm(a: usize, b: usize) -> usize {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    a / x * b
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: [usize; 6] = [4000, 9_999, 32_768, 65_500, 65_535, 600_000];

    #[test]
    fn each_sample_gathers_what_two_boxes_gather_for_every_size() {
        for n in (1..1500).chain(SIZES) {
            for (i, (start, shape)) in Kernel::new(n).samples().enumerate() {
                let (plain_start, plain) = gathered(n, (2 * i + 1) * n / 128);
                assert_eq!((start, shape), (plain_start, &plain), "sample {i} of {n}");
            }
        }
    }

    #[test]
    fn weights_of_a_sample_add_up_to_its_divisor_for_every_size_and_scale() {
        for n in (1..1500).chain(SIZES) {
            for scale in [1, 2, 4, 8] {
                for (start, shape) in Kernel::new(n).folded(scale).samples() {
                    assert_eq!(shape.weights.iter().sum::<u64>(), shape.divisor, "{n}");
                    assert!(start + shape.weights.len() <= n.div_ceil(scale), "{n} 1/{scale}");
                }
            }
        }
    }

    #[test]
    fn all_but_a_few_samples_gather_alike() {
        for n in (1..1500).chain(SIZES) {
            assert!(Kernel::new(n).shapes.len() <= 3, "{n}");
        }
    }
}
