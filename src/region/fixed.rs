//! Windows that are the same for every picture, in shares of its sides: larger than the picture to
//! undo a crop, turned to undo a tilt.

use super::pyramid::Pyramid;
use super::window::Window;

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
const WINDOWS: [Fixed; 16] = [
    padded(0.03),
    padded(0.06),
    padded(0.10),
    padded(-0.025),
    extended([-0.075, 0.0], [1.15, 1.0]),
    extended([0.075, 0.0], [1.15, 1.0]),
    extended([0.0, -0.075], [1.0, 1.15]),
    extended([0.0, 0.075], [1.0, 1.15]),
    tilted(-3.0, 0.0),
    tilted(3.0, 0.0),
    tilted(-4.5, 0.0),
    tilted(4.5, 0.0),
    tilted(-1.5, 0.03),
    tilted(1.5, 0.03),
    tilted(-3.0, 0.06),
    tilted(3.0, 0.06),
];

/// The windows of a picture.
pub(super) fn windows(pyramid: &Pyramid) -> impl Iterator<Item = Window> + use<> {
    let whole = Window::whole(pyramid);
    WINDOWS.iter().map(move |fixed| Window {
        middle: [0, 1].map(|axis| whole.middle[axis] + fixed.shift[axis] * whole.size[axis]),
        size: [0, 1].map(|axis| whole.size[axis] * fixed.size[axis]),
        angle: fixed.angle,
    })
}
