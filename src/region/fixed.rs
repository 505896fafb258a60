//! Windows that are the same for every picture, in shares of its sides: larger than the picture to
//! undo a crop, turned to undo a tilt.

use super::pyramid::Pyramid;
use super::window::Window;
use crate::orientation::Orientation;

/// A window in relation to its picture.
struct Fixed {
    /// How far its middle is from the picture's, in shares of width and height.
    shift: [f32; 2],
    /// Its sides in those of the picture.
    size: [f32; 2],
    /// By how many degrees it is turned, clockwise.
    angle: f32,
    /// Whether the picture was turned with its corners kept, so that it is the largest window in
    /// the candidate; then `size` is not used.
    corners_kept: bool,
}

const fn tilted(angle: f32, pad: f32) -> Fixed {
    let side = 1.0 + 2.0 * pad;
    Fixed { shift: [0.0, 0.0], size: [side, side], angle, corners_kept: false }
}

const fn padded(by: f32) -> Fixed {
    tilted(0.0, by)
}

/// Of a picture that was turned, and the paper made larger for it.
const fn with_corners(angle: f32) -> Fixed {
    Fixed { corners_kept: true, ..tilted(angle, 0.0) }
}

/// Larger on one side only: where a side was cut off.
const fn extended(shift: [f32; 2], size: [f32; 2]) -> Fixed {
    Fixed { shift, size, angle: 0.0, corners_kept: false }
}

/// Chosen on one half of the photographs that the figures in `benches/RESULTS.md` are of, and
/// measured on the other.
const WINDOWS: [Fixed; 37] = [
    padded(0.045),
    padded(0.06),
    extended([0.0, 0.0], [1.0, 1.2]),
    tilted(-2.5, 0.04),
    tilted(2.5, 0.04),
    padded(0.03),
    padded(0.1),
    padded(-0.015),
    padded(-0.03),
    extended([0.0, 0.0], [1.5, 1.0]),
    tilted(-1.0, 0.02),
    tilted(1.0, 0.02),
    with_corners(-3.0),
    with_corners(3.0),
    with_corners(-5.0),
    with_corners(5.0),
    with_corners(-7.0),
    with_corners(7.0),
    with_corners(-10.0),
    with_corners(10.0),
    tilted(-2.0, 0.0),
    tilted(2.0, 0.0),
    tilted(-4.0, 0.0),
    tilted(4.0, 0.0),
    tilted(-5.0, 0.065),
    tilted(5.0, 0.065),
    tilted(-7.0, 0.0),
    tilted(7.0, 0.0),
    tilted(-10.0, 0.0),
    tilted(10.0, 0.0),
    extended([-0.05, 0.0], [1.1, 1.0]),
    extended([0.05, 0.0], [1.1, 1.0]),
    extended([0.0, -0.05], [1.0, 1.1]),
    extended([0.0, 0.05], [1.0, 1.1]),
    extended([-0.125, 0.0], [1.25, 1.0]),
    extended([0.125, 0.0], [1.25, 1.0]),
    extended([0.0, 0.125], [1.0, 1.25]),
];

/// Further windows from which to move on: where more was cut away than can be told at once.
const STARTS: [Fixed; 15] = [
    padded(0.16),
    extended([0.0, 0.0], [1.25, 1.0]),
    extended([0.0, 0.0], [1.0, 1.4]),
    extended([0.125, 0.125], [1.25, 1.25]),
    extended([-0.125, 0.125], [1.25, 1.25]),
    extended([0.125, -0.125], [1.25, 1.25]),
    extended([-0.125, -0.125], [1.25, 1.25]),
    extended([0.0, -0.125], [1.0, 1.25]),
    extended([0.055, 0.055], [1.11, 1.11]),
    extended([-0.055, 0.055], [1.11, 1.11]),
    extended([0.055, -0.055], [1.11, 1.11]),
    extended([-0.055, -0.055], [1.11, 1.11]),
    // Photographs of a screen, of a print on a table.
    padded(-0.06),
    padded(-0.09),
    padded(-0.125),
];

/// Windows on a part that looks like a picture of its own: apps cut a picture to the shape that
/// they have room for, and what was cut or straightened gets a border.
const ON_PARTS: [Fixed; 5] = [
    extended([0.0, 0.0], [1.0, 1.2]),
    extended([0.0, 0.0], [1.25, 1.0]),
    padded(0.045),
    tilted(-2.5, 0.04),
    tilted(2.5, 0.04),
];

/// The first of [`ON_PARTS`] undo a cut to another shape.
const CUT_TO_SHAPE: usize = 2;

/// The first windows, those that find most, are looked through in the mirror, too.
const MIRRORED: usize = 8;

const TURNS: [Orientation; 2] = [Orientation::Upright, Orientation::Mirrored];

/// A window of a picture, and how it is used.
pub(super) struct Fitted {
    pub(super) window: Window,
    /// In which orientations it is compared.
    pub(super) turns: &'static [Orientation],
    /// Whether it is one of those from which windows are moved. Few are: what they are near enough
    /// to is looked for among all entries, and that takes long.
    pub(super) starts: bool,
}

/// The windows of a picture.
pub(super) fn windows(pyramid: &Pyramid) -> impl Iterator<Item = Fitted> + use<> {
    let whole = Window::whole(pyramid);
    WINDOWS.iter().enumerate().map(move |(number, fixed)| Fitted {
        window: fixed.of(&whole),
        turns: if number < MIRRORED { &TURNS[..] } else { &TURNS[..1] },
        // What was tilted a little is reached from the windows that are not.
        starts: number < MIRRORED
            || fixed.angle.abs() < f32::EPSILON
            || fixed.corners_kept && fixed.angle.abs() >= 5.0,
    })
}

/// Further windows of a picture, from which to move on.
pub(super) fn starts(pyramid: &Pyramid) -> impl Iterator<Item = Window> + use<> {
    let whole = Window::whole(pyramid);
    STARTS.iter().map(move |fixed| fixed.of(&whole))
}

/// The windows on a part that looks like a picture of its own.
pub(super) fn on_part(part: &Pyramid) -> impl Iterator<Item = Fitted> + use<> {
    let whole = Window::whole(part);
    ON_PARTS.iter().enumerate().map(move |(number, fixed)| Fitted {
        window: fixed.of(&whole),
        turns: &TURNS[..1],
        // The others are reached from the part as it is.
        starts: number < CUT_TO_SHAPE,
    })
}

impl Fixed {
    fn of(&self, whole: &Window) -> Window {
        Window {
            middle: [0, 1].map(|axis| whole.middle[axis] + self.shift[axis] * whole.size[axis]),
            size: if self.corners_kept {
                largest_in(whole.size, self.angle)
            } else {
                [0, 1].map(|axis| whole.size[axis] * self.size[axis])
            },
            angle: self.angle,
        }
    }
}

/// The sides of the rectangle that, turned by so many degrees (less than 45), just fits into one with
/// these sides.
fn largest_in([width, height]: [f32; 2], angle: f32) -> [f32; 2] {
    let (sin, cos) = angle.abs().to_radians().sin_cos();
    let spread = cos * cos - sin * sin;
    let side = |long: f32, other: f32| ((long * cos - other * sin) / spread).max(long * 0.2);
    [side(width, height), side(height, width)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rectangle_turned_with_its_corners_kept_is_found_again() {
        for angle in [-10.0f32, -3.0, 0.0, 7.0] {
            let (sin, cos) = angle.abs().to_radians().sin_cos();
            let (w, h) = (300.0f32, 200.0f32);
            let around = [w * cos + h * sin, w * sin + h * cos];
            let [width, height] = largest_in(around, angle);
            assert!((width - w).abs() < 0.01 && (height - h).abs() < 0.01, "{width} {height}");
        }
    }

    #[test]
    fn of_a_strip_there_is_a_rectangle_too() {
        assert!(largest_in([1000.0, 10.0], 10.0).iter().all(|&side| side > 0.0));
    }
}
