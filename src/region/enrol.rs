//! What the owner of a picture can put on a list besides its one hash: hashes of the crops that
//! platforms make of it. And a warning, where the picture is a screen, a slide or a page: its hash
//! would find others of that kind.

use std::ops::RangeInclusive;

use super::grey::{Grey, Rect};
use super::pyramid::Level;
use super::window::Window;
use super::{MIN_QUALITY, Sight, frames};
use crate::hash::{Hash, Quality};
use crate::luma::Luma;
use crate::orientation::Orientation;
use crate::view::{Cut, Enrolment, Place};

/// A crop of a picture and its hash.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Enrolled {
    /// What is left of the picture.
    pub cut: Cut,
    /// Where it is, in the picture as stored.
    pub place: Place,
    /// Of its samples.
    pub quality: Quality,
    /// Its hash, as a viewer shows it.
    pub hash: Hash,
}

/// What a picture that looks like a screen, a slide or a page holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Layout {
    /// The largest picture in it, in the picture as stored; none where there is only text.
    pub inner: Option<Place>,
}

/// A crop of more than this part of the picture has the same hash, or one that is as near as the
/// hashes of two decoders are.
const MOST: f32 = 0.97;

/// Sides of the nine windows in those of the picture.
///
/// Source: measured on the eleven scenes of `fixtures/originals` with effort `deep`: with these
/// windows all that were cropped by 10 % a side are found (without: 5), and all that were cropped
/// anywhere to 80 % of their sides (without: 2); of those cropped by 20 % a side, 2 (without: 0).
const WINDOW: f32 = 0.85;

/// The crops of a picture that a viewer shows turned by `shown`; those with too little to see are
/// left out.
pub fn enrolled(picture: &Luma, shown: Orientation, enrolment: Enrolment) -> Vec<Enrolled> {
    let Some(sight) = Sight::of(picture, shown) else { return Vec::new() };
    let pyramid = &sight.grounds[0].pyramid;
    let whole = Window::whole(pyramid);
    let crop = |(cut, window): (Cut, Window)| {
        let spectrum = window.spectrum(pyramid);
        let (quality, place) = (spectrum.quality(), sight.place(0, &window));
        let hash = sight.hash(&spectrum, Orientation::Upright);
        (quality >= MIN_QUALITY).then_some(Enrolled { cut, place, quality, hash })
    };
    crops(whole, shown, enrolment).into_iter().filter_map(crop).collect()
}

/// The windows, in the picture as stored.
fn crops(whole: Window, shown: Orientation, enrolment: Enrolment) -> Vec<(Cut, Window)> {
    let mut crops = Vec::new();
    for place in [0.0, 0.5, 1.0] {
        crops.extend(shaped(whole, 1.0, place).map(|window| (Cut::Square, window)));
    }
    let (transposed, ..) = shown.steps();
    for (cut, aspect) in [
        (Cut::FourToFive, 4.0 / 5.0),
        (Cut::NineToSixteen, 9.0 / 16.0),
        (Cut::SixteenToNine, 16.0 / 9.0),
    ] {
        let stored = if transposed { 1.0 / aspect } else { aspect };
        crops.extend(shaped(whole, stored, 0.5).map(|window| (cut, window)));
    }
    if enrolment == Enrolment::Thorough {
        for down in [0.0, 0.5, 1.0] {
            for right in [0.0, 0.5, 1.0] {
                let size = whole.size.map(|side| side * WINDOW);
                crops.push((Cut::Window, within(whole, size, [right, down])));
            }
        }
    }
    crops
}

/// The largest window of this shape (width by height), at a place along the side where there is
/// room: 0.0 for the left or upper end, 1.0 for the right or lower one. None if it is nearly all
/// of the picture.
fn shaped(whole: Window, aspect: f32, place: f32) -> Option<Window> {
    let [width, height] = whole.size;
    let size = [width.min(height * aspect), height.min(width / aspect)];
    let nearly_all = size[0] * size[1] > MOST * width * height;
    (!nearly_all).then(|| within(whole, size, [place; 2]))
}

/// A window in another, at the places along its sides.
fn within(whole: Window, size: [f32; 2], places: [f32; 2]) -> Window {
    let corner = |axis: usize| {
        whole.middle[axis] - whole.size[axis] / 2.0 + (whole.size[axis] - size[axis]) * places[axis]
    };
    let from = [corner(0), corner(1)];
    Window::between(from, [from[0] + size[0], from[1] + size[1]])
}

/// How near a sample must be to a brightness to be of that ground.
const NEAR: usize = 2;

/// A picture in which one brightness has so many samples in a hundred is a page, whatever else is
/// in it.
///
/// Source of this and the next two: chosen on drawn structures (`edit::STRUCTURES`) and photographs.
/// Of 132 screens, slides, pages and forms 111 are told (a story that fills its screen is not), and
/// 4 of 100 photographs, which have large skies or grounds.
const PAGE_PERCENT: usize = 60;

/// So many samples in a hundred are of flat ground where a picture lies on it.
const GROUND_PERCENT: usize = 25;

/// A part lies on a screen or a slide if it has so many hundredths of it.
const INNER_PERCENT: RangeInclusive<usize> = 8..=90;

/// Whether a picture looks like a screen, a slide or a page.
///
/// It does if most of it is of one brightness, or if a quarter is and a part that looks like a
/// picture of its own takes up between a twelfth and nine tenths.
pub fn layout(picture: &Luma, shown: Orientation) -> Option<Layout> {
    let sight = Sight::of(picture, shown)?;
    let pyramid = &sight.grounds[0].pyramid;
    let level = pyramid.first();
    let grey = Grey::of(level);
    let (ground, all) = (ground(&grey), grey.whole().area());
    let fits = |part: &Rect| INNER_PERCENT.contains(&(part.area() * 100 / all));
    let parts = frames::parts(level).into_iter().filter(fits);
    let parts = parts.map(|part| (part.area(), window(part, level)));
    let telling = |window: &Window| window.spectrum(pyramid).quality() >= MIN_QUALITY;
    let inner = parts.filter(|(_, window)| telling(window)).max_by_key(|&(area, _)| area);
    let is_page = ground >= PAGE_PERCENT || ground >= GROUND_PERCENT && inner.is_some();
    is_page.then(|| Layout { inner: inner.map(|(_, window)| sight.place(0, &window)) })
}

/// A part of a level as a window on the picture.
fn window(part: Rect, level: &Level) -> Window {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^24")]
    let corner = |x: usize, y: usize| [x, y].map(|at| (at * level.pixels) as f32);
    Window::between(corner(part.left, part.top), corner(part.right, part.bottom))
}

/// How many samples in a hundred have nearly the commonest brightness.
fn ground(grey: &Grey) -> usize {
    let mut counts = [0usize; 256];
    grey.bytes().iter().for_each(|&sample| counts[usize::from(sample)] += 1);
    let near = |at: usize| at.saturating_sub(NEAR)..(at + NEAR + 1).min(256);
    let most = (0..256).map(|at| counts[near(at)].iter().sum::<usize>()).max();
    most.unwrap_or(0) * 100 / grey.bytes().len().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::luma::Pixels;

    /// Left, top, width and height of the crops, in whole pixels.
    fn places(width: u16, height: u16, shown: Orientation, enrolment: Enrolment) -> Vec<[u16; 4]> {
        let whole = Window::between([0.0, 0.0], [f32::from(width), f32::from(height)]);
        let rounded = |window: Window| {
            let corner = [0, 1].map(|axis| window.middle[axis] - window.size[axis] / 2.0);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixels")]
            [corner[0], corner[1], window.size[0], window.size[1]].map(|side| side.round() as u16)
        };
        crops(whole, shown, enrolment).into_iter().map(|(_, window)| rounded(window)).collect()
    }

    #[test]
    fn platforms_cut_squares_at_three_places_and_three_shapes_in_the_middle() {
        let places = places(1200, 900, Orientation::Upright, Enrolment::Platform);
        let squares = [[0, 0, 900, 900], [150, 0, 900, 900], [300, 0, 900, 900]];
        assert_eq!(places[..3], squares);
        let shapes = [[240, 0, 720, 900], [347, 0, 506, 900], [0, 113, 1200, 675]];
        assert_eq!(places[3..], shapes);
    }

    #[test]
    fn shapes_are_those_that_a_viewer_shows() {
        let turned = places(900, 1200, Orientation::Rotated90, Enrolment::Platform);
        assert_eq!(turned[3], [0, 240, 900, 720]);
        let upright = places(900, 1200, Orientation::Upright, Enrolment::Platform);
        assert_eq!(upright[3], [0, 38, 900, 1125]);
    }

    #[test]
    fn a_crop_that_leaves_nearly_all_is_left_out() {
        let squares = |width| {
            let cut = |&(cut, _): &(Cut, Window)| cut == Cut::Square;
            let whole = Window::between([0.0, 0.0], [width, 1000.0]);
            let crops = crops(whole, Orientation::Upright, Enrolment::Platform);
            crops.iter().filter(|crop| cut(crop)).count()
        };
        assert_eq!((squares(1030.0), squares(1032.0)), (0, 3));
    }

    #[test]
    fn thorough_has_nine_windows_more_up_to_each_corner() {
        let thorough = places(1000, 600, Orientation::Upright, Enrolment::Thorough);
        let platform = places(1000, 600, Orientation::Upright, Enrolment::Platform);
        assert_eq!((platform.len(), thorough.len()), (6, 15));
        assert_eq!(thorough[6], [0, 0, 850, 510]);
        assert_eq!(thorough[14], [150, 90, 850, 510]);
    }

    #[test]
    fn of_a_blank_and_of_a_tiny_picture_nothing_is_enrolled() {
        for side in [4, 5, 200] {
            let blank =
                Luma::new(side, side / 2 + 3, Pixels::Grey(vec![99; side * (side / 2 + 3)]));
            let crops = enrolled(&blank.unwrap(), Orientation::Upright, Enrolment::Thorough);
            assert_eq!(crops, []);
        }
    }
}
