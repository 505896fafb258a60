//! Rows of pixels, one after the other from the top, gathered to a [`Luma`]: all of them, or of a
//! very large picture the means of blocks, so that memory does not grow with it.

use super::pixels::{Layout, append, pixels};
use super::{Decoded, Detail, REDUCED_ABOVE, jpeg};
use crate::luma::{Luma, Pixels};

/// The level of pixels that are not there.
pub(super) const MID_GREY: u8 = 128;

/// What was gathered so far.
#[derive(Debug)]
pub(super) struct Rows {
    width: usize,
    height: usize,
    layout: Layout,
    scale: usize,
    /// Bytes of all pixels, or the mean levels of blocks.
    kept: Vec<u8>,
    /// For each block of the row of blocks that is being gathered: the sum of its levels, in 256ths.
    sums: Vec<u64>,
    /// Rows that were taken.
    taken: usize,
    row: Vec<u8>,
}

/// Pixels along each side of the blocks to which a picture of this size is reduced: 1 for all its
/// pixels.
pub(super) fn scale_for(width: u64, height: u64, detail: Detail) -> usize {
    if detail == Detail::Full || width.saturating_mul(height) <= REDUCED_ABOVE {
        return 1;
    }
    let side = |side: u64| usize::try_from(side).unwrap_or(usize::MAX);
    jpeg::scale_for_regions(side(width), side(height))
}

/// Bytes that a picture of this size takes while it is gathered.
pub(super) fn needed(width: u64, height: u64, layout: Layout, scale: usize) -> u64 {
    let scale = scale as u64;
    let rows = width.saturating_mul(2 * layout.bytes() as u64 + 3);
    let kept = if scale == 1 { layout.kept() as u64 } else { 1 };
    width.div_ceil(scale).saturating_mul(height.div_ceil(scale)).saturating_mul(kept) + rows
}

impl Rows {
    /// Nothing yet of a picture of this size.
    pub(super) fn new(width: usize, height: usize, layout: Layout, scale: usize) -> Self {
        let sums = if scale == 1 { Vec::new() } else { vec![0; width.div_ceil(scale)] };
        Self { width, height, layout, scale, kept: Vec::new(), sums, taken: 0, row: Vec::new() }
    }

    /// Takes the next row; what is beyond the last is left out.
    pub(super) fn take(&mut self, row: &[u8]) {
        if self.taken == self.height {
            return;
        }
        self.taken += 1;
        if self.scale == 1 {
            return append(row, self.layout, &mut self.kept);
        }
        self.row.clear();
        append(row, self.layout, &mut self.row);
        let kept = self.layout.kept();
        for (sum, block) in self.sums.iter_mut().zip(self.row.chunks(kept * self.scale)) {
            *sum += if kept == 1 {
                256 * block.iter().copied().map(u64::from).sum::<u64>()
            } else {
                // The weights of `Luma`, in 256ths: 76.5, 150.3 and 29.2.
                let level = |&[red, green, blue]: &[u8; 3]| {
                    77 * u64::from(red) + 150 * u64::from(green) + 29 * u64::from(blue)
                };
                block.as_chunks::<3>().0.iter().map(level).sum()
            };
        }
        if self.taken.is_multiple_of(self.scale) || self.taken == self.height {
            self.end_blocks();
        }
    }

    /// Makes the sums of a row of blocks to means.
    fn end_blocks(&mut self) {
        let begun = (self.taken - 1) / self.scale * self.scale;
        let rows = self.taken - begun;
        for (block, sum) in self.sums.iter_mut().enumerate() {
            let columns = self.scale.min(self.width - block * self.scale);
            let pixels = 256 * (rows * columns) as u64;
            let mean = (std::mem::take(sum) + pixels / 2) / pixels;
            self.kept.push(u8::try_from(mean).unwrap_or(u8::MAX));
        }
    }

    /// The share of all rows that was taken.
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    pub(super) fn share(&self) -> f64 {
        self.taken as f64 / self.height.max(1) as f64
    }

    /// What the decoder made of the picture.
    pub(super) fn decoded(&self) -> Decoded {
        if self.scale == 1 { Decoded::Full } else { Decoded::Luma { scale: self.scale } }
    }

    /// The plane; what is not there is mid-grey. `None` where a side is zero, or rows were not as
    /// wide as the picture.
    pub(super) fn finish(mut self) -> Option<Luma> {
        let (width, height, scale) = (self.width, self.height, self.scale);
        if scale == 1 {
            let all = width.checked_mul(height)?.checked_mul(self.layout.kept())?;
            self.kept.resize(all.max(self.kept.len()), MID_GREY);
            return Luma::new(width, height, pixels(self.layout, self.kept));
        }
        // A row of blocks that was begun is given up: less than a thousandth of the picture.
        let all = width.div_ceil(scale).checked_mul(height.div_ceil(scale))?;
        self.kept.resize(all.max(self.kept.len()), MID_GREY);
        Luma::reduced(width, height, scale, self.kept)
    }
}

/// The share of rows that are `there`.
#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
pub(super) fn share(there: &[bool]) -> f64 {
    there.iter().filter(|&&there| there).count() as f64 / there.len().max(1) as f64
}

/// Makes those rows of a plane mid-grey that are not `there`.
pub(super) fn without(luma: &Luma, there: &[bool]) -> Option<Luma> {
    let mut bytes = luma.bytes().to_vec();
    let stride = luma.columns() * luma.channels();
    for (row, _) in bytes.chunks_mut(stride).zip(there).filter(|(_, there)| !**there) {
        row.fill(MID_GREY);
    }
    let pixels = if luma.channels() == 1 { Pixels::Grey(bytes) } else { Pixels::Rgb(bytes) };
    Luma::new(luma.width(), luma.height(), pixels)
}

#[cfg(test)]
mod tests {
    use super::super::pixels::Sample;
    use super::*;

    const COLOUR: Layout = Layout { channels: 3, sample: Sample::U8 };

    /// Waves and edges; no side is a multiple of a block.
    fn drawn(scale: usize) -> Luma {
        let (width, height) = (1_203, 1_101);
        let mut rows = Rows::new(width, height, COLOUR, scale);
        for y in 0..height {
            let level = |x: usize| (x * x / 4_000 + y * 3 / 17 + (x / 90 + y / 70) % 4 * 40) % 256;
            let row: Vec<u8> = (0..width)
                .flat_map(|x| [level(x), level(x + 9), level(x * 2)])
                .map(|n| u8::try_from(n).unwrap())
                .collect();
            rows.take(&row);
        }
        rows.take(&[0; 9]);
        assert!((rows.share() - 1.0).abs() < 1e-9);
        rows.finish().unwrap()
    }

    #[test]
    fn a_reduced_picture_holds_the_mean_brightness_of_its_blocks() {
        let all = drawn(1);
        for scale in [2, 4, 8] {
            let reduced = drawn(scale);
            assert_eq!((reduced.scale(), reduced.columns()), (scale, 1_203usize.div_ceil(scale)));
            for (x, y) in [(0, 0), (31, 77), (1_202 / scale, 1_100 / scale)] {
                let (rows, columns) = (y * scale..1_101, x * scale..1_203);
                let mut levels = Vec::new();
                for row in rows.take(scale).map(|y| all.row(y).as_chunks::<3>().0) {
                    for &[red, green, blue] in columns.clone().take(scale).map(|x| &row[x]) {
                        let [red, green, blue] = [red, green, blue].map(f64::from);
                        levels.push(0.299 * red + 0.587 * green + 0.114 * blue);
                    }
                }
                let count = f64::from(u32::try_from(levels.len()).unwrap());
                let apart = levels.iter().sum::<f64>() / count - f64::from(reduced.row(y)[x]);
                assert!(apart.abs() <= 1.0, "1/{scale} at {x}, {y}: {apart}");
            }
        }
    }

    #[test]
    fn blocks_at_the_ends_are_means_of_the_pixels_that_they_have() {
        let grey = Layout { channels: 1, sample: Sample::U8 };
        let mut rows = Rows::new(3, 3, grey, 2);
        for row in [[10, 20, 7], [30, 40, 9], [2, 4, 99]] {
            rows.take(&row);
        }
        assert_eq!(rows.finish().unwrap().bytes(), [25, 8, 3, 99]);
    }

    #[test]
    fn rows_that_never_came_are_mid_grey() {
        for (scale, expected) in [(1, vec![1, 2, 3, 4, 128, 128]), (2, vec![3, 128])] {
            let mut rows = Rows::new(2, 3, Layout { channels: 1, sample: Sample::U8 }, scale);
            rows.take(&[1, 2]);
            rows.take(&[3, 4]);
            assert!((rows.share() - 2.0 / 3.0).abs() < 1e-9);
            assert_eq!(rows.finish().unwrap().bytes(), expected);
        }
    }

    #[test]
    fn nothing_up_to_200_megapixels_is_reduced_and_nothing_of_which_all_is_wanted() {
        assert_eq!(scale_for(20_000, 10_000, Detail::Luma), 1);
        assert_eq!(scale_for(20_000, 10_001, Detail::Luma), 8);
        assert_eq!(scale_for(20_000, 10_001, Detail::Full), 1);
        assert!(needed(65_535, 65_535, COLOUR, 8) < 70_000_000);
    }
}
