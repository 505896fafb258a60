//! A rectangle of a picture, turned by some degrees, and its 64x64 samples.

use multiversion::multiversion;

use super::pyramid::{Level, Pyramid};
use crate::algorithm::pdq::{Plane, SIDE, Spectrum};

/// Pixels of a level from one sample to the next, at least, along the shorter side of a window: a
/// coarser level would be blurred, a finer one shows the samples what they can't tell.
const STEP: f32 = 0.9;

/// Pixels of a level from one look to the next, at most, along the longer side.
const LONG_STEP: f32 = 2.2;

/// A rectangle, turned about its middle. It may reach beyond the picture, whose edge is then
/// continued.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Window {
    /// Its middle, in pixels of the picture from the top left corner, to the right and down.
    pub(super) middle: [f32; 2],
    /// Width and height in pixels of the picture, more than 0.
    pub(super) size: [f32; 2],
    /// By how many degrees it is turned, clockwise.
    pub(super) angle: f32,
}

/// Where the samples of a window lie in a level: the first, and the way from one to the next along
/// a row and along a column. Counted from the middle of the level's first sample.
struct Lattice {
    first: [f32; 2],
    along: [f32; 2],
    down: [f32; 2],
}

/// A row of places in a level: the number of the sample at its upper left, and how far it is from
/// there to the right and down, 0.0 to 1.0.
struct Places {
    at: [u32; SIDE],
    right: [f32; SIDE],
    below: [f32; SIDE],
}

impl Window {
    /// The rectangle from one corner to the other, upright.
    pub(super) fn between(from: [f32; 2], to: [f32; 2]) -> Self {
        let of = |axis: usize| (f32::midpoint(from[axis], to[axis]), to[axis] - from[axis]);
        let ((x, width), (y, height)) = (of(0), of(1));
        Self { middle: [x, y], size: [width, height], angle: 0.0 }
    }

    /// All of a picture.
    #[expect(clippy::cast_precision_loss, reason = "sides are far below 2^24")]
    pub(super) fn whole(pyramid: &Pyramid) -> Self {
        Self::between([0.0, 0.0], [pyramid.width() as f32, pyramid.height() as f32])
    }

    /// The frequencies that are seen through it, free of aliasing.
    pub(super) fn spectrum(&self, pyramid: &Pyramid) -> Spectrum {
        Spectrum::of(&self.samples(pyramid))
    }

    /// The brightness at 64x64 places, evenly over the window, 0.0 to 255.0.
    pub(super) fn samples(&self, pyramid: &Pyramid) -> Plane {
        let shorter = self.size[0].min(self.size[1]);
        #[expect(clippy::cast_precision_loss, reason = "64")]
        let level = pyramid.level(shorter / SIDE as f32 / STEP);
        let looks = self.size.map(|side| looks(side, level));
        let mut plane = [[0.0; SIDE]; SIDE];
        for down in 0..looks[1] {
            for across in 0..looks[0] {
                self.lattice(level, looks, [across, down]).look(level, &mut plane);
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "few")]
        let gain = 1.0 / (f32::from(level.summed) * (looks[0] * looks[1]) as f32);
        plane.as_flattened_mut().iter_mut().for_each(|sample| *sample *= gain);
        plane
    }

    /// The places of look number `turn` of so many along each axis.
    #[expect(clippy::cast_precision_loss, reason = "all numbers are small")]
    fn lattice(&self, level: &Level, looks: [usize; 2], turn: [usize; 2]) -> Lattice {
        let (sin, cos) = self.angle.to_radians().sin_cos();
        let unit = level.pixels as f32;
        let step = [0, 1].map(|axis| self.size[axis] / SIDE as f32 / unit);
        let along = [step[0] * cos, step[0] * sin];
        let down = [-step[1] * sin, step[1] * cos];
        // Of 64 samples, the first lies 32 - 1/2 steps before the middle; a look, evenly in its
        // sample's step.
        let back = [0, 1].map(|axis| {
            let share = (turn[axis] as f32 + 0.5) / looks[axis] as f32;
            SIDE as f32 / 2.0 - share
        });
        let first = [0, 1].map(|axis| {
            self.middle[axis] / unit - 0.5 - back[0] * along[axis] - back[1] * down[axis]
        });
        Lattice { first, along, down }
    }
}

/// How often a sample looks along a side, so that nothing between two looks is passed over.
fn looks(side: f32, level: &Level) -> usize {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^24")]
    let step = side / (SIDE * level.pixels) as f32;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at least 1")]
    let looks = (step / LONG_STEP).ceil().clamp(1.0, 16.0) as usize;
    looks
}

impl Lattice {
    /// Adds the level's value at each place, between samples by their distances.
    fn look(&self, level: &Level, plane: &mut Plane) {
        let Some(level) = Sized::of(level) else { return };
        #[expect(clippy::cast_precision_loss, reason = "at most 64")]
        for (i, row) in plane.iter_mut().enumerate() {
            let first =
                [0, 1].map(|axis| i as f32 * self.down[axis] + self.first[axis]);
            let places = places(first, self.along, &level);
            add(&places, &level, row);
        }
    }
}

/// A level with its sides as they are needed for each place.
struct Sized<'a> {
    samples: &'a [u16],
    stride: usize,
    /// The last place that has a neighbour to the right, and below.
    last: [f32; 2],
}

impl<'a> Sized<'a> {
    /// None where a side has less than two samples.
    fn of(level: &'a Level) -> Option<Self> {
        #[expect(clippy::cast_precision_loss, reason = "far below 2^24")]
        let last = [level.columns.checked_sub(2)? as f32, level.rows.checked_sub(2)? as f32];
        Some(Self { samples: &level.samples, stride: level.columns, last })
    }
}

/// The places of a row of samples. Beyond the level, those at its edge.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2", "aarch64+neon"))]
fn places(first: [f32; 2], along: [f32; 2], level: &Sized<'_>) -> Places {
    let mut places = Places { at: [0; SIDE], right: [0.0; SIDE], below: [0.0; SIDE] };
    #[expect(clippy::cast_precision_loss, reason = "a row of a picture")]
    let stride = level.stride as f32;
    let [last_x, last_y] = level.last;
    for j in 0..SIDE {
        #[expect(clippy::cast_precision_loss, reason = "at most 64")]
        let j_f = j as f32;
        let x = (j_f * along[0] + first[0]).max(0.0).min(last_x + 1.0);
        let y = (j_f * along[1] + first[1]).max(0.0).min(last_y + 1.0);
        let (left, top) = (x.floor().min(last_x), y.floor().min(last_y));
        places.right[j] = x - left;
        places.below[j] = y - top;
        // Exact: levels have less than 2^24 samples.
        let at = top * stride + left;
        #[expect(clippy::cast_possible_truncation, reason = "the number of a sample")]
        let at = at as i32;
        places.at[j] = at.cast_unsigned();
    }
    places
}

fn add(places: &Places, level: &Sized<'_>, row: &mut [f32; SIDE]) {
    let value = f32::from;
    for (j, sample) in row.iter_mut().enumerate() {
        let from = places.at[j] as usize;
        let Some(upper) = level.samples.get(from..from + 2) else { continue };
        let below = from + level.stride;
        let Some(lower) = level.samples.get(below..below + 2) else { continue };
        let (right, down) = (places.right[j], places.below[j]);
        let across = |pair: &[u16]| value(pair[0]) + right * (value(pair[1]) - value(pair[0]));
        let (upper, lower) = (across(upper), across(lower));
        *sample += upper + down * (lower - upper);
    }
}
