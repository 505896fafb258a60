//! From 64x64 samples to the 16x16 lowest frequencies, their quality, and the bits.

use std::sync::LazyLock;

use multiversion::multiversion;

use super::kernel::SIDE;
use super::sample::Plane;
use crate::hash::{Hash, Quality};

/// Frequencies along each axis.
pub(super) const LOW: usize = 16;

/// 16x16 coefficients: row `i` and column `j` hold the frequencies `i + 1` down and `j + 1` across.
pub(super) type Coefficients = [[f32; LOW]; LOW];

/// The transpose of `D[i][j] = sqrt(2 / 64) * cos(pi / 128 * (i + 1) * (2 j + 1))`, the cosine
/// transform without its constant term.
///
/// Source: ThreatExchange, `pdq/cpp/hashing/pdqhashing.cpp`.
static COSINES: LazyLock<[[f32; LOW]; SIDE]> = LazyLock::new(|| {
    std::array::from_fn(|j| {
        std::array::from_fn(|i| {
            #[expect(clippy::cast_precision_loss, reason = "at most 16 * 127")]
            let angle = std::f64::consts::PI / 128.0 * ((i + 1) * (2 * j + 1)) as f64;
            #[expect(clippy::cast_possible_truncation, reason = "the reference's precision")]
            let cosine = ((2.0f64 / 64.0).sqrt() * angle.cos()) as f32;
            cosine
        })
    })
});

/// Of a sum along a row, product `x` is added to lane `x % LANES`, and the lanes are added last.
const LANES: usize = 8;

/// `B = D A D^T`.
pub(super) fn transform(plane: &Plane) -> Coefficients {
    transform_with(plane, &COSINES)
}

/// Sums are rounded, so the order in which they are made is a part of the result. It is that of
/// `transform_plainly` in the tests; neighbouring columns are computed at once.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2", "aarch64+neon"))]
fn transform_with(plane: &Plane, cosines: &[[f32; LOW]; SIDE]) -> Coefficients {
    let mut folded = [[0.0; SIDE]; LOW];
    // Four rows at once, so that sums are loaded and stored less often.
    for (samples, cosines) in plane.as_chunks::<4>().0.iter().zip(cosines.as_chunks::<4>().0) {
        for i in 0..LOW {
            for x in 0..SIDE {
                for k in 0..4 {
                    folded[i][x] += cosines[k][i] * samples[k][x];
                }
            }
        }
    }
    let mut result = [[0.0; LOW]; LOW];
    for (row, folded) in result.iter_mut().zip(&folded) {
        for k in 0..LANES {
            for j in 0..LOW {
                let mut lane = 0.0;
                for x in (k..SIDE).step_by(LANES) {
                    lane += folded[x] * cosines[x][j];
                }
                row[j] += lane;
            }
        }
    }
    result
}

/// Bit `16 i + j` tells whether the coefficient of row `i` and column `j` is above the median.
pub(super) fn bits(coefficients: &Coefficients) -> Hash {
    let median = median(coefficients);
    let flat = coefficients.as_flattened();
    Hash::from_bits(LOW * LOW, |k| flat[k] > median)
}

/// The 128th smallest of the 256 coefficients.
pub(super) fn median(coefficients: &Coefficients) -> f32 {
    let mut sorted = *coefficients;
    let sorted = sorted.as_flattened_mut();
    let (_, median, _) = sorted.select_nth_unstable_by(LOW * LOW / 2 - 1, f32::total_cmp);
    *median
}

/// How much there is to see: the steps between neighbouring samples, in hundredths of the full
/// range rounded towards zero, summed over all pairs and divided by 90, at most 100. It is the
/// same for a plane that is mirrored or transposed.
///
/// Source: ThreatExchange, `pdq/cpp/hashing/pdqhashing.cpp`, `pdqImageDomainQualityMetric`.
pub(super) fn quality(plane: &Plane) -> Quality {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100")]
    let quality = (steps(plane) / 90.0).min(100.0) as u8;
    Quality(quality)
}

/// The sum of all steps: below 2^24, hence exact.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2", "aarch64+neon"))]
fn steps(plane: &Plane) -> f32 {
    let (mut down, mut right) = ([0.0; SIDE], [0.0; SIDE]);
    for (row, below) in plane.iter().zip(&plane[1..]) {
        for x in 0..SIDE {
            down[x] += step(row[x], below[x]);
        }
    }
    // Whole rows are quicker, so the last sample of each is compared with the first of the next.
    let samples = plane.as_flattened();
    for (row, next) in plane.iter().zip(samples[1..].as_chunks::<SIDE>().0) {
        for x in 0..SIDE {
            right[x] += step(row[x], next[x]);
        }
    }
    right[SIDE - 1] = 0.0;
    let last = &plane[SIDE - 1];
    for x in 1..SIDE {
        right[x] += step(last[x - 1], last[x]);
    }
    down.iter().sum::<f32>() + right.iter().sum::<f32>()
}

/// `trunc(|u - v| * 100 / 255)`, every operation rounded to `f32`.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled for its caller's instruction set")]
fn step(u: f32, v: f32) -> f32 {
    let hundreds = (u - v).abs() * 100.0;
    // Dividing takes too long. The product is never too small, since 1 / 255 is rounded up, and
    // may just reach the next whole number too early.
    let step = (hundreds * (1.0 / 255.0)).floor();
    if step * 255.0 > hundreds { step - 1.0 } else { step }
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "all numbers are small; truncation is the definition"
    )]

    use super::*;
    use proptest::prelude::*;

    fn plane() -> impl Strategy<Value = Box<Plane>> {
        // Samples are quotients of whole numbers.
        (1..2000u16, any::<u64>()).prop_map(|(divisor, seed)| {
            let mut state = seed | 1;
            let mut sample = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(99);
                let total = (state >> 40) % (255 * u64::from(divisor) + 1);
                total as f32 / f32::from(divisor)
            };
            Box::new(std::array::from_fn(|_| std::array::from_fn(|_| sample())))
        })
    }

    /// The same sums in the same order, one after the other.
    fn transform_plainly(plane: &Plane) -> Coefficients {
        let dot = |a: &[f32; SIDE], j: usize| {
            let mut lanes = [0.0; LANES];
            for x in 0..SIDE {
                lanes[x % LANES] += a[x] * COSINES[x][j];
            }
            lanes.iter().sum()
        };
        std::array::from_fn(|i| {
            let down = |x| (0..SIDE).fold(0.0, |sum, y| sum + COSINES[y][i] * plane[y][x]);
            let folded = std::array::from_fn(down);
            std::array::from_fn(|j| dot(&folded, j))
        })
    }

    /// The definition.
    fn quality_plainly(plane: &Plane) -> Quality {
        let step = |u: f32, v: f32| (((u - v) * 100.0 / 255.0) as i32).abs();
        let mut sum = 0;
        for y in 0..SIDE {
            for x in 0..SIDE {
                sum += if y > 0 { step(plane[y - 1][x], plane[y][x]) } else { 0 };
                sum += if x > 0 { step(plane[y][x - 1], plane[y][x]) } else { 0 };
            }
        }
        Quality((sum / 90).min(100) as u8)
    }

    proptest! {
        #[test]
        fn coefficients_are_bit_for_bit_those_of_the_plain_sums(plane in plane()) {
            let (fast, plain) = (transform(&plane), transform_plainly(&plane));
            prop_assert_eq!(fast.map(|row| row.map(f32::to_bits)), plain.map(|row| row.map(f32::to_bits)));
        }

        #[test]
        fn quality_is_as_defined(mut plane in plane(), contrast in 0.0..1.0f32) {
            // Noise at full contrast is always at the top.
            for sample in plane.as_flattened_mut() {
                *sample *= contrast * contrast;
            }
            prop_assert_eq!(quality(&plane), quality_plainly(&plane));
        }
    }

    #[test]
    fn a_step_is_as_defined_just_below_at_and_above_each_hundredth() {
        for k in 0..=100u8 {
            let exact = f32::from(k) * 2.55;
            for ulps in -40..=40 {
                let u = f32::from_bits(exact.to_bits().saturating_add_signed(ulps));
                let defined = (u * 100.0 / 255.0) as i32;
                assert_eq!(step(u, 0.0) as i32, defined, "{u}");
                assert_eq!(step(0.0, u) as i32, defined, "{u}");
            }
        }
    }
}
