//! The parts and views of a candidate in which a listed picture may be seen: the whole of it,
//! pictures in frames, screens and collages, and windows that undo crops and tilts.
//!
//! Lists hold one hash of each picture, made in the usual way. An edited copy is found by hashing
//! the *candidate* in more ways, from one decode.

mod enrol;
mod fixed;
mod frames;
mod grey;
mod ground;
mod gutters;
mod lines;
mod pyramid;
mod register;
mod sight;
mod surround;
#[cfg(test)]
mod tests;
mod trim;
mod window;

use crate::algorithm::pdq::{self, Plane, Spectrum};
use crate::hash::{Hash, Quality};
use crate::luma::{Luma, Pixels};
use crate::orientation::Orientation;
use crate::view::{Effort, Place, View};
use fixed::Fitted;
use grey::Rect;
use pyramid::Pyramid;
use window::Window;

pub use enrol::{Enrolled, Layout, enrolled, layout};
pub use register::{RegisterOptions, Registered};
pub use sight::{MOST_SAMPLES, SeenParts, SightParts};

/// Regions of lower quality are not hashed: the worst false matches come from them.
///
/// Source: measured on 7.7 * 10^9 pairs of windows of unrelated photographs.
pub const MIN_QUALITY: Quality = Quality(80);

/// A region of a candidate and its hashes.
#[derive(Clone, Debug, PartialEq)]
pub struct Region {
    /// What it is.
    pub view: View,
    /// Where it is, in the picture as stored.
    pub place: Place,
    /// Of its samples.
    pub quality: Quality,
    /// Its hashes in the orientations that it is compared in, counted from how a viewer shows the
    /// picture.
    pub turned: Vec<(Orientation, Hash)>,
}

/// A candidate that can be looked at through any window.
#[derive(Clone, Debug, PartialEq)]
pub struct Sight {
    /// The whole picture, and then its parts.
    grounds: Vec<Ground>,
    shown: Orientation,
    /// For each region in its order, how it was seen; none where not through a window.
    windows: Vec<Option<Seen>>,
}

/// A window on a ground.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Seen {
    ground: usize,
    window: Window,
    /// Whether it is to be moved from there.
    starts: bool,
}

/// A picture, or a part of one that looks like a picture of its own.
#[derive(Clone, Debug, PartialEq)]
struct Ground {
    pyramid: Pyramid,
    /// Which sample of the candidate's largest level is its upper left one: column and row.
    from: [usize; 2],
}

/// The regions of a picture that a viewer shows turned by `shown`, but for the plain hash of the
/// whole: none at [`Effort::Upright`] and of pictures that are too small. Also what is needed to
/// look on.
pub fn regions(picture: &Luma, shown: Orientation, effort: Effort) -> (Vec<Region>, Option<Sight>) {
    let wanted = effort > Effort::Upright;
    let Some(mut sight) = wanted.then(|| Sight::of(picture, shown)).flatten() else {
        return (Vec::new(), None);
    };
    let mut regions = Vec::new();
    let whole = Window::whole(&sight.grounds[0].pyramid);
    let seen = Seen { ground: 0, window: whole, starts: true };
    sight.add(&mut regions, View::Whole, seen, &Orientation::ALL);
    if let Some(squashed) = squashed(picture) {
        let hashes = pdq::hash_all(&squashed);
        let of = |&turn: &Orientation| (turn, hashes[shown.then(turn) as usize].0);
        let turned = Orientation::ALL.iter().map(of).collect();
        let place = sight.place(0, &whole);
        regions.push(Region { view: View::Squashed, place, quality: hashes[0].1, turned });
        sight.windows.push(None);
    }
    if effort >= Effort::Standard {
        for rect in frames::parts(sight.grounds[0].pyramid.first()) {
            sight.add_part(&mut regions, rect);
        }
        for Fitted { window, turns, starts } in fixed::windows(&sight.grounds[0].pyramid) {
            sight.add(&mut regions, View::Window, Seen { ground: 0, window, starts }, turns);
        }
    }
    if effort == Effort::Deep {
        for window in fixed::starts(&sight.grounds[0].pyramid) {
            let seen = Seen { ground: 0, window, starts: true };
            sight.add(&mut regions, View::Window, seen, &Orientation::ALL[..1]);
        }
    }
    (regions, Some(sight))
}

impl Sight {
    /// Of a picture that a viewer shows turned by `shown`, without any region yet; none if it is too
    /// small to be hashed.
    fn of(picture: &Luma, shown: Orientation) -> Option<Self> {
        let small = picture.width().min(picture.height()) < pdq::MIN_SIDE;
        (!small).then(|| {
            let ground = Ground { pyramid: Pyramid::of(picture), from: [0, 0] };
            Self { grounds: vec![ground], shown, windows: Vec::new() }
        })
    }

    /// The samples of the whole picture, as stored.
    pub fn whole(&self) -> Plane {
        let pyramid = &self.grounds[0].pyramid;
        Window::whole(pyramid).samples(pyramid)
    }

    /// The corners of a place, in turn, in shares of the picture's width and height.
    pub fn corners(&self, place: &Place) -> [[f32; 2]; 4] {
        let (sin, cos) = place.angle.to_radians().sin_cos();
        let half = [f64::from(place.width) / 2.0, f64::from(place.height) / 2.0];
        let middle = [f64::from(place.x) + half[0], f64::from(place.y) + half[1]];
        let pyramid = &self.grounds[0].pyramid;
        let sides = [pyramid.width(), pyramid.height()];
        [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]].map(|[right, down]: [f64; 2]| {
            let (x, y) = (right * half[0], down * half[1]);
            let turned = [middle[0] + x * cos - y * sin, middle[1] + x * sin + y * cos];
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_precision_loss,
                reason = "shares"
            )]
            [0, 1].map(|axis| (turned[axis] / sides[axis] as f64) as f32)
        })
    }

    /// Adds a part that looks like a picture of its own, and windows on it.
    fn add_part(&mut self, regions: &mut Vec<Region>, rect: Rect) {
        let pyramid = self.grounds[0].pyramid.part(rect);
        self.grounds.push(Ground { pyramid, from: [rect.left, rect.top] });
        let ground = self.grounds.len() - 1;
        let part = &self.grounds[ground].pyramid;
        let (all, windows) = (Window::whole(part), fixed::on_part(part));
        let seen = Seen { ground, window: all, starts: true };
        if self.add(regions, View::Framed, seen, &Orientation::ALL) {
            for Fitted { window, turns, starts } in windows {
                self.add(regions, View::Framed, Seen { ground, window, starts }, turns);
            }
        }
    }

    /// Adds what is seen of a ground through a window, unless there is too little to see.
    fn add(
        &mut self,
        regions: &mut Vec<Region>,
        view: View,
        seen: Seen,
        turns: &[Orientation],
    ) -> bool {
        let Seen { ground, window, .. } = seen;
        let spectrum = window.spectrum(&self.grounds[ground].pyramid);
        let quality = spectrum.quality();
        if !view.is_whole() && quality < MIN_QUALITY {
            return false;
        }
        let turned = turns.iter().map(|&turn| (turn, self.hash(&spectrum, turn))).collect();
        regions.push(Region { view, place: self.place(ground, &window), quality, turned });
        self.windows.push(Some(seen));
        true
    }

    fn hash(&self, spectrum: &Spectrum, turn: Orientation) -> Hash {
        spectrum.hash(self.shown.then(turn))
    }

    fn place(&self, ground: usize, window: &Window) -> Place {
        let Ground { pyramid, from } = &self.grounds[ground];
        #[expect(clippy::cast_precision_loss, reason = "far below 2^24")]
        let at = from.map(|samples| (samples * pyramid.first().pixels) as f32);
        #[expect(clippy::cast_possible_truncation, reason = "pixels of a picture")]
        let corner =
            |axis: usize| (at[axis] + window.middle[axis] - window.size[axis] / 2.0).round() as i32;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at least 1")]
        let side = |axis: usize| window.size[axis].round().max(1.0) as u32;
        Place {
            x: corner(0),
            y: corner(1),
            width: side(0),
            height: side(1),
            angle: (f64::from(window.angle) * 10.0).round() / 10.0,
        }
    }
}

/// The picture as PDQ's command line sees it where a side has more than 512 pixels; none where all
/// its pixels are not at hand.
///
/// Source: ThreatExchange, `pdq/cpp/io/pdqio.cpp`: nearest neighbour, `floor(x * width / 512)`.
fn squashed(picture: &Luma) -> Option<Luma> {
    const SIDE: usize = 512;
    let (width, height, channels) = (picture.width(), picture.height(), picture.channels());
    if picture.scale() > 1 || width.max(height) <= SIDE {
        return None;
    }
    let mut bytes = Vec::with_capacity(SIDE * SIDE * channels);
    for y in 0..SIDE {
        let row = picture.row(y * height / SIDE);
        for x in 0..SIDE {
            bytes.extend_from_slice(&row[x * width / SIDE * channels..][..channels]);
        }
    }
    let pixels = if channels == 1 { Pixels::Grey(bytes) } else { Pixels::Rgb(bytes) };
    Luma::new(SIDE, SIDE, pixels)
}
