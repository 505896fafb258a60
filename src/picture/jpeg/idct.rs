//! From the coefficients of a block to its pixels, or to the means of its pixels (ITU-T T.81,
//! A.3.3).
//!
//! The mean of two neighbouring samples of a cosine is the cosine halfway between them, times a
//! factor that depends on its frequency alone. So the means of 2x2, 4x4 or 8x8 pixels come from the
//! lowest 4x4, 2x2 or 1 coefficients by a smaller transform of the same kind, the factors being put
//! into the quantisation table. Frequencies above are left out.
//!
//! Floating point, but additions and multiplications in a fixed order only: the same bytes on all
//! machines.

#![expect(
    clippy::inline_always,
    clippy::cast_possible_truncation,
    reason = "so that functions take over the CPU features of their callers, and bits are cut on purpose"
)]

use std::f32::consts::FRAC_1_SQRT_2;

use super::plane::Plane;
use super::zigzag::{NATURAL, SLOTS};

/// `cos(k pi / 16)`.
const COSINES: [f32; 32] = {
    const FIRST: [f32; 9] = [
        1.0,
        0.980_785_3,
        0.923_879_5,
        0.831_469_6,
        FRAC_1_SQRT_2,
        0.555_570_24,
        0.382_683_43,
        0.195_090_32,
        0.0,
    ];
    let mut cosines = [0.0; 32];
    let mut k = 0;
    while k <= 8 {
        cosines[k] = FIRST[k];
        cosines[16 - k] = -FIRST[k];
        cosines[16 + k] = -FIRST[k];
        cosines[(32 - k) % 32] = FIRST[k];
        k += 1;
    }
    cosines
};

/// The value of the cosine of frequency `u` at place `x` of `N`.
const fn cosine<const N: usize>(x: usize, u: usize) -> f32 {
    COSINES[8 / N * (2 * x + 1) * u % 32]
}

/// What is added to each pixel: the middle of the range, and so little that halves, and nothing
/// else, are rounded up, as other decoders do.
const MIDDLE: f32 = 128.0 + 1.0 / 1024.0;

/// Makes blocks of `N` times `N` bytes: 8 for all pixels, 4, 2 and 1 for the means of 2x2, 4x4
/// and 8x8.
#[derive(Debug)]
pub(super) struct Transform<const N: usize> {
    /// What a coefficient is multiplied by.
    factors: [[f32; 8]; 8],
}

impl<const N: usize> Transform<N> {
    /// `quantization`: in the order of the file.
    pub(super) fn new(quantization: &[u16; 64]) -> Self {
        // Of one axis: the normalisation, and the factors of the means.
        let of_axis = |u: usize| {
            let normal = if u == 0 { COSINES[4] } else { 1.0 };
            let means = [1, 2, 4].into_iter().filter(|step| step * N < 8);
            normal / 2.0 * means.map(|step| COSINES[step * u % 32]).product::<f32>()
        };
        let mut factors = [[0.0; 8]; 8];
        for (&place, &step) in NATURAL.iter().zip(quantization) {
            let (v, u) = (place / 8, place % 8);
            factors[v][u] = f32::from(step) * of_axis(v) * of_axis(u);
        }
        Self { factors }
    }

    /// Puts the block at `(column, row)`, counted in blocks, into the plane. Behind the coefficient
    /// `last` in the order of the file all are zero.
    #[inline(always)]
    pub(super) fn put(
        &self,
        block: &[i16; SLOTS],
        last: usize,
        (column, row): (usize, usize),
        plane: &mut Plane,
    ) {
        let bytes = match last {
            0 => [[to_byte(f32::from(block[0]) * self.factors[0][0] + MIDDLE); N]; N],
            // The first ten coefficients lie in the lowest 4x4.
            1..10 if N == 8 => self.run::<4>(block),
            _ => self.run::<N>(block),
        };
        plane.put(column, row, &bytes);
    }

    /// From the lowest `K` times `K` coefficients.
    #[inline(always)]
    #[expect(clippy::needless_range_loop, reason = "as the formula has it")]
    fn run<const K: usize>(&self, block: &[i16; SLOTS]) -> [[u8; N]; N] {
        let mut scaled = [[0.0; K]; K];
        for v in 0..K {
            for u in 0..K {
                scaled[v][u] = f32::from(block[8 * v + u]) * self.factors[v][u];
            }
        }
        scaled[0][0] += MIDDLE;
        // Down the columns. Cosines of even frequency are symmetric, the others antisymmetric.
        let mut down = [[0.0; K]; N];
        for y in 0..N.div_ceil(2) {
            let (mut even, mut odd) = ([0.0; K], [0.0; K]);
            for v in 0..K {
                let sums = if v % 2 == 0 { &mut even } else { &mut odd };
                for u in 0..K {
                    sums[u] += cosine::<N>(y, v) * scaled[v][u];
                }
            }
            for u in 0..K {
                down[y][u] = even[u] + odd[u];
                down[N - 1 - y][u] = even[u] - odd[u];
            }
        }
        // Along the rows.
        let mut bytes = [[0; N]; N];
        for y in 0..N {
            let mut sums = [0.0; N];
            for u in 0..K {
                for x in 0..N {
                    sums[x] += cosine::<N>(x, u) * down[y][u];
                }
            }
            bytes[y] = sums.map(to_byte);
        }
        bytes
    }
}

/// The nearest of 256 levels.
#[inline(always)]
fn to_byte(level: f32) -> u8 {
    // So large that no bits are left for fractions, and the lowest are the number's own.
    const LARGE: f32 = 8_388_608.0;
    let level = if level > 0.0 { level } else { 0.0 };
    let level = if level < 255.0 { level } else { 255.0 };
    (level + LARGE).to_bits() as u8
}
