//! Adding up the values along a line that enter each of 64 samples.

use multiversion::multiversion;

use super::kernel::{Kernel, SIDE, Taps};

/// Windows are as long as the longest, rounded up to a multiple of this.
const STEP: usize = 8;

/// A [`Kernel`] made ready for lines of `u32`.
pub(super) struct Windows<'a> {
    kernel: &'a Kernel,
    /// Values that each window reads.
    len: usize,
    /// The weights of one shape after the other, each filled up with zeros to `len`.
    weights: Vec<u32>,
    divisors: [u64; SIDE],
    /// The divisors, exact where they are small.
    exact: [f32; SIDE],
    /// The largest of the divisors.
    largest: u64,
}

impl<'a> Windows<'a> {
    pub(super) fn new(kernel: &'a Kernel) -> Self {
        let longest = kernel.shapes.iter().map(|shape| shape.weights.len()).max();
        let len = longest.unwrap_or(0).next_multiple_of(STEP);
        let mut weights = vec![0; len * kernel.shapes.len()];
        for (slots, shape) in weights.chunks_exact_mut(len).zip(&kernel.shapes) {
            for (slot, &weight) in slots.iter_mut().zip(&shape.weights) {
                // Where a weight does not fit, its window is not used: the divisor is too large.
                *slot = u32::try_from(weight).unwrap_or(u32::MAX);
            }
        }
        let divisors = kernel.taps.map(|taps| kernel.shapes[taps.shape].divisor);
        let largest = divisors.iter().copied().max().unwrap_or(1);
        #[expect(clippy::cast_precision_loss, reason = "not used where they are large")]
        let exact = divisors.map(|divisor| divisor as f32);
        Self { kernel, len, weights, divisors, exact, largest }
    }

    /// How many values a line must have beyond those on which weights fall.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The 64 samples along a line of sums over `divisor`.
    pub(super) fn samples(&self, line: &[u32], divisor: u64) -> [f32; SIDE] {
        let totals = match self.len {
            8 => gather_short::<8>(line, &self.kernel.taps, &self.weights),
            16 => gather_short::<16>(line, &self.kernel.taps, &self.weights),
            len => gather(line, &self.kernel.taps, &self.weights, len),
        };
        let most = |across| 255u64.saturating_mul(divisor).saturating_mul(across);
        if most(self.largest) < 1 << f32::MANTISSA_DIGITS {
            #[expect(clippy::cast_precision_loss, reason = "below 2^24")]
            return divided(&totals, &self.exact, divisor as f32);
        }
        std::array::from_fn(|j| {
            if u32::try_from(most(self.divisors[j])).is_ok() {
                quotient(f64::from(totals[j]), divisor, self.divisors[j])
            } else {
                self.sample_plainly(j, line, divisor)
            }
        })
    }

    /// The same as [`Windows::samples`], for sums and weights of any size and written to be read.
    pub(super) fn samples_plainly(
        &self,
        line: &[impl Copy + Into<f64>],
        divisor: u64,
    ) -> [f32; SIDE] {
        std::array::from_fn(|j| self.sample_plainly(j, line, divisor))
    }

    fn sample_plainly(&self, j: usize, line: &[impl Copy + Into<f64>], divisor: u64) -> f32 {
        let Taps { start, shape } = self.kernel.taps[j];
        let values = line[start..].iter().map(|&value| value.into());
        #[expect(clippy::cast_precision_loss, reason = "far below the precision of a sample")]
        let weighted = values.zip(&self.kernel.shapes[shape].weights).map(|(v, &w)| v * w as f64);
        quotient(weighted.sum(), divisor, self.divisors[j])
    }
}

/// A sample's sum over its two divisors, as near as `f32` comes.
fn quotient(total: f64, down: u64, across: u64) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "below 2^53, but for absurdly long sides")]
    #[expect(clippy::cast_possible_truncation, reason = "the reference's precision")]
    let sample = (total / (down as f64 * across as f64)) as f32;
    sample
}

/// The same for sums and divisors that are exact as `f32`.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2", "aarch64+neon"))]
fn divided(totals: &[u32; SIDE], across: &[f32; SIDE], down: f32) -> [f32; SIDE] {
    let mut samples = [0.0; SIDE];
    for j in 0..SIDE {
        // Signed, since there are no instructions for unsigned numbers on older processors.
        #[expect(clippy::cast_precision_loss, reason = "below 2^24")]
        let total = totals[j].cast_signed() as f32;
        samples[j] = total / (across[j] * down);
    }
    samples
}

/// The sum of what each window of `len` values gathers, of which those that do not fit are wrong.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2", "aarch64+neon"))]
fn gather(line: &[u32], taps: &[Taps; SIDE], weights: &[u32], len: usize) -> [u32; SIDE] {
    let mut totals = [0; SIDE];
    for (total, taps) in totals.iter_mut().zip(taps) {
        let values = line[taps.start..][..len].iter();
        for (value, weight) in values.zip(&weights[taps.shape * len..][..len]) {
            *total = value.wrapping_mul(*weight).wrapping_add(*total);
        }
    }
    totals
}

/// The same for a length that is known beforehand.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2", "aarch64+neon"))]
fn gather_short<const LEN: usize>(
    line: &[u32],
    taps: &[Taps; SIDE],
    weights: &[u32],
) -> [u32; SIDE] {
    let (weights, _) = weights.as_chunks::<LEN>();
    let mut totals = [0; SIDE];
    for (total, taps) in totals.iter_mut().zip(taps) {
        let values = &line[taps.start..].as_chunks::<LEN>().0[0];
        let weights = &weights[taps.shape];
        for k in 0..LEN {
            *total = values[k].wrapping_mul(weights[k]).wrapping_add(*total);
        }
    }
    totals
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn side() -> impl Strategy<Value = usize> {
        prop_oneof![5usize..700, 700usize..5000, 30_000usize..40_000]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn samples_are_bit_for_bit_the_plain_ones(
            n in side(),
            scale in prop_oneof![Just(1usize), Just(2), Just(4), Just(8)],
            divisor in prop_oneof![1u64..1000, 1000..u64::from(u32::MAX / 255)],
            seed in any::<usize>(),
        ) {
            let kernel = Kernel::new(n).folded(scale);
            let windows = Windows::new(&kernel);
            let most = 255 * divisor;
            let sum = |k: usize| (k as u64).wrapping_mul(6_364_136_223_846_793_005) % (most + 1);
            let columns = n.div_ceil(scale);
            let line: Vec<u32> = (0..columns + windows.len())
                .map(|k| u32::try_from(sum(k ^ seed)).unwrap())
                .collect();
            let bits = |samples: [f32; SIDE]| samples.map(f32::to_bits);
            let plain = windows.samples_plainly(&line, divisor);
            prop_assert_eq!(bits(windows.samples(&line, divisor)), bits(plain));
        }
    }
}
