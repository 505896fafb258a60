//! A photograph in memory: how its pixels are read, cut out and laid on others.

/// Red, green and blue, 0 to 255, as shown on a screen.
pub(super) type Colour = [u8; 3];

/// White.
pub(super) const WHITE: Colour = [255; 3];
/// Black.
pub(super) const BLACK: Colour = [0; 3];

/// A colour from its usual notation, `0xRRGGBB`.
pub(super) const fn hex(code: u32) -> Colour {
    let [_, red, green, blue] = code.to_be_bytes();
    [red, green, blue]
}

/// The colour on the way from `from` (share 0) to `to` (share 1).
pub(super) fn mix(from: Colour, to: Colour, share: f32) -> Colour {
    let part =
        |k: usize| byte(f32::from(from[k]) + (f32::from(to[k]) - f32::from(from[k])) * share);
    [part(0), part(1), part(2)]
}

/// A brightness as a byte: rounded, and 0 or 255 where it is outside.
pub(super) fn byte(value: f32) -> u8 {
    // A cast of a float keeps to the bounds of the integer.
    (value + 0.5) as u8
}

/// How bright the eye finds a colour, 0.0 to 255.0 (ITU-R BT.601).
pub(super) fn brightness([red, green, blue]: Colour) -> f32 {
    0.299 * f32::from(red) + 0.587 * f32::from(green) + 0.114 * f32::from(blue)
}

/// A picture of 8-bit red, green and blue, row by row from the top left.
///
/// `rgb.len() == 3 * width * height`, and both sides are at least 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Photo {
    /// Pixels in a row.
    pub width: usize,
    /// Number of rows.
    pub height: usize,
    /// Three bytes a pixel.
    pub rgb: Vec<u8>,
}

impl Photo {
    /// A picture of these bytes; none if a side is 0 or the bytes are too few or too many.
    pub fn new(width: usize, height: usize, rgb: Vec<u8>) -> Option<Self> {
        let bytes = width.checked_mul(height)?.checked_mul(3)?;
        (bytes > 0 && bytes == rgb.len()).then_some(Self { width, height, rgb })
    }

    /// A picture of one colour. A side of 0 becomes 1.
    pub(super) fn filled(width: usize, height: usize, colour: Colour) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        Self { width, height, rgb: colour.repeat(width * height) }
    }

    /// A picture whose pixel in column `x` and row `y` is `brush(x, y)`. A side of 0 becomes 1.
    pub(super) fn paint(
        width: usize,
        height: usize,
        mut brush: impl FnMut(usize, usize) -> Colour,
    ) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        let mut rgb = Vec::with_capacity(3 * width * height);
        for y in 0..height {
            for x in 0..width {
                rgb.extend(brush(x, y));
            }
        }
        Self { width, height, rgb }
    }

    /// The picture with each colour replaced.
    pub(super) fn map(mut self, mut change: impl FnMut(Colour) -> Colour) -> Self {
        for pixel in self.rgb.chunks_exact_mut(3) {
            pixel.copy_from_slice(&change([pixel[0], pixel[1], pixel[2]]));
        }
        self
    }

    /// The picture with each colour replaced, knowing its column and row.
    pub(super) fn map_placed(
        mut self,
        mut change: impl FnMut(usize, usize, Colour) -> Colour,
    ) -> Self {
        for (y, row) in self.rgb.chunks_exact_mut(3 * self.width).enumerate() {
            for (x, pixel) in row.chunks_exact_mut(3).enumerate() {
                pixel.copy_from_slice(&change(x, y, [pixel[0], pixel[1], pixel[2]]));
            }
        }
        self
    }

    /// The colour in column `x` of row `y`.
    pub(super) fn at(&self, x: usize, y: usize) -> Colour {
        let at = 3 * (y * self.width + x);
        [self.rgb[at], self.rgb[at + 1], self.rgb[at + 2]]
    }

    /// Lets `colour` cover a pixel by a share from 0 to 1.
    pub(super) fn blend(&mut self, x: usize, y: usize, colour: Colour, cover: f32) {
        let at = 3 * (y * self.width + x);
        let mixed = mix(self.at(x, y), colour, cover);
        self.rgb[at..at + 3].copy_from_slice(&mixed);
    }

    /// The longer side.
    pub(super) fn long(&self) -> usize {
        self.width.max(self.height)
    }

    /// The shorter side.
    pub(super) fn short(&self) -> usize {
        self.width.min(self.height)
    }

    /// Width by height.
    pub(super) fn aspect(&self) -> f32 {
        self.width as f32 / self.height as f32
    }

    /// The part from `(left, top)` on, as far as the picture goes, and at least one pixel of it.
    pub(super) fn cropped(&self, left: usize, top: usize, width: usize, height: usize) -> Self {
        let (left, top) = (left.min(self.width - 1), top.min(self.height - 1));
        let width = width.clamp(1, self.width - left);
        let height = height.clamp(1, self.height - top);
        let mut rgb = Vec::with_capacity(3 * width * height);
        for y in top..top + height {
            let start = 3 * (y * self.width + left);
            rgb.extend_from_slice(&self.rgb[start..start + 3 * width]);
        }
        Self { width, height, rgb }
    }

    /// Lays another picture on this one, its top left corner at `(left, top)`; what falls outside
    /// is left out.
    pub(super) fn paste(&mut self, picture: &Self, left: isize, top: isize) {
        let columns = overlap(left, picture.width, self.width);
        for y in overlap(top, picture.height, self.height) {
            let from = 3 * (y * picture.width + columns.start);
            let bytes = 3 * columns.len();
            let x = columns.start.wrapping_add_signed(left);
            let to = 3 * (y.wrapping_add_signed(top) * self.width + x);
            self.rgb[to..to + bytes].copy_from_slice(&picture.rgb[from..from + bytes]);
        }
    }
}

/// Which of `length` places, laid from `start` on, fall into `0..room`.
fn overlap(start: isize, length: usize, room: usize) -> std::ops::Range<usize> {
    let first = start.min(0).unsigned_abs().min(length);
    let end = room.saturating_add_signed(start.saturating_neg()).min(length);
    first..end.max(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_must_be_three_for_each_pixel() {
        assert!(Photo::new(2, 1, vec![0; 6]).is_some());
        assert!(Photo::new(2, 1, vec![0; 5]).is_none());
        assert!(Photo::new(0, 1, vec![]).is_none());
        assert!(Photo::new(usize::MAX, 2, vec![]).is_none());
    }

    #[test]
    fn a_picture_is_pasted_as_far_as_it_lies_inside() {
        let small = Photo::paint(2, 2, |x, y| [(1 + x + 2 * y) as u8; 3]);
        let pasted = |left, top| {
            let mut page = Photo::filled(2, 2, BLACK);
            page.paste(&small, left, top);
            [page.at(0, 0)[0], page.at(1, 0)[0], page.at(0, 1)[0], page.at(1, 1)[0]]
        };
        assert_eq!(pasted(0, 0), [1, 2, 3, 4]);
        assert_eq!(pasted(-1, -1), [4, 0, 0, 0]);
        assert_eq!(pasted(1, 0), [0, 1, 0, 3]);
        assert_eq!(pasted(2, 0), [0; 4]);
        assert_eq!(pasted(0, -2), [0; 4]);
        assert_eq!(pasted(0, -7), [0; 4]);
    }
}
