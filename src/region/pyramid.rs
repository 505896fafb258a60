//! A picture's brightness at several sizes, each half as large as the one before.
//!
//! Levels hold sums of whole numbers, not rounded means, so that nothing depends on the order in
//! which they are made.

use std::ops::Range;
use std::sync::OnceLock;

use multiversion::multiversion;

use super::grey::Rect;
use super::surround::surrounded;
use crate::luma::Luma;

/// The longer side of the largest level is less than twice this, and not less than this where the
/// picture has so many pixels.
const LONGER: usize = 512;

/// Levels beyond the first: a sample of the last is the sum of 4^4 bytes, which just fits a `u16`.
const HALVINGS: usize = 4;

/// A picture at several sizes.
#[derive(Clone, Debug)]
pub(super) struct Pyramid {
    /// Of the picture, in pixels.
    width: usize,
    height: usize,
    levels: Vec<Level>,
    /// The level through which windows as large as the picture look, with its surroundings.
    around: OnceLock<Level>,
}

impl PartialEq for Pyramid {
    fn eq(&self, other: &Self) -> bool {
        // The surroundings follow from the levels.
        (self.width, self.height, &self.levels) == (other.width, other.height, &other.levels)
    }
}

/// A picture at one size.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Level {
    /// Samples in a row.
    pub(super) columns: usize,
    /// Rows of samples.
    pub(super) rows: usize,
    /// Pixels of the picture along each side of what a sample stands for.
    pub(super) pixels: usize,
    /// How many bytes a sample is the sum of.
    pub(super) summed: u16,
    /// Row by row from the top left: sums of brightnesses of 0 to 255.
    pub(super) samples: Vec<u16>,
}

impl Pyramid {
    /// The levels of a picture.
    pub(super) fn of(picture: &Luma) -> Self {
        let longer = picture.columns().max(picture.rows());
        let first = first_level(picture, (longer / LONGER).max(1));
        Self::on(first, picture.width(), picture.height())
    }

    /// A part of the largest level as a picture of its own: what is beside it is not seen.
    pub(super) fn part(&self, part: Rect) -> Self {
        let first = self.levels[0].part(part);
        // The last samples may stand for pixels beyond the end.
        let side =
            |from: usize, to: usize, end: usize| (to * first.pixels).min(end) - from * first.pixels;
        let width = side(part.left, part.right, self.width);
        let height = side(part.top, part.bottom, self.height);
        Self::on(first, width, height)
    }

    /// On a largest level that was made before.
    pub(super) fn on(first: Level, width: usize, height: usize) -> Self {
        let mut levels = vec![first];
        while let Some(last) = levels.last().filter(|_| levels.len() <= HALVINGS) {
            let half = last.halved();
            levels.push(half);
        }
        Self { width, height, levels, around: OnceLock::new() }
    }

    /// The largest level.
    pub(super) fn first(&self) -> &Level {
        &self.levels[0]
    }

    /// Width of the picture, in pixels.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// Height of the picture, in pixels.
    pub(super) fn height(&self) -> usize {
        self.height
    }

    /// The smallest level of which a sample stands for no more than so many pixels, or the largest
    /// level.
    pub(super) fn level(&self, pixels: f32) -> &Level {
        #[expect(clippy::cast_precision_loss, reason = "far below 2^24")]
        let fine = |level: &&Level| level.pixels as f32 <= pixels;
        self.levels.iter().rev().find(fine).unwrap_or(&self.levels[0])
    }

    /// The level for windows of this many pixels a step that are not much smaller than the picture,
    /// with the picture's surroundings, and how many samples of them there are on each side.
    pub(super) fn around(&self, pixels: f32) -> (&Level, usize) {
        let level = self.level(pixels);
        let margin = level.columns.max(level.rows) / 4;
        (self.around.get_or_init(|| surrounded(level, margin)), margin)
    }
}

impl Level {
    /// Some of its columns and rows.
    fn part(&self, part: Rect) -> Self {
        let mut samples = Vec::with_capacity(part.area());
        for y in part.top..part.bottom {
            samples.extend_from_slice(&self.samples[y * self.columns..][part.left..part.right]);
        }
        Self { columns: part.width(), rows: part.height(), samples, ..*self }
    }

    /// The same with columns and rows exchanged.
    pub(super) fn transposed(&self) -> Self {
        let mut samples = vec![0; self.samples.len()];
        for (y, row) in self.samples.chunks_exact(self.columns).enumerate() {
            for (x, &sample) in row.iter().enumerate() {
                samples[x * self.rows + y] = sample;
            }
        }
        Self { columns: self.rows, rows: self.columns, samples, ..*self }
    }

    /// Each sample the sum of four; at the ends, the last row or column counts twice where there
    /// is no other.
    fn halved(&self) -> Self {
        let (columns, rows) = (self.columns.div_ceil(2), self.rows.div_ceil(2));
        let row = |y: usize| &self.samples[y.min(self.rows - 1) * self.columns..][..self.columns];
        let mut samples = vec![0; columns * rows];
        for (y, sums) in samples.chunks_exact_mut(columns).enumerate() {
            add_fours(row(2 * y), row(2 * y + 1), sums);
        }
        Self { columns, rows, pixels: 2 * self.pixels, summed: 4 * self.summed, samples }
    }

    /// The samples as brightnesses, 0 to 255, rounded down.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let shift = self.summed.trailing_zeros();
        #[expect(clippy::cast_possible_truncation, reason = "a mean of bytes")]
        let byte = |&sum: &u16| (sum >> shift) as u8;
        self.samples.iter().map(byte).collect()
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2", "aarch64+neon"))]
fn add_fours(upper: &[u16], lower: &[u16], sums: &mut [u16]) {
    let (upper_pairs, upper_rest) = upper.as_chunks::<2>();
    let (lower_pairs, lower_rest) = lower.as_chunks::<2>();
    for ((sum, upper), lower) in sums.iter_mut().zip(upper_pairs).zip(lower_pairs) {
        *sum = upper[0] + upper[1] + lower[0] + lower[1];
    }
    if let (Some(sum), [upper], [lower]) = (sums.last_mut(), upper_rest, lower_rest) {
        *sum = 2 * (upper + lower);
    }
}

/// The picture's brightness, each sample the mean of `factor` times `factor` values of the plane.
fn first_level(picture: &Luma, factor: usize) -> Level {
    let (columns, rows) = (picture.columns().div_ceil(factor), picture.rows().div_ceil(factor));
    let mut samples = Vec::with_capacity(columns * rows);
    let mut sums = vec![0u32; columns];
    let mut grey = vec![0u8; picture.columns()];
    for y in 0..rows {
        let block = y * factor..((y + 1) * factor).min(picture.rows());
        if factor == 1 {
            grey_row(picture, y, &mut grey);
            samples.extend(grey.iter().copied().map(u16::from));
            continue;
        }
        add_rows(picture, block.clone(), factor, &mut grey, &mut sums);
        samples.extend(sums.iter().enumerate().map(|(x, &sum)| {
            let across = ((x + 1) * factor).min(picture.columns()) - x * factor;
            let count = u32::try_from(across * block.len()).unwrap_or(u32::MAX);
            // A mean of bytes.
            u16::try_from((sum + count / 2) / count).unwrap_or(u16::MAX)
        }));
    }
    Level { columns, rows, pixels: picture.scale() * factor, summed: 1, samples }
}

/// Sums of `factor` neighbours over some rows.
fn add_rows(picture: &Luma, rows: Range<usize>, factor: usize, grey: &mut [u8], sums: &mut [u32]) {
    sums.fill(0);
    for y in rows {
        grey_row(picture, y, grey);
        for (sum, values) in sums.iter_mut().zip(grey.chunks(factor)) {
            *sum += values.iter().copied().map(u32::from).sum::<u32>();
        }
    }
}

/// The brightness of a row, with PDQ's weights in 256ths.
fn grey_row(picture: &Luma, y: usize, grey: &mut [u8]) {
    let row = picture.row(y);
    if picture.channels() == 1 {
        grey.copy_from_slice(row);
    } else {
        weigh(row.as_chunks::<3>().0, grey);
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2", "aarch64+neon"))]
fn weigh(pixels: &[[u8; 3]], grey: &mut [u8]) {
    for (grey, &[red, green, blue]) in grey.iter_mut().zip(pixels) {
        let sum = 77 * u32::from(red) + 150 * u32::from(green) + 29 * u32::from(blue);
        #[expect(clippy::cast_possible_truncation, reason = "a mean of bytes")]
        let mean = ((sum + 128) >> 8) as u8;
        *grey = mean;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::luma::Pixels;

    fn grey(width: usize, height: usize, bytes: Vec<u8>) -> Luma {
        Luma::new(width, height, Pixels::Grey(bytes)).unwrap()
    }

    #[test]
    fn a_white_picture_is_white_at_all_sizes() {
        for (width, height) in [(5, 5), (481, 321), (1023, 7), (1024, 700), (3001, 1999)] {
            let pyramid = Pyramid::of(&grey(width, height, vec![255; width * height]));
            assert_eq!(pyramid.levels.len(), 1 + HALVINGS);
            for level in &pyramid.levels {
                assert!(level.samples.iter().all(|&sum| sum == 255 * level.summed));
            }
        }
    }

    #[test]
    fn the_largest_level_has_512_samples_on_its_longer_side_where_there_are_so_many() {
        for (side, expected) in [(511, 511), (512, 512), (1023, 1023), (1024, 512), (4000, 572)] {
            let level = first_level(&grey(side, 5, vec![0; side * 5]), (side / LONGER).max(1));
            assert_eq!(level.columns, expected);
        }
    }

    #[test]
    fn a_sample_is_the_sum_of_the_four_below_it() {
        let bytes: Vec<u8> = (0..15).collect();
        let half = first_level(&grey(5, 3, bytes), 1).halved();
        assert_eq!((half.columns, half.rows, half.pixels), (3, 2, 2));
        // The last column and the last row count twice.
        assert_eq!(half.samples, [12, 20, 26, 42, 50, 56]);
    }

    #[test]
    fn brightness_is_that_of_pdq() {
        let colours = [[255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255], [10, 20, 30]];
        let luma = Luma::new(5, 1, Pixels::Rgb(colours.concat())).unwrap();
        assert_eq!(first_level(&luma, 1).samples, [255, 77, 149, 29, 18]);
    }

    #[test]
    fn a_part_is_a_picture_of_its_own_also_at_the_end_of_one_with_a_rest() {
        let bytes: Vec<u8> = (0..1025 * 8).map(|n: u32| n.to_le_bytes()[0]).collect();
        let pyramid = Pyramid::of(&grey(1025, 8, bytes));
        assert_eq!((pyramid.first().columns, pyramid.first().pixels), (513, 2));
        let part = pyramid.part(Rect { left: 500, top: 1, right: 513, bottom: 4 });
        assert_eq!((part.width(), part.height()), (25, 6));
        let (whole, cut) = (pyramid.first(), part.first());
        assert_eq!((cut.columns, cut.rows), (13, 3));
        assert_eq!(cut.samples[13], whole.samples[2 * 513 + 500]);
    }

    #[test]
    fn a_coarser_level_is_taken_for_a_wider_step() {
        let pyramid = Pyramid::of(&grey(512, 512, vec![0; 512 * 512]));
        let pixels = |step: f32| pyramid.level(step).pixels;
        assert_eq!([0.5, 1.9, 2.0, 7.9, 8.0, 100.0].map(pixels), [1, 1, 2, 4, 8, 16]);
    }
}
