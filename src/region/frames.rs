//! Parts of a candidate that look like pictures of their own.

use super::grey::{Grey, Rect};
use super::pyramid::Pyramid;
use super::window::Window;
use super::{ground, lines, trim};

/// Frames are looked for in a plane whose longer side is not longer than this.
const LONGER: usize = 1023;

/// A smaller plane shows nothing but its picture.
const SHORTER: usize = 32;

/// At most so many rectangles between lines are taken.
const BETWEEN_LINES: usize = 12;

/// At most so many parts are taken altogether, so that no picture can make many hashes.
const MOST: usize = 20;

/// A part has at least one in so many of the picture's pixels.
const PART: usize = 40;

/// A part's longer side is at most so many times its shorter one.
const LONGEST: usize = 4;

/// The parts, in pixels of the picture; without the picture itself.
pub(super) fn windows(pyramid: &Pyramid) -> Vec<Window> {
    let level = pyramid.level_within(LONGER);
    if level.columns.min(level.rows) < SHORTER {
        return Vec::new();
    }
    let grey = Grey::of(level);
    let pixel = |sample: usize, end: usize| {
        #[expect(clippy::cast_precision_loss, reason = "far below 2^24")]
        let pixel = (sample * level.pixels).min(end) as f32;
        pixel
    };
    let window = |rect: Rect| {
        let corner = |x: usize, y: usize| [pixel(x, pyramid.width()), pixel(y, pyramid.height())];
        Window::between(corner(rect.left, rect.top), corner(rect.right, rect.bottom))
    };
    parts(&grey).into_iter().map(window).collect()
}

/// The parts in samples of the plane, each once, those found most surely first.
fn parts(grey: &Grey) -> Vec<Rect> {
    let whole = grey.whole();
    let mut parts: Vec<Rect> = Vec::new();
    let mut add = |rect: Rect| {
        let (shorter, longer) =
            (rect.width().min(rect.height()), rect.width().max(rect.height()));
        let fits = rect.area() * PART >= whole.area() && longer <= shorter * LONGEST;
        let new = !rect.is_like(&whole) && !parts.iter().any(|part| part.is_like(&rect));
        if fits && new && parts.len() < MOST {
            parts.push(rect);
        }
    };
    trim::trim(grey, whole).into_iter().rev().for_each(&mut add);
    let mut outer = ground::pictures(grey);
    outer.sort_by_key(|rect| (std::cmp::Reverse(rect.area()), rect.top, rect.left));
    outer.extend(lines::rectangles(grey, BETWEEN_LINES));
    outer.iter().copied().for_each(&mut add);
    // A letterboxed picture on a screen.
    for rect in outer {
        trim::trim(grey, rect).into_iter().next_back().into_iter().for_each(&mut add);
    }
    parts
}
