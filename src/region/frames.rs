//! Parts of a candidate that look like pictures of their own.

use std::cmp::Reverse;

use super::grey::{Grey, Rect};
use super::pyramid::Level;
use super::{ground, gutters, lines, trim};

/// A smaller plane shows nothing but its picture.
const SHORTER: usize = 32;

/// At most so many rectangles between lines are taken.
const BETWEEN_LINES: usize = 12;

/// At most so many pictures on flat ground are taken, the largest.
const ON_GROUND: usize = 8;

/// Pictures are looked for in parts that have at least one in so many of the picture's pixels.
const NESTED_PART: usize = 5;

/// At most so many parts are taken altogether, so that no picture can make many hashes.
const MOST: usize = 20;

/// A part has at least one in so many of the picture's pixels.
const PART: usize = 40;

/// A part's longer side is at most so many times its shorter one.
const LONGEST: usize = 4;

/// The parts of a level, without the whole of it, each once, those found most surely first.
pub(super) fn parts(level: &Level) -> Vec<Rect> {
    if level.columns.min(level.rows) < SHORTER {
        return Vec::new();
    }
    let grey = Grey::of(level);
    let whole = grey.whole();
    let mut parts = Parts { whole, found: Vec::new() };
    parts.add_all(trim::trim(&grey, whole).into_iter().rev());
    let mut outer = ground::pictures(&grey, whole);
    outer.sort_by_key(|rect| (Reverse(rect.area()), rect.top, rect.left));
    outer.truncate(ON_GROUND);
    outer.extend(gutters::cells(&grey));
    let between_lines = outer.len();
    outer.extend(lines::rectangles(&grey, BETWEEN_LINES));
    parts.add_all(outer.iter().copied());
    // A letterboxed picture on a screen, a picture in a window on a screen.
    for (number, rect) in outer.into_iter().enumerate() {
        parts.add_all(trim::trim(&grey, rect).into_iter().next_back());
        if number >= between_lines && rect.area() * NESTED_PART >= whole.area() {
            parts.add_all(ground::pictures(&grey, rect));
        }
    }
    parts.found
}

/// Parts that are worth hashing.
struct Parts {
    whole: Rect,
    found: Vec<Rect>,
}

impl Parts {
    fn add_all(&mut self, rects: impl IntoIterator<Item = Rect>) {
        for rect in rects {
            self.add(rect);
        }
    }

    /// Takes a part unless it is too small or too long, or much like one that is there.
    fn add(&mut self, rect: Rect) {
        let (shorter, longer) = (rect.width().min(rect.height()), rect.width().max(rect.height()));
        let fits = rect.area() * PART >= self.whole.area() && longer <= shorter * LONGEST;
        let known = rect.is_like(&self.whole) || self.found.iter().any(|part| part.is_like(&rect));
        if fits && !known && self.found.len() < MOST {
            self.found.push(rect);
        }
    }
}
