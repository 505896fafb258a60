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
}

const fn padded(by: f32) -> Fixed {
    Fixed { shift: [0.0, 0.0], size: [1.0 + 2.0 * by, 1.0 + 2.0 * by], angle: 0.0 }
}

const fn tilted(angle: f32, pad: f32) -> Fixed {
    Fixed { shift: [0.0, 0.0], size: [1.0 + 2.0 * pad, 1.0 + 2.0 * pad], angle }
}

/// Larger on one side only: where a side was cut off.
const fn extended(shift: [f32; 2], size: [f32; 2]) -> Fixed {
    Fixed { shift, size, angle: 0.0 }
}

/// Chosen on one half of the photographs that the figures in `benches/RESULTS.md` are of, and
/// measured on the other.
const WINDOWS: [Fixed; 31] = [
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
    tilted(-3.0, -0.04),
    tilted(3.0, -0.04),
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

/// Windows on a part that looks like a picture of its own: apps cut a picture to the shape that
/// they have room for.
const ON_PARTS: [Fixed; 2] =
    [extended([0.0, 0.0], [1.0, 1.2]), extended([0.0, 0.0], [1.25, 1.0])];

/// The first windows, those that find most, are looked through in the mirror, too.
const MIRRORED: usize = 5;

const TURNS: [Orientation; 2] = [Orientation::Upright, Orientation::Mirrored];

/// The windows of a picture, with the orientations in which each is compared.
pub(super) fn windows(
    pyramid: &Pyramid,
) -> impl Iterator<Item = (Window, &'static [Orientation])> + use<> {
    let whole = Window::whole(pyramid);
    WINDOWS.iter().enumerate().map(move |(number, fixed)| {
        (fixed.of(&whole), if number < MIRRORED { &TURNS[..] } else { &TURNS[..1] })
    })
}

/// The windows on a part that looks like a picture of its own.
pub(super) fn on_part(part: &Pyramid) -> impl Iterator<Item = Window> + use<> {
    let whole = Window::whole(part);
    ON_PARTS.iter().map(move |fixed| fixed.of(&whole))
}

impl Fixed {
    fn of(&self, whole: &Window) -> Window {
        Window {
            middle: [0, 1].map(|axis| whole.middle[axis] + self.shift[axis] * whole.size[axis]),
            size: [0, 1].map(|axis| whole.size[axis] * self.size[axis]),
            angle: self.angle,
        }
    }
}
