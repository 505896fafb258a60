//! Adding up the rows that enter one row of samples.

use multiversion::multiversion;

use super::kernel::Shape;
use crate::luma::Luma;

/// Values that vectors of every width divide into without a rest.
const CHUNK: usize = 64;

/// As long as weights add up to no more than this, the sum of as many weighted bytes fits a `u16`.
const LIGHT: u64 = u16::MAX as u64 / 255;

/// The rows of a plane, each followed by some more bytes so that its length is a multiple of
/// [`CHUNK`]. What those bytes are does not matter: no weight falls on them.
pub(super) struct Rows<'a> {
    bytes: &'a [u8],
    stride: usize,
    padded: usize,
    /// How many rows have enough bytes behind them.
    ample: usize,
    /// The others, with bytes added.
    rest: Vec<u8>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(picture: &'a Luma) -> Self {
        let bytes = picture.bytes();
        let stride = picture.columns() * picture.channels();
        let padded = stride.next_multiple_of(CHUNK);
        let ample = (bytes.len() + stride).saturating_sub(padded) / stride;
        let mut rest = bytes[ample * stride..].to_vec();
        rest.resize(rest.len() + padded - stride, 0);
        Self { bytes, stride, padded, ample, rest }
    }

    /// Values in a row with what follows it: so many sums [`Rows::fold`] makes.
    pub(super) fn padded(&self) -> usize {
        self.padded
    }

    fn row(&self, y: usize) -> &[u8] {
        let (bytes, y) =
            if y < self.ample { (self.bytes, y) } else { (&self.rest[..], y - self.ample) };
        &bytes[y * self.stride..][..self.padded]
    }

    /// Whether [`Rows::fold`] can add up rows whose weights add up to `divisor`.
    pub(super) fn fit(divisor: u64) -> bool {
        divisor <= u64::from(u32::MAX / 255)
    }

    /// Adds up the rows from `start` on, each as often as `shape` says.
    pub(super) fn fold(&self, start: usize, shape: &Shape, sums: &mut [u32]) {
        let mut y = start;
        let mut weights = &shape.weights[..];
        while !weights.is_empty() {
            let first = y == start;
            let added = match light(weights) {
                8 => self.add::<8>(y, weights, sums, first),
                7 => self.add::<7>(y, weights, sums, first),
                6 => self.add::<6>(y, weights, sums, first),
                5 => self.add::<5>(y, weights, sums, first),
                4 => self.add::<4>(y, weights, sums, first),
                3 => self.add::<3>(y, weights, sums, first),
                2 => self.add::<2>(y, weights, sums, first),
                _ => self.add_heavy(y, weights, sums, first),
            };
            weights = &weights[added..];
            y += added;
        }
    }

    /// Adds `N` rows whose weights together are [`LIGHT`], and returns `N`. Before the first rows,
    /// there is nothing in `sums` that counts.
    fn add<const N: usize>(
        &self,
        y: usize,
        weights: &[u64],
        sums: &mut [u32],
        first: bool,
    ) -> usize {
        let rows = std::array::from_fn(|k| self.row(y + k));
        #[expect(clippy::cast_possible_truncation, reason = "at most LIGHT")]
        let weights = std::array::from_fn(|k| weights[k] as u16);
        if first {
            add_light::<N, true>(sums, &rows, &weights);
        } else {
            add_light::<N, false>(sums, &rows, &weights);
        }
        N
    }

    /// Adds one row of any weight.
    fn add_heavy(&self, y: usize, weights: &[u64], sums: &mut [u32], first: bool) -> usize {
        if first {
            sums.fill(0);
        }
        #[expect(clippy::cast_possible_truncation, reason = "no more than a divisor that fits")]
        add_weighted(sums, self.row(y), weights[0] as u32);
        1
    }

    /// The same as [`Rows::fold`], for weights of any size and written to be read. Below 2^53 it
    /// is exact, too.
    pub(super) fn fold_plainly(&self, start: usize, shape: &Shape, sums: &mut [f64]) {
        sums.fill(0.0);
        for (y, &weight) in (start..).zip(&shape.weights) {
            #[expect(clippy::cast_precision_loss, reason = "far below the precision of a sample")]
            let weight = weight as f64;
            for (sum, &byte) in sums.iter_mut().zip(self.row(y)) {
                *sum += f64::from(byte) * weight;
            }
        }
    }
}

/// How many of the first weights, at most eight, are [`LIGHT`] together.
fn light(weights: &[u64]) -> usize {
    let mut sum = 0;
    let light = |&&weight: &&u64| {
        sum += weight;
        sum <= LIGHT
    };
    weights.iter().take(8).take_while(light).count()
}

/// Adds rows whose weights together are [`LIGHT`].
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2", "aarch64+neon"))]
fn add_light<const N: usize, const FIRST: bool>(
    sums: &mut [u32],
    rows: &[&[u8]; N],
    weights: &[u16; N],
) {
    // Rows of the same length as the sums need no test for each value.
    let len = sums.len();
    let mut cut: [&[u8]; N] = [&[]; N];
    for k in 0..N {
        cut[k] = &rows[k][..len];
    }
    for x in 0..len {
        let mut part = 0;
        for k in 0..N {
            part += u16::from(cut[k][x]) * weights[k];
        }
        sums[x] = if FIRST { u32::from(part) } else { sums[x] + u32::from(part) };
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2", "aarch64+neon"))]
fn add_weighted(sums: &mut [u32], row: &[u8], weight: u32) {
    for (sum, &byte) in sums.iter_mut().zip(row) {
        *sum += u32::from(byte) * weight;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::luma::Pixels;
    use proptest::prelude::*;

    /// Weights that take every road, and the most that fits.
    fn weights() -> impl Strategy<Value = Vec<u64>> {
        let weight = prop_oneof![4 => 1..40u64, 1 => 200..300u64, 1 => 100_000..200_000u64];
        prop_oneof![prop::collection::vec(weight, 1..40), Just(vec![u64::from(u32::MAX / 255)])]
    }

    proptest! {
        #[test]
        fn rows_add_up_to_the_plain_sums(
            weights in weights(),
            width in 1..200usize,
            above in 0..4usize,
            below in 0..4usize,
        ) {
            let height = above + weights.len() + below;
            let bytes = (0..=255u8).rev().cycle().take(width * height).collect();
            let picture = Luma::new(width, height, Pixels::Grey(bytes)).unwrap();
            let shape = Shape { divisor: weights.iter().sum(), weights };
            prop_assert!(Rows::fit(shape.divisor));
            let rows = Rows::new(&picture);
            let mut sums = vec![u32::MAX; rows.padded()];
            rows.fold(above, &shape, &mut sums);
            let mut plain = vec![0.0; rows.padded()];
            rows.fold_plainly(above, &shape, &mut plain);
            let sums: Vec<f64> = sums[..width].iter().map(|&sum| sum.into()).collect();
            prop_assert_eq!(sums, &plain[..width]);
        }
    }

    #[test]
    fn each_row_of_a_narrow_plane_is_found_up_to_the_last() {
        for (width, height) in [(1, 1), (5, 70), (63, 3), (64, 3), (65, 3)] {
            let bytes = (0..251u8).cycle().take(width * height).collect();
            let picture = Luma::new(width, height, Pixels::Grey(bytes)).unwrap();
            let rows = Rows::new(&picture);
            for y in 0..height {
                assert_eq!(&rows.row(y)[..width], picture.row(y));
                assert_eq!(rows.row(y).len(), rows.padded());
            }
        }
    }
}
