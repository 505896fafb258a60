//! From 64x64 samples to the 16x16 lowest frequencies, their quality, and the bits.

use std::sync::LazyLock;

use multiversion::multiversion;

use super::kernel::{Plane, SIDE};
use crate::hash::{Hash, Quality};

/// Frequencies along each axis.
const LOW: usize = 16;

/// 16x16 coefficients: row `i` and column `j` hold the frequencies `i + 1` down and `j + 1` across.
pub(super) type Coefficients = [[f32; LOW]; LOW];

/// `D[i][j] = sqrt(2 / 64) * cos(pi / 128 * (i + 1) * (2 j + 1))`: the cosine transform without its
/// constant term.
///
/// Source: ThreatExchange, `pdq/cpp/hashing/pdqhashing.cpp`.
static COSINES: LazyLock<[[f32; SIDE]; LOW]> = LazyLock::new(|| {
    std::array::from_fn(|i| {
        std::array::from_fn(|j| {
            #[expect(clippy::cast_precision_loss, reason = "at most 16 * 127")]
            let angle = std::f64::consts::PI / 128.0 * ((i + 1) * (2 * j + 1)) as f64;
            #[expect(clippy::cast_possible_truncation, reason = "the reference's precision")]
            let cosine = ((2.0f64 / 64.0).sqrt() * angle.cos()) as f32;
            cosine
        })
    })
});

/// `B = D A D^T`.
pub(super) fn transform(plane: &Plane) -> Coefficients {
    transform_with(plane, &COSINES)
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2", "aarch64+neon"))]
fn transform_with(plane: &Plane, cosines: &[[f32; SIDE]; LOW]) -> Coefficients {
    let mut result = [[0.0; LOW]; LOW];
    for (row, down) in result.iter_mut().zip(cosines) {
        let mut folded = [0.0; SIDE];
        for (samples, cosine) in plane.iter().zip(down) {
            for (sum, sample) in folded.iter_mut().zip(samples) {
                *sum += cosine * sample;
            }
        }
        for (coefficient, across) in row.iter_mut().zip(cosines) {
            *coefficient = dot(&folded, across);
        }
    }
    result
}

/// The sum of products, in a fixed order that lets eight be computed at once.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled for its caller's instruction set")]
fn dot(a: &[f32; SIDE], b: &[f32; SIDE]) -> f32 {
    let mut lanes = [0.0; 8];
    for (a, b) in a.chunks_exact(8).zip(b.chunks_exact(8)) {
        for (lane, (a, b)) in lanes.iter_mut().zip(a.iter().zip(b)) {
            *lane += a * b;
        }
    }
    lanes.iter().sum()
}

/// Bit `16 i + j` tells whether the coefficient of row `i` and column `j` is above the median,
/// which is the 128th smallest of the 256.
pub(super) fn bits(coefficients: &Coefficients) -> Hash {
    let flat = coefficients.as_flattened();
    let mut sorted: Vec<f32> = flat.to_vec();
    let (_, median, _) = sorted.select_nth_unstable_by(LOW * LOW / 2 - 1, f32::total_cmp);
    Hash::from_bits(LOW * LOW, |k| flat[k] > *median)
}

/// How much there is to see: the steps between neighbouring samples, in hundredths of the full
/// range rounded towards zero, summed over all pairs and divided by 90, at most 100.
///
/// Source: ThreatExchange, `pdq/cpp/hashing/pdqhashing.cpp`, `pdqImageDomainQualityMetric`.
pub(super) fn quality(plane: &Plane) -> Quality {
    Quality(u8::try_from((steps(plane) / 90).min(100)).unwrap_or(100))
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2", "aarch64+neon"))]
fn steps(plane: &Plane) -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "truncation is the definition")]
    let step = |(u, v): (&f32, &f32)| (((u - v) * 100.0 / 255.0) as i32).abs();
    let mut sum = 0;
    for (row, below) in plane.iter().zip(&plane[1..]) {
        sum += row.iter().zip(below).map(step).sum::<i32>();
    }
    for row in plane {
        sum += row.iter().zip(&row[1..]).map(step).sum::<i32>();
    }
    sum
}
