//! The plane of pixels that `picture` makes and `algorithm` reads.

use std::fmt;

/// The pixels of one decoded picture, 8 bits a channel, as stored in the file (no EXIF orientation
/// applied), row by row from the top left, without padding.
///
/// Brightness is `0.299 R + 0.587 G + 0.114 B` (ThreatExchange, `pdq/cpp/io/pdqio.cpp`), but it is
/// linear, so the hash kernel applies it to 64x64 sums instead of every pixel. That is why colour
/// is kept here.
///
/// A *reduced* plane holds, instead of each pixel, the mean of each block of `scale` times `scale`
/// pixels, so the plane has fewer columns and rows than the picture has pixels. The blocks begin
/// at the top left; those at the right and lower ends may reach beyond the picture.
#[derive(Clone, PartialEq, Eq)]
pub struct Luma {
    width: usize,
    height: usize,
    scale: usize,
    pixels: Pixels,
}

/// The samples of a [`Luma`].
#[derive(Clone, PartialEq, Eq)]
pub enum Pixels {
    /// One byte a pixel, its brightness.
    Grey(Vec<u8>),
    /// Three bytes a pixel: red, green, blue.
    Rgb(Vec<u8>),
}

impl Luma {
    /// A plane of `width` times `height` pixels; `None` where the number of bytes is not that of
    /// such a plane, or where a side is zero.
    pub fn new(width: usize, height: usize, pixels: Pixels) -> Option<Self> {
        Self { width, height, scale: 1, pixels }.checked()
    }

    /// A reduced plane of a picture of `width` times `height` pixels: `grey` holds the mean
    /// brightness of each block of `scale` times `scale` pixels, row by row from the top left;
    /// `None` where the number of bytes is not that of such a plane, where a side is zero, or
    /// where `scale` is not 1, 2, 4 or 8.
    pub fn reduced(width: usize, height: usize, scale: usize, grey: Vec<u8>) -> Option<Self> {
        let plane = Self { width, height, scale, pixels: Pixels::Grey(grey) };
        if matches!(scale, 1 | 2 | 4 | 8) { plane.checked() } else { None }
    }

    fn checked(self) -> Option<Self> {
        let expected = self.columns().checked_mul(self.rows())?.checked_mul(self.channels())?;
        (expected > 0 && self.bytes().len() == expected).then_some(self)
    }

    /// Pixels in a row of the picture, at least 1.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows of the picture, at least 1.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Pixels along each side of the block that a sample of the plane stands for: 1, 2, 4 or 8.
    pub fn scale(&self) -> usize {
        self.scale
    }

    /// Blocks in a row of the plane: `width / scale`, rounded up.
    pub fn columns(&self) -> usize {
        self.width.div_ceil(self.scale)
    }

    /// Rows of the plane: `height / scale`, rounded up.
    pub fn rows(&self) -> usize {
        self.height.div_ceil(self.scale)
    }

    /// Bytes a block: 1 for grey, 3 for colour.
    pub fn channels(&self) -> usize {
        match self.pixels {
            Pixels::Grey(_) => 1,
            Pixels::Rgb(_) => 3,
        }
    }

    /// All samples, `rows * columns * channels` of them.
    pub fn bytes(&self) -> &[u8] {
        match &self.pixels {
            Pixels::Grey(bytes) | Pixels::Rgb(bytes) => bytes,
        }
    }

    /// Whether all pixels (of a reduced plane: all blocks) are equal.
    pub fn is_flat(&self) -> bool {
        let (first, rest) = self.bytes().split_at(self.channels());
        rest.chunks_exact(first.len()).all(|pixel| pixel == first)
    }

    /// The `columns * channels` samples of the plane's row `y`, which is below `rows`.
    pub fn row(&self, y: usize) -> &[u8] {
        let stride = self.columns() * self.channels();
        &self.bytes()[y * stride..][..stride]
    }
}

impl fmt::Debug for Pixels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Grey(_) => "Grey(..)",
            Self::Rgb(_) => "Rgb(..)",
        })
    }
}

impl fmt::Debug for Luma {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { width, height, scale, .. } = self;
        write!(f, "Luma({width}x{height}, 1/{scale}, {} channels)", self.channels())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plane_has_just_as_many_bytes_as_pixels_and_channels() {
        assert!(Luma::new(2, 3, Pixels::Grey(vec![0; 6])).is_some());
        assert!(Luma::new(2, 3, Pixels::Grey(vec![0; 7])).is_none());
        assert!(Luma::new(2, 3, Pixels::Rgb(vec![0; 18])).is_some());
        assert!(Luma::new(0, 3, Pixels::Grey(vec![])).is_none());
    }

    #[test]
    fn a_reduced_plane_has_a_byte_for_each_block_that_is_begun() {
        let plane = Luma::reduced(17, 8, 8, vec![1, 2, 3]).unwrap();
        assert_eq!((plane.width(), plane.height()), (17, 8));
        assert_eq!((plane.columns(), plane.rows(), plane.row(0)), (3, 1, &[1, 2, 3][..]));
        assert!(Luma::reduced(16, 8, 8, vec![1, 2, 3]).is_none());
        assert!(Luma::reduced(17, 8, 8, vec![1, 2]).is_none());
    }

    #[test]
    fn blocks_have_sides_of_1_2_4_or_8_pixels() {
        let plane = |scale| Luma::reduced(1, 1, scale, vec![0]);
        assert!((0..20).filter(|&scale| plane(scale).is_some()).eq([1, 2, 4, 8]));
    }
}
