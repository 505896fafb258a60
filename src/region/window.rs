//! A rectangle of a picture, turned by some degrees, and its 64x64 samples.

use multiversion::multiversion;

use super::pyramid::{Level, Pyramid};
use crate::algorithm::pdq::{Plane, SIDE, Spectrum};

/// Pixels of a level from one sample to the next, at least, along the shorter side of a window: a
/// coarser level would be blurred, a finer one shows the samples what they can't tell.
const STEP: f32 = 0.9;

/// Pixels of a level from one look to the next, at most, along the longer side.
const LONG_STEP: f32 = 2.2;

/// A window whose shorter side is at least this share of the picture's sees its surroundings.
const LARGE: f32 = 0.7;

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
        let (level, margin) = self.level(pyramid);
        let looks = self.size.map(|side| looks(side, level));
        let mut plane = [[0.0; SIDE]; SIDE];
        for down in 0..looks[1] {
            for across in 0..looks[0] {
                self.lattice(level, margin, looks, [across, down]).look(level, &mut plane);
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "few")]
        let gain = 1.0 / (f32::from(level.summed) * (looks[0] * looks[1]) as f32);
        plane.as_flattened_mut().iter_mut().for_each(|sample| *sample *= gain);
        plane
    }

    /// The level to look at, and how many samples of surroundings it has on each side: a window as
    /// large as the picture sees those, and each sees no finer detail than it can tell.
    fn level<'a>(&self, pyramid: &'a Pyramid) -> (&'a Level, usize) {
        let shorter = self.size[0].min(self.size[1]);
        #[expect(clippy::cast_precision_loss, reason = "64")]
        let step = |side: f32| side / SIDE as f32 / STEP;
        #[expect(clippy::cast_precision_loss, reason = "far below 2^24")]
        let sides = [pyramid.width() as f32, pyramid.height() as f32];
        let whole = sides[0].min(sides[1]);
        if shorter < whole * LARGE || self.is_within(sides) {
            (pyramid.level(step(shorter)), 0)
        } else {
            pyramid.around(step(whole))
        }
    }

    /// Whether nothing beyond a picture with these sides is seen through it.
    fn is_within(&self, sides: [f32; 2]) -> bool {
        let inside = |axis: usize| {
            let half = self.size[axis] / 2.0;
            self.middle[axis] >= half && self.middle[axis] + half <= sides[axis]
        };
        self.angle.abs() < f32::EPSILON && inside(0) && inside(1)
    }

    /// The places of look number `turn` of so many along each axis.
    #[expect(clippy::cast_precision_loss, reason = "all numbers are small")]
    fn lattice(
        &self,
        level: &Level,
        margin: usize,
        looks: [usize; 2],
        turn: [usize; 2],
    ) -> Lattice {
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
            let middle = self.middle[axis] / unit + margin as f32 - 0.5;
            middle - back[0] * along[axis] - back[1] * down[axis]
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
        let upright = self.along[1].abs() < f32::EPSILON && self.down[0].abs() < f32::EPSILON;
        if upright { look_upright(self, &level, plane) } else { look_turned(self, &level, plane) }
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

/// The whole number of steps to a place along an axis, and the rest, 0.0 to 1.0. Beyond the level,
/// the place at its edge.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled for its caller's instruction set")]
fn split(place: f32, last: f32) -> (f32, f32) {
    let place = place.max(0.0).min(last + 1.0);
    let whole = place.floor().min(last);
    (whole, place - whole)
}

/// The number of a sample as an index.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be compiled for its caller's instruction set")]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative")]
fn index(number: f32) -> usize {
    number as i32 as usize
}

/// Rows of the level are blended first, which is done for many columns at once.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2", "aarch64+neon"))]
#[expect(clippy::cast_precision_loss, reason = "at most 64")]
fn look_upright(lattice: &Lattice, level: &Sized<'_>, plane: &mut Plane) {
    let mut columns = [(0usize, 0.0f32); SIDE];
    for (j, column) in columns.iter_mut().enumerate() {
        let (left, right) = split(j as f32 * lattice.along[0] + lattice.first[0], level.last[0]);
        *column = (index(left), right);
    }
    let mut blended = vec![0.0f32; level.stride];
    for (i, row) in plane.iter_mut().enumerate() {
        let (top, below) = split(i as f32 * lattice.down[1] + lattice.first[1], level.last[1]);
        let rows = &level.samples[index(top) * level.stride..][..2 * level.stride];
        let (upper, lower) = rows.split_at(level.stride);
        for ((to, &upper), &lower) in blended.iter_mut().zip(upper).zip(lower) {
            *to = f32::from(upper) + below * (f32::from(lower) - f32::from(upper));
        }
        for (sample, &(left, right)) in row.iter_mut().zip(&columns) {
            let pair = &blended[left..left + 2];
            *sample += pair[0] + right * (pair[1] - pair[0]);
        }
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2", "aarch64+neon"))]
#[expect(clippy::cast_precision_loss, reason = "at most 64, and a row of a picture")]
fn look_turned(lattice: &Lattice, level: &Sized<'_>, plane: &mut Plane) {
    let (mut at, mut right, mut below) = ([0i32; SIDE], [0.0f32; SIDE], [0.0f32; SIDE]);
    let stride = level.stride as f32;
    for (i, row) in plane.iter_mut().enumerate() {
        let first = [0, 1].map(|axis| i as f32 * lattice.down[axis] + lattice.first[axis]);
        for j in 0..SIDE {
            let (left, rest) = split(j as f32 * lattice.along[0] + first[0], level.last[0]);
            let (top, rest_below) = split(j as f32 * lattice.along[1] + first[1], level.last[1]);
            (right[j], below[j]) = (rest, rest_below);
            // Exact: levels have less than 2^24 samples.
            #[expect(clippy::cast_possible_truncation, reason = "the number of a sample")]
            let number = (top * stride + left) as i32;
            at[j] = number;
        }
        for j in 0..SIDE {
            let from = usize::try_from(at[j]).unwrap_or(0);
            let four = &level.samples[from..from + level.stride + 2];
            let value = |at: usize| f32::from(four[at]);
            let (upper, lower) = (value(0), value(level.stride));
            let upper = upper + right[j] * (value(1) - upper);
            let lower = lower + right[j] * (value(level.stride + 1) - lower);
            row[j] += upper + below[j] * (lower - upper);
        }
    }
}
