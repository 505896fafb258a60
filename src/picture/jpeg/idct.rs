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
use super::zigzag::{NATURAL, PLACES};

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
///
/// Few coefficients of a block are not zero. So each of them is turned into a row of `N` levels at
/// once, when it is decoded, and only the columns are left to be transformed at the end: there the
/// compiler finds vectors without turning the block around.
#[derive(Debug)]
pub(super) struct Transform<const N: usize> {
    /// For each coefficient in the order of the file: what it adds to the levels of its row; zeros
    /// where it is not wanted.
    weights: Box<[[f32; N]; PLACES]>,
    /// For each coefficient in the order of the file: its row.
    rows: [u8; PLACES],
    /// The cosine of each frequency at each place of a column. As data, for the sake of the
    /// compiler: it takes known numbers apart, and then finds no vectors.
    cosines: [[f32; N]; N],
}

/// The rows of a block of which the columns are still to be transformed.
pub(super) type Rows<const N: usize> = [[f32; N]; N];

impl<const N: usize> Transform<N> {
    /// `quantization`: in the order of the file.
    pub(super) fn new(quantization: &[u16; 64]) -> Self {
        // Of one axis: the normalisation, and the factors of the means.
        let of_axis = |u: usize| {
            let normal = if u == 0 { FRAC_1_SQRT_2 } else { 1.0 };
            let means = [1, 2, 4].into_iter().filter(|step| step * N < 8);
            normal / 2.0 * means.map(|step| COSINES[step * u % 32]).product::<f32>()
        };
        let mut weights = Box::new([[0.0; N]; PLACES]);
        let mut rows = [0; PLACES];
        for (at, (&place, &step)) in NATURAL.iter().zip(quantization).enumerate() {
            let (v, u) = (place / 8, place % 8);
            if v < N && u < N {
                let factor = f32::from(step) * of_axis(v) * of_axis(u);
                weights[at] = std::array::from_fn(|x| factor * cosine::<N>(x, u));
                rows[at] = v as u8;
            }
        }
        let cosines = std::array::from_fn(|v| std::array::from_fn(|y| cosine::<N>(y, v)));
        Self { weights, rows, cosines }
    }

    /// Adds the coefficient that stands at `at` in the order of the file, 1 to 127; what damage
    /// has placed beyond 63 adds nothing.
    #[inline(always)]
    pub(super) fn add(&self, at: usize, value: i16, rows: &mut Rows<N>) {
        let at = at % PLACES;
        let weights = &self.weights[at];
        let row = &mut rows[usize::from(self.rows[at]) % N];
        for x in 0..N {
            row[x] += f32::from(value) * weights[x];
        }
    }

    /// Puts a block at `(column, row)`, counted in blocks, into the plane, and makes `rows` ready
    /// for the next one. Behind the coefficient `last` in the order of the file all are zero.
    #[inline(always)]
    pub(super) fn put(
        &self,
        constant: i16,
        last: usize,
        rows: &mut Rows<N>,
        (column, row): (usize, usize),
        plane: &mut Plane,
    ) {
        let level = f32::from(constant) * self.weights[0][0] + MIDDLE;
        if last == 0 {
            return plane.put(column, row, &[[to_byte(level); N]; N]);
        }
        for sum in &mut rows[0] {
            *sum += level;
        }
        // The first ten coefficients lie in four rows.
        let bytes =
            if N == 8 && last < 10 { self.columns::<4>(rows) } else { self.columns::<N>(rows) };
        *rows = [[0.0; N]; N];
        plane.put(column, row, &bytes);
    }

    /// Transforms the columns; rows from `K` on are zero.
    #[inline(always)]
    fn columns<const K: usize>(&self, rows: &Rows<N>) -> [[u8; N]; N] {
        let mut bytes = [[0; N]; N];
        for x in 0..N {
            for y in 0..N.div_ceil(2) {
                // Cosines of even frequency are symmetric, the others antisymmetric.
                let (mut even, mut odd) = (0.0, 0.0);
                for v in (0..K).step_by(2) {
                    even += self.cosines[v][y] * rows[v][x];
                }
                for v in (1..K).step_by(2) {
                    odd += self.cosines[v][y] * rows[v][x];
                }
                bytes[y][x] = to_byte(even + odd);
                bytes[N - 1 - y][x] = to_byte(even - odd);
            }
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
