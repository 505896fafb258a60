//! A picture under the brush: colours as numbers from 0 to 1, and the few shapes scenes are made of.
//!
//! Scenes are drawn at twice their size and then halved, which smooths every edge without any
//! anti-aliasing in the shapes themselves.

use image::{Rgb as Rgb8, RgbImage};

/// A colour: red, green and blue from 0 (dark) to 1 (full), as shown on a screen.
pub(crate) type Colour = [f32; 3];

/// A colour from its usual notation, `0xRRGGBB`.
pub(crate) fn hex(code: u32) -> Colour {
    let part = |shift: u32| ((code >> shift) & 0xFF) as f32 / 255.0;
    [part(16), part(8), part(0)]
}

/// The colour on the way from `from` (share 0) to `to` (share 1).
pub(crate) fn mix(from: Colour, to: Colour, share: f32) -> Colour {
    let share = share.clamp(0.0, 1.0);
    [0, 1, 2].map(|part| from[part] + (to[part] - from[part]) * share)
}

/// The colour under `light` times as much light.
pub(crate) fn lit(colour: Colour, light: f32) -> Colour {
    colour.map(|part| part * light)
}

/// 0 below `low`, 1 above `high`, and a smooth way between.
pub(crate) fn smooth(low: f32, high: f32, value: f32) -> f32 {
    let share = ((value - low) / (high - low)).clamp(0.0, 1.0);
    share * share * (3.0 - 2.0 * share)
}

/// A picture that is being drawn. Points are in pixels from the top left corner.
#[derive(Debug, Clone)]
pub(crate) struct Canvas {
    /// Pixels in a row.
    pub(crate) width: usize,
    /// Number of rows.
    pub(crate) height: usize,
    pixels: Vec<Colour>,
}

impl Canvas {
    /// A canvas whose every pixel is what `brush` says for its middle, `(x, y)` in pixels.
    pub(crate) fn paint(
        width: usize,
        height: usize,
        mut brush: impl FnMut(f32, f32) -> Colour,
    ) -> Self {
        let mut pixels = Vec::with_capacity(width * height);
        for row in 0..height {
            for column in 0..width {
                pixels.push(brush(column as f32 + 0.5, row as f32 + 0.5));
            }
        }
        Self { width, height, pixels }
    }

    /// Paints over those pixels of a box for which `brush` has a colour; the second number is how
    /// much of it covers what was there, from 0 to 1.
    pub(crate) fn over(
        &mut self,
        (left, top, right, bottom): (f32, f32, f32, f32),
        mut brush: impl FnMut(f32, f32) -> Option<(Colour, f32)>,
    ) {
        let columns = bounded(left, self.width)..bounded(right + 1.0, self.width);
        for row in bounded(top, self.height)..bounded(bottom + 1.0, self.height) {
            for column in columns.clone() {
                if let Some((colour, cover)) = brush(column as f32 + 0.5, row as f32 + 0.5) {
                    let pixel = &mut self.pixels[row * self.width + column];
                    *pixel = mix(*pixel, colour, cover);
                }
            }
        }
    }

    /// A box filled with one colour.
    pub(crate) fn rectangle(&mut self, left: f32, top: f32, wide: f32, high: f32, colour: Colour) {
        let (right, bottom) = (left + wide, top + high);
        self.over((left, top, right, bottom), |x, y| {
            (x >= left && x < right && y >= top && y < bottom).then_some((colour, 1.0))
        });
    }

    /// A disc of one colour.
    pub(crate) fn disc(&mut self, x: f32, y: f32, radius: f32, colour: Colour) {
        self.over((x - radius, y - radius, x + radius, y + radius), |px, py| {
            ((px - x).powi(2) + (py - y).powi(2) < radius * radius).then_some((colour, 1.0))
        });
    }

    /// A soft stain, darkest in the middle: shadows and glows.
    pub(crate) fn stain(&mut self, at: (f32, f32), size: (f32, f32), colour: Colour, cover: f32) {
        let frame = (at.0 - size.0, at.1 - size.1, at.0 + size.0, at.1 + size.1);
        self.over(frame, |x, y| {
            let far = ((x - at.0) / size.0).powi(2) + ((y - at.1) / size.1).powi(2);
            (far < 1.0).then_some((colour, cover * (1.0 - far)))
        });
    }

    /// A straight stroke with round ends.
    pub(crate) fn stroke(&mut self, from: (f32, f32), to: (f32, f32), thick: f32, colour: Colour) {
        let half = thick / 2.0;
        let frame = (
            from.0.min(to.0) - half,
            from.1.min(to.1) - half,
            from.0.max(to.0) + half,
            from.1.max(to.1) + half,
        );
        let (along_x, along_y) = (to.0 - from.0, to.1 - from.1);
        let length = (along_x * along_x + along_y * along_y).max(1e-6);
        self.over(frame, |x, y| {
            let share = ((x - from.0) * along_x + (y - from.1) * along_y) / length;
            let share = share.clamp(0.0, 1.0);
            let off =
                (x - from.0 - along_x * share).powi(2) + (y - from.1 - along_y * share).powi(2);
            (off <= half * half).then_some((colour, 1.0))
        });
    }

    /// The colour at a point; outside, that of the nearest edge.
    pub(crate) fn at(&self, x: f32, y: f32) -> Colour {
        let (column, row) = (bounded(x, self.width - 1), bounded(y, self.height - 1));
        self.pixels[row * self.width + column]
    }

    /// Lays another canvas on this one, its top left corner at `(left, top)`.
    pub(crate) fn paste(&mut self, picture: &Self, left: usize, top: usize) {
        for row in 0..picture.height.min(self.height.saturating_sub(top)) {
            for column in 0..picture.width.min(self.width.saturating_sub(left)) {
                self.pixels[(top + row) * self.width + left + column] =
                    picture.pixels[row * picture.width + column];
            }
        }
    }

    /// The picture at half the width and height: each pixel is the mean of four.
    pub(crate) fn halved(&self) -> Self {
        let (width, height) = (self.width / 2, self.height / 2);
        let mut pixels = Vec::with_capacity(width * height);
        for row in 0..height {
            for column in 0..width {
                let at = |dx: usize, dy: usize| {
                    self.pixels[(2 * row + dy) * self.width + 2 * column + dx]
                };
                let four = [at(0, 0), at(1, 0), at(0, 1), at(1, 1)];
                pixels.push([0, 1, 2].map(|part| four.iter().map(|p| p[part]).sum::<f32>() / 4.0));
            }
        }
        Self { width, height, pixels }
    }

    /// The picture in 8 bits for each of red, green and blue.
    pub(crate) fn to_rgb(&self) -> RgbImage {
        RgbImage::from_fn(self.width as u32, self.height as u32, |x, y| {
            let colour = self.pixels[y as usize * self.width + x as usize];
            Rgb8(colour.map(|part| (part.clamp(0.0, 1.0) * 255.0).round() as u8))
        })
    }
}

/// A coordinate as an index from 0 to `end` inclusive.
fn bounded(value: f32, end: usize) -> usize {
    (value.floor().max(0.0) as usize).min(end)
}
