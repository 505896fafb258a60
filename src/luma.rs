//! The plane of pixels that `picture` makes and `algorithm` reads.

use std::fmt;

/// The pixels of one decoded picture, 8 bits a channel, as stored in the file (no EXIF orientation
/// applied), row by row from the top left, without padding.
///
/// Brightness is `0.299 R + 0.587 G + 0.114 B` (ThreatExchange, `pdq/cpp/io/pdqio.cpp`), but it is
/// linear, so the hash kernel applies it to 64x64 sums instead of every pixel. That is why colour
/// is kept here.
#[derive(Clone, PartialEq, Eq)]
pub struct Luma {
    width: usize,
    height: usize,
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
        let plane = Self { width, height, pixels };
        let expected = width.checked_mul(height)?.checked_mul(plane.channels())?;
        (expected > 0 && plane.bytes().len() == expected).then_some(plane)
    }

    /// Pixels in a row, at least 1.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows, at least 1.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Bytes a pixel: 1 for grey, 3 for colour.
    pub fn channels(&self) -> usize {
        match self.pixels {
            Pixels::Grey(_) => 1,
            Pixels::Rgb(_) => 3,
        }
    }

    /// All samples, `height * width * channels` of them.
    pub fn bytes(&self) -> &[u8] {
        match &self.pixels {
            Pixels::Grey(bytes) | Pixels::Rgb(bytes) => bytes,
        }
    }

    /// Whether all pixels are equal.
    pub fn is_flat(&self) -> bool {
        let (first, rest) = self.bytes().split_at(self.channels());
        rest.chunks_exact(first.len()).all(|pixel| pixel == first)
    }

    /// The `width * channels` samples of row `y`, which is below `height`.
    pub fn row(&self, y: usize) -> &[u8] {
        let stride = self.width * self.channels();
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
        write!(f, "Luma({}x{}, {} channels)", self.width, self.height, self.channels())
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
}
