//! A [`Sight`] taken apart into numbers, and put together again: so that one process can decode a
//! picture and another one look on.

use super::grey::Rect;
use super::pyramid::{Level, Pyramid};
use super::window::Window;
use super::{Ground, Seen, Sight};
use crate::algorithm::pdq;
use crate::orientation::Orientation;

/// What a [`Sight`] is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct SightParts {
    /// Width and height of the picture, in pixels.
    pub size: [u32; 2],
    /// How many samples its largest level has, in a row and in a column; at most [`MOST_SAMPLES`].
    pub samples: [u32; 2],
    /// Pixels along each side of what a sample stands for.
    pub pixels: u32,
    /// The samples row by row from the top left, 0 to 255.
    pub brightness: Vec<u8>,
    /// How a viewer turns the picture.
    pub shown: Orientation,
    /// The parts that look like pictures of their own, in samples: left, top, right and bottom, the
    /// latter two exclusive.
    pub parts: Vec<[u32; 4]>,
    /// For each region in its order, how it was seen; none where not through a window.
    pub windows: Vec<Option<SeenParts>>,
}

/// How a region was seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SeenParts {
    /// On the whole picture (0) or on a part of it, counted from 1.
    pub ground: u32,
    /// The window's middle, in pixels of that ground from the top left.
    pub middle: [f32; 2],
    /// Its width and height, in pixels.
    pub size: [f32; 2],
    /// By how many degrees it is turned, clockwise.
    pub angle: f32,
    /// Whether it is to be moved from there.
    pub starts: bool,
}

/// Most samples of a side of the largest level: it is halved until the longer side is below that.
pub const MOST_SAMPLES: usize = 1024;

/// A window reaches at most so many times the picture's longer side, in any direction.
const REACH: f32 = 4.0;

impl Sight {
    /// What it is made of.
    pub fn parts(&self) -> SightParts {
        let whole = &self.grounds[0].pyramid;
        let Level { columns, rows, pixels, .. } = *whole.first();
        let part = |Ground { pyramid, from: [left, top] }: &Ground| {
            let Level { columns, rows, .. } = *pyramid.first();
            [*left, *top, left + columns, top + rows].map(small)
        };
        let window = |&Seen { ground, window, starts }: &Seen| {
            let Window { middle, size, angle } = window;
            SeenParts { ground: small(ground), middle, size, angle, starts }
        };
        SightParts {
            size: [whole.width(), whole.height()].map(small),
            samples: [columns, rows].map(small),
            pixels: small(pixels),
            brightness: whole.first().bytes(),
            shown: self.shown,
            parts: self.grounds[1..].iter().map(part).collect(),
            windows: self.windows.iter().map(|seen| seen.as_ref().map(window)).collect(),
        }
    }

    /// Puts parts together; none where they can't be those of a picture.
    pub fn from_parts(parts: &SightParts) -> Option<Self> {
        let [width, height] = parts.size.map(large);
        let [columns, rows] = parts.samples.map(large);
        let pixels = large(parts.pixels);
        let fits = |side: usize, samples: usize| {
            (1..=MOST_SAMPLES).contains(&samples) && pixels > 0 && side.div_ceil(pixels) == samples
        };
        let sound = width.min(height) >= pdq::MIN_SIDE
            && fits(width, columns)
            && fits(height, rows)
            && parts.brightness.len() == columns * rows;
        if !sound {
            return None;
        }
        let samples = parts.brightness.iter().copied().map(u16::from).collect();
        let first = Level { columns, rows, pixels, summed: 1, samples };
        let whole = Pyramid::on(first, width, height);
        let mut grounds = Vec::with_capacity(1 + parts.parts.len());
        for &part in &parts.parts {
            let [left, top, right, bottom] = part.map(large);
            if left >= right || right > columns || top >= bottom || bottom > rows {
                return None;
            }
            let pyramid = whole.part(Rect { left, top, right, bottom });
            grounds.push(Ground { pyramid, from: [left, top] });
        }
        grounds.insert(0, Ground { pyramid: whole, from: [0, 0] });
        let seen = |parts: &Option<SeenParts>| match parts {
            Some(parts) => parts.on(&grounds).map(Some),
            None => Some(None),
        };
        let windows = parts.windows.iter().map(seen).collect::<Option<_>>()?;
        Some(Self { grounds, shown: parts.shown, windows })
    }
}

impl SeenParts {
    /// The window, if it is one on these grounds.
    fn on(self, grounds: &[Ground]) -> Option<Seen> {
        let Self { ground, middle, size, angle, starts } = self;
        let ground = large(ground);
        let pyramid = &grounds.get(ground)?.pyramid;
        #[expect(clippy::cast_precision_loss, reason = "an order of magnitude")]
        let reach = REACH * pyramid.width().max(pyramid.height()) as f32;
        // A comparison with what is no number is false.
        let sound = middle.iter().all(|at| at.abs() <= reach)
            && size.iter().all(|&side| side > 0.0 && side <= reach)
            && angle.abs() <= 360.0;
        sound.then_some(Seen { ground, window: Window { middle, size, angle }, starts })
    }
}

/// Sides and counts are far below 2^32: a picture's sides have at most 32 bits.
fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn large(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::luma::{Luma, Pixels};
    use crate::region::regions;
    use crate::view::Effort;

    /// A picture of stripes and blocks with a frame around it.
    fn picture(width: usize, height: usize) -> Luma {
        let inner = |k: usize| (k % width) > width / 8 && (k / width) > height / 8;
        let level = |k: usize| {
            let (x, y) = (k % width, k / width);
            u8::try_from((x * x / 97 + y * 3 + ((x / 16) ^ (y / 16)) * 29) % 256).unwrap()
        };
        let bytes = (0..width * height).map(|k| if inner(k) { level(k) } else { 255 });
        Luma::new(width, height, Pixels::Grey(bytes.collect())).unwrap()
    }

    fn sight(width: usize, height: usize) -> Sight {
        regions(&picture(width, height), Orientation::Rotated90, Effort::Deep).1.unwrap()
    }

    #[test]
    fn a_sight_put_together_from_its_parts_is_the_same() {
        for (width, height) in [(64, 48), (400, 300), (1500, 1100), (2049, 777)] {
            let sight = sight(width, height);
            assert_eq!(Sight::from_parts(&sight.parts()).as_ref(), Some(&sight), "{width}");
        }
    }

    #[test]
    fn parts_that_do_not_fit_are_refused() {
        let sound = sight(400, 300).parts();
        let spoilt = |spoil: fn(&mut SightParts)| {
            let mut parts = sound.clone();
            spoil(&mut parts);
            Sight::from_parts(&parts).is_none()
        };
        assert!(!spoilt(|_| ()));
        assert!(spoilt(|parts| parts.brightness.truncate(400 * 300 - 1)));
        assert!(spoilt(|parts| parts.size[0] += 1));
        assert!(spoilt(|parts| parts.pixels = 0));
        assert!(spoilt(|parts| parts.parts.push([0, 0, 401, 10])));
        assert!(spoilt(|parts| parts.parts.push([5, 5, 5, 10])));
        let window = |parts: &mut SightParts| parts.windows.iter_mut().flatten().next().copied();
        assert!(window(&mut sound.clone()).is_some());
        for spoil in [
            |seen: &mut SeenParts| seen.ground = 1000,
            |seen: &mut SeenParts| seen.middle[0] = f32::NAN,
            |seen: &mut SeenParts| seen.size[1] = 0.0,
            |seen: &mut SeenParts| seen.size[1] = f32::INFINITY,
            |seen: &mut SeenParts| seen.angle = 361.0,
        ] {
            let mut parts = sound.clone();
            spoil(parts.windows.iter_mut().flatten().next().unwrap());
            assert!(Sight::from_parts(&parts).is_none());
        }
    }
}
