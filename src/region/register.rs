//! Moving a window until it fits one listed hash.
//!
//! It needs nothing but that hash: the window is shifted, scaled and turned so as to lower the
//! number of bits that differ, where a bit whose coefficient is far from the median weighs more.
//! Windows on unrelated pictures get stuck far above the distance that is accepted.

use super::pyramid::Pyramid;
use super::window::Window;
use super::{MIN_QUALITY, Seen, Sight};
use crate::algorithm::pdq::Spectrum;
use crate::hash::{Distance, Hash, MaxDistance};
use crate::orientation::Orientation;
use crate::view::Place;

/// How registration is bounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegisterOptions {
    /// An entry is tried if a region is within this distance of it.
    pub within: MaxDistance,
    /// The distance at which the moved window counts as a match.
    pub accept: MaxDistance,
    /// At most so many entries are tried for a candidate, the nearest first.
    pub most: usize,
}

impl Default for RegisterOptions {
    fn default() -> Self {
        Self { within: MaxDistance(72), accept: MaxDistance(40), most: 16 }
    }
}

/// A window that was moved to fit a hash.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Registered {
    /// Where it is now, in the picture as stored.
    pub place: Place,
    /// How far its hash is from the one that it was to fit.
    pub distance: Distance,
}

/// At most so many windows are looked through for an entry.
const EVALUATIONS: usize = 150;

/// The first steps: shares of width and height to shift, shares to scale each side by, degrees.
const FIRST_STEPS: [f32; 5] = [0.04, 0.04, 0.06, 0.06, 2.0];

/// Steps are halved so often.
const HALVINGS: usize = 4;

/// A window at most so much larger than the one that was found; one much smaller shows less than
/// what was listed.
const SIZES: [f32; 2] = [0.6, 1.7];

impl Sight {
    /// Whether region number `region`, turned like this, is one from which to move on: those that
    /// are near to most of what can be found at all.
    pub fn starts(&self, region: usize, turn: Orientation) -> bool {
        let Some(Seen { starts, window, ground }) = self.windows.get(region).copied().flatten()
        else {
            return false;
        };
        // Of a cut picture in the mirror, the whole is near enough.
        let mirrored = || window == Window::whole(&self.grounds[ground].pyramid);
        starts && (turn == Orientation::Upright || turn == Orientation::Mirrored && mirrored())
    }

    /// Moves the window of region number `region`, which is near to `hash` when turned by `turn`,
    /// to fit that hash. None for a region without a window.
    pub fn register(&self, region: usize, turn: Orientation, hash: Hash) -> Option<Registered> {
        let Seen { ground, window: start, .. } = (*self.windows.get(region)?)?;
        let pyramid = &self.grounds[ground].pyramid;
        let climb = Climb { pyramid, turn: self.shown.then(turn), hash, start };
        let (window, distance) = climb.climb();
        Some(Registered { place: self.place(ground, &window), distance })
    }
}

/// One window on its way to one hash.
struct Climb<'a> {
    pyramid: &'a Pyramid,
    turn: Orientation,
    hash: Hash,
    start: Window,
}

impl Climb<'_> {
    fn climb(&self) -> (Window, Distance) {
        let mut steps = FIRST_STEPS;
        let mut best = self.start;
        let (mut strain, mut nearest) = self.look(&best);
        let mut looked = 1;
        for _ in 0..=HALVINGS {
            loop {
                let before = strain;
                for (axis, &step) in steps.iter().enumerate() {
                    for step in [step, -step] {
                        if looked == EVALUATIONS {
                            return nearest;
                        }
                        looked += 1;
                        let moved = self.moved(&best, axis, step);
                        let (moved_strain, there) = self.look(&moved);
                        if there.1 < nearest.1 {
                            nearest = there;
                        }
                        if moved_strain < strain {
                            (best, strain) = (moved, moved_strain);
                            break;
                        }
                    }
                }
                if strain >= before {
                    break;
                }
            }
            steps = steps.map(|step| step / 2.0);
        }
        nearest
    }

    /// How much the window strains against the hash, and its distance.
    fn look(&self, window: &Window) -> (f32, (Window, Distance)) {
        let spectrum: Spectrum = window.spectrum(self.pyramid);
        if spectrum.quality() < MIN_QUALITY {
            return (f32::INFINITY, (*window, Distance(256)));
        }
        let (strain, distance) = spectrum.compare(self.turn, self.hash);
        (strain, (*window, distance))
    }

    fn moved(&self, window: &Window, axis: usize, step: f32) -> Window {
        let mut moved = *window;
        match axis {
            0 | 1 => moved.middle[axis] += step * self.start.size[axis],
            2 | 3 => {
                let side = axis - 2;
                let least = SIZES[0] * self.start.size[side];
                let most = SIZES[1] * self.start.size[side];
                moved.size[side] = (moved.size[side] * (1.0 + step)).clamp(least, most);
            }
            _ => moved.angle += step,
        }
        moved
    }
}
